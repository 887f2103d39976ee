/* SPDX-License-Identifier: Apache-2.0 */
/* core.c - the loop. */
#include "daemon/core.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/commands.h"
#include "daemon/core_internal.h"
#include "daemon/effects.h"
#include "daemon/hooks/hooks.h"
#include "daemon/packages.h"
#include "daemon/presence.h"
#include "daemon/prune.h"
#include "daemon/reports.h"
#include "daemon/requests.h"
#include "daemon/watch.h"

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
    int rc = batches_put(core->batches, change, index);

    if (rc == -EMSGSIZE)
        log_limited(&core->limit, core->now.mono_ms, LOG_P_WARNING,
                    "change=too-long kind=%d", (int)change->kind);
    else
        core_failed(core, rc);
    return rc == 0;
}

void core_release(struct core *core, struct release release)
{
    core_failed(core, batches_release(core->batches, release));
}

void core_device_event(struct core *core, const struct device *dev,
                       const struct device_event *event)
{
    const char *body = event->body;
    struct event_row row = {.at_ms = core->now.wall_ms, .kind = "device"};

    snprintf(row.name, sizeof row.name, "%s", event->name);
    snprintf(row.actor, sizeof row.actor, "%s", event->actor);
    if (dev && dev->is_leaving) { /* it is erased: nothing may name it any more */
        body = NULL;
    } else if (dev) {
        row.device_id = dev->id;
        memcpy(row.endpoint, dev->endpoint, (size_t)dev->endpoint_len + 1);
    }
    snprintf(row.body, sizeof row.body, "%s",
             body && strlen(body) < sizeof row.body ? body : "{}");
    core_put(core,
             &(struct change){
                 .kind = CHANGE_EVENT_ADD, .needs = event->needs, .event = &row},
             NULL);
}

void core_tell_time(struct core *core)
{
    core->now.mono_ms = clock_mono_ms();
    core->now.wall_ms = clock_wall_ms();
}

/* ---- batches ---- */

void core_begin_batch(struct core *core)
{
    uint64_t number;
    struct batch *batch = batches_filling(core->batches, &number);

    engine_begin_batch(core->engine, batch, number);
}

static void submit_batch(struct core *core)
{
    if (batches_submit(core->batches))
        core_begin_batch(core);
}

static void take_durable(struct core *core)
{
    struct store_done done;

    while (batches_take(core->batches, &done)) {
        if (core_failed(core, done.rc))
            return;
        effects_durable(core, &done);
        batches_recycle(core->batches, done.batch);
    }
}

int core_settle(struct core *core)
{
    struct pollfd fd = {.fd = store_thread_fd(core->store), .events = POLLIN};

    submit_batch(core);
    while (!batches_is_idle(core->batches) && core->failure == 0) {
        if (poll(&fd, 1, -1) < 0 && errno != EINTR)
            return -errno;
        take_durable(core);
    }
    return core->failure;
}

/* ---- the loop ---- */

static bool is_full(const struct core *core)
{
    return batches_is_full(core->batches);
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

/* What is due by itself. */
static void tick(struct core *core)
{
    begin_readings(core);
    if (core->now.mono_ms >= sightings_due_ms(core->sightings)) {
        presence_flush(core);
        sightings_taken(core->sightings, core->now.mono_ms);
    }
    packages_tick(core);
    prune_tick(core);
    heap_tick(&core->heap, core->now.mono_ms);
    core_failed(core, engine_tick(core->engine, core->now, &core->due.engine_ms));
    reports_drain(core);
}

static int wait_ms(const struct core *core)
{
    int64_t now = core->now.mono_ms;

    if (is_full(core))
        return POLL_MAX_MS; /* the store's answer wakes us */
    int64_t wait = lifetimes_wait_ms(core->lifetimes, now, POLL_MAX_MS);
    int64_t others[] = {
        links_wait_ms(core->links, POLL_MAX_MS), core->due.engine_ms - now,
        refresh_wake_ms(core->refresh, now) - now,
        sightings_due_ms(core->sightings) - now, asks_due_ms(core->asks) - now};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        wait = others[i] < wait ? others[i] : wait;
    return wait < 0 ? 0 : (int)wait;
}

static void tell_figures(struct core *core)
{
    struct engine_gauges gauges;

    engine_gauges(core->engine, &gauges);
    figures_beat(core->figures, core->now.mono_ms, batches_count(core->batches));
    figures_stuck(core->figures, gauges.stuck[ENGINE_STUCK_NOT_RETURNED],
                  gauges.stuck[ENGINE_STUCK_NO_PROGRESS]);
}

/* Devices first, then their ends (an Update may have been waiting), then people. While
 * the store cannot keep up nothing new is taken in. */
static void pass(struct core *core)
{
    core_tell_time(core);
    links_tick(core->links, core->now.mono_ms);
    reports_drain(core);
    if (!is_full(core))
        tick(core);
    take_durable(core);
    if (core->failure == 0)
        take_events(core);
    if (core->failure == 0 && !is_full(core)) {
        presence_tick(core);
        asks_tick(core);
    }
    if (core->failure == 0)
        commands_drain(core);
    if (core->failure == 0)
        submit_batch(core);
    tell_figures(core);
}

/* A thread that hangs is ended with the process, by who does not hear from us. */
static bool is_well(struct core *core)
{
    struct watch_beats beats = {
        {wire_beat_ms(core->wire), store_thread_beat_ms(core->store),
         core->api ? api_oldest_call_ms(core->api) : 0,
         core->hooks ? hooks_beat_ms(core->hooks) : 0},
    };
    const char *late = watch_late(&beats, core->now.mono_ms, core->watchdog_ms);

    if (late && late != core->late)
        log_alert(LOG_M_THREAD_HANGS,
                  "watchdog=unfed thread=%s detail=\"it makes no progress\"", late);
    core->late = late;
    return !late;
}

int core_run(struct core *core, int stop_fd, void (*beat)(void))
{
    struct pollfd fds[] = {
        {.fd = stop_fd, .events = POLLIN},
        {.fd = wire_fd(core->wire), .events = POLLIN},
        {.fd = store_thread_fd(core->store), .events = POLLIN},
        {.fd = queue_fd(core->commands), .events = POLLIN},
        {.fd = core->control ? control_fd(core->control) : -1, .events = POLLIN}};

    while (core->failure == 0 && !(fds[0].revents & POLLIN)) {
        if (fds[4].revents & POLLIN)
            control_drain(core->control);
        pass(core);
        if (is_well(core))
            beat();
        fds[1].fd = is_full(core) ? -1 : wire_fd(core->wire);
        fds[3].fd = is_full(core) ? -1 : queue_fd(core->commands);
        if (core->failure == 0 &&
            poll(fds, sizeof fds / sizeof fds[0], wait_ms(core)) < 0 && errno != EINTR)
            core_failed(core, -errno);
    }
    return core->failure;
}
