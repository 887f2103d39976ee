/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sleepers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/server.h"

enum {
    GATHER_MS = 20,  /* events of this time wake a follower once */
    PAUSE_MS = 1000, /* the waker looks at the clock at least so often */
};

struct slot {
    struct sleeper *sleeper; /* NULL: free */
    uint64_t ticket;         /* counter * slot_count + index: never given twice */
};

struct sleepers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t waker;
    struct api_env env;
    struct sleeper *followers;
    int64_t last_event_id;
    int64_t earliest_ms; /* due_ms of the followers, or earlier */
    uint32_t admitted, admitted_max;
    bool is_stopped, is_news;
    uint64_t counter;
    size_t slot_count, slot_next;
    struct slot slots[];
};

static void lock(struct sleepers *all)
{
    pthread_mutex_lock(&all->lock);
}

static void unlock(struct sleepers *all)
{
    pthread_mutex_unlock(&all->lock);
}

/* All below that say "locked" are called with the lock held. */

static void unfollow_locked(struct sleeper *s)
{
    if (!s->follows)
        return;
    if (s->prev)
        s->prev->next = s->next;
    else
        s->all->followers = s->next;
    if (s->next)
        s->next->prev = s->prev;
    s->next = s->prev = NULL;
    s->follows = false;
}

static void wake_locked(struct sleeper *s)
{
    unfollow_locked(s);
    if (s->is_asleep) {
        s->is_asleep = false;
        server_resume(s->connection);
    } else {
        s->is_woken = true;
    }
}

static void wake_due_locked(struct sleepers *all, int64_t now_ms)
{
    struct sleeper *next;

    all->earliest_ms = INT64_MAX;
    for (struct sleeper *s = all->followers; s; s = next) {
        next = s->next;
        if (s->due_ms <= now_ms || s->seen_event_id < all->last_event_id)
            wake_locked(s);
        else if (s->due_ms < all->earliest_ms)
            all->earliest_ms = s->due_ms;
    }
}

static void pause_locked(struct sleepers *all, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&all->changed, &all->lock, &until);
}

static int64_t pause_ms(const struct sleepers *all, int64_t now_ms)
{
    int64_t ms = all->earliest_ms - now_ms;

    if (ms < 1)
        return 1;
    return ms < PAUSE_MS ? ms : PAUSE_MS;
}

static void *wake_followers(void *arg)
{
    struct sleepers *all = arg;

    lock(all);
    while (!all->is_stopped) {
        if (!all->is_news)
            pause_locked(all, pause_ms(all, all->env.mono_ms()));
        if (all->is_news && !all->is_stopped)
            pause_locked(all, GATHER_MS);
        all->is_news = false;
        wake_due_locked(all, all->env.mono_ms());
    }
    unlock(all);
    return NULL;
}

int sleepers_open(const struct api_options *options, size_t slots,
                  struct sleepers **out)
{
    struct sleepers *all = calloc(1, sizeof *all + slots * sizeof all->slots[0]);
    pthread_condattr_t attr;

    if (!all)
        return -ENOMEM;
    all->env = options->env;
    all->admitted_max = options->followers_max;
    all->slot_count = slots;
    all->earliest_ms = INT64_MAX;
    pthread_mutex_init(&all->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&all->changed, &attr);
    pthread_condattr_destroy(&attr);

    int rc = -pthread_create(&all->waker, NULL, wake_followers, all);
    if (rc != 0) {
        free(all);
        return rc;
    }
    *out = all;
    return 0;
}

void sleepers_stop(struct sleepers *all)
{
    lock(all);
    bool was_stopped = all->is_stopped;
    all->is_stopped = true;
    while (all->followers)
        wake_locked(all->followers);
    for (size_t i = 0; i < all->slot_count; i++)
        if (all->slots[i].sleeper)
            wake_locked(all->slots[i].sleeper);
    pthread_cond_signal(&all->changed);
    unlock(all);
    if (!was_stopped)
        pthread_join(all->waker, NULL);
}

