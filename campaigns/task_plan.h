/* SPDX-License-Identifier: Apache-2.0 */
/* task_plan.h - what is planned for the devices of a group: immutable and shared. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "campaigns/conditions.h"
#include "campaigns/inventory.h"

enum {
    TASK_PARTS_MAX = 64, /* a component on two stepping stones is two parts */
    TASK_CONDITIONS_MAX = 64,
    TASK_PATHS_MAX = 7, /* resources that the conditions of one stage are about: with
                           the battery they fit one inspect */
};

/** One component that the plan changes. */
struct target {
    char component[COMPONENT_NAME_MAX + 1];
    char from[COMPONENT_VERSION_MAX + 1];
    char to[COMPONENT_VERSION_MAX + 1];
    char digest[65];         /* of the package that brings it */
    char uri[256];           /* when it is hosted elsewhere, else "" */
    int64_t bytes;           /* of the package; 0 where the carrier counts them */
    uint16_t content_format; /* 42 */
    uint8_t stage;           /* 0.. */
    uint8_t carrier;         /* index of the target whose instance gets the package:
                                itself, or another when one file updates several */
    bool verify_by_result;   /* "verify": "result" */
};

struct task_plan {
    char plan_id[64];
    int32_t group_no;
    uint8_t stage_count;
    uint8_t target_count;
    uint8_t condition_count;
    int8_t severity; /* of the bundle, -1: not said */
    struct target targets[TASK_PARTS_MAX];
    struct condition conditions[TASK_CONDITIONS_MAX];
    uint8_t condition_target[TASK_CONDITIONS_MAX]; /* whose update it guards */
};
