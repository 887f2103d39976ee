/* SPDX-License-Identifier: Apache-2.0 */
#include "api/match.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/request.h"
#include "store/revision.h"

/* The next entity tag of the list: what stands between the quotes. */
struct tag {
    const char *at;
    size_t len;
    bool is_weak;
};

static bool next_tag(const char **field, struct tag *tag)
{
    const char *at = *field + strspn(*field, ", \t");

    tag->is_weak = strncmp(at, "W/", 2) == 0;
    at += tag->is_weak ? 2 : 0;
    if (*at != '"')
        return false;
    tag->at = at + 1;
    tag->len = strcspn(tag->at, "\"");
    *field = tag->at + tag->len + (tag->at[tag->len] == '"');
    return tag->at[tag->len] == '"';
}

static bool is_star(const char *field)
{
    field += strspn(field, " \t");
    return *field == '*' && field[1 + strspn(field + 1, " \t")] == '\0';
}

bool match_lists(const char *field, const char *text)
{
    struct tag tag;

    if (is_star(field))
        return true;
    while (next_tag(&field, &tag))
        if (tag.len == strlen(text) && memcmp(tag.at, text, tag.len) == 0)
            return true;
    return false;
}

static bool lists_mark(const char *field, const char *mark)
{
    size_t len = strlen(mark);
    struct tag tag;

    while (next_tag(&field, &tag))
        if (!tag.is_weak && tag.len >= len && memcmp(tag.at, mark, len) == 0 &&
            (tag.len == len || tag.at[len] == '.'))
            return true;
    return false;
}

static bool refuse(struct response *rs, const char *why)
{
    response_refuse(rs, PROBLEM_PRECONDITION_FAILED, "%s", why);
    return false;
}

bool match_mark(const struct request *rq, struct response *rs, const char *mark)
{
    const char *field = rq->headers.if_match;

    return !field || is_star(field) || lists_mark(field, mark) ||
           refuse(rs, "It was changed meanwhile: If-Match is not its ETag.");
}

bool match_revision(const struct request *rq, struct response *rs, int64_t now,
                    int64_t *revision)
{
    const char *match = rq->headers.if_match, *none = rq->headers.if_none_match;
    char mark[24];

    snprintf(mark, sizeof mark, "%" PRId64, now);
    *revision = STORE_REVISION_ANY;
    if (none && now != MATCH_ABSENT && (is_star(none) || lists_mark(none, mark)))
        return refuse(rs, "It is there already: If-None-Match does not hold.");
    if (match && now == MATCH_ABSENT)
        return refuse(rs, "There is none: If-Match does not hold.");
    if (match && !match_mark(rq, rs, mark))
        return false;
    if (match)
        *revision = is_star(match) ? STORE_REVISION_SOME : now;
    else if (none && is_star(none))
        *revision = STORE_REVISION_NONE;
    return true;
}
