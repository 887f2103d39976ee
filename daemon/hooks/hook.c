/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hooks/hook.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/event_json.h"
#include "daemon/base/log.h"
#include "store/digest.h"

enum { SUBMIT_AGAIN_MS = 100, PASSED_AT_ONCE = 64 };

struct hook *hook_new(const struct webhook_row *row, uint64_t ticket)
{
    struct hook *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    h->ticket = ticket;
    h->row = *row;
    h->looked_id = row->done_id;
    return h;
}

void hook_free(struct hook *h, struct posts *posts)
{
    post_cancel(posts, h->flight);
    command_free(h->saving);
    text_fini(&h->body);
    explicit_bzero(&h->row, sizeof h->row);
    free(h);
}

void hook_update(struct hook *h, const struct webhook_row *row)
{
    bool is_same =
        strcmp(h->row.url, row->url) == 0 && strcmp(h->row.sealed, row->sealed) == 0;

    if (!is_same) {
        h->pause_ms = 0;
        h->due_ms = 0;
    }
    h->row = *row;
}

/* ---- the next event ---- */

/* Of those about webhooks only what was asked for, and tests of this one. */
static bool is_wanted(const struct hook *h, const struct event_row *event)
{
    char id[STORE_NAME_MAX + 16];

    if (strcmp(event->kind, "webhook") != 0)
        return true;
    if (strcmp(event->name, "test") != 0)
        return *h->row.kinds == '\0' || strstr(h->row.kinds, " webhook ");
    snprintf(id, sizeof id, "{\"id\":\"%s\"}", h->row.name);
    return strcmp(event->body, id) == 0;
}

int hook_page(struct store *store, const struct event_query *query,
              struct event_row *rows, struct page *page)
{
    int64_t first = 0, last = 0;

    int rc = store_event_range(store, &first, &last);
    if (rc == 0)
        rc = store_event_page(store, query, rows, page);
    if (rc == 0 && page->next == 0)
        page->next = last > page->after ? last : page->after;
    return rc > 0 ? -EIO : rc;
}

static bool is_too_old(const struct hook *h, const struct hook_world *w)
{
    return w->wall_ms - h->event.at_ms > w->options->give_up_ms;
}

enum { LOOK_FOUND, LOOK_PASSED, LOOK_UNFINISHED, LOOK_END };

/* @return LOOK_...; -errno */
static int look(struct hook *h, const struct hook_world *w)
{
    struct event_query query = {.campaign_id = h->row.campaign_id};
    struct page page = {.after = h->looked_id, .limit = 1};

    if (*h->row.kinds)
        snprintf(query.kinds, sizeof query.kinds, "%.*swebhook ",
                 (int)(sizeof query.kinds - sizeof "webhook "), h->row.kinds);
    int rc = hook_page(w->store, &query, &h->event, &page);
    if (rc != 0)
        return rc;
    if (page.count == 0) {
        bool is_end = page.next == h->looked_id;
        h->looked_id = page.next;
        return is_end ? LOOK_END : LOOK_UNFINISHED;
    }
    bool is_old = is_wanted(h, &h->event) && is_too_old(h, w);
    if (!is_old && is_wanted(h, &h->event))
        return LOOK_FOUND;
    h->looked_id = h->event.id;
    if (is_old) {
        h->old_id = h->event.id;
        h->old_count++;
    }
    return LOOK_PASSED;
}

static int64_t save(struct hook *h, int64_t event_id, const struct post_result *result,
                    const struct hook_world *w)
{
    struct command *c = command_new(COMMAND_WEBHOOK_DELIVERED, "system");

    if (!c)
        return -ENOMEM;
    c->done = w->done;
    c->done_arg = w->done_arg;
    c->delivery.webhook_id = h->row.id;
    c->delivery.event_id = event_id;
    c->delivery.at_ms = w->wall_ms;
    c->delivery.took_ms = h->tries > 0 ? w->mono_ms - h->began_ms : 0;
    c->delivery.status = result->status;
    c->delivery.tries = h->tries;
    c->delivery.is_done = h->is_event_done;
    snprintf(c->delivery.error, sizeof c->delivery.error, "%s", result->error);
    h->saving = c;
    h->state = HOOK_SAVES;
    atomic_store(&h->is_saved, false);
    return w->mono_ms;
}

/* All that were too old in a row are one delivery. */
static int64_t give_up(struct hook *h, const struct hook_world *w)
{
    struct post_result result = {0};

    if (h->old_count == 1)
        snprintf(result.error, sizeof result.error, "given up: it is too old");
    else
        snprintf(result.error, sizeof result.error,
                 "given up: it and %" PRId64 " before it are too old",
                 h->old_count - 1);
    h->is_event_done = true;
    int64_t next_ms = save(h, h->old_id, &result, w);
    if (next_ms >= 0)
        h->old_count = 0;
    return next_ms;
}

static int64_t find(struct hook *h, const struct hook_world *w)
{
    int found = LOOK_PASSED;

    for (int i = 0; i < PASSED_AT_ONCE && found == LOOK_PASSED; i++)
        found = look(h, w);
    if (found < 0)
        return found;
    if (found == LOOK_PASSED || found == LOOK_UNFINISHED)
        return w->mono_ms;
    if (h->old_count > 0)
        return give_up(h, w);
    h->tries = 0;
    if (found == LOOK_END)
        return INT64_MAX;
    h->state = HOOK_WAITS;
    /* A receiver that fails is not asked more often for there being more to tell. */
    if (!h->is_failing)
        h->due_ms = w->mono_ms;
    return h->due_ms;
}

