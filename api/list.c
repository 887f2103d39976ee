/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/cursor.h"
#include "api/routes.h"
#include "campaigns/version.h"

enum { LIMIT_DEFAULT = 100, LINES_AT_ONCE = 250 };

struct json *row_begin(struct rows *rows)
{
    json_object(&rows->j, NULL);
    return &rows->j;
}

void row_end(struct rows *rows)
{
    json_end(&rows->j);
    if (rows->is_lines) {
        text_append(rows->j.out, "\n", 1);
        rows->j.needs_comma = false;
    }
}

void *list_rows(const struct page *page, size_t size)
{
    return reallocarray(NULL, page->limit, size);
}

bool request_accepts(const struct request *rq, const char *type)
{
    return rq->headers.accept && strcasestr(rq->headers.accept, type);
}

bool request_includes(const struct request *rq, const char *word)
{
    const char *list = request_parameter(rq, "include");
    size_t len = strlen(word);

    while (list && *list) {
        size_t n = strcspn(list, ",");
        if (n == len && memcmp(list, word, n) == 0)
            return true;
        list += n + (list[n] == ',');
    }
    return false;
}

static int refuse_sort(struct response *rs, enum filter_of of)
{
    struct filter_field_view field;
    struct text known = {0};

    text_put(&known, "id");
    for (size_t i = 0; of < FILTER_OF_COUNT && filter_field_view(of, i, &field); i++)
        if (field.is_sorted)
            text_printf(&known, ", %s", field.name);
    response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                    "'sort' can be %s, with - before it for the other way; other "
                    "fields have no index",
                    known.at ? known.at : "id");
    text_fini(&known);
    return -EINVAL;
}

static int read_sort(const struct request *rq, struct response *rs, enum filter_of of,
                     struct page *page)
{
    const char *sort = request_parameter(rq, "sort");

    if (!sort)
        return 0;
    page->order = *sort == '-' ? PAGE_DOWN : PAGE_UP;
    sort += *sort == '-';
    if (strcmp(sort, "id") == 0)
        return 0;
    page->sort = of < FILTER_OF_COUNT ? filter_sort_find(of, sort) : NULL;
    return page->sort ? 0 : refuse_sort(rs, of);
}

static int read_page(const struct request *rq, struct response *rs, enum filter_of of,
                     struct page *page)
{
    static const int64_t limits[2] = {1, LIST_LIMIT_MAX};
    const char *cursor = request_parameter(rq, "cursor");
    int64_t limit = LIMIT_DEFAULT;

    if (request_int(rq, "limit", limits, &limit, rs) != 0 ||
        read_sort(rq, rs, of, page) != 0)
        return -EINVAL;
    page->limit = (size_t)limit;
    if (!cursor || cursor_read(cursor, page) == 0)
        return 0;
    response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                    "'cursor' must be 'next' of the page before, with the same 'sort'");
    return -EINVAL;
}

int list_filter(struct request *rq, struct response *rs, enum filter_of of)
{
    struct filter_context context = {version_number_key, rq->wall_ms, of};
    const char *q = request_parameter(rq, "q");
    struct filter_error error = {0};

    int rc = q && *q ? filter_open(q, &context, &error, &rq->filter) : 0;
    if (rc == -EINVAL) {
        struct problem p = {0};
        problem_set_at(&p, PROBLEM_INVALID_QUERY, (int64_t)error.position, "%s",
                       error.text);
        response_problem(rs, &p);
    }
    return rc;
}

/* The same target with another cursor (RFC 8288). */
static void link_next(const struct request *rq, struct response *rs, const char *cursor)
{
    struct text target = {0};

    text_printf(&target, "%s?", rq->uri.path);
    for (size_t i = 0; i < rq->uri.parameter_count; i++) {
        const struct uri_parameter *p = &rq->uri.parameters[i];
        if (strcmp(p->name, "cursor") == 0)
            continue;
        text_printf(&target, "%s=", p->name);
        text_percent(&target, p->value);
        text_put(&target, "&");
    }
    if (!target.bad)
        response_header(rs, "Link", "<%scursor=%s>; rel=\"next\"", target.at, cursor);
    text_fini(&target);
}

static int answer_page(struct request *rq, struct response *rs, list_fill *fill,
                       struct page *page)
{
    struct rows rows = {.j = response_json(rs, 200)};

    json_object(&rows.j, NULL);
    json_array(&rows.j, "items");
    store_read_begin(rq->store);
    int rc = fill(rq, page, &rows);
    store_read_end(rq->store);
    if (rc != 0)
        return rc;
    json_end(&rows.j);
    if (page->next != 0) {
        struct text cursor = {0};
        cursor_write(page, &cursor);
        json_text(&rows.j, "next", cursor.at ? cursor.at : "");
        link_next(rq, rs, cursor.at ? cursor.at : "");
        text_fini(&cursor);
    } else {
        json_null(&rows.j, "next");
    }
    json_end(&rows.j);
    return 0;
}

struct lines {
    list_fill *fill;
    struct page page;
};

static int fill_lines(struct request *rq, void *state, struct text *out)
{
    struct lines *lines = state;
    struct rows rows = {.j = json_to(out), .is_lines = true};

    lines->page.count = 0;
    lines->page.next = 0;
    store_read_begin(rq->store);
    int rc = lines->fill(rq, &lines->page, &rows);
    store_read_end(rq->store);
    if (rc != 0)
        return rc;
    lines->page.after = lines->page.next;
    memcpy(lines->page.after_key, lines->page.next_key, sizeof lines->page.after_key);
    return lines->page.next == 0 ? STREAM_END : STREAM_MORE;
}

static int answer_lines(struct response *rs, list_fill *fill, const struct page *page)
{
    struct lines *lines = calloc(1, sizeof *lines);

    if (!lines)
        return -ENOMEM;
    lines->fill = fill;
    lines->page = *page;
    lines->page.limit = LINES_AT_ONCE;
    rs->status = 200;
    rs->content_type = "application/x-ndjson";
    rs->stream = (struct stream){fill_lines, free, lines};
    return 0;
}

int list_answer(struct request *rq, struct response *rs, const struct list *list)
{
    struct page page = {.order = list->order};

    if (read_page(rq, rs, list->of, &page) != 0)
        return 0;
    int rc = list->of < FILTER_OF_COUNT ? list_filter(rq, rs, list->of) : 0;
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    page.filter = rq->filter;
    if (request_accepts(rq, "application/x-ndjson"))
        return answer_lines(rs, list->fill, &page);
    return answer_page(rq, rs, list->fill, &page);
}
