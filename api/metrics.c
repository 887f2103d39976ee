/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.c - /metrics in Prometheus' text format 0.0.4.
 *
 * The table at the end is all that there is to say about a metric: the text comes from
 * it, and so does what the guide on operating has (check-docs).
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/counts.h"
#include "api/handlers.h"
#include "store/campaigns.h"
#include "store/package_file.h"

enum { COUNTS_MAX = 256, CAMPAIGNS_MAX = 50, LABELS_MAX = 2, WORDS_MAX = 8 };

/* What one answer is written from. */
struct metrics {
    struct text *out;
    struct request *rq;
    struct count_row rows[COUNTS_MAX];
    struct campaign_row campaigns[CAMPAIGNS_MAX];
    size_t campaign_count;
    struct api_figures figures;
    struct api_counts counts;
};

enum metric_type { COUNTER, GAUGE, HISTOGRAM };

struct metric {
    const char *name;
    enum metric_type type;
    const char *labels; /* "a,b" */
    const char *what;   /* a sentence */
    const char *watch;  /* what is worth an alert, or "" */
    int (*write)(struct metrics *m, const struct metric *self);
    size_t at;                    /* of write_figures: of a uint64_t in api_figures, */
    const char *words[WORDS_MAX]; /* and of those behind it, by their label */
};

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

/* values: of the labels, in their order. */
static void sample(const struct metrics *m, const struct metric *of,
                   const char *const values[LABELS_MAX], uint64_t n)
{
    const char *label = of->labels;

    text_put(m->out, of->name);
    for (size_t i = 0; *label; i++) {
        size_t len = strcspn(label, ",");
        assert(i < LABELS_MAX && values[i]);
        text_printf(m->out, "%s%.*s=\"", i == 0 ? "{" : ",", (int)len, label);
        label_value(m->out, values[i]);
        text_put(m->out, "\"");
        label += len + (label[len] == ',');
    }
    text_printf(m->out, "%s %" PRIu64 "\n", *of->labels ? "}" : "", n);
}

static void number(const struct metrics *m, const struct metric *of, uint64_t n)
{
    static const char *const none[LABELS_MAX] = {NULL};

    sample(m, of, none, n);
}

static int write_figures(struct metrics *m, const struct metric *self)
{
    const char *at = (const char *)&m->figures + self->at;
    uint64_t value;

    for (size_t i = 0; i < WORDS_MAX && (i == 0 || self->words[i]); i++) {
        memcpy(&value, at + i * sizeof value, sizeof value);
        sample(m, self, (const char *[LABELS_MAX]){self->words[i]}, value);
    }
    return 0;
}

static int write_devices(struct metrics *m, const struct metric *self)
{
    size_t count = 0;
    int rc = store_count_devices(m->rq->store, m->rows, COUNTS_MAX, &count);

    for (size_t i = 0; i < count && i < COUNTS_MAX && rc == 0; i++)
        sample(m, self, (const char *[LABELS_MAX]){m->rows[i].word},
               (uint64_t)m->rows[i].n);
    return rc;
}

/* campaign_id 0: of all, and the state is the only label. */
static int tasks_of(struct metrics *m, const struct metric *self, int64_t campaign_id)
{
    size_t count = 0;
    char id[24];

    int rc = store_count_tasks(m->rq->store, campaign_id, m->rows, COUNTS_MAX, &count);
    if (rc != 0)
        return rc;
    snprintf(id, sizeof id, "%" PRId64, campaign_id);
    count = counts_merge(m->rows, count < COUNTS_MAX ? count : COUNTS_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *word = m->rows[i].word;
        const char *values[LABELS_MAX] = {campaign_id ? id : word, word};
        sample(m, self, values, (uint64_t)m->rows[i].n);
    }
    return 0;
}

static int write_tasks(struct metrics *m, const struct metric *self)
{
    return tasks_of(m, self, 0);
}

/* Labelled by campaign only while it is active, so that labels do not pile up. */
static int write_campaign_tasks(struct metrics *m, const struct metric *self)
{
    int rc = 0;

    for (size_t i = 0; i < m->campaign_count && rc == 0; i++)
        rc = tasks_of(m, self, m->campaigns[i].id);
    return rc;
}

