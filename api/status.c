/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - how the daemon is: for load balancers, for people, and what problems mean.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/counts.h"
#include "api/handlers.h"

enum { BEAT_MAX_MS = 10000, COUNTS_MAX = 64 };

static struct api_figures figures_of(const struct api *api)
{
    struct api_figures f = {0};

    if (api->options.figures)
        api->options.figures(api->options.figures_context, &f);
    return f;
}

static bool is_core_late(const struct api *api, const struct api_figures *f)
{
    return f->core_beat_mono_ms != 0 &&
           api->options.env.mono_ms() - f->core_beat_mono_ms > BEAT_MAX_MS;
}

static const char *health_of(const struct api *api, const struct api_figures *f)
{
    if (is_core_late(api, f))
        return "core-late";
    return f->is_storage_full ? "storage-full" : "ok";
}

int health_get(struct request *rq, struct response *rs)
{
    struct api_figures f = figures_of(rq->api);
    const char *health = health_of(rq->api, &f);
    struct json j = response_json(rs, strcmp(health, "ok") == 0 ? 200 : 503);

    json_object(&j, NULL);
    json_text(&j, "status", health);
    json_end(&j);
    return 0;
}

static void put(struct json *j, const char *key, struct count_row *rows, size_t count)
{
    count = counts_merge(rows, count < COUNTS_MAX ? count : COUNTS_MAX);
    counts_object(j, key, rows, count);
}

static int counts(struct store *st, struct json *j)
{
    struct count_row *rows = calloc(COUNTS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_count_devices(st, rows, COUNTS_MAX, &count);
    if (rc == 0)
        put(j, "devices", rows, count);
    if (rc == 0)
        rc = store_count_tasks(st, 0, rows, COUNTS_MAX, &count);
    if (rc == 0)
        put(j, "tasks", rows, count);
    free(rows);
    return rc;
}

int status_get(struct request *rq, struct response *rs)
{
    struct api_figures f = figures_of(rq->api);
    struct json j = response_json(rs, 200);

    json_object(&j, NULL);
    json_text(&j, "version", LOCKSTEP_VERSION);
    json_text(&j, "status", health_of(rq->api, &f));
    json_time(&j, "started_at", rq->api->started_wall_ms);
    json_time(&j, "now", rq->wall_ms);
    json_object(&j, "principal");
    json_text(&j, "name", rq->who.name);
    json_text(&j, "role", role_name(rq->who.role));
    json_end(&j);
    int rc = counts(rq->store, &j);
    json_int(&j, "store_queue", (int64_t)f.store_queue);
    json_int(&j, "peers", (int64_t)f.peers);
    json_int(&j, "stuck_tasks",
             (int64_t)(f.stuck[API_NOT_RETURNED] + f.stuck[API_NO_PROGRESS]));
    json_end(&j);
    return rc;
}

int problems_get(struct request *rq, struct response *rs)
{
    enum problem_kind kind = problem_from_name(rq->params[0]);
    struct json j;

    if (kind == PROBLEM_NONE)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "no problem has this name");
    j = response_json(rs, 200);
    json_object(&j, NULL);
    json_text(&j, "title", problem_rows[kind].title);
    json_int(&j, "status", problem_rows[kind].status);
    json_text(&j, "meaning", problem_rows[kind].meaning);
    json_end(&j);
    return 0;
}
