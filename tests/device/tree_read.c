/* SPDX-License-Identifier: Apache-2.0 */
/* tree_read.c - the values of resources. */
#include "tests/device/tree.h"

#include "tests/device/device.h"

#include "daemon/base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { FW = 5 }; /* stands for every object of the firmware kind */

static struct value *add(struct values *out, const struct path *p, enum value_kind kind)
{
    assert(out->count < VALUES_MAX);
    struct value *v = &out->v[out->count++];
    *v = (struct value){.path = *p, .kind = kind};
    return v;
}

static void add_text(struct values *out, const struct path *p, const char *text)
{
    add(out, p, VALUE_TEXT)->text = text;
}

static void add_int(struct values *out, const struct path *p, int64_t n)
{
    add(out, p, VALUE_INT)->number = n;
}

static struct path item(const struct path *p, size_t i)
{
    struct path at = *p;
    at.depth = 4;
    at.id[3] = (uint16_t)i;
    return at;
}

static void add_links(const struct device *d, struct values *out, const struct path *p,
                      uint32_t set)
{
    if (!set) {
        add(out, p, VALUE_LINK)->is_empty_multiple = true;
    }
    for (size_t i = 0; i < d->firmware.count; i++) {
        if (set & 1u << i) {
            struct path at = item(p, d->firmware.c[i].instance);
            struct value *v = add(out, &at, VALUE_LINK);
            v->link[0] = d->firmware.c[i].object;
            v->link[1] = d->firmware.c[i].instance;
        }
    }
}

static void add_protocols(const struct device *d, struct values *out,
                          const struct path *p)
{
    size_t i = 0;
    for (const char *at = d->group->protocols; *at; at += at[1] ? 2 : 1) {
        struct path one = item(p, i++);
        add_int(out, &one, *at - '0');
    }
}

static void server_read(const struct device *d, const struct path *p,
                        struct values *out)
{
    switch (p->id[2]) {
    case 0:
        add_int(out, p, 1);
        return;
    case 1:
        add_int(out, p, d->lifetime_s);
        return;
    case 2:
        add_int(out, p, d->default_pmin_s);
        return;
    case 3:
        add_int(out, p, d->default_pmax_s);
        return;
    case 5:
        add_int(out, p, d->disable_s);
        return;
    case 6:
        add(out, p, VALUE_BOOL)->number = d->is_storing;
        return;
    case 7:
        add_text(out, p, d->group->is_queue_mode && d->lwm2m_minor == 0 ? "UQ" : "U");
        return;
    case 23:
        add(out, p, VALUE_BOOL)->number = d->is_send_muted;
        return;
    default:
        return;
    }
}

static void device_read(const struct device *d, const struct path *p,
                        struct values *out)
{
    const struct group *g = d->group;
    struct path first = item(p, 0);
    switch (p->id[2]) {
    case 0:
        add_text(out, p, g->manufacturer);
        return;
    case 1:
        add_text(out, p, g->model);
        return;
    case 2:
        add_text(out, p, d->serial);
        return;
    case 3:
        add_text(out, p, g->firmware[0] ? g->firmware : d->firmware.c[0].version);
        return;
    case 9:
        add_int(out, p, g->battery_pct);
        return;
    case 10:
        add_int(out, p, g->memory_free_kb);
        return;
    case 11:
        add_int(out, &first, d->error_code);
        return;
    case 13:
        add_int(out, p, clock_wall_ms() / 1000);
        return;
    case 14:
        add_text(out, p, d->utc_offset);
        return;
    case 16:
        add_text(out, p, g->is_queue_mode && d->lwm2m_minor == 0 ? "UQ" : "U");
        return;
    case 18:
        add_text(out, p, g->hardware);
        return;
    case 19:
        add_text(out, p, g->software);
        return;
    default:
        return;
    }
}

