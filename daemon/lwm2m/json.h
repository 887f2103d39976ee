/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - just enough of a JSON reader (RFC 8259) to stream SenML without allocating;
 * internal to daemon/lwm2m. Errors set r->bad, as in base/bytes.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/bytes.h"
#include "daemon/lwm2m/value.h"

/** What stands between the quotes, lent. */
struct json_string {
    const uint8_t *at;
    size_t len;
    bool is_escaped; /* has a backslash: see json_unescape() */
};

/** @return the next character that is no white space, not taken; 0 at the end */
char json_peek(struct reader *r);

/** Take c, which must be next. */
void json_expect(struct reader *r, char c);

/** Between the members of an array or object, also before the first: take the comma or
 * the closing bracket. @return false at the bracket, and after an error */
bool json_more(struct reader *r, bool is_first, char bracket);

struct json_string json_read_string(struct reader *r);

/** A member's name and its colon. */
struct json_string json_read_name(struct reader *r);

bool json_string_is(const struct json_string *s, const char *text);

/** Copy s with its escapes resolved. @return 0, -EMSGSIZE, -EBADMSG */
[[nodiscard]] int json_unescape(const struct json_string *s, uint8_t *out, size_t size,
                                size_t *out_len);

/** A number: LWM2M_INT or LWM2M_UINT if it is written as one and fits, else
 * LWM2M_FLOAT. */
struct lwm2m_value json_read_number(struct reader *r);

bool json_read_bool(struct reader *r);

/** Pass over one value, at most 8 levels deep. */
void json_skip(struct reader *r);
