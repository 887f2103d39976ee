/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/registration.h"

#include "tests/device/answer.h"
#include "tests/device/device.h"
#include "tests/device/tree.h"

#include <stdio.h>
#include <string.h>

enum { CREATED = 0x41, DELETED = 0x42, CHANGED = 0x44, CONTINUE = 0x5f };
enum { SEND_MAX = 1024 };

static void text_option(coap_pdu_t *pdu, coap_option_num_t number, const char *text)
{
    coap_add_option(pdu, number, strlen(text), (const uint8_t *)text);
}

static void register_options(const struct device *d, coap_pdu_t *pdu)
{
    char text[DEVICE_ENDPOINT_MAX + 8];
    bool is_queue = d->group->is_queue_mode;
    text_option(pdu, COAP_OPTION_URI_PATH, "rd");
    option_put_uint(pdu, COAP_OPTION_CONTENT_FORMAT, FORMAT_LINK);
    (void)snprintf(text, sizeof(text), "ep=%s", d->endpoint);
    text_option(pdu, COAP_OPTION_URI_QUERY, text);
    (void)snprintf(text, sizeof(text), "lt=%u", d->lifetime_s);
    text_option(pdu, COAP_OPTION_URI_QUERY, text);
    (void)snprintf(text, sizeof(text), "lwm2m=1.%u", d->lwm2m_minor);
    text_option(pdu, COAP_OPTION_URI_QUERY, text);
    if (d->lwm2m_minor == 0) {
        text_option(pdu, COAP_OPTION_URI_QUERY, is_queue ? "b=UQ" : "b=U");
    } else if (is_queue) {
        text_option(pdu, COAP_OPTION_URI_QUERY, "Q");
    }
}

static void update_options(const struct device *d, coap_pdu_t *pdu)
{
    char text[16];
    text_option(pdu, COAP_OPTION_URI_PATH, d->location[0]);
    text_option(pdu, COAP_OPTION_URI_PATH, d->location[1]);
    if (d->asking.is_lifetime_only) {
        (void)snprintf(text, sizeof(text), "lt=%u", d->lifetime_s);
        text_option(pdu, COAP_OPTION_URI_QUERY, text);
    }
}

static coap_pdu_t *begin(struct device *d, enum asked what, coap_pdu_code_t code)
{
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, code, d->session);
    if (pdu) {
        d->asking.what = what;
        random_fill(d->asking.token, sizeof(d->asking.token));
        coap_add_token(pdu, sizeof(d->asking.token), d->asking.token);
    }
    return pdu;
}

/* The next block of a Register, or all of it. */
static void register_next(struct device *d)
{
    struct asking *a = &d->asking;
    coap_pdu_t *pdu = begin(d, ASKED_REGISTER, COAP_REQUEST_CODE_POST);
    size_t size = (size_t)16 << a->szx, left = a->len - a->sent;
    size_t part = left < size ? left : size;
    if (!pdu) {
        return;
    }
    register_options(d, pdu);
    if (a->len > size) {
        uint32_t number = (uint32_t)(a->sent >> (a->szx + 4));
        option_put_uint(pdu, COAP_OPTION_BLOCK1,
                        number << 4 | (left > size ? 8u : 0) | a->szx);
    }
    coap_add_data(pdu, part, (const uint8_t *)a->body + a->sent);
    coap_send(d->session, pdu);
}

void registration_register(struct device *d)
{
    d->life = DEVICE_REGISTERING;
    d->register_due_ms = d->update_due_ms = INT64_MAX;
    observe_cancel_all(d);
    d->asking.len = links_register(d, d->asking.body, sizeof(d->asking.body));
    d->asking.sent = 0;
    d->asking.szx = 0;
    while (d->asking.szx < 6 && (32u << d->asking.szx) <= d->group->register_block) {
        d->asking.szx++;
    }
    register_next(d);
}

void registration_update(struct device *d)
{
    d->asking.is_lifetime_only = d->is_lifetime_changed;
    coap_pdu_t *pdu = begin(d, ASKED_UPDATE, COAP_REQUEST_CODE_POST);
    if (pdu) {
        update_options(d, pdu);
        coap_send(d->session, pdu);
    }
    d->is_update_wanted = d->is_lifetime_changed = false;
    d->update_due_ms = INT64_MAX;
}

void registration_deregister(struct device *d)
{
    d->asking.is_lifetime_only = false;
    coap_pdu_t *pdu = begin(d, ASKED_DEREGISTER, COAP_REQUEST_CODE_DELETE);
    if (pdu) {
        update_options(d, pdu);
        coap_send(d->session, pdu);
    }
}

