/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - counts that the database keeps with the rows it counts; never a scan. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

/** n things of one kind; rows with n = 0 are left out. */
struct count_row {
    char key[STORE_NAME_MAX + 1];
    char word[STORE_WORD_MAX + 1];
    int64_t n;
};

/** Each: @param count all there are, rows written up to limit. @return 0, -errno */

/** Devices by state: .word is the state, .key "". */
[[nodiscard]] int store_count_devices(struct store *st, struct count_row *rows,
                                      size_t limit, size_t *count);
/** Tasks by state: .word; .key is waiting_for. @param campaign_id 0: of all campaigns
 */
[[nodiscard]] int store_count_tasks(struct store *st, int64_t campaign_id,
                                    struct count_row *rows, size_t limit,
                                    size_t *count);
/** Components of tasks by component (.key) and state (.word). */
[[nodiscard]] int store_count_components(struct store *st, int64_t campaign_id,
                                         struct count_row *rows, size_t limit,
                                         size_t *count);
/** Final tasks by reason: .key is the reason ("" left out), .word the state. */
[[nodiscard]] int store_count_reasons(struct store *st, int64_t campaign_id,
                                      struct count_row *rows, size_t limit,
                                      size_t *count);

struct campaign_bytes {
    int64_t total_bytes; /* of all components of all its tasks */
    int64_t sent_bytes;
};

/** Zeros before it has tasks. @return 0, -errno */
[[nodiscard]] int store_campaign_bytes(struct store *st, int64_t campaign_id,
                                       struct campaign_bytes *out);

/** How much a count changed in one minute; the sum of all up to a minute is the count
 * at its end. */
struct rollup_row {
    int64_t minute;                     /* wall clock, minutes since 1970 */
    char component[STORE_NAME_MAX + 1]; /* "": tasks by state, else the component's */
    char state[STORE_WORD_MAX + 1];
    int64_t change;
};

struct rollup_query {
    int64_t campaign_id;
    int64_t
        from_minute; /* 0 at first; set to where the next page begins, 0 at the end */
};

/** In order of minutes, whole minutes only.
 * @return 0, -errno; -EOVERFLOW: limit is too small for one minute */
[[nodiscard]] int store_rollup_page(struct store *st, struct rollup_query *query,
                                    struct rollup_row *rows, size_t limit,
                                    size_t *count);

/** Devices that report a component with a version. */
struct version_count_row {
    char component[STORE_NAME_MAX + 1];
    char version[STORE_NAME_MAX + 1]; /* "": it reports none */
    int64_t devices;
};

/** By component, the most frequent version first.
 * @param count rows written; more than limit in the store are cut off before they are
 * sorted. @return 0, -errno */
[[nodiscard]] int store_version_mix(struct store *st, struct version_count_row *rows,
                                    size_t limit, size_t *count);

enum { STORE_REGISTRATION_MINUTES = 1440 }; /* how far back they are known */

struct registration_count_row {
    int64_t minute; /* wall clock, minutes since 1970 */
    int64_t devices;
};

/** Registrations (not their updates) from a minute on, in order; minutes without are
 * left out. @param rows room for STORE_REGISTRATION_MINUTES. @return 0, -errno */
[[nodiscard]] int store_registrations(struct store *st, int64_t from_minute,
                                      struct registration_count_row *rows,
                                      size_t *count);
