/* SPDX-License-Identifier: Apache-2.0 */
/* events.c - one row for every transition: what, of whom, by whom. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"

/* @return owned; NULL: no memory */
static char *body_of_id(const char *id)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "id", id);
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    return text;
}

void event_put(struct engine *e, const struct event_of *event)
{
    char *made = event->id ? body_of_id(event->id) : NULL;
    const char *text = made ? made : event->body;
    struct event_row row = {
        .at_ms = e->now.wall_ms,
        .campaign_id = event->campaign_id,
        .device_id = event->device_id,
    };

    snprintf(row.kind, sizeof row.kind, "%s", event->kind);
    snprintf(row.name, sizeof row.name, "%s", event->name);
    snprintf(row.actor, sizeof row.actor, "%s", event->actor);
    snprintf(row.endpoint, sizeof row.endpoint, "%s",
             event->endpoint ? event->endpoint : "");
    snprintf(row.body, sizeof row.body, "%s",
             text && strlen(text) < sizeof row.body ? text : "{}");
    engine_put(e, &(struct change){
                      .kind = CHANGE_EVENT_ADD, .needs = event->needs, .event = &row});
    if (event->id && !made)
        e->err = -ENOMEM;
    free(made);
}

static void add_text(cJSON *object, const char *key, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(object, key, text);
}

static cJSON *body_of_task(const struct active *a)
{
    const struct task *t = &a->task;
    char id[24];
    cJSON *body = cJSON_CreateObject();

    snprintf(id, sizeof id, "%" PRId64, t->campaign_id);
    cJSON_AddStringToObject(body, "campaign", id);
    cJSON_AddStringToObject(body, "endpoint", a->row.endpoint);
    cJSON_AddStringToObject(body, "state", task_state_name(t->state));
    add_text(body, "waiting_for", task_waiting_name(t->waiting_for));
    cJSON_AddNumberToObject(body, "stage", t->stage);
    add_text(body, "reason", t->reason);
    add_text(body, "detail", t->detail);
    return body;
}

static cJSON *body_of_part(const struct active *a, const struct task_change *c)
{
    const struct target *target = &a->plan->plan.targets[c->part];
    const struct task_part *p = &a->task.parts[c->part];
    char id[24];
    cJSON *body = cJSON_CreateObject();

    snprintf(id, sizeof id, "%" PRId64, a->task.campaign_id);
    cJSON_AddStringToObject(body, "campaign", id);
    cJSON_AddStringToObject(body, "endpoint", a->row.endpoint);
    cJSON_AddStringToObject(body, "component", target->component);
    cJSON_AddStringToObject(body, "state", part_state_name(c->to));
    cJSON_AddStringToObject(body, "from", target->from);
    cJSON_AddStringToObject(body, "to", target->to);
    cJSON_AddNumberToObject(body, "instance", p->instance);
    if (p->result)
        cJSON_AddNumberToObject(body, "result", p->result);
    if (c->is_executed)
        cJSON_AddNumberToObject(body, "executes", p->executes);
    return body;
}

void event_of_change(struct engine *e, const struct active *a,
                     const struct task_change *c)
{
    cJSON *body = c->is_part ? body_of_part(a, c) : body_of_task(a);
    char *text = cJSON_PrintUnformatted(body);

    cJSON_Delete(body);
    if (!text) {
        e->err = -ENOMEM;
        return;
    }
    event_put(e,
              &(struct event_of){
                  .kind = c->is_part ? "component" : "task",
                  .name = c->is_part ? part_state_name(c->to) : task_state_name(c->to),
                  .actor = *a->actor ? a->actor : ENGINE_ACTOR,
                  .campaign_id = a->task.campaign_id,
                  .device_id = a->task.device_id,
                  .endpoint = a->row.endpoint,
                  .body = text,
              });
    free(text);
}

/* @return owned; NULL: no memory */
static char *body_of_campaign(const struct run *run)
{
    char id[24];
    cJSON *body = cJSON_CreateObject();

    snprintf(id, sizeof id, "%" PRId64, run->row.id);
    cJSON_AddStringToObject(body, "id", id);
    add_text(body, "name", run->row.name);
    cJSON_AddStringToObject(body, "state", run->row.state);
    cJSON_AddBoolToObject(body, "braked", run->row.is_braked);
    add_text(body, "reason", run->row.reason);
    add_text(body, "detail", run->row.detail);
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    return text;
}

static void put_of_campaign(struct engine *e, const struct run *run,
                            struct event_of event)
{
    char *text = body_of_campaign(run);

    if (!text) {
        e->err = -ENOMEM;
        return;
    }
    event.kind = "campaign";
    event.campaign_id = run->row.id;
    event.body = text;
    event_put(e, &event);
    free(text);
}

void event_of_campaign(struct engine *e, const struct run *run, const char *name,
                       const char *actor)
{
    put_of_campaign(e, run, (struct event_of){.name = name, .actor = actor});
}

void event_of_draft(struct engine *e, const struct run *run, size_t index)
{
    put_of_campaign(e, run,
                    (struct event_of){.name = "draft",
                                      .actor = run->row.created_by,
                                      .needs = index + 1});
}

void event_of_edit(struct engine *e, const struct run *run, const char *name,
                   const char *actor, size_t index)
{
    if (index != SIZE_MAX)
        put_of_campaign(
            e, run,
            (struct event_of){.name = name, .actor = actor, .needs = index + 1});
}
