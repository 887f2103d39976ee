/* SPDX-License-Identifier: Apache-2.0 */
/* rollout.c - accounting of slots and the brake. */
#include "campaigns/rollout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum rollout_share rollout_share_of(const struct task *t)
{
    if (task_is_final(t->state))
        return ROLLOUT_NONE;
    if (t->state == TASK_WAITING) /* a package alone may kill a device */
        return t->is_at_risk ? ROLLOUT_AWAY : ROLLOUT_NONE;
    return t->is_away ? ROLLOUT_AWAY : ROLLOUT_SLOT;
}

static uint32_t *count_of(struct rollout *r, enum rollout_share share)
{
    switch (share) {
    case ROLLOUT_NONE:
        return NULL;
    case ROLLOUT_SLOT:
        return &r->in_flight;
    case ROLLOUT_AWAY:
        return &r->away;
    }
    return NULL;
}

void rollout_moved(struct rollout *r, enum rollout_share from, enum rollout_share to)
{
    uint32_t *minus = count_of(r, from), *plus = count_of(r, to);

    if (minus && *minus > 0) /* a journal that makes no sense counts as at risk */
        --*minus;
    if (plus)
        ++*plus;
}

static uint32_t left_of(uint32_t limit, uint32_t used)
{
    return limit > used ? limit - used : 0;
}

bool rollout_is_first(const struct rollout *r, const struct policy *p)
{
    return r->ended_ok < p->brake.first;
}

bool rollout_may_take(const struct rollout *r, const struct policy *p,
                      enum rollout_share share)
{
    switch (share) {
    case ROLLOUT_NONE:
        return rollout_free(r, p) > 0;
    case ROLLOUT_SLOT:
        return !r->is_braked;
    case ROLLOUT_AWAY:
        return !r->is_braked && left_of(p->in_flight, r->in_flight) > 0;
    }
    return false;
}

uint32_t rollout_free(const struct rollout *r, const struct policy *p)
{
    uint32_t slots = left_of(p->in_flight, r->in_flight);

    if (r->is_braked)
        return 0;
    if (!rollout_is_first(r, p))
        return slots;
    uint32_t first = left_of(p->brake.first - r->ended_ok, r->in_flight + r->away);
    return first < slots ? first : slots;
}

static bool brake(struct rollout *r, const char *reason)
{
    uint32_t ended = r->ended_ok + r->ended_failed;

    r->is_braked = true;
    snprintf(r->reason, sizeof r->reason, "%s", reason);
    snprintf(r->detail, sizeof r->detail,
             "%" PRIu32 " of %" PRIu32
             " devices that ended have failed, the last %" PRIu32 " in a row",
             r->ended_failed, ended, r->failures_in_a_row);
    return true;
}

/* The stops that do not depend on being among the first. */
static bool is_over(const struct rollout *r, const struct brake_policy *b,
                    const char **why)
{
    uint32_t ended = r->ended_ok + r->ended_failed;

    *why = "failures-in-a-row";
    if (b->failures_in_a_row && r->failures_in_a_row >= b->failures_in_a_row)
        return true;
    *why = "failure-pct";
    return ended >= b->min_sample && b->failure_pct < 100 &&
           100.0 * r->ended_failed > b->failure_pct * ended;
}

static bool counts_against(enum task_state final)
{
    return final == TASK_FAILED || final == TASK_NEEDS_ATTENTION;
}

bool rollout_ended(struct rollout *r, const struct policy *p, enum task_state final)
{
    bool was_first = rollout_is_first(r, p);
    const char *why;

    if (counts_against(final)) {
        r->ended_failed++;
        r->failures_in_a_row++;
    } else if (final == TASK_SUCCEEDED) {
        r->ended_ok++;
        r->failures_in_a_row = 0;
    } else {
        return false;
    }
    if (r->is_braked)
        return false;
    if (was_first && counts_against(final))
        return brake(r, "first-failed");
    return is_over(r, &p->brake, &why) && brake(r, why);
}

void rollout_reopened(struct rollout *r, enum task_state final)
{
    if (counts_against(final) && r->ended_failed > 0)
        r->ended_failed--;
}

void rollout_release(struct rollout *r)
{
    *r = (struct rollout){.in_flight = r->in_flight, .away = r->away};
}
