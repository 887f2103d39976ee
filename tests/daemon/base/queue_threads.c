/* SPDX-License-Identifier: Apache-2.0 */
/* queue_threads.c - many writers, one reader: nothing is lost, doubled or out of order,
 * and the reader never sleeps while items wait. A program of its own, because Criterion
 * 2.4 cannot start under ThreadSanitizer.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/queue.h"

enum { WRITERS = 3, PER_WRITER = 20000, SLOTS = 4, BATCH = 3 };

struct writer_thread {
    struct queue *q;
    int first; /* number; the writer's are the PER_WRITER from here */
    pthread_t thread;
};

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* Every second number goes through a reserved slot. */
static void *write_numbers(void *arg)
{
    const struct writer_thread *me = arg;

    for (int i = 0; i < PER_WRITER; i++) {
        int n = me->first + i;
        while ((i % 2 ? queue_reserve(me->q) : queue_push(me->q, &n)) == QUEUE_E_FULL)
            sched_yield();
        if (i % 2)
            queue_push_reserved(me->q, &n);
    }
    return NULL;
}

static void read_all(struct queue *q)
{
    int next[WRITERS], out[BATCH];

    for (int i = 0; i < WRITERS; i++)
        next[i] = i * PER_WRITER;
    for (int left = WRITERS * PER_WRITER; left > 0;) {
        struct pollfd p = {.fd = queue_fd(q), .events = POLLIN};
        if (poll(&p, 1, 60000) != 1)
            fail("asleep while items wait");
        size_t n = queue_pop(q, out, BATCH);
        for (size_t i = 0; i < n; i++)
            if (out[i] != next[out[i] / PER_WRITER]++)
                fail("out of order");
        left -= (int)n;
    }
}

int main(void)
{
    struct writer_thread writers[WRITERS];
    struct queue *q;

    if (queue_open(SLOTS, sizeof(int), &q) != 0)
        fail("queue_open");
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer_thread){.q = q, .first = i * PER_WRITER};
        pthread_create(&writers[i].thread, NULL, write_numbers, &writers[i]);
    }
    read_all(q);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    int extra;
    if (queue_pop(q, &extra, 1) != 0)
        fail("more came out than went in");
    queue_close(q);
    return 0;
}
