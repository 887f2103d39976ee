/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c - table of faults, their text form, and the draw for one device. */
#include "tests/device/faults.h"

#include "daemon/base/random.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum argument { ARG_NONE, ARG_NUMBER, ARG_TEXT };

static const struct {
    const char *name;
    enum argument argument;
    const char *help;
} kinds[FAULT_KINDS] = {
    [FAULT_DOWNLOAD_RESULT] = {"download-result", ARG_NUMBER,
                               "N: the download ends so"},
    [FAULT_UPDATE_RESULT] = {"update-result", ARG_NUMBER, "N: State 2, Result N"},
    [FAULT_UPDATE_RESULT_IDLE] = {"update-result-idle", ARG_NUMBER, "N: State 0"},
    [FAULT_STUCK_UPDATING] = {"stuck-updating", ARG_NONE, "Updating for ever"},
    [FAULT_BRICK] = {"brick", ARG_NONE, "never comes back after Update"},
    [FAULT_UPDATE_IGNORED] = {"update-ignored", ARG_NONE, "Execute does nothing"},
    [FAULT_UPDATE_AGAIN] = {"update-again", ARG_NONE, "restarts, still Downloaded"},
    [FAULT_DEFER] = {"defer", ARG_NUMBER, "MS: Result 11, then later (0: never)"},
    [FAULT_WRONG_VERSION] = {"wrong-version", ARG_TEXT, "V: success, but version V"},
    [FAULT_SAME_VERSION] = {"same-version", ARG_NONE, "success, but the old version"},
    [FAULT_RESULT_LOST] = {"result-lost", ARG_NONE, "new version, Result 0"},
    [FAULT_CRASH_UPDATING] = {"crash-updating", ARG_NONE, "old version, 0/0"},
    [FAULT_CRASH_DOWNLOADED] = {"crash-downloaded", ARG_NUMBER,
                                "MS: package forgotten"},
    [FAULT_CRASH_KEEPS] = {"crash-keeps", ARG_NUMBER, "MS: package kept"},
    [FAULT_CRASH_PUSH] = {"crash-push", ARG_NUMBER, "N: restarts at block N"},
    [FAULT_VANISH_PUSH] = {"vanish-push", ARG_NUMBER, "N: gone at block N"},
    [FAULT_DELAYED_SUCCESS] = {"delayed-success", ARG_NUMBER, "MS after the restart"},
    [FAULT_DELAYED_FAILURE] = {"delayed-failure", ARG_NUMBER, "MS after the restart"},
    [FAULT_NO_RESTART] = {"no-restart", ARG_NONE, "success without restart"},
    [FAULT_OLD_FAILURE] = {"old-failure", ARG_NONE, "Result 8 after every boot"},
    [FAULT_CONFLICT] = {"conflict", ARG_TEXT, "NAME: Result 13 without NAME"},
    [FAULT_BUSY_CONFLICT] = {"busy-conflict", ARG_TEXT, "NAME: Result 12"},
    [FAULT_TOO_LARGE] = {"too-large", ARG_NUMBER, "BYTES: 4.13 without hint"},
    [FAULT_SHRINK] = {"shrink", ARG_NUMBER, "SZX: smaller blocks by 2.31"},
    [FAULT_HINT] = {"hint", ARG_NUMBER, "SZX: smaller blocks by 4.13"},
    [FAULT_NO_SPACE] = {"no-space", ARG_NUMBER, "BYTES: 4.13 with Size1"},
    [FAULT_BUSY] = {"busy", ARG_NUMBER, "N: 5.03 for N first blocks"},
    [FAULT_LOST_TRANSFER] = {"lost-transfer", ARG_NUMBER, "N: 4.08 at block N"},
    [FAULT_DEAF_PUSH] = {"deaf-push", ARG_NONE, "5.03 to all else in a push"},
    [FAULT_SILENT] = {"silent", ARG_NONE, "no notifications"},
    [FAULT_MUTE] = {"mute", ARG_NONE, "no answers after Register"},
    [FAULT_PULL_RESULT] = {"pull-result", ARG_NUMBER, "N: a pull ends so"},
    [FAULT_UNAUTHORIZED] = {"unauthorized", ARG_NONE, "4.01"},
    [FAULT_WAKAAMA] = {"wakaama", ARG_NONE, "object 5 as Wakaama's client"},
    [FAULT_DEREGISTER_ON_EXECUTE] = {"deregister-on-execute", ARG_NUMBER,
                                     "MS: no answer, away so long"},
};

const char *fault_name(enum fault_kind kind)
{
    return kinds[kind].name;
}

