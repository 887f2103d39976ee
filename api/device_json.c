/* SPDX-License-Identifier: Apache-2.0 */
#include "api/device_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "campaigns/inventory.h"
#include "campaigns/planning/profile_set.h"
#include "campaigns/tags.h"
#include "store/components.h"

int device_find(struct request *rq, size_t param, struct device_row *out,
                struct response *rs)
{
    int rc = store_device_by_endpoint(rq->store, rq->params[param], out);

    if (rc != STORE_E_NOT_FOUND)
        return rc;
    response_refuse(rs, PROBLEM_NOT_FOUND, "no device has the endpoint '%.128s'",
                    rq->params[param]);
    return -EINVAL;
}

static void registration_members(struct json *j, const struct device_row *row)
{
    json_text_if(j, "lwm2m", row->lwm2m);
    json_text_if(j, "binding", row->binding);
    json_bool(j, "queue_mode", row->queue_mode);
    json_int(j, "lifetime_s", row->lifetime_s);
    json_text_if(j, "location", row->location);
    json_text_if(j, "root_path", row->root_path);
    if (*row->address) {
        json_text(j, "address", row->address);
        json_int(j, "port", row->port);
    }
    if (*row->local_address) {
        json_text(j, "local_address", row->local_address);
        json_int(j, "local_port", row->local_port);
    }
    json_time(j, "registered_at", row->registered_ms);
    json_time(j, "seen_at", row->seen_ms);
    json_time(j, "expires_at", row->expires_ms);
    json_time(j, "created_at", row->created_ms);
}

void device_members(struct json *j, const struct device_row *row)
{
    json_id(j, "id", row->id);
    json_text(j, "endpoint", row->endpoint);
    json_text(j, "state", row->state);
    json_text_if(j, "manufacturer", row->manufacturer);
    json_text_if(j, "model", row->model);
    json_text_if(j, "serial", row->serial);
    json_text_if(j, "firmware", row->firmware);
    json_text_if(j, "hardware", row->hardware);
    json_text_if(j, "software", row->software);
    registration_members(j, row);
    if (row->inventory_id != 0)
        json_id(j, "inventory_id", row->inventory_id);
    json_time(j, "inventory_at", row->inventory_ms);
    json_text_if(j, "problem", row->problem);
}

static void bits(struct json *j, const char *key, uint32_t mask)
{
    if (mask == 0)
        return;
    json_array(j, key);
    for (int n = 0; n < 32; n++)
        if (mask >> n & 1)
            json_int(j, NULL, n);
    json_end(j);
}

static const char *delivery_name(uint8_t delivery)
{
    static const char *const names[] = {
        [DELIVERY_PULL] = "pull",
        [DELIVERY_PUSH] = "push",
        [DELIVERY_BOTH] = "both",
    };

    return delivery < sizeof names / sizeof names[0] ? names[delivery] : NULL;
}

const struct profile *device_profile(const struct device_row *row,
                                     const struct profile_set *profiles)
{
    struct inventory identity = {.count = 0};

    snprintf(identity.manufacturer, sizeof identity.manufacturer, "%s",
             row->manufacturer);
    snprintf(identity.model, sizeof identity.model, "%s", row->model);
    snprintf(identity.firmware, sizeof identity.firmware, "%s", row->firmware);
    return profile_set_for(profiles, &identity);
}

void device_profile_members(struct json *j, const struct device_row *row,
                            const struct profile_set *profiles)
{
    const struct profile *p = device_profile(row, profiles);

    if (!p)
        return;
    json_text(j, "profile", p->name);
    json_text_if(j, "end_of_support", p->end_of_support);
}

void device_component_kind(struct json *j, const struct profile_component *known)
{
    if (!known)
        return;
    json_text_if(j, "role", profile_role_name((enum profile_role)known->role));
    json_text_if(j, "processor", known->processor);
}

static void component_object(struct json *j, const struct component_row *c,
                             const struct profile_component *known)
{
    json_object(j, NULL);
    json_text(j, "component", c->name);
    device_component_kind(j, known);
    json_text(j, "version", c->version);
    json_text(j, "state", c->state);
    json_int(j, "result", c->result);
    json_text(j, "object", c->object);
    json_int(j, "object_id", c->object_id);
    json_int(j, "instance", c->instance);
    json_text_if(j, "delivery", delivery_name(c->delivery));
    bits(j, "protocols", c->protocols);
    bits(j, "linked", c->linked);
    bits(j, "conflicting", c->conflicting);
    json_time(j, "updated_at", c->updated_ms);
    json_end(j);
}

int device_components(struct request *rq, const struct device_row *row,
                      const struct profile_set *profiles, struct json *j)
{
    const struct profile *profile = device_profile(row, profiles);
    struct component_row *rows = calloc(STORE_COMPONENTS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_component_list(rq->store, row->id, rows, &count);
    if (rc == 0) {
        json_array(j, "components");
        for (size_t i = 0; i < count; i++)
            component_object(j, &rows[i], profile_component(profile, rows[i].name));
        json_end(j);
    }
    free(rows);
    return rc;
}

int device_tag_members(struct request *rq, int64_t device_id, struct json *j)
{
    struct tag_row *rows = calloc(TAGS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_device_tags(rq->store, device_id, rows, TAGS_MAX, &count);
    if (rc == 0) {
        json_object(j, "tags");
        for (size_t i = 0; i < count && i < TAGS_MAX; i++)
            json_text(j, rows[i].name, rows[i].value);
        json_end(j);
    }
    free(rows);
    return rc;
}
