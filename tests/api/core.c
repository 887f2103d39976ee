/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/api/core.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/command.h"
#include "campaigns/device_imports.h"
#include "campaigns/plan.h"
#include "tests/api/served.h"

enum { QUEUE_MAX = 64 };

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct {
        struct command *command;
        uint64_t ticket;
    } queue[QUEUE_MAX];
    int queued, given, by_kind[COMMAND_KIND_COUNT];
    enum core_mode mode;
    bool ends, forgets, has_bundle, has_plan;
    int works_for; /* that many commands yet, then it refuses; 0: no such end */
    struct command_port port;
} core = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void put_package(const struct command *c, struct command_result *r)
{
    static char last[65];
    struct package_row row = {.size_bytes = c->package.size_bytes, .created_ms = 1};

    if (strcmp(last, c->package.digest) == 0)
        r->status = COMMAND_ALREADY;
    strcpy(last, c->package.digest);

    strcpy(row.digest, c->package.digest);
    strcpy(row.state, "ready");
    served_change(&(struct change){.kind = CHANGE_PACKAGE_PUT, .package = &row});
}

static void put_bundle(const char *ref, const char *manifest)
{
    struct bundle_row row = {.created_ms = 1};
    const char *at = strchr(ref, '@');

    snprintf(row.name, sizeof row.name, "%.*s", (int)(at - ref), ref);
    snprintf(row.version, sizeof row.version, "%s", at + 1);
    strcpy(row.state, "ready");
    served_change(&(struct change){.kind = CHANGE_BUNDLE_PUT,
                                   .bundle = {&row, manifest, NULL, 0}});
}

/* As the core joins them. */
static void join(const struct plan *plan, struct plan_row *row)
{
    for (size_t i = 0; i < plan->component_count; i++) {
        size_t len = strlen(row->components);
        snprintf(row->components + len, sizeof row->components - len, "%s%s",
                 i ? "," : "", plan->components[i]);
    }
}

static void put_plan(const char *id, const char *body, const struct plan *plan)
{
    struct plan_row *row = calloc(1, sizeof *row);

    row->bundle_id = core_bundle();
    strcpy(row->bundle, "gateway@1");
    strcpy(row->query, "tag.site==north");
    snprintf(row->id, sizeof row->id, "%s", id);
    row->created_ms = 1;
    row->expires_ms = INT64_MAX;
    if (plan)
        join(plan, row);
    served_change(&(struct change){.kind = CHANGE_PLAN_PUT, .plan = {row, body}});
    free(row);
}

/* Hosted elsewhere, so that no file is missed; "app" and "radio" change together. */
#define PACKAGE(component, digit, more)                                                \
    "{\"component\":\"" component "\",\"version\":\"2\",\"uri\":\"coap://x/" digit     \
    "\",\"size\":100,\"sha256\":\"00000000000000000000000000000000000000000000000000"  \
    "0000000000000" digit "\",\"installs_over\":\"*\"" more "}"

static const char manifest[] =
    "{\"name\":\"gateway\",\"version\":\"1\",\"applies_to\":{\"manufacturer\":"
    "\"Example\",\"model\":\"GW-100\"},\"packages\":["
    // clang-format off
    PACKAGE("firmware", "1", "") ","
    PACKAGE("app", "2", ",\"together_with\":[\"radio\"]") ","
    PACKAGE("radio", "3", "") ","
    PACKAGE("modem", "4", ",\"requires\":{\"firmware\":\">=2\"}")
    // clang-format on
    "]}";

int64_t core_bundle(void)
{
    if (!core.has_bundle)
        put_bundle("gateway@1", manifest);
    core.has_bundle = true;
    return 1;
}

const char *core_plan(void)
{
    if (!core.has_plan)
        put_plan("plan-1", "{\"id\":\"plan-1\"}", NULL);
    core.has_plan = true;
    return "plan-1";
}

static void put_token(const struct command *c)
{
    struct token_row row = {.created_ms = 1, .expires_ms = c->token.expires_ms};

    strcpy(row.name, c->token.name);
    strcpy(row.role, c->token.role);
    memcpy(row.hash, c->token.hash, sizeof row.hash);
    served_change(&(struct change){.kind = CHANGE_TOKEN_ADD, .token = &row});
}

static void put_answer(const struct command *c, const char *id)
{
    struct answer_row row = {.created_ms = 1};
    bool is_record = c->kind == COMMAND_IDEMPOTENCY_RECORD;

    if (is_record)
        row.status = c->idempotency.status;
    strcpy(row.key, c->once->key);
    strcpy(row.principal, c->actor);
    strcpy(row.route, c->once->route);
    strcpy(row.request_hash, c->once->request_hash);
    served_change(&(struct change){.kind = CHANGE_ANSWER_PUT,
                                   .answer = {&row, is_record ? c->text : id}});
}