void sleepers_close(struct sleepers *all)
{
    if (!all)
        return;
    pthread_cond_destroy(&all->changed);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

bool sleepers_are_stopped(struct sleepers *all)
{
    lock(all);
    bool is_stopped = all->is_stopped;
    unlock(all);
    return is_stopped;
}

int64_t sleepers_last_event(struct sleepers *all)
{
    lock(all);
    int64_t id = all->last_event_id;
    unlock(all);
    return id;
}

void sleepers_durable(struct sleepers *all, int64_t last_event_id)
{
    lock(all);
    if (last_event_id > all->last_event_id) {
        all->last_event_id = last_event_id;
        if (all->followers && !all->is_news) {
            all->is_news = true;
            pthread_cond_signal(&all->changed);
        }
    }
    unlock(all);
}

static struct slot *slot_of(struct sleepers *all, uint64_t ticket)
{
    struct slot *slot = &all->slots[ticket % all->slot_count];

    return slot->ticket == ticket ? slot : NULL;
}

static void keep_result(struct sleeper *s, const struct command_result *result)
{
    free((char *)s->result.extra);
    s->result = *result;
    s->result.extra = result->extra ? strdup(result->extra) : NULL;
}

void sleepers_result(void *arg, uint64_t ticket, const struct command_result *result)
{
    struct sleepers *all = arg;

    lock(all);
    struct slot *slot = slot_of(all, ticket);
    if (slot && slot->sleeper) {
        struct sleeper *s = slot->sleeper;
        keep_result(s, result);
        s->ticket = 0;
        slot->sleeper = NULL;
        wake_locked(s);
    }
    unlock(all);
}

static struct slot *free_slot_locked(struct sleepers *all)
{
    for (size_t n = 0; n < all->slot_count; n++) {
        size_t i = all->slot_next++ % all->slot_count;
        if (!all->slots[i].sleeper)
            return &all->slots[i];
    }
    return NULL;
}

int sleeper_expect(struct sleeper *s, uint64_t *ticket)
{
    struct sleepers *all = s->all;

    lock(all);
    struct slot *slot = all->is_stopped ? NULL : free_slot_locked(all);
    if (slot) {
        slot->sleeper = s;
        slot->ticket = ++all->counter * all->slot_count + (uint64_t)(slot - all->slots);
        s->ticket = *ticket = slot->ticket;
    }
    unlock(all);
    return slot ? 0 : -EAGAIN;
}

uint64_t sleeper_ticket(const struct sleeper *s)
{
    lock(s->all);
    uint64_t ticket = s->ticket;
    unlock(s->all);
    return ticket;
}

static void forget_locked(struct sleeper *s)
{
    struct slot *slot = s->ticket ? slot_of(s->all, s->ticket) : NULL;

    if (slot)
        slot->sleeper = NULL;
    s->ticket = 0;
}

void sleeper_forget(struct sleeper *s)
{
    lock(s->all);
    forget_locked(s);
    unlock(s->all);
}

int sleeper_admit(struct sleeper *s)
{
    struct sleepers *all = s->all;

    lock(all);
    bool is_full = !s->is_admitted && all->admitted >= all->admitted_max;
    if (!is_full && !s->is_admitted) {
        s->is_admitted = true;
        all->admitted++;
    }
    unlock(all);
    return is_full ? -EAGAIN : 0;
}

void sleeper_follow(struct sleeper *s, int64_t seen_event_id, int64_t due_ms)
{
    struct sleepers *all = s->all;

    lock(all);
    unfollow_locked(s);
    s->seen_event_id = seen_event_id;
    s->due_ms = due_ms;
    s->follows = true;
    s->next = all->followers;
    if (s->next)
        s->next->prev = s;
    all->followers = s;
    if (due_ms < all->earliest_ms) {
        all->earliest_ms = due_ms;
        pthread_cond_signal(&all->changed);
    }
    if (seen_event_id < all->last_event_id && !all->is_news) {
        all->is_news = true;
        pthread_cond_signal(&all->changed);
    }
    unlock(all);
}

bool sleeper_is_left(const struct sleeper *s)
{
    return server_is_left(s->connection);
}

int sleeper_settle(struct sleeper *s)
{
    struct sleepers *all = s->all;
    int settled = SLEEPER_AWAKE;

    lock(all);
    if (!s->is_woken && !all->is_stopped) {
        server_suspend(s->connection);
        s->is_asleep = true;
        settled = SLEEPER_ASLEEP;
    }
    s->is_woken = false;
    unlock(all);
    return settled;
}

void sleeper_fini(struct sleeper *s)
{
    lock(s->all);
    unfollow_locked(s);
    forget_locked(s);
    if (s->is_admitted)
        s->all->admitted--;
    s->is_admitted = false;
    unlock(s->all);
    free((char *)s->result.extra);
    s->result.extra = NULL;
}
