/* SPDX-License-Identifier: Apache-2.0 */
/* op_deliver.c - settings, package and Update: the writes of an update.
 *
 * Sources: object 33629 and 5, resources 0, 1, 2, 11, 13 and 14 of object 5; RFC 7959
 * for the push (daemon/coap). An error code never says what a device has: the caller
 * reads State and Result after each of these.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/link/op_internal.h"
#include "daemon/lwm2m/encode.h"

enum {
    OBJECT_FW = 5,
    PACKAGE_URI_MAX = 255, /* resource 1 of 33629 and 5 */
};

/* ---- settings: what the device does not have is left ---- */

static bool setting_text(const struct device_link *link, const struct op *op,
                         uint16_t *resource, char *text, size_t size)
{
    const struct device_action *a = &op->action;
    struct inventory *known = (struct inventory *)&link->known;
    const struct component *c = inventory_instance(known, a->object_id, a->instance);
    uint8_t has = c ? c->has : 0;

    switch (op->stage) {
    case 0:
        *resource = 11;
        snprintf(text, size, "%d", a->severity);
        return a->severity >= 0 && has & COMPONENT_HAS_SEVERITY;
    case 1:
        *resource = 13;
        snprintf(text, size, "%" PRId64, a->max_defer_s);
        return a->max_defer_s >= 0 && has & COMPONENT_HAS_MAX_DEFER;
    case 2:
        *resource = 14;
        snprintf(text, size, "0");
        return a->object_id == OBJECT_FW && has & COMPONENT_AUTO_ON;
    default:
        return false;
    }
}

enum { SETTING_COUNT = 3 };

static int settings_proceed(struct device_link *link, struct op *op)
{
    uint16_t resource;
    char text[24];

    for (; op->stage < SETTING_COUNT; op->stage++) {
        if (!setting_text(link, op, &resource, text, sizeof text))
            continue;
        struct lwm2m_path path = op_resource(op, resource);
        return link_write_text(link, &path, text);
    }
    link_end(link, DEVICE_DONE, 0);
    return 0;
}

static void settings_answer(struct device_link *link, struct op *op,
                            const struct coap_event *event)
{
    if (event->kind != COAP_EV_RESPONSE ||
        event->message->code == COAP_503_UNAVAILABLE) {
        link_end_by(link, event);
        return;
    }
    struct inventory *known = &link->known;
    struct component *c =
        inventory_instance(known, op->action.object_id, op->action.instance);
    if (op->stage == 2 && c && coap_code_is_success(event->message->code))
        c->has &= (uint8_t)~COMPONENT_AUTO_ON;
    op->stage++;
}

const struct op_kind op_settings = {settings_proceed, settings_answer};

/* ---- push ---- */

static int push_proceed(struct device_link *link, struct op *op)
{
    return link_push(link, op);
}

/* Done only when the package's own last block was answered well: a device may have
 * taken a shorter one for the whole. */
static void push_answer(struct device_link *link, struct op *op,
                        const struct coap_event *event)
{
    (void)op;
    if (event->kind == COAP_EV_PROGRESS) {
        link_report_progress(link, link->head->action.digest, event->bytes,
                             event->total);
        return;
    }
    if (event->kind != COAP_EV_PUSH_END) {
        link_end_by(link, event);
        return;
    }
    link_report_progress(link, link->head->action.digest, event->bytes, event->total);
    bool is_well = event->outcome == COAP_UNSURE || (event->outcome == COAP_ANSWERED &&
                                                     coap_code_is_success(event->code));
    if (is_well && event->is_whole)
        link_end(link, DEVICE_DONE, event->code);
    else if (is_well)
        link_end(link, DEVICE_INTERRUPTED, event->code);
    else
        link_end_by(link, event);
}

const struct op_kind op_push = {push_proceed, push_answer};

/* ---- Package URI ---- */

/* Resource 8: which schemes of a URI the device can fetch; bit n is value n. */
static const struct {
    const char *scheme;
    uint8_t bit;
} schemes[] = {
    {"coap://", 0},  {"coaps://", 1},    {"http://", 2},
    {"https://", 3}, {"coap+tcp://", 4}, {"coaps+tcp://", 5},
};

static bool can_fetch(struct device_link *link, const struct op *op, const char *uri)
{
    const struct component *c =
        inventory_instance(&link->known, op->action.object_id, op->action.instance);
    unsigned protocols = c ? c->protocols : 1;

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(uri, schemes[i].scheme, strlen(schemes[i].scheme)) == 0)
            return protocols & 1u << schemes[i].bit;
    return false;
}

static bool has_port(const char *host)
{
    const char *colon = strrchr(host, ':');

    return colon && !strchr(colon, ']');
}

/* The address that it registered at, unless the operator says otherwise. */
static void print_uri(const struct device_link *link, const struct op *op, char *out,
                      size_t size)
{
    const struct links_options *options = &link->links->options;
    char address[NET_ADDRESS_TEXT_MAX], location[LOCATION_TEXT_BYTES + 1];
    char host[LINKS_HOST_MAX + sizeof ":65535"];

    if (!options->advertise[0])
        snprintf(host, sizeof host, "%s", net_address_text(&link->dev->local, address));
    else if (has_port(options->advertise))
        snprintf(host, sizeof host, "%s", options->advertise);
    else
        snprintf(host, sizeof host, "%s:%u", options->advertise, link->dev->local.port);
    location_print(link->dev->location, location);
    snprintf(out, size, "coap://%s/p/%s?d=%s", host, op->action.digest, location);
}

static int uri_proceed(struct device_link *link, struct op *op)
{
    struct lwm2m_path path = op_resource(op, 1);
    char uri[512];

    if (op->action.uri[0])
        snprintf(uri, sizeof uri, "%s", op->action.uri);
    else
        print_uri(link, op, uri, sizeof uri);
    if (strlen(uri) > PACKAGE_URI_MAX || !can_fetch(link, op, uri)) {
        link_end(link, DEVICE_NO_SCHEME, 0);
        return 0;
    }
    return link_write_text(link, &path, uri);
}

static void write_answer(struct device_link *link, struct op *op,
                         const struct coap_event *event)
{
    (void)op;
    if (event->kind == COAP_EV_RESPONSE && coap_code_is_success(event->message->code))
        link_end(link, DEVICE_DONE, event->message->code);
    else
        link_end_by(link, event);
}

const struct op_kind op_write_uri = {uri_proceed, write_answer};

/* ---- Update ---- */

static int execute_proceed(struct device_link *link, struct op *op)
{
    const struct device_action *a = &op->action;
    uint8_t args[REQUEST_PAYLOAD_MAX];
    struct writer w = writer_of(args, sizeof args);
    struct ask ask = {.method = COAP_POST,
                      .path = op_resource(op, 2),
                      .content_format = COAP_FORMAT_NONE,
                      .accept = COAP_FORMAT_NONE};

    if (a->object_id != OBJECT_FW) { /* object 5 takes no argument */
        lwm2m_encode_update_args(&w, a->object_id, a->others, a->other_count);
        ask.content_format = COAP_FORMAT_TEXT;
        ask.payload = args;
        ask.payload_len = writer_len(&w);
    }
    return link_ask(link, &ask);
}

const struct op_kind op_execute = {execute_proceed, write_answer};
