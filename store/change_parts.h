/* SPDX-License-Identifier: Apache-2.0 */
/* change_parts.h - the larger parts of change.h: rows with what belongs to them, and
 * changes of many rows at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/bundles.h"
#include "store/components.h"
#include "store/devices.h"
#include "store/filter.h"
#include "store/plans.h"
#include "store/tasks.h"

enum tags_refusal { TAGS_REFUSED_MARK = 1, TAGS_REFUSED_MANY };

struct tags_put {
    int64_t device_id;
    const struct tag_row *items;
    size_t count;
    bool merges; /* those not named stay; else they go */
    const char
        *mark; /* only while store_tags_mark() says this; NULL: whatever it says */
};

/** Devices that are created, or whose tags are merged with those given. */
struct devices_import {
    struct device_import_row *items; /* those of a batch are written to: .is_refused */
    size_t count;
    const struct tag_row *tags; /* of all items */
    size_t tag_count;
    int64_t at_ms;
};

struct device_import_row {
    int64_t id; /* if it is to be created; otherwise its own is taken */
    char endpoint[STORE_ENDPOINT_MAX + 1];
    uint32_t first_tag, tag_count; /* in .tags */
    bool is_refused; /* with these it would have too many tags: nothing was done */
};

struct inventory_put {
    const struct device_row *row; /* .id and the inventory part; not its id */
    const char *canonical;        /* what plans depend on (inventory_canonical) */
    const struct component_row *components; /* all there are, any order */
    size_t count;
};

struct bundle_put {
    const struct bundle_row *row; /* .id and .digest are ignored */
    const char *manifest;
    const struct bundle_package_row *packages;
    size_t count;
};

struct plan_group_put {
    const char *plan_id;
    const struct plan_group_row *row;
    const char *body; /* kept as given; may be NULL */
    const struct plan_component_row *components;
    size_t count;
};

struct task_put {
    const struct task_row *row; /* endpoint, campaign, device never change */
    const struct task_component_row *components; /* those that changed */
    size_t count;
};

/** Devices that were heard of without anything else being new. */
struct device_seen {
    int64_t id, seen_ms, expires_ms;
};

/** Chunks do at most some 20 ms of work. result.done says whether there is nothing
 * left; if not, put the same change again (with .after_id = result.id where it has
 * one).
 */

struct tasks_cut { /* goes on where the campaign's row says; sets it */
    int64_t campaign_id;
    int64_t at_ms;
    const char *waiting_for; /* of those that get a turn: usually "wave" */
    filter_version_key *version_key;
    size_t limit; /* most tasks to make, 0: 150 */
    /* result.count: tasks made, excluded ones included */
};

struct tasks_move { /* waiting tasks of one campaign */
    int64_t campaign_id;
    const char *waiting_for;      /* those that wait for this and were never started;
                                     "" any */
    const char *state;            /* to: a final one, or "waiting" */
    const char *next_waiting_for; /* to: "" for a final state, else another than
                                     waiting_for, which is then given; never campaign */
    const char *reason, *detail;
    int64_t at_ms;
    size_t limit; /* 0: 200 */
    /* result.count: tasks moved; components that were pending become unchanged */
};

/* tasks that wait for another campaign, of devices that have no active task now */
struct tasks_promote {
    int64_t campaign_id;     /* 0 any */
    int64_t device_id;       /* 0 any; at least one is given */
    int64_t after_id;        /* 0 at first */
    const char *waiting_for; /* what they wait for next */
    int64_t at_ms;
    size_t limit; /* 0: 200 */
    /* result.count: tasks that became active; of several on a device the oldest */
};
