/* SPDX-License-Identifier: Apache-2.0 */
/* core_open.c - from the store to a core that goes on where the last one ended. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/policy.h"
#include "daemon/actions.h"
#include "daemon/base/clock.h"
#include "daemon/commands.h"
#include "daemon/core_internal.h"
#include "daemon/first_token.h"
#include "daemon/packages.h"
#include "daemon/presence.h"
#include "daemon/profile_files.h"
#include "store/devices.h"

enum { MOVES_PER_S = 10 };

static int explain(struct core_failure *why, const char *what, int rc)
{
    snprintf(why->text, sizeof why->text, "%s: %s", what, strerror(-rc));
    return rc;
}

static int open_store(struct core *core, const struct core_options *o,
                      struct core_failure *why)
{
    struct store_failure failure = {.text = ""};

    int rc = store_thread_open(o->store_path, &failure, &core->store);
    if (rc == 0)
        rc = store_open(o->store_path, STORE_READER, &failure, &core->reader);
    if (rc == 0)
        store_set_clock(core->reader, clock_mono_ms);
    if (rc == 0 && !store_thread_was_closed(core->store))
        rc = verifier_open(o->store_path, &core->verifier);
    if (rc != 0) {
        snprintf(why->text, sizeof why->text, "%s: %s", o->store_path,
                 failure.text[0] ? failure.text : strerror(-rc));
        return rc;
    }
    rc = package_folder_open(o->packages_path, core->config->disk_reserve_bytes,
                             &core->folder);
    if (rc == 0)
        rc = sweeper_open(core->folder, &core->sweeper);
    return rc == 0 ? 0 : explain(why, o->packages_path, rc);
}

static int load_devices(struct core *core)
{
    enum { ROWS = 256 };
    struct device_row *rows = calloc(ROWS, sizeof *rows);
    struct page page = {.limit = ROWS};
    int rc = rows ? 0 : -ENOMEM;

    while (rc == 0) {
        rc = store_device_load(core->reader, rows, &page);
        for (size_t i = 0; rc == 0 && i < page.count; i++)
            rc = presence_load(core, &rows[i]);
        page.after = page.next;
        if (page.next == 0)
            break;
    }
    free(rows);
    return rc < 0 ? rc : store_device_last_id(core->reader, &core->last_device_id);
}

static int open_links(struct core *core)
{
    const struct config *c = core->config;
    struct links_options o = {
        .wire = core->wire,
        .registry = core->registry,
        .reader = core->reader,
        .profiles = core->profiles,
        .afu_count = c->afu_objects.count,
        .mono_ms = core->now.mono_ms,
        .awake_ms = c->awake_ms,
        .confirm_ms = c->reset_confirm_ms,
    };

    memcpy(o.afu_ids, c->afu_objects.id, sizeof o.afu_ids);
    snprintf(o.advertise, sizeof o.advertise, "%s", c->coap_advertise);
    int rc = links_open(&o, &core->links);
    core->ops = actions_ops(core);
    return rc;
}

static int open_parts(struct core *core)
{
    const struct config *c = core->config;
    size_t broken = 0;
    int rc = registry_open(&core->registry);

    if (rc == 0)
        rc = lifetimes_open(c->awake_ms, core->now.mono_ms, &core->lifetimes);
    if (rc == 0)
        rc = sightings_open(core->registry, &core->sightings);
    if (rc == 0)
        rc = batches_open(core->store, &core->batches);
    if (rc == 0)
        rc = figures_open(&core->figures);
    if (rc == 0)
        rc = commands_open(core);
    if (rc == 0)
        rc = profile_set_open(core->reader, &core->profiles, &broken);
    if (rc == 0)
        rc = published_open(core->folder, core->wire, &core->published);
    if (rc == 0)
        rc = refresh_open(core->registry, (uint32_t)c->inventory_in_flight,
                          (uint32_t)c->inventory_rate_per_s, &core->refresh);
    if (rc == 0)
        rc = open_links(core);
    if (rc == 0)
        rc = asks_open(&core->asks);
    if (rc == 0)
        rc = traces_open(&core->traces);
    if (broken > 0)
        log_alert(LOG_M_PROFILES_BROKEN, "profiles=broken count=%zu", broken);
    return rc;
}

/* What lockstep.conf says of campaigns whose policy does not. */
static struct policy campaign_policy(const struct config *c)
{
    struct policy p = policy_default();

