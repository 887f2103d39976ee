/* SPDX-License-Identifier: Apache-2.0 */
/* cursor.h - where a list goes on, as a text that needs no escapes in a URL: the id of
 * the last row, and with a sort ".KEY", of which all but letters, digits, - and _ is
 * ~XX.
 */
#pragma once

#include "api/text.h"
#include "store/store.h"

/** Append where the page after this one begins. */
void cursor_write(const struct page *page, struct text *out);

/** Set page->after and, for page->sort, page->after_key.
 * @return 0, -EBADMSG: it is none, or of another sort */
[[nodiscard]] int cursor_read(const char *text, struct page *page);
