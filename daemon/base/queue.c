/* SPDX-License-Identifier: Apache-2.0 */
/* queue.c - a ring under a mutex. The eventfd is written only when the queue turns from
 * empty to filled and read only when it is emptied, so a busy queue makes no system
 * calls; both happen under the mutex, so that the descriptor never lies.
 */
#include "daemon/base/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
    pthread_mutex_t lock;
    int fd;
    size_t capacity, item_bytes;
    size_t first, count, reserved; /* count + reserved <= capacity */
    unsigned char *items;
};

int queue_open(size_t capacity, size_t item_bytes, struct queue **out)
{
    assert(capacity > 0 && item_bytes > 0);
    struct queue *q = calloc(1, sizeof *q);
    if (!q)
        return -ENOMEM;

    *q = (struct queue){.fd = -1, .capacity = capacity, .item_bytes = item_bytes};
    pthread_mutex_init(&q->lock, NULL);
    q->items = calloc(capacity, item_bytes);
    if (!q->items) {
        queue_close(q);
        return -ENOMEM;
    }
    q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (q->fd < 0) {
        int rc = -errno;
        queue_close(q);
        return rc;
    }
    *out = q;
    return 0;
}

void queue_close(struct queue *q)
{
    if (!q)
        return;
    if (q->fd >= 0)
        close(q->fd);
    pthread_mutex_destroy(&q->lock);
    free(q->items);
    free(q);
}

int queue_fd(const struct queue *q)
{
    return q->fd;
}

static bool is_full(const struct queue *q)
{
    return q->count + q->reserved == q->capacity;
}

static void append(struct queue *q, const void *item)
{
    size_t at = (q->first + q->count) % q->capacity;

    memcpy(q->items + at * q->item_bytes, item, q->item_bytes);
    if (q->count++ == 0)
        eventfd_write(q->fd, 1);
}

int queue_push(struct queue *q, const void *item)
{
    int rc = 0;

    pthread_mutex_lock(&q->lock);
    if (is_full(q))
        rc = QUEUE_E_FULL;
    else
        append(q, item);
    pthread_mutex_unlock(&q->lock);
    return rc;
}

int queue_reserve(struct queue *q)
{
    int rc = 0;

    pthread_mutex_lock(&q->lock);
    if (is_full(q))
        rc = QUEUE_E_FULL;
    else
        q->reserved++;
    pthread_mutex_unlock(&q->lock);
    return rc;
}

void queue_push_reserved(struct queue *q, const void *item)
{
    pthread_mutex_lock(&q->lock);
    assert(q->reserved > 0);
    q->reserved--;
    append(q, item);
    pthread_mutex_unlock(&q->lock);
}

void queue_unreserve(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    assert(q->reserved > 0);
    q->reserved--;
    pthread_mutex_unlock(&q->lock);
}

/* The ring's items lie in one or two pieces. */
static void copy_out(const struct queue *q, unsigned char *items, size_t n)
{
    size_t straight = q->capacity - q->first;

    if (straight > n)
        straight = n;
    memcpy(items, q->items + q->first * q->item_bytes, straight * q->item_bytes);
    memcpy(items + straight * q->item_bytes, q->items, (n - straight) * q->item_bytes);
}

size_t queue_pop(struct queue *q, void *items, size_t max)
{
    pthread_mutex_lock(&q->lock);
    size_t n = q->count < max ? q->count : max;
    if (n > 0) {
        copy_out(q, items, n);
        q->first = (q->first + n) % q->capacity;
        q->count -= n;
        if (q->count == 0) {
            eventfd_t ignored;
            eventfd_read(q->fd, &ignored);
        }
    }
    pthread_mutex_unlock(&q->lock);
    return n;
}
