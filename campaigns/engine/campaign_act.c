/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_act.c - start, pause, resume, abort, install, retry, release, approve. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"

/* What an action works on: the row, and the run while there is one. */
struct subject {
    struct run *run; /* NULL: draft or ended */
    struct campaign_row row;
};

static bool is_state(const struct subject *s, const char *state)
{
    return strcmp(s->row.state, state) == 0;
}

static void done(struct engine *e, const struct subject *s, const struct answer *a)
{
    char id[24];

    snprintf(id, sizeof id, "%" PRId64, s->row.id);
    answer_durable(e, a, SIZE_MAX, id, NULL);
}

static void already(const struct answer *a)
{
    answer_now(a, COMMAND_ALREADY, "", "");
}

static void forbidden(const struct subject *s, const struct answer *a)
{
    char detail[120];

    snprintf(detail, sizeof detail, "A campaign that is %s cannot do that.",
             s->row.state);
    answer_now(a, COMMAND_CONFLICT, "campaign-state", detail);
}

static bool lacks_approval(struct engine *e, const struct subject *s)
{
    return !*s->row.approved_by && campaign_wants_approval(e, s->row.id);
}

static void approve(struct engine *e, struct subject *s, const struct answer *a)
{
    struct run shown = {.row = s->row};

    if (*s->row.approved_by) {
        already(a);
    } else if (s->run || !is_state(s, "draft")) {
        forbidden(s, a);
    } else if (!lacks_approval(e, s)) {
        answer_now(a, COMMAND_CONFLICT, "campaign-state",
                   "The policy of this campaign asks for no approval.");
    } else if (strcmp(a->command->actor, s->row.created_by) == 0) {
        answer_now(a, COMMAND_FORBIDDEN, "own-campaign",
                   "Who made a campaign cannot approve it.");
    } else {
        snprintf(shown.row.approved_by, sizeof shown.row.approved_by, "%s",
                 a->command->actor);
        /* What was edited meanwhile is not what the approver has seen. */
        size_t index = engine_put(
            e, &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                .revision = s->row.revision,
                                .campaign = {.row = &shown.row, .is_edit = true}});
        event_of_edit(e, &shown, "approved", a->command->actor, index);
        catalogue_answer(e, a, index, "");
    }
}

static void start(struct engine *e, struct subject *s, const struct answer *a)
{
    bool is_draft = is_state(s, "draft") && !s->run;

    if (is_draft && lacks_approval(e, s))
        answer_now(a, COMMAND_CONFLICT, "needs-approval",
                   "Somebody else has to approve this campaign first.");
    else if (is_draft)
        start_begin(e, &s->row, a);
    else if (is_state(s, "running") || is_state(s, "paused"))
        already(a);
    else
        forbidden(s, a);
}

static void pause_run(struct engine *e, struct subject *s, const struct answer *a)
{
    if (is_state(s, "paused")) {
        already(a);
    } else if (s->run && is_state(s, "running")) {
        run_set_state(e, s->run, "paused", "paused", a->command->actor);
        done(e, s, a);
    } else {
        forbidden(s, a);
    }
}

/* Why it was paused is no longer so. */
static void clear_reason(struct run *run)
{
    if (run->rollout.is_braked) {
        rollout_release(&run->rollout);
        run->failed_count = 0;
    }
    run->is_refused = false;
    run->row.reason[0] = '\0';
    run->row.detail[0] = '\0';
}

/* Of a braked campaign: the operator has seen why, and lets it go on. */
static void resume(struct engine *e, struct subject *s, const struct answer *a)
{
    bool is_braked = s->run && s->run->rollout.is_braked; /* a retry makes it run */

    if (is_state(s, "running") && !is_braked) {
        already(a);
    } else if (s->run && (is_state(s, "paused") || is_state(s, "running"))) {
        if (package_refuse(e, s->row.id, a))
            return;
        bool was_refused = strcmp(s->run->row.reason, "not-stored") == 0;
        clear_reason(s->run);
        run_set_state(e, s->run, "running", is_braked ? "released" : "resumed",
                      a->command->actor);
        if (was_refused)
            actives_load(e);
        done(e, s, a);
    } else {
        forbidden(s, a);
    }
}

