/* SPDX-License-Identifier: Apache-2.0 */
/* component.h - one updatable component: an instance of object 33629 or 5. */
#pragma once

#include "tests/device/images.h"
#include "tests/device/options.h"

enum firmware_state { FW_IDLE, FW_DOWNLOADING, FW_DOWNLOADED, FW_UPDATING };

enum { FW_NEVER_MS = INT64_MAX, FW_EXECUTES_MAX = 64, FW_URI_MAX = 256 };

enum fw_outcome {
    FW_NOTHING, /* no update is running */
    FW_SUCCEEDS,
    FW_FAILS,      /* Result in outcome_result, package kept */
    FW_FAILS_IDLE, /* the same, package lost */
    FW_DEFERS,
    FW_RESUMES, /* a deferred update goes on by itself */
    FW_STAYS,   /* Updating for ever */
    FW_BRICKS,
    FW_CRASHES,
    FW_RESTARTS_ONLY, /* old version, still Downloaded */
    FW_SUCCEEDS_LATE, /* some time after the restart */
    FW_FAILS_LATE,
};

struct component {
    const struct component_spec *spec;
    uint16_t object, instance;
    char version[64];
    enum firmware_state state;
    int result;
    char uri[FW_URI_MAX];
    int severity;
    int64_t max_defer_s; /* -1: not written yet */
    bool is_auto_upgrade;
    int64_t changed_s;            /* Unix time of the last change of State */
    uint32_t linked, conflicting; /* bit n: component n */
    /* the package */
    uint8_t digest[IMAGE_DIGEST_BYTES];
    char package_version[64];
    bool is_updated; /* has been updated successfully */
    /* the update that runs */
    enum fw_outcome outcome;
    int outcome_result;
    uint32_t late_ms;
    int64_t due_ms;
    uint32_t dirty; /* bit n: resource n changed since firmware_changes_clear() */
};
