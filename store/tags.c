/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - tags of devices, and which set of them is meant. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/apply.h"
#include "store/devices.h"
#include "store/query.h"
#include "store/shapes.h"

int store_device_tags(struct store *st, int64_t id, struct tag_row *tags, size_t limit,
                      size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_TAG_LIST);
    struct row_list list = ROW_LIST(tags, limit);

    query_bind_int(&q, ":device_id", id);
    int rc = row_read_all(&q, tag_shape, &list);
    if (rc == 0)
        *count = list.count;
    return rc;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3); /* FNV-1a */
    while (*text++);
    return hash;
}

void store_tags_mark(const struct tag_row *tags, size_t count,
                     char out[STORE_TAGS_MARK + 1])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < count; i++)
        hash = hash_text(hash_text(hash, tags[i].name), tags[i].value);
    snprintf(out, STORE_TAGS_MARK + 1, "%016" PRIx64, hash);
}

static int count_tags(struct store *st, int64_t device_id, int64_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_TAG_COUNT);

    query_bind_int(&q, ":device_id", device_id);
    return query_run_for(&q, count);
}

int tags_fit(struct store *st, int64_t device_id, const struct tag_row *tags,
             size_t count, bool *fits)
{
    int64_t room = 0;
    int rc = count_tags(st, device_id, &room);

    room = STORE_TAGS_MAX - room;
    if (rc != 0 || room >= (int64_t)count) {
        *fits = true;
        return rc;
    }
    SCOPED_QUERY q = query_begin(st, Q_TAG_HAS);
    query_bind_int(&q, ":device_id", device_id);
    for (size_t i = 0; i < count && rc >= 0; i++) {
        query_bind_text(&q, ":name", tags[i].name);
        rc = query_one(&q);
        if (tags[i].is_removed)
            room += rc == 0;
        else
            room -= rc == STORE_E_NOT_FOUND;
        query_again(&q);
    }
    *fits = room >= 0;
    return rc < 0 ? rc : 0;
}

int store_device_try_tags(struct store *st, const char *endpoint,
                          const struct tag_row *tags, size_t count,
                          struct tags_try *out)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_FIND);

    query_bind_text(&q, ":endpoint", endpoint);
    int rc = query_one(&q);
    *out = (struct tags_try){.id = rc == 0 ? query_int(&q, 0) : 0, .fits = true};
    if (rc != 0)
        return rc < 0 ? rc : 0;
    return tags_fit(st, out->id, tags, count, &out->fits);
}
