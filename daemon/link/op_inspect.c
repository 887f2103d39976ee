/* SPDX-License-Identifier: Apache-2.0 */
/* op_inspect.c - read who a device is and what it is made of.
 *
 *   device -> discover -> object -> [instance ...] -> [path ...] -> done
 *
 * An object that cannot be read whole is read instance by instance. What a device does
 * not have is left empty; only 4.01 and nonsense are problems. Object 5 is read only
 * where there is no 33629 (object 33629, description).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planning/profile_set.h"
#include "daemon/link/op_internal.h"
#include "daemon/lwm2m/link.h"

enum stage { STAGE_DEVICE, STAGE_DISCOVER, STAGE_OBJECT, STAGE_INSTANCE, STAGE_PATH };

enum { OBJECT_FW = 5 };

static uint16_t object_of(const struct device_link *link)
{
    return link->objects.has_afu ? link->objects.afu_id : OBJECT_FW;
}

static uint32_t instances_of(const struct device_link *link)
{
    return link->objects.has_afu ? link->objects.afu_instances
                                 : link->objects.fw_instances;
}

/* Move the cursor to the next registered instance that the answer for the whole object,
 * if there was one, has left out: it may answer for itself with an error.
 * @return false if there is none */
static bool seek_instance(const struct device_link *link, struct op *op)
{
    uint32_t instances = instances_of(link);

    for (size_t i = 0; i < op->draft->count; i++)
        instances &= ~(UINT32_C(1) << op->draft->components[i].instance);

    while (op->cursor < INVENTORY_COMPONENTS_MAX) {
        if (instances & UINT32_C(1) << op->cursor)
            return true;
        op->cursor++;
    }
    return false;
}

static void finish(struct device_link *link, struct op *op)
{
    const struct profile *profile =
        profile_set_for(link->links->options.profiles, op->draft);

    for (size_t i = 0; i < op->draft->count; i++)
        if (link->with_cancel & UINT32_C(1) << op->draft->components[i].instance)
            op->draft->components[i].has |= COMPONENT_HAS_CANCEL;
    inventory_keep_versions(op->draft, link->has_known ? &link->known : NULL);
    inventory_complete(op->draft, &link->objects, profile);
    link_end(link, DEVICE_DONE, 0);
}

static void go_to(struct op *op, enum stage stage)
{
    op->stage = (uint8_t)stage;
    op->cursor = 0;
    op->tries = 0;
}

/* Where the stage has nothing to do, go on to one that has. @return false: all done */
static bool skip_idle_stages(const struct device_link *link, struct op *op)
{
    const struct object_list *objects = &link->objects;

    if (op->stage == STAGE_DEVICE && !objects->has_device)
        go_to(op, STAGE_DISCOVER);
    if (op->stage == STAGE_DISCOVER && !objects->has_afu && !objects->has_fw)
        go_to(op, STAGE_PATH);
    if (op->stage == STAGE_DISCOVER && link->is_discovered)
        go_to(op, STAGE_OBJECT);
    if (op->stage == STAGE_OBJECT && !objects->has_afu)
        go_to(op, STAGE_INSTANCE); /* few devices of object 5 answer for the object */
    if (op->stage == STAGE_INSTANCE && !seek_instance(link, op))
        go_to(op, STAGE_PATH);
    return op->stage != STAGE_PATH || op->cursor < op->action.path_count;
}

static int discover(struct device_link *link)
{
    return link_ask(link, &(struct ask){.method = COAP_GET,
                                        .path = LWM2M_PATH(object_of(link)),
                                        .content_format = COAP_FORMAT_NONE,
                                        .accept = COAP_FORMAT_LINK});
}

static int proceed(struct device_link *link, struct op *op)
{
    struct lwm2m_path path;

    if (!op->draft && !(op->draft = calloc(1, sizeof *op->draft))) {
        link_end(link, DEVICE_UNREACHABLE, 0);
        return -ENOMEM;
    }
    if (link->has_objects && !skip_idle_stages(link, op)) {
        finish(link, op);
        return 0;
    }
    switch ((enum stage)op->stage) {
    case STAGE_DEVICE:
        path = LWM2M_PATH(3, 0);
        break;
    case STAGE_DISCOVER:
        return discover(link);
    case STAGE_OBJECT:
        path = LWM2M_PATH(object_of(link));
        break;
    case STAGE_INSTANCE:
        path = LWM2M_PATH(object_of(link), op->cursor);
        break;
    case STAGE_PATH:
        path = path_of(op->action.paths[op->cursor]);
        break;
    }
    return link_read(link, &path);
}

/* ---- answers ---- */

