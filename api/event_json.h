/* SPDX-License-Identifier: Apache-2.0 */
/* event_json.h - events, as lists and streams show them. */
#pragma once

#include "api/list.h"
#include "store/events.h"

/** Members of an open object: those of the body, and id, at, kind, name, actor,
 * campaign and endpoint where the body has none of that name. */
void event_members(struct json *j, const struct event_row *row);

/** Write a page of events. @return 0, -errno */
[[nodiscard]] int event_rows(struct request *rq, const struct event_query *query,
                             struct page *page, struct rows *rows);

/** Copy the parameter kind, if there is one. */
void event_query_kind(const struct request *rq, struct event_query *query);
