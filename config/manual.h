/* SPDX-License-Identifier: Apache-2.0 */
/* manual.h - the options as people read them, all from the table of options.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** An option as people see it; pointers are to static text. */
struct config_option_view {
    const char *section; /* heading of the group it belongs to */
    const char *name;
    const char *type;  /* "yes or no", "number", "list of addresses", ... */
    const char *unit;  /* "ms", "bytes", ... or "" */
    const char *value; /* default, as it would be written in the file */
    const char *help;
    char range[96]; /* "1..3600000", "all | known", ... */
    bool reloads;   /* else it takes a restart */
};

/** @return true and option number i in *out, from 0 in the order of the file; false
 * beyond the last */
bool config_option_each(size_t i, struct config_option_view *out);

/** The documented lockstep.conf with every option at its default, commented out. */
void config_print_file(FILE *out);

/** lockstep.conf(5). */
void config_print_man(FILE *out);

/** One or two lines for each option, for --help. */
void config_print_help(FILE *out);
