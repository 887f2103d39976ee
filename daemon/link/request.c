/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - one request of an action: path, format, and what its answer brings. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/link/op_internal.h"
#include "daemon/wire/wire.h"
#include "store/devices.h"
#include "store/store.h"

uint8_t event_code(const struct coap_event *event)
{
    if (event->kind == COAP_EV_RESPONSE)
        return event->message->code;
    return event->kind == COAP_EV_PUSH_END ? event->code : 0;
}

struct lwm2m_path op_resource(const struct op *op, uint16_t resource)
{
    return LWM2M_PATH(op->action.object_id, op->action.instance, resource);
}

struct lwm2m_path path_of(const char *text)
{
    struct lwm2m_path path = {0};

    if (lwm2m_path_parse(NULL, text, strlen(text), &path) != 0)
        path.depth = 0;
    return path;
}

/* It is in the store: only devices with something going on need it. */
int links_objects(const struct links *links, const struct device *dev, char **out)
{
    int rc = store_device_objects(links->options.reader, dev->id, out);

    return rc > 0 ? -ENOENT : rc;
}

int link_load_objects(struct device_link *link)
{
    char *text = NULL;

    if (link->has_objects)
        return 0;
    int rc = links_objects(link->links, link->dev, &text);
    if (rc != 0)
        return rc;
    rc = object_list_parse(text, strlen(text), &link->links->afu, &link->objects);
    free(text);
    if (rc != 0)
        return rc;
    link->accept_count = (uint8_t)lwm2m_accept_list(
        (enum lwm2m_version)link->dev->lwm2m, link->objects.formats, link->accepts);
    link->accept_at = 0;
    link->has_objects = true;
    return 0;
}

/* @return 0 if a request may go out; else the head has ended */
static int link_ready(struct device_link *link)
{
    if (link->dev->location == 0) {
        link_end(link, DEVICE_UNREACHABLE, 0);
        return -ENOENT;
    }
    if (links_is_asleep(link->links, link->dev)) {
        link_end(link, DEVICE_ASLEEP, 0);
        return -EAGAIN;
    }
    int rc = link_load_objects(link);
    if (rc != 0)
        link_end(link, DEVICE_UNREACHABLE, 0);
    return rc;
}

static struct coap_peer peer_of(const struct device *dev)
{
    return (struct coap_peer){.remote = dev->remote, .local = dev->local};
}

static void print_path(const struct device_link *link, const struct lwm2m_path *path,
                       char *out, size_t size)
{
    char ids[LWM2M_PATH_TEXT_BYTES];

    lwm2m_path_print(path, ids);
    if (path->depth == 0 && link->objects.root[0])
        snprintf(out, size, "%s", link->objects.root);
    else
        snprintf(out, size, "%s%s", link->objects.root, ids);
}

static void note_sent(struct device_link *link, uint64_t ticket,
                      const struct links_sent *sent)
{
    link->ticket = ticket;
    link->sent = *sent;
    link->sent.dev = link->dev;
    link->sent.sent_ms = link->links->now_ms;
}

int link_ask(struct device_link *link, const struct ask *ask)
{
    char path[COAP_PATH_MAX];
    int rc = link_ready(link);

    if (rc != 0)
        return rc;
    print_path(link, &ask->path, path, sizeof path);
    struct coap_request request = {
        .ticket = link_ticket(link),
        .peer = peer_of(link->dev),
        .method = ask->method,
        .path = path,
        .query = ask->query,
        .content_format = ask->content_format,
        .accept = ask->accept,
        .observe = ask->is_observe ? COAP_OBSERVE_START : COAP_OBSERVE_NOT,
        .payload = ask->payload,
        .payload_len = ask->payload_len,
        .block_bytes = link->head->action.block_bytes,
    };
    rc = wire_request(link->links->options.wire, &request);
    if (rc == 0)
        note_sent(link, request.ticket,
                  &(struct links_sent){.path = ask->path,
                                       .method = ask->method,
                                       .is_observe = ask->is_observe,
                                       .bytes = ask->payload_len});
    else if (rc < 0)
        link_end(link, DEVICE_UNREACHABLE, 0);
    return rc;
}

int link_push(struct device_link *link, const struct op *op)
{
    char path[COAP_PATH_MAX];
    struct lwm2m_path package = op_resource(op, 0);
    int rc = link_ready(link);

    if (rc != 0)
        return rc;
    print_path(link, &package, path, sizeof path);
    struct coap_push push = {
        .ticket = link_ticket(link),
        .peer = peer_of(link->dev),
        .path = path,
        .content_format = op->action.content_format,
        .block_bytes = op->action.block_bytes,
    };
    memcpy(push.digest, op->action.digest, sizeof push.digest);
    rc = wire_push(link->links->options.wire, &push);
    if (rc == 0)
        note_sent(
            link, push.ticket,
            &(struct links_sent){.path = package, .method = COAP_PUT, .is_push = true});
    else if (rc < 0)
        link_end(link, DEVICE_UNREACHABLE, 0);
    return rc;
}

int link_read(struct device_link *link, const struct lwm2m_path *path)
{
    int rc = link->has_objects ? 0 : link_ready(link);

    if (rc != 0)
        return rc;
    return link_ask(link, &(struct ask){.method = COAP_GET,
                                        .path = *path,
                                        .content_format = COAP_FORMAT_NONE,
                                        .accept = link_accept(link)});
}

int link_write_text(struct device_link *link, const struct lwm2m_path *path,
                    const char *text)
{
    return link_ask(link, &(struct ask){.method = COAP_PUT,
                                        .path = *path,
                                        .content_format = COAP_FORMAT_TEXT,
                                        .accept = COAP_FORMAT_NONE,
                                        .payload = text,
                                        .payload_len = strlen(text)});
}

int32_t link_accept(const struct device_link *link)
{
    return link->accept_at < link->accept_count ? link->accepts[link->accept_at]
                                                : COAP_FORMAT_NONE;
}

bool link_next_accept(struct device_link *link)
{
    if (link->accept_at >= link->accept_count)
        return false;
    link->accept_at++;
    return true;
}

int link_absorb(struct device_link *link, const struct lwm2m_path *base, int32_t format,
                const void *payload, size_t len)
{
    struct absorber absorber = {
        .inv = &link->known, .afu = &link->links->afu, .root = link->objects.root};

    if (format < 0)
        format = COAP_FORMAT_TEXT;
    int rc = inventory_absorb_payload(&absorber, base, (uint16_t)format, payload, len);
    if (absorber.has_changed && link->has_known)
        link_report_observed(link, absorber.changed, absorber.results);
    return rc;
}
