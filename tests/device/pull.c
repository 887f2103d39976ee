/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/pull.h"

#include "tests/device/answer.h"
#include "tests/device/device.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

enum { REFUSALS_MAX = 8 };

void pull_queue(struct device *d, const struct component *c)
{
    d->pull.order[c - d->firmware.c] = ++d->pull.next_order;
}

void pull_stop(struct device *d)
{
    struct pull *p = &d->pull;
    if (p->component) {
        mbedtls_sha256_free(&p->sha);
    }
    if (p->session && p->session != d->session) {
        coap_session_release(p->session);
    }
    p->session = NULL;
    p->component = NULL;
    p->due_ms = INT64_MAX;
    memset(p->token, 0, sizeof(p->token));
}

static void fail(struct device *d, int result, int64_t now_ms)
{
    struct component *c = d->pull.component;
    pull_stop(d);
    DEVICE_JOURNAL(d, "pull-failed", "component=%s result=%d", c->spec->name, result);
    firmware_download_failed(&d->firmware, c, result, now_ms);
}

/* @return 0 and *out, 1 if the host is no address */
static int address_of(const coap_uri_t *uri, coap_address_t *out)
{
    char host[128], port[8];
    struct addrinfo *found,
        hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
    if (uri->host.length >= sizeof(host)) {
        return 1;
    }
    memcpy(host, uri->host.s, uri->host.length);
    host[uri->host.length] = 0;
    (void)snprintf(port, sizeof(port), "%u", uri->port);
    if (getaddrinfo(host, port, &hints, &found)) {
        return 1;
    }
    coap_address_init(out);
    memcpy(&out->addr, found->ai_addr, found->ai_addrlen);
    out->size = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static coap_session_t *session_open(struct device *d, const coap_uri_t *uri)
{
    coap_address_t to;
    if (d->group->is_pull_same_socket) {
        return d->session;
    }
    if (address_of(uri, &to)) {
        return NULL;
    }
    coap_session_t *s = coap_new_client_session(d->context, NULL, &to, COAP_PROTO_UDP);
    if (s) {
        device_session_set(d, s);
    }
    return s;
}

static void split_add(coap_pdu_t *pdu, coap_option_num_t option, coap_str_const_t text)
{
    uint8_t buffer[FW_URI_MAX + 64];
    size_t size = sizeof(buffer);
    if (!text.length) {
        return;
    }
    int n = option == COAP_OPTION_URI_PATH
                ? coap_split_path(text.s, text.length, buffer, &size)
                : coap_split_query(text.s, text.length, buffer, &size);
    const uint8_t *at = buffer;
    for (int i = 0; i < n; i++) {
        coap_add_option(pdu, option, coap_opt_length(at), coap_opt_value(at));
        at += coap_opt_size(at);
    }
}

/* Ask for the next block; the first request names a size only if the group says so. */
static void ask(struct device *d)
{
    struct pull *p = &d->pull;
    coap_uri_t uri;
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_GET, p->session);
    p->due_ms = INT64_MAX;
    if (!pdu || coap_split_uri((const uint8_t *)p->component->uri,
                               strlen(p->component->uri), &uri)) {
        coap_delete_pdu(pdu);
        return;
    }
    random_fill(p->token, sizeof(p->token));
    coap_add_token(pdu, sizeof(p->token), p->token);
    split_add(pdu, COAP_OPTION_URI_PATH, uri.path);
    split_add(pdu, COAP_OPTION_URI_QUERY, uri.query);
    if (p->has_szx) {
        uint32_t number = (uint32_t)(p->received >> (p->szx + 4));
        option_put_uint(pdu, COAP_OPTION_BLOCK2, number << 4 | p->szx);
    }
    coap_send(p->session, pdu);
}

static void start(struct device *d, struct component *c, int64_t now_ms)
{
    struct pull *p = &d->pull;
    coap_uri_t uri;
    p->component = c;
    p->received = p->blocks = p->refusals = 0;
    p->etag_len = 0;
    p->szx = 0;
    while (p->szx < 6 && (32u << p->szx) <= d->group->pull_block) {
        p->szx++;
    }
    p->has_szx = d->group->pull_block != 0;
    mbedtls_sha256_init(&p->sha);
    (void)mbedtls_sha256_starts(&p->sha, 0);
    const struct fault_spec *refused =
        faults_strike(&d->firmware.faults, FAULT_PULL_RESULT, c->spec->name);
    if (coap_split_uri((const uint8_t *)c->uri, strlen(c->uri), &uri) ||
        !(p->session = session_open(d, &uri)) || refused) {
        fail(d, refused ? (int)refused->number : 7, now_ms);
        return;
    }
    ask(d);
}

static struct component *next_component(struct device *d)
{
    struct component *next = NULL;
    for (size_t i = 0; i < d->firmware.count; i++) {
        struct component *c = &d->firmware.c[i];
        if (c->state == FW_DOWNLOADING && c->uri[0] &&
            (!next || d->pull.order[i] < d->pull.order[next - d->firmware.c])) {
            next = c;
        }
    }
    return next;
}