/* ---- a try ---- */

static int write_body(struct hook *h)
{
    struct json j = json_to(&h->body);

    text_fini(&h->body);
    h->body = (struct text){0};
    json_object(&j, NULL);
    event_members(&j, &h->event);
    json_end(&j);
    return h->body.bad ? -ENOMEM : 0;
}

/* t=TIME,v1=HMAC of "TIME.BODY" */
static int sign(const struct hook *h, const struct hook_world *w, char *out,
                size_t size)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char hex[STORE_DIGEST_HEX + 1], time[24], of[STORE_NAME_MAX + 16],
        secret[SEAL_SECRET_MAX + 1];

    store_webhook_of(h->row.name, of);
    int rc = seal_get(w->options->seal, of, h->row.sealed, secret);
    if (rc != 0)
        return rc;
    snprintf(time, sizeof time, "%" PRId64, w->wall_ms / 1000);
    const struct digest_part parts[] = {
        {time, strlen(time)}, {".", 1}, {h->body.at, h->body.len}};
    digest_hmac((struct digest_part){secret, strlen(secret)}, parts, 3, digest);
    explicit_bzero(secret, sizeof secret);
    digest_hex(digest, hex);
    snprintf(out, size, "Lockstep-Signature: t=%s,v1=%s", time, hex);
    return 0;
}

/* @return 0, SEAL_E_KEY, -ENOMEM */
static int post(struct hook *h, const struct hook_world *w)
{
    char signature[160], kind[64], id[64];

    int rc = write_body(h);
    if (rc == 0)
        rc = sign(h, w, signature, sizeof signature);
    if (rc < 0)
        return rc;
    h->began_ms = w->mono_ms;
    h->tries++;
    if (rc == SEAL_E_KEY)
        return rc;
    snprintf(kind, sizeof kind, "Lockstep-Event: %s", h->event.kind);
    snprintf(id, sizeof id, "Lockstep-Event-Id: %" PRId64, h->event.id);
    return post_begin(w->posts,
                      &(struct post){
                          .url = h->row.url,
                          .body = h->body.at,
                          .body_len = h->body.len,
                          .headers = {"Content-Type: application/json",
                                      "Expect:", signature, kind, id},
                          .owner = h,
                      },
                      &h->flight);
}

/* ---- what came of it ---- */

/* Said when it begins and when it ends, not for every event. */
static void tell(struct hook *h, const struct post_result *result, bool is_failing)
{
    if (h->is_failing != is_failing)
        log_line(is_failing ? LOG_P_WARNING : LOG_P_NOTICE,
                 "webhook=%s event=%" PRId64 " state=%s status=%d error=\"%s\"",
                 h->row.name, h->event.id, is_failing ? "failing" : "delivering",
                 result->status, result->error);
    h->is_failing = is_failing;
}

static int64_t longer(int64_t pause_ms, const struct hooks_options *o)
{
    int64_t next_ms = pause_ms == 0 ? o->retry_ms : 2 * pause_ms;

    return next_ms < o->retry_max_ms ? next_ms : o->retry_max_ms;
}

void hook_answered(struct hook *h, const struct post_result *result,
                   const struct hook_world *w)
{
    struct post_result what = *result;
    bool is_good = what.status >= 200 && what.status < 300;

    h->flight = NULL;
    tell(h, result, !is_good);
    h->is_event_done = is_good;
    h->pause_ms = is_good ? 0 : longer(h->pause_ms, w->options);
    h->due_ms = w->mono_ms + h->pause_ms;
    if (what.status >= 300 && what.status < 400)
        snprintf(what.error, sizeof what.error, "redirects are not followed");
    if (save(h, h->event.id, &what, w) < 0)
        h->state = HOOK_WAITS; /* posted again: at least once */
    else if (is_good)
        h->looked_id = h->event.id;
}

static int64_t try(struct hook *h, const struct hook_world *w)
{
    static const struct post_result unreadable = {
        .error = "its secret is of another store-key: put the webhook with a new one"};

    if (is_too_old(h, w)) {
        h->state = HOOK_IDLE;
        return w->mono_ms;
    }
    if (w->mono_ms < h->due_ms)
        return h->due_ms;
    int rc = post(h, w);
    if (rc < 0)
        return w->mono_ms + SUBMIT_AGAIN_MS;
    if (rc == SEAL_E_KEY) {
        hook_answered(h, &unreadable, w);
        return w->mono_ms;
    }
    h->state = HOOK_FLIES;
    return INT64_MAX;
}

static int64_t await_save(struct hook *h, const struct hook_world *w)
{
    const struct command_port *port = w->options->commands;

    if (h->saving) {
        if (port->submit(port->self, h->saving, h->ticket) != 0)
            return w->mono_ms + SUBMIT_AGAIN_MS;
        h->saving = NULL;
    }
    if (!atomic_load(&h->is_saved))
        return INT64_MAX;
    h->state = h->is_event_done ? HOOK_IDLE : HOOK_WAITS;
    return w->mono_ms;
}

int64_t hook_step(struct hook *h, const struct hook_world *w)
{
    switch (h->state) {
    case HOOK_IDLE:
        return find(h, w);
    case HOOK_WAITS:
        return try(h, w);
    case HOOK_FLIES:
        return INT64_MAX;
    case HOOK_SAVES:
        return await_save(h, w);
    }
    return INT64_MAX;
}