static void release(struct engine *e, struct subject *s, const struct answer *a)
{
    if (!s->run)
        forbidden(s, a);
    else if (!s->run->rollout.is_braked)
        already(a);
    else
        resume(e, s, a);
}

static void abort_draft(struct engine *e, struct subject *s, const struct answer *a)
{
    struct run shown = {.row = s->row};

    start_cancel(e, s->row.id);
    snprintf(shown.row.state, sizeof shown.row.state, "aborted");
    shown.row.ended_ms = e->now.wall_ms;
    engine_put(e, &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                   .campaign = {.row = &shown.row}});
    event_of_campaign(e, &shown, "aborted", a->command->actor);
    done(e, s, a);
}

static void abort_run(struct engine *e, struct subject *s, const struct answer *a)
{
    char actor[STORE_NAME_MAX + 1];

    if (is_state(s, "aborting") || is_state(s, "aborted")) {
        already(a);
    } else if (is_state(s, "draft")) {
        abort_draft(e, s, a);
    } else if (s->run) {
        snprintf(actor, sizeof actor, "%s", a->command->actor);
        s->run->move_no = 0;
        s->run->stop_after_id = 0;
        s->run->is_stopped_walk = false;
        retry_cancel(s->run, COMMAND_CONFLICT, "campaign-state",
                     "The campaign was aborted.");
        run_set_state(e, s->run, "aborting", "aborting", actor);
        turns_stop_actives(e, s->run, actor);
        done(e, s, a);
    } else {
        forbidden(s, a);
    }
}

static void install(struct engine *e, struct subject *s, const struct answer *a)
{
    if (s->run && run_may_install(s->run)) {
        already(a);
    } else if (s->run && !is_state(s, "aborting")) {
        s->run->row.is_install_given = true;
        run_save(e, s->run);
        event_of_campaign(e, s->run, "install", a->command->actor);
        e->has_pending_turn = true;
        done(e, s, a);
    } else {
        forbidden(s, a);
    }
}

/* A campaign that has ended runs again. */
static void revive(struct engine *e, struct subject *s)
{
    s->run = run_load(e, &s->row);
    if (!s->run)
        return;
    s->run->row.ended_ms = 0;
    s->run->row.expires_ms = e->now.wall_ms + s->run->policy.expires_after_s * 1000;
}

static void retry(struct engine *e, struct subject *s, const struct answer *a)
{
    bool is_ended = is_state(s, "finished") && !s->run;
    char actor[STORE_NAME_MAX + 1];

    if (is_ended && package_refuse(e, s->row.id, a))
        return;
    snprintf(actor, sizeof actor, "%s", a->command->actor);
    if (is_ended)
        revive(e, s);
    if (!s->run || run_is_stopping(s->run)) {
        forbidden(s, a);
        return;
    }
    if (s->run->retry) {
        answer_now(a, COMMAND_CONFLICT, "campaign-state",
                   "A retry of this campaign is under way.");
        return;
    }
    if (!retry_begin(e, s->run, a))
        return;
    if (is_ended)
        run_set_state(e, s->run, "running", "retry", actor);
    else
        event_of_campaign(e, s->run, "retry", actor);
}

void campaign_act(struct engine *e, const struct answer *a)
{
    static void (*const actions[CAMPAIGN_ACTION_COUNT])(
        struct engine *, struct subject *, const struct answer *) = {
        [CAMPAIGN_START] = start,     [CAMPAIGN_PAUSE] = pause_run,
        [CAMPAIGN_RESUME] = resume,   [CAMPAIGN_ABORT] = abort_run,
        [CAMPAIGN_INSTALL] = install, [CAMPAIGN_RETRY] = retry,
        [CAMPAIGN_RELEASE] = release, [CAMPAIGN_APPROVE] = approve,
    };
    int64_t id = a->command->campaign_action.campaign_id;
    struct subject s = {.run = run_of(e, id)};
    int rc = 0;

    if (s.run)
        s.row = s.run->row;
    else
        rc = store_campaign_get(e->reader, id, &s.row);
    if (rc < 0)
        e->err = rc;
    if (rc != 0 || campaign_is_leaving(e, id))
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such campaign.");
    else if (!s.run && campaign_is_changing(e, id)) /* its row is an old one */
        answer_now(a, COMMAND_BUSY, "busy", "Somebody else is changing this campaign.");
    else
        actions[a->command->campaign_action.action](e, &s, a);
}
