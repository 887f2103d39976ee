/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m_decode.c - any bytes in any content format. The first byte picks the format,
 * the second how deep the request's path is. What is decoded is encoded again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "daemon/lwm2m/decode.h"
#include "daemon/lwm2m/encode.h"
#include "daemon/lwm2m/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read every byte that a record lends. */
static uint8_t sum_of(const struct lwm2m_value *v)
{
    uint8_t sum = 0;

    if (v->kind == LWM2M_STRING || v->kind == LWM2M_OPAQUE)
        for (size_t i = 0; i < v->bytes.len; i++)
            sum = (uint8_t)(sum + v->bytes.at[i]);
    return sum;
}

/* A value that was read must be the same after writing and reading it. */
static void go_round(uint16_t format, const struct lwm2m_record *record)
{
    static uint8_t out[70000];
    struct writer w = writer_of(out, sizeof out);
    static struct lwm2m_decoder d;
    struct lwm2m_record got;

    if (lwm2m_encode_value(&w, format, NULL, record) != 0 || w.bad)
        return;
    if (lwm2m_decode_begin(&d, format, &record->path, out, writer_len(&w)) != 0 ||
        lwm2m_decode_next(&d, &got) != 1 ||
        !lwm2m_path_equal(&got.path, &record->path) ||
        !lwm2m_value_equal(&got.value, &record->value))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct lwm2m_path bases[] = {
        {0, {0}},       {1, {33629}},           {2, {33629, 0}},
        {3, {5, 0, 0}}, {4, {33629, 0, 16, 1}}, {3, {3, 0, 9}}};
    static struct lwm2m_decoder d;
    struct lwm2m_record record;
    char text[64];
    int64_t number;
    volatile uint8_t sink = 0;

    if (size < 2)
        return 0;
    uint16_t format = lwm2m_formats[data[0] % lwm2m_formats_len].number;
    const struct lwm2m_path *base = &bases[data[1] % (sizeof bases / sizeof bases[0])];
    if (lwm2m_decode_begin(&d, format, base, data + 2, size - 2) != 0)
        return 0;
    lwm2m_decode_for(&d, data[1] & 0x80 ? "/lwm2m" : NULL, NULL);
    while (lwm2m_decode_next(&d, &record) == 1) {
        sink = (uint8_t)(sink + sum_of(&record.value));
        (void)lwm2m_value_text(&record.value, text, sizeof text);
        (void)lwm2m_value_int(&record.value, &number);
        go_round(LWM2M_CT_SENML_CBOR, &record);
    }
    return 0;
}
