/* SPDX-License-Identifier: Apache-2.0 */
/* content_range.h - "bytes 0-1023/4096" (RFC 9110 14.4) of an upload. */
#pragma once

#include <stdint.h>

struct content_range {
    int64_t first, last; /* offsets, both included */
    int64_t total;
};

/** @return 0, -EBADMSG: not that form, or first > last, or last >= total */
[[nodiscard]] int content_range_read(const char *text, struct content_range *out);
