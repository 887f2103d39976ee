/* SPDX-License-Identifier: Apache-2.0 */
/* planning_groups.c - targets by distinct inventory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planning/planning_internal.h"
#include "campaigns/text.h"
#include "campaigns/version.h"
#include "store/components.h"
#include "store/devices.h"
#include "store/digest.h"
#include "store/filter.h"
#include "store/plans.h"

int planning_groups_copy(const struct grouping *grouping, struct planning_groups *out)
{
    size_t count;
    const struct group_count *counts = grouping_counts(grouping, &count);
    struct planning_group *groups = calloc(count + 1, sizeof *groups);
    if (!groups)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct planning_group *g = &groups[i];
        g->inventory_id = counts[i].key;
        g->devices = (uint64_t)counts[i].devices;
        for (; g->sample_count < counts[i].sample_count &&
               g->sample_count < PLAN_SAMPLE_MAX;
             g->sample_count++)
            g->sample[g->sample_count] = counts[i].sample[g->sample_count];
    }
    *out = (struct planning_groups){groups, count,
                                    (uint64_t)grouping_unregistered(grouping)};
    return 0;
}

static int count_targets(struct store *reader, const struct filter *filter,
                         struct planning_groups *out)
{
    struct grouping *grouping;
    int rc = grouping_open(filter, &grouping);
    if (rc)
        return rc;
    do
        rc = grouping_step(reader, grouping);
    while (rc == STORE_E_MORE);
    if (rc == 0)
        rc = planning_groups_copy(grouping, out);
    grouping_close(grouping);
    return rc;
}

int planning_groups(struct store *reader, const char *query, int64_t wall_ms,
                    struct planning_groups *out, struct planning_problem *problem)
{
    const struct filter_context context = {.version_key = version_number_key,
                                           .wall_ms = wall_ms};
    struct filter_error error = {.position = 0};
    struct filter *filter;
    int rc = filter_open(query, &context, &error, &filter);
    if (rc == -EINVAL) {
        planning_say(problem, "%s", error.text);
        problem->position = error.position;
        return PLANNING_E_QUERY;
    }
    if (rc)
        return rc;
    rc = count_targets(reader, filter, out);
    filter_close(filter);
    return rc;
}

void planning_groups_fini(struct planning_groups *groups)
{
    free(groups->groups);
    *groups = (struct planning_groups){.count = 0};
}

/* @return false if text is longer than the model of a device allows */
static bool copy(char *out, size_t size, const char *text)
{
    if (strlen(text) >= size)
        return false;
    text_copy(out, size, text);
    return true;
}

static bool copy_component(struct inventory *inv, const char *name, const char *object,
                           const char *version)
{
    struct component *c = &inv->components[inv->count++];
    bool is_afu = strcmp(object, "afu") == 0;
    c->object = is_afu ? COMPONENT_AFU : COMPONENT_FW;
    c->object_id = is_afu ? 33629 : 5; /* only equal or not matters to the planner */
    return copy(c->name, sizeof c->name, name) &&
           copy(c->version, sizeof c->version, version);
}

static void from_row(const struct inventory_row *row, struct inventory *out)
{
    bool fits = copy(out->manufacturer, sizeof out->manufacturer, row->manufacturer) &&
                copy(out->model, sizeof out->model, row->model) &&
                copy(out->hardware, sizeof out->hardware, row->hardware) &&
                copy(out->firmware, sizeof out->firmware, row->firmware) &&
                row->count <= INVENTORY_COMPONENTS_MAX;
    out->problem = (uint8_t)inventory_problem_parse(row->problem);
    for (size_t i = 0; i < row->count && fits; i++)
        fits = copy_component(out, row->components[i].name, row->components[i].object,
                              row->components[i].version);
    if (!fits)
        out->problem = INVENTORY_TOO_LARGE;
    if (out->count == 0 && out->problem == INVENTORY_OK)
        out->problem = INVENTORY_NO_COMPONENTS;
    inventory_finish(out);
}

int planning_inventory(struct store *reader, int64_t id, struct inventory *out)
{
    memset(out, 0, sizeof *out);
    out->problem = INVENTORY_UNREAD;
    if (id == 0)
        return 0;
    struct inventory_row *row = calloc(1, sizeof *row);
    int rc = row ? store_inventory_get(reader, id, row) : -ENOMEM;
    if (rc == 0)
        from_row(row, out);
    free(row);
    return rc < 0 ? rc : 0; /* one that went meanwhile counts as unread */
}

int planning_sample(struct store *reader, const int64_t *ids, size_t id_count,
                    char (*out)[PLAN_ENDPOINT_MAX + 1], size_t *count)
{
    struct device_row *row = calloc(1, sizeof *row);
    int rc = row ? 0 : -ENOMEM;
    *count = 0;
    for (size_t i = 0; i < id_count && *count < PLAN_SAMPLE_MAX && rc == 0; i++) {
        rc = store_device_get(reader, ids[i], row);
        if (rc == 0)
            text_copy(out[(*count)++], PLAN_ENDPOINT_MAX + 1, row->endpoint);
        rc = rc < 0 ? rc : 0;
    }
    free(row);
    return rc;
}

void planning_fingerprint(const struct planning_groups *groups, char *out)
{
    /* SHA-256, chained over the ids, which name inventories for good; half is enough.
     */
    uint8_t all[STORE_DIGEST_BYTES] = {0};
    char hex[STORE_DIGEST_HEX + 1];
    for (size_t i = 0; i < groups->count; i++) {
        struct {
            uint8_t before[STORE_DIGEST_BYTES];
            int64_t id;
        } link = {.id = groups->groups[i].inventory_id};
        memcpy(link.before, all, sizeof all);
        digest_of(&link, sizeof link, all);
    }
    digest_hex(all, hex);
    hex[PLAN_FINGERPRINT_LEN] = '\0';
    text_copy(out, PLAN_FINGERPRINT_LEN + 1, hex);
}
