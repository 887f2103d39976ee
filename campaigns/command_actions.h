/* SPDX-License-Identifier: Apache-2.0 */
/* command_actions.h - what can be done with a campaign and with one task, by name. */
#pragma once

enum campaign_action {
    CAMPAIGN_START,
    CAMPAIGN_PAUSE,
    CAMPAIGN_RESUME,
    CAMPAIGN_ABORT,
    CAMPAIGN_INSTALL, /* lets devices held at Downloaded go on */
    CAMPAIGN_RETRY,   /* failed tasks wait again */
    CAMPAIGN_RELEASE, /* of the brake; its counts begin again */
    CAMPAIGN_APPROVE, /* a draft whose policy wants it, by another than made it */
    CAMPAIGN_ACTION_COUNT,
};

enum task_command {
    TASK_CANCEL, /* before Execute only: reset, then canceled */
    TASK_RETRY,  /* a final task waits again, with new tries */
    TASK_SKIP,   /* a waiting task becomes excluded, reason "skipped" */
    TASK_COMMAND_COUNT,
};

/** @return the word in the API's path ("start", "cancel"), static */
const char *campaign_action_name(enum campaign_action a);
const char *task_command_name(enum task_command c);

/** @return the action called name, or -1 */
int campaign_action_from_name(const char *name);
int task_command_from_name(const char *name);
