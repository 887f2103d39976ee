/* SPDX-License-Identifier: Apache-2.0 */
/* plan_task.h - what a plan says of a group, as its tasks follow it.
 *
 * The planner asks before it promises a group, the engine when a task begins: both by
 * the same rules, so what a dry run includes no task refuses.
 */
#pragma once

#include "campaigns/catalogue.h"
#include "campaigns/plan.h"
#include "campaigns/task_plan.h"

/**
 * @param bundles  those that the group names, and perhaps others
 * @param out      whole if PLAN_INCLUDED is returned, else as far as it goes; its
 *                 plan_id and group_no are the caller's
 * @param detail   written with any other return: a sentence for people
 * @return PLAN_INCLUDED; PLAN_TOO_MANY_CHANGES, PLAN_TOO_MANY_CONDITIONS,
 *         PLAN_BUNDLE_UNREADABLE: no device may follow it
 */
enum plan_exclusion plan_task_make(const struct plan_group *group,
                                   const struct catalogue *bundles,
                                   struct task_plan *out,
                                   char detail[PLAN_DETAIL_MAX + 1]);
