/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.c - resources in, component model out. */
#include "daemon/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/profile.h"
#include "daemon/lwm2m/link.h"
#include "daemon/lwm2m/value.h"

enum { OBJECT_DEVICE = 3, OBJECT_FW = 5 };

static bool is_afu(const struct lwm2m_afu_objects *afu, uint16_t object)
{
    for (size_t i = 0; i < afu->count; i++)
        if (afu->ids[i] == object)
            return true;
    return false;
}

static void list_instance(struct object_list *list, uint32_t *instances,
                          const struct lwm2m_path *path)
{
    if (path->depth < 2)
        return;
    if (path->id[1] >= INVENTORY_COMPONENTS_MAX)
        list->is_too_large = true;
    else
        *instances |= UINT32_C(1) << path->id[1];
}

static void list_link(struct object_list *list, const struct lwm2m_afu_objects *afu,
                      const struct lwm2m_path *path)
{
    if (path->depth == 0)
        return;
    if (path->id[0] == OBJECT_DEVICE) {
        list->has_device = true;
    } else if (path->id[0] == OBJECT_FW) {
        list->has_fw = true;
        list_instance(list, &list->fw_instances, path);
    } else if (is_afu(afu, path->id[0]) &&
               (!list->has_afu || list->afu_id == path->id[0])) {
        list->has_afu = true;
        list->afu_id = path->id[0];
        list_instance(list, &list->afu_instances, path);
    }
}

int object_list_parse(const char *text, size_t len, const struct lwm2m_afu_objects *afu,
                      struct object_list *out)
{
    struct object_list list = {0};
    struct lwm2m_links links;
    struct lwm2m_link link;

    int rc = lwm2m_links_begin(&links, text, len);
    if (rc != 0)
        return rc;
    memcpy(list.root, links.root, sizeof list.root);
    list.formats = links.formats;
    while (lwm2m_links_next(&links, &link) == 1)
        list_link(&list, afu, &link.path);
    *out = list;
    return 0;
}

struct component *inventory_instance(struct inventory *inv, uint16_t object_id,
                                     uint16_t instance)
{
    for (size_t i = 0; i < inv->count; i++) {
        struct component *c = &inv->components[i];
        if (c->object_id == object_id && c->instance == instance)
            return c;
    }
    return NULL;
}

static struct component *instance_add(struct absorber *a, uint16_t object_id,
                                      uint16_t instance)
{
    struct inventory *inv = a->inv;

    if (inv->count == INVENTORY_COMPONENTS_MAX ||
        instance >= INVENTORY_COMPONENTS_MAX) {
        inv->problem = INVENTORY_TOO_LARGE;
        return NULL;
    }
    struct component *c = &inv->components[inv->count++];
    *c = (struct component){
        .object_id = object_id,
        .instance = instance,
        .object = object_id == OBJECT_FW ? COMPONENT_FW : COMPONENT_AFU,
        .state = COMPONENT_STATE_UNKNOWN,
        .delivery = DELIVERY_BOTH,
        .protocols = 1, /* CoAP, the default where resource 8 is absent */
    };
    return c;
}

/* A text that does not fit is not cut: it would be another name or version. */
static void take_text(struct absorber *a, const struct lwm2m_value *v, char *out,
                      size_t size)
{
    char text[IDENTITY_TEXT_MAX + 1];

    if (v->kind == LWM2M_NONE)
        return;
    if (!lwm2m_value_text(v, text, size < sizeof text ? size : sizeof text)) {
        a->inv->problem = v->kind == LWM2M_STRING && v->bytes.len >= size
                              ? INVENTORY_TOO_LARGE
                              : INVENTORY_UNREADABLE;
        return;
    }
    if (strcmp(out, text) != 0) {
        memcpy(out, text, strlen(text) + 1);
        a->has_changed = true;
    }
}

