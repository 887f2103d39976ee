/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - what happened, in order; pruned by age, unlike counters and rollups. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct event_row {
    int64_t id; /* given by the store, always growing, never used again */
    int64_t at_ms;
    char kind[STORE_WORD_MAX + 1];   /* one of event_kinds.h */
    char name[STORE_REASON_MAX + 1]; /* what happened */
    char actor[STORE_NAME_MAX + 1];  /* a principal, or "engine", "device" */
    int64_t campaign_id, device_id;  /* 0: of none */
    char endpoint[STORE_ENDPOINT_MAX + 1];
    char body[STORE_EVENT_MAX + 1]; /* JSON, small */
};

/** 0 and "" mean any. */
struct event_query {
    int64_t campaign_id, device_id;
    char kinds[STORE_KINDS_MAX + 1]; /* with a blank before and after each */
    bool is_by_people; /* only what the engine and devices did not do; no other filter
                          than kinds beside it */
};

/* The next of limit events after after_id: those of before before_ms go, and those with
 * an id up to before_id. Times after now_ms are of a clock that was wrong. */
struct prune_events {
    int64_t before_ms, now_ms;
    int64_t before_id; /* 0: none */
    int64_t after_id;  /* 0 at first */
    size_t limit;      /* 0: 2000 */
    /* result.count: events that went */
};

/** Both orders; bounded work. PAGE_UP with .after = the last id seen follows the log.
 * @return 0, -errno */
[[nodiscard]] int store_event_page(struct store *st, const struct event_query *query,
                                   struct event_row *rows, struct page *page);

/** @param first the oldest that is kept, @param last the newest; 0 when there is none
 * @return 0, -errno */
[[nodiscard]] int store_event_range(struct store *st, int64_t *first, int64_t *last);
