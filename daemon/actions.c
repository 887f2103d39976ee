/* SPDX-License-Identifier: Apache-2.0 */
/* actions.c - what the engine wants of devices, logged, then done by the links. */
#include "daemon/actions.h"

#include <inttypes.h>

#include "daemon/core_internal.h"

static int start(void *self, const struct device_action *action)
{
    struct core *core = self;
    struct device *dev = registry_by_id(core->registry, action->device_id);
    struct device_ops links = links_ops(core->links);
    char word[LOG_WORD_MAX];

    log_line(LOG_P_DEBUG,
             "campaign=%" PRId64 " device=%s action=%s object=%u instance=%u",
             action->campaign_id, dev ? log_word(dev->endpoint, word) : "gone",
             device_action_name(action->kind), action->object_id, action->instance);
    if (dev)
        traces_want(core->traces, dev);
    return links.start(links.self, action);
}

static void cancel(void *self, int64_t device_id, uint64_t ticket)
{
    struct core *core = self;
    struct device_ops links = links_ops(core->links);

    links.cancel(links.self, device_id, ticket);
}

struct device_ops actions_ops(struct core *core)
{
    return (struct device_ops){.start = start, .cancel = cancel, .self = core};
}
