/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/answer.h"

#include "tests/device/device.h"
#include "tests/device/tree.h"

int option_uint(const coap_pdu_t *pdu, coap_option_num_t number, uint32_t *out)
{
    coap_opt_iterator_t it;
    coap_opt_t *option = coap_check_option(pdu, number, &it);
    if (!option) {
        return 1;
    }
    *out = coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
    return 0;
}

void option_put_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value)
{
    uint8_t bytes[4];
    coap_add_option(pdu, number, coap_encode_var_safe(bytes, sizeof(bytes), value),
                    bytes);
}

static bool has_senml_cbor(const struct device *d)
{
    return d->group->senml_cbor == TRI_YES ||
           (d->group->senml_cbor == TRI_AUTO && d->lwm2m_minor >= 1);
}

/* @return the format, FORMAT_NONE if there is none for what is asked */
static int format_choose(const struct device *d, int accept, bool is_single)
{
    bool has_tlv = d->group->tlv != TRI_NO;
    switch (accept) {
    case FORMAT_NONE:
        return is_single           ? FORMAT_TEXT
               : has_senml_cbor(d) ? FORMAT_SENML_CBOR
                                   : FORMAT_TLV;
    case FORMAT_TEXT:
        return is_single ? FORMAT_TEXT : FORMAT_NONE;
    case FORMAT_CBOR:
        return is_single && d->lwm2m_minor >= 1 ? FORMAT_CBOR : FORMAT_NONE;
    case FORMAT_TLV:
        return has_tlv ? FORMAT_TLV : FORMAT_NONE;
    case FORMAT_SENML_CBOR:
        return has_senml_cbor(d) ? FORMAT_SENML_CBOR : FORMAT_NONE;
    default:
        return FORMAT_NONE;
    }
}

static void composite_read(const struct device *d, const struct path *paths,
                           size_t count, struct values *out)
{
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct values one;
        if (tree_read(d, &paths[i], &one)) {
            continue;
        }
        for (size_t k = 0; k < one.count && out->count < VALUES_MAX; k++) {
            out->v[out->count++] = one.v[k];
        }
    }
}

int answer_encode(struct device *d, const struct wanted *wanted, int *format,
                  size_t *len)
{
    const struct path *paths = wanted->paths;
    struct values values;
    struct writer w = writer_of(d->body, sizeof(d->body));
    char prefix[40];
    bool is_single = false;
    int accept = FORMAT_SENML_CBOR;

    if (wanted->is_composite) {
        composite_read(d, paths, wanted->count, &values);
    } else {
        int code = tree_read(d, &paths[0], &values);
        if (code) {
            return code;
        }
        accept = wanted->accept;
        is_single = paths[0].depth == 4 ||
                    (paths[0].depth == 3 && !tree_is_multiple(d, &paths[0]));
    }
    *format = format_choose(d, accept, is_single);
    switch (*format) {
    case FORMAT_TEXT:
        value_write_text(&w, &values.v[0]);
        break;
    case FORMAT_CBOR:
        value_write_cbor(&w, &values.v[0]);
        break;
    case FORMAT_TLV:
        value_write_tlv(&w, &paths[0], &values);
        break;
    case FORMAT_SENML_CBOR:
        value_write_senml_cbor(&w, &values, links_prefix(d, prefix));
        break;
    default:
        return 0x86;
    }
    *len = writer_len(&w);
    return w.bad ? 0xa0 : 0;
}

static unsigned szx_of(uint32_t bytes)
{
    unsigned szx = 0;
    while (szx < 6 && (32u << szx) <= bytes) {
        szx++;
    }
    return szx;
}

int answer_put(struct device *d, const coap_pdu_t *request, coap_pdu_t *response,
               int format, size_t len)
{
    coap_block_t block = {.szx = szx_of(d->group->response_block) & 7};
    coap_block_t asked;
    bool is_asked = request && coap_get_block(request, COAP_OPTION_BLOCK2, &asked);
    if (is_asked) {
        block.num = asked.num;
        block.szx = (asked.szx < block.szx ? asked.szx : block.szx) & 7;
    }
    size_t size = (size_t)16 << block.szx, from = block.num * size;
    if (from && from >= len) {
        return 0x80;
    }
    size_t part = len - from < size ? len - from : size;
    option_put_uint(response, COAP_OPTION_CONTENT_FORMAT, (uint32_t)format);
    if (is_asked || len > size) {
        uint32_t more = from + part < len;
        option_put_uint(response, COAP_OPTION_BLOCK2,
                        block.num << 4 | more << 3 | block.szx);
        if (!from) {
            option_put_uint(response, COAP_OPTION_SIZE2, (uint32_t)len);
        }
    }
    if (part) {
        coap_add_data(response, part, (const uint8_t *)d->body + from);
    }
    return 0;
}
