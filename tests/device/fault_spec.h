/* SPDX-License-Identifier: Apache-2.0 */
/* fault_spec.h - a fault as `fault=` describes it; what each does is in README.md. */
#pragma once

#include <stdint.h>

enum fault_kind {
    FAULT_DOWNLOAD_RESULT,
    FAULT_UPDATE_RESULT,
    FAULT_UPDATE_RESULT_IDLE,
    FAULT_STUCK_UPDATING,
    FAULT_BRICK,
    FAULT_UPDATE_IGNORED,
    FAULT_UPDATE_AGAIN,
    FAULT_DEFER,
    FAULT_WRONG_VERSION,
    FAULT_SAME_VERSION,
    FAULT_RESULT_LOST,
    FAULT_CRASH_UPDATING,
    FAULT_CRASH_DOWNLOADED,
    FAULT_CRASH_KEEPS,
    FAULT_CRASH_PUSH,
    FAULT_VANISH_PUSH,
    FAULT_DELAYED_SUCCESS,
    FAULT_DELAYED_FAILURE,
    FAULT_NO_RESTART,
    FAULT_OLD_FAILURE,
    FAULT_CONFLICT,
    FAULT_BUSY_CONFLICT,
    FAULT_TOO_LARGE,
    FAULT_SHRINK,
    FAULT_HINT,
    FAULT_NO_SPACE,
    FAULT_BUSY,
    FAULT_LOST_TRANSFER,
    FAULT_DEAF_PUSH,
    FAULT_SILENT,
    FAULT_MUTE,
    FAULT_PULL_RESULT,
    FAULT_UNAUTHORIZED,
    FAULT_WAKAAMA,
    FAULT_DEREGISTER_ON_EXECUTE,
    FAULT_KINDS
};

/** One fault as `fault=` describes it. */
struct fault_spec {
    enum fault_kind kind;
    uint32_t number;    /* ARG as a number */
    char text[64];      /* ARG as it stands */
    uint32_t times;     /* 0: always */
    uint32_t pct;       /* 0..100 of the devices */
    char component[32]; /* "": every component */
};
