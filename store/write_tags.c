/* SPDX-License-Identifier: Apache-2.0 */
/* write_tags.c - changes of tags, and devices that are known before they register. */
#include <string.h>

#include "store/apply.h"
#include "store/query.h"
#include "store/shapes.h"

static int find_device(struct store *st, int64_t device_id)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_OBJECTS);

    query_bind_int(&q, ":id", device_id);
    return query_one(&q);
}

static int delete_all(struct store *st, int64_t device_id)
{
    SCOPED_QUERY q = query_begin(st, Q_TAG_DELETE);

    query_bind_int(&q, ":device_id", device_id);
    return query_run(&q);
}

static int check_mark(struct store *st, const struct tags_put *put,
                      struct change_result *result)
{
    struct tag_row tags[STORE_TAGS_MAX];
    char mark[STORE_TAGS_MARK + 1];
    size_t count = 0;

    if (!put->mark)
        return 0;
    int rc = store_device_tags(st, put->device_id, tags, STORE_TAGS_MAX, &count);
    if (rc != 0)
        return rc;
    store_tags_mark(tags, count < STORE_TAGS_MAX ? count : STORE_TAGS_MAX, mark);
    if (strcmp(mark, put->mark) == 0)
        return 0;
    result->count = TAGS_REFUSED_MARK;
    return STORE_E_CONFLICT;
}

static int remove_one(struct store *st, int64_t device_id, const char *name)
{
    SCOPED_QUERY q = query_begin(st, Q_TAG_DELETE_ONE);

    query_bind_int(&q, ":device_id", device_id);
    query_bind_text(&q, ":name", name);
    return query_run(&q);
}

static int put_each(struct store *st, enum query_id id, int64_t device_id,
                    const struct tag_row *tags, size_t count)
{
    SCOPED_QUERY q = query_begin(st, id);
    int rc = 0;

    query_bind_int(&q, ":device_id", device_id);
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (tags[i].is_removed) {
            rc = remove_one(st, device_id, tags[i].name);
            continue;
        }
        row_bind(&q, tag_shape, &tags[i]);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

int apply_device_tags(struct store *st, const struct change *c,
                      struct change_result *result)
{
    const struct tags_put *put = &c->tags;
    bool fits = put->count <= STORE_TAGS_MAX;

    result->id = put->device_id;
    int rc = find_device(st, put->device_id);
    if (rc == 0)
        rc = check_mark(st, put, result);
    if (rc == 0 && put->merges)
        rc = tags_fit(st, put->device_id, put->items, put->count, &fits);
    if (rc != 0)
        return rc;
    if (!fits) {
        result->count = TAGS_REFUSED_MANY;
        return STORE_E_CONFLICT;
    }
    if (!put->merges)
        rc = delete_all(st, put->device_id);
    if (rc == 0)
        rc = put_each(st, put->merges ? Q_TAG_MERGE : Q_TAG_PUT, put->device_id,
                      put->items, put->count);
    return rc;
}

static int expect(struct store *st, const struct device_import_row *row, int64_t at_ms)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_EXPECT);

    query_bind_int(&q, ":id", row->id);
    query_bind_text(&q, ":endpoint", row->endpoint);
    query_bind_int(&q, ":created_ms", at_ms);
    return query_run(&q);
}

static int import_one(struct store *st, const struct devices_import *import,
                      struct device_import_row *row, struct change_result *result)
{
    const struct tag_row *tags = import->tags + row->first_tag;
    struct tags_try now = {.fits = true};

    int rc = store_device_try_tags(st, row->endpoint, tags, row->tag_count, &now);
    row->is_refused = rc == 0 && !now.fits;
    if (row->is_refused) {
        result->id++;
        return 0;
    }
    if (rc != 0 || now.id > 0)
        return rc ? rc : put_each(st, Q_TAG_MERGE, now.id, tags, row->tag_count);
    result->count++;
    rc = expect(st, row, import->at_ms);
    return rc ? rc : put_each(st, Q_TAG_PUT, row->id, tags, row->tag_count);
}

int apply_devices_import(struct store *st, const struct change *c,
                         struct change_result *result)
{
    int rc = 0;

    for (size_t i = 0; i < c->import.count && rc == 0; i++)
        rc = import_one(st, &c->import, &c->import.items[i], result);
    return rc;
}
