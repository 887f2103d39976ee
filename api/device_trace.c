/* SPDX-License-Identifier: Apache-2.0 */
/* device_trace.c - what was exchanged with a device lately, as the core remembers it.
 */
#include "api/device_json.h"
#include "api/handlers.h"
#include "campaigns/command.h"

static int answer(struct request *rq, struct response *rs)
{
    struct json j = response_json(rs, 200);

    json_object(&j, NULL);
    json_text(&j, "endpoint", rq->params[0]);
    request_result_members(rq, &j);
    json_end(&j);
    return 0;
}

int devices_trace(struct request *rq, struct response *rs)
{
    return device_submit(rq, rs, device_command(rq, COMMAND_DEVICE_TRACE), answer);
}
