/* SPDX-License-Identifier: Apache-2.0 */
/* match.h - If-Match and If-None-Match (RFC 9110 13.1). An ETag is "MARK.REST": the
 * mark names what can be edited, the rest the whole of the answer, so that If-Match
 * does not fail because a device was heard of.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct request;
struct response;

/** @return true if the field is * or lists the entity tag, without its quotes; a weak
 * one counts */
bool match_lists(const char *field, const char *tag);

/** @return true if If-Match is absent, * or lists a tag with this mark; false: *rs has
 * 412 */
bool match_mark(const struct request *rq, struct response *rs, const char *mark);

enum { MATCH_ABSENT = -1, MATCH_HEADERS = -3 };

/**
 * What a change must find, from both fields.
 *
 * @param now       the revision that there is, or MATCH_ABSENT
 * @param revision  written: for struct command
 *
 * @return true; false: *rs has 412, since it does not hold even now
 */
bool match_revision(const struct request *rq, struct response *rs, int64_t now,
                    int64_t *revision);
