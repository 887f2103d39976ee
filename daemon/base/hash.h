/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - a keyed hash (SipHash-1-3) for tables whose keys strangers choose. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t k0, k1; /* random, one per process */
};

uint64_t hash_bytes(const struct hash_key *key, const void *bytes, size_t len);
