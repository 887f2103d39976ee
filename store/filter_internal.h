/* SPDX-License-Identifier: Apache-2.0 */
/* filter_internal.h - the tree of a filter, and the statement that it becomes.
 *
 * Nodes stand in one array, children linked by index; no nodes at all match every
 * device.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/filter.h"
#include "store/query.h"

enum filter_class {
    FILTER_TEXT,    /* a column of device */
    FILTER_VERSION, /* a column of device that has the order of versions */
    FILTER_TIME,    /* a column of device, milliseconds */
    FILTER_TAG,
    FILTER_COMPONENT_VERSION,
    FILTER_COMPONENT_STATE,
    FILTER_COMPONENT_RESULT,
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
    const char *name; /* as people write it; classes with a NAME in it have none */
    enum filter_class type;
    size_t offset;      /* in struct device_row */
    const char *column; /* SQL */
    const char *source; /* FROM ... WHERE of an index on it, NULL: none */
    int devices;        /* grows with how many a value of it may have; with a source */
};

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

/** @return the field called text, with *name set to what stands for NAME (copied to
 * name_out); NULL if there is none */
const struct filter_field *filter_field_find(const char *text, char *name_out);

/** @return the name of the field that text was probably meant to be, or NULL */
const char *filter_field_guess(const char *text);

/** @return length of the operator that text begins with, 0 if there is none */
size_t filter_op_find(const char *text, enum filter_op *op);

/** @return true for =lt= =le= =gt= =ge= */
bool filter_op_is_order(enum filter_op op);

/** RFC 3339, a date, or relative to now: -7d. @return 0, -EINVAL */
[[nodiscard]] int filter_time(const char *text, int64_t wall_ms, int64_t *out);

/** * stands for any bytes, also none. */
bool filter_wild_match(const char *text, const char *pattern);

/** Parameters of the statement; those behind them are the filter's own. */
#define FILTER_AFTER "?1"      /* the last id that was seen */
#define FILTER_CREATED_MS "?2" /* FILTER_TARGETS: only devices that were there then */
#define FILTER_PLAN "?3"       /* FILTER_OVERLAPS: its id */
enum { FILTER_PARAMS = 3 };

/** What the statement yields besides id and hit. */
enum filter_select {
    FILTER_HIT,      /* nothing */
    FILTER_TARGETS,  /* inventory_id or 0, endpoint; a hit only if it can be a target */
    FILTER_OVERLAPS, /* campaign_id of the active task; devices that have one, a hit
                        only if the plan has something for it */
};

#define SCOPED_FILTER_QUERY __attribute__((cleanup(filter_query_end))) struct query

/** Prepare the walk over devices by id for filter (NULL: all); errors are in .err. The
 * filter must outlive it. */
struct query filter_query(struct store *st, const struct filter *filter,
                          enum filter_select select);
void filter_query_end(struct query *q);

/** Give a new connection the functions that such statements call. @return 0, -errno */
[[nodiscard]] int filter_register(struct store *st);
