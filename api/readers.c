/* SPDX-License-Identifier: Apache-2.0 */
#include "api/readers.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "store/store.h"

struct readers {
    pthread_mutex_t lock;
    pthread_cond_t given;
    size_t count, free_count;
    struct store *free[];
};

int readers_open(const char *store_path, int64_t (*mono_ms)(void), size_t count,
                 struct readers **out)
{
    struct readers *r = calloc(1, sizeof *r + count * sizeof(struct store *));

    if (!r)
        return -ENOMEM;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->given, NULL);
    for (; r->count < count; r->count++) {
        int rc = store_open(store_path, STORE_READER, NULL, &r->free[r->count]);
        if (rc != 0) {
            readers_close(r);
            return rc;
        }
        store_set_clock(r->free[r->count], mono_ms);
        r->free_count++;
    }
    *out = r;
    return 0;
}

void readers_close(struct readers *r)
{
    if (!r)
        return;
    assert(r->free_count == r->count);
    for (size_t i = 0; i < r->count; i++)
        store_close(r->free[i]);
    pthread_cond_destroy(&r->given);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

struct store *readers_take(struct readers *r)
{
    pthread_mutex_lock(&r->lock);
    while (r->free_count == 0)
        pthread_cond_wait(&r->given, &r->lock);
    struct store *st = r->free[--r->free_count];
    pthread_mutex_unlock(&r->lock);
    return st;
}

void readers_give(struct readers *r, struct store *st)
{
    pthread_mutex_lock(&r->lock);
    r->free[r->free_count++] = st;
    pthread_cond_signal(&r->given);
    pthread_mutex_unlock(&r->lock);
}
