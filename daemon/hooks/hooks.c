/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hooks/hooks.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/hooks/hook.h"
#include "store/event_kinds.h"

enum { WAIT_MS = 1000, TESTS_AT_ONCE = 16 };

struct hooks {
    pthread_t thread;
    struct hooks_options options;
    struct store *store;
    struct posts *posts;
    pthread_mutex_t lock; /* of the list, which only the thread changes */
    struct hook *list;
    uint64_t last_ticket;
    int64_t tests_id; /* events up to here were looked at for tests */
    bool is_broken;   /* the store could not be read last time */
    _Atomic bool is_stopping;
    _Atomic int64_t beat_ms;
};

/* Core's thread: what a hook wanted written down is durable, or will never be. */
static void saved(void *arg, uint64_t ticket, const struct command_result *result)
{
    struct hooks *h = arg;

    (void)result;
    pthread_mutex_lock(&h->lock);
    for (struct hook *k = h->list; k; k = k->next)
        if (k->ticket == ticket)
            atomic_store(&k->is_saved, true);
    pthread_mutex_unlock(&h->lock);
    posts_wake(h->posts);
}

/* ---- which there are ---- */

static struct hook *find(struct hooks *h, const struct webhook_row *row)
{
    struct hook *k = h->list;

    while (k && (k->row.id != row->id || k->row.created_ms != row->created_ms))
        k = k->next;
    return k;
}

static void take_row(struct hooks *h, const struct webhook_row *row)
{
    struct hook *k = find(h, row);

    if (!row->is_enabled)
        return;
    if (k) {
        hook_update(k, row);
    } else {
        k = hook_new(row, h->last_ticket + 1);
        if (!k)
            return; /* the next look finds it again */
        h->last_ticket++;
        pthread_mutex_lock(&h->lock);
        k->next = h->list;
        h->list = k;
        pthread_mutex_unlock(&h->lock);
    }
    k->is_wanted = true;
}

/* One whose command is with the core stays until that has come back. */
static void drop_unwanted(struct hooks *h)
{
    pthread_mutex_lock(&h->lock);
    for (struct hook **at = &h->list; *at;) {
        struct hook *k = *at;
        bool is_with_core = k->state == HOOK_SAVES && !k->saving;
        if (k->is_wanted || (is_with_core && !atomic_load(&k->is_saved))) {
            at = &k->next;
            continue;
        }
        *at = k->next;
        hook_free(k, h->posts);
    }
    pthread_mutex_unlock(&h->lock);
}

static int load(struct hooks *h)
{
    struct webhook_row *rows = calloc(STORE_WEBHOOKS_MAX, sizeof *rows);
    struct page page = {.limit = STORE_WEBHOOKS_MAX};

    if (!rows)
        return -ENOMEM;
    int rc = store_webhook_page(h->store, rows, &page);
    for (struct hook *k = h->list; k && rc == 0; k = k->next)
        k->is_wanted = false;
    for (size_t i = 0; i < page.count && rc == 0; i++)
        take_row(h, &rows[i]);
    explicit_bzero(rows, STORE_WEBHOOKS_MAX * sizeof *rows);
    free(rows);
    if (rc == 0)
        drop_unwanted(h);
    return rc;
}

/* Who tries a webhook out does not want to wait for the end of its pause. */
static int end_pauses(struct hooks *h)
{
    static const struct event_query query = {.kinds = " webhook "};
    struct page page = {.after = h->tests_id, .limit = TESTS_AT_ONCE};
    struct event_row *rows = calloc(TESTS_AT_ONCE, sizeof *rows);

    if (!rows)
        return -ENOMEM;
    int rc = hook_page(h->store, &query, rows, &page);
    for (size_t i = 0; i < page.count && rc == 0; i++)
        for (struct hook *k = h->list; k; k = k->next)
            if (strcmp(rows[i].name, "test") == 0 && strstr(rows[i].body, k->row.name))
                k->due_ms = 0;
    if (rc == 0)
        h->tests_id = page.next;
    free(rows);
    return rc;
}