/* A change that demands a revision. */
static void edit(struct change change, const struct command *c,
                 struct command_result *r)
{
    change.revision = c->revision;
    struct change_result result = served_result(&change);
    if (result.rc != 0)
        r->status =
            result.count == STORE_REVISION_OTHER ? COMMAND_CHANGED : COMMAND_NOT_FOUND;
}

static void put_profile(const struct command *c, struct command_result *r)
{
    struct profile_row row = {.updated_ms = 1};

    strcpy(row.name, c->profile.name);
    edit((struct change){.kind = CHANGE_PROFILE_PUT, .profile = {&row, c->text}}, c, r);
}

static void put_webhook(const struct command *c, struct command_result *r)
{
    struct webhook_row row = {.campaign_id = c->webhook.campaign_id,
                              .is_enabled = c->webhook.is_enabled};

    strcpy(row.name, c->webhook.name);
    strcpy(row.url, c->webhook.url);
    strcpy(row.sealed, c->webhook.sealed);
    strcpy(row.kinds, c->webhook.kinds);
    edit((struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &row}, c, r);
}

static void edit_campaign(const struct command *c, struct command_result *r)
{
    struct campaign_row row = {.id = 7, .bundle_id = core_bundle(), .state = "draft"};

    strcpy(row.name, "edited");
    strcpy(row.plan_id, "plan-1");
    edit((struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign = {&row, NULL, true}},
         c, r);
}

static void edit_row(const struct command *c, struct command_result *r)
{
    if (c->kind == COMMAND_PROFILE_PUT)
        put_profile(c, r);
    if (c->kind == COMMAND_WEBHOOK_PUT)
        put_webhook(c, r);
    if (c->kind == COMMAND_CAMPAIGN_PATCH)
        edit_campaign(c, r);
    if (c->kind == COMMAND_PROFILE_DELETE)
        edit((struct change){.kind = CHANGE_PROFILE_DELETE, .name = c->profile.name}, c,
             r);
    if (c->kind == COMMAND_WEBHOOK_DELETE)
        edit((struct change){.kind = CHANGE_WEBHOOK_DELETE, .name = c->webhook.name}, c,
             r);
    if (c->kind == COMMAND_TOKEN_REVOKE)
        edit((struct change){.kind = CHANGE_TOKEN_DELETE, .name = c->token.name}, c, r);
}

static void put_campaign(const struct command *c)
{
    struct campaign_row row = {.id = 7, .created_ms = 1, .bundle_id = core_bundle()};

    strcpy(row.name, c->campaign.name);
    strcpy(row.plan_id, c->campaign.plan_id);
    strcpy(row.bundle, "gateway@1");
    strcpy(row.state, "draft");
    served_change(&(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                   .campaign = {&row, c->text ? c->text : "{}"}});
}

static void put_devices(const struct command *c, struct command_result *r)
{
    static int64_t last_id = 1000;
    const struct device_imports *chunk = c->import.chunk;
    size_t count = chunk ? chunk->count : 0;
    struct device_import_row *rows = calloc(count + 1, sizeof *rows);
    struct tag_row *tags = calloc((chunk ? chunk->tag_count : 0) + 1, sizeof *tags);

    for (size_t i = 0; i < count; i++) {
        rows[i].id = ++last_id;
        strcpy(rows[i].endpoint, chunk->devices[i].endpoint);
        rows[i].first_tag = chunk->devices[i].first_tag;
        rows[i].tag_count = chunk->devices[i].tag_count;
    }
    for (size_t i = 0; chunk && i < chunk->tag_count; i++) {
        strcpy(tags[i].name, chunk->tags[i].name);
        strcpy(tags[i].value, chunk->tags[i].value);
    }
    if (chunk) {
        struct change_result result = served_result(
            &(struct change){.kind = CHANGE_DEVICES_IMPORT,
                             .import = {rows, count, tags, chunk->tag_count, 1}});
        r->made = result.count;
        r->refused = result.id;
    }
    free(rows);
    free(tags);
}

static void put_tags(const struct command *c, struct command_result *r)
{
    bool merges = c->kind == COMMAND_DEVICE_TAGS_PATCH;
    struct tag tags[TAGS_MAX];
    struct tag_row rows[TAGS_MAX];
    size_t count = 0;
    const char *why;

    if ((merges ? tags_parse_patch(c->text, tags, &count, &why)
                : tags_parse(c->text, tags, &count, &why)) != 0)
        abort();
    for (size_t i = 0; i < count; i++) {
        strcpy(rows[i].name, tags[i].name);
        strcpy(rows[i].value, tags[i].value);
        rows[i].is_removed = tags[i].is_removed;
    }
    struct change_result result = served_result(&(struct change){
        .kind = CHANGE_DEVICE_TAGS,
        .tags = {1, rows, count, merges,
                 c->device.tags_mark[0] ? c->device.tags_mark : NULL}});
    if (result.rc != 0)
        r->status = COMMAND_CHANGED;
}

