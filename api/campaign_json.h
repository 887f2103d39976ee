/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_json.h - campaigns and how far they are, as the API shows them. */
#pragma once

#include "api/request.h"
#include "store/campaigns.h"

/** The campaign that the first path parameter names. @return 0, -EINVAL with *rs set
 * (404), -errno */
[[nodiscard]] int campaign_find(struct request *rq, struct campaign_row *out,
                                struct response *rs);

/** Members of an open object. */
void campaign_members(struct json *j, const struct campaign_row *row);

/** Answer with a campaign that was just made, its policy, and which devices of it other
 * campaigns have. @return what a handler returns */
int campaign_answer_created(struct request *rq, struct response *rs, int64_t id,
                            int status);

/** Members "devices", "ended" and "tasks" of an open object. @return 0, -errno */
[[nodiscard]] int progress_counts(struct store *st, int64_t campaign_id,
                                  struct json *j);

struct campaign_progress;

/** Counts, read at one moment. @param out owned, free(). @return 0, -errno */
[[nodiscard]] int progress_read(struct store *st, int64_t campaign_id,
                                struct campaign_progress **out);

/** Members of an open object. */
void progress_members(struct json *j, const struct campaign_row *row,
                      const struct campaign_progress *progress, int64_t wall_ms);

/** @return true if every task succeeded or was excluded from the start */
bool progress_is_success(const struct campaign_progress *progress);