static int write_braked(struct metrics *m, const struct metric *self)
{
    char id[24];

    for (size_t i = 0; i < m->campaign_count; i++) {
        snprintf(id, sizeof id, "%" PRId64, m->campaigns[i].id);
        sample(m, self, (const char *[LABELS_MAX]){id}, m->campaigns[i].is_braked);
    }
    return 0;
}

static int write_results(struct metrics *m, const struct metric *self)
{
    char result[8];

    for (size_t i = 0; i < API_UPDATE_RESULTS; i++) {
        snprintf(result, sizeof result, "%zu", i);
        if (m->figures.component_results[i] > 0)
            sample(m, self, (const char *[LABELS_MAX]){result},
                   m->figures.component_results[i]);
    }
    return 0;
}

static int write_storage_full(struct metrics *m, const struct metric *self)
{
    number(m, self, m->figures.is_storage_full);
    return 0;
}

static int write_free(struct metrics *m, const struct metric *self)
{
    int64_t bytes;
    int rc = package_free_bytes(m->rq->api->packages, &bytes);

    if (rc == 0)
        number(m, self, (uint64_t)bytes);
    return rc;
}

static int write_answers(struct metrics *m, const struct metric *self)
{
    static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

    for (size_t i = 0; i < 5; i++)
        sample(m, self, (const char *[LABELS_MAX]){classes[i]},
               m->counts.answers[i + 1]);
    return 0;
}

static int histogram(const struct metrics *m, const struct metric *self,
                     const struct api_histogram *h)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < API_HISTOGRAM_BUCKETS - 1; i++) {
        sum += h->bucket[i];
        text_printf(m->out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", self->name,
                    api_histogram_ms[i] / 1e3, sum);
    }
    text_printf(m->out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", self->name, h->count);
    text_printf(m->out, "%s_sum %.6f\n%s_count %" PRIu64 "\n", self->name,
                (double)h->sum_us / 1e6, self->name, h->count);
    return 0;
}

static int write_commit(struct metrics *m, const struct metric *self)
{
    return histogram(m, self, &m->figures.commit);
}

static int write_plan(struct metrics *m, const struct metric *self)
{
    return histogram(m, self, &m->counts.plan);
}

static int write_request(struct metrics *m, const struct metric *self)
{
    return histogram(m, self, &m->counts.request);
}

#define BY(function) .write = function
#define OF(member, ...)                                                                \
    .write = write_figures, .at = offsetof(struct api_figures, member),                \
    .words = {__VA_ARGS__}

