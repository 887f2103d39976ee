/* SPDX-License-Identifier: Apache-2.0 */
/* policy_json.c - the keys of a policy, as one table for reading and printing. */
#include "campaigns/policy.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum key_kind {
    KEY_U8,
    KEY_U32,
    KEY_I64,
    KEY_SECONDS, /* int64_t of milliseconds, seconds in JSON */
    KEY_PCT,     /* double */
    KEY_BOOL,
    KEY_WORD, /* uint8_t, index in .words */
};

struct key {
    const char *object; /* "" for the top */
    const char *name;
    enum key_kind kind;
    size_t offset;
    double min, max;
    const char *const *words;
};

static const char *const delivery_words[] = {"auto", "push", "pull", NULL};
static const char *const severity_words[] = {"as-bundle", "critical", "mandatory",
                                             "optional", NULL};
static const char *const install_words[] = {"at-once", "hold", NULL};

#define AT(member) offsetof(struct policy, member)
#define RETRY(key, index)                                                              \
    {"retry." key, "max", KEY_U32, AT(retry[index].max), 0, 100, NULL},                \
        {"retry." key, "backoff_s", KEY_SECONDS, AT(retry[index].backoff_ms), 0,       \
         604800,       NULL},                                                          \
    {                                                                                  \
        "retry." key, "backoff_max_s", KEY_SECONDS, AT(retry[index].backoff_max_ms),   \
            0, 2592000, NULL                                                           \
    }

/* clang-format off */
static const struct key keys[] = {
    {"", "in_flight", KEY_U32, AT(in_flight), 1, 100000, NULL},
    {"", "delivery", KEY_WORD, AT(delivery), 0, 0, delivery_words},
    {"", "install", KEY_WORD, AT(install), 0, 0, install_words},
    {"", "approval", KEY_BOOL, AT(needs_approval), 0, 1, NULL},
    {"", "severity", KEY_WORD, AT(severity), 0, 0, severity_words},
    {"", "min_battery_pct", KEY_U8, AT(min_battery_pct), 0, 100, NULL},
    {"", "max_defer_s", KEY_I64, AT(max_defer_s), -1, 2147483647, NULL},
    {"", "expires_after_s", KEY_I64, AT(expires_after_s), 1, 315360000, NULL},
    {"brake", "first", KEY_U32, AT(brake.first), 0, 1000000, NULL},
    {"brake", "failures_in_a_row", KEY_U32, AT(brake.failures_in_a_row), 0, 1000000, NULL},
    {"brake", "failure_pct", KEY_PCT, AT(brake.failure_pct), 0, 100, NULL},
    {"brake", "min_sample", KEY_U32, AT(brake.min_sample), 1, 1000000, NULL},
    RETRY("transient", RETRY_TRANSIENT),
    RETRY("integrity", RETRY_INTEGRITY),
    RETRY("server", RETRY_SERVER),
    RETRY("conflict", RETRY_CONFLICT),
    RETRY("update", RETRY_UPDATE),
    {"timers", "stall_s", KEY_SECONDS, AT(timers.stall_ms), 1, 604800, NULL},
    {"timers", "poll_s", KEY_SECONDS, AT(timers.poll_ms), 1, 86400, NULL},
    {"timers", "updating_s", KEY_SECONDS, AT(timers.updating_ms), 1, 2592000, NULL},
    {"timers", "condition_s", KEY_SECONDS, AT(timers.condition_ms), 1, 604800, NULL},
    {"timers", "defer_s", KEY_SECONDS, AT(timers.defer_ms), 1, 2592000, NULL},
    {"timers", "not_returned_lifetimes", KEY_I64, AT(timers.not_returned_lifetimes), 2, 1000, NULL},
};
/* clang-format on */
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

/* Known to later versions: refused by name, so that nobody believes them in force. */
static const char *const later[] = {"waves",     "gate", "windows", "dynamic",
                                    "multicast", "rate", "rollback"};

/* What is read so far; the first error sticks. */
struct reading {
    struct policy policy;
    struct policy_error *why;
    int rc;
};

