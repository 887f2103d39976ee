/* SPDX-License-Identifier: Apache-2.0 */
/* batches.c - two batches that take turns. */
#include "daemon/batches.h"

#include <errno.h>
#include <stdlib.h>

enum { CHANGES_MAX = 20000 /* of the batch that fills while the other is written */ };

struct batches {
    struct store_thread *store;
    struct releases *releases;
    struct batch *filling, *spare, *written; /* spare or written is the other one */
    uint64_t number;                         /* of filling */
};

int batches_open(struct store_thread *store, struct batches **out)
{
    struct batches *b = calloc(1, sizeof *b);
    if (!b)
        return -ENOMEM;
    b->store = store;
    b->number = 1;
    int rc = releases_open(&b->releases);
    if (rc == 0)
        rc = batch_open(&b->filling);
    if (rc == 0)
        rc = batch_open(&b->spare);
    if (rc != 0) {
        batches_close(b);
        return rc;
    }
    *out = b;
    return 0;
}

void batches_close(struct batches *b)
{
    if (!b)
        return;
    releases_close(b->releases);
    batch_close(b->filling);
    batch_close(b->spare);
    batch_close(b->written);
    free(b);
}

int batches_put(struct batches *b, const struct change *change, size_t *index)
{
    return batch_put(b->filling, change, index);
}

int batches_release(struct batches *b, struct release release)
{
    release.batch = b->number;
    return releases_put(b->releases, &release);
}

struct batch *batches_filling(const struct batches *b, uint64_t *number)
{
    *number = b->number;
    return b->filling;
}

size_t batches_count(const struct batches *b)
{
    return batch_count(b->filling);
}

bool batches_is_full(const struct batches *b)
{
    return batches_count(b) >= CHANGES_MAX;
}

bool batches_is_idle(const struct batches *b)
{
    return b->written == NULL;
}

bool batches_submit(struct batches *b)
{
    if (!batches_is_idle(b) || batches_count(b) == 0)
        return false;
    store_thread_submit(b->store, b->filling, b->number);
    b->written = b->filling;
    b->filling = b->spare;
    b->spare = NULL;
    b->number++;
    return true;
}

bool batches_take(struct batches *b, struct store_done *out)
{
    return store_thread_take(b->store, out);
}

bool batches_await(const struct batches *b, enum release_kind kind, const char *name)
{
    return releases_have(b->releases, kind, name);
}

const struct release *batches_released(struct batches *b, uint64_t number)
{
    return releases_take(b->releases, number);
}

void batches_recycle(struct batches *b, struct batch *applied)
{
    batch_clear(applied);
    b->spare = applied;
    b->written = NULL;
}