/* clang-format off */
static const struct metric metrics[] = {
    { "lockstep_devices", GAUGE, "state", "Devices by state.",
      "`expired` rising: a network is down", BY(write_devices) },
    { "lockstep_registrations_total", COUNTER, "request", "Registrations, their updates and their ends, that were accepted.",
      "`register` rising: devices restart, or lifetimes are too short", OF(registrations, "register", "update", "deregister") },
    { "lockstep_tasks", GAUGE, "state", "Tasks of all campaigns by state.",
      "", BY(write_tasks) },
    { "lockstep_campaign_tasks", GAUGE, "campaign,state", "Tasks of active campaigns, 50 at most, by state.",
      "`failed`, `needs-attention` above 0", BY(write_campaign_tasks) },
    { "lockstep_campaign_braked", GAUGE, "campaign", "1 for an active campaign that its brake has stopped, else 0.",
      "1", BY(write_braked) },
    { "lockstep_stuck_tasks", GAUGE, "reason", "Tasks past waiting that are past their deadline_at.",
      "above 0 for an hour", OF(stuck, "not-returned", "no-progress") },
    { "lockstep_component_results_total", COUNTER, "result", "Update Results that devices of campaigns came to show since the start.",
      "others than 1", BY(write_results) },
    { "lockstep_blocks_sent_total", COUNTER, "way", "Blocks of packages sent to devices that pull, or pushed to others; again counts again.",
      "", OF(blocks, "pull", "push") },
    { "lockstep_package_sent_bytes_total", COUNTER, "way", "Bytes of packages in those blocks.",
      "0 while a campaign delivers", OF(package_bytes, "pull", "push") },
    { "lockstep_datagrams_received_total", COUNTER, "", "CoAP datagrams received.",
      "at 0: firewall, address", OF(datagrams_in, NULL) },
    { "lockstep_datagrams_sent_total", COUNTER, "", "CoAP datagrams sent.",
      "", OF(datagrams_out, NULL) },
    { "lockstep_datagrams_bad_total", COUNTER, "", "Datagrams that were no CoAP.",
      "", OF(datagrams_bad, NULL) },
    { "lockstep_retransmissions_total", COUNTER, "", "Messages sent again.",
      "against sent: loss", OF(retransmissions, NULL) },
    { "lockstep_duplicates_total", COUNTER, "", "Requests received again.",
      "against received: loss", OF(duplicates, NULL) },
    { "lockstep_coap_requests_total", COUNTER, "code", "CoAP requests received, by method.",
      "", OF(coap_requests, "empty", "get", "post", "put", "delete", "fetch", "patch", "ipatch") },
    { "lockstep_peers", GAUGE, "", "Addresses that are talked with.",
      "near `peers_max`", OF(peers, NULL) },
    { "lockstep_webhook_deliveries_total", COUNTER, "outcome", "What came of posting an event: taken, refused by an HTTP status, no answer, or given up in the end.",
      "others than `delivered`", OF(hook_outcomes, "delivered", "refused", "failed", "given-up") },
    { "lockstep_store_queue", GAUGE, "", "Changes not yet durable.",
      "rising: a slow disk", OF(store_queue, NULL) },
    { "lockstep_storage_full", GAUGE, "", "1 while there is no space to write.",
      "1", BY(write_storage_full) },
    { "lockstep_state_dir_free_bytes", GAUGE, "", "Free space where the store and the packages are.",
      "near `disk_reserve_bytes`", BY(write_free) },
    { "lockstep_commit_seconds", HISTOGRAM, "", "One batch of changes until it is durable.",
      "p99 above 1 s: the disk", BY(write_commit) },
    { "lockstep_plan_seconds", HISTOGRAM, "", "Making a plan.",
      "", BY(write_plan) },
    { "lockstep_request_seconds", HISTOGRAM, "", "HTTP requests until answered, but for those that waited for a device or the end of a campaign.",
      "", BY(write_request) },
    { "lockstep_http_answers_total", COUNTER, "class", "HTTP answers by class.",
      "`5xx`", BY(write_answers) },
};
/* clang-format on */

static int take(struct metrics *m)
{
    struct api *api = m->rq->api;
    const struct api_options *o = &api->options;
    struct page page = {.limit = CAMPAIGNS_MAX};

    if (o->figures)
        o->figures(o->figures_context, &m->figures);
    pthread_mutex_lock(&api->lock);
    m->counts = api->counts;
    pthread_mutex_unlock(&api->lock);
    int rc = store_campaign_active(m->rq->store, m->campaigns, &page);
    m->campaign_count = rc == 0 ? page.count : 0;
    return rc;
}

static int write_all(struct metrics *m)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    int rc = take(m);

    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0] && rc == 0; i++) {
        const struct metric *of = &metrics[i];
        text_printf(m->out, "# HELP %s %s%s%s%s\n# TYPE %s %s\n", of->name, of->what,
                    *of->watch ? " Watch: " : "", of->watch, *of->watch ? "." : "",
                    of->name, types[of->type]);
        rc = of->write(m, of);
    }
    return rc;
}

int metrics_get(struct request *rq, struct response *rs)
{
    struct metrics *m = calloc(1, sizeof *m);

    if (!m)
        return -ENOMEM;
    m->out = &rs->body;
    m->rq = rq;
    int rc = write_all(m);
    free(m);
    if (rc != 0)
        return rc;
    rs->status = 200;
    rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return 0;
}