static void take_device(struct absorber *a, const struct lwm2m_record *rec)
{
    struct inventory *inv = a->inv;
    struct {
        uint16_t resource;
        char *text;
    } rows[] = {
        {0, inv->manufacturer}, {1, inv->model},     {2, inv->serial},
        {3, inv->firmware},     {18, inv->hardware}, {19, inv->software},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rec->path.id[2] == rows[i].resource)
            take_text(a, &rec->value, rows[i].text, IDENTITY_TEXT_MAX + 1);
}

static void take_u8(struct absorber *a, const struct lwm2m_value *v, uint8_t *out)
{
    int64_t n;

    if (!lwm2m_value_int(v, &n) || n < 0 || n > 254)
        return;
    if (*out != (uint8_t)n) {
        *out = (uint8_t)n;
        a->has_changed = true;
    }
}

/* Resources 16 and 17: links to instances of the same object. */
static uint32_t linked_bit(const struct component *c, const struct lwm2m_record *rec)
{
    if (rec->value.kind != LWM2M_OBJLNK || rec->value.link.object != c->object_id ||
        rec->value.link.instance >= INVENTORY_COMPONENTS_MAX)
        return 0;
    return UINT32_C(1) << rec->value.link.instance;
}

/* The first record of a list in a payload begins it anew. */
static bool list_begins(struct absorber *a, const struct component *c,
                        uint16_t resource)
{
    uint32_t *cleared = &a->cleared[c - a->inv->components];
    uint32_t bit = UINT32_C(1) << (resource & 31);

    if (*cleared & bit)
        return false;
    *cleared |= bit;
    return true;
}

static void take_list(struct absorber *a, struct component *c,
                      const struct lwm2m_record *rec)
{
    uint32_t *list = rec->path.id[2] == 16 ? &c->linked : &c->conflicting;
    uint32_t before = *list;

    if (list_begins(a, c, rec->path.id[2]))
        *list = 0;
    *list |= linked_bit(c, rec);
    if (*list != before)
        a->has_changed = true;
}

static void take_protocol(struct absorber *a, struct component *c,
                          const struct lwm2m_record *rec)
{
    int64_t n;

    if (!lwm2m_value_int(&rec->value, &n) || n < 0 || n > 7)
        return; /* unknown ones are ignored */
    if (list_begins(a, c, 8))
        c->protocols = 0;
    c->protocols = (uint8_t)(c->protocols | 1u << n);
}

static void take_auto(struct absorber *a, struct component *c,
                      const struct lwm2m_record *rec)
{
    uint8_t before = c->has;
    int64_t n;

    c->has |= COMPONENT_HAS_AUTO;
    if (lwm2m_value_int(&rec->value, &n))
        c->has =
            (uint8_t)(n ? c->has | COMPONENT_AUTO_ON : c->has & ~COMPONENT_AUTO_ON);
    if (c->has != before)
        a->has_changed = true;
}

static void take_resource(struct absorber *a, struct component *c,
                          const struct lwm2m_record *rec)
{
    bool is_fw = c->object == COMPONENT_FW;

    switch (rec->path.id[2]) {
    case 3:
        take_u8(a, &rec->value, &c->state);
        break;
    case 5:
        take_u8(a, &rec->value, &c->result);
        break;
    case 7: /* of the package; for 5/n with n > 0 all that says what is installed */
        if (is_fw && c->instance > 0 && (a->may_add || c->state == COMPONENT_IDLE))
            take_text(a, &rec->value, c->version, sizeof c->version);
        break;
    case 8:
        take_protocol(a, c, rec);
        break;
    case 9:
        take_u8(a, &rec->value, &c->delivery);
        break;
    case 11:
        c->has |= COMPONENT_HAS_SEVERITY;
        break;
    case 13:
        c->has |= COMPONENT_HAS_MAX_DEFER;
        break;
    case 14:
        if (is_fw)
            take_auto(a, c, rec);
        else
            take_text(a, &rec->value, c->name, sizeof c->name);
        break;
    case 15:
        if (!is_fw)
            take_text(a, &rec->value, c->version, sizeof c->version);
        break;
    case 16:
    case 17:
        if (!is_fw)
            take_list(a, c, rec);
        break;
    default:
        break;
    }
}

