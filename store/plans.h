/* SPDX-License-Identifier: Apache-2.0 */
/* plans.h - stored plans, and which devices a filter names by distinct inventory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct filter;

/** Immutable once stored. */
struct plan_row {
    char id[STORE_KEY_MAX + 1]; /* given by the caller */
    int64_t bundle_id;
    char bundle[STORE_KEY_MAX + 1];         /* name@version */
    char query[STORE_QUERY_MAX + 1];        /* the targets */
    char components[STORE_QUERY_MAX + 1];   /* the subset, joined by ','; "" for all */
    char fingerprint[STORE_DIGEST_HEX + 1]; /* of what it was made from */
    int64_t devices, bytes;                 /* targets in groups, bytes to send */
    int64_t created_ms, expires_ms; /* relative times in query count from created_ms */
    char created_by[STORE_NAME_MAX + 1];
};

/** The devices with one inventory, and what is to be done with them. */
struct plan_group_row {
    int group_no;           /* from 0 */
    int64_t inventory_id;   /* 0: inventory not read yet */
    int64_t devices, bytes; /* when the plan was made; bytes of all of them */
    char reason[STORE_REASON_MAX + 1]; /* "" or why the devices are excluded */
    char detail[STORE_DETAIL_MAX + 1];
};

/** One component that changes in one stage of one group. */
struct plan_component_row {
    int stage_no; /* from 0 */
    char component[STORE_NAME_MAX + 1];
    char from_version[STORE_NAME_MAX + 1];
    char to_version[STORE_NAME_MAX + 1];
    char digest[STORE_DIGEST_HEX + 1];
    int64_t size_bytes; /* to send for it; 0 if another component's file brings it */
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_plan_get(struct store *st, const char *id,
                                 struct plan_row *out);

/** The plan as JSON, as given. @param out owned, free() */
[[nodiscard]] int store_plan_body(struct store *st, const char *id, char **out);

/** Groups by number: page.after is the last group_no + 1, so 0 at first.
 * @return 0, -errno */
[[nodiscard]] int store_plan_groups(struct store *st, const char *id,
                                    struct plan_group_row *rows, struct page *page);

/** One group. @param body owned, free(); what CHANGE_PLAN_GROUP gave, may be NULL
 * @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_plan_group(struct store *st, const char *id, int group_no,
                                   struct plan_group_row *out, char **body);

struct plan_group_key {
    const char *plan_id;
    int group_no;
};

/** By stage and component. @param count all there are, written up to limit
 * @return 0, -errno */
[[nodiscard]] int store_plan_components(struct store *st, struct plan_group_key key,
                                        struct plan_component_row *rows, size_t limit,
                                        size_t *count);

/* Targets counted by something. Devices that are pending, expected or deregistered are
 * none. */

struct group_count {
    int64_t key; /* id of the inventory, 0: not read yet; or of the campaign */
    int64_t devices;
    size_t sample_count;
    int64_t sample[STORE_SAMPLE_MAX]; /* ids of the first devices */
};

struct grouping;

/** By distinct inventory. @param filter borrowed until grouping_close(); NULL: all.
 * @return 0, -ENOMEM */
[[nodiscard]] int grouping_open(const struct filter *filter, struct grouping **out);

/** Those that the plan has something for and that are in an active task now, by the
 * campaign of that task. Only devices with an active task are looked at.
 * @param filter of the plan's query, as above. @return 0, -ENOMEM */
[[nodiscard]] int grouping_open_overlaps(const struct filter *filter,
                                         const struct plan_row *plan,
                                         struct grouping **out);
void grouping_close(struct grouping *g); /* NULL is allowed */

/** Look at the next devices, for at most some 10 ms; between two calls no read
 * transaction is open. @return 0 all devices were seen, STORE_E_MORE, -errno */
[[nodiscard]] int grouping_step(struct store *st, struct grouping *g);

/** What was counted so far, ascending by key; borrowed until the next step. */
const struct group_count *grouping_counts(const struct grouping *g, size_t *count);

/** Devices so far that the filter names and that are no targets: pending, expected or
 * deregistered. Of overlaps 0. */
int64_t grouping_unregistered(const struct grouping *g);
