/* SPDX-License-Identifier: Apache-2.0 */
/* overview.c - the fleet in numbers, and what a policy is when nothing is said. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/handlers.h"
#include "campaigns/policy.h"
#include "store/progress.h"

enum { VERSIONS_MAX = 2000, MINUTES_SHOWN = 60, MINUTE_MS = 60000, POLICY_MAX = 4096 };

static void version_object(struct json *j, const struct version_count_row *row)
{
    json_object(j, NULL);
    json_text(j, "version", row->version);
    json_int(j, "devices", row->devices);
    json_end(j);
}

/* rows are in order of components. */
static void versions(struct json *j, const struct version_count_row *rows, size_t count)
{
    json_array(j, "components");
    for (size_t i = 0; i < count;) {
        const char *component = rows[i].component;
        json_object(j, NULL);
        json_text(j, "component", component);
        json_array(j, "versions");
        for (; i < count && strcmp(rows[i].component, component) == 0; i++)
            version_object(j, &rows[i]);
        json_end(j);
        json_end(j);
    }
    json_end(j);
}

static int version_members(struct request *rq, struct json *j)
{
    struct version_count_row *rows = calloc(VERSIONS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_version_mix(rq->store, rows, VERSIONS_MAX, &count);
    if (rc == 0) {
        versions(j, rows, count);
        json_bool(j, "is_cut", count == VERSIONS_MAX);
    }
    free(rows);
    return rc;
}

static int registration_members(struct request *rq, struct json *j)
{
    struct registration_count_row *rows =
        calloc(STORE_REGISTRATION_MINUTES, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_registrations(rq->store, rq->wall_ms / MINUTE_MS - MINUTES_SHOWN,
                                 rows, &count);
    json_array(j, "registrations");
    for (size_t i = 0; i < count && rc == 0; i++) {
        json_object(j, NULL);
        json_time(j, "minute", rows[i].minute * MINUTE_MS);
        json_int(j, "devices", rows[i].devices);
        json_end(j);
    }
    json_end(j);
    free(rows);
    return rc;
}

int fleet_get(struct request *rq, struct response *rs)
{
    struct json j = response_json(rs, 200);

    json_object(&j, NULL);
    int rc = version_members(rq, &j);
    if (rc == 0)
        rc = registration_members(rq, &j);
    json_end(&j);
    return rc;
}

int policy_get(struct request *rq, struct response *rs)
{
    const struct api_options *o = &rq->api->options;
    struct api_figures figures = {.policy = policy_default()};
    char text[POLICY_MAX];

    if (o->figures)
        o->figures(o->figures_context, &figures);
    int len = policy_print(&figures.policy, text, sizeof text);
    if (len < 0)
        return len;
    rs->status = 200;
    text_put(&rs->body, text);
    return 0;
}
