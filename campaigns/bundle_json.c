/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/bundle_json.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/bundle_rules.h"
#include "campaigns/json_text.h"
#include "campaigns/manifest_internal.h"
#include "campaigns/text.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* name@version stands in URLs, logs and file names. */
static void refuse_odd_characters(struct manifest *m, const char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("._-+~", *text))
            manifest_fail(m, "may have letters, digits and . _ - + ~ only");
}

static void read_name(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->b->name, sizeof m->b->name);
    refuse_odd_characters(m, m->b->name);
}

static void read_version(struct manifest *m, const cJSON *item)
{
    manifest_version(m, item, m->b->version, sizeof m->b->version);
    refuse_odd_characters(m, m->b->version);
}

static void read_vendor(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->b->vendor, sizeof m->b->vendor);
}

static void read_sequence(struct manifest *m, const cJSON *item)
{
    m->b->sequence = manifest_uint(m, item, 0, UINT64_C(1) << 53);
}

static void read_severity(struct manifest *m, const cJSON *item)
{
    static const char *const words[] = {
        [SEVERITY_CRITICAL] = "critical",
        [SEVERITY_MANDATORY] = "mandatory",
        [SEVERITY_OPTIONAL] = "optional",
    };
    m->b->severity = manifest_word(m, item, words, COUNT(words));
}

static void read_atomic(struct manifest *m, const cJSON *item)
{
    static const char *const words[] = {"required", "best-effort"};
    m->b->atomic_best_effort = manifest_word(m, item, words, COUNT(words)) == 1;
}

/* Notes may have lines. */
static void read_notes(struct manifest *m, const cJSON *item)
{
    if (!cJSON_IsString(item))
        manifest_fail(m, "must be text");
    else if (strlen(item->valuestring) > BUNDLE_NOTES_MAX)
        manifest_fail(m, "is longer than %d bytes", BUNDLE_NOTES_MAX);
    else
        TEXT_COPY(m->b->notes, item->valuestring);
}

static void read_manufacturer(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->b->manufacturer, sizeof m->b->manufacturer);
}

static void add_model(struct manifest *m, const cJSON *item)
{
    if (m->b->model_count == BUNDLE_MODELS_MAX) {
        manifest_fail(m, "more than %d models", BUNDLE_MODELS_MAX);
        return;
    }
    char *model = m->b->models[m->b->model_count++];
    manifest_text(m, item, model, sizeof m->b->models[0]);
}

static void read_model(struct manifest *m, const cJSON *item)
{
    if (!cJSON_IsArray(item)) {
        add_model(m, item);
        return;
    }
    if (!manifest_is_array(m, item))
        return;
    int i = 0;
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter_index(m, i++);
        add_model(m, one);
        manifest_leave(m, mark);
    }
}

static void read_hardware(struct manifest *m, const cJSON *item)
{
    m->b->names_hardware = true;
    manifest_range(m, item, &m->b->hardware);
}

static void read_applies_to(struct manifest *m, const cJSON *item)
{
    static const struct manifest_key keys[] = {
        {"manufacturer", read_manufacturer, KEY_REQUIRED},
        {"model", read_model, KEY_REQUIRED},
        {"hardware", read_hardware, KEY_OPTIONAL},
    };
    manifest_object(m, item, keys, COUNT(keys));
}

static void read_packages(struct manifest *m, const cJSON *item)
{
    if (!manifest_is_array(m, item))
        return;
    int i = 0;
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter_index(m, i++);
        manifest_package(m, one);
        manifest_leave(m, mark);
    }
}

static const struct manifest_key keys[] = {
    {"name", read_name, KEY_REQUIRED},
    {"version", read_version, KEY_REQUIRED},
    {"vendor", read_vendor, KEY_OPTIONAL},
    {"sequence", read_sequence, KEY_OPTIONAL},
    {"applies_to", read_applies_to, KEY_REQUIRED},
    {"atomic", read_atomic, KEY_OPTIONAL},
    {"severity", read_severity, KEY_OPTIONAL},
    {"notes", read_notes, KEY_OPTIONAL},
    {"packages", read_packages, KEY_REQUIRED},
};

static int fail_whole(struct bundle_problem *problem, const char *text)
{
    problem->path[0] = '\0';
    snprintf(problem->text, sizeof problem->text, "%s", text);
    return BUNDLE_E_INVALID;
}

int bundle_parse(const char *json, size_t len, struct bundle *out,
                 struct bundle_problem *problem)
{
    struct json_fault fault;
    if (len > BUNDLE_MANIFEST_MAX)
        return fail_whole(problem, "the manifest is larger than 256 KiB");
    if (json_text_check(json, len, &fault) != 0) {
        problem->path[0] = '\0';
        snprintf(problem->text, sizeof problem->text,
                 "not JSON: line %zu column %zu: %s", fault.line, fault.column,
                 fault.text);
        return BUNDLE_E_INVALID;
    }
    cJSON *root = cJSON_ParseWithLength(json, len);
    if (!root) /* the text was JSON: nothing else can be wrong */
        return -ENOMEM;

    memset(out, 0, sizeof *out);
    out->severity = SEVERITY_MANDATORY;
    struct manifest m = {.b = out, .problem = problem};
    manifest_object(&m, root, keys, COUNT(keys));
    cJSON_Delete(root);
    return m.bad ? BUNDLE_E_INVALID : bundle_check(out, problem);
}
