/* SPDX-License-Identifier: Apache-2.0 */
/* wait.c - GET /v1/campaigns/{id}/wait: sleeps until the campaign is over. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/admission.h"
#include "api/api_internal.h"
#include "api/campaign_json.h"
#include "api/handlers.h"
#include "api/sleepers.h"

enum { WAIT_DEFAULT_S = 30, WAIT_MAX_S = 3600 };

struct wait {
    int64_t until_mono_ms;
};

/* Why it did not end well, with the counts as member "progress". */
static int answer_failed(struct response *rs, const struct campaign_row *row,
                         const struct text *progress)
{
    struct problem why = {0};
    struct text members = {0};

    problem_set(&why, PROBLEM_CAMPAIGN_FAILED, "campaign %" PRId64 " is %s%s%s",
                row->id, row->state, *row->detail ? ": " : "", row->detail);
    text_printf(&members, "\"progress\":%s", progress->at ? progress->at : "null");
    response_named(rs, 409, &why, "campaign-failed", members.at);
    text_fini(&members);
    return 0;
}

static int answer_wait(struct request *rq, struct response *rs,
                       const struct campaign_row *row, bool is_over)
{
    struct campaign_progress *p;
    struct text body = {0};
    struct json j = json_to(&body);

    int rc = progress_read(rq->store, row->id, &p);
    if (rc != 0)
        return rc;
    json_object(&j, NULL);
    progress_members(&j, row, p, rq->wall_ms);
    json_end(&j);
    bool is_success = strcmp(row->state, "finished") == 0 && progress_is_success(p);
    free(p);
    if (is_over && !is_success) {
        answer_failed(rs, row, &body);
        text_fini(&body);
        return 0;
    }
    rs->status = is_over ? 200 : 202;
    rs->body = body;
    return 0;
}

static bool is_over(const struct campaign_row *row)
{
    return strcmp(row->state, "finished") == 0 || strcmp(row->state, "aborted") == 0 ||
           (row->is_braked && strcmp(row->state, "paused") == 0);
}

static int wait_on(struct request *rq, struct response *rs)
{
    const struct wait *wait = rq->kept;
    const struct api_env *env = &rq->api->options.env;
    struct campaign_row row;

    if (!admission_lasts(rq))
        return response_refuse(rs, PROBLEM_UNAUTHORIZED, "the token is not known");
    int64_t seen = sleepers_last_event(rq->api->sleepers);
    int rc = campaign_find(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    if (is_over(&row))
        return answer_wait(rq, rs, &row, true);
    int64_t now_ms = env->mono_ms();
    if (rq->is_closing || now_ms >= wait->until_mono_ms || sleeper_is_left(rq->sleeper))
        return answer_wait(rq, rs, &row, false);
    int64_t look_ms = now_ms + rq->api->options.heartbeat_ms;
    sleeper_follow(rq->sleeper, seen,
                   look_ms < wait->until_mono_ms ? look_ms : wait->until_mono_ms);
    rq->after = wait_on;
    rq->awaits_others = true;
    return ROUTE_SLEEPS;
}

int campaigns_wait(struct request *rq, struct response *rs)
{
    static const int64_t timeouts[2] = {0, WAIT_MAX_S};
    int64_t timeout_s = WAIT_DEFAULT_S;

    if (request_int(rq, "timeout_s", timeouts, &timeout_s, rs) != 0)
        return 0;
    if (sleeper_admit(rq->sleeper) != 0)
        return response_refuse(rs, PROBLEM_TOO_MANY, "too many streams and waits");
    struct wait *wait = malloc(sizeof *wait);
    if (!wait)
        return -ENOMEM;
    wait->until_mono_ms = rq->api->options.env.mono_ms() + timeout_s * 1000;
    request_keep(rq, wait, free);
    return wait_on(rq, rs);
}