static int refuse(struct reading *r, const char *object, const char *name,
                  const char *detail)
{
    snprintf(r->why->path, sizeof r->why->path, "$%s%s%s%s", *object ? "." : "", object,
             *name ? "." : "", name);
    snprintf(r->why->detail, sizeof r->why->detail, "%s", detail);
    return r->rc = POLICY_E_INVALID;
}

static void *member(struct policy *p, const struct key *k)
{
    return (char *)p + k->offset;
}

static int read_word(struct reading *r, const struct key *k, const cJSON *value)
{
    char detail[128] = "must be one of";

    for (uint8_t i = 0; k->words[i]; i++) {
        if (cJSON_IsString(value) && strcmp(value->valuestring, k->words[i]) == 0) {
            *(uint8_t *)member(&r->policy, k) = i;
            return 0;
        }
        size_t len = strlen(detail);
        snprintf(detail + len, sizeof detail - len, "%s \"%s\"", i ? "," : "",
                 k->words[i]);
    }
    return refuse(r, k->object, k->name, detail);
}

static void store_number(void *at, enum key_kind kind, double n)
{
    switch (kind) {
    case KEY_U8:
        *(uint8_t *)at = (uint8_t)n;
        return;
    case KEY_U32:
        *(uint32_t *)at = (uint32_t)n;
        return;
    case KEY_I64:
        *(int64_t *)at = (int64_t)n;
        return;
    case KEY_SECONDS:
        *(int64_t *)at = (int64_t)llround(n * 1000);
        return;
    case KEY_PCT:
        *(double *)at = n;
        return;
    case KEY_BOOL:
        *(bool *)at = n != 0;
        return;
    case KEY_WORD:
        return;
    }
}

static int read_bool(struct reading *r, const struct key *k, const cJSON *value)
{
    if (!cJSON_IsBool(value))
        return refuse(r, k->object, k->name, "must be true or false");
    store_number(member(&r->policy, k), k->kind, cJSON_IsTrue(value));
    return 0;
}

static int read_key(struct reading *r, const struct key *k, const cJSON *value)
{
    char detail[128];
    bool is_whole = k->kind != KEY_SECONDS && k->kind != KEY_PCT;

    if (k->kind == KEY_WORD)
        return read_word(r, k, value);
    if (k->kind == KEY_BOOL)
        return read_bool(r, k, value);
    if (!cJSON_IsNumber(value) || !isfinite(value->valuedouble) ||
        (is_whole && value->valuedouble != floor(value->valuedouble)))
        return refuse(r, k->object, k->name,
                      is_whole ? "must be a whole number" : "must be a number");
    /* Seconds may be fractions, so that scenarios can be quick. */
    double min = k->kind == KEY_SECONDS && k->min > 0 ? 0.001 : k->min;
    if (value->valuedouble < min || value->valuedouble > k->max) {
        snprintf(detail, sizeof detail, "must be from %g to %.0f", min, k->max);
        return refuse(r, k->object, k->name, detail);
    }
    store_number(member(&r->policy, k), k->kind, value->valuedouble);
    return 0;
}

static const struct key *find_key(const char *object, const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].object, object) == 0 && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static bool is_object(const char *path)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strncmp(keys[i].object, path, len) == 0 &&
            (keys[i].object[len] == '.' || keys[i].object[len] == '\0'))
            return true;
    return false;
}

static bool is_later(const char *object, const char *name)
{
    for (size_t i = 0; *object == '\0' && i < sizeof later / sizeof later[0]; i++)
        if (strcmp(name, later[i]) == 0)
            return true;
    return false;
}

/* Objects inside are read after the one they stand in. */
struct pending {
    char path[64];
    const cJSON *object;
};

struct pending_list {
    size_t count;
    struct pending items[16]; /* more than there are objects among the keys */
};

static int keep(struct reading *r, struct pending_list *list, const char *path,
                const cJSON *object)
{
    struct pending *next = &list->items[list->count];

    if (list->count == sizeof list->items / sizeof list->items[0])
        return refuse(r, path, "", "unknown key");
    snprintf(next->path, sizeof next->path, "%s", path);
    next->object = object;
    list->count++;
    return 0;
}

