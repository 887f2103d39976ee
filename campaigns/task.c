/* SPDX-License-Identifier: Apache-2.0 */
/* task.c - words of tasks and their parts, and a new task. */
#include "campaigns/task.h"

#include <string.h>

static const char *const task_states[TASK_STATE_COUNT] = {
    [TASK_WAITING] = "waiting",
    [TASK_DELIVERING] = "delivering",
    [TASK_DELIVERED] = "delivered",
    [TASK_UPDATING] = "updating",
    [TASK_VERIFYING] = "verifying",
    [TASK_SUCCEEDED] = "succeeded",
    [TASK_FAILED] = "failed",
    [TASK_PARTIAL] = "partial",
    [TASK_CANCELED] = "canceled",
    [TASK_EXCLUDED] = "excluded",
    [TASK_NEEDS_ATTENTION] = "needs-attention",
};

static const char *const waitings[WAITING_FOR_COUNT] = {
    [WAITING_FOR_NOTHING] = "",
    [WAITING_FOR_WAVE] = "wave",
    [WAITING_FOR_WINDOW] = "window",
    [WAITING_FOR_ONLINE] = "online",
    [WAITING_FOR_CONDITION] = "condition",
    [WAITING_FOR_APPROVAL] = "approval",
    [WAITING_FOR_RATE] = "rate",
    [WAITING_FOR_USER] = "user",
    [WAITING_FOR_CAMPAIGN] = "campaign",
    [WAITING_FOR_INSTALL] = "install",
};

static const char *const part_states[PART_STATE_COUNT] = {
    [PART_PENDING] = "pending",       [PART_DELIVERING] = "delivering",
    [PART_DOWNLOADED] = "downloaded", [PART_UPDATING] = "updating",
    [PART_UPDATED] = "updated",       [PART_UNCHANGED] = "unchanged",
    [PART_FAILED] = "failed",         [PART_REVERTED] = "reverted",
};

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *task_state_name(enum task_state s)
{
    return task_states[s];
}

const char *task_waiting_name(enum task_waiting w)
{
    return waitings[w];
}

const char *part_state_name(enum part_state s)
{
    return part_states[s];
}

int task_state_from_name(const char *name)
{
    return find(task_states, TASK_STATE_COUNT, name);
}

int task_waiting_from_name(const char *name)
{
    return find(waitings, WAITING_FOR_COUNT, name ? name : "");
}

int part_state_from_name(const char *name)
{
    return find(part_states, PART_STATE_COUNT, name);
}

struct task task_new(const struct task_plan *plan, int64_t now_ms)
{
    struct task t = {
        .state = TASK_WAITING,
        .waiting_for = WAITING_FOR_WAVE,
        .part_count = plan->target_count,
        .since_ms = now_ms,
    };

    for (size_t i = 0; i < plan->target_count; i++)
        t.parts[i].stage = plan->targets[i].stage;
    return t;
}

bool task_is_executed(const struct task *t)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].is_executed)
            return true;
    return false;
}
