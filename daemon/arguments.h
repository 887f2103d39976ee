/* SPDX-License-Identifier: Apache-2.0 */
/* arguments.h - the command line of lockstepd. */
#pragma once

#include <stddef.h>

#include "config/config.h"

enum { ARGUMENTS_SETS_MAX = 64 };

enum verb {
    VERB_SERVE,
    VERB_CHECK_CONFIG,
    VERB_CHECK,
    VERB_BACKUP, /* to .path */
    VERB_TOKEN,  /* .words */
    VERB_SHOWN,  /* --help, --version: done already */
};

struct arguments {
    enum verb verb;
    const char *path;
    char *const *words;
    size_t word_count;
    const char *config_path; /* NULL: the default one, if it is there */
    const char *sets[ARGUMENTS_SETS_MAX];
    size_t set_count;
};

/** @param error  what is wrong, for people. @return 0, CONFIG_E_INVALID */
[[nodiscard]] int arguments_parse(int argc, char **argv, struct arguments *out,
                                  struct config_error *error);

/** @return the file that arguments_config() reads, NULL for none */
const char *arguments_config_path(const struct arguments *args);

/** The file, then every --set; may be read again. @return 0, CONFIG_E_INVALID, -errno
 */
[[nodiscard]] int arguments_config(const struct arguments *args, struct config *out,
                                   struct config_error *error);
