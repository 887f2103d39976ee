/* SPDX-License-Identifier: Apache-2.0 */
/* lifetimes.c - one timer per device, for whichever of its times is first. It is not
 * moved by each message: when it rings too early it is set again.
 */
#include "daemon/lifetimes.h"

#include <errno.h>
#include <stdlib.h>

struct lifetimes {
    struct wheel *wheel;
    int64_t awake_ms;
};

int lifetimes_open(int64_t awake_ms, int64_t mono_ms, struct lifetimes **out)
{
    struct lifetimes *l = calloc(1, sizeof *l);
    if (!l)
        return -ENOMEM;
    l->awake_ms = awake_ms;
    int rc = wheel_open(mono_ms, &l->wheel);
    if (rc != 0) {
        free(l);
        return rc;
    }
    *out = l;
    return 0;
}

void lifetimes_close(struct lifetimes *l)
{
    if (!l)
        return;
    wheel_close(l->wheel);
    free(l);
}

static int64_t over_ms(const struct device *dev)
{
    if (dev->lifetime_s == 0)
        return INT64_MAX;
    int64_t heard = dev->heard_ms + INT64_C(1000) * dev->lifetime_s;
    return heard > dev->expires_ms ? heard : dev->expires_ms;
}

static int64_t asleep_ms(const struct lifetimes *l, const struct device *dev)
{
    bool is_awake = dev->flags & DEVICE_QUEUE_MODE && dev->state == REGISTRY_ALIVE;

    return is_awake ? dev->heard_ms + l->awake_ms + 1 : INT64_MAX;
}

void lifetimes_arm(struct lifetimes *l, struct device *dev)
{
    int64_t over = over_ms(dev), asleep = asleep_ms(l, dev);
    int64_t due = over < asleep ? over : asleep;

    if (due == INT64_MAX)
        wheel_cancel(l->wheel, &dev->timer);
    else
        wheel_set(l->wheel, &dev->timer, due);
}

void lifetimes_disarm(struct lifetimes *l, struct device *dev)
{
    wheel_cancel(l->wheel, &dev->timer);
}

bool lifetimes_next(struct lifetimes *l, int64_t mono_ms, struct device **dev,
                    enum lifetime_end *end)
{
    struct wheel_timer *t;

    while ((t = wheel_expire(l->wheel, mono_ms))) {
        struct device *d = WHEEL_OWNER(t, struct device, timer);
        bool is_over = mono_ms >= over_ms(d);
        if (!is_over && mono_ms < asleep_ms(l, d)) {
            lifetimes_arm(l, d); /* it has spoken meanwhile */
            continue;
        }
        *dev = d;
        *end = is_over ? LIFETIME_OVER : LIFETIME_ASLEEP;
        return true;
    }
    return false;
}

int64_t lifetimes_wait_ms(const struct lifetimes *l, int64_t mono_ms, int64_t max_ms)
{
    return wheel_wait_ms(l->wheel, mono_ms, max_ms);
}
