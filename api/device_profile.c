/* SPDX-License-Identifier: Apache-2.0 */
/* device_profile.c - what holds for one device, and where each value comes from. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/device_json.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "campaigns/planning/profile_set.h"
#include "campaigns/policy.h"
#include "store/components.h"
#include "store/profiles.h"

static const char *const keys[] = {"updating_max_s", "block_bytes", "quirks",
                                   "end_of_support", "algorithms",  "key_ids",
                                   "energy",         "notes"};
static const char *const component_keys[] = {
    "role", "processor", "slots", "slot_bytes", "formats", "updating_max_s"};

/* The device's profile as it was given. */
struct given {
    struct profile_row row;
    cJSON *body;            /* owned; NULL: it has none */
    int64_t updating_max_s; /* what campaigns wait without a profile */
};

static const char *source_of(const struct given *g)
{
    return strcmp(g->row.updated_by, "file") == 0 ? "file" : "operator";
}

static int put_value(struct json *j, const char *key, const cJSON *value,
                     const char *from)
{
    struct text text = {0};
    int rc = value ? json_print(value, &text) : 0;

    json_object(j, NULL);
    json_text(j, "key", key);
    json_raw(j, "value", value && rc == 0 ? text.at : "null");
    json_text(j, "from", from);
    json_end(j);
    text_fini(&text);
    return rc;
}

/* What nobody gave: only the time that an update may take has a default to show. */
static int put_default(struct json *j, const char *key, const struct given *g)
{
    cJSON *value = strcmp(key, "updating_max_s") == 0
                       ? cJSON_CreateNumber((double)g->updating_max_s)
                       : NULL;
    int rc = put_value(j, key, value, "default");

    cJSON_Delete(value);
    return rc;
}

static int put_keys(struct json *j, const struct given *g)
{
    int rc = 0;

    json_array(j, "values");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && rc == 0; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(g->body, keys[i]);
        rc = value ? put_value(j, keys[i], value, source_of(g))
                   : put_default(j, keys[i], g);
    }
    json_end(j);
    return rc;
}

static const cJSON *component_of(const struct given *g, const char *name)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(g->body, "components"))
    {
        const cJSON *is = cJSON_GetObjectItemCaseSensitive(item, "name");
        if (cJSON_IsString(is) && strcmp(is->valuestring, name) == 0)
            return item;
    }
    return NULL;
}

static int put_component(struct json *j, const struct given *g, const char *name)
{
    const cJSON *component = component_of(g, name);
    int rc = 0;

    json_object(j, NULL);
    json_text(j, "component", name);
    json_array(j, "values");
    for (size_t i = 0; i < sizeof component_keys / sizeof component_keys[0] && rc == 0;
         i++) {
        const char *key = component_keys[i];
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(component, key);
        if (!value && strcmp(key, "updating_max_s") == 0)
            value = cJSON_GetObjectItemCaseSensitive(g->body, key);
        rc = value ? put_value(j, key, value, source_of(g)) : put_default(j, key, g);
    }
    json_end(j);
    json_end(j);
    return rc;
}

static int put_components(struct request *rq, struct json *j, int64_t device_id,
                          const struct given *g)
{
    struct component_row *rows = calloc(STORE_COMPONENTS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_component_list(rq->store, device_id, rows, &count);
    json_array(j, "components");
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = put_component(j, g, rows[i].name);
    json_end(j);
    free(rows);
    return rc;
}

/* @return 0 also without a profile, -errno */
static int read_profile(struct request *rq, const struct device_row *row,
                        struct given *out)
{
    struct profile_set *profiles = NULL;
    char *body = NULL;

    int rc = profile_set_open(rq->store, &profiles, NULL);
    if (rc != 0)
        return rc;
    const struct profile *found = device_profile(row, profiles);
    if (found)
        rc = store_profile_get(rq->store, found->name, &out->row, &body);
    profile_set_close(profiles);
    if (body)
        out->body = cJSON_Parse(body);
    free(body);
    return rc < 0 ? rc : 0;
}

static int64_t default_updating_s(const struct api *api)
{
    struct api_figures f = {.policy = policy_default()};

    if (api->options.figures)
        api->options.figures(api->options.figures_context, &f);
    return f.policy.timers.updating_ms / 1000;
}

int devices_profile(struct request *rq, struct response *rs)
{
    struct given given = {.updating_max_s = default_updating_s(rq->api)};
    struct device_row row;

    int rc = device_find(rq, 0, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    rc = read_profile(rq, &row, &given);
    if (rc != 0)
        return rc;
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    json_text(&j, "endpoint", row.endpoint);
    if (given.body) {
        json_text(&j, "profile", given.row.name);
        json_text(&j, "from", source_of(&given));
        json_time(&j, "updated_at", given.row.updated_ms);
        json_text_if(&j, "updated_by", given.row.updated_by);
    } else {
        json_null(&j, "profile");
    }
    rc = put_keys(&j, &given);
    if (rc == 0)
        rc = put_components(rq, &j, row.id, &given);
    json_end(&j);
    cJSON_Delete(given.body);
    return rc;
}
