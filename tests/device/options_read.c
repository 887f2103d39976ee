/* SPDX-License-Identifier: Apache-2.0 */
/* options_read.c - the command line and the fleet file. */
#include "tests/device/options_internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --name value, --name=value, or --name alone for a yes. */
static int argument_read(struct options *o, struct group *g, char **argv, int *used)
{
    char name[64];
    const char *text = argv[0] + 2;
    const char *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);
    if (len >= sizeof(name)) {
        return OPTIONS_E_BAD;
    }
    memcpy(name, text, len);
    name[len] = 0;
    *used = 1;
    if (equals) {
        return option_set(o, g, name, equals + 1);
    }
    if (argv[1] && strncmp(argv[1], "--", 2) != 0) {
        *used = 2;
        return option_set(o, g, name, argv[1]);
    }
    return option_set(o, g, name, "yes");
}

static int group_add(struct options *o, const struct group *g)
{
    struct group *more = realloc(o->groups, (o->group_count + 1) * sizeof(*more));
    if (!more) {
        return -ENOMEM;
    }
    o->groups = more;
    o->groups[o->group_count] = *g;
    if (!g->component_count) {
        (void)group_option_set(&o->groups[o->group_count], "component",
                               "application=1.0.0");
    }
    o->group_count++;
    return 0;
}

static int fleet_line_read(struct options *o, const struct group *defaults, char *line,
                           char **bad)
{
    struct group g = *defaults;
    bool is_empty = true, has_components = false;
    char *save = NULL;
    for (char *word = strtok_r(line, " \t\r\n", &save); word && *word != '#';
         word = strtok_r(NULL, " \t\r\n", &save)) {
        char *equals = strchr(word, '=');
        *bad = word;
        if (!equals) {
            return OPTIONS_E_BAD;
        }
        *equals = 0;
        if (strcmp(word, "component") == 0 && !has_components) {
            g.component_count = 0; /* the line's own replace the defaults */
            has_components = true;
        }
        if (group_option_set(&g, word, equals + 1)) {
            *equals = '=';
            return OPTIONS_E_BAD;
        }
        is_empty = false;
    }
    return is_empty ? 0 : group_add(o, &g);
}

static int fleet_read(struct options *o, const struct group *defaults, char *error)
{
    FILE *file = fopen(o->fleet, "re");
    if (!file) {
        (void)snprintf(error, OPTION_ERROR_MAX, "%.100s: %s", o->fleet,
                       strerror(errno));
        return OPTIONS_E_BAD;
    }
    char *line = NULL, *bad = NULL;
    size_t size = 0;
    int r = 0;
    for (unsigned number = 1; !r && getline(&line, &size, file) >= 0; number++) {
        r = fleet_line_read(o, defaults, line, &bad);
        if (r == OPTIONS_E_BAD) {
            (void)snprintf(error, OPTION_ERROR_MAX, "%.80s:%u: bad option '%.80s'",
                           o->fleet, number, bad);
        }
    }
    free(line);
    (void)fclose(file);
    return r;
}

int options_read(int argc, char **argv, struct options *out,
                 char error[OPTION_ERROR_MAX])
{
    struct options o = {.server = "127.0.0.1:5683", .seed = 1};
    struct group g = group_default();
    int used;

    for (int i = 1; i < argc; i += used) {
        if (strcmp(argv[i], "--help") == 0) {
            options_help(stdout);
            return OPTIONS_SHOWN;
        }
        if (strcmp(argv[i], "--version") == 0) {
            puts("lockstep-device " LOCKSTEP_VERSION);
            return OPTIONS_SHOWN;
        }
        used = 1;
        if (strncmp(argv[i], "--", 2) != 0 || argument_read(&o, &g, argv + i, &used)) {
            (void)snprintf(error, OPTION_ERROR_MAX, "bad option '%.80s' '%.80s'",
                           argv[i], used == 2 ? argv[i + 1] : "");
            return OPTIONS_E_BAD;
        }
    }
    int r = o.fleet[0] ? fleet_read(&o, &g, error) : group_add(&o, &g);
    if (r) {
        options_fini(&o);
        return r;
    }
    *out = o;
    return 0;
}

void options_fini(struct options *o)
{
    free(o->groups);
    o->groups = NULL;
}
