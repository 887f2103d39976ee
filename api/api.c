/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/api_internal.h"
#include "api/connections.h"
#include "api/rate.h"
#include "api/readers.h"
#include "api/server.h"
#include "api/sleepers.h"
#include "store/package_file.h"

enum {
    PATH_BYTES = 4096,
    STOP_MS = 500, /* for clients to take their last answer */
    END_MS = 5000, /* for their connections to end; nothing makes them wait */
};

const uint32_t api_histogram_ms[API_HISTOGRAM_BUCKETS - 1] = {
    1, 2, 5, 10, 20, 50, 100, 500, 2000, 5000, 10000, 30000, 60000};

void api_histogram_add(struct api_histogram *h, uint64_t us)
{
    size_t i = 0;

    while (i < API_HISTOGRAM_BUCKETS - 1 && us > (uint64_t)api_histogram_ms[i] * 1000)
        i++;
    h->bucket[i]++;
    h->count++;
    h->sum_us += us;
}

void api_begin_exchange(struct api *api)
{
    pthread_mutex_lock(&api->lock);
    api->exchanges++;
    pthread_mutex_unlock(&api->lock);
}

void api_end_exchange(struct api *api)
{
    pthread_mutex_lock(&api->lock);
    if (--api->exchanges == 0)
        pthread_cond_signal(&api->idle);
    pthread_mutex_unlock(&api->lock);
}

void api_count_answer(struct api *api, int status, uint64_t us)
{
    pthread_mutex_lock(&api->lock);
    if (us != API_UNTIMED)
        api_histogram_add(&api->counts.request, us);
    api->counts.answers[status / 100 % 6]++;
    pthread_mutex_unlock(&api->lock);
}

void api_count_plan(struct api *api, uint64_t us)
{
    pthread_mutex_lock(&api->lock);
    api_histogram_add(&api->counts.plan, us);
    pthread_mutex_unlock(&api->lock);
}

void api_log_failure(const struct api *api, const char *path, int rc)
{
    char line[512];

    snprintf(line, sizeof line, "api path=\"%.300s\" error=\"%s\"", path,
             strerror(rc < 0 ? -rc : rc));
    api->options.env.log(API_LOG_WARNING, line);
}

static void default_u32(uint32_t *value, uint32_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static int take_options(struct api *api, const struct api_options *options)
{
    struct api_options *o = &api->options;

    *o = *options;
    default_u32(&o->threads, 4);
    default_u32(&o->connections_max, 1024);
    default_u32(&o->connections_per_address, 512);
    default_u32(&o->idle_timeout_s, 30);
    default_u32(&o->followers_max, 512);
    default_u32(&o->heartbeat_ms, 15000);
    default_u32(&o->json_bytes_max, 4u << 20);
    if (o->package_bytes_max == 0)
        o->package_bytes_max = (uint64_t)1 << 30;
    if (o->reserve_bytes == 0)
        o->reserve_bytes = (uint64_t)256 << 20;
    o->bind_address = strdup(options->bind_address);
    o->state_dir = strdup(options->state_dir);
    o->store_path = strdup(options->store_path);
    return o->bind_address && o->state_dir && o->store_path ? 0 : -ENOMEM;
}

static int open_packages(struct api *api)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/packages", api->options.state_dir);

    if (len < 0 || len >= (int)sizeof path)
        return -ENAMETOOLONG;
    return package_folder_open(path, (int64_t)api->options.reserve_bytes,
                               &api->packages);
}

static int open_connections(struct api *api)
{
    const struct api_options *o = &api->options;

    return connections_open(
        &(struct connections_options){
            .all_max = o->connections_max,
            .address_max = o->connections_per_address,
            .idle_ms = 1000 * (int64_t)o->idle_timeout_s,
            .mono_ms = o->env.mono_ms,
        },
        &api->connections);
}

static int open_parts(struct api *api, const struct api_options *options)
{
    int rc = take_options(api, options);

    if (rc == 0)
        rc = openapi_open(&api->description);
    if (rc == 0)
        rc = docs_open(&api->docs);
    if (rc == 0)
        rc = open_packages(api);
    if (rc == 0 && options->requests_per_s > 0)
        rc = rate_open(options->requests_per_s, &api->rate);
    if (rc == 0)
        rc = readers_open(api->options.store_path, api->options.env.mono_ms,
                          api->options.threads, &api->readers);
    if (rc == 0)
        rc = sleepers_open(&api->options, api->options.connections_max, &api->sleepers);
    if (rc == 0)
        rc = open_connections(api);
    if (rc == 0)
        rc = server_open(api, &api->server);
    api->options.socket_path = NULL; /* the caller's; it has had its use */
    return rc;
}

static void init_locks(struct api *api)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&api->lock, NULL);
    pthread_mutex_init(&api->uploads_lock, NULL);
    pthread_rwlock_init(&api->files_lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&api->idle, &attr);
    pthread_condattr_destroy(&attr);
}

int api_open(const struct api_options *options, struct api **out)
{
    struct api *api = calloc(1, sizeof *api);

    if (!api)
        return -ENOMEM;
    init_locks(api);
    api->started_wall_ms = options->env.wall_ms();
    int rc = open_parts(api, options);
    if (rc != 0) {
        api_close(api);
        return rc;
    }
    *out = api;
    return 0;
}

uint16_t api_port(const struct api *api)
{
    return server_port(api->server);
}

int64_t api_oldest_call_ms(struct api *api)
{
    return readers_oldest_ms(api->readers);
}

void api_durable(struct api *api, int64_t last_event_id)
{
    sleepers_durable(api->sleepers, last_event_id);
}

static void await_exchanges(struct api *api)
{
    struct timespec until;
    char line[64];
    int rc = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += STOP_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&api->lock);
    while (api->exchanges > 0 && rc == 0)
        rc = pthread_cond_timedwait(&api->idle, &api->lock, &until);
    unsigned left = api->exchanges;
    pthread_mutex_unlock(&api->lock);
    if (left > 0) {
        snprintf(line, sizeof line, "api=stopping answers-not-taken=%u", left);
        api->options.env.log(API_LOG_WARNING, line);
    }
}

void api_stop(struct api *api)
{
    if (api->server)
        server_quiesce(api->server);
    if (api->sleepers)
        sleepers_stop(api->sleepers);
    if (api->server) {
        await_exchanges(api);
        connections_end(api->connections, END_MS);
    }
    server_close(api->server);
    api->server = NULL;
}

void api_close(struct api *api)
{
    if (!api)
        return;
    api_stop(api);
    connections_close(api->connections);
    sleepers_close(api->sleepers);
    readers_close(api->readers);
    rate_close(api->rate);
    package_folder_close(api->packages);
    text_fini(&api->description.text);
    text_fini(&api->docs.text);
    pthread_cond_destroy(&api->idle);
    pthread_mutex_destroy(&api->lock);
    pthread_mutex_destroy(&api->uploads_lock);
    pthread_rwlock_destroy(&api->files_lock);
    free((char *)api->options.bind_address);
    free((char *)api->options.state_dir);
    free((char *)api->options.store_path);
    free(api);
}
