/* SPDX-License-Identifier: Apache-2.0 */
/* firmware_execute.c - which components belong together, and Execute Update. */
#include "tests/device/firmware_internal.h"

#include "tests/device/component_spec.h"
#include "tests/device/execute_args.h"

uint32_t firmware_bit(const struct firmware *f, const struct component *c)
{
    return 1u << (c - f->c);
}

uint32_t firmware_missing(struct firmware *f, const struct component *c, uint32_t set)
{
    const struct fault_spec *conflict = firmware_fault(f, c, FAULT_CONFLICT);
    uint32_t all = 0;
    for (size_t i = 0; i < f->count; i++) {
        const struct component *other = &f->c[i];
        bool is_wanted =
            component_list_has(c->spec->requires, other->spec->name) ||
            (conflict && component_list_has(conflict->text, other->spec->name));
        if (is_wanted && other != c && !other->is_updated) {
            all |= 1u << i;
        }
    }
    return all & ~set;
}

uint32_t firmware_downloaded(const struct firmware *f, uint16_t object)
{
    uint32_t all = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->c[i].object == object && f->c[i].state == FW_DOWNLOADED) {
            all |= 1u << i;
        }
    }
    return all;
}

static uint32_t linked(struct firmware *f, const struct component *c)
{
    uint32_t all = firmware_downloaded(f, c->object) & ~firmware_bit(f, c);
    for (size_t i = 0; i < f->count && c->spec->has_links; i++) {
        if (!component_list_has(c->spec->links, f->c[i].spec->name)) {
            all &= ~(1u << i);
        }
    }
    return all;
}

void firmware_relink(struct firmware *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct component *c = &f->c[i];
        bool is_downloaded = c->state == FW_DOWNLOADED;
        uint32_t links = is_downloaded ? linked(f, c) : 0;
        uint32_t conflicts =
            is_downloaded ? firmware_missing(f, c, firmware_downloaded(f, c->object))
                          : 0;
        if (c->result == 12 || c->result == 13) {
            conflicts = c->conflicting;
        }
        c->dirty |= links != c->linked ? 1u << 16 : 0;
        c->dirty |= conflicts != c->conflicting ? 1u << 17 : 0;
        c->linked = links;
        c->conflicting = conflicts;
    }
}

void firmware_conflicts_drop(struct firmware *f, const struct component *c)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->c[i].conflicting & firmware_bit(f, c)) {
            f->c[i].conflicting &= ~firmware_bit(f, c);
            f->c[i].dirty |= 1u << 17;
        }
    }
}

/* The components that the payload names with c. @return code */
static int set_read(struct firmware *f, const struct component *c,
                    const struct execute_args *args, uint32_t *set)
{
    *set = firmware_bit(f, c);
    if (!args->has_argument) {
        *set |= c->linked;
        return FW_CHANGED;
    }
    for (size_t i = 0; i < args->count; i++) {
        const struct component *other = firmware_find(f, c->object, args->instances[i]);
        if (!other || other == c) {
            return FW_BAD_REQUEST;
        }
        *set |= firmware_bit(f, other);
    }
    return FW_CHANGED;
}

static int wakaama_execute(struct firmware *f, struct component *c, int64_t now_ms)
{
    if (c->state != FW_DOWNLOADING) {
        return FW_NOT_ALLOWED;
    }
    firmware_executes_count(f, firmware_bit(f, c));
    firmware_state_set(f, c, FW_DOWNLOADED, 0, now_ms);
    c->dirty = 0; /* no notification follows */
    return FW_CHANGED;
}

static int execute_args_of(const struct firmware *f, const struct component *c,
                           struct argument argument, struct execute_args *args)
{
    *args = (struct execute_args){0};
    if (c->object != f->group->afu_object) {
        return FW_CHANGED; /* object 5 takes none and ignores them */
    }
    int r = execute_args_read(argument.text, argument.len, c->object, args);
    bool is_ignored = r == EXECUTE_E_GRAMMAR && f->group->is_lenient_args;
    return r && !is_ignored ? FW_BAD_REQUEST : FW_CHANGED;
}

/* @return the linked components that are neither named nor there */
static uint32_t missing_of(struct firmware *f, uint32_t named)
{
    uint32_t lacks = 0;
    for (size_t i = 0; i < f->count; i++) {
        lacks |= named & 1u << i ? firmware_missing(f, &f->c[i], named) : 0;
    }
    return lacks;
}

int firmware_execute(struct firmware *f, struct component *c, struct argument argument,
                     int64_t now_ms, uint32_t *set)
{
    struct execute_args args;
    uint32_t named = firmware_bit(f, c);
    *set = named;
    if (firmware_fault(f, c, FAULT_WAKAAMA)) {
        return wakaama_execute(f, c, now_ms);
    }
    if (c->state != FW_DOWNLOADED ||
        (c->outcome != FW_NOTHING && c->outcome != FW_RESUMES)) {
        return FW_NOT_ALLOWED;
    }
    int code = execute_args_of(f, c, argument, &args);
    if (code == FW_CHANGED) {
        code = set_read(f, c, &args, &named);
    }
    if (code != FW_CHANGED) {
        return code;
    }
    if (named & ~firmware_downloaded(f, c->object)) {
        return FW_NOT_ALLOWED;
    }
    *set = named;
    firmware_executes_count(f, named);
    uint32_t lacks = missing_of(f, named);
    if (lacks) {
        c->conflicting = lacks;
        c->dirty |= 1u << 17;
        firmware_state_set(f, c, FW_DOWNLOADED, 13, now_ms);
        return FW_CHANGED;
    }
    firmware_update_begin(f, c, named, now_ms);
    return FW_CHANGED;
}
