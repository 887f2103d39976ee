/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/sweeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "store/package_file.h"

struct sweeper {
    struct package_folder *folder;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int64_t wall_ms; /* of the sweep that is wanted */
    bool is_wanted, is_closing;
};

/* @return false when the thread is to end */
static bool next_sweep(struct sweeper *s, int64_t *wall_ms)
{
    pthread_mutex_lock(&s->lock);
    while (!s->is_wanted && !s->is_closing)
        pthread_cond_wait(&s->wake, &s->lock);
    bool goes_on = !s->is_closing;
    s->is_wanted = false;
    *wall_ms = s->wall_ms;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

static void *run(void *arg)
{
    struct sweeper *s = arg;
    int64_t wall_ms;

    pthread_setname_np(pthread_self(), "sweeper");
    while (next_sweep(s, &wall_ms)) {
        int rc = package_sweep(s->folder, wall_ms);
        if (rc != 0)
            log_line(LOG_P_WARNING, "packages=unswept errno=%d", -rc);
    }
    return NULL;
}

int sweeper_open(struct package_folder *folder, struct sweeper **out)
{
    struct sweeper *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->folder = folder;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    int rc = -pthread_create(&s->thread, NULL, run, s);
    if (rc != 0) {
        free(s);
        return rc;
    }
    *out = s;
    return 0;
}

void sweeper_close(struct sweeper *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void sweeper_wake(struct sweeper *s, int64_t wall_ms)
{
    pthread_mutex_lock(&s->lock);
    s->wall_ms = wall_ms;
    s->is_wanted = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}
