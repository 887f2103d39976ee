/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/push.h"

#include "tests/device/answer.h"
#include "tests/device/device.h"

#include "daemon/base/clock.h"

enum {
    CONTINUE = 0x5f,
    LOST = 0x88,
    TOO_LARGE = 0x8d,
    BUSY = 0xa3,
    CODE_UNSUPPORTED = 0x82
};

static const struct fault_spec *fault_of(const struct device *d, enum fault_kind kind,
                                         const struct component *c)
{
    return faults_have(&d->firmware.faults, kind, c->spec->name);
}

static void fault_journal(struct device *d, const struct component *c,
                          enum fault_kind kind)
{
    DEVICE_JOURNAL(d, "fault", "name=%s component=%s", fault_name(kind), c->spec->name);
}

void push_stop(struct device *d)
{
    if (d->push.component) {
        mbedtls_sha256_free(&d->push.sha);
    }
    d->push.component = NULL;
    d->push.due_ms = INT64_MAX;
}

void push_tick(struct device *d, int64_t now_ms)
{
    struct component *c = d->push.component;
    if (c && d->push.due_ms <= now_ms) {
        push_stop(d);
        firmware_download_failed(&d->firmware, c, 4, now_ms);
    }
}

static void start(struct device *d, struct component *c)
{
    push_stop(d);
    d->push.component = c;
    d->push.received = 0;
    d->push.blocks = 0;
    mbedtls_sha256_init(&d->push.sha);
    (void)mbedtls_sha256_starts(&d->push.sha, 0);
}

/* The faults that refuse a block by its size. @return 0, or a code */
static int size_refuse(struct device *d, const struct component *c, size_t len,
                       const coap_block_t *block, coap_pdu_t *response)
{
    const struct fault_spec *too_large = fault_of(d, FAULT_TOO_LARGE, c);
    const struct fault_spec *hint = fault_of(d, FAULT_HINT, c);
    if (too_large && len > too_large->number) {
        fault_journal(d, c, FAULT_TOO_LARGE);
        return TOO_LARGE;
    }
    if (hint && block->szx > hint->number) {
        fault_journal(d, c, FAULT_HINT);
        option_put_uint(response, COAP_OPTION_BLOCK1, 8u | (hint->number & 7));
        return TOO_LARGE;
    }
    return 0;
}

/* May a transfer begin with this first block? @return 0, or a code */
static int first_refuse(struct device *d, struct component *c,
                        const coap_pdu_t *request, coap_pdu_t *response)
{
    uint32_t size;
    const struct fault_spec *space = fault_of(d, FAULT_NO_SPACE, c);
    const struct fault_spec *busy = fault_of(d, FAULT_BUSY, c);
    if (busy && d->push.busy_count < busy->number) {
        d->push.busy_count++;
        fault_journal(d, c, FAULT_BUSY);
        return BUSY;
    }
    int code = firmware_push_check(&d->firmware, c);
    if (code != FW_CHANGED) {
        return code;
    }
    if (space && !option_uint(request, COAP_OPTION_SIZE1, &size) &&
        size > space->number) {
        fault_journal(d, c, FAULT_NO_SPACE);
        option_put_uint(response, COAP_OPTION_SIZE1, space->number);
        return TOO_LARGE;
    }
    return 0;
}

/* The faults that strike at a certain block. @return 0, or a code */
static int number_strike(struct device *d, struct component *c, uint32_t number,
                         int64_t now_ms)
{
    const struct fault_spec *lost = fault_of(d, FAULT_LOST_TRANSFER, c);
    const struct fault_spec *crash = fault_of(d, FAULT_CRASH_PUSH, c);
    const struct fault_spec *vanish = fault_of(d, FAULT_VANISH_PUSH, c);
    if (vanish && number >= vanish->number) {
        fault_journal(d, c, FAULT_VANISH_PUSH);
        d->network.is_deaf = true;
        device_vanish(d);
        return BUSY;
    }
    if (crash && number == crash->number) {
        faults_use(&d->firmware.faults, crash);
        fault_journal(d, c, FAULT_CRASH_PUSH);
        d->network.is_deaf = true; /* the answer does not leave any more */
        device_reboot(d, now_ms, 0);
        return BUSY;
    }
    if (lost && number == lost->number) {
        faults_use(&d->firmware.faults, lost);
        fault_journal(d, c, FAULT_LOST_TRANSFER);
        push_stop(d);
        return LOST;
    }
    return 0;
}

