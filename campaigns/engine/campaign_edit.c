/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_edit.c - the name and the policy of a campaign, by merge patch.
 *
 * A draft takes anything, and loses an approval that was for another policy. One that
 * asks for an approval goes on asking, and only its maker writes its policy: who
 * approves it has not written any of it. One that runs takes what can change while
 * devices are on their way.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/merge_patch.h"

enum { POLICY_TEXT_MAX = 4096 };

struct edit {
    struct run *run; /* NULL: a draft */
    struct campaign_row row;
    char policy[POLICY_TEXT_MAX]; /* "": stays */
    size_t index;
};

/* @return false: a was answered */
static bool find(struct engine *e, const struct answer *a, struct edit *edit)
{
    int64_t id = a->command->campaign_action.campaign_id;
    int rc = store_campaign_get(e->reader, id, &edit->row);

    edit->run = run_of(e, id);
    if (rc < 0)
        e->err = rc;
    if (rc != 0 || campaign_is_leaving(e, id)) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such campaign.");
        return false;
    }
    if (!edit->run && campaign_is_changing(e, id)) { /* its row is an old one */
        answer_now(a, COMMAND_BUSY, "busy", "Somebody else is changing this campaign.");
        return false;
    }
    bool is_draft = !edit->run && strcmp(edit->row.state, "draft") == 0;
    bool can =
        is_draft ? !start_is_begun(e, id) : edit->run && !run_is_stopping(edit->run);
    if (!can)
        answer_now(a, COMMAND_CONFLICT, "campaign-state",
                   "A campaign can be edited as a draft and while it runs, but not "
                   "while it starts or ends.");
    return can;
}

bool campaign_wants_approval(struct engine *e, int64_t campaign_id)
{
    struct policy policy;
    struct policy_error why;
    char *text = NULL;

    int rc = store_campaign_policy(e->reader, campaign_id, &text);
    if (rc < 0)
        e->err = rc;
    bool wants =
        rc != 0 || policy_parse(text, &policy, &why) != 0 || policy.needs_approval;
    free(text);
    return wants;
}

/* What it may take up while it runs; the rest stays as it is. */
static struct policy take_up(const struct policy *old, const struct policy *new)
{
    struct policy p = *old;

    p.in_flight = new->in_flight;
    p.min_battery_pct = new->min_battery_pct;
    p.max_defer_s = new->max_defer_s;
    p.brake = new->brake;
    p.timers = new->timers;
    memcpy(p.retry, new->retry, sizeof p.retry);
    return p;
}

/* @return NULL, or why a campaign that runs cannot have this policy */
static const char *refuse_running(const struct edit *edit, const struct policy *new)
{
    struct policy taken = take_up(&edit->run->policy, new);
    char want[POLICY_TEXT_MAX], can[POLICY_TEXT_MAX];

    if (edit->run->policy.needs_approval)
        return "Its policy was approved as it is.";
    if (policy_print(new, want, sizeof want) < 0 ||
        policy_print(&taken, can, sizeof can) < 0 || strcmp(want, can) != 0)
        return "Of a campaign that runs in_flight, min_battery_pct, max_defer_s, "
               "brake, retry and timers can be edited.";
    return NULL;
}

/* @return false: a was answered */
static bool may_write(struct engine *e, const struct answer *a, const struct edit *edit,
                      const struct policy *new)
{
    const char *refusal = edit->run ? refuse_running(edit, new) : NULL;

    if (!edit->run && campaign_wants_approval(e, edit->row.id)) {
        if (strcmp(a->command->actor, edit->row.created_by) != 0) {
            answer_now(a, COMMAND_FORBIDDEN, "own-campaign",
                       "Its policy asks for an approval: only who made the campaign "
                       "writes it.");
            return false;
        }
        if (!new->needs_approval)
            refusal = "The approval that a policy asks for cannot be taken out of it.";
    }
    if (refusal)
        answer_now(a, COMMAND_CONFLICT, "campaign-state", refusal);
    return !refusal;
}

