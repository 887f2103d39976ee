/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/figures.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct figures {
    pthread_mutex_t lock;
    struct api_figures now;
};

int figures_open(struct figures **out)
{
    struct figures *f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;
    pthread_mutex_init(&f->lock, NULL);
    *out = f;
    return 0;
}

void figures_close(struct figures *f)
{
    if (!f)
        return;
    pthread_mutex_destroy(&f->lock);
    free(f);
}

void figures_request(struct figures *f, uint8_t code)
{
    pthread_mutex_lock(&f->lock);
    f->now.coap_requests[code % API_COAP_METHODS]++;
    pthread_mutex_unlock(&f->lock);
}

void figures_result(struct figures *f, uint8_t result)
{
    size_t last = API_UPDATE_RESULTS - 1; /* all that are above */

    pthread_mutex_lock(&f->lock);
    f->now.component_results[result < last ? result : last]++;
    pthread_mutex_unlock(&f->lock);
}

void figures_registration(struct figures *f, enum api_registration what)
{
    pthread_mutex_lock(&f->lock);
    f->now.registrations[what]++;
    pthread_mutex_unlock(&f->lock);
}

void figures_delivery(struct figures *f, enum api_hook_outcome outcome)
{
    pthread_mutex_lock(&f->lock);
    f->now.hook_outcomes[outcome]++;
    pthread_mutex_unlock(&f->lock);
}

void figures_commit(struct figures *f, uint64_t took_us)
{
    pthread_mutex_lock(&f->lock);
    api_histogram_add(&f->now.commit, took_us);
    pthread_mutex_unlock(&f->lock);
}

void figures_beat(struct figures *f, int64_t mono_ms, size_t changes)
{
    pthread_mutex_lock(&f->lock);
    f->now.core_beat_mono_ms = mono_ms;
    f->now.store_queue = changes;
    pthread_mutex_unlock(&f->lock);
}

void figures_policy(struct figures *f, const struct policy *policy)
{
    pthread_mutex_lock(&f->lock);
    f->now.policy = *policy;
    pthread_mutex_unlock(&f->lock);
}

void figures_stuck(struct figures *f, uint32_t not_returned, uint32_t no_progress)
{
    pthread_mutex_lock(&f->lock);
    f->now.stuck[API_NOT_RETURNED] = not_returned;
    f->now.stuck[API_NO_PROGRESS] = no_progress;
    pthread_mutex_unlock(&f->lock);
}

void figures_read(struct figures *f, struct api_figures *out)
{
    pthread_mutex_lock(&f->lock);
    *out = f->now;
    pthread_mutex_unlock(&f->lock);
}