static void finish(struct device *d, struct component *c, int64_t now_ms)
{
    uint8_t digest[IMAGE_DIGEST_BYTES];
    char hex[IMAGE_HEX_MAX];
    (void)mbedtls_sha256_finish(&d->push.sha, digest);
    DEVICE_JOURNAL(d, "package",
                   "component=%s instance=%u digest=%s bytes=%zu blocks=%u by=push",
                   c->spec->name, c->instance, image_hex(digest, hex), d->push.received,
                   d->push.blocks);
    push_stop(d);
    firmware_package(&d->firmware, c, digest, images_get(d->shared->images, digest),
                     now_ms);
}

/* A block as it came. */
struct taken {
    const uint8_t *bytes;
    size_t len;
    coap_block_t block;
};

static int append(struct device *d, struct component *c, const struct taken *b,
                  int64_t now_ms)
{
    size_t from = (size_t)b->block.num << (b->block.szx + 4);
    if (from != d->push.received) { /* a block again, or a gap */
        return from + b->len <= d->push.received && b->block.m ? CONTINUE : LOST;
    }
    if (b->len && mbedtls_sha256_update(&d->push.sha, b->bytes, b->len)) {
        return 0xa0;
    }
    d->push.received += b->len;
    d->push.blocks++;
    if (b->block.m) {
        d->push.due_ms = now_ms + d->group->push_timeout_ms;
        return CONTINUE;
    }
    finish(d, c, now_ms);
    return FW_CHANGED;
}

/* One zero byte alone resets (object 33629 resource 0). */
static bool is_zero(const struct taken *b)
{
    return b->block.num == 0 && !b->block.m && b->len == 1 && b->bytes[0] == 0;
}

static int zero_take(struct device *d, struct component *c, int64_t now_ms)
{
    push_stop(d);
    int code = firmware_reset(&d->firmware, c, now_ms);
    if (code == FW_CHANGED) {
        DEVICE_JOURNAL(d, "reset", "component=%s by=zero", c->spec->name);
    }
    return code;
}

static int begin(struct device *d, struct component *c, const coap_pdu_t *request,
                 coap_pdu_t *response)
{
    int code = first_refuse(d, c, request, response);
    if (!code) {
        start(d, c);
    }
    return code;
}

static int block_take(struct device *d, struct component *c, const coap_pdu_t *request,
                      const coap_block_t *block, coap_pdu_t *response)
{
    struct taken b = {.block = *block};
    int64_t now_ms = clock_mono_ms();
    (void)coap_get_data(request, &b.len, &b.bytes);
    int code = size_refuse(d, c, b.len, block, response);
    if (code) {
        return code;
    }
    if (d->push.component && d->push.component != c) {
        return BUSY;
    }
    if (is_zero(&b)) {
        return zero_take(d, c, now_ms);
    }
    code = block->num == 0 ? begin(d, c, request, response)
                           : (d->push.component ? 0 : LOST);
    if (!code) {
        code = number_strike(d, c, block->num, now_ms);
    }
    return code ? code : append(d, c, &b, now_ms);
}

void push_block(struct device *d, struct component *c, const coap_pdu_t *request,
                coap_pdu_t *response)
{
    coap_block_t block = {.szx = 6};
    coap_opt_iterator_t it;
    bool is_blocked = coap_get_block(request, COAP_OPTION_BLOCK1, &block);
    if (!is_blocked && coap_check_option(request, COAP_OPTION_BLOCK1, &it)) {
        coap_pdu_set_code(response,
                          (coap_pdu_code_t)CODE_UNSUPPORTED); /* size exponent 7 */
        return;
    }
    int code = block_take(d, c, request, &block, response);
    const struct fault_spec *shrink = fault_of(d, FAULT_SHRINK, c);
    bool is_taken = code == CONTINUE || code == FW_CHANGED;
    coap_pdu_set_code(response, (coap_pdu_code_t)code);
    if (is_blocked && is_taken) {
        unsigned szx =
            shrink && shrink->number < block.szx ? shrink->number : block.szx;
        option_put_uint(response, COAP_OPTION_BLOCK1,
                        block.num << 4 | (uint32_t)block.m << 3 | szx);
    }
    if (code != CONTINUE && code != FW_CHANGED) {
        DEVICE_JOURNAL(d, "refused", "component=%s block=%u code=%d.%02d",
                       c->spec->name, block.num, code >> 5, code & 31);
    }
}
