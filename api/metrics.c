/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.c - /metrics in Prometheus' text format 0.0.4. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/counts.h"
#include "api/handlers.h"
#include "store/campaigns.h"

enum { COUNTS_MAX = 256, CAMPAIGNS_MAX = 50 };

struct metrics {
    struct text *out;
    struct count_row *rows; /* COUNTS_MAX */
};

static void head(const struct metrics *m, const char *name, const char *type,
                 const char *help)
{
    text_printf(m->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void number(const struct metrics *m, const char *name, uint64_t value)
{
    text_printf(m->out, "%s %" PRIu64 "\n", name, value);
}

/* \ " and line feed are escaped; control characters are none of ours. */
static void label_value(struct text *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            text_put(out, "\\");
        if (*value == '\n')
            text_put(out, "\\n");
        else
            text_append(out, value, 1);
    }
}

static void labelled(const struct metrics *m, const char *name, const char *label,
                     const struct count_row *row)
{
    text_printf(m->out, "%s{%s=\"", name, label);
    label_value(m->out, row->word);
    text_printf(m->out, "\"} %" PRId64 "\n", row->n);
}

static int devices(const struct metrics *m, struct store *st)
{
    size_t count = 0;

    int rc = store_count_devices(st, m->rows, COUNTS_MAX, &count);
    head(m, "lockstep_devices", "gauge", "Devices by state.");
    for (size_t i = 0; i < count && i < COUNTS_MAX && rc == 0; i++)
        labelled(m, "lockstep_devices", "state", &m->rows[i]);
    return rc;
}

static int tasks(const struct metrics *m, struct store *st)
{
    size_t count = 0;

    int rc = store_count_tasks(st, 0, m->rows, COUNTS_MAX, &count);
    if (rc != 0)
        return rc;
    count = counts_merge(m->rows, count < COUNTS_MAX ? count : COUNTS_MAX);
    head(m, "lockstep_tasks", "gauge", "Tasks of all campaigns by state.");
    for (size_t i = 0; i < count; i++)
        labelled(m, "lockstep_tasks", "state", &m->rows[i]);
    return 0;
}

static int one_campaign(const struct metrics *m, struct store *st, int64_t id)
{
    size_t count = 0;

    int rc = store_count_tasks(st, id, m->rows, COUNTS_MAX, &count);
    if (rc != 0)
        return rc;
    count = counts_merge(m->rows, count < COUNTS_MAX ? count : COUNTS_MAX);
    for (size_t i = 0; i < count; i++)
        text_printf(m->out,
                    "lockstep_campaign_tasks{campaign=\"%" PRId64
                    "\",state=\"%s\"} %" PRId64 "\n",
                    id, m->rows[i].word, m->rows[i].n);
    return 0;
}

/* Labelled by campaign only while it is active, so that labels do not pile up. */
static int campaigns(const struct metrics *m, struct store *st)
{
    struct campaign_row *rows = calloc(CAMPAIGNS_MAX, sizeof *rows);
    struct page page = {.limit = CAMPAIGNS_MAX};

    if (!rows)
        return -ENOMEM;
    int rc = store_campaign_active(st, rows, &page);
    head(m, "lockstep_campaign_tasks", "gauge", "Tasks of active campaigns by state.");
    for (size_t i = 0; i < page.count && rc == 0; i++)
        rc = one_campaign(m, st, rows[i].id);
    head(m, "lockstep_campaign_braked", "gauge",
         "1 for an active campaign that its brake has stopped, else 0.");
    for (size_t i = 0; i < page.count && rc == 0; i++)
        text_printf(m->out, "lockstep_campaign_braked{campaign=\"%" PRId64 "\"} %d\n",
                    rows[i].id, rows[i].is_braked);
    free(rows);
    return rc;
}

static void histogram(const struct metrics *m, const char *name,
                      const struct api_histogram *h)
{
    static const char *const bounds[API_HISTOGRAM_BUCKETS] = {
        "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.5", "2", "+Inf"};
    uint64_t sum = 0;

    for (size_t i = 0; i < API_HISTOGRAM_BUCKETS; i++) {
        sum += h->bucket[i];
        text_printf(m->out, "%s_bucket{le=\"%s\"} %" PRIu64 "\n", name, bounds[i], sum);
    }
    text_printf(m->out, "%s_sum %.6f\n%s_count %" PRIu64 "\n", name,
                (double)h->sum_us / 1e6, name, h->count);
}

static void coap(const struct metrics *m, const struct api_figures *f)
{
    static const char *const codes[API_COAP_METHODS] = {
        "empty", "get", "post", "put", "delete", "fetch", "patch", "ipatch"};

    head(m, "lockstep_coap_requests_total", "counter", "CoAP requests received.");
    for (size_t i = 0; i < API_COAP_METHODS; i++)
        text_printf(m->out, "lockstep_coap_requests_total{code=\"%s\"} %" PRIu64 "\n",
                    codes[i], f->coap_requests[i]);
}

static void results(const struct metrics *m, const struct api_figures *f)
{
    head(m, "lockstep_component_results_total", "counter",
         "Update Results seen since the start.");
    for (size_t i = 0; i < API_UPDATE_RESULTS; i++)
        if (f->component_results[i] > 0)
            text_printf(m->out,
                        "lockstep_component_results_total{result=\"%zu\"} %" PRIu64
                        "\n",
                        i, f->component_results[i]);
}

static void live(const struct metrics *m, const struct api_figures *f)
{
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        {"lockstep_blocks_served_total", "counter", "Blocks of packages served.",
         f->blocks_served},
        {"lockstep_datagrams_received_total", "counter", "Datagrams received.",
         f->datagrams_in},
        {"lockstep_datagrams_sent_total", "counter", "Datagrams sent.",
         f->datagrams_out},
        {"lockstep_datagrams_bad_total", "counter", "Datagrams that were no CoAP.",
         f->datagrams_bad},
        {"lockstep_retransmissions_total", "counter", "Messages sent again.",
         f->retransmissions},
        {"lockstep_duplicates_total", "counter", "Requests received again.",
         f->duplicates},
        {"lockstep_peers", "gauge", "Addresses that are talked with.", f->peers},
        {"lockstep_store_queue", "gauge", "Changes not yet durable.", f->store_queue},
        {"lockstep_storage_full", "gauge", "1 while there is no space to write.",
         f->is_storage_full},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        head(m, rows[i].name, rows[i].type, rows[i].help);
        number(m, rows[i].name, rows[i].value);
    }
    head(m, "lockstep_stuck_tasks", "gauge",
         "Tasks past waiting that are past their deadline_at.");
    text_printf(m->out,
                "lockstep_stuck_tasks{reason=\"not-returned\"} %" PRIu32 "\n"
                "lockstep_stuck_tasks{reason=\"no-progress\"} %" PRIu32 "\n",
                f->stuck_not_returned, f->stuck_no_progress);
    coap(m, f);
    results(m, f);
    head(m, "lockstep_commit_seconds", "histogram", "One batch until it is durable.");
    histogram(m, "lockstep_commit_seconds", &f->commit);
}

