/* SPDX-License-Identifier: Apache-2.0 */
/* hook.h - one webhook: which event is next, what became of its tries.
 *
 *   IDLE --event--> WAITS --due--> FLIES --answer--> SAVES --durable--> IDLE, WAITS
 *   IDLE --some were too old--------------------------^
 *   WAITS --too old--> IDLE
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/text.h"
#include "campaigns/command.h"
#include "daemon/hooks/hooks.h"
#include "daemon/hooks/post.h"
#include "store/events.h"
#include "store/webhooks.h"

enum hook_state { HOOK_IDLE, HOOK_WAITS, HOOK_FLIES, HOOK_SAVES };

/** What a step needs of the thread. */
struct hook_world {
    struct store *store; /* a reader */
    struct posts *posts;
    const struct hooks_options *options;
    void (*done)(void *arg, uint64_t ticket, const struct command_result *result);
    void *done_arg;
    int64_t mono_ms, wall_ms;
};

struct hook {
    struct hook *next;
    uint64_t ticket; /* of its commands; no other hook has it */
    struct webhook_row row;
    enum hook_state state;
    int64_t looked_id;         /* events up to here are done, too old or not wanted */
    int64_t old_id, old_count; /* of the last too old ones, not yet written down */
    struct event_row event;    /* the next, unless IDLE */
    struct text body;          /* its JSON, while it FLIES */
    struct post_flight *flight;
    struct command *saving; /* SAVES: what the core has not taken yet */
    int tries;              /* of this event */
    int64_t due_ms, pause_ms, began_ms;
    bool is_failing, is_event_done;
    bool is_wanted;        /* by the list of webhooks */
    _Atomic bool is_saved; /* by the core's thread */
};

/** store_event_page() upwards, but page->next is where to go on in any case: behind
 * what was looked at, wanted or not, and still page->after where there was nothing new.
 * @return 0, -errno */
[[nodiscard]] int hook_page(struct store *store, const struct event_query *query,
                            struct event_row *rows, struct page *page);

/** A hook that goes on where row is. @return owned; NULL: no memory */
struct hook *hook_new(const struct webhook_row *row, uint64_t ticket);
/** Whatever it does ends. */
void hook_free(struct hook *h, struct posts *posts);

/** The row again, as it is now: what was changed is tried at once. */
void hook_update(struct hook *h, const struct webhook_row *row);

/** @return mono_ms at which it wants the next step at the latest; < 0: -errno of the
 * store */
[[nodiscard]] int64_t hook_step(struct hook *h, const struct hook_world *w);

/** What its POST came to. */
void hook_answered(struct hook *h, const struct post_result *result,
                   const struct hook_world *w);