static void take_links(struct device_link *link, const struct coap_message *m)
{
    struct lwm2m_links links;
    struct lwm2m_link item;

    if (lwm2m_links_begin_answer(&links, link->objects.root, m->payload,
                                 m->payload_len) != 0)
        return;
    while (lwm2m_links_next(&links, &item) == 1) {
        if (item.path.depth != 3 || item.path.id[0] != object_of(link) ||
            item.path.id[1] >= INVENTORY_COMPONENTS_MAX)
            continue;
        uint32_t bit = UINT32_C(1) << item.path.id[1];
        link->listed |= bit;
        link->with_cancel |= item.path.id[2] == 10 ? bit : 0;
    }
}

/* A device need not have it: no answer is none. */
static void take_discover(struct device_link *link, struct op *op,
                          const struct coap_event *event)
{
    bool is_silent = event->kind == COAP_EV_FAILURE && event->outcome == COAP_TIMEOUT;

    if (event->kind != COAP_EV_RESPONSE && !is_silent) {
        link_end_by(link, event);
        return;
    }
    link->is_discovered = true;
    if (coap_code_is_success(event_code(event)))
        take_links(link, event->message);
    go_to(op, STAGE_OBJECT);
}

static void take_payload(struct device_link *link, struct op *op,
                         const struct lwm2m_path *base, const struct coap_message *m)
{
    struct absorber absorber = {.inv = op->draft,
                                .afu = &link->links->afu,
                                .root = link->objects.root,
                                .may_add = true};
    uint16_t format =
        (uint16_t)(m->content_format < 0 ? COAP_FORMAT_TEXT : m->content_format);

    if (inventory_absorb_payload(&absorber, base, format, m->payload, m->payload_len) !=
        0)
        op->draft->problem = INVENTORY_UNREADABLE;
}

static void value_print(const struct lwm2m_value *v, char *out, size_t size)
{
    int64_t n;

    if (v->kind == LWM2M_FLOAT)
        snprintf(out, size, "%.9g", v->f);
    else if (lwm2m_value_int(v, &n))
        snprintf(out, size, "%" PRId64, n);
    else
        (void)lwm2m_value_text(v, out, size);
}

static void take_value(struct device_link *link, struct op *op,
                       const struct coap_event *event)
{
    struct device_value *value = &op->values[op->cursor];
    const struct coap_message *m = event->message;
    struct lwm2m_path base = path_of(op->action.paths[op->cursor]);
    struct lwm2m_decoder d;
    struct lwm2m_record record;

    memcpy(value->path, op->action.paths[op->cursor], sizeof value->path);
    if (event->kind != COAP_EV_RESPONSE || !coap_code_is_success(m->code) ||
        lwm2m_decode_begin(&d,
                           (uint16_t)(m->content_format < 0 ? 0 : m->content_format),
                           &base, m->payload, m->payload_len) != 0)
        return;
    lwm2m_decode_for(&d, link->objects.root, &link->links->afu);
    if (lwm2m_decode_next(&d, &record) == 1) {
        value_print(&record.value, value->text, sizeof value->text);
        value->has_value = value->text[0] != '\0';
    }
}

/* The whole of an object or instance was answered or refused. */
static void take_read(struct device_link *link, struct op *op,
                      const struct coap_event *event, const struct lwm2m_path *base)
{
    const struct coap_message *m = event->message;

    if (coap_code_is_success(m->code))
        take_payload(link, op, base, m);
    else if (m->code == COAP_401_UNAUTHORIZED && op->stage != STAGE_DEVICE)
        op->draft->problem = INVENTORY_FORBIDDEN_COMPONENT;
}

static void answer(struct device_link *link, struct op *op,
                   const struct coap_event *event)
{
    bool is_answer = event->kind == COAP_EV_RESPONSE;
    uint8_t code = event_code(event);
    struct lwm2m_path base;

    if (op->stage == STAGE_DISCOVER) {
        take_discover(link, op, event);
        return;
    }
    if (!is_answer || code == COAP_503_UNAVAILABLE) {
        link_end_by(link, event);
        return;
    }
    if (code == COAP_406_NOT_ACCEPTABLE && link_next_accept(link))
        return; /* the same stage again */
    switch ((enum stage)op->stage) {
    case STAGE_DEVICE:
        base = LWM2M_PATH(3, 0);
        take_read(link, op, event, &base);
        go_to(op, STAGE_DISCOVER);
        break;
    case STAGE_DISCOVER:
        break;
    case STAGE_OBJECT:
        base = LWM2M_PATH(object_of(link));
        take_read(link, op, event, &base);
        go_to(op, STAGE_INSTANCE);
        break;
    case STAGE_INSTANCE:
        base = LWM2M_PATH(object_of(link), op->cursor);
        take_read(link, op, event, &base);
        op->cursor++;
        break;
    case STAGE_PATH:
        take_value(link, op, event);
        op->cursor++;
        break;
    }
}

const struct op_kind op_inspect = {proceed, answer};
