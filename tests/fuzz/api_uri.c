/* SPDX-License-Identifier: Apache-2.0 */
/* api_uri.c - any text as a request's target, a Content-Range and a time: a segment
 * that was read can be written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/content_range.h"
#include "api/text.h"
#include "api/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const char *segment)
{
    struct text target = {0};
    struct problem p = {0};
    struct uri u;

    text_put(&target, "/");
    text_percent(&target, segment);
    if (target.len <= URI_BYTES_MAX) {
        if (uri_parse(target.at, &u, &p) != 0 || u.segment_count != 1 ||
            strcmp(u.segments[0], segment) != 0)
            abort();
        uri_fini(&u);
    }
    text_fini(&target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct content_range range;
    struct problem p = {0};
    struct uri u;
    int64_t n;

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (uri_parse(text, &u, &p) == 0) {
        for (size_t i = 0; i < u.segment_count; i++)
            again(u.segments[i]);
        uri_fini(&u);
    } else if (p.kind == PROBLEM_NONE) {
        abort();
    }
    if (content_range_read(text, &range) == 0 &&
        (range.first > range.last || range.last >= range.total))
        abort();
    if (text_int_read(text, &n) == 0 && n < 0)
        abort();
    (void)text_time_read(text, &n);
    free(text);
    return 0;
}
