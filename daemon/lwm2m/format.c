/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/format.h"

#include <stdbool.h>

/* A format's place here is its bit in lwm2m_format_bit(): at most 32. */
const struct lwm2m_format_row lwm2m_formats[] = {
    {LWM2M_CT_TEXT, LWM2M_CT_TEXT, "text"},
    {LWM2M_CT_LINKS, LWM2M_CT_LINKS, "link-format"},
    {LWM2M_CT_OPAQUE, LWM2M_CT_OPAQUE, "opaque"},
    {LWM2M_CT_CBOR, LWM2M_CT_CBOR, "cbor"},
    {LWM2M_CT_SENML_JSON, LWM2M_CT_SENML_JSON, "senml-json"},
    {LWM2M_CT_SENML_CBOR, LWM2M_CT_SENML_CBOR, "senml-cbor"},
    {LWM2M_CT_SENML_ETCH_JSON, LWM2M_CT_SENML_JSON, "senml-etch-json"},
    {LWM2M_CT_SENML_ETCH_CBOR, LWM2M_CT_SENML_CBOR, "senml-etch-cbor"},
    {LWM2M_CT_OLD_TEXT, LWM2M_CT_TEXT, "text-1541"},
    {LWM2M_CT_OLD_TLV, LWM2M_CT_TLV, "tlv-1542"},
    {LWM2M_CT_OLD_JSON_1543, LWM2M_CT_OLD_JSON, "json-1543"},
    {LWM2M_CT_TLV, LWM2M_CT_TLV, "tlv"},
    {LWM2M_CT_OLD_JSON, LWM2M_CT_OLD_JSON, "json"},
    {LWM2M_CT_LWM2M_CBOR, LWM2M_CT_LWM2M_CBOR, "lwm2m-cbor"},
};
const size_t lwm2m_formats_len = sizeof lwm2m_formats / sizeof lwm2m_formats[0];

const struct lwm2m_format_row *lwm2m_format_find(uint16_t number)
{
    for (size_t i = 0; i < lwm2m_formats_len; i++)
        if (lwm2m_formats[i].number == number)
            return &lwm2m_formats[i];
    return NULL;
}

uint32_t lwm2m_format_bit(uint16_t number)
{
    const struct lwm2m_format_row *row = lwm2m_format_find(number);

    return row ? UINT32_C(1) << (row - lwm2m_formats) : 0;
}

/* What to ask for: SenML CBOR is small and exact, TLV is what every client speaks. */
static const uint16_t preferred[] = {LWM2M_CT_SENML_CBOR, LWM2M_CT_LWM2M_CBOR,
                                     LWM2M_CT_SENML_JSON};

size_t lwm2m_accept_list(enum lwm2m_version version, uint32_t formats,
                         uint16_t out[LWM2M_ACCEPT_MAX])
{
    size_t n = 0;

    /* A list is what the device has on top of the obligatory ones. Without one a 1.1
     * client may have either SenML; LwM2M CBOR is too rare to try. */
    if (formats == 0 && version != LWM2M_1_0)
        formats = lwm2m_format_bit(LWM2M_CT_SENML_CBOR) |
                  lwm2m_format_bit(LWM2M_CT_SENML_JSON);
    for (size_t i = 0; i < sizeof preferred / sizeof preferred[0]; i++)
        if (formats & lwm2m_format_bit(preferred[i]))
            out[n++] = preferred[i];
    out[n++] = LWM2M_CT_TLV;
    return n;
}