    p.in_flight = (uint32_t)c->campaign_in_flight;
    p.min_battery_pct = (uint8_t)c->campaign_min_battery_pct;
    p.expires_after_s = c->campaign_expires_after_s;
    p.brake = (struct brake_policy){
        (uint32_t)c->campaign_first, (uint32_t)c->campaign_failures_in_a_row,
        (double)c->campaign_failure_pct, (uint32_t)c->campaign_min_sample};
    p.timers.stall_ms = c->campaign_stall_ms;
    p.timers.updating_ms = c->campaign_updating_ms;
    p.timers.not_returned_lifetimes = c->campaign_return_lifetimes;
    return p;
}

void core_reload(struct core *core)
{
    const struct config *c = core->config;
    struct policy policy = campaign_policy(c);

    engine_set_policy(core->engine, &policy);
    figures_policy(core->figures, &policy);
    refresh_limit(core->refresh, (uint32_t)c->inventory_in_flight,
                  (uint32_t)c->inventory_rate_per_s);
}

static int resume(struct core *core, struct core_failure *why)
{
    struct policy policy = campaign_policy(core->config);
    struct engine_config config = {
        .policy = &policy,
        .reader = core->reader,
        .ops = &core->ops,
        .exchange_lifetime_ms = core->config->execute_settle_ms,
    };

    figures_policy(core->figures, &policy);
    int rc = load_devices(core);
    if (rc == 0)
        rc = engine_open(&config, core->now, &core->engine);
    if (rc != 0)
        return rc;
    core_begin_batch(core);
    rc = packages_open(core);
    if (rc == 0)
        rc = profile_files_load(core, core->config->profiles_dir, why->text,
                                sizeof why->text);
    if (rc == 0 && (rc = first_token_make(core)) != 0)
        return explain(
            why, core->credential_path ? core->credential_path : core->token_path, rc);
    return rc == 0 ? core_settle(core) : rc;
}

/* A daemon without it can do all but `lockstepd token`. */
static int open_control(struct core *core, const char *path)
{
    int rc = control_open(path, &core->port, &core->control);

    if (rc == -ENAMETOOLONG)
        log_line(LOG_P_WARNING, "control=none path=%s detail=\"the path is too long\"",
                 path);
    return rc == -ENAMETOOLONG ? 0 : rc;
}

int core_open(const struct core_options *options, struct core_failure *why,
              struct core **out)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return explain(why, "core", -ENOMEM);
    core->config = options->config;
    core->wire = options->wire;
    core->token_path = options->token_path;
    core->credential_path = options->credential_path;
    core->watchdog_ms = options->watchdog_ms;
    core->limit.per_minute = 60;
    core->moves = bucket_of(MOVES_PER_S);
    core_tell_time(core);

    int rc = open_store(core, options, why);
    if (rc == 0) {
        rc = open_parts(core);
        if (rc == 0)
            rc = open_control(core, options->control_path);
        if (rc == 0)
            rc = resume(core, why);
        if (rc != 0 && why->text[0] == '\0')
            explain(why, "cannot resume from the store", rc);
    }
    if (rc != 0) {
        core_close(core);
        return rc;
    }
    *out = core;
    return 0;
}

void core_close(struct core *core)
{
    if (!core)
        return;
    engine_close(core->engine);
    commands_close(core);
    asks_close(core->asks);
    traces_close(core->traces);
    if (verifier_close(core->verifier))
        store_thread_set_sound(core->store);
    store_thread_close(core->store);
    batches_close(core->batches);
    control_close(core->control);
    links_close(core->links);
    refresh_close(core->refresh);
    published_close(core->published);
    profile_set_close(core->profiles);
    figures_close(core->figures);
    sightings_close(core->sightings);
    lifetimes_close(core->lifetimes);
    registry_close(core->registry);
    sweeper_close(core->sweeper);
    package_folder_close(core->folder);
    store_close(core->reader);
    free(core);
}

const struct command_port *core_port(struct core *core)
{
    return &core->port;
}

void core_set_api(struct core *core, struct api *api)
{
    core->api = api;
}

void core_set_hooks(struct core *core, struct hooks *hooks)
{
    core->hooks = hooks;
}

void core_figures(void *context, struct api_figures *out)
{
    struct core *core = context;
    struct wire_counters w;

    wire_counters_read(core->wire, &w);
    figures_read(core->figures, out);
    out->blocks[API_PULL] = w.blocks_served;
    out->blocks[API_PUSH] = w.blocks_pushed;
    out->package_bytes[API_PULL] = w.bytes_served;
    out->package_bytes[API_PUSH] = w.bytes_pushed;
    out->coap_requests[COAP_GET] += w.package_gets;
    out->datagrams_in = w.datagrams_in;
    out->datagrams_out = w.datagrams_out;
    out->datagrams_bad = w.malformed;
    out->retransmissions = w.retransmissions;
    out->duplicates = w.duplicates;
    out->peers = w.peers;
    out->is_storage_full = store_thread_is_full(core->store);
}
