/* SPDX-License-Identifier: Apache-2.0 */
/* batch_internal.h - the inside of a batch, for who applies it. */
#pragma once

#include "store/batch.h"

struct batch_block;

struct batch {
    struct change *changes; /* their pointers point into the blocks */
    struct change_result *results;
    size_t count, room;
    size_t bytes;
    struct batch_block *blocks; /* newest first */
};
