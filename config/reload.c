/* SPDX-License-Identifier: Apache-2.0 */
/* reload.c - what a running daemon takes over from a file that was read again. */
#include <stdio.h>
#include <string.h>

#include "config/config_internal.h"

static size_t value_size(const struct option *opt)
{
    switch (opt->type) {
    case OPTION_FLAG:
        return sizeof(bool);
    case OPTION_NUMBER:
    case OPTION_POWER:
        return sizeof(int64_t);
    case OPTION_CHOICE:
        return sizeof(unsigned);
    case OPTION_PATH:
    case OPTION_HOST:
        return (size_t)opt->max;
    case OPTION_ADDRESS:
        return sizeof(struct config_address);
    case OPTION_LISTEN:
        return sizeof(struct config_listen);
    case OPTION_OBJECTS:
        return sizeof(struct config_objects);
    }
    return 0;
}

static void add_name(char *names, size_t size, const char *name)
{
    size_t len = strlen(names);

    snprintf(names + len, size - len, "%s%s", len ? " " : "", name);
}

static bool is_equal(const struct option *opt, const char *a, const char *b)
{
    bool is_text = opt->type == OPTION_PATH || opt->type == OPTION_HOST;

    return is_text ? strcmp(a, b) == 0 : memcmp(a, b, value_size(opt)) == 0;
}

void config_reload(struct config *cfg, const struct config *fresh,
                   struct config_changes *out)
{
    *out = (struct config_changes){0};
    for (size_t i = 0; i < option_count; i++) {
        const struct option *opt = &option_table[i];
        char *to = (char *)cfg + opt->offset;
        const char *from = (const char *)fresh + opt->offset;
        if (is_equal(opt, to, from))
            continue;
        if (opt->reloads)
            memcpy(to, from, value_size(opt));
        add_name(opt->reloads ? out->taken : out->waiting, sizeof out->taken,
                 opt->name);
    }
}
