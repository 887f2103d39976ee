/* SPDX-License-Identifier: Apache-2.0 */
/* plan_read.c - a plan from the JSON that plan_json.c wrote. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaigns/json_text.h"
#include "campaigns/plan_json.h"
#include "campaigns/text.h"

/* The first error sticks: -EBADMSG or -ENOMEM. */
struct reading {
    int rc;
};

static void fail(struct reading *r, int rc)
{
    if (r->rc == 0)
        r->rc = rc;
}

static const char *get_text(struct reading *r, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!item)
        return "";
    if (!cJSON_IsString(item)) {
        fail(r, -EBADMSG);
        return "";
    }
    return item->valuestring;
}

static void copy(struct reading *r, const char *text, char *out, size_t size)
{
    if (strlen(text) >= size)
        fail(r, -EBADMSG);
    else
        text_copy(out, size, text);
}

static void read_text(struct reading *r, const cJSON *object, const char *key,
                      char *out, size_t size)
{
    copy(r, get_text(r, object, key), out, size);
}

static char *own_text(struct reading *r, const cJSON *object, const char *key)
{
    const char *text = get_text(r, object, key);
    char *own = *text ? strdup(text) : NULL;
    if (*text && !own)
        fail(r, -ENOMEM);
    return own;
}

static uint64_t get_number(struct reading *r, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > 0x1p62) {
        fail(r, -EBADMSG);
        return 0;
    }
    return (uint64_t)item->valuedouble;
}

static int64_t get_id(struct reading *r, const cJSON *object, const char *key)
{
    const char *text = get_text(r, object, key);
    char *rest;
    errno = 0;
    long long id = strtoll(text, &rest, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *rest != '\0') {
        fail(r, -EBADMSG);
        return 0;
    }
    return id;
}

static int64_t get_time(struct reading *r, const cJSON *object, const char *key)
{
    struct tm tm = {0};
    const char *text = get_text(r, object, key);
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!rest || rest[0] != '.' || strspn(rest + 1, "0123456789") != 3 ||
        strcmp(rest + 4, "Z") != 0) {
        fail(r, -EBADMSG);
        return 0;
    }
    return (int64_t)timegm(&tm) * 1000 + atoi(rest + 1);
}

/* A list of key in object. @param owned  room for its elements, zeroed; NULL if none */
static const cJSON *get_list(struct reading *r, const cJSON *object, const char *key,
                             size_t element, void **owned)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key);
    *owned = NULL;
    if (list && !cJSON_IsArray(list)) {
        fail(r, -EBADMSG);
        return NULL;
    }
    if (!list || !list->child)
        return NULL;
    *owned = calloc((size_t)cJSON_GetArraySize(list), element);
    if (!*owned)
        fail(r, -ENOMEM);
    return *owned ? list->child : NULL;
}

static void read_change(struct reading *r, const cJSON *o, struct plan_change *out)
{
    read_text(r, o, "component", out->component, sizeof out->component);
    read_text(r, o, "from", out->from, sizeof out->from);
    read_text(r, o, "to", out->to, sizeof out->to);
    read_text(r, o, "sha256", out->digest, sizeof out->digest);
    read_text(r, o, "with", out->with, sizeof out->with);
    read_text(r, o, "bundle", out->bundle, sizeof out->bundle);
    out->bytes = get_number(r, o, "bytes");
    out->package = (uint16_t)get_number(r, o, "package");
}

static void read_stage(struct reading *r, const cJSON *o, struct plan_stage *out)
{
    void *changes;
    const cJSON *item = get_list(r, o, "components", sizeof *out->changes, &changes);
    out->changes = changes;
    for (; item; item = item->next)
        read_change(r, item, &out->changes[out->count++]);
    out->atomic = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "atomic"));
    out->reason = own_text(r, o, "reason");
}

static void read_installed(struct reading *r, const cJSON *o, struct plan_group *out)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(o, "inventory");
    if (!cJSON_IsObject(object)) {
        fail(r, -EBADMSG);
        return;
    }
    out->installed = calloc((size_t)cJSON_GetArraySize(object) + 1, //
                            sizeof *out->installed);
    if (!out->installed) {
        fail(r, -ENOMEM);
        return;
    }
    for (const cJSON *item = object->child; item; item = item->next) {
        struct plan_installed *to = &out->installed[out->installed_count++];
        copy(r, item->string, to->component, sizeof to->component);
        copy(r, cJSON_IsString(item) ? item->valuestring : "", to->version,
             sizeof to->version);
    }
}

