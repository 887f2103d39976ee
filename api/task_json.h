/* SPDX-License-Identifier: Apache-2.0 */
/* task_json.h - tasks, as the API shows them. */
#pragma once

#include "api/list.h"
#include "store/tasks.h"

/** Members of an open object. */
void task_members(struct json *j, const struct task_row *row);

/** "components": [...]. @return 0, -errno */
[[nodiscard]] int task_components(struct request *rq, int64_t task_id, struct json *j);

/** Write a page of tasks; include=components adds those. @return 0, -errno */
[[nodiscard]] int task_rows(struct request *rq, const struct task_query *query,
                            struct page *page, struct rows *rows);
