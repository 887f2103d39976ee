/* SPDX-License-Identifier: Apache-2.0 */
/* coap_message.c - any bytes as a datagram: parsed, its options read, and written again
 * they must be the same message.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t write_again(const struct message *m, uint8_t *out, size_t size)
{
    struct option_writer w = message_begin(out, size, m);
    struct option_reader r = option_reader_of(m->options, m->options_len);
    for (struct option o; option_next(&r, &o);)
        option_put(&w, o.number, o.value, o.len);
    option_put_payload(&w, m->payload, m->payload_len);
    return w.bad ? 0 : option_writer_len(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[70000];
    struct message m, again;
    struct fields f;
    if (size > 65000 || message_parse(data, size, &m) != 0)
        return 0;
    (void)!fields_read(&m, &f);
    size_t len = write_again(&m, out, sizeof out);
    if (len == 0 || message_parse(out, len, &again) != 0)
        abort();
    if (again.code != m.code || again.mid != m.mid || again.type != m.type ||
        again.payload_len != m.payload_len || !token_equal(&again.token, &m.token))
        abort();
    if (m.payload_len && memcmp(again.payload, m.payload, m.payload_len) != 0)
        abort();
    return 0;
}
