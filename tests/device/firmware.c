/* SPDX-License-Identifier: Apache-2.0 */
/* firmware.c - packages, reset, Cancel. Execute and the links are in
 * firmware_execute.c, what an update ends with in firmware_update.c. */
#include "tests/device/firmware_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void firmware_init(struct firmware *f, const struct group *group, struct faults faults,
                   int64_t wall_offset_ms)
{
    *f = (struct firmware){.group = group,
                           .faults = faults,
                           .count = group->component_count,
                           .wall_offset_ms = wall_offset_ms,
                           .crash_due_ms = FW_NEVER_MS};
    for (size_t i = 0; i < f->count; i++) {
        struct component *c = &f->c[i];
        const struct component_spec *spec = &group->components[i];
        *c = (struct component){.spec = spec,
                                .object = spec->object,
                                .instance = spec->instance,
                                .severity = 1,
                                .max_defer_s = -1,
                                .is_auto_upgrade = group->auto_upgrade == TRI_YES,
                                .due_ms = FW_NEVER_MS};
        memcpy(c->version, spec->version, sizeof(c->version));
        while (!spec->has_instance && firmware_find(f, c->object, c->instance) != c) {
            c->instance++;
        }
        if (firmware_fault(f, c, FAULT_WAKAAMA)) {
            c->state = FW_DOWNLOADING;
        }
    }
}

struct component *firmware_find(struct firmware *f, uint16_t object, uint16_t instance)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->c[i].spec && f->c[i].object == object && f->c[i].instance == instance) {
            return &f->c[i];
        }
    }
    return NULL;
}

static bool list_has(const char *list, int resource)
{
    for (char *end; *list; list = *end == ',' ? end + 1 : end) {
        long n = strtol(list, &end, 10);
        if (end == list) {
            return false;
        }
        if (n == resource) {
            return true;
        }
    }
    return false;
}

bool firmware_has(const struct firmware *f, const struct component *c, int resource)
{
    if (list_has(f->group->without, resource) ||
        (resource >= 10 && firmware_fault(f, c, FAULT_WAKAAMA))) {
        return false;
    }
    bool is_afu = c->object == f->group->afu_object;
    switch (resource) {
    case 6:
        return c->state == FW_DOWNLOADED;
    case 7: /* of an installed /5/n, too: nothing else tells its version */
        return c->state == FW_DOWNLOADED ||
               (!is_afu && c->instance > 0 && c->state == FW_IDLE);
    case 8:
        return f->group->protocols[0] != 0;
    case 14:
        return is_afu || f->group->auto_upgrade != TRI_AUTO;
    case 15:
        return is_afu;
    case 16:
    case 17:
        return is_afu && f->count > 1;
    default:
        return (resource >= 0 && resource <= 3) || (resource >= 5 && resource <= 13);
    }
}

const struct fault_spec *firmware_fault(const struct firmware *f,
                                        const struct component *c, enum fault_kind kind)
{
    return faults_have(&f->faults, kind, c->spec->name);
}

void firmware_state_set(struct firmware *f, struct component *c,
                        enum firmware_state state, int result, int64_t now_ms)
{
    if (state != c->state) {
        c->state = state;
        c->changed_s = (now_ms + f->wall_offset_ms) / 1000;
        c->dirty |= 1u << 3 | 1u << 12;
    }
    if (result != c->result) {
        c->result = result;
        c->dirty |= 1u << 5;
    }
}

static struct component *find_name(struct firmware *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->c[i].spec->name, name) == 0) {
            return &f->c[i];
        }
    }
    return NULL;
}

int firmware_push_check(const struct firmware *f, const struct component *c)
{
    if (firmware_fault(f, c, FAULT_WAKAAMA)) {
        return FW_CHANGED;
    }
    for (size_t i = 0; i < f->count; i++) {
        if (f->c[i].state == FW_DOWNLOADING &&
            !firmware_fault(f, &f->c[i], FAULT_WAKAAMA)) {
            return FW_NOT_ALLOWED;
        }
    }
    if (c->state == FW_DOWNLOADED) {
        return FW_BAD_REQUEST;
    }
    return c->state == FW_IDLE ? FW_CHANGED : FW_NOT_ALLOWED;
}

static const struct image_part *part_for(const struct image *image,
                                         const char *component)
{
    for (size_t i = 0; image && i < image->part_count; i++) {
        if (strcmp(image->parts[i].component, component) == 0) {
            return &image->parts[i];
        }
    }
    return NULL;
}

static void downloaded_set(struct firmware *f, struct component *c,
                           const uint8_t *digest, const char *version, int64_t now_ms)
{
    memcpy(c->digest, digest, sizeof(c->digest));
    if (version) {
        (void)snprintf(c->package_version, sizeof(c->package_version), "%s", version);
    } else {
        char hex[IMAGE_HEX_MAX];
        (void)snprintf(c->package_version, sizeof(c->package_version), "%.12s",
                       image_hex(digest, hex));
    }
    c->dirty |= 1u << 6 | 1u << 7;
    firmware_state_set(f, c, FW_DOWNLOADED, 0, now_ms);
}

/* What verification finds wrong with the package; 0: nothing. Fills conflicting for 12.
 */
