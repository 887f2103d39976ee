/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"
#include "config/manual.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path)
{
    static char text[2][1 << 17];
    static int turn;
    char *into = text[turn++ % 2];
    FILE *file = fopen(path, "r");

    cr_assert(file != NULL, "%s", path);
    into[fread(into, 1, sizeof text[0] - 1, file)] = '\0';
    fclose(file);
    return into;
}

Test(config_file, is_what_the_option_table_says)
{
    FILE *out = fopen(EXPECTED_FILE, "w");

    cr_assert(out != NULL);
    config_print_file(out);
    fclose(out);
    cr_expect(strcmp(slurp(EXPECTED_FILE), slurp(CONF_FILE)) == 0,
              "config/lockstep.conf is not what config/options.c says: cp %s %s",
              EXPECTED_FILE, CONF_FILE);
}

Test(config_file, shipped_as_it_is_gives_the_defaults)
{
    struct config shipped, defaults;
    struct config_error error;

    config_defaults(&defaults);
    cr_assert(zero(int, config_parse(CONF_FILE, &shipped, &error)), "%s", error.text);
    cr_expect(memcmp(&shipped, &defaults, sizeof shipped) == 0);
}

/* A lone # in front of `name = value` is all that keeps an option from being read. */
Test(config_file, with_every_option_uncommented_gives_the_defaults)
{
    struct config all, defaults;
    struct config_error error;
    char *text = slurp(CONF_FILE), *line = text;

    while (*line) {
        if (line[0] == '#' && islower((unsigned char)line[1]))
            line[0] = ' ';
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    config_defaults(&defaults);
    config_defaults(&all);
    cr_assert(zero(int, config_parse_text("all", text, strlen(text), &all, &error)),
              "%s", error.text);
    cr_expect(memcmp(&all, &defaults, sizeof all) == 0);
}

Test(config_file, has_help_for_every_option)
{
    struct config_option_view opt;
    char *text = NULL;
    size_t len, n = 0;
    FILE *out = open_memstream(&text, &len);

    cr_assert(out != NULL);
    config_print_help(out);
    fclose(out);
    for (; config_option_each(n, &opt); n++) {
        cr_expect(strstr(text, opt.name) != NULL, "%s", opt.name);
        cr_expect(strlen(opt.help) > 20, "%s", opt.name);
        cr_expect(strlen(opt.section) > 0, "%s", opt.name);
    }
    cr_expect(gt(sz, n, 40));
    free(text);
}

Test(config_file, names_every_unit_that_an_option_has)
{
    static const char *const suffix[] = {"_ms", "_s", "_bytes", "_pct"};
    static const char *const unit[] = {"ms", "s", "bytes", "pct"};
    struct config_option_view opt;

    for (size_t n = 0; config_option_each(n, &opt); n++)
        for (size_t i = 0; i < 4; i++)
            if (strcmp(opt.unit, unit[i]) == 0)
                cr_expect(strcmp(opt.name + strlen(opt.name) - strlen(suffix[i]),
                                 suffix[i]) == 0,
                          "%s is in %s", opt.name, opt.unit);
}

Test(config_file, has_every_option_in_its_man_page)
{
    struct config_option_view opt;
    char *text = NULL, entry[160];
    size_t len;
    FILE *out = open_memstream(&text, &len);

    cr_assert(out != NULL);
    config_print_man(out);
    fclose(out);
    for (size_t n = 0; config_option_each(n, &opt); n++) {
        snprintf(entry, sizeof entry, "\n.TP\n.B %s =", opt.name);
        cr_expect(strstr(text, entry) != NULL, "%s", opt.name);
    }
    free(text);
}

/* ' and . at the start of a line are requests of troff, - is a hyphen there. */
Test(config_file, lets_troff_read_nothing_of_the_help_as_its_own)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    cr_assert(out != NULL);
    config_print_man(out);
    fclose(out);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        cr_expect(line[0] != '\'', "%s", line);
        cr_expect(line[0] != '.' || line[1] == '\\' || islower(line[1]) ||
                      isupper(line[1]),
                  "%s", line);
        cr_expect(strstr(line, "queue-mode") == NULL, "%s", line);
    }
    free(text);
}
