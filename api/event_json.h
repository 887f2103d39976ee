/* SPDX-License-Identifier: Apache-2.0 */
/* event_json.h - events, as lists and streams show them. */
#pragma once

#include "api/list.h"
#include "store/events.h"

/** Members of an open object: those of the body, and id, at, kind, name, actor,
 * campaign and endpoint where the body has none of that name. */
void event_members(struct json *j, const struct event_row *row);

/** "Event": its JSON schema, of all kinds. */
void event_schema(struct json *j);

/** Write a page of events. @return 0, -errno */
[[nodiscard]] int event_rows(struct request *rq, const struct event_query *query,
                             struct page *page, struct rows *rows);

/** Kinds with commas between, as struct event_query and hooks keep them: with a blank
 * before and after each; "" is any. @return 0, -EINVAL with *rs set */
[[nodiscard]] int event_kinds_read(const char *list, struct response *rs, char *out,
                                   size_t size);

/** Copy the parameter kind, one or more with commas between, if there is one.
 * @return 0, -EINVAL with *rs set */
[[nodiscard]] int event_query_kinds(const struct request *rq, struct response *rs,
                                    struct event_query *query);