static void component_read(const struct device *d, const struct component *c,
                           const struct path *p, struct values *out)
{
    switch (p->id[2]) {
    case 1:
        add_text(out, p, c->uri);
        return;
    case 3:
        add_int(out, p, c->state);
        return;
    case 5:
        add_int(out, p, c->result);
        return;
    case 6:
        add_text(out, p, c->spec->name);
        return;
    case 7:
        /* /5/n, n > 0, has nothing else that tells what is installed */
        add_text(out, p,
                 c->object == 5 && c->instance > 0 && c->state == FW_IDLE
                     ? c->version
                     : c->package_version);
        return;
    case 8:
        add_protocols(d, out, p);
        return;
    case 9:
        add_int(out, p, d->group->delivery);
        return;
    case 11:
        add_int(out, p, c->severity);
        return;
    case 12:
        add_int(out, p, c->changed_s);
        return;
    case 13:
        add_int(out, p, c->max_defer_s < 0 ? 0 : c->max_defer_s);
        return;
    case 14:
        if (c->object == d->group->afu_object) {
            add_text(out, p, c->spec->name);
        } else {
            add(out, p, VALUE_BOOL)->number = c->is_auto_upgrade;
        }
        return;
    case 15:
        add_text(out, p, c->version);
        return;
    case 16:
        add_links(d, out, p, c->linked);
        return;
    case 17:
        add_links(d, out, p, c->conflicting);
        return;
    default:
        return;
    }
}

static void resource_read(const struct device *d, const struct path *p,
                          struct values *out)
{
    const struct component *c = tree_component(d, p);
    if (!(tree_operations(d, p) & OP_READ)) {
        return;
    }
    if (c) {
        component_read(d, c, p, out);
    } else if (p->id[0] == 1) {
        server_read(d, p, out);
    } else {
        device_read(d, p, out);
    }
}

static void instance_read(const struct device *d, const struct path *instance,
                          struct values *out)
{
    struct path p = *instance;
    uint16_t list[TREE_LIST_MAX];
    size_t n = tree_resources(d, instance, list);
    p.depth = 3;
    for (size_t i = 0; i < n; i++) {
        p.id[2] = list[i];
        resource_read(d, &p, out);
    }
}

static bool is_unauthorized(const struct device *d, const struct path *p)
{
    const struct component *c = p->depth >= 2 ? tree_component(d, p) : NULL;
    return c && faults_have(&d->firmware.faults, FAULT_UNAUTHORIZED, c->spec->name);
}

static int object_read(const struct device *d, const struct path *path,
                       struct values *out)
{
    uint16_t list[TREE_LIST_MAX];
    struct path p = *path;
    size_t n = tree_instances(d, path->id[0], list);
    bool is_there = false;
    for (size_t i = 0; i < n; i++) {
        p.id[1] = list[i];
        p.depth = 2;
        if ((path->depth == 1 || path->id[1] == list[i]) && !is_unauthorized(d, &p)) {
            instance_read(d, &p, out);
            is_there = true;
        }
    }
    return is_there ? 0 : FW_NOT_FOUND;
}

int tree_read(const struct device *d, const struct path *path, struct values *out)
{
    out->count = 0;
    if (is_unauthorized(d, path)) {
        return 0x81;
    }
    if (path->depth == 0) {
        return FW_NOT_ALLOWED;
    }
    if (path->depth <= 2) {
        return object_read(d, path, out);
    }
    unsigned operations = tree_operations(d, path);
    if (!(operations & OP_READ)) {
        return operations ? FW_NOT_ALLOWED : FW_NOT_FOUND;
    }
    struct path resource = *path;
    resource.depth = 3;
    resource_read(d, &resource, out);
    for (size_t i = 0; path->depth == 4 && i < out->count; i++) {
        if (out->v[i].path.depth == 4 && out->v[i].path.id[3] == path->id[3]) {
            out->v[0] = out->v[i];
            out->count = 1;
            return 0;
        }
    }
    return path->depth == 4 ? FW_NOT_FOUND : 0;
}
