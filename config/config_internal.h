/* SPDX-License-Identifier: Apache-2.0 */
/* config_internal.h - the option table and what reads values. Internal to config/. */
#pragma once

#include "config/config.h"

enum option_type {
    OPTION_FLAG,    /* bool */
    OPTION_NUMBER,  /* int64_t in [min, max] */
    OPTION_POWER,   /* the same, a power of two */
    OPTION_CHOICE,  /* unsigned, one of choices */
    OPTION_PATH,    /* char[max], absolute */
    OPTION_HOST,    /* char[max], host or host:port, may be empty */
    OPTION_ADDRESS, /* struct config_address */
    OPTION_LISTEN,  /* struct config_listen */
    OPTION_OBJECTS, /* struct config_objects, ids in [min, max] */
};

enum option_unit { UNIT_NONE, UNIT_MS, UNIT_S, UNIT_BYTES, UNIT_PCT };

struct option_choice {
    const char *name; /* NULL ends the list */
    unsigned value;
};

struct option {
    const char *section; /* heading, on the first option of a group; else NULL */
    const char *name;
    enum option_type type;
    enum option_unit unit;
    size_t offset; /* in struct config */
    int64_t min, max;
    const struct option_choice *choices;
    bool reloads;      /* else it takes a restart */
    const char *value; /* default, as the file would have it */
    const char *help;
};

extern const struct option option_table[];
extern const size_t option_count;

/** @return the number of the option called name[len]; option_count if there is none */
size_t option_find(const char *name, size_t len);

/** @return the option whose name is nearest to name[len], NULL when none is near */
const struct option *option_nearest(const char *name, size_t len);

/** Write the option's range or choices, as people read it, into out. */
void option_range(const struct option *opt, char *out, size_t size);

/** @return "ms", "bytes" ...; "" for none */
const char *option_unit_name(enum option_unit unit);

/**
 * Read text (NUL-terminated, trimmed) as a value of opt into its place in *cfg.
 *
 * @param why  on failure, what is wrong with it
 * @return 0 or CONFIG_E_INVALID with *cfg unchanged
 */
[[nodiscard]] int option_read(const struct option *opt, const char *text,
                              struct config *cfg, char *why, size_t why_size);

/** "[::1]:5683" or "127.0.0.1:5683". @return 0 or CONFIG_E_INVALID */
[[nodiscard]] int config_address_read(const char *text, struct config_address *out);
