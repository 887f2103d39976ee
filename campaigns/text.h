/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - copying texts whose bounds were checked when they came in. */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <string.h>

/** Copy text, which fits: anything else is our own bug. */
static inline void text_copy(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);
    assert(len < size);
    memcpy(out, text, len + 1);
}

/** The same into an array. */
#define TEXT_COPY(array, text) text_copy(array, sizeof(array), text)
