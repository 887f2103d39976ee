/* SPDX-License-Identifier: Apache-2.0 */
/* op_observe.c - be told of State and Result of the instances that change; and the end
 * of it.
 *
 * One Observe-Composite where the device has it, else one observation for each
 * resource, with pmin 0 so that no state in between is merged away. What a device
 * refuses is left: the engine reads after every action anyway.
 * Sources: LwM2M Core 1.2.2 6.4, RFC 7641, RFC 8132.
 */
#include "daemon/link/op_internal.h"
#include "daemon/lwm2m/encode.h"
#include "daemon/wire/wire.h"

enum stage { STAGE_COMPOSITE, STAGE_PMIN, STAGE_SINGLE };

enum { RESOURCES = 2 }; /* 3 and 5 */

static uint16_t resource_at(size_t i)
{
    return i % RESOURCES == 0 ? 3 : 5;
}

static struct lwm2m_path path_at(const struct op *op, size_t i)
{
    return LWM2M_PATH(op->action.object_id, op->action.others[i / RESOURCES],
                      resource_at(i));
}

static bool is_watched(const struct device_link *link, const struct lwm2m_path *path)
{
    for (uint8_t i = 0; i < link->watch_count; i++)
        if (lwm2m_path_equal(&link->watches[i].path, path))
            return true;
    return false;
}

/* @return 0, WIRE_E_FULL: some are left */
static int cancel_all(struct device_link *link)
{
    while (link->watch_count > 0) {
        struct watch *w = &link->watches[link->watch_count - 1];
        int rc = wire_cancel(link->links->options.wire, w->ticket);
        if (rc != 0)
            return rc;
        link->watch_count--;
    }
    return 0;
}

static int ask_composite(struct device_link *link, const struct op *op)
{
    struct lwm2m_path paths[RESOURCES * INVENTORY_COMPONENTS_MAX];
    uint8_t body[REQUEST_PAYLOAD_MAX];
    struct writer w = writer_of(body, sizeof body);
    size_t count = (size_t)op->action.other_count * RESOURCES;

    for (size_t i = 0; i < count; i++)
        paths[i] = path_at(op, i);
    if (lwm2m_encode_paths(&w, COAP_FORMAT_SENML_CBOR, link->objects.root,
                           (struct lwm2m_paths){paths, count}) != 0 ||
        w.bad) {
        link_end(link, DEVICE_REFUSED, 0);
        return 0;
    }
    return link_ask(link, &(struct ask){.method = COAP_FETCH,
                                        .content_format = COAP_FORMAT_SENML_CBOR,
                                        .accept = COAP_FORMAT_SENML_CBOR,
                                        .is_observe = true,
                                        .payload = body,
                                        .payload_len = writer_len(&w)});
}

static int ask_pmin(struct device_link *link, const struct op *op)
{
    return link_ask(link,
                    &(struct ask){.method = COAP_PUT,
                                  .path = LWM2M_PATH(op->action.object_id,
                                                     op->action.others[op->cursor]),
                                  .query = "pmin=0",
                                  .content_format = COAP_FORMAT_NONE,
                                  .accept = COAP_FORMAT_NONE});
}

static bool skip_watched(const struct device_link *link, struct op *op)
{
    size_t count = (size_t)op->action.other_count * RESOURCES;

    while (op->cursor < count) {
        struct lwm2m_path path = path_at(op, op->cursor);
        if (!is_watched(link, &path))
            return true;
        op->cursor++;
    }
    return false;
}

static int ask_single(struct device_link *link, const struct op *op)
{
    return link_ask(link, &(struct ask){.method = COAP_GET,
                                        .path = path_at(op, op->cursor),
                                        .content_format = COAP_FORMAT_NONE,
                                        .accept = link_accept(link),
                                        .is_observe = true});
}

static int proceed(struct device_link *link, struct op *op)
{
    static const struct lwm2m_path root = {0};

    if (op->action.other_count == 0 || is_watched(link, &root)) {
        link_end(link, DEVICE_DONE, 0);
        return 0;
    }
    if (op->stage == STAGE_COMPOSITE &&
        (link->no_composite || link->dev->lwm2m < LWM2M_1_1))
        op->stage = STAGE_PMIN;
    if (op->stage == STAGE_PMIN && op->cursor == op->action.other_count) {
        op->stage = STAGE_SINGLE;
        op->cursor = 0;
    }
    if (op->stage == STAGE_SINGLE && !skip_watched(link, op)) {
        link_end(link, DEVICE_DONE, 0);
        return 0;
    }
    switch ((enum stage)op->stage) {
    case STAGE_COMPOSITE:
        return ask_composite(link, op);
    case STAGE_PMIN:
        return ask_pmin(link, op);
    case STAGE_SINGLE:
        break;
    }
    return ask_single(link, op);
}

static void begin_watch(struct device_link *link, const struct lwm2m_path *path,
                        const struct coap_event *event)
{
    const struct coap_message *m = event->message;

    if (m->is_observe && link->watch_count < WATCHES_MAX)
        link->watches[link->watch_count++] =
            (struct watch){.ticket = event->ticket, .path = *path};
    (void)link_absorb(link, path, m->content_format, m->payload, m->payload_len);
}

static void answer_single(struct device_link *link, struct op *op,
                          const struct coap_event *event)
{
    if (event->message->code == COAP_406_NOT_ACCEPTABLE && link_next_accept(link))
        return;
    if (coap_code_is_success(event->message->code)) {
        struct lwm2m_path path = path_at(op, op->cursor);
        begin_watch(link, &path, event);
    }
    op->cursor++;
}

static void answer(struct device_link *link, struct op *op,
                   const struct coap_event *event)
{
    static const struct lwm2m_path root = {0};

    if (event->kind != COAP_EV_RESPONSE ||
        event->message->code == COAP_503_UNAVAILABLE) {
        link_end_by(link, event);
        return;
    }
    switch ((enum stage)op->stage) {
    case STAGE_COMPOSITE:
        if (coap_code_is_success(event->message->code)) {
            begin_watch(link, &root, event);
            link_end(link, DEVICE_DONE, 0);
        } else {
            link->no_composite = true;
        }
        break;
    case STAGE_PMIN:
        op->cursor++;
        break;
    case STAGE_SINGLE:
        answer_single(link, op, event);
        break;
    }
}

const struct op_kind op_observe = {proceed, answer};

static int release_proceed(struct device_link *link, struct op *op)
{
    (void)op;
    int rc = cancel_all(link);

    if (rc == 0)
        link_end(link, DEVICE_DONE, 0);
    return rc;
}

static void release_answer(struct device_link *link, struct op *op,
                           const struct coap_event *event)
{
    (void)link;
    (void)op;
    (void)event; /* it sends nothing that is answered */
}

const struct op_kind op_release = {release_proceed, release_answer};