void pull_tick(struct device *d, int64_t now_ms)
{
    if (!d->context) {
        return;
    }
    if (d->pull.component && d->pull.component->state != FW_DOWNLOADING) {
        pull_stop(d);
    }
    if (d->pull.component && d->pull.due_ms <= now_ms) {
        ask(d);
    }
    for (size_t i = 0; i < d->firmware.count && !d->pull.component; i++) {
        struct component *c = next_component(d);
        if (c) {
            start(d, c, now_ms);
        }
    }
}

/* The same representation as before? */
static bool is_same(struct pull *p, const coap_pdu_t *received)
{
    coap_opt_iterator_t it;
    coap_opt_t *option = coap_check_option(received, COAP_OPTION_ETAG, &it);
    size_t len = option ? coap_opt_length(option) : 0;
    if (len > sizeof(p->etag)) {
        return false;
    }
    if (!p->blocks) {
        p->etag_len = len;
        if (len) {
            memcpy(p->etag, coap_opt_value(option), len);
        }
    }
    return len == p->etag_len &&
           (!len || memcmp(p->etag, coap_opt_value(option), len) == 0);
}

static void finish(struct device *d, int64_t now_ms)
{
    struct component *c = d->pull.component;
    uint8_t digest[IMAGE_DIGEST_BYTES];
    char hex[IMAGE_HEX_MAX];
    (void)mbedtls_sha256_finish(&d->pull.sha, digest);
    DEVICE_JOURNAL(d, "package",
                   "component=%s instance=%u digest=%s bytes=%zu blocks=%u by=pull",
                   c->spec->name, c->instance, image_hex(digest, hex), d->pull.received,
                   d->pull.blocks);
    pull_stop(d);
    firmware_package(&d->firmware, c, digest, images_get(d->shared->images, digest),
                     now_ms);
}

static void fault_journal(struct device *d, enum fault_kind kind)
{
    DEVICE_JOURNAL(d, "fault", "name=%s component=%s", fault_name(kind),
                   d->pull.component->spec->name);
}

/* The faults that strike at a block. @return true if the pull is over */
static bool strike(struct device *d, const coap_pdu_t *received, int64_t now_ms)
{
    struct pull *p = &d->pull;
    struct faults *f = &d->firmware.faults;
    const char *name = p->component->spec->name;
    const struct fault_spec *space = faults_have(f, FAULT_NO_SPACE, name);
    const struct fault_spec *crash = faults_have(f, FAULT_CRASH_PUSH, name);
    const struct fault_spec *vanish = faults_have(f, FAULT_VANISH_PUSH, name);
    uint32_t size;
    if (space && !option_uint(received, COAP_OPTION_SIZE2, &size) &&
        size > space->number) {
        fault_journal(d, FAULT_NO_SPACE);
        fail(d, 2, now_ms);
        return true;
    }
    if (vanish && p->blocks >= vanish->number) {
        fault_journal(d, FAULT_VANISH_PUSH);
        device_vanish(d);
        return true;
    }
    if (crash && p->blocks == crash->number) {
        faults_use(f, crash);
        fault_journal(d, FAULT_CRASH_PUSH);
        device_reboot(d, now_ms, 0);
        return true;
    }
    return false;
}

static void block_take(struct device *d, const coap_pdu_t *received, int64_t now_ms)
{
    struct pull *p = &d->pull;
    coap_block_t block = {.szx = 6};
    const uint8_t *bytes = NULL;
    size_t len = 0;
    bool is_blocked = coap_get_block(received, COAP_OPTION_BLOCK2, &block);
    (void)coap_get_data(received, &len, &bytes);
    if (!is_same(p, received) ||
        (is_blocked && (size_t)block.num << (block.szx + 4) != p->received)) {
        fail(d, 4, now_ms);
        return;
    }
    if (strike(d, received, now_ms)) {
        return;
    }
    if (len) {
        (void)mbedtls_sha256_update(&p->sha, bytes, len);
    }
    p->received += len;
    p->blocks++;
    p->szx = block.szx;
    p->has_szx = true;
    if (!is_blocked || !block.m) {
        finish(d, now_ms);
    } else if (d->group->pull_gap_ms) {
        p->due_ms = now_ms + d->group->pull_gap_ms;
    } else {
        ask(d);
    }
}

bool pull_answer(struct device *d, const uint8_t *token, size_t token_len,
                 const coap_pdu_t *received, int64_t now_ms)
{
    struct pull *p = &d->pull;
    if (!p->component || token_len != sizeof(p->token) ||
        memcmp(token, p->token, token_len) != 0) {
        return false;
    }
    memset(p->token, 0, sizeof(p->token)); /* answered: the same answer again is none */
    if (!received) {
        fail(d, 4, now_ms);
        return true;
    }
    coap_pdu_code_t code = coap_pdu_get_code(received);
    uint32_t wait_s = 1;
    if (code == COAP_RESPONSE_CODE_CONTENT) {
        block_take(d, received, now_ms);
    } else if (code == COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE &&
               p->refusals++ < REFUSALS_MAX) {
        (void)option_uint(received, COAP_OPTION_MAXAGE, &wait_s);
        p->due_ms = now_ms + (int64_t)wait_s * 1000;
    } else {
        fail(d, code == COAP_RESPONSE_CODE_NOT_FOUND ? 7 : 4, now_ms);
    }
    return true;
}