void registration_send(struct device *d, uint32_t set)
{
    uint8_t token[8];
    struct path paths[3 * GROUP_COMPONENTS_MAX];
    size_t count = 0, len;
    int format;
    for (size_t i = 0; i < d->firmware.count; i++) {
        const struct component *c = &d->firmware.c[i];
        if (set & 1u << i) {
            paths[count++] = (struct path){{c->object, c->instance, 3}, 3};
            paths[count++] = (struct path){{c->object, c->instance, 5}, 3};
            paths[count++] = (struct path){{c->object, c->instance, 15}, 3};
        }
    }
    struct wanted wanted = {paths, count, true, FORMAT_SENML_CBOR};
    coap_pdu_t *pdu =
        coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, d->session);
    if (!pdu || answer_encode(d, &wanted, &format, &len) ||
        len > SEND_MAX) { /* what needs blocks is not sent */
        coap_delete_pdu(pdu);
        return;
    }
    random_fill(token, sizeof(token));
    coap_add_token(pdu, sizeof(token), token);
    text_option(pdu, COAP_OPTION_URI_PATH, "dp");
    option_put_uint(pdu, COAP_OPTION_CONTENT_FORMAT, (uint32_t)format);
    coap_add_data(pdu, len, (const uint8_t *)d->body);
    coap_send(d->session, pdu);
}

static int64_t update_interval_ms(const struct device *d)
{
    int64_t lifetime_ms = (int64_t)d->lifetime_s * 1000;
    if (d->group->update_interval_ms) {
        return d->group->update_interval_ms;
    }
    return lifetime_ms / 2 > lifetime_ms - 93000 ? lifetime_ms / 2
                                                 : lifetime_ms - 93000;
}

static bool location_read(struct device *d, const coap_pdu_t *received)
{
    coap_opt_iterator_t it;
    coap_opt_filter_t filter;
    size_t n = 0;
    coap_option_filter_clear(&filter);
    coap_option_filter_set(&filter, COAP_OPTION_LOCATION_PATH);
    coap_option_iterator_init(received, &it, &filter);
    for (coap_opt_t *o; n < 2 && (o = coap_option_next(&it)); n++) {
        size_t len = coap_opt_length(o);
        if (len >= sizeof(d->location[n])) {
            return false;
        }
        memcpy(d->location[n], coap_opt_value(o), len);
        d->location[n][len] = 0;
    }
    return n == 2;
}

static void registered(struct device *d, int64_t now_ms)
{
    const coap_address_t *own = coap_session_get_addr_local(d->session);
    d->life = DEVICE_REGISTERED;
    d->update_due_ms = d->lifetime_s ? now_ms + update_interval_ms(d) : INT64_MAX;
    d->network.is_mute = faults_have(&d->firmware.faults, FAULT_MUTE, NULL) != NULL;
    DEVICE_JOURNAL(d, "registered", "port=%u lwm2m=1.%u location=%s/%s",
                   ntohs(own->addr.sin.sin_port), d->lwm2m_minor, d->location[0],
                   d->location[1]);
    if (d->group->is_sending && !d->is_send_muted) {
        registration_send(d, UINT32_MAX);
    }
}

static void register_failed(struct device *d, int code, int64_t now_ms)
{
    if (code == 0x8c && d->lwm2m_minor) { /* 4.12: an older version, at once */
        d->lwm2m_minor--;
        d->register_due_ms = now_ms;
        return;
    }
    DEVICE_JOURNAL(d, "register-failed", "code=%d.%02d", code >> 5, code & 31);
    d->register_due_ms = now_ms + d->group->register_retry_ms;
}

static void register_answered(struct device *d, const coap_pdu_t *received,
                              int64_t now_ms)
{
    int code = received ? (int)coap_pdu_get_code(received) : 0;
    uint32_t block;
    if (code == CONTINUE && !option_uint(received, COAP_OPTION_BLOCK1, &block)) {
        size_t size = (size_t)16 << d->asking.szx;
        d->asking.sent += size;
        if ((block & 7) < d->asking.szx) {
            d->asking.szx = block & 7;
        }
        if (d->asking.sent < d->asking.len) {
            register_next(d);
            return;
        }
    }
    if (code == CREATED && location_read(d, received)) {
        registered(d, now_ms);
    } else {
        register_failed(d, code, now_ms);
    }
}

static void update_answered(struct device *d, int code, int64_t now_ms)
{
    if (code == CHANGED) {
        DEVICE_JOURNAL(d, "registration-updated", "lifetime=%u", d->lifetime_s);
        d->update_due_ms = d->lifetime_s ? now_ms + update_interval_ms(d) : INT64_MAX;
    } else { /* 4.04, anything else, silence: from the start */
        d->life = DEVICE_REGISTERING;
        d->register_due_ms = code ? now_ms : now_ms + d->group->register_retry_ms;
    }
}

bool registration_answer(struct device *d, const uint8_t *token, size_t token_len,
                         const coap_pdu_t *received, int64_t now_ms)
{
    enum asked what = d->asking.what;
    if (what == ASKED_NOTHING || token_len != sizeof(d->asking.token) ||
        memcmp(token, d->asking.token, token_len) != 0) {
        return false;
    }
    d->asking.what = ASKED_NOTHING;
    switch (what) {
    case ASKED_REGISTER:
        register_answered(d, received, now_ms);
        break;
    case ASKED_UPDATE:
        update_answered(d, received ? (int)coap_pdu_get_code(received) : 0, now_ms);
        break;
    case ASKED_DEREGISTER:
        DEVICE_JOURNAL(d, "deregistered", "code=%d",
                       received ? (int)coap_pdu_get_code(received) : 0);
        d->life = DEVICE_OFF;
        break;
    case ASKED_SEND:
    case ASKED_NOTHING:
        break;
    }
    return true;
}
