/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - which rows of a list are meant: RSQL text to a tree, and for devices the
 * tree in memory. The store's pages and chunks take a compiled filter and turn it into
 * SQL.
 *
 *   or         = and *( "," and )             ";" and "," bind as in RSQL: and first
 *   and        = term *( ";" term )
 *   term       = "(" or ")" | field operator argument
 *   operator   = == != =lt= =le= =gt= =ge= =in= =out=   also < <= > >=
 *   argument   = value, or "(" value *( "," value ) ")" for =in= and =out=
 *   value      = any characters but " ' ( ) ; , = ! ~ < > and space, or quoted with
 *                "..." or '...', \ before a quote or \ that is meant
 *
 * Each kind of row has its fields, those of filter_tables.c. A NAME in one (tag.NAME,
 * component.NAME.version) may be quoted. * in a value stands for any characters, in
 * == and != (and in the values of =in= and =out=) of texts. Versions, times (RFC 3339,
 * or relative: -15m, -12h, -7d) and numbers have an order; other texts, and true and
 * false, have none.
 * != is exactly "not ==": a device without the tag or component matches it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/components.h"
#include "store/devices.h"

struct filter;

/** What a filter is of: it fits the lists of such rows alone. */
enum filter_of {
    FILTER_OF_DEVICES,
    FILTER_OF_CAMPAIGNS,
    FILTER_OF_TASKS,
    FILTER_OF_BUNDLES,
    FILTER_OF_PACKAGES,
    FILTER_OF_EVENTS,
    FILTER_OF_PROFILES,
    FILTER_OF_TOKENS,
    FILTER_OF_WEBHOOKS,
    FILTER_OF_DELIVERIES,
    FILTER_OF_COUNT,
};

enum {
    FILTER_TERMS_MAX = 128,  /* comparisons in one filter */
    FILTER_VALUES_MAX = 512, /* values in one filter */
    FILTER_DEPTH_MAX = 16,   /* parentheses in parentheses */
};

/**
 * Sort key of a version: memcmp of two keys orders them, a shorter key that is the
 * start of the other comes first, equal versions have equal keys.
 *
 * @return bytes written, at most size; < 0 if version has no order
 */
typedef int filter_version_key(const char *version, uint8_t *key, size_t size);

struct filter_context {
    filter_version_key *version_key;
    int64_t wall_ms; /* what relative times are relative to */
    enum filter_of of;
};

struct filter_error {
    size_t position; /* 1-based byte in the text */
    char text[400];  /* "unknown field 'modle' at position 1; did you mean 'model'?" */
};

/**
 * @param text   at most STORE_QUERY_MAX bytes; "" or NULL matches every row
 * @param error  written on -EINVAL; may be NULL
 * @param out    owned; release with filter_close()
 *
 * @return 0, -EINVAL (see error), -ENOMEM
 */
[[nodiscard]] int filter_open(const char *text, const struct filter_context *context,
                              struct filter_error *error, struct filter **out);
void filter_close(struct filter *f); /* NULL is allowed */

/** A device as the filter sees it. */
struct filter_subject {
    const struct device_row *device;
    const struct tag_row *tags;
    size_t tag_count;
    const struct component_row *components;
    size_t component_count;
};

/** A field that a filter can name. */
struct filter_field_view {
    const char *name;  /* static; with NAME where a name stands */
    const char *type;  /* static: text, version, time, number, bool */
    bool has_order;    /* takes =lt= =le= =gt= =ge= as well */
    bool has_wild;     /* takes * in values */
    bool is_sorted;    /* lists can be sorted by it: an index has it */
    const char *words; /* all its values, "a|b"; NULL: any, or none */
};

/** @return true if rows of this kind have a field number i, from 0, in *out */
bool filter_field_view(enum filter_of of, size_t i, struct filter_field_view *out);

/** @return its word, static: "devices" */
const char *filter_of_name(enum filter_of of);

/** @return the kind with that name, FILTER_OF_COUNT if there is none */
enum filter_of filter_of_from_name(const char *name);

/** For page->sort. @return the field called name if lists can be sorted by it, static;
 * NULL: they cannot */
const struct filter_field *filter_sort_find(enum filter_of of, const char *name);

/** Is the device, of FILTER_OF_DEVICES, a hit? */
bool filter_match(const struct filter *f, const struct filter_subject *subject);
