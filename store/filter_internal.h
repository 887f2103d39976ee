/* SPDX-License-Identifier: Apache-2.0 */
/* filter_internal.h - the tree of a filter, and the fields that it names.
 *
 * Nodes stand in one array, children linked by index; no nodes at all match every row.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/filter.h"

enum filter_class {
    FILTER_TEXT,    /* a column */
    FILTER_VERSION, /* a column that has the order of versions */
    FILTER_TIME,    /* a column, milliseconds */
    FILTER_NUMBER,  /* a column */
    FILTER_BOOL,    /* a column, 0 or 1 */
    FILTER_TAG,     /* a row of a device's: x in its SQL */
    FILTER_COMPONENT_VERSION,
    FILTER_COMPONENT_STATE,
    FILTER_COMPONENT_RESULT,
    FILTER_TASK_COMPONENT, /* a row of a task's, its state */
};

enum filter_op {
    FILTER_EQ,
    FILTER_NE,
    FILTER_LT,
    FILTER_LE,
    FILTER_GT,
    FILTER_GE,
    FILTER_IN,
    FILTER_OUT,
};

struct filter_field {
    const char *name; /* as people write it, with NAME where a name stands */
    enum filter_class type;
    size_t offset;      /* in struct device_row; of others 0 */
    const char *column; /* SQL */
    const char *source; /* FROM ... WHERE of an index on it, NULL: none */
    int rows;           /* grows with how many a value of it may have; with a source */
    const char *unsourced; /* the value that the source cannot find, NULL: none */
    bool is_sorted;        /* an index has all rows in its order */
    const char *words;     /* all its values, see words.h; NULL: any */
};

/* The fields of one kind of row; those with a NAME stand last. */
struct filter_table {
    const char *name;
    const struct filter_field *fields;
    size_t count;
};

extern const struct filter_table filter_tables[FILTER_OF_COUNT];

struct filter_value {
    const char *text;
    bool is_pattern;
    int64_t number;
    uint8_t key[STORE_VERSION_KEY_MAX];
    size_t key_len; /* 0: no order */
};

struct filter_node {
    enum { FILTER_AND, FILTER_OR, FILTER_TERM } kind;
    int first_child, next; /* -1: none */
    const struct filter_field *field;
    enum filter_op op;
    const char *name; /* of the tag or component */
    size_t first_value, value_count;
};

struct filter {
    struct filter_context context;
    struct filter_node *nodes;
    size_t node_count, node_room;
    int root;
    struct filter_value *values;
    size_t value_count, value_room;
    char *texts; /* all names and values, each with its NUL */
    size_t texts_used;
};

/** @return the field called text; what stands for NAME is copied to name_out, else "".
 * NULL if there is none */
const struct filter_field *filter_field_find(enum filter_of of, const char *text,
                                             char *name_out);

/** @return the name of the field that text was probably meant to be, or NULL */
const char *filter_field_guess(enum filter_of of, const char *text);

/** @return true if its values can be compared with =lt= and the like */
bool filter_class_has_order(enum filter_class type);

/** Write "a, b, c": the names of all fields. */
void filter_field_names(enum filter_of of, char *out, size_t size);

/** @return length of the operator that text begins with, 0 if there is none */
size_t filter_op_find(const char *text, enum filter_op *op);

/** @return true for =lt= =le= =gt= =ge= */
bool filter_op_is_order(enum filter_op op);

/** Take in what v->text means for n's field. @return NULL, or what it is not: "is no
 * number" */
const char *filter_value_take(const struct filter_context *context,
                              const struct filter_node *n, struct filter_value *v);

/** RFC 3339, a date, or relative to now: -7d. @return 0, -EINVAL */
[[nodiscard]] int filter_time(const char *text, int64_t wall_ms, int64_t *out);

/** * stands for any bytes, also none. */
bool filter_wild_match(const char *text, const char *pattern);
