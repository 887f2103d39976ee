/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - names of commands, and who frees them. */
#include "campaigns/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/device_imports.h"
#include "campaigns/plan.h"

static const char *const campaign_actions[CAMPAIGN_ACTION_COUNT] = {
    [CAMPAIGN_START] = "start",     [CAMPAIGN_PAUSE] = "pause",
    [CAMPAIGN_RESUME] = "resume",   [CAMPAIGN_ABORT] = "abort",
    [CAMPAIGN_INSTALL] = "install", [CAMPAIGN_RETRY] = "retry",
    [CAMPAIGN_RELEASE] = "release", [CAMPAIGN_APPROVE] = "approve",
};

static const char *const task_commands[TASK_COMMAND_COUNT] = {
    [TASK_CANCEL] = "cancel",
    [TASK_RETRY] = "retry",
    [TASK_SKIP] = "skip",
};

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; name && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *campaign_action_name(enum campaign_action a)
{
    return campaign_actions[a];
}

const char *task_command_name(enum task_command c)
{
    return task_commands[c];
}

int campaign_action_from_name(const char *name)
{
    return find(campaign_actions, CAMPAIGN_ACTION_COUNT, name);
}

int task_command_from_name(const char *name)
{
    return find(task_commands, TASK_COMMAND_COUNT, name);
}

struct command *command_new(enum command_kind kind, const char *actor)
{
    struct command *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->kind = kind;
    snprintf(c->actor, sizeof c->actor, "%s", actor);
    return c;
}

void command_free(struct command *command)
{
    if (!command)
        return;
    if (command->kind == COMMAND_PLAN_STORE && command->plan.plan) {
        plan_fini(command->plan.plan);
        free(command->plan.plan);
    }
    if (command->kind == COMMAND_DEVICES_IMPORT)
        device_imports_free(command->import.chunk);
    if (command->kind == COMMAND_DEVICE_RESOURCE)
        free(command->resource.ask);
    free(command->text);
    free(command->once);
    free(command);
}
