/* SPDX-License-Identifier: Apache-2.0 */
/* import_rows.c - any bytes as a list of devices, whole and in steps: the same rows
 * must come out, each with an endpoint and tags that can be kept. The first byte is the
 * step and its lowest bit the format.
 */
#include "api/import_rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    uint64_t hash;
    int64_t line;
    bool is_bad;
};

static void mix(struct sum *s, const char *text)
{
    do
        s->hash = (s->hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
    while (*text++);
}

static int take(void *arg, const struct import_row *row)
{
    struct sum *s = arg;

    if (row->line < s->line || row->tag_count > TAGS_MAX)
        abort();
    s->line = row->line;
    mix(s, row->why ? row->why : row->endpoint);
    if (!row->why && endpoint_problem(row->endpoint))
        abort();
    for (size_t i = 0; i < row->tag_count; i++) {
        if (tag_name_problem(row->tags[i].name))
            abort();
        mix(s, row->tags[i].name);
        mix(s, row->tags[i].value);
    }
    return 0;
}

static struct sum sum_of(enum import_format format, const char *bytes, size_t len,
                         size_t step)
{
    struct import_rows *rows;
    struct sum s = {0};

    if (import_rows_open(format, take, &s, &rows) != 0)
        abort();
    for (size_t at = 0; at < len; at += step)
        if (import_rows_feed(rows, bytes + at, len - at < step ? len - at : step) != 0)
            abort();
    if (import_rows_end(rows) != 0)
        abort();
    s.is_bad = import_rows_problem(rows) != NULL;
    import_rows_close(rows);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum import_format format = data[0] & 1 ? IMPORT_NDJSON : IMPORT_CSV;
    const char *bytes = (const char *)data + 1;
    struct sum whole = sum_of(format, bytes, size - 1, size);
    struct sum cut = sum_of(format, bytes, size - 1, data[0] / 2 % 32 + 1u);

    if (whole.hash != cut.hash || whole.line != cut.line || whole.is_bad != cut.is_bad)
        abort();
    return 0;
}
