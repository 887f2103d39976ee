/* SPDX-License-Identifier: Apache-2.0 */
/* op_reset.c - bring an instance to State 0: nothing may be installed from it later.
 *
 *   cancel -> confirm -> empty URI -> confirm -> one zero byte -> confirm -> refused
 *
 * Cancel is left out where Discover listed the instance without it, or a profile says
 * so. Only a State of 0 that was read ends it well. An aborted download can show
 * another State for a moment, so State is read a few times before the next way is
 * tried. Source: object 33629 and 5, resources 0, 1, 3 and 10.
 */
#include "campaigns/planning/profile_set.h"
#include "daemon/link/op_internal.h"

enum stage { STAGE_CANCEL, STAGE_EMPTY_URI, STAGE_ZERO_BYTE, STAGE_END };

enum { CONFIRM_READS = 4 };

/* Even cursor: ask for the reset; odd: read State. */
static bool is_confirming(const struct op *op)
{
    return op->cursor & 1;
}

static int send_reset(struct device_link *link, const struct op *op)
{
    static const uint8_t zero_byte = 0;
    struct ask ask = {.method = COAP_PUT,
                      .content_format = COAP_FORMAT_NONE,
                      .accept = COAP_FORMAT_NONE};

    switch ((enum stage)op->stage) {
    case STAGE_CANCEL:
        ask.method = COAP_POST;
        ask.path = op_resource(op, 10);
        break;
    case STAGE_EMPTY_URI:
        ask.path = op_resource(op, 1);
        ask.content_format = COAP_FORMAT_TEXT;
        break;
    case STAGE_ZERO_BYTE:
        ask.path = op_resource(op, 0);
        ask.content_format = COAP_FORMAT_OPAQUE;
        ask.payload = &zero_byte;
        ask.payload_len = sizeof zero_byte;
        break;
    case STAGE_END:
        break;
    }
    return link_ask(link, &ask);
}

static bool has_cancel(const struct device_link *link, const struct op *op)
{
    const struct profile *profile =
        link->has_known ? profile_set_for(link->links->options.profiles, &link->known)
                        : NULL;
    uint16_t n = op->action.instance;

    if (profile && profile->quirks & QUIRK_NO_CANCEL)
        return false;
    return n >= INVENTORY_COMPONENTS_MAX || !(link->listed & UINT32_C(1) << n) ||
           link->with_cancel & UINT32_C(1) << n;
}

static int proceed(struct device_link *link, struct op *op)
{
    struct lwm2m_path state = op_resource(op, 3);

    if (op->stage == STAGE_CANCEL && !has_cancel(link, op))
        op->stage = STAGE_EMPTY_URI;
    return is_confirming(op) ? link_read(link, &state) : send_reset(link, op);
}

static void next_way(struct device_link *link, struct op *op, uint8_t code)
{
    op->stage++;
    op->tries = 0;
    op->cursor = 0;
    if (op->stage == STAGE_END)
        link_end(link, op->is_accepted ? DEVICE_UNCONFIRMED : DEVICE_REFUSED, code);
}

/* @return State as read, or COMPONENT_STATE_UNKNOWN */
static uint8_t read_state(struct device_link *link, const struct op *op,
                          const struct coap_message *m)
{
    struct lwm2m_path base = op_resource(op, 3);
    struct lwm2m_decoder d;
    struct lwm2m_record record;
    int64_t state;

    (void)link_absorb(link, &base, m->content_format, m->payload, m->payload_len);
    if (lwm2m_decode_begin(&d,
                           (uint16_t)(m->content_format < 0 ? 0 : m->content_format),
                           &base, m->payload, m->payload_len) != 0)
        return COMPONENT_STATE_UNKNOWN;
    lwm2m_decode_for(&d, link->objects.root, &link->links->afu);
    if (lwm2m_decode_next(&d, &record) != 1 ||
        !lwm2m_value_int(&record.value, &state) || state < 0 || state > 3)
        return COMPONENT_STATE_UNKNOWN;
    return (uint8_t)state;
}

static void confirm(struct device_link *link, struct op *op,
                    const struct coap_event *event)
{
    const struct coap_message *m = event->message;

    if (coap_code_is_success(m->code)) {
        if (read_state(link, op, m) == COMPONENT_IDLE) {
            link_end(link, DEVICE_DONE, 0);
            return;
        }
    } else if (m->code == COAP_406_NOT_ACCEPTABLE && link_next_accept(link)) {
        return;
    }
    if (++op->tries < CONFIRM_READS)
        link_pause(link, link->links->options.confirm_ms);
    else
        next_way(link, op, m->code);
}

static void answer(struct device_link *link, struct op *op,
                   const struct coap_event *event)
{
    if (event->kind != COAP_EV_RESPONSE ||
        event->message->code == COAP_503_UNAVAILABLE) {
        link_end_by(link, event);
    } else if (is_confirming(op)) {
        confirm(link, op, event);
    } else if (coap_code_is_success(event->message->code)) {
        op->is_accepted = true;
        op->cursor++;
    } else {
        next_way(link, op, event->message->code);
    }
}

const struct op_kind op_reset = {proceed, answer};