static int verify(struct firmware *f, struct component *c, const struct image *image)
{
    const struct fault_spec *fault =
        faults_strike(&f->faults, FAULT_DOWNLOAD_RESULT, c->spec->name);
    if (fault) {
        return (int)fault->number;
    }
    fault = firmware_fault(f, c, FAULT_BUSY_CONFLICT);
    struct component *other = fault ? find_name(f, fault->text) : NULL;
    if (other && !other->is_updated) {
        c->conflicting = firmware_bit(f, other);
        c->dirty |= 1u << 17;
        return 12;
    }
    if (!image) {
        return f->group->is_strict ? 5 : 0;
    }
    if (!part_for(image, c->spec->name)) {
        return 6;
    }
    for (size_t i = 0; i < f->count; i++) { /* the other components it changes */
        if (&f->c[i] != c && part_for(image, f->c[i].spec->name) &&
            f->c[i].object == c->object && f->c[i].state != FW_IDLE) {
            c->conflicting |= 1u << i;
        }
    }
    return image->part_count > 1 && c->conflicting ? 12 : 0;
}

static void crash_plan(struct firmware *f, const struct component *c, int64_t now_ms)
{
    const struct fault_spec *forgets =
        faults_strike(&f->faults, FAULT_CRASH_DOWNLOADED, c->spec->name);
    const struct fault_spec *keeps =
        forgets ? NULL : faults_strike(&f->faults, FAULT_CRASH_KEEPS, c->spec->name);
    if (forgets || keeps) {
        f->is_crash_keeping = keeps != NULL;
        f->crash_due_ms = now_ms + (forgets ? forgets->number : keeps->number);
    }
}

void firmware_package(struct firmware *f, struct component *c, const uint8_t *digest,
                      const struct image *image, int64_t now_ms)
{
    if (firmware_fault(f, c, FAULT_WAKAAMA)) {
        memcpy(c->digest, digest, sizeof(c->digest));
        return;
    }
    c->conflicting = 0;
    int result = verify(f, c, image);
    if (result) {
        firmware_download_failed(f, c, result, now_ms);
        return;
    }
    for (size_t i = 0; i < f->count; i++) {
        struct component *other = &f->c[i];
        const struct image_part *part = part_for(image, other->spec->name);
        if (other == c ||
            (part && image->part_count > 1 && other->object == c->object)) {
            downloaded_set(f, other, digest, part ? part->version : NULL, now_ms);
            firmware_conflicts_drop(f, other);
        }
    }
    firmware_relink(f);
    crash_plan(f, c, now_ms);
    if (c->object != f->group->afu_object && c->is_auto_upgrade) {
        uint32_t set;
        (void)firmware_execute(f, c, (struct argument){"", 0}, now_ms, &set);
    }
}

void firmware_download_failed(struct firmware *f, struct component *c, int result,
                              int64_t now_ms)
{
    firmware_state_set(f, c, FW_IDLE, result, now_ms);
    firmware_relink(f);
}

int firmware_reset(struct firmware *f, struct component *c, int64_t now_ms)
{
    if (firmware_fault(f, c, FAULT_WAKAAMA)) {
        return FW_CHANGED; /* whatever is written, State stays */
    }
    if (c->state == FW_UPDATING || c->outcome != FW_NOTHING) {
        return FW_NOT_ALLOWED;
    }
    firmware_state_set(f, c, FW_IDLE, 0, now_ms);
    firmware_relink(f);
    return FW_CHANGED;
}

int firmware_cancel(struct firmware *f, struct component *c, int64_t now_ms)
{
    bool is_deferred = c->outcome == FW_RESUMES;
    if ((c->state != FW_DOWNLOADING && c->state != FW_DOWNLOADED) ||
        (c->outcome != FW_NOTHING && !is_deferred)) {
        return FW_NOT_ALLOWED;
    }
    c->outcome = FW_NOTHING;
    c->due_ms = FW_NEVER_MS;
    firmware_state_set(f, c, FW_IDLE, 10, now_ms);
    firmware_relink(f);
    return FW_CHANGED;
}

int firmware_uri(struct firmware *f, struct component *c, const char *uri,
                 int64_t now_ms)
{
    if (*uri && firmware_fault(f, c, FAULT_WAKAAMA)) {
        return FW_CHANGED; /* it fetches nothing */
    }
    if (!*uri) {
        int code = firmware_reset(f, c, now_ms);
        if (code == FW_CHANGED) {
            c->uri[0] = 0;
            c->dirty |= 1u << 1;
        }
        return code;
    }
    if (c->state != FW_IDLE || strlen(uri) >= sizeof(c->uri)) {
        return FW_BAD_REQUEST;
    }
    const struct fault_spec *refused = firmware_fault(f, c, FAULT_PULL_RESULT);
    bool is_refused = refused && refused->number == 9;
    if (is_refused || strncmp(uri, "coap://", 7) != 0) {
        if (is_refused) {
            faults_use(&f->faults, refused);
        }
        firmware_state_set(f, c, FW_IDLE, 9, now_ms);
        return FW_BAD_REQUEST;
    }
    memcpy(c->uri, uri, strlen(uri) + 1);
    c->dirty |= 1u << 1;
    firmware_state_set(f, c, FW_DOWNLOADING, 0, now_ms);
    return FW_CHANGED;
}

void firmware_changes_clear(struct firmware *f)
{
    for (size_t i = 0; i < f->count; i++) {
        f->c[i].dirty = 0;
    }
}
