/* SPDX-License-Identifier: Apache-2.0 */
/* events.c - /v1/events: server-sent events (WHATWG HTML 9.2), read from the store by
 * id whenever something became durable; or, for Accept: application/json, the list.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/admission.h"
#include "api/api_internal.h"
#include "api/event_json.h"
#include "api/handlers.h"
#include "api/sleepers.h"
#include "store/campaigns.h"
#include "store/devices.h"

enum { EVENTS_AT_ONCE = 100, RETRY_MS = 2000 };

/* @return 0, -EINVAL with *rs set, -errno */
static int read_campaign(struct request *rq, struct response *rs, int64_t *id)
{
    static const int64_t ids[2] = {1, INT64_MAX};
    struct campaign_row campaign;

    if (request_int(rq, "campaign", ids, id, rs) != 0)
        return -EINVAL;
    int rc = *id > 0 ? store_campaign_get(rq->store, *id, &campaign) : 0;
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    response_refuse(rs, PROBLEM_NOT_FOUND, "there is no campaign %" PRId64, *id);
    return -EINVAL;
}

/* @return 0, -EINVAL with *rs set, -errno */
static int read_query(struct request *rq, struct response *rs,
                      struct event_query *query)
{
    const char *endpoint = request_parameter(rq, "device");
    struct device_row device;

    if (event_query_kinds(rq, rs, query) != 0)
        return -EINVAL;
    int rc = read_campaign(rq, rs, &query->campaign_id);
    if (rc != 0 || !endpoint)
        return rc;
    rc = store_device_by_endpoint(rq->store, endpoint, &device);
    if (rc == STORE_E_NOT_FOUND) {
        response_refuse(rs, PROBLEM_NOT_FOUND, "no device has the endpoint '%.128s'",
                        endpoint);
        return -EINVAL;
    }
    query->device_id = rc == 0 ? device.id : 0;
    return rc;
}

struct feed {
    struct event_query query;
    int64_t last_id; /* sent, or looked at and not wanted */
    int64_t beat_ms; /* mono: when something must be sent */
    bool is_begun;
    bool is_gap; /* what the client has is not of this log */
};

static void put_event(struct text *out, const struct event_row *row)
{
    struct json j = json_to(out);

    text_printf(out, "id: %" PRId64 "\nevent: %s\ndata: ", row->id, row->kind);
    json_object(&j, NULL);
    event_members(&j, row);
    json_end(&j);
    text_put(out, "\n\n");
}

static void put_start(struct feed *feed, struct text *out)
{
    feed->is_begun = true;
    text_printf(out, "retry: %d\n\n", RETRY_MS);
}

/* Events were removed before this client had them, at its start or while it was slow.
 * The id keeps it from being told again when it comes back. */
static int put_gap(struct request *rq, struct feed *feed, struct text *out)
{
    int64_t first = 0, newest = 0;
    int rc = store_event_range(rq->store, &first, &newest);

    if (rc != 0)
        return rc < 0 ? rc : -EIO;
    if (feed->is_gap)
        first = feed->last_id + 1;
    if (feed->last_id + 1 >= first && !feed->is_gap)
        return 0;
    feed->is_gap = false;
    feed->last_id = first - 1;
    text_printf(out,
                "id: %" PRId64 "\nevent: gap\ndata: {\"first\":\"%" PRId64 "\"}\n\n",
                first - 1, first);
    return 0;
}

static int put_events(struct request *rq, struct feed *feed, struct text *out)
{
    struct page page = {
        .after = feed->last_id, .limit = EVENTS_AT_ONCE, .filter = rq->filter};
    int64_t known = sleepers_last_event(rq->api->sleepers);
    struct event_row *rows = list_rows(&page, sizeof *rows);

    if (!rows)
        return -ENOMEM;
    int rc = store_event_page(rq->store, &feed->query, rows, &page);
    for (size_t i = 0; i < page.count && rc == 0; i++) {
        put_event(out, &rows[i]);
        feed->last_id = rows[i].id;
    }
    free(rows);
    if (rc != 0)
        return rc;
    if (page.next > feed->last_id)
        feed->last_id = page.next;
    if (page.next != 0)
        return STREAM_MORE;
    if (known > feed->last_id)
        feed->last_id = known;
    return STREAM_SLEEP;
}

