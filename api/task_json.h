/* SPDX-License-Identifier: Apache-2.0 */
/* task_json.h - tasks, as the API shows them. */
#pragma once

#include "api/list.h"
#include "store/tasks.h"

struct profile_set;

/** Members of an open object. */
void task_members(struct json *j, const struct task_row *row);

/** Which campaign has the device, if the task waits for that. @return 0, -errno */
[[nodiscard]] int task_holder(struct request *rq, const struct task_row *row,
                              struct json *j);

/** "components": [...], with what profiles know of them. @return 0, -errno */
[[nodiscard]] int task_components(struct request *rq, const struct task_row *row,
                                  const struct profile_set *profiles, struct json *j);

/** Write a page of tasks; include=components adds those. @return 0, -errno */
[[nodiscard]] int task_rows(struct request *rq, const struct task_query *query,
                            struct page *page, struct rows *rows);