static void own(const struct metrics *m, struct api *api)
{
    pthread_mutex_lock(&api->lock);
    struct api_counts counts = api->counts;
    pthread_mutex_unlock(&api->lock);

    head(m, "lockstep_plan_seconds", "histogram", "Making a plan.");
    histogram(m, "lockstep_plan_seconds", &counts.plan);
    head(m, "lockstep_request_seconds", "histogram", "HTTP requests until answered.");
    histogram(m, "lockstep_request_seconds", &counts.request);
    head(m, "lockstep_http_answers_total", "counter", "HTTP answers by class.");
    for (int class = 1; class < 6; class ++)
        text_printf(m->out, "lockstep_http_answers_total{class=\"%dxx\"} %" PRIu64 "\n",
                    class, counts.answers[class]);
}

int metrics_get(struct request *rq, struct response *rs)
{
    const struct api_options *o = &rq->api->options;
    struct metrics m = {&rs->body, calloc(COUNTS_MAX, sizeof *m.rows)};
    struct api_figures figures = {0};

    if (!m.rows)
        return -ENOMEM;
    int rc = devices(&m, rq->store);
    if (rc == 0)
        rc = tasks(&m, rq->store);
    if (rc == 0)
        rc = campaigns(&m, rq->store);
    free(m.rows);
    if (rc != 0)
        return rc;
    if (o->figures) {
        o->figures(o->figures_context, &figures);
        live(&m, &figures);
    }
    own(&m, rq->api);
    rs->status = 200;
    rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return 0;
}
