/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/plan_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaigns/json_text.h"

/* ---- writing: NULL anywhere means no memory, seen once at the end ---- */

static bool put(cJSON *object, const char *key, cJSON *value)
{
    if (cJSON_AddItemToObjectCS(object, key, value))
        return true;
    cJSON_Delete(value);
    return false;
}

static bool put_text(cJSON *object, const char *key, const char *text)
{
    return !text || !*text || put(object, key, cJSON_CreateString(text));
}

static bool put_number(cJSON *object, const char *key, uint64_t number)
{
    return put(object, key, cJSON_CreateNumber((double)number));
}

/* Ids are texts: a JSON number holds no more than 53 bits. */
static bool put_id(cJSON *object, const char *key, int64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, id);
    return put(object, key, cJSON_CreateString(text));
}

static bool append(cJSON *array, cJSON *item)
{
    if (item && cJSON_AddItemToArray(array, item))
        return true;
    cJSON_Delete(item);
    return false;
}

/* RFC 3339 in UTC with milliseconds. */
static bool put_time(cJSON *object, const char *key, int64_t wall_ms)
{
    char text[48];
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm))
        return false;
    size_t len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + len, sizeof text - len, ".%03dZ", (int)(wall_ms % 1000));
    return put(object, key, cJSON_CreateString(text));
}

static cJSON *change_json(const struct plan_change *c)
{
    cJSON *o = cJSON_CreateObject();
    bool good =
        o && put(o, "component", cJSON_CreateString(c->component)) &&
        put_text(o, "role", c->role) && put_text(o, "processor", c->processor) &&
        put(o, "from", cJSON_CreateString(c->from)) &&
        put(o, "to", cJSON_CreateString(c->to)) && put_number(o, "bytes", c->bytes) &&
        put_text(o, "sha256", c->digest) && put_text(o, "with", c->with) &&
        put_text(o, "bundle", c->bundle) && put_number(o, "package", c->package);
    if (!good) {
        cJSON_Delete(o);
        return NULL;
    }
    return o;
}

static cJSON *stage_json(const struct plan_stage *stage)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
    bool good = o && list;
    for (size_t i = 0; i < stage->count && good; i++)
        good = append(list, change_json(&stage->changes[i]));
    if (!o || !put(o, "components", list)) {
        cJSON_Delete(o);
        return NULL;
    }
    good = good && put(o, "atomic", cJSON_CreateBool(stage->atomic)) &&
           put_text(o, "reason", stage->reason);
    if (!good) {
        cJSON_Delete(o);
        return NULL;
    }
    return o;
}

static bool put_inventory(cJSON *object, const struct plan_group *g)
{
    cJSON *o = cJSON_AddObjectToObject(object, "inventory");
    for (size_t i = 0; o && i < g->installed_count; i++)
        if (!cJSON_AddStringToObject(o, g->installed[i].component,
                                     g->installed[i].version))
            return false;
    return o != NULL;
}

static bool put_stages(cJSON *object, const struct plan_group *g)
{
    cJSON *list = cJSON_AddArrayToObject(object, "stages");
    for (size_t i = 0; list && i < g->stage_count; i++)
        if (!append(list, stage_json(&g->stages[i])))
            return false;
    return list != NULL;
}

static bool put_sample(cJSON *object, const struct plan_group *g)
{
    cJSON *list = cJSON_AddArrayToObject(object, "sample");
    for (size_t i = 0; list && i < g->sample_count; i++)
        if (!append(list, cJSON_CreateString(g->sample[i])))
            return false;
    return list != NULL;
}

static bool put_included(cJSON *o, const struct plan_group *g)
{
    return put(o, "up_to_date", cJSON_CreateBool(g->stage_count == 0)) &&
           put_text(o, "detail", g->detail) && put_stages(o, g);
}

static bool put_excluded(cJSON *o, const struct plan_group *g)
{
    return put_text(o, "reason", plan_exclusion_name(g->exclusion)) &&
           put_text(o, "detail", g->detail) && put_sample(o, g);
}

static cJSON *group_json(const struct plan_group *g)
{
    cJSON *o = cJSON_CreateObject();
    bool good =
        o && put_id(o, "inventory_id", g->inventory_id) &&
        put_number(o, "devices", g->devices) && put_number(o, "bytes", g->bytes) &&
        put_inventory(o, g) && put_text(o, "profile", g->profile) &&
        put_text(o, "end_of_support", g->end_of_support) &&
        (g->exclusion == PLAN_INCLUDED ? put_included(o, g) : put_excluded(o, g));
    if (!good) {
        cJSON_Delete(o);
        return NULL;
    }
    return o;
}

static bool put_groups(cJSON *object, const struct plan *plan)
{
    cJSON *groups = cJSON_AddArrayToObject(object, "groups");
    cJSON *excluded = cJSON_AddArrayToObject(object, "excluded");
    for (size_t i = 0; groups && excluded && i < plan->group_count; i++) {
        const struct plan_group *g = &plan->groups[i];
        if (!append(g->exclusion == PLAN_INCLUDED ? groups : excluded, group_json(g)))
            return false;
    }
    return groups && excluded;
}

static bool put_subset(cJSON *object, const struct plan *plan)
{
    if (plan->component_count == 0)
        return true;
    cJSON *list = cJSON_AddArrayToObject(object, "components");
    for (size_t i = 0; list && i < plan->component_count; i++)
        if (!append(list, cJSON_CreateString(plan->components[i])))
            return false;
    return list != NULL;
}

/* @param o  taken; NULL if there was no memory for it */
static int print(cJSON *o, char **out)
{
    char *text = o ? cJSON_PrintUnformatted(o) : NULL;
    cJSON_Delete(o);
    if (!text)
        return -ENOMEM;
    *out = text;
    return 0;
}

int plan_group_to_json(const struct plan_group *group, char **out)
{
    return print(group_json(group), out);
}

int plan_to_json(const struct plan *plan, char **out)
{
    cJSON *o = cJSON_CreateObject();
    bool good = o && put_text(o, "id", plan->id) &&
                put_text(o, "bundle", plan->bundle) &&
                put(o, "q", cJSON_CreateString(plan->query ? plan->query : "")) &&
                put_subset(o, plan) && put_time(o, "created_at", plan->created_ms) &&
                put_time(o, "expires_at", plan->expires_ms) &&
                put_text(o, "fingerprint", plan->fingerprint) &&
                put_number(o, "devices", plan->devices) &&
                put_number(o, "bytes", plan->bytes) &&
                put_number(o, "excluded_devices", plan->excluded) &&
                put_number(o, "unregistered_devices", plan->unregistered) &&
                put_groups(o, plan);
    if (!good) {
        cJSON_Delete(o);
        return -ENOMEM;
    }
    return print(o, out);
}
