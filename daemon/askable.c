/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/askable.h"

#include "campaigns/resource_ask.h"
#include "daemon/core_internal.h"
#include "store/tasks.h"

enum { OBJECT_DEVICE = 3, OBJECT_FW = 5 };

static bool is_of_updates(const struct core *core, const struct resource_ask *ask)
{
    const struct config_objects *afu = &core->config->afu_objects;
    uint16_t object = ask->path[0];

    for (size_t i = 0; i < afu->count; i++)
        if (afu->id[i] == object)
            return true;
    return object == OBJECT_FW ||
           (object == OBJECT_DEVICE && ask->method == RESOURCE_EXECUTE);
}

static bool has_task(struct core *core, const struct device *dev)
{
    struct task_row row;
    int rc = engine_has_device(core->engine, dev->id)
                 ? 0
                 : store_task_active(core->reader, dev->id, &row);

    core_failed(core, rc);
    return rc <= 0;
}

const char *askable_refusal(struct core *core, const struct device *dev,
                            const struct resource_ask *ask, const char **detail)
{
    if (dev->state == REGISTRY_PENDING) {
        *detail = "The device is pending; admit it first.";
        return "not-admitted";
    }
    if (dev->location == 0) {
        *detail = "The device is not registered now.";
        return "not-registered";
    }
    if (ask->method != RESOURCE_READ && is_of_updates(core, ask) &&
        has_task(core, dev)) {
        *detail = "The device is in an active campaign, which this would disturb.";
        return "device-busy";
    }
    return NULL;
}

bool askable_now(const struct core *core, const struct device *dev)
{
    return dev->location != 0 && !(dev->flags & DEVICE_REGISTERING) &&
           !links_is_asleep(core->links, dev);
}
