/* SPDX-License-Identifier: Apache-2.0 */
/* op_asked.c - one Read, Write or Execute that a person asked for.
 *
 * A Write goes as text, or opaque bytes as such; a device that does not take that
 * format (4.15) is sent TLV, which LwM2M 1.0 requires of all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/bytes.h"
#include "daemon/link/op_internal.h"
#include "daemon/lwm2m/encode.h"

enum stage { STAGE_PLAIN, STAGE_TLV };

static int write_value(struct device_link *link, const struct op *op)
{
    uint8_t payload[REQUEST_PAYLOAD_MAX];
    struct writer w = writer_of(payload, sizeof payload);
    const struct lwm2m_record record = {.path = op->asked->ask.path,
                                        .value = op->asked->ask.value};
    uint16_t plain =
        record.value.kind == LWM2M_OPAQUE ? LWM2M_CT_OPAQUE : LWM2M_CT_TEXT;
    uint16_t format = op->stage == STAGE_TLV ? LWM2M_CT_TLV : plain;

    if (lwm2m_encode_value(&w, format, NULL, &record) != 0 || w.bad) {
        link_end(link, DEVICE_REFUSED, 0);
        return -EINVAL;
    }
    return link_ask(link, &(struct ask){.method = COAP_PUT,
                                        .path = record.path,
                                        .content_format = format,
                                        .accept = COAP_FORMAT_NONE,
                                        .payload = payload,
                                        .payload_len = writer_len(&w)});
}

static int execute(struct device_link *link, const struct links_ask *asked)
{
    struct ask ask = {.method = COAP_POST,
                      .path = asked->path,
                      .content_format = COAP_FORMAT_NONE,
                      .accept = COAP_FORMAT_NONE};

    if (asked->arguments) {
        ask.content_format = COAP_FORMAT_TEXT;
        ask.payload = asked->arguments;
        ask.payload_len = strlen(asked->arguments);
    }
    return link_ask(link, &ask);
}

static int proceed(struct device_link *link, struct op *op)
{
    const struct links_ask *ask = &op->asked->ask;

    if (ask->method == COAP_GET)
        return link_read(link, &ask->path);
    return ask->method == COAP_PUT ? write_value(link, op) : execute(link, ask);
}

static void keep(struct asked *asked, const struct coap_message *m)
{
    asked->format = m->content_format;
    asked->answer = m->payload_len > 0 ? malloc(m->payload_len) : NULL;
    if (!asked->answer)
        return;
    memcpy(asked->answer, m->payload, m->payload_len);
    asked->answer_len = m->payload_len;
}

static void answer(struct device_link *link, struct op *op,
                   const struct coap_event *event)
{
    uint8_t method = op->asked->ask.method, code = event_code(event);
    bool is_response = event->kind == COAP_EV_RESPONSE;

    if (is_response && coap_code_is_success(code)) {
        keep(op->asked, event->message);
        link_end(link, DEVICE_DONE, code);
    } else if (is_response && method == COAP_GET && code == COAP_406_NOT_ACCEPTABLE &&
               link_next_accept(link)) {
        op->tries++; /* the same again, in another format */
    } else if (is_response && method == COAP_PUT &&
               code == COAP_415_UNSUPPORTED_FORMAT && op->stage == STAGE_PLAIN) {
        op->stage = STAGE_TLV;
    } else {
        link_end_by(link, event);
    }
}

const struct op_kind op_asked = {proceed, answer};

/* Copy what ask points to. @return 0, -EMSGSIZE */
static int own(struct asked *to, const struct links_ask *ask)
{
    bool is_bytes = ask->method == COAP_PUT && (ask->value.kind == LWM2M_STRING ||
                                                ask->value.kind == LWM2M_OPAQUE);
    const void *from = is_bytes ? (const void *)ask->value.bytes.at : ask->arguments;
    size_t len = is_bytes         ? ask->value.bytes.len
                 : ask->arguments ? strlen(ask->arguments)
                                  : 0;

    if (len > LINKS_ASK_BYTES)
        return -EMSGSIZE;
    to->ask = *ask;
    to->format = COAP_FORMAT_NONE;
    if (len > 0)
        memcpy(to->bytes, from, len);
    if (is_bytes)
        to->ask.value.bytes.at = to->bytes;
    else if (ask->arguments)
        to->ask.arguments = (const char *)to->bytes;
    return 0;
}

int links_ask(struct links *links, struct device *dev, const struct links_ask *ask)
{
    if (dev->location == 0)
        return -ENOENT;
    struct device_link *link = link_of(links, dev);
    struct op *op = link ? calloc(1, sizeof *op) : NULL;
    if (op)
        op->asked = calloc(1, sizeof *op->asked);
    int rc = !op || !op->asked ? -EAGAIN : own(op->asked, ask);
    if (rc != 0) {
        link_op_free(op);
        if (link)
            link_settle(link);
        return rc;
    }
    /* Whether silence can mean that it was carried out (link_end_by). */
    op->action.kind = ask->method == COAP_GET ? DEVICE_INSPECT : DEVICE_EXECUTE;
    op->action.ticket = ask->ticket;
    link_insert(link, op);
    return 0;
}

bool links_withdraw(struct links *links, struct device *dev, uint64_t ticket)
{
    struct device_link *link = dev->link;
    struct op **at = link ? &link->head : NULL;

    while (at && *at && !((*at)->asked && (*at)->action.ticket == ticket))
        at = &(*at)->next;
    if (!at || !*at)
        return false;
    if (at == &link->head && link->ticket != 0) {
        link->head->is_canceled = true;
        link_cancel_head(link);
        return true;
    }
    if (at == &link->head)
        wheel_cancel(links->wheel, &link->timer);
    link_op_free(link_unlist(link, at));
    link_run(link);
    return false;
}
