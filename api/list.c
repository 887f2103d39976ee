/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/routes.h"

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

static int read_order(const struct request *rq, struct response *rs, struct page *page)
{
    const char *sort = request_parameter(rq, "sort");

    if (!sort)
        return 0;
    if (strcmp(sort, "id") != 0 && strcmp(sort, "-id") != 0) {
        response_refuse(rs, PROBLEM_INVALID_PARAMETER, "'sort' can be id or -id");
        return -EINVAL;
    }
    page->order = *sort == '-' ? PAGE_DOWN : PAGE_UP;
    return 0;
}

static int read_page(const struct request *rq, struct response *rs, struct page *page)
{
    static const int64_t limits[2] = {1, LIST_LIMIT_MAX}, cursors[2] = {1, INT64_MAX};
    int64_t limit = LIMIT_DEFAULT, cursor = 0;

    if (request_int(rq, "limit", limits, &limit, rs) != 0 ||
        request_int(rq, "cursor", cursors, &cursor, rs) != 0)
        return -EINVAL;
    page->limit = (size_t)limit;
    page->after = cursor;
    return read_order(rq, rs, page);
}

/* The same target with another cursor (RFC 8288). */
static void link_next(const struct request *rq, struct response *rs, int64_t cursor)
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
        response_header(rs, "Link", "<%scursor=%" PRId64 ">; rel=\"next\"", target.at,
                        cursor);
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
        json_id(&rows.j, "next", page->next);
        link_next(rq, rs, page->next);
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

int list_answer(struct request *rq, struct response *rs, list_fill *fill,
                enum page_order order)
{
    struct page page = {.order = order};

    if (read_page(rq, rs, &page) != 0)
        return 0;
    if (request_accepts(rq, "application/x-ndjson"))
        return answer_lines(rs, fill, &page);
    return answer_page(rq, rs, fill, &page);
}
