/* SPDX-License-Identifier: Apache-2.0 */
#include "store/progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/query.h"
#include "store/shapes.h"

static int read_counts(struct query *q, struct count_row *rows, size_t limit,
                       size_t *count)
{
    struct row_list list = ROW_LIST(rows, limit);
    int rc = row_read_all(q, count_shape, &list);

    if (rc == 0)
        *count = list.count;
    return rc;
}

int store_count_devices(struct store *st, struct count_row *rows, size_t limit,
                        size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_COUNT_DEVICES);

    return read_counts(&q, rows, limit, count);
}

int store_count_tasks(struct store *st, int64_t campaign_id, struct count_row *rows,
                      size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, campaign_id ? Q_COUNT_TASKS : Q_COUNT_TASKS_ALL);

    if (campaign_id)
        query_bind_int(&q, ":campaign_id", campaign_id);
    return read_counts(&q, rows, limit, count);
}

int store_count_components(struct store *st, int64_t campaign_id,
                           struct count_row *rows, size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_COUNT_COMPONENTS);

    query_bind_int(&q, ":campaign_id", campaign_id);
    return read_counts(&q, rows, limit, count);
}

int store_count_reasons(struct store *st, int64_t campaign_id, struct count_row *rows,
                        size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_COUNT_REASONS);

    query_bind_int(&q, ":campaign_id", campaign_id);
    return read_counts(&q, rows, limit, count);
}

int store_campaign_bytes(struct store *st, int64_t campaign_id,
                         struct campaign_bytes *out)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_BYTES);

    query_bind_int(&q, ":campaign_id", campaign_id);
    int rc = query_one(&q);
    if (rc < 0)
        return rc;
    *out = (struct campaign_bytes){0};
    if (rc == 0)
        *out = (struct campaign_bytes){query_int(&q, 0), query_int(&q, 1)};
    return 0;
}

int store_rollup_page(struct store *st, struct rollup_query *query,
                      struct rollup_row *rows, size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_ROLLUP_PAGE);
    struct row_list list = ROW_LIST(rows, limit);

    query_bind_int(&q, ":campaign_id", query->campaign_id);
    query_bind_int(&q, ":from_minute", query->from_minute);
    query_bind_int(&q, ":limit", (int64_t)limit + 1);
    int rc = row_read_all(&q, rollup_shape, &list);
    if (rc != 0)
        return rc;

    *count = list.count;
    query->from_minute = 0;
    if (list.count <= limit)
        return 0;
    /* The last minute may go on behind the page: leave it to the next one. */
    query->from_minute = rows[limit - 1].minute;
    *count = limit;
    while (*count > 0 && rows[*count - 1].minute == query->from_minute)
        --*count;
    return *count == 0 ? -EOVERFLOW : 0;
}

static int compare_versions(const void *left, const void *right)
{
    const struct version_count_row *a = left, *b = right;
    int rc = strcmp(a->component, b->component);

    if (rc != 0)
        return rc;
    if (a->devices != b->devices)
        return a->devices > b->devices ? -1 : 1;
    return strcmp(a->version, b->version);
}

int store_version_mix(struct store *st, struct version_count_row *rows, size_t limit,
                      size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_VERSION_MIX);
    struct row_list list = ROW_LIST(rows, limit);

    query_bind_int(&q, ":limit", (int64_t)limit);
    int rc = row_read_all(&q, version_count_shape, &list);
    if (rc != 0)
        return rc;
    qsort(rows, list.count, sizeof *rows, compare_versions);
    *count = list.count;
    return 0;
}

static int compare_minutes(const void *left, const void *right)
{
    const struct registration_count_row *a = left, *b = right;

    return (a->minute > b->minute) - (a->minute < b->minute);
}

int store_registrations(struct store *st, int64_t from_minute,
                        struct registration_count_row *rows, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_REGISTRATIONS);
    struct row_list list = ROW_LIST(rows, STORE_REGISTRATION_MINUTES);

    query_bind_int(&q, ":from_minute", from_minute);
    int rc = row_read_all(&q, registration_count_shape, &list);
    if (rc != 0)
        return rc;
    qsort(rows, list.count, sizeof *rows, compare_minutes);
    *count = list.count;
    return 0;
}