static void work(const struct command *c, struct command_result *r)
{
    strcpy(r->id, "1");
    if (c->kind == COMMAND_PACKAGE_READY)
        put_package(c, r);
    if (c->kind == COMMAND_BUNDLE_CREATE)
        put_bundle(c->bundle.ref, c->text);
    if (c->kind == COMMAND_PLAN_STORE) {
        put_plan(c->plan.plan->id, c->text, c->plan.plan);
        strcpy(r->id, c->plan.plan->id);
    }
    if (c->kind == COMMAND_DEVICES_IMPORT)
        put_devices(c, r);
    if (c->kind == COMMAND_DEVICE_TRACE)
        r->extra = "{\"items\":[],\"next\":null}";
    if (c->kind == COMMAND_DEVICE_TAGS || c->kind == COMMAND_DEVICE_TAGS_PATCH)
        put_tags(c, r);
    if (c->kind == COMMAND_TOKEN_CREATE)
        put_token(c);
    edit_row(c, r);
    if (c->kind == COMMAND_CAMPAIGN_CREATE) {
        put_campaign(c);
        strcpy(r->id, "7");
    }
    if (c->once && (c->kind != COMMAND_IDEMPOTENCY_RECORD || !core.forgets))
        put_answer(c, r->id);
}

static void answer(struct command *c, uint64_t ticket, enum core_mode mode)
{
    struct command_result r = {.status = COMMAND_DONE};

    if (mode == CORE_REFUSES) {
        r.status = COMMAND_CONFLICT;
        strcpy(r.problem, "not-now");
        strcpy(r.detail, "the core does not want to");
    } else {
        work(c, &r);
    }
    c->done(c->done_arg, ticket, &r);
    command_free(c);
}

static void *run(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&core.lock);
    while (!core.ends) {
        if (core.queued == 0 || core.mode == CORE_HOLDS) {
            pthread_cond_wait(&core.changed, &core.lock);
            continue;
        }
        struct command *c = core.queue[0].command;
        uint64_t ticket = core.queue[0].ticket;
        enum core_mode mode = core.mode;
        if (core.works_for > 0 && --core.works_for == 0)
            core.mode = CORE_REFUSES;
        memmove(core.queue, core.queue + 1,
                (size_t)--core.queued * sizeof core.queue[0]);
        pthread_mutex_unlock(&core.lock);
        answer(c, ticket, mode);
        pthread_mutex_lock(&core.lock);
    }
    pthread_mutex_unlock(&core.lock);
    return NULL;
}

static int submit(void *self, struct command *command, uint64_t ticket)
{
    int rc = -EAGAIN;

    (void)self;
    pthread_mutex_lock(&core.lock);
    if (core.mode != CORE_IS_FULL && core.queued < QUEUE_MAX) {
        core.queue[core.queued].command = command;
        core.queue[core.queued++].ticket = ticket;
        core.given++;
        core.by_kind[command->kind]++;
        pthread_cond_broadcast(&core.changed);
        rc = 0;
    }
    pthread_mutex_unlock(&core.lock);
    return rc;
}

const struct command_port *core_open(void)
{
    core.port.submit = submit;
    if (pthread_create(&core.thread, NULL, run, NULL) != 0)
        abort();
    return &core.port;
}

const struct command_port *core_commands(void)
{
    return &core.port;
}

void core_close(void)
{
    pthread_mutex_lock(&core.lock);
    core.ends = true;
    pthread_cond_broadcast(&core.changed);
    pthread_mutex_unlock(&core.lock);
    pthread_join(core.thread, NULL);
    while (core.queued > 0)
        command_free(core.queue[--core.queued].command);
}

void core_set(enum core_mode mode)
{
    pthread_mutex_lock(&core.lock);
    core.mode = mode;
    pthread_cond_broadcast(&core.changed);
    pthread_mutex_unlock(&core.lock);
}

void core_forget_answers(void)
{
    pthread_mutex_lock(&core.lock);
    core.forgets = true;
    pthread_mutex_unlock(&core.lock);
}

void core_await(int count)
{
    pthread_mutex_lock(&core.lock);
    while (core.given < count)
        pthread_cond_wait(&core.changed, &core.lock);
    pthread_mutex_unlock(&core.lock);
}

int core_count(int kind)
{
    pthread_mutex_lock(&core.lock);
    int n = core.by_kind[kind];
    pthread_mutex_unlock(&core.lock);
    return n;
}

void core_refuse_after(int count)
{
    pthread_mutex_lock(&core.lock);
    core.works_for = count;
    pthread_mutex_unlock(&core.lock);
}
