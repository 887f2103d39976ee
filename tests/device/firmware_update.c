/* SPDX-License-Identifier: Apache-2.0 */
/* firmware_update.c - how an update that was executed ends, and what a restart leaves.
 */
#include "tests/device/firmware_internal.h"

#include <stdio.h>
#include <string.h>

static struct fw_executes *executes_find(const struct firmware *f,
                                         const struct component *c)
{
    for (size_t i = 0; i < f->executes_count; i++) {
        const struct fw_executes *e = &f->executes[i];
        if (e->object == c->object && e->instance == c->instance &&
            memcmp(e->digest, c->digest, sizeof(e->digest)) == 0) {
            return (struct fw_executes *)e;
        }
    }
    return NULL;
}

uint32_t firmware_executes(const struct firmware *f, const struct component *c)
{
    const struct fw_executes *e = executes_find(f, c);
    return e ? e->count : 0;
}

void firmware_executes_count(struct firmware *f, uint32_t set)
{
    for (size_t i = 0; i < f->count; i++) {
        struct component *c = &f->c[i];
        if (!(set & 1u << i)) {
            continue;
        }
        struct fw_executes *e = executes_find(f, c);
        if (!e && f->executes_count < FW_EXECUTES_MAX) {
            e = &f->executes[f->executes_count++];
            *e = (struct fw_executes){.object = c->object, .instance = c->instance};
            memcpy(e->digest, c->digest, sizeof(e->digest));
        }
        if (e) {
            e->count++;
        }
    }
}

static const struct {
    enum fault_kind fault;
    enum fw_outcome outcome;
} endings[] = {
    {FAULT_UPDATE_IGNORED, FW_NOTHING},
    {FAULT_DEFER, FW_DEFERS},
    {FAULT_STUCK_UPDATING, FW_STAYS},
    {FAULT_BRICK, FW_BRICKS},
    {FAULT_CRASH_UPDATING, FW_CRASHES},
    {FAULT_UPDATE_AGAIN, FW_RESTARTS_ONLY},
    {FAULT_UPDATE_RESULT, FW_FAILS},
    {FAULT_UPDATE_RESULT_IDLE, FW_FAILS_IDLE},
    {FAULT_DELAYED_SUCCESS, FW_SUCCEEDS_LATE},
    {FAULT_DELAYED_FAILURE, FW_FAILS_LATE},
};

/* The user may not defer what the server allows no deferral for. */
static bool is_deferrable(const struct component *c)
{
    return c->max_defer_s != 0;
}

static const struct fault_spec *ending_choose(const struct firmware *f,
                                              struct component *c)
{
    c->outcome = FW_SUCCEEDS;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        const struct fault_spec *fault = firmware_fault(f, c, endings[i].fault);
        if (fault && (endings[i].outcome != FW_DEFERS || is_deferrable(c))) {
            c->outcome = endings[i].outcome;
            c->outcome_result = (int)fault->number;
            c->late_ms = fault->number;
            return fault;
        }
    }
    return NULL;
}

void firmware_update_begin(struct firmware *f, struct component *main, uint32_t set,
                           int64_t now_ms)
{
    uint32_t struck =
        0; /* an Execute uses up each fault once, however many components */
    for (size_t i = 0; i < f->count; i++) {
        struct component *c = &f->c[i];
        if (!(set & 1u << i)) {
            continue;
        }
        const struct fault_spec *fault = ending_choose(f, c);
        struck |= fault ? 1u << (fault - f->faults.spec) : 0;
        if (c->outcome == FW_NOTHING) {
            continue;
        }
        c->due_ms = now_ms + f->group->update_ms + c->spec->after_ms;
        if (c == main || !c->spec->is_hidden) {
            firmware_state_set(f, c, FW_UPDATING, 0, now_ms);
        } else {
            firmware_state_set(f, c, c->state, 0, now_ms);
        }
    }
    for (size_t i = 0; i < f->faults.count; i++) {
        if (struck & 1u << i) {
            faults_use(&f->faults, &f->faults.spec[i]);
        }
    }
    firmware_relink(f);
}

int64_t firmware_due_ms(const struct firmware *f)
{
    int64_t due = f->crash_due_ms;
    for (size_t i = 0; i < f->count; i++) {
        if (f->c[i].outcome != FW_NOTHING && f->c[i].due_ms < due) {
            due = f->c[i].due_ms;
        }
    }
    return due;
}

static void end(struct firmware *f, struct component *c, enum firmware_state state,
                int result, int64_t now_ms)
{
    c->outcome = FW_NOTHING;
    c->due_ms = FW_NEVER_MS;
    firmware_state_set(f, c, state, result, now_ms);
}

static void succeed(struct firmware *f, struct component *c, int64_t now_ms)
{
    const struct fault_spec *wrong =
        faults_strike(&f->faults, FAULT_WRONG_VERSION, c->spec->name);
    const char *version = wrong ? wrong->text : c->package_version;
    if (wrong || !faults_strike(&f->faults, FAULT_SAME_VERSION, c->spec->name)) {
        (void)snprintf(c->version, sizeof(c->version), "%s", version);
        c->dirty |= 1u << 15;
    }
    bool is_lost = faults_strike(&f->faults, FAULT_RESULT_LOST, c->spec->name) != NULL;
    c->is_updated = true;
    end(f, c, FW_IDLE, is_lost ? 0 : 1, now_ms);
}

/* A restart shows it, unless the component ends after the others or needs none. */
static bool needs_restart(const struct firmware *f, const struct component *c)
{
    return !c->spec->after_ms && !firmware_fault(f, c, FAULT_NO_RESTART);
}