/* @return the patch merged into what there is, owned; NULL: e->err */
static char *merge_policy(struct engine *e, const struct edit *edit, const cJSON *patch)
{
    char *old = NULL, *merged = NULL;
    int rc = store_campaign_policy(e->reader, edit->row.id, &old);

    if (rc == 0 && cJSON_IsNull(patch))
        merged = strdup("{}");
    else if (rc == 0)
        rc = merge_patch_text(old, patch, &merged);
    free(old);
    if (!merged)
        e->err = rc < 0 ? rc : -ENOMEM;
    return merged;
}

/* @return false: a was answered */
static bool edit_policy(struct engine *e, const struct answer *a, struct edit *edit,
                        const cJSON *patch)
{
    struct policy policy = e->policy;
    struct policy_error why = {.path = "", .detail = "no memory"};
    char detail[280];
    char *text = merge_policy(e, edit, patch);

    int rc = text ? policy_update(text, &policy, &why) : -ENOMEM;
    free(text);
    if (rc != 0) {
        snprintf(detail, sizeof detail, "policy %s: %s", why.path, why.detail);
        answer_now(a, COMMAND_INVALID, "invalid-policy", detail);
        return false;
    }
    if (!may_write(e, a, edit, &policy))
        return false;
    edit->row.approved_by[0] = '\0';
    if (policy_print(&policy, edit->policy, sizeof edit->policy) < 0)
        edit->policy[0] = '\0';
    return true;
}

static void put(struct engine *e, const struct answer *a, struct edit *edit)
{
    struct run shown = {.row = edit->run ? edit->run->row : edit->row};

    /* What runs is in memory, and only these three are edited. */
    memcpy(shown.row.name, edit->row.name, sizeof shown.row.name);
    memcpy(shown.row.approved_by, edit->row.approved_by, sizeof shown.row.approved_by);
    edit->index = engine_put(
        e, &(struct change){
               .kind = CHANGE_CAMPAIGN_PUT,
               .revision =
                   a->command->revision > 0 ? a->command->revision : edit->row.revision,
               .campaign = {&shown.row, *edit->policy ? edit->policy : NULL, true}});
    if (edit->run)
        edit->run->batch = e->number;
    event_of_edit(e, &shown, "edited", a->command->actor, edit->index);
}

static void finish(struct engine *e, const struct answer *a, const struct edit *edit)
{
    struct effect *f = effect_new(e, EFFECT_EDITED, e->number);
    char id[24];

    if (f)
        f->campaign_id = edit->row.id;
    snprintf(id, sizeof id, "%" PRId64, edit->row.id);
    catalogue_answer(e, a, edit->index, id);
}

void campaign_edited(struct engine *e, int64_t campaign_id)
{
    struct run *run = run_of(e, campaign_id);
    struct campaign_row row;

    if (!run || store_campaign_get(e->reader, campaign_id, &row) != 0)
        return;
    memcpy(run->row.name, row.name, sizeof run->row.name);
    run->row.revision = row.revision;
    run_load_policy(e, run);
    run->next_turn_ms = 0;
    e->has_pending_turn = true;
}

void campaign_edit(struct engine *e, const struct answer *a)
{
    struct edit *edit = calloc(1, sizeof *edit);
    cJSON *patch = cJSON_Parse(a->command->text ? a->command->text : "");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(patch, "name");
    const cJSON *policy = cJSON_GetObjectItemCaseSensitive(patch, "policy");

    if (!edit || !patch) {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
    } else if (find(e, a, edit)) {
        if (cJSON_IsString(name))
            snprintf(edit->row.name, sizeof edit->row.name, "%s", name->valuestring);
        if (!policy || edit_policy(e, a, edit, policy)) {
            put(e, a, edit);
            finish(e, a, edit);
        }
    }
    cJSON_Delete(patch);
    free(edit);
}