void faults_help(FILE *to)
{
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        fprintf(to, "  %-20s %s\n", kinds[i].name, kinds[i].help);
    }
}

static int kind_find(const char *name, size_t len, enum fault_kind *out)
{
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, name, len) == 0) {
            *out = (enum fault_kind)i;
            return 0;
        }
    }
    return OPTIONS_E_BAD;
}

static int number_parse(const char *text, uint32_t *out)
{
    char *end;
    if (!isdigit((unsigned char)*text)) {
        return OPTIONS_E_BAD;
    }
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value > UINT32_MAX) {
        return OPTIONS_E_BAD;
    }
    *out = (uint32_t)value;
    return 0;
}

/* Cut text at the last mark and give what stood behind it, NULL if mark is not there.
 */
static char *cut_at(char *text, char mark)
{
    char *at = strrchr(text, mark);
    if (at) {
        *at++ = 0;
    }
    return at;
}

static int modifiers_parse(char *text, struct fault_spec *f)
{
    char *component = cut_at(text, '/');
    if (component) {
        if (!*component || strlen(component) >= sizeof(f->component)) {
            return OPTIONS_E_BAD;
        }
        memcpy(f->component, component, strlen(component) + 1);
    }
    char *pct = cut_at(text, '@');
    if (pct) {
        size_t len = strlen(pct);
        if (len && pct[len - 1] == '%') {
            pct[len - 1] = 0;
        }
        if (number_parse(pct, &f->pct) || f->pct > 100) {
            return OPTIONS_E_BAD;
        }
    }
    char *times = cut_at(text, '*');
    return times ? number_parse(times, &f->times) : 0;
}

int fault_parse(const char *text, struct fault_spec *out)
{
    struct fault_spec f = {.pct = 100};
    char copy[160];
    if (strlen(text) >= sizeof(copy)) {
        return OPTIONS_E_BAD;
    }
    memcpy(copy, text, strlen(text) + 1);
    if (modifiers_parse(copy, &f)) {
        return OPTIONS_E_BAD;
    }
    char *colon = strchr(copy, ':');
    size_t name_len = colon ? (size_t)(colon - copy) : strlen(copy);
    if (kind_find(copy, name_len, &f.kind) ||
        (kinds[f.kind].argument == ARG_NONE) != (colon == NULL)) {
        return OPTIONS_E_BAD;
    }
    if (colon) {
        if (strlen(colon + 1) >= sizeof(f.text) ||
            (kinds[f.kind].argument == ARG_NUMBER &&
             number_parse(colon + 1, &f.number))) {
            return OPTIONS_E_BAD;
        }
        memcpy(f.text, colon + 1, strlen(colon + 1) + 1);
    }
    *out = f;
    return 0;
}

/* FNV-1a: only has to spread endpoints. */
static uint64_t endpoint_hash(const char *endpoint)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *endpoint; endpoint++) {
        h = (h ^ (uint8_t)*endpoint) * 0x100000001b3u;
    }
    return h;
}

struct faults faults_draw(const struct group *g, uint64_t seed, const char *endpoint)
{
    struct faults f = {0};
    for (size_t i = 0; i < g->fault_count; i++) {
        struct random_state r = {seed ^ endpoint_hash(endpoint) ^
                                 (i * 0x9e3779b97f4a7c15u)};
        if ((uint32_t)random_between(&r, 0, 99) < g->faults[i].pct) {
            f.spec[f.count++] = g->faults[i];
        }
    }
    return f;
}

static bool applies(const struct fault_spec *spec, const char *component)
{
    return !spec->component[0] ||
           (component && strcmp(spec->component, component) == 0);
}

static size_t find(const struct faults *f, enum fault_kind kind, const char *component)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct fault_spec *spec = &f->spec[i];
        if (spec->kind == kind && applies(spec, component) &&
            (!spec->times || f->used[i] < spec->times)) {
            return i;
        }
    }
    return SIZE_MAX;
}

const struct fault_spec *faults_have(const struct faults *f, enum fault_kind kind,
                                     const char *component)
{
    size_t i = find(f, kind, component);
    return i == SIZE_MAX ? NULL : &f->spec[i];
}

void faults_use(struct faults *f, const struct fault_spec *spec)
{
    f->used[spec - f->spec]++;
}

const struct fault_spec *faults_strike(struct faults *f, enum fault_kind kind,
                                       const char *component)
{
    const struct fault_spec *spec = faults_have(f, kind, component);
    if (spec) {
        faults_use(f, spec);
    }
    return spec;
}
