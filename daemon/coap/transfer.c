/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.c - one function per kind of answer. */
#include "daemon/coap/transfer.h"

#include "daemon/coap/code.h"

struct transfer transfer_begin(uint64_t size, uint8_t szx, uint32_t tag)
{
    return (struct transfer){.size = size, .szx = szx, .tag = tag};
}

static bool is_last(const struct transfer *t)
{
    return t->offset + block_bytes(t->szx) >= t->size;
}

struct block transfer_block(const struct transfer *t)
{
    return (struct block){
        .num = (uint32_t)(t->offset >> (t->szx + 4)),
        .more = !is_last(t),
        .szx = t->szx,
    };
}

uint32_t transfer_len(const struct transfer *t)
{
    uint64_t left = t->size - t->offset;
    return (uint32_t)(is_last(t) ? left : block_bytes(t->szx));
}

bool transfer_is_single(const struct transfer *t)
{
    return t->size <= block_bytes(t->szx);
}

static void move_on(struct transfer *t)
{
    t->offset += block_bytes(t->szx);
    t->is_repeated = false;
}

static enum transfer_step restart(struct transfer *t)
{
    t->offset = 0;
    t->tag++;
    t->busy = 0;
    t->is_repeated = t->is_probing = false;
    return TRANSFER_RESTART;
}

static enum transfer_step take_progress(struct transfer *t,
                                        const struct transfer_answer *a)
{
    move_on(t);
    t->busy = 0;
    t->is_probing = false;
    if (a->has_block1 && a->block1.szx < t->szx)
        t->szx = a->block1.szx;
    return TRANSFER_SEND;
}

/* A repeated block was refused; perhaps only because its first copy had arrived. See
 * what the peer says to the next block. */
static enum transfer_step probe(struct transfer *t)
{
    if (is_last(t))
        return TRANSFER_UNSURE;
    if (!t->is_probing)
        t->probe_from = t->offset;
    t->is_probing = true;
    move_on(t);
    return TRANSFER_SEND;
}

static enum transfer_step take_busy(struct transfer *t, uint32_t tries_max)
{
    if (t->is_repeated)
        return probe(t);
    if (t->is_probing) {
        t->offset = t->probe_from;
        t->is_probing = false;
    }
    if (t->busy >= tries_max)
        return TRANSFER_END;
    t->busy++;
    return TRANSFER_WAIT;
}

static enum transfer_step take_incomplete(struct transfer *t)
{
    if (t->is_repeated)
        return probe(t);
    if (t->restarts >= TRANSFER_RESTARTS_MAX)
        return TRANSFER_END;
    t->restarts++;
    return restart(t);
}

/* Not counted: the size gets smaller each time, so it ends by itself. */
static enum transfer_step take_too_large(struct transfer *t,
                                         const struct transfer_answer *a)
{
    bool has_hint = a->has_block1 && a->block1.szx < t->szx;
    bool is_body_too_large = a->size1 >= 0 && (uint64_t)a->size1 < t->size;
    if (!has_hint && (is_body_too_large || t->offset > 0 || t->szx == 0))
        return TRANSFER_END;
    t->szx = has_hint ? a->block1.szx : (uint8_t)(t->szx - 1);
    return restart(t);
}

static enum transfer_step take(struct transfer *t, const struct transfer_answer *a,
                               uint32_t busy_tries)
{
    bool is_ack = a->code == COAP_231_CONTINUE ||
                  (coap_code_is_success(a->code) && a->has_block1);
    if (is_ack && !is_last(t))
        return take_progress(t, a);
    if (a->code == COAP_503_UNAVAILABLE)
        return take_busy(t, busy_tries);
    if (a->code == COAP_408_INCOMPLETE)
        return take_incomplete(t);
    if (a->code == COAP_413_TOO_LARGE)
        return take_too_large(t, a);
    return TRANSFER_END;
}

enum transfer_step transfer_take(struct transfer *t, const struct transfer_answer *a,
                                 uint32_t busy_tries)
{
    enum transfer_step step = take(t, a, busy_tries);
    bool goes_on = step == TRANSFER_SEND || step == TRANSFER_RESTART;
    return goes_on && !transfer_fits(t->size, t->szx) ? TRANSFER_END : step;
}

bool transfer_fits(uint64_t size, uint8_t szx)
{
    return size <= (uint64_t)(BLOCK_NUM_MAX + 1) * block_bytes(szx);
}

bool transfer_shrink(struct transfer *t)
{
    if (t->szx == 0 || !transfer_fits(t->size, (uint8_t)(t->szx - 1)))
        return false;
    t->szx--;
    return true;
}
