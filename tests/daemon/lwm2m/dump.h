/* SPDX-License-Identifier: Apache-2.0 */
/* dump.h - payloads written as hex, records written as text, for tests of codecs. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "daemon/lwm2m/decode.h"

/** Bytes of hex digits; anything else between them is passed over. @return how many */
size_t unhex(const char *hex, uint8_t *out, size_t size);

/** The hex digits of bytes, static. */
const char *hex_of(const void *bytes, size_t len);

/**
 * Decode a payload, given as hex, into lines like "/33629/0/3 int 2; ", static. An
 * error is "bad" at the end. The bytes lie in a block of their own, so that ASan sees
 * every read beyond them.
 */
const char *dump_hex(uint16_t format, struct lwm2m_path base, const char *hex);
const char *dump_text(uint16_t format, struct lwm2m_path base, const char *payload);
const char *dump_bytes(uint16_t format, struct lwm2m_path base, const void *bytes,
                       size_t len);
