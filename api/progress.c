/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - how far a campaign is: counts, a chart, and waiting for its end. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign_json.h"
#include "api/counts.h"
#include "api/handlers.h"
#include "campaigns/policy.h"

enum {
    TASK_COUNTS_MAX = 64,
    COMPONENT_COUNTS_MAX = 1024,
    REASON_COUNTS_MAX = 256,
    CHART_ROWS_MAX = 2000,
};

struct counts {
    size_t count;
    struct count_row rows[COMPONENT_COUNTS_MAX];
};

struct campaign_progress {
    struct counts tasks, components, reasons;
    struct counts states; /* of tasks, whatever they wait for */
    struct campaign_bytes bytes;
    uint32_t first; /* devices that must end well before others begin */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int read_first(struct store *st, int64_t campaign_id, uint32_t *out)
{
    struct policy policy;
    struct policy_error why;
    char *text = NULL;

    int rc = store_campaign_policy(st, campaign_id, &text);
    bool is_read = rc == 0 && policy_parse(text, &policy, &why) == 0;
    *out = is_read ? policy.brake.first : policy_default().brake.first;
    free(text);
    return rc < 0 ? rc : 0;
}

static int read_counts(struct store *st, int64_t campaign_id,
                       struct campaign_progress *p)
{
    int rc = store_count_tasks(st, campaign_id, p->tasks.rows, TASK_COUNTS_MAX,
                               &p->tasks.count);
    if (rc == 0)
        rc = store_count_components(st, campaign_id, p->components.rows,
                                    COMPONENT_COUNTS_MAX, &p->components.count);
    if (rc == 0)
        rc = store_count_reasons(st, campaign_id, p->reasons.rows, REASON_COUNTS_MAX,
                                 &p->reasons.count);
    if (rc == 0)
        rc = store_campaign_bytes(st, campaign_id, &p->bytes);
    if (rc == 0)
        rc = read_first(st, campaign_id, &p->first);
    return rc;
}

int progress_read(struct store *st, int64_t campaign_id, struct campaign_progress **out)
{
    struct campaign_progress *p = malloc(sizeof *p); /* large, and nearly empty */

    if (!p)
        return -ENOMEM;
    store_read_begin(st);
    int rc = read_counts(st, campaign_id, p);
    store_read_end(st);
    if (rc != 0) {
        free(p);
        return rc;
    }
    p->tasks.count = least(p->tasks.count, TASK_COUNTS_MAX);
    p->components.count = least(p->components.count, COMPONENT_COUNTS_MAX);
    p->reasons.count = least(p->reasons.count, REASON_COUNTS_MAX);
    memcpy(p->states.rows, p->tasks.rows, p->tasks.count * sizeof p->tasks.rows[0]);
    p->states.count = counts_merge(p->states.rows, p->tasks.count);
    *out = p;
    return 0;
}

static bool is_word(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool is_final(const char *state)
{
    static const char *const words[] = {"succeeded", "failed",   "partial",
                                        "canceled",  "excluded", "needs-attention"};

    return is_word(state, words, sizeof words / sizeof words[0]);
}

bool progress_is_success(const struct campaign_progress *p)
{
    static const char *const good[] = {"succeeded", "excluded"};

    for (size_t i = 0; i < p->tasks.count; i++)
        if (p->tasks.rows[i].n > 0 &&
            !is_word(p->tasks.rows[i].word, good, sizeof good / sizeof good[0]))
            return false;
    return true;
}

static void waits(struct json *j, const struct counts *c)
{
    json_object(j, "waiting_for");
    for (size_t i = 0; i < c->count; i++)
        if (*c->rows[i].key)
            json_int(j, c->rows[i].key, c->rows[i].n);
    json_end(j);
}

static bool is_wave(const struct count_row *row)
{
    return strcmp(row->key, "wave") == 0 && row->n > 0;
}

/* The others wait, and nothing went wrong. */
static bool waits_for_first(const struct campaign_row *row,
                            const struct campaign_progress *p)
{
    bool has_others = false;

    for (size_t i = 0; i < p->tasks.count; i++)
        has_others |= is_wave(&p->tasks.rows[i]);
    return has_others && p->first > 0 && !row->is_first_passed && !row->is_braked &&
           !*row->reason && strcmp(row->state, "running") == 0;
}

/* "…: 1 updating, 1 waiting for user" */
static void first_members(struct json *j, const struct campaign_row *row,
                          const struct campaign_progress *p)
{
    char text[640];
    const char *before = ": ";
    size_t len =
        (size_t)snprintf(text, sizeof text,
                         "%" PRId64 " of the first %" PRIu32
                         " devices have ended well; until all have, only these go on",
                         row->ended - row->ended_failed, p->first);

    for (size_t i = 0; i < p->tasks.count && len < sizeof text; i++) {
        const struct count_row *r = &p->tasks.rows[i];
        if (r->n <= 0 || is_final(r->word) || is_wave(r) ||
            strcmp(r->key, "campaign") == 0)
            continue;
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%" PRId64 " %s%s%s",
                                before, r->n, r->word, *r->key ? " for " : "", r->key);
        before = ", ";
    }
    json_text(j, "reason", "first-devices");
    json_text(j, "detail", text);
}

static void component_states(struct json *j, const struct counts *c)
{
    json_object(j, "components");
    for (size_t i = 0; i < c->count;) {
        const char *component = c->rows[i].key;
        json_object(j, component);
        for (; i < c->count && strcmp(c->rows[i].key, component) == 0; i++)
            json_int(j, c->rows[i].word, c->rows[i].n);
        json_end(j);
    }
    json_end(j);
}

static void reasons(struct json *j, const struct counts *c)
{
    json_array(j, "reasons");
    for (size_t i = 0; i < c->count; i++) {
        json_object(j, NULL);
        json_text(j, "state", c->rows[i].word);
        json_text(j, "reason", c->rows[i].key);
        json_int(j, "devices", c->rows[i].n);
        json_end(j);
    }
    json_end(j);
}

struct ended {
    int64_t ended, excluded, all;
    int64_t going; /* neither ended nor waiting for what nobody knows the time of */
};

static struct ended ended_of(const struct count_row *rows, size_t count)
{
    static const char *const goes_on[] = {"", "wave", "rate"};
    struct ended e = {0};

