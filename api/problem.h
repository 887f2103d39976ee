/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h - errors as RFC 9457 problem details. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "api/text.h"

enum problem_kind {
    PROBLEM_NONE,
    PROBLEM_BAD_REQUEST,
    PROBLEM_INVALID_JSON,
    PROBLEM_INVALID_FIELD,
    PROBLEM_INVALID_QUERY,
    PROBLEM_INVALID_PARAMETER,
    PROBLEM_INVALID_MULTIPART,
    PROBLEM_INVALID_BUNDLE,
    PROBLEM_INVALID_POLICY,
    PROBLEM_INVALID_PROFILE,
    PROBLEM_INVALID_IMPORT,
    PROBLEM_TOO_LONG,
    PROBLEM_NOT_SUPPORTED,
    PROBLEM_DIGEST_MISMATCH,
    PROBLEM_UNAUTHORIZED,
    PROBLEM_FORBIDDEN,
    PROBLEM_OWN_CAMPAIGN,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_CONFLICT,
    PROBLEM_CAMPAIGN_FAILED,
    PROBLEM_BLOCKED,
    PROBLEM_PLAN_OUTDATED,
    PROBLEM_PLAN_EXPIRED,
    PROBLEM_PLAN_GONE,
    PROBLEM_PLAN_TOO_LARGE,
    PROBLEM_SUBSET_BREAKS_RULE,
    PROBLEM_CAMPAIGN_STATE,
    PROBLEM_NEEDS_APPROVAL,
    PROBLEM_TASK_STATE,
    PROBLEM_BUNDLE_NOT_READY,
    PROBLEM_BUNDLE_IN_USE,
    PROBLEM_PACKAGE_IN_USE,
    PROBLEM_PACKAGE_MISSING,
    PROBLEM_BUNDLE_EXISTS,
    PROBLEM_IN_PROGRESS,
    PROBLEM_GONE,
    PROBLEM_LENGTH_REQUIRED,
    PROBLEM_PRECONDITION_FAILED,
    PROBLEM_TOO_LARGE,
    PROBLEM_WRONG_OFFSET,
    PROBLEM_KEY_REUSED,
    PROBLEM_TOO_MANY,
    PROBLEM_HEADERS_TOO_LARGE,
    PROBLEM_INTERNAL,
    PROBLEM_NOT_IMPLEMENTED,
    PROBLEM_DEVICE_ERROR,
    PROBLEM_BUSY,
    PROBLEM_STOPPING,
    PROBLEM_DEVICE_ASLEEP,
    PROBLEM_DEVICE_SILENT,
    PROBLEM_STORAGE_FULL,
    PROBLEM_KIND_COUNT,
};

struct problem_row {
    const char *name; /* the last segment of "type" */
    const char *title;
    int status;
    const char *meaning; /* what GET /problems/{name} says */
};

/** One row per kind; [PROBLEM_NONE] is empty. */
extern const struct problem_row problem_rows[PROBLEM_KIND_COUNT];

struct problem {
    enum problem_kind kind; /* PROBLEM_NONE: nothing is wrong */
    int64_t position;       /* in the text that is wrong, from 1; 0: none */
    char detail[512];
    const char *name; /* instead of the kind's, with a title made of it; or NULL */
    int status;       /* with name */
};

/** @return the kind called name, PROBLEM_NONE if the table has none */
enum problem_kind problem_from_name(const char *name);

/** Describe what is wrong; the first description sticks. */
void problem_set(struct problem *p, enum problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The same, at a position counted from 1. */
void problem_set_at(struct problem *p, enum problem_kind kind, int64_t position,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * Write the details object.
 *
 * @param members  further members, JSON without braces, "\"a\":1"; NULL for none
 */
void problem_write(const struct problem *p, const char *members, struct text *out);