/* ---- the thread ---- */

static struct hook_world world(struct hooks *h)
{
    return (struct hook_world){
        .store = h->store,
        .posts = h->posts,
        .options = &h->options,
        .done = saved,
        .done_arg = h,
        .mono_ms = clock_mono_ms(),
        .wall_ms = clock_wall_ms(),
    };
}

static void take_answers(struct hooks *h)
{
    struct hook_world w = world(h);
    struct post_result result;

    posts_run(h->posts);
    while (posts_take(h->posts, &result))
        hook_answered(result.owner, &result, &w);
}

/* @return how long to wait, in ms; -errno */
static int64_t step_all(struct hooks *h)
{
    struct hook_world w = world(h);
    int64_t due_ms = w.mono_ms + WAIT_MS;

    for (struct hook *k = h->list; k; k = k->next) {
        int64_t next_ms = hook_step(k, &w);
        if (next_ms < 0)
            return next_ms;
        if (next_ms < due_ms)
            due_ms = next_ms;
    }
    return due_ms > w.mono_ms ? due_ms - w.mono_ms : 0;
}

static int64_t turn(struct hooks *h)
{
    int rc = load(h);

    if (rc == 0)
        rc = end_pauses(h);
    take_answers(h);
    return rc != 0 ? (rc < 0 ? rc : -EIO) : step_all(h);
}

static void tell(struct hooks *h, int64_t rc)
{
    if (rc < 0 && !h->is_broken)
        log_line(LOG_P_WARNING, "webhooks=stopped error=\"%s\"", strerror((int)-rc));
    h->is_broken = rc < 0;
}

static void *run(void *arg)
{
    struct hooks *h = arg;

    while (!atomic_load(&h->is_stopping)) {
        atomic_store(&h->beat_ms, clock_mono_ms());
        int64_t wait_ms = turn(h);
        tell(h, wait_ms);
        if (wait_ms != 0)
            posts_wait(h->posts, wait_ms < 0 ? WAIT_MS : wait_ms);
    }
    return NULL;
}

static int open_parts(struct hooks *h)
{
    struct store_failure why;
    int64_t first = 0;

    int rc = store_open(h->options.store_path, STORE_READER, &why, &h->store);
    if (rc != 0)
        return rc < 0 ? rc : -EIO;
    store_set_clock(h->store, clock_mono_ms);
    rc = store_event_range(h->store, &first, &h->tests_id);
    if (rc == 0)
        rc = posts_open(
            &(struct posts_options){h->options.allows_private, h->options.timeout_ms},
            &h->posts);
    if (rc == 0)
        rc = -pthread_create(&h->thread, NULL, run, h);
    return rc;
}

int hooks_open(const struct hooks_options *options, struct hooks **out)
{
    struct hooks *h = calloc(1, sizeof *h);

    if (!h)
        return -ENOMEM;
    h->options = *options;
    atomic_init(&h->beat_ms, clock_mono_ms());
    pthread_mutex_init(&h->lock, NULL);
    int rc = open_parts(h);
    h->options.store_path = NULL;
    if (rc != 0) {
        hooks_close(h);
        return rc;
    }
    *out = h;
    return 0;
}

int64_t hooks_beat_ms(const struct hooks *h)
{
    return atomic_load(&h->beat_ms);
}

void hooks_durable(struct hooks *h)
{
    posts_wake(h->posts);
}

void hooks_stop(struct hooks *h)
{
    atomic_store(&h->is_stopping, true);
    posts_wake(h->posts);
    pthread_join(h->thread, NULL);
}

void hooks_close(struct hooks *h)
{
    if (!h)
        return;
    while (h->list) {
        struct hook *k = h->list;
        h->list = k->next;
        hook_free(k, h->posts);
    }
    posts_close(h->posts);
    store_close(h->store);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
