/* SPDX-License-Identifier: Apache-2.0 */
/* core.c - the loop. */
#include "daemon/core.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/core_internal.h"
#include "daemon/packages.h"

enum { POLL_MAX_MS = 1000, EVENTS_AT_ONCE = 64 };

bool core_failed(struct core *core, int rc)
{
    if (rc >= 0)
        return false;
    if (core->failure == 0)
        core->failure = rc;
    return true;
}

bool core_put(struct core *core, const struct change *change, size_t *index)
{
    int rc = batch_put(core->batch, change, index);

    if (rc == -EMSGSIZE)
        log_limited(&core->limit, core->now.mono_ms, LOG_P_WARNING,
                    "change=too-long kind=%d", (int)change->kind);
    else
        core_failed(core, rc);
    return rc == 0;
}

void core_release(struct core *core, struct release release)
{
    release.batch = core->number;
    core_failed(core, releases_put(core->releases, &release));
}

void core_device_event(struct core *core, const struct device *dev, const char *name,
                       const char *actor, const char *body)
{
    struct event_row row = {
        .at_ms = core->now.wall_ms, .kind = "device", .device_id = dev->id};

    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.actor, sizeof row.actor, "%s", actor);
    memcpy(row.endpoint, dev->endpoint, (size_t)dev->endpoint_len + 1);
    snprintf(row.body, sizeof row.body, "%s",
             body && strlen(body) < sizeof row.body ? body : "{}");
    core_put(core, &(struct change){.kind = CHANGE_EVENT_ADD, .event = &row}, NULL);
}

void core_tell_time(struct core *core)
{
    core->now.mono_ms = clock_mono_ms();
    core->now.wall_ms = clock_wall_ms();
}

/* ---- batches ---- */

void core_begin_batch(struct core *core, struct batch *batch)
{
    core->batch = batch;
    core->number++;
    engine_begin_batch(core->engine, batch, core->number);
}

/* One batch is with the store, the next one fills. */
static void submit_batch(struct core *core)
{
    struct batch *full = core->batch;

    if (!core->spare || batch_count(full) == 0)
        return;
    store_thread_submit(core->store, full, core->number);
    core->under_way = full;
    struct batch *empty = core->spare;
    core->spare = NULL;
    core_begin_batch(core, empty);
}

static void take_durable(struct core *core)
{
    struct store_done done;

    while (store_thread_take(core->store, &done)) {
        if (core_failed(core, done.rc))
            return;
        effects_durable(core, &done);
        batch_clear(done.batch);
        core->spare = done.batch;
        core->under_way = NULL;
    }
}

int core_settle(struct core *core)
{
    struct pollfd fd = {.fd = store_thread_fd(core->store), .events = POLLIN};

    submit_batch(core);
    while (!core->spare && core->failure == 0) {
        if (poll(&fd, 1, -1) < 0 && errno != EINTR)
            return -errno;
        take_durable(core);
    }
    return core->failure;
}

/* ---- the loop ---- */

/* The store cannot keep up, or has no space: whoever asks has to wait. */
static bool is_full(const struct core *core)
{
    return batch_count(core->batch) >= BATCH_CHANGES_MAX;
}

static void take_events(struct core *core)
{
    struct coap_event events[EVENTS_AT_ONCE];
    size_t n = EVENTS_AT_ONCE;

    while (n == EVENTS_AT_ONCE && !is_full(core)) {
        n = wire_take(core->wire, events, EVENTS_AT_ONCE);
        for (size_t i = 0; i < n; i++)
            requests_event(core, &events[i]);
    }
}

static void begin_readings(struct core *core)
{
    struct device *dev;

    while ((dev = refresh_next(core->refresh, core->now.mono_ms))) {
        if (engine_has_device(core->engine, dev->id)) {
            refresh_ended(core->refresh, dev); /* the engine reads it itself */
            continue;
        }
        int rc = links_inspect(core->links, dev);
        if (rc != 0) {
            refresh_ended(core->refresh, dev);
            dev->flags |= DEVICE_READ_WANTED;
        }
    }
    reports_drain(core);
}

static void tick(struct core *core)
{
    int64_t now = core->now.mono_ms;

    links_tick(core->links, now);
    reports_drain(core);
    if (is_full(core))
        return; /* nothing new until the store can write */
    begin_readings(core);
    if (now >= core->seen_flush_ms) {
        presence_flush(core);
        core->seen_flush_ms = now + SEEN_FLUSH_MS;
    }
    packages_tick(core);
    prune_tick(core);
    core_failed(core, engine_tick(core->engine, core->now, &core->engine_wake_ms));
    reports_drain(core);
}

static int wait_ms(const struct core *core)
{
    int64_t now = core->now.mono_ms;

    if (is_full(core))
        return POLL_MAX_MS; /* the store's answer wakes us */
    int64_t wait = wheel_wait_ms(core->wheel, now, POLL_MAX_MS);
    int64_t others[] = {
        links_wait_ms(core->links, POLL_MAX_MS), core->engine_wake_ms - now,
        refresh_wake_ms(core->refresh, now) - now, core->seen_flush_ms - now};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        wait = others[i] < wait ? others[i] : wait;
    return wait < 0 ? 0 : (int)wait;
}

static void pass(struct core *core)
{
    core_tell_time(core);
    tick(core);
    take_durable(core);
    if (core->failure == 0)
        take_events(core);
    if (core->failure == 0 && !is_full(core))
        presence_tick(core); /* after the Updates that were waiting */
    if (core->failure == 0)
        commands_drain(core);
    if (core->failure == 0)
        submit_batch(core);
    pthread_mutex_lock(&core->figures_lock);
    core->figures.core_beat_mono_ms = core->now.mono_ms;
    core->figures.store_queue = (uint32_t)batch_count(core->batch);
    pthread_mutex_unlock(&core->figures_lock);
}

int core_run(struct core *core, int stop_fd, void (*beat)(void))
{
    struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN},
                           {.fd = wire_fd(core->wire), .events = POLLIN},
                           {.fd = store_thread_fd(core->store), .events = POLLIN},
                           {.fd = queue_fd(core->commands), .events = POLLIN}};

    while (core->failure == 0 && !(fds[0].revents & POLLIN)) {
        pass(core);
        beat();
        fds[1].fd = is_full(core) ? -1 : wire_fd(core->wire);
        fds[3].fd = is_full(core) ? -1 : queue_fd(core->commands);
        if (core->failure == 0 &&
            poll(fds, sizeof fds / sizeof fds[0], wait_ms(core)) < 0 && errno != EINTR)
            core_failed(core, -errno);
    }
    return core->failure;
}
