/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.h - where a body stands that we send by Block1, and what an answer to one of
 * its blocks means (RFC 7959 2.3, 2.9; what fielded clients do instead). Pure.
 *
 *   2.31, or 2.xx with Block1 to a block that is not the last: next block; a smaller
 *     size in the answer holds from then on
 *   5.03: wait, then the same block again; but to a *repeated* block it may only mean
 *     that the first copy arrived: try the next block, and come back if that fails
 *   4.08: from block 0 with a new Request-Tag; to a repeated block first as above
 *   4.13: smaller blocks, from block 0; the end if the body is what is too large
 *   anything else: the end
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/coap/option.h"

struct transfer {
    uint64_t size;   /* of the body */
    uint64_t offset; /* where the current block starts; all before is acknowledged */
    uint64_t probe_from; /* the doubtful block while is_probing */
    uint32_t tag;        /* Request-Tag, new with each start from 0 */
    uint8_t szx;         /* current block size */
    uint8_t restarts, busy;
    bool is_repeated; /* the current block was transmitted more than once */
    bool is_probing;  /* the block before was refused as a repetition */
};

/* A device that loses every body will lose the next one too; the engine tries later. */
enum { TRANSFER_RESTARTS_MAX = 3 };

/** What the peer said to the current block. */
struct transfer_answer {
    uint8_t code;
    bool has_block1;
    struct block block1;
    int64_t size1; /* -1: absent */
};

enum transfer_step {
    TRANSFER_SEND,    /* transmit the current block, a new message */
    TRANSFER_WAIT,    /* the same after Max-Age */
    TRANSFER_RESTART, /* transmit block 0; a new token, too */
    TRANSFER_END,     /* the answer is final */
    TRANSFER_UNSURE,  /* final, but it may only have refused a repetition */
};

/** @return true if block numbers (20 bits) reach the end of a body of this size */
bool transfer_fits(uint64_t size, uint8_t szx);

/** A body longer than one block goes out in blocks of 16 << szx. */
struct transfer transfer_begin(uint64_t size, uint8_t szx, uint32_t tag);

/** Take in an answer that belongs to the current block.
 * @param busy_tries  5.03 to the same block before it is final */
enum transfer_step transfer_take(struct transfer *t, const struct transfer_answer *a,
                                 uint32_t busy_tries);

/** The current block did not fit into a datagram. @return false if there is no smaller
 * size */
bool transfer_shrink(struct transfer *t);

/** @return the Block1 value of the current block */
struct block transfer_block(const struct transfer *t);

/** @return bytes in the current block */
uint32_t transfer_len(const struct transfer *t);

/** @return true if the body fits in the current block alone: no Block1 is needed */
bool transfer_is_single(const struct transfer *t);