void inventory_absorb(struct absorber *a, const struct lwm2m_record *record)
{
    const struct lwm2m_path *p = &record->path;

    if (p->depth >= 3 && p->id[0] == OBJECT_DEVICE && p->id[1] == 0) {
        a->has_ours = true;
        take_device(a, record);
        return;
    }
    if (p->depth < 3 || (p->id[0] != OBJECT_FW && !is_afu(a->afu, p->id[0])))
        return;
    a->has_ours = true;
    struct component *c = inventory_instance(a->inv, p->id[0], p->id[1]);
    if (!c && a->may_add)
        c = instance_add(a, p->id[0], p->id[1]);
    if (!c)
        return;
    bool had_changed = a->has_changed;
    uint8_t result = c->result;
    uint32_t bit = UINT32_C(1) << (c - a->inv->components);
    a->has_changed = false;
    take_resource(a, c, record);
    if (a->has_changed)
        a->changed |= bit;
    if (c->result != result && c->result != 0)
        a->results |= bit;
    a->has_changed |= had_changed;
}

int inventory_absorb_payload(struct absorber *a, const struct lwm2m_path *base,
                             uint16_t format, const void *bytes, size_t len)
{
    struct lwm2m_decoder d;
    struct lwm2m_record record;

    int rc = lwm2m_decode_begin(&d, format, base, bytes, len);
    if (rc != 0)
        return rc;
    lwm2m_decode_for(&d, a->root, a->afu);
    while ((rc = lwm2m_decode_next(&d, &record)) == 1)
        if (lwm2m_path_is_under(&record.path, base))
            inventory_absorb(a, &record);
    return rc;
}

/* Object 5 has no names: /5/0 is `firmware`, /5/n is `firmware.n`. */
static void name_component(struct component *c, const struct profile *profile)
{
    const char *renamed = profile_rename(profile, c->object_id, c->instance);

    if (renamed)
        snprintf(c->name, sizeof c->name, "%s", renamed);
    else if (c->object == COMPONENT_FW && c->instance == 0)
        snprintf(c->name, sizeof c->name, "firmware");
    else if (c->object == COMPONENT_FW)
        snprintf(c->name, sizeof c->name, "firmware.%u", c->instance);
}

void inventory_keep_versions(struct inventory *inv, struct inventory *before)
{
    for (size_t i = 0; i < inv->count; i++) {
        struct component *c = &inv->components[i];
        if (c->object != COMPONENT_FW || c->instance == 0 || c->state == COMPONENT_IDLE)
            continue;
        const struct component *old =
            before ? inventory_instance(before, c->object_id, c->instance) : NULL;
        snprintf(c->version, sizeof c->version, "%s", old ? old->version : "");
    }
}

void inventory_complete(struct inventory *inv, const struct object_list *objects,
                        const struct profile *profile)
{
    for (size_t i = 0; i < inv->count; i++) {
        struct component *c = &inv->components[i];

        if (c->object == COMPONENT_FW && c->instance == 0)
            memcpy(c->version, inv->firmware, sizeof c->version);
        name_component(c, profile);
        if (c->state == COMPONENT_STATE_UNKNOWN || c->name[0] == '\0')
            inv->problem = inv->problem ? inv->problem : INVENTORY_UNREADABLE;
    }
    if (inv->problem == INVENTORY_OK && objects->is_too_large)
        inv->problem = INVENTORY_TOO_LARGE;
    if (inv->problem == INVENTORY_OK && inv->count == 0)
        inv->problem = INVENTORY_NO_COMPONENTS;
    inventory_finish(inv);
}
