/* SPDX-License-Identifier: Apache-2.0 */
#include "api/readers.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "store/store.h"

struct reader {
    struct store *store;
    int64_t taken_ms; /* mono_ms; 0: it is free */
};

struct readers {
    int64_t (*mono_ms)(void);
    pthread_mutex_t lock;
    pthread_cond_t given;
    size_t count;
    struct reader all[];
};

int readers_open(const char *store_path, int64_t (*mono_ms)(void), size_t count,
                 struct readers **out)
{
    struct readers *r = calloc(1, sizeof *r + count * sizeof(struct reader));

    if (!r)
        return -ENOMEM;
    r->mono_ms = mono_ms;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->given, NULL);
    for (; r->count < count; r->count++) {
        int rc = store_open(store_path, STORE_READER, NULL, &r->all[r->count].store);
        if (rc != 0) {
            readers_close(r);
            return rc;
        }
        store_set_clock(r->all[r->count].store, mono_ms);
    }
    *out = r;
    return 0;
}

void readers_close(struct readers *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++) {
        assert(r->all[i].taken_ms == 0);
        store_close(r->all[i].store);
    }
    pthread_cond_destroy(&r->given);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static struct reader *first_free(struct readers *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->all[i].taken_ms == 0)
            return &r->all[i];
    return NULL;
}

struct store *readers_take(struct readers *r)
{
    struct reader *one;

    pthread_mutex_lock(&r->lock);
    while (!(one = first_free(r)))
        pthread_cond_wait(&r->given, &r->lock);
    one->taken_ms = r->mono_ms();
    pthread_mutex_unlock(&r->lock);
    return one->store;
}

void readers_give(struct readers *r, struct store *st)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->count; i++)
        if (r->all[i].store == st)
            r->all[i].taken_ms = 0;
    pthread_cond_signal(&r->given);
    pthread_mutex_unlock(&r->lock);
}

int64_t readers_oldest_ms(struct readers *r)
{
    int64_t oldest_ms = 0;

    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->count; i++) {
        int64_t taken_ms = r->all[i].taken_ms;
        if (taken_ms != 0 && (oldest_ms == 0 || taken_ms < oldest_ms))
            oldest_ms = taken_ms;
    }
    pthread_mutex_unlock(&r->lock);
    return oldest_ms;
}
