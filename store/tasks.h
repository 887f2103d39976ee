/* SPDX-License-Identifier: Apache-2.0 */
/* tasks.h - a campaign on one device, its components, and what was executed where.
 *
 * waiting, delivering, delivered, updating, verifying; finally succeeded, failed,
 * partial, canceled, excluded, needs-attention. A device has at most one active task.
 * Not active are final tasks, and those that wait for another campaign (`campaign`).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct task_row {
    int64_t id; /* given by the store */
    int64_t campaign_id, device_id;
    char endpoint[STORE_ENDPOINT_MAX + 1];
    int group_no;                    /* of the plan */
    char plan_id[STORE_KEY_MAX + 1]; /* the campaign's, or a later one of its own */
    char state[STORE_WORD_MAX + 1];
    bool is_active;
    char waiting_for[STORE_WORD_MAX + 1]; /* wave|window|online|condition|approval|rate|
                                             user|campaign|install while waiting, and
                                             always one of them; "" in other states */
    int64_t since_ms;                     /* in this state (and waiting for this) */
    int64_t next_at_ms;  /* look again then; 0: when something happens */
    int64_t deadline_ms; /* something must move in the present state by then, else it
                            is late; as of the last write; 0: none */
    int stage_no;
    int tries;   /* of this stage */
    int replans; /* since the start */
    char reason[STORE_REASON_MAX + 1];
    char detail[STORE_DETAIL_MAX + 1];
    char
        action[STORE_WORD_MAX + 1]; /* journal: the effect that was intended, "" none */
    int64_t action_ms;
    char journal[STORE_JOURNAL_MAX + 1]; /* the engine's own, kept as given */
    int64_t started_ms, ended_ms;
};

struct task_component_row {
    char component[STORE_NAME_MAX + 1];
    int stage_no; /* the stage it is in now, or would be next */
    int instance;
    char state[STORE_WORD_MAX + 1]; /* pending|delivering|downloaded|updating|updated|
                                       unchanged|failed|reverted */
    char from_version[STORE_NAME_MAX + 1];
    char to_version[STORE_NAME_MAX + 1];         /* of this stage */
    char target_version[STORE_NAME_MAX + 1];     /* after the last stage */
    char digest[STORE_DIGEST_HEX + 1];           /* of this stage */
    char delivered_digest[STORE_DIGEST_HEX + 1]; /* journal: we put this into the
                                                    instance, and nothing since */
    int64_t total_bytes;                         /* to send for it in all stages */
    int64_t sent_bytes;
    int result; /* last Update Result that counted; -1 none yet */
    char reason[STORE_REASON_MAX + 1];
    int64_t updated_ms;
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_task_get(struct store *st, int64_t id, struct task_row *out);
[[nodiscard]] int store_task_of_device(struct store *st, int64_t campaign_id,
                                       int64_t device_id, struct task_row *out);
/** The active task of a device, if it has one. */
[[nodiscard]] int store_task_active(struct store *st, int64_t device_id,
                                    struct task_row *out);

/** By name. @param rows room for STORE_COMPONENTS_MAX. @return 0, -errno */
[[nodiscard]] int store_task_components(struct store *st, int64_t task_id,
                                        struct task_component_row *rows, size_t *count);

/** "" and 0 mean any. */
struct task_query {
    int64_t campaign_id, device_id; /* at least one is set */
    char state[STORE_WORD_MAX + 1];
    char waiting_for[STORE_WORD_MAX + 1];
    char reason[STORE_REASON_MAX + 1];
    char component[STORE_NAME_MAX + 1]; /* that has component_state, or any */
    char component_state[STORE_WORD_MAX + 1];
};

/** Both orders; bounded work: a page can be short, even empty, and have a .next.
 * @return 0, -errno
 */
[[nodiscard]] int store_task_page(struct store *st, const struct task_query *query,
                                  struct task_row *rows, struct page *page);

/** At the start: active tasks that are past waiting, over all campaigns. */
[[nodiscard]] int store_task_running(struct store *st, struct task_row *rows,
                                     struct page *page);

/** Active tasks of the campaign that wait for waiting_for, by id: the next to start. */
[[nodiscard]] int store_task_next(struct store *st, int64_t campaign_id,
                                  const char *waiting_for, struct task_row *rows,
                                  struct page *page);

/** Active waiting tasks of the campaign with 0 < next_at_ms <= wall_ms, the earliest
 * first. @return 0, -errno */
struct task_due {
    int64_t campaign_id;
    int64_t wall_ms;
};
[[nodiscard]] int store_task_due(struct store *st, struct task_due due,
                                 struct task_row *rows, size_t limit, size_t *count);

/** Likewise those with 0 < deadline_ms <= wall_ms: they are to be judged. */
[[nodiscard]] int store_task_late(struct store *st, struct task_due due,
                                  struct task_row *rows, size_t limit, size_t *count);

/** Executions of Update, per device and digest, over campaigns and restarts. */
struct attempt_row {
    int64_t device_id;
    char digest[STORE_DIGEST_HEX + 1];
    int executes;
    int64_t last_ms;
    char blocked[STORE_REASON_MAX + 1]; /* why it is not tried again; "" if it may be */
    char component[STORE_NAME_MAX + 1], version[STORE_NAME_MAX + 1]; /* when read: as a
                                          bundle has it; "" once none does */
};

/** @return 0, STORE_E_NOT_FOUND (never executed there), -errno */
[[nodiscard]] int store_attempt_get(struct store *st, int64_t device_id,
                                    const char *digest, struct attempt_row *out);

/** All of a device, by digest. @param count all there are, written up to limit. */
[[nodiscard]] int store_attempt_list(struct store *st, int64_t device_id,
                                     struct attempt_row *rows, size_t limit,
                                     size_t *count);
