/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - CoAP Content-Format numbers, and which of them to ask a device for. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum lwm2m_format {
    LWM2M_CT_TEXT = 0,
    LWM2M_CT_LINKS = 40,
    LWM2M_CT_OPAQUE = 42,
    LWM2M_CT_CBOR = 60,
    LWM2M_CT_SENML_JSON = 110,
    LWM2M_CT_SENML_CBOR = 112,
    LWM2M_CT_SENML_ETCH_JSON = 320,
    LWM2M_CT_SENML_ETCH_CBOR = 322,
    LWM2M_CT_OLD_TEXT = 1541,
    LWM2M_CT_OLD_TLV = 1542,
    LWM2M_CT_OLD_JSON_1543 = 1543,
    LWM2M_CT_TLV = 11542,
    LWM2M_CT_OLD_JSON = 11543,
    LWM2M_CT_LWM2M_CBOR = 11544,
};

/** Versions of the enabler, as in the lwm2m parameter of Register. */
enum lwm2m_version { LWM2M_1_0, LWM2M_1_1, LWM2M_1_2 };

struct lwm2m_format_row {
    uint16_t number;
    uint16_t
        same_as; /* the number that is read in the same way; number itself if none */
    const char *name; /* for logs */
};

extern const struct lwm2m_format_row lwm2m_formats[];
extern const size_t lwm2m_formats_len;

/** @return NULL if we know no such format */
const struct lwm2m_format_row *lwm2m_format_find(uint16_t number);

/** Bit of a format in struct lwm2m_links.formats; 0 if we know no such format. */
uint32_t lwm2m_format_bit(uint16_t number);

enum { LWM2M_ACCEPT_MAX = 4 };

/**
 * Formats to ask for when an object or instance is read, best first: try the next one
 * when the device answers 4.06, and remember which one it took.
 *
 * @param formats  what the ct attribute of its root link lists; 0 if it has none
 * @return how many there are in out, 1..LWM2M_ACCEPT_MAX
 */
size_t lwm2m_accept_list(enum lwm2m_version version, uint32_t formats,
                         uint16_t out[LWM2M_ACCEPT_MAX]);