static void defer(struct firmware *f, struct component *c, int64_t now_ms)
{
    int64_t wait_ms = c->late_ms;
    if (c->max_defer_s > 0 && (!wait_ms || wait_ms > c->max_defer_s * 1000)) {
        wait_ms = c->max_defer_s * 1000;
    }
    end(f, c, FW_DOWNLOADED, 11, now_ms);
    if (wait_ms) {
        c->outcome = FW_RESUMES;
        c->due_ms = now_ms + wait_ms;
    }
}

/* The time of c's outcome has come. @return what the device shall do */
static unsigned outcome_come(struct firmware *f, struct component *c, int64_t now_ms)
{
    switch (c->outcome) {
    case FW_SUCCEEDS:
        if (needs_restart(f, c)) {
            c->due_ms = FW_NEVER_MS;
            return FW_REBOOT;
        }
        succeed(f, c, now_ms);
        return 0;
    case FW_SUCCEEDS_LATE:
    case FW_FAILS_LATE: /* first the restart, then firmware_boot() sets the time */
        if (c->late_ms) {
            c->due_ms = FW_NEVER_MS;
            return FW_REBOOT;
        }
        if (c->outcome == FW_SUCCEEDS_LATE) {
            succeed(f, c, now_ms);
        } else {
            end(f, c, FW_DOWNLOADED, 8, now_ms);
        }
        return 0;
    case FW_FAILS:
        end(f, c, FW_DOWNLOADED, c->outcome_result, now_ms);
        return 0;
    case FW_FAILS_IDLE:
        end(f, c, FW_IDLE, c->outcome_result, now_ms);
        return 0;
    case FW_DEFERS:
        defer(f, c, now_ms);
        return 0;
    case FW_RESUMES:
        c->outcome = FW_SUCCEEDS;
        c->due_ms = now_ms + f->group->update_ms;
        firmware_state_set(f, c, FW_UPDATING, 0, now_ms);
        return 0;
    case FW_BRICKS:
        c->due_ms = FW_NEVER_MS;
        return FW_GONE;
    case FW_CRASHES:
    case FW_RESTARTS_ONLY:
        c->due_ms = FW_NEVER_MS;
        return FW_REBOOT;
    case FW_STAYS:
    case FW_NOTHING:
        c->due_ms = FW_NEVER_MS;
        return 0;
    }
    return 0;
}

unsigned firmware_tick(struct firmware *f, int64_t now_ms)
{
    unsigned effects = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->c[i].outcome != FW_NOTHING && f->c[i].due_ms <= now_ms) {
            effects |= outcome_come(f, &f->c[i], now_ms);
        }
    }
    if (f->crash_due_ms <= now_ms) {
        f->crash_due_ms = FW_NEVER_MS;
        firmware_crash(f, f->is_crash_keeping, now_ms);
        effects |= FW_REBOOT;
    }
    firmware_relink(f);
    return effects;
}

/* What the restart made of a component whose time had come before it. */
static void boot_one(struct firmware *f, struct component *c, int64_t now_ms)
{
    bool has_waited = c->due_ms == FW_NEVER_MS;
    switch (c->outcome) {
    case FW_SUCCEEDS:
        if (has_waited || needs_restart(f, c)) {
            succeed(f, c, now_ms);
        }
        return;
    case FW_SUCCEEDS_LATE:
    case FW_FAILS_LATE:
        c->due_ms = now_ms + c->late_ms;
        c->late_ms = 0;
        return;
    case FW_CRASHES:
        end(f, c, FW_IDLE, 0, now_ms);
        return;
    case FW_RESTARTS_ONLY:
        end(f, c, FW_DOWNLOADED, 0, now_ms);
        return;
    case FW_NOTHING:
        if (c->state == FW_DOWNLOADING && !firmware_fault(f, c, FAULT_WAKAAMA)) {
            firmware_state_set(f, c, FW_IDLE, 0, now_ms);
        }
        return;
    case FW_FAILS:
    case FW_FAILS_IDLE:
    case FW_DEFERS:
    case FW_RESUMES:
    case FW_STAYS:
    case FW_BRICKS:
        return;
    }
}

void firmware_boot(struct firmware *f, int64_t now_ms)
{
    bool is_crash = false;
    for (size_t i = 0; i < f->count; i++) {
        is_crash |= f->c[i].outcome == FW_CRASHES && f->c[i].due_ms == FW_NEVER_MS;
    }
    for (size_t i = 0; i < f->count; i++) {
        boot_one(f, &f->c[i], now_ms);
    }
    if (is_crash) {
        firmware_crash(f, false, now_ms);
    }
    for (size_t i = 0; i < f->count && f->boots; i++) {
        if (f->c[i].state == FW_IDLE &&
            firmware_fault(f, &f->c[i], FAULT_OLD_FAILURE)) {
            firmware_state_set(f, &f->c[i], FW_IDLE, 8, now_ms);
        }
    }
    f->boots++;
    firmware_relink(f);
}

void firmware_crash(struct firmware *f, bool is_keeping, int64_t now_ms)
{
    for (size_t i = 0; i < f->count; i++) {
        struct component *c = &f->c[i];
        bool is_lost =
            c->state == FW_DOWNLOADING || (!is_keeping && c->state == FW_DOWNLOADED);
        if (is_lost && c->outcome == FW_NOTHING) {
            firmware_state_set(f, c, FW_IDLE, 0, now_ms);
        }
    }
    firmware_relink(f);
}