static int fill_feed(struct request *rq, void *state, struct text *out)
{
    const struct api *api = rq->api;
    int64_t now_ms = api->options.env.mono_ms();
    struct feed *feed = state;

    if (!admission_lasts(rq))
        return STREAM_END;
    if (!feed->is_begun)
        put_start(feed, out);
    int rc = put_gap(rq, feed, out);
    if (rc == 0)
        rc = put_events(rq, feed, out);
    if (rc < 0)
        return rc;
    if (out->len == 0 && now_ms >= feed->beat_ms)
        text_put(out, ":\n\n");
    if (out->len > 0)
        feed->beat_ms = now_ms + api->options.heartbeat_ms;
    if (rc == STREAM_SLEEP)
        sleeper_follow(rq->sleeper, feed->last_id, feed->beat_ms);
    return rc;
}

/* Where to begin: after the id that the client has, else with what comes next. */
static int read_start(struct request *rq, struct response *rs, struct feed *feed)
{
    const char *given = rq->headers.last_event_id;
    int64_t newest = 0, first = 0;

    if (request_parameter(rq, "last_event_id"))
        given = request_parameter(rq, "last_event_id");
    int rc = store_event_range(rq->store, &first, &newest);
    if (rc != 0)
        return rc < 0 ? rc : -EIO;
    feed->last_id = newest;
    if (given && text_int_read(given, &feed->last_id) != 0) {
        response_refuse(rs, PROBLEM_INVALID_PARAMETER, "Last-Event-ID is no id");
        return -EINVAL;
    }
    if (feed->last_id > newest) { /* of another store, or of a backup of this one */
        feed->last_id = newest;
        feed->is_gap = true;
    }
    return 0;
}

static int follow(struct request *rq, struct response *rs)
{
    if (sleeper_admit(rq->sleeper) != 0)
        return response_refuse(rs, PROBLEM_TOO_MANY, "too many streams and waits");
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return -ENOMEM;
    request_keep(rq, feed, free);
    int rc = read_query(rq, rs, &feed->query);
    if (rc == 0)
        rc = list_filter(rq, rs, FILTER_OF_EVENTS);
    if (rc == 0)
        rc = read_start(rq, rs, feed);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    rs->status = 200;
    rs->content_type = "text/event-stream";
    response_header(rs, "X-Accel-Buffering", "no");
    rs->stream = (struct stream){fill_feed, NULL, feed};
    return 0;
}

static int fill_list(struct request *rq, struct page *page, struct rows *rows)
{
    return event_rows(rq, rq->kept, page, rows);
}

static const struct list all = {FILTER_OF_EVENTS, PAGE_DOWN, fill_list};

static int list(struct request *rq, struct response *rs)
{
    struct event_query *query = calloc(1, sizeof *query);

    if (!query)
        return -ENOMEM;
    request_keep(rq, query, free);
    int rc = read_query(rq, rs, query);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    return list_answer(rq, rs, &all);
}

int events_get(struct request *rq, struct response *rs)
{
    bool wants_list = request_accepts(rq, "application/json") ||
                      request_accepts(rq, "application/x-ndjson");

    return wants_list ? list(rq, rs) : follow(rq, rs);
}

int audit_get(struct request *rq, struct response *rs)
{
    struct event_query *query = calloc(1, sizeof *query);

    if (!query)
        return -ENOMEM;
    request_keep(rq, query, free);
    query->is_by_people = true;
    if (event_query_kinds(rq, rs, query) != 0)
        return 0;
    return list_answer(rq, rs, &all);
}
