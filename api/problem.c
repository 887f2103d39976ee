/* SPDX-License-Identifier: Apache-2.0 */
#include "api/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/json_write.h"

/* clang-format off */
const struct problem_row problem_rows[PROBLEM_KIND_COUNT] = {
    [PROBLEM_BAD_REQUEST] = { "bad-request", "Bad request", 400,
        "The request is not well-formed HTTP, or its path is not." },
    [PROBLEM_INVALID_JSON] = { "invalid-json", "Invalid JSON", 400,
        "The body is not JSON as RFC 8259 has it, has a key twice, is nested deeper than 32, or has a number beyond 2^53." },
    [PROBLEM_INVALID_FIELD] = { "invalid-field", "Invalid field", 400,
        "A member of the body is missing, unknown, or has a value that does not fit." },
    [PROBLEM_INVALID_QUERY] = { "invalid-query", "Invalid query", 400,
        "The device query 'q' is not valid RSQL or names an unknown field; position counts from 1." },
    [PROBLEM_INVALID_PARAMETER] = { "invalid-parameter", "Invalid parameter", 400,
        "A parameter of the URL or a header is unknown, repeated or out of range." },
    [PROBLEM_INVALID_MULTIPART] = { "invalid-multipart", "Invalid multipart body", 400,
        "The body is not multipart/form-data with one part 'manifest' and parts 'file'." },
    [PROBLEM_INVALID_BUNDLE] = { "invalid-bundle", "Invalid bundle", 422,
        "The manifest breaks a rule, or its rules can never hold." },
    [PROBLEM_INVALID_POLICY] = { "invalid-policy", "Invalid policy", 422,
        "The policy of a campaign has a value that does not fit." },
    [PROBLEM_INVALID_PROFILE] = { "invalid-profile", "Invalid profile", 422,
        "The profile has an unknown or missing key, or a value that does not fit." },
    [PROBLEM_INVALID_IMPORT] = { "invalid-import", "Invalid list of devices", 422,
        "Rows of the list are broken or repeat an endpoint; 'errors' has the lines of the first hundred. Nothing was imported." },
    [PROBLEM_TOO_LONG] = { "too-long", "Too long", 422,
        "A text is longer than what can be kept." },
    [PROBLEM_NOT_SUPPORTED] = { "not-supported", "Not supported", 422,
        "This version does not know how to do that yet." },
    [PROBLEM_DIGEST_MISMATCH] = { "digest-mismatch", "Digest mismatch", 422,
        "The bytes do not have the SHA-256 or the size that was announced; they were dropped." },
    [PROBLEM_UNAUTHORIZED] = { "unauthorized", "Unauthorized", 401,
        "Send 'Authorization: Bearer' with a valid token." },
    [PROBLEM_FORBIDDEN] = { "forbidden", "Forbidden", 403,
        "The role of the token does not allow this." },
    [PROBLEM_OWN_CAMPAIGN] = { "own-campaign", "Own campaign", 403,
        "Where the policy has approval, who made the campaign writes its policy, and another approver or admin approves it." },
    [PROBLEM_NOT_FOUND] = { "not-found", "Not found", 404,
        "There is no such thing." },
    [PROBLEM_METHOD_NOT_ALLOWED] = { "method-not-allowed", "Method not allowed", 405,
        "The path exists, but not with this method; see Allow." },
    [PROBLEM_CONFLICT] = { "conflict", "Conflict", 409,
        "The state of the thing does not allow this." },
    [PROBLEM_CAMPAIGN_FAILED] = { "campaign-failed", "Campaign failed", 409,
        "The campaign ended, or its brake paused it, and not every device succeeded." },
    [PROBLEM_PLAN_EXPIRED] = { "plan-expired", "Plan has expired", 409,
        "Plans are kept for a day; make a new one." },
    [PROBLEM_PLAN_GONE] = { "plan-gone", "Plan is gone", 409,
        "The devices that the plan was made for cannot be found any more." },
    [PROBLEM_PLAN_TOO_LARGE] = { "plan-too-large", "Plan is too large", 409,
        "A device would need more steps than a campaign can hold." },
    [PROBLEM_SUBSET_BREAKS_RULE] = { "subset-breaks-rule", "Subset breaks a rule", 409,
        "Without the components that were left out, a rule of the bundle cannot hold." },
    [PROBLEM_CAMPAIGN_STATE] = { "campaign-state", "Not in this state", 409,
        "The state of the campaign does not allow this action." },
    [PROBLEM_NEEDS_APPROVAL] = { "needs-approval", "Approval is missing", 409,
        "The policy has approval: POST /v1/campaigns/{id}/approve by another approver or admin comes first." },
    [PROBLEM_TASK_STATE] = { "task-state", "Not in this state", 409,
        "The state of the device's task does not allow this action." },
    [PROBLEM_BUNDLE_NOT_READY] = { "bundle-not-ready", "Bundle is not ready", 409,
        "Packages of the bundle are missing, or it was withdrawn." },
    [PROBLEM_BUNDLE_IN_USE] = { "bundle-in-use", "Bundle is in use", 409,
        "A campaign has it, or uses a package of it; 'campaign' says which." },
    [PROBLEM_PACKAGE_IN_USE] = { "package-in-use", "Package is in use", 409,
        "A bundle that is not withdrawn, or a campaign under way, needs it." },
    [PROBLEM_PACKAGE_MISSING] = { "package-missing", "Package is missing", 409,
        "A file that the campaign needs was removed or is damaged; upload it again." },
    [PROBLEM_BLOCKED] = { "blocked", "Package is blocked on this device", 409,
        "It failed there too often; DELETE /v1/devices/{endpoint}/attempts forgets that." },
    [PROBLEM_PLAN_OUTDATED] = { "plan-outdated", "Plan is outdated", 409,
        "Inventories have changed since the plan was made; make a new one." },
    [PROBLEM_BUNDLE_EXISTS] = { "bundle-exists", "Bundle exists with other content", 409,
        "A bundle of this name and version exists with another manifest." },
    [PROBLEM_IN_PROGRESS] = { "in-progress", "Request in progress", 409,
        "A request with this Idempotency-Key, or an upload of this package, is still running." },
    [PROBLEM_GONE] = { "gone", "Gone", 410,
        "It existed, and its time is over." },
    [PROBLEM_LENGTH_REQUIRED] = { "length-required", "Length required", 411,
        "Send Content-Length." },
    [PROBLEM_PRECONDITION_FAILED] = { "precondition-failed", "Precondition failed", 412,
        "If-Match does not hold: it was changed meanwhile." },
    [PROBLEM_TOO_LARGE] = { "too-large", "Too large", 413,
        "The body is larger than this daemon takes." },
    [PROBLEM_WRONG_OFFSET] = { "wrong-offset", "Wrong offset", 416,
        "Content-Range does not continue at Upload-Offset." },
    [PROBLEM_KEY_REUSED] = { "key-reused", "Idempotency key reused", 422,
        "This Idempotency-Key was used with another request." },
    [PROBLEM_TOO_MANY] = { "too-many", "Too many", 429,
        "Too many event streams and waits, requests in a second, or connections from one address; see Retry-After." },
    [PROBLEM_HEADERS_TOO_LARGE] = { "headers-too-large", "Headers too large", 431,
        "More than 100 header fields, or more than 16 KiB of them." },
    [PROBLEM_INTERNAL] = { "internal", "Internal error", 500,
        "Something failed that should not; the daemon's log says what." },
    [PROBLEM_NOT_IMPLEMENTED] = { "not-implemented", "Not implemented", 501,
        "The method is not known here, for no path." },
    [PROBLEM_DEVICE_ERROR] = { "device-error", "The device refused", 502,
        "The device answered with an error, its code is in 'coap_code', or with what cannot be read." },
    [PROBLEM_DEVICE_ASLEEP] = { "device-asleep", "The device sleeps", 504,
        "It did not wake in time; nothing was sent to it, and nothing will be." },
    [PROBLEM_DEVICE_SILENT] = { "device-silent", "The device does not answer", 504,
        "It was sent the request and did not answer in time; a Write or Execute may have been carried out." },
    [PROBLEM_BUSY] = { "busy", "Busy", 503,
        "The daemon cannot take this now; see Retry-After." },
    [PROBLEM_STOPPING] = { "stopping", "Stopping", 503,
        "The daemon stops; ask again when it is back." },
    [PROBLEM_STORAGE_FULL] = { "storage-full", "Storage full", 507,
        "Free space is below the reserve, or there is none." },
};
/* clang-format on */

