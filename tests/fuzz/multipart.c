/* SPDX-License-Identifier: Apache-2.0 */
/* multipart.c - any bytes as a multipart body, in steps: whatever the steps are, the
 * same parts with the same bytes must come out. The first byte is the step.
 */
#include "api/multipart.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    uint64_t hash; /* of names, bytes and ends, in order */
    int parts;
    bool is_bad, is_complete;
};

static void mix(struct sum *s, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        s->hash = (s->hash ^ (uint8_t)bytes[i]) * 1099511628211u;
}

static void feed(struct sum *s, struct multipart *m, const char *bytes, size_t len)
{
    enum multipart_event event;

    while ((event = multipart_next(m, &bytes, &len)) != MULTIPART_MORE) {
        if (event == MULTIPART_BAD) {
            s->is_bad = true;
            return;
        }
        if (event == MULTIPART_PART) {
            s->parts++;
            mix(s, m->name, strlen(m->name) + 1);
            mix(s, m->filename, strlen(m->filename) + 1);
        }
        if (event == MULTIPART_DATA)
            mix(s, m->bytes, m->len);
        if (event == MULTIPART_PART_END)
            mix(s, ";", 1);
    }
}

static struct sum sum_of(const char *bytes, size_t len, size_t step)
{
    struct multipart m;
    struct sum s = {0};

    if (multipart_init(&m, "multipart/form-data; boundary=B") != 0)
        abort();
    for (size_t at = 0; at < len && !s.is_bad; at += step)
        feed(&s, &m, bytes + at, len - at < step ? len - at : step);
    s.is_complete = multipart_is_complete(&m);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct multipart m;
    char type[512];

    if (size == 0)
        return 0;
    size_t step = data[0] % 64 + 1u;
    struct sum whole = sum_of((const char *)data + 1, size - 1, size);
    struct sum cut = sum_of((const char *)data + 1, size - 1, step);
    if (whole.is_bad != cut.is_bad || whole.parts != cut.parts ||
        (!whole.is_bad &&
         (whole.hash != cut.hash || whole.is_complete != cut.is_complete)))
        abort();

    if (size < sizeof type) {
        memcpy(type, data, size);
        type[size] = '\0';
        if (multipart_init(&m, type) == 0 && m.delimiter_len >= sizeof m.delimiter)
            abort();
    }
    return 0;
}
