/* SPDX-License-Identifier: Apache-2.0 */
/* multipart.h - multipart/form-data (RFC 7578, RFC 2046 5.1), while it arrives.
 *
 * No part is kept: data comes out in the pieces in which it went in. Bytes in, events
 * out; no allocation.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    MULTIPART_BOUNDARY_MAX = 70, /* RFC 2046 5.1.1 */
    MULTIPART_NAME_MAX = 255,
    MULTIPART_LINE_MAX = 1024,
    MULTIPART_LINES_MAX = 16, /* header lines of one part */
};

enum multipart_event {
    MULTIPART_MORE, /* all input is used up */
    MULTIPART_PART, /* a part begins: .name and .filename */
    MULTIPART_DATA, /* .bytes, .len: borrowed until the next call */
    MULTIPART_PART_END,
    MULTIPART_END, /* the last boundary; what follows is dropped */
    MULTIPART_BAD, /* .problem says why; nothing more comes */
};

enum multipart_state {
    MULTIPART_IN_PREAMBLE,
    MULTIPART_IN_BOUNDARY_LINE,
    MULTIPART_IN_HEADERS,
    MULTIPART_IN_DATA,
    MULTIPART_IN_EPILOGUE,
    MULTIPART_IS_BAD,
};

struct multipart {
    char name[MULTIPART_NAME_MAX + 1];     /* of the part; "" if it has none */
    char filename[MULTIPART_NAME_MAX + 1]; /* "" if it has none */
    bool has_filename;
    const char *bytes; /* of MULTIPART_DATA */
    size_t len;
    const char *problem; /* static */

    enum multipart_state state;
    char delimiter[MULTIPART_BOUNDARY_MAX + 5]; /* CR LF - - boundary */
    size_t delimiter_len, matched;
    char line[MULTIPART_LINE_MAX + 1];
    size_t line_len;
    int lines;
};

/** @return true if the Content-Type is multipart/form-data */
bool multipart_is(const char *content_type);

/** @return 0, -EBADMSG: the Content-Type has no usable boundary */
[[nodiscard]] int multipart_init(struct multipart *m, const char *content_type);

/** Take from *in (*len bytes), which move on. Call it until it says MULTIPART_MORE. */
enum multipart_event multipart_next(struct multipart *m, const char **in, size_t *len);

/** @return true if the last boundary has been seen */
bool multipart_is_complete(const struct multipart *m);