    for (size_t i = 0; i < count; i++) {
        e.all += rows[i].n;
        if (is_final(rows[i].word))
            e.ended += rows[i].n;
        else if (is_word(rows[i].key, goes_on, sizeof goes_on / sizeof goes_on[0]))
            e.going += rows[i].n;
        if (strcmp(rows[i].word, "excluded") == 0)
            e.excluded += rows[i].n;
    }
    return e;
}

static void tasks_members(struct json *j, const struct ended *e,
                          const struct count_row *states, size_t count)
{
    json_int(j, "devices", e->all);
    json_int(j, "ended", e->ended);
    counts_object(j, "tasks", states, count);
}

int progress_counts(struct store *st, int64_t campaign_id, struct json *j)
{
    struct count_row rows[TASK_COUNTS_MAX];
    size_t count = 0;

    int rc = store_count_tasks(st, campaign_id, rows, TASK_COUNTS_MAX, &count);
    if (rc != 0)
        return rc;
    count = least(count, TASK_COUNTS_MAX);
    struct ended e = ended_of(rows, count);
    tasks_members(j, &e, rows, counts_merge(rows, count));
    return 0;
}

/* As it went so far, for those that go on: only while it runs, and once something has
 * ended. */
static void estimate(struct json *j, const struct campaign_row *row,
                     const struct ended *e, int64_t wall_ms)
{
    int64_t done = e->ended - e->excluded, left = e->going;
    int64_t ran_ms = wall_ms - row->started_ms;

    if (strcmp(row->state, "running") != 0 || row->started_ms == 0 || done <= 0 ||
        left <= 0 || ran_ms <= 0)
        return;
    json_time(j, "estimated_end_at", wall_ms + ran_ms / done * left);
}

void progress_members(struct json *j, const struct campaign_row *row,
                      const struct campaign_progress *p, int64_t wall_ms)
{
    json_id(j, "campaign", row->id);
    json_text(j, "state", row->state);
    json_bool(j, "braked", row->is_braked);
    json_text_if(j, "reason", row->reason);
    json_text_if(j, "detail", row->detail);
    if (waits_for_first(row, p))
        first_members(j, row, p);
    struct ended e = ended_of(p->tasks.rows, p->tasks.count);
    tasks_members(j, &e, p->states.rows, p->states.count);
    waits(j, &p->tasks);
    component_states(j, &p->components);
    reasons(j, &p->reasons);
    json_object(j, "bytes");
    json_int(j, "total", p->bytes.total_bytes);
    json_int(j, "sent", p->bytes.sent_bytes);
    json_int(j, "left",
             p->bytes.total_bytes > p->bytes.sent_bytes
                 ? p->bytes.total_bytes - p->bytes.sent_bytes
                 : 0);
    json_end(j);
    json_time(j, "started_at", row->started_ms);
    json_time(j, "ended_at", row->ended_ms);
    estimate(j, row, &e, wall_ms);
}

int campaigns_progress(struct request *rq, struct response *rs)
{
    struct campaign_row row;
    struct campaign_progress *p;

    int rc = campaign_find(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    rc = progress_read(rq->store, row.id, &p);
    if (rc != 0)
        return rc;
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    progress_members(&j, &row, p, rq->wall_ms);
    json_end(&j);
    free(p);
    return 0;
}

static void chart_rows(struct json *j, const struct rollup_row *rows, size_t count)
{
    json_array(j, "items");
    for (size_t i = 0; i < count; i++) {
        json_object(j, NULL);
        json_time(j, "minute", rows[i].minute * 60000);
        json_text_if(j, "component", rows[i].component);
        json_text(j, "state", rows[i].state);
        json_int(j, "change", rows[i].change);
        json_end(j);
    }
    json_end(j);
}

/* Whole minutes only: the first one may have more rows than the limit. */
static int chart_page(struct store *st, struct rollup_query *query,
                      struct rollup_row *rows, size_t limit, size_t *count)
{
    struct rollup_query all = *query;
    size_t n = 1;

    int rc = store_rollup_page(st, query, rows, limit, count);
    if (rc != -EOVERFLOW || limit == CHART_ROWS_MAX)
        return rc;
    *query = all;
    rc = store_rollup_page(st, query, rows, CHART_ROWS_MAX, count);
    while (rc == 0 && n < *count && rows[n].minute == rows[0].minute)
        n++;
    if (rc == 0 && n < *count) {
        query->from_minute = rows[n].minute;
        *count = n;
    }
    return rc;
}

int campaigns_chart(struct request *rq, struct response *rs)
{
    static const int64_t cursors[2] = {0, INT64_MAX}, limits[2] = {1, CHART_ROWS_MAX};
    struct campaign_row row;
    struct rollup_query query = {0};
    int64_t limit = CHART_ROWS_MAX;
    size_t count = 0;

    int rc = campaign_find(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    if (request_int(rq, "cursor", cursors, &query.from_minute, rs) != 0 ||
        request_int(rq, "limit", limits, &limit, rs) != 0)
        return 0;
    query.campaign_id = row.id;
    struct rollup_row *rows = calloc(CHART_ROWS_MAX, sizeof *rows);
    if (!rows)
        return -ENOMEM;
    rc = chart_page(rq->store, &query, rows, (size_t)limit, &count);
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    chart_rows(&j, rows, rc == 0 ? count : 0);
    if (query.from_minute != 0)
        json_id(&j, "next", query.from_minute);
    else
        json_null(&j, "next");
    json_end(&j);
    free(rows);
    return rc;
}
