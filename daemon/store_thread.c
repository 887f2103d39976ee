/* SPDX-License-Identifier: Apache-2.0 */
/* store_thread.c - apply, report, checkpoint. */
#include "daemon/store_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/queue.h"
#include "store/upkeep.h"

enum { WAIT_S = 1 };

struct store_thread {
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct batch *batch; /* to be applied; NULL: none */
    uint64_t number;
    bool is_closing;
    _Atomic bool is_full;
    _Atomic int64_t beat_ms;
    struct queue *done;
};

static uint64_t now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void beat(struct store_thread *t)
{
    atomic_store(&t->beat_ms, clock_mono_ms());
}

/* The lock is held: wait until woken, for a second at most. */
static void wait_a_while(struct store_thread *t)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_S;
    pthread_cond_timedwait(&t->wake, &t->lock, &until);
    beat(t);
}

/* @return false when the thread is to end */
static bool next_batch(struct store_thread *t, struct store_done *job)
{
    beat(t);
    pthread_mutex_lock(&t->lock);
    while (!t->batch && !t->is_closing)
        wait_a_while(t);
    bool has = t->batch != NULL;
    *job = (struct store_done){.batch = t->batch, .number = t->number};
    t->batch = NULL;
    pthread_mutex_unlock(&t->lock);
    return has;
}

/* @return false when the thread is to end */
static bool wait_a_moment(struct store_thread *t)
{
    pthread_mutex_lock(&t->lock);
    wait_a_while(t);
    bool goes_on = !t->is_closing;
    pthread_mutex_unlock(&t->lock);
    return goes_on;
}

static bool wait_for_space(struct store_thread *t)
{
    if (!atomic_exchange(&t->is_full, true))
        log_alert(LOG_M_STORE_FULL,
                  "store=full action=waiting detail=\"no space left for the "
                  "database: free some, nothing is lost meanwhile\"");
    return wait_a_moment(t);
}

static int apply(struct store_thread *t, struct batch *batch)
{
    int rc;

    while ((rc = store_apply(t->store, batch)) == -ENOSPC || rc == -EBUSY)
        if (!(rc == -EBUSY ? wait_a_moment(t) : wait_for_space(t)))
            return rc;
    if (rc == 0 && atomic_exchange(&t->is_full, false))
        log_line(LOG_P_NOTICE, "store=writable");
    return rc;
}

static void *run(void *arg)
{
    struct store_thread *t = arg;
    struct store_done job;

    pthread_setname_np(pthread_self(), "store");
    while (next_batch(t, &job)) {
        uint64_t begun_us = now_us();
        job.rc = apply(t, job.batch);
        job.took_us = now_us() - begun_us;
        if (job.rc != 0 && job.rc != -ENOSPC)
            log_alert(LOG_M_STORE_FAILED, "store=failed detail=\"%s\"",
                      store_error(t->store));
        queue_push_reserved(t->done, &job);
        int rc = job.rc == 0 ? store_checkpoint(t->store) : 0;
        if (rc < 0)
            log_line(LOG_P_WARNING, "store=checkpoint-failed errno=%d", -rc);
    }
    return NULL;
}

/* wait_a_moment() must end when the wall clock is set back meanwhile. */
static void init_wake(struct store_thread *t)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &attr);
    pthread_condattr_destroy(&attr);
}

int store_thread_open(const char *path, struct store_failure *why,
                      struct store_thread **out)
{
    struct store_thread *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    pthread_mutex_init(&t->lock, NULL);
    init_wake(t);
    atomic_init(&t->beat_ms, clock_mono_ms());
    int rc = store_open(path, STORE_WRITER, why, &t->store);
    if (rc == 0) {
        store_set_clock(t->store, clock_mono_ms);
        rc = queue_open(2, sizeof(struct store_done), &t->done);
    }
    if (rc == 0)
        rc = -pthread_create(&t->thread, NULL, run, t);
    if (rc != 0) {
        queue_close(t->done);
        store_close(t->store);
        free(t);
        return rc;
    }
    *out = t;
    return 0;
}

bool store_thread_was_closed(const struct store_thread *t)
{
    return store_was_closed(t->store);
}

void store_thread_set_sound(struct store_thread *t)
{
    store_set_sound(t->store);
}

void store_thread_close(struct store_thread *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->is_closing = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    queue_close(t->done);
    store_close(t->store);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void store_thread_submit(struct store_thread *t, struct batch *batch, uint64_t number)
{
    /* One under way at most, two slots: this always finds room. */
    if (queue_reserve(t->done) != 0)
        abort();
    pthread_mutex_lock(&t->lock);
    t->batch = batch;
    t->number = number;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
}

int store_thread_fd(const struct store_thread *t)
{
    return queue_fd(t->done);
}

bool store_thread_take(struct store_thread *t, struct store_done *out)
{
    return queue_pop(t->done, out, 1) == 1;
}

int64_t store_thread_beat_ms(const struct store_thread *t)
{
    return atomic_load(&t->beat_ms);
}

bool store_thread_is_full(const struct store_thread *t)
{
    return atomic_load(&t->is_full);
}