static void describe(struct problem *p, enum problem_kind kind, const char *format,
                     va_list args)
{
    p->kind = kind;
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the callers start it
    vsnprintf(p->detail, sizeof p->detail, format, args);
}

void problem_set(struct problem *p, enum problem_kind kind, const char *format, ...)
{
    va_list args;

    if (p->kind != PROBLEM_NONE)
        return;
    va_start(args, format);
    describe(p, kind, format, args);
    va_end(args);
}

void problem_set_at(struct problem *p, enum problem_kind kind, int64_t position,
                    const char *format, ...)
{
    va_list args;

    if (p->kind != PROBLEM_NONE)
        return;
    p->position = position;
    va_start(args, format);
    describe(p, kind, format, args);
    va_end(args);
}

enum problem_kind problem_from_name(const char *name)
{
    for (int kind = PROBLEM_NONE + 1; kind < PROBLEM_KIND_COUNT; kind++)
        if (strcmp(problem_rows[kind].name, name) == 0)
            return (enum problem_kind)kind;
    return PROBLEM_NONE;
}

/* "no-path" becomes "No path". */
static void title_of(const char *name, char *title, size_t size)
{
    snprintf(title, size, "%s", name);
    for (char *c = title; *c; c++)
        if (*c == '-')
            *c = ' ';
    if (*title >= 'a' && *title <= 'z')
        *title = (char)(*title - 'a' + 'A');
}

static struct problem_row row_of(const struct problem *p, char *title, size_t size)
{
    enum problem_kind kind = p->name ? problem_from_name(p->name) : p->kind;
    struct problem_row row = problem_rows[kind];

    if (!p->name)
        return row;
    if (kind == PROBLEM_NONE) {
        title_of(p->name, title, size);
        row = (struct problem_row){.name = p->name, .title = title};
    }
    row.status = p->status;
    return row;
}

void problem_write(const struct problem *p, const char *members, struct text *out)
{
    struct json j = json_to(out);
    char type[64], title[64];
    struct problem_row row = row_of(p, title, sizeof title);

    snprintf(type, sizeof type, "/problems/%s", row.name);
    json_object(&j, NULL);
    json_text(&j, "type", type);
    json_text(&j, "title", row.title);
    json_int(&j, "status", row.status);
    json_text_if(&j, "detail", p->detail);
    if (p->position > 0)
        json_int(&j, "position", p->position);
    if (members && *members) {
        text_put(out, ",");
        text_put(out, members);
    }
    json_end(&j);
}
