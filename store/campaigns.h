/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns.h - campaigns: a plan, a policy, and how far they are. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct campaign_row {
    int64_t id; /* given by the core, > 0 */
    char name[STORE_KEY_MAX + 1];
    char plan_id[STORE_KEY_MAX + 1];
    int64_t bundle_id;
    char bundle[STORE_KEY_MAX + 1]; /* name@version */
    char state[STORE_WORD_MAX +
               1]; /* draft|scheduled|running|paused|aborting|aborted|finished */
    char reason[STORE_REASON_MAX + 1];
    char detail[STORE_DETAIL_MAX + 1];
    bool is_braked;        /* paused by its brake */
    bool is_first_passed;  /* the first devices all ended well */
    bool is_install_given; /* install: hold, and the operator said install */
    int64_t failures_in_a_row;
    int64_t ended, ended_failed; /* tasks, since the brake was last released */
    int64_t created_ms, started_ms, ended_ms, expires_ms;
    char created_by[STORE_NAME_MAX + 1];
    char approved_by[STORE_NAME_MAX + 1]; /* "": nobody yet */
    int64_t revision; /* of what people wrote; set by the store, 0 at first */

    /* How far its tasks are cut: CHANGE_TASKS_CUT writes these; CHANGE_CAMPAIGN_PUT
     * ignores them. */
    int64_t cut_after_id; /* the last device looked at */
    bool is_cut;          /* every target has its task */
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_campaign_get(struct store *st, int64_t id,
                                     struct campaign_row *out);

/** What was given at its creation, JSON. @param out owned, free()
 * @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_campaign_policy(struct store *st, int64_t id, char **out);

/** Both orders. @param state "" for all. @return 0, -errno */
[[nodiscard]] int store_campaign_page(struct store *st, const char *state,
                                      struct campaign_row *rows, struct page *page);

/** Those that are neither draft nor aborted nor finished: what the engine runs. */
[[nodiscard]] int store_campaign_active(struct store *st, struct campaign_row *rows,
                                        struct page *page);

/** Those of them for whose plan, or for the plan of one of whose tasks, the package is
 * needed. @return 0, -errno */
[[nodiscard]] int store_campaign_by_package(struct store *st, const char *digest,
                                            struct campaign_row *rows,
                                            struct page *page);

/** Any campaign of the bundle, an active one rather than another.
 * @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_campaign_by_bundle(struct store *st, int64_t bundle_id,
                                           struct campaign_row *out);

/** A package that the campaign's plan needs, that we should hold, and that is not
 * `ready`. @param digest written. @return 0, STORE_E_NOT_FOUND: all are there, -errno
 */
[[nodiscard]] int store_campaign_missing(struct store *st, int64_t id,
                                         char digest[STORE_DIGEST_HEX + 1]);

/** @param out the highest id that a campaign has or had, 0 if none. @return 0, -errno
 */
[[nodiscard]] int store_campaign_last_id(struct store *st, int64_t *out);

/** Another campaign that has active tasks for devices that this one has tasks for. */
struct campaign_overlap {
    int64_t campaign_id;
    int64_t devices;
};

/** Devices of the campaign whose task waits for another campaign, by that campaign.
 * @param count all there are, written up to limit. @return 0, -errno */
[[nodiscard]] int store_campaign_overlaps(struct store *st, int64_t id,
                                          struct campaign_overlap *rows, size_t limit,
                                          size_t *count);
