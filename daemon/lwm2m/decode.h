/* SPDX-License-Identifier: Apache-2.0 */
/* decode.h - any payload with resource values, as a stream of (path, value).
 *
 * Nothing is allocated; strings and opaque values are lent from the message, or from
 * the decoder if they were escaped, until the next call. Resources that value.h knows
 * come with their type in every format, so the same state gives equal records.
 *
 * Formats: text, opaque, CBOR (one value each), TLV, SenML JSON and CBOR, LwM2M CBOR,
 * old JSON; see format.h. Sources: LwM2M Core 1.2.2 chapter 7, RFC 8428, RFC 8949.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/bytes.h"
#include "daemon/lwm2m/path.h"
#include "daemon/lwm2m/value.h"

struct lwm2m_record {
    struct lwm2m_path path;
    struct lwm2m_value value;
    double time_s; /* Unix time; below 2^28: relative to now (RFC 8428 4.5.3); 0: now */
};

enum { LWM2M_E_FORMAT = 1 /* no such content format here */ };

enum { LWM2M_NAME_BYTES = 128 /* longest SenML name and base name */ };

/** One level of nested TLVs or maps. */
struct lwm2m_level {
    struct lwm2m_path path;
    const uint8_t *end; /* of a TLV */
    uint64_t left;      /* entries of a map */
    bool is_indefinite; /* a map that ends with a break */
    bool is_empty;      /* so far */
};

/** The caller's; its members are the codecs' own. May not be copied while in use. */
struct lwm2m_decoder {
    struct reader in;
    struct lwm2m_path base;
    const char *root;
    const struct lwm2m_afu_objects *afu;
    uint16_t format;
    bool is_begun, is_done;
    uint8_t depth; /* of levels in use */
    struct lwm2m_level levels[LWM2M_PATH_IDS];
    double base_time_s;
    double base_value; /* SenML bv */
    uint8_t base_name[LWM2M_NAME_BYTES], name[LWM2M_NAME_BYTES];
    size_t base_name_len, name_len;
    uint8_t scratch[LWM2M_SCRATCH_BYTES];
};

/**
 * @param base  path of the request that this answers (TLV, text, opaque and CBOR say
 *              nothing of it); the root for Send and for composite reads
 * @param bytes borrowed until the decoder is no longer used, may be NULL when len is 0
 *
 * @return 0, LWM2M_E_FORMAT
 */
[[nodiscard]] int lwm2m_decode_begin(struct lwm2m_decoder *d, uint16_t format,
                                     const struct lwm2m_path *base, const void *bytes,
                                     size_t len);

/** Optional, after begin: the device's alternate path (SenML names start with it), and
 * the objects that are like 33629. Both borrowed, both may be NULL. */
void lwm2m_decode_for(struct lwm2m_decoder *d, const char *root,
                      const struct lwm2m_afu_objects *afu);

/**
 * @param out  written when 1 is returned
 * @return 1, 0 at the end, -EBADMSG
 */
[[nodiscard]] int lwm2m_decode_next(struct lwm2m_decoder *d, struct lwm2m_record *out);
