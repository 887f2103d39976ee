/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/tree.h"

#include "tests/device/device.h"

#include "daemon/base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { FW = 5 }; /* stands for every object of the firmware kind */

static const struct {
    uint8_t object, resource, operations;
} resources[] = {
    {1, 0, OP_READ},
    {1, 1, OP_READ | OP_WRITE},
    {1, 2, OP_READ | OP_WRITE},
    {1, 3, OP_READ | OP_WRITE},
    {1, 4, OP_EXECUTE},
    {1, 5, OP_READ | OP_WRITE},
    {1, 6, OP_READ | OP_WRITE},
    {1, 7, OP_READ},
    {1, 8, OP_EXECUTE},
    {1, 23, OP_READ | OP_WRITE},
    {3, 0, OP_READ},
    {3, 1, OP_READ},
    {3, 2, OP_READ},
    {3, 3, OP_READ},
    {3, 4, OP_EXECUTE},
    {3, 9, OP_READ},
    {3, 10, OP_READ},
    {3, 11, OP_READ},
    {3, 12, OP_EXECUTE},
    {3, 13, OP_READ},
    {3, 14, OP_READ | OP_WRITE},
    {3, 16, OP_READ},
    {3, 18, OP_READ},
    {3, 19, OP_READ},
    {FW, 0, OP_WRITE},
    {FW, 1, OP_READ | OP_WRITE},
    {FW, 2, OP_EXECUTE},
    {FW, 3, OP_READ},
    {FW, 5, OP_READ},
    {FW, 6, OP_READ},
    {FW, 7, OP_READ},
    {FW, 8, OP_READ},
    {FW, 9, OP_READ},
    {FW, 10, OP_EXECUTE},
    {FW, 11, OP_READ | OP_WRITE},
    {FW, 12, OP_READ},
    {FW, 13, OP_READ | OP_WRITE},
    {FW, 14, OP_READ | OP_WRITE}, /* object 5: writable; 33629: Component Name */
    {FW, 15, OP_READ},
    {FW, 16, OP_READ},
    {FW, 17, OP_READ},
};

enum { RESOURCES = sizeof(resources) / sizeof(resources[0]) };

static bool is_firmware(const struct device *d, uint16_t object)
{
    for (size_t i = 0; i < d->firmware.count; i++) {
        if (d->firmware.c[i].object == object) {
            return true;
        }
    }
    return false;
}

const struct component *tree_component(const struct device *d, const struct path *p)
{
    return firmware_find((struct firmware *)&d->firmware, p->id[0], p->id[1]);
}

size_t tree_objects(const struct device *d, uint16_t *out)
{
    static const uint16_t known[] = {1, 3, 5};
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        if (known[i] != 5 || is_firmware(d, 5)) {
            out[n++] = known[i];
        }
    }
    for (size_t i = 0; i < d->firmware.count && n < TREE_LIST_MAX; i++) {
        size_t k = 0;
        while (k < n && out[k] != d->firmware.c[i].object) {
            k++;
        }
        if (k == n) {
            out[n++] = d->firmware.c[i].object;
        }
    }
    return n;
}

size_t tree_instances(const struct device *d, uint16_t object, uint16_t *out)
{
    size_t n = 0;
    if (object == 1 || object == 3) {
        out[n++] = 0;
    }
    for (size_t i = 0; i < d->firmware.count; i++) {
        if (d->firmware.c[i].object == object) {
            out[n++] = d->firmware.c[i].instance;
        }
    }
    return n;
}

static bool is_shown(const struct device *d, const struct path *p)
{
    const struct group *g = d->group;
    switch (p->id[2]) {
    case 9:
        return g->battery_pct >= 0;
    case 10:
        return g->memory_free_kb >= 0;
    case 18:
        return g->hardware[0] != 0;
    case 19:
        return g->software[0] != 0;
    default:
        return true;
    }
}

unsigned tree_operations(const struct device *d, const struct path *p)
{
    const struct component *c = tree_component(d, p);
    uint16_t object = c ? FW : p->id[0];
    if (c ? !firmware_has(&d->firmware, c, p->id[2])
          : p->id[1] != 0 || (object == 3 && !is_shown(d, p)) || object == FW) {
        return 0;
    }
    for (size_t i = 0; i < RESOURCES; i++) {
        if (resources[i].object == object && resources[i].resource == p->id[2]) {
            bool is_name = c && p->id[2] == 14 && c->object == d->group->afu_object;
            return is_name ? OP_READ : resources[i].operations;
        }
    }
    return 0;
}

size_t tree_resources(const struct device *d, const struct path *instance,
                      uint16_t *out)
{
    struct path p = *instance;
    size_t n = 0;
    p.depth = 3;
    for (uint16_t r = 0; r < 24; r++) {
        p.id[2] = r;
        if (tree_operations(d, &p)) {
            out[n++] = r;
        }
    }
    return n;
}

bool tree_is_multiple(const struct device *d, const struct path *p)
{
    const struct component *c = tree_component(d, p);
    return c ? p->id[2] == 8 || p->id[2] == 16 || p->id[2] == 17
             : p->id[0] == 3 && p->id[2] == 11;
}
