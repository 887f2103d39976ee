/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rate.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, PROBES = 8, NAME_BYTES = 64, SECOND_US = 1000000 };

struct bucket {
    char name[NAME_BYTES];
    int64_t full_us; /* when all that was taken is made up for */
};

struct rate {
    pthread_mutex_t lock;
    int64_t interval_us; /* of one request */
    struct bucket buckets[SLOTS];
};

int rate_open(uint32_t per_s, struct rate **out)
{
    struct rate *rate = calloc(1, sizeof *rate);

    if (!rate)
        return -ENOMEM;
    pthread_mutex_init(&rate->lock, NULL);
    rate->interval_us = per_s < SECOND_US ? SECOND_US / per_s : 1;
    *out = rate;
    return 0;
}

void rate_close(struct rate *rate)
{
    if (!rate)
        return;
    pthread_mutex_destroy(&rate->lock);
    free(rate);
}

/* FNV-1a */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

/* That of name; where there is no room the one that was left alone for longest. */
static struct bucket *bucket_of(struct rate *rate, const char *name)
{
    uint32_t hash = hash_of(name);
    struct bucket *oldest = NULL;

    for (uint32_t i = 0; i < PROBES; i++) {
        struct bucket *b = &rate->buckets[(hash + i) % SLOTS];
        if (strcmp(b->name, name) == 0)
            return b;
        if (!oldest || b->full_us < oldest->full_us)
            oldest = b;
    }
    snprintf(oldest->name, sizeof oldest->name, "%s", name);
    oldest->full_us = 0;
    return oldest;
}

int64_t rate_take(struct rate *rate, const char *name, int64_t mono_ms)
{
    int64_t now_us = mono_ms * 1000, wait_us = 0;

    if (!rate)
        return 0;
    pthread_mutex_lock(&rate->lock);
    struct bucket *b = bucket_of(rate, name);
    if (b->full_us < now_us)
        b->full_us = now_us;
    if (b->full_us - now_us + rate->interval_us > SECOND_US)
        wait_us = b->full_us - now_us + rate->interval_us - SECOND_US;
    else
        b->full_us += rate->interval_us;
    pthread_mutex_unlock(&rate->lock);
    return (wait_us + 999) / 1000;
}