static int read_member(struct reading *r, struct pending_list *list, const char *path,
                       const cJSON *value)
{
    char inner[64];
    const struct key *k = find_key(path, value->string);

    if (k)
        return read_key(r, k, value);
    if (is_later(path, value->string))
        return refuse(r, path, value->string, "not yet supported");
    int len =
        snprintf(inner, sizeof inner, "%s%s%s", path, *path ? "." : "", value->string);
    if (*value->string == '\0' || len >= (int)sizeof inner || !is_object(inner))
        return refuse(r, path, value->string, "unknown key");
    return keep(r, list, inner, value);
}

static bool is_repeated(const cJSON *value)
{
    for (const cJSON *v = value->next; v; v = v->next)
        if (strcmp(v->string, value->string) == 0)
            return true;
    return false;
}

static int read_object(struct reading *r, struct pending_list *list,
                       const struct pending *at)
{
    const cJSON *value;

    if (!cJSON_IsObject(at->object))
        return refuse(r, at->path, "", "must be an object");
    cJSON_ArrayForEach(value, at->object)
    {
        if (is_repeated(value))
            return refuse(r, at->path, value->string, "stands twice");
        if (read_member(r, list, at->path, value) != 0)
            return r->rc;
    }
    return 0;
}

static void read_root(struct reading *r, const cJSON *root)
{
    struct pending_list list = {.count = 1, .items = {{"", root}}};

    for (size_t i = 0; i < list.count && r->rc == 0; i++) {
        struct pending at = list.items[i];
        (void)read_object(r, &list, &at);
    }
}

int policy_update(const char *json, struct policy *policy, struct policy_error *why)
{
    struct reading r = {.policy = *policy, .why = why};

    if (json && *json) {
        cJSON *root = cJSON_ParseWithOpts(json, NULL, true);
        if (!root)
            return refuse(&r, "", "", "not JSON");
        read_root(&r, root);
        cJSON_Delete(root);
    }
    if (r.rc == 0)
        *policy = r.policy;
    return r.rc;
}

int policy_parse(const char *json, struct policy *out, struct policy_error *why)
{
    struct policy policy = policy_default();

    int rc = policy_update(json, &policy, why);
    if (rc == 0)
        *out = policy;
    return rc;
}

static double load_number(const void *at, enum key_kind kind)
{
    switch (kind) {
    case KEY_U8:
    case KEY_WORD:
        return *(const uint8_t *)at;
    case KEY_BOOL:
        return *(const bool *)at;
    case KEY_U32:
        return *(const uint32_t *)at;
    case KEY_I64:
        return (double)*(const int64_t *)at;
    case KEY_SECONDS:
        return (double)*(const int64_t *)at / 1000;
    case KEY_PCT:
        return *(const double *)at;
    }
    return 0;
}

/* The object at "retry.transient", made where it is missing. */
static cJSON *object_at(cJSON *root, const char *path)
{
    char name[32];

    while (root && *path) {
        size_t len = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        cJSON *inner = cJSON_GetObjectItemCaseSensitive(root, name);
        root = inner ? inner : cJSON_AddObjectToObject(root, name);
        path += len + (path[len] == '.');
    }
    return root;
}

static bool add_key(cJSON *root, const struct policy *p, const struct key *k)
{
    cJSON *object = object_at(root, k->object);
    double n = load_number((const char *)p + k->offset, k->kind);

    if (!object)
        return false;
    if (k->kind == KEY_WORD)
        return cJSON_AddStringToObject(object, k->name, k->words[(int)n]);
    if (k->kind == KEY_BOOL)
        return cJSON_AddBoolToObject(object, k->name, n != 0);
    return cJSON_AddNumberToObject(object, k->name, n);
}

int policy_print(const struct policy *p, char *out, size_t size)
{
    cJSON *root = cJSON_CreateObject();
    bool is_ok = root && size <= INT32_MAX;

    for (size_t i = 0; is_ok && i < KEY_COUNT; i++)
        is_ok = add_key(root, p, &keys[i]);
    int rc = !is_ok ? -ENOMEM
             : cJSON_PrintPreallocated(root, out, (int)size, /*format*/ 0)
                 ? (int)strlen(out)
                 : -ENOSPC;
    cJSON_Delete(root);
    return rc;
}
