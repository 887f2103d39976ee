/* SPDX-License-Identifier: Apache-2.0 */
/* event_kinds.h - every kind of event there is: what it is about, what happens, and
 * which members its data has. The store refuses all others; /v1/event-kinds and OpenAPI
 * come from here.
 */
#pragma once

#include <stddef.h>

enum { EVENT_FIELDS_MAX = 10 };

struct event_field {
    const char *name, *type; /* a type as in api/shapes.h: text, int, ... */
    const char *text;        /* what it says; NULL ends the list */
};

struct event_kind {
    const char *name;
    const char *text;                            /* a sentence */
    const char *events;                          /* what may happen, blanks between */
    struct event_field fields[EVENT_FIELDS_MAX]; /* beside those of every event */
};

extern const struct event_kind event_kinds[];
extern const size_t event_kind_count;

/** Members that every event has, ended by a NULL name. */
extern const struct event_field event_common[];

/** @return the kind called name, NULL if there is none */
const struct event_kind *event_kind_find(const char *name);