static void read_sample(struct reading *r, const cJSON *o, struct plan_group *out)
{
    void *sample;
    const cJSON *item = get_list(r, o, "sample", sizeof *out->sample, &sample);
    out->sample = sample;
    for (; item; item = item->next)
        copy(r, cJSON_IsString(item) ? item->valuestring : "",
             out->sample[out->sample_count++], sizeof *out->sample);
}

static void read_group(struct reading *r, const cJSON *o, struct plan_group *out)
{
    void *stages;
    out->inventory_id = get_id(r, o, "inventory_id");
    out->devices = get_number(r, o, "devices");
    out->bytes = get_number(r, o, "bytes");
    out->detail = own_text(r, o, "detail");
    read_text(r, o, "profile", out->profile, sizeof out->profile);
    read_text(r, o, "end_of_support", out->end_of_support, sizeof out->end_of_support);
    read_installed(r, o, out);
    const cJSON *item = get_list(r, o, "stages", sizeof *out->stages, &stages);
    out->stages = stages;
    for (; item; item = item->next)
        read_stage(r, item, &out->stages[out->stage_count++]);
    read_sample(r, o, out);
    const char *reason = get_text(r, o, "reason");
    if (*reason && plan_exclusion_parse(reason, &out->exclusion) != 0)
        fail(r, -EBADMSG);
}

static int list_size(const cJSON *object, const char *key)
{
    return cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(object, key));
}

static void read_groups(struct reading *r, const cJSON *o, struct plan *out)
{
    size_t count = (size_t)list_size(o, "groups") + (size_t)list_size(o, "excluded");
    out->groups = calloc(count + 1, sizeof *out->groups);
    if (!out->groups) {
        fail(r, -ENOMEM);
        return;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(o, "groups"))
        read_group(r, item, &out->groups[out->group_count++]);
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(o, "excluded"))
        read_group(r, item, &out->groups[out->group_count++]);
}

static void read_subset(struct reading *r, const cJSON *o, struct plan *out)
{
    void *components;
    const cJSON *item =
        get_list(r, o, "components", sizeof *out->components, &components);
    out->components = components;
    for (; item; item = item->next)
        copy(r, cJSON_IsString(item) ? item->valuestring : "",
             out->components[out->component_count++], sizeof *out->components);
}

static void read_plan(struct reading *r, const cJSON *o, struct plan *out)
{
    read_text(r, o, "id", out->id, sizeof out->id);
    read_text(r, o, "bundle", out->bundle, sizeof out->bundle);
    read_text(r, o, "fingerprint", out->fingerprint, sizeof out->fingerprint);
    out->query = own_text(r, o, "q");
    out->created_ms = get_time(r, o, "created_at");
    out->expires_ms = get_time(r, o, "expires_at");
    out->devices = get_number(r, o, "devices");
    out->bytes = get_number(r, o, "bytes");
    out->excluded = get_number(r, o, "excluded_devices");
    read_subset(r, o, out);
    read_groups(r, o, out);
}

/* @param out  owned, cJSON_Delete(). @return 0, -EBADMSG, -ENOMEM */
static int parse(const char *json, size_t len, cJSON **out)
{
    struct json_fault fault;
    if (json_text_check(json, len, &fault) != 0)
        return -EBADMSG;
    *out = cJSON_ParseWithLength(json, len);
    return *out ? 0 : -ENOMEM;
}

int plan_group_from_json(const char *json, size_t len, struct plan_group *out)
{
    struct plan_group group = {.devices = 0};
    cJSON *root;
    struct reading r = {.rc = parse(json, len, &root)};
    if (r.rc)
        return r.rc;
    read_group(&r, root, &group);
    cJSON_Delete(root);
    if (r.rc)
        plan_group_fini(&group);
    else
        *out = group;
    return r.rc;
}

int plan_from_json(const char *json, size_t len, struct plan *out)
{
    struct plan plan = {.devices = 0};
    cJSON *root;
    struct reading r = {.rc = parse(json, len, &root)};
    if (r.rc)
        return r.rc;
    read_plan(&r, root, &plan);
    cJSON_Delete(root);
    if (r.rc)
        plan_fini(&plan);
    else
        *out = plan;
    return r.rc;
}
