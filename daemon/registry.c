/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c - the devices in memory. */
#include "daemon/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/base/random.h"
#include "daemon/base/table.h"

enum { LOCATION_BITS = 40 };

struct registry {
    struct hash_key key;
    struct table *by_endpoint, *by_location, *by_id, *by_remote;
};

struct endpoint_key {
    const char *text;
    size_t len;
};

static bool has_endpoint(const void *item, const void *key)
{
    const struct device *dev = item;
    const struct endpoint_key *k = key;

    return dev->endpoint_len == k->len && memcmp(dev->endpoint, k->text, k->len) == 0;
}

static bool has_location(const void *item, const void *key)
{
    return ((const struct device *)item)->location == *(const uint64_t *)key;
}

static bool has_remote(const void *item, const void *key)
{
    return net_address_equal(&((const struct device *)item)->remote, key);
}

static bool has_id(const void *item, const void *key)
{
    return ((const struct device *)item)->id == *(const int64_t *)key;
}

static uint64_t number_hash(const struct registry *r, uint64_t n)
{
    return hash_bytes(&r->key, &n, sizeof n);
}

int registry_open(struct registry **out)
{
    struct registry *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    random_fill(&r->key, sizeof r->key);

    int rc = table_open(has_endpoint, &r->by_endpoint);
    if (rc == 0)
        rc = table_open(has_location, &r->by_location);
    if (rc == 0)
        rc = table_open(has_id, &r->by_id);
    if (rc == 0)
        rc = table_open(has_remote, &r->by_remote);
    if (rc != 0) {
        registry_close(r);
        return rc;
    }
    *out = r;
    return 0;
}

void registry_close(struct registry *r)
{
    if (!r)
        return;
    size_t cursor = 0;
    for (struct device *dev; r->by_id && (dev = table_next(r->by_id, &cursor));)
        free(dev);
    table_close(r->by_endpoint);
    table_close(r->by_location);
    table_close(r->by_id);
    table_close(r->by_remote);
    free(r);
}

size_t registry_count(const struct registry *r)
{
    return table_count(r->by_id);
}

struct device *registry_by_endpoint(const struct registry *r, const char *endpoint,
                                    size_t len)
{
    struct endpoint_key key = {endpoint, len};

    return table_get(r->by_endpoint, hash_bytes(&r->key, endpoint, len), &key);
}

struct device *registry_by_location(const struct registry *r, uint64_t location)
{
    return table_get(r->by_location, number_hash(r, location), &location);
}

static uint64_t address_hash(const struct registry *r, const struct net_address *a)
{
    return hash_bytes(&r->key, a, sizeof *a);
}

struct device *registry_by_remote(const struct registry *r,
                                  const struct net_address *remote)
{
    return table_get(r->by_remote, address_hash(r, remote), remote);
}

struct device *registry_by_id(const struct registry *r, int64_t id)
{
    return table_get(r->by_id, number_hash(r, (uint64_t)id), &id);
}

struct device *registry_next(const struct registry *r, size_t *cursor)
{
    return table_next(r->by_id, cursor);
}

struct device *registry_add(struct registry *r, int64_t id, const char *endpoint,
                            size_t len)
{
    struct device *dev = calloc(1, sizeof *dev + len + 1);
    if (!dev)
        return NULL;
    dev->id = id;
    dev->state = REGISTRY_EXPIRED;
    dev->endpoint_len = (uint8_t)len;
    memcpy(dev->endpoint, endpoint, len);

    if (table_put(r->by_id, number_hash(r, (uint64_t)id), dev) != 0) {
        free(dev);
        return NULL;
    }
    if (table_put(r->by_endpoint, hash_bytes(&r->key, endpoint, len), dev) != 0) {
        table_remove(r->by_id, number_hash(r, (uint64_t)id), &id);
        free(dev);
        return NULL;
    }
    return dev;
}

int registry_set_location(struct registry *r, struct device *dev, uint64_t location)
{
    if (location != 0) {
        uint64_t old = dev->location;
        dev->location = location;
        int rc = table_put(r->by_location, number_hash(r, location), dev);
        dev->location = old;
        if (rc != 0)
            return rc;
    }
    if (dev->location != 0)
        table_remove(r->by_location, number_hash(r, dev->location), &dev->location);
    dev->location = location;
    return 0;
}

static void forget_remote(struct registry *r, const struct net_address *remote)
{
    table_remove(r->by_remote, address_hash(r, remote), remote);
}

int registry_set_remote(struct registry *r, struct device *dev,
                        const struct net_address *remote)
{
    if (registry_by_remote(r, &dev->remote) == dev)
        forget_remote(r, &dev->remote);
    forget_remote(r, remote);
    dev->remote = *remote;
    return table_put(r->by_remote, address_hash(r, remote), dev);
}

uint64_t registry_new_location(const struct registry *r)
{
    uint64_t location;

    do {
        random_fill(&location, sizeof location);
        location >>= 64 - LOCATION_BITS;
    } while (location == 0 || registry_by_location(r, location));
    return location;
}

void registry_remove(struct registry *r, struct device *dev)
{
    struct endpoint_key key = {dev->endpoint, dev->endpoint_len};

    if (dev->location != 0)
        table_remove(r->by_location, number_hash(r, dev->location), &dev->location);
    if (registry_by_remote(r, &dev->remote) == dev)
        forget_remote(r, &dev->remote);
    table_remove(r->by_endpoint, hash_bytes(&r->key, key.text, key.len), &key);
    table_remove(r->by_id, number_hash(r, (uint64_t)dev->id), &dev->id);
    free(dev);
}

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648 6 */

void location_print(uint64_t location, char *out)
{
    for (int i = LOCATION_TEXT_BYTES - 1; i >= 0; i--) {
        out[i] = base32[location & 31];
        location >>= 5;
    }
    out[LOCATION_TEXT_BYTES] = '\0';
}

int location_parse(const char *text, size_t len, uint64_t *out)
{
    uint64_t location = 0;

    if (len != LOCATION_TEXT_BYTES)
        return -EINVAL;
    for (size_t i = 0; i < len; i++) {
        const char *digit = text[i] ? strchr(base32, text[i]) : NULL;
        if (!digit)
            return -EINVAL;
        location = location << 5 | (uint64_t)(digit - base32);
    }
    *out = location;
    return 0;
}

static const char *const state_names[REGISTRY_STATE_COUNT] = {
    [REGISTRY_ALIVE] = "registered", [REGISTRY_ASLEEP] = "asleep",
    [REGISTRY_EXPIRED] = "expired",  [REGISTRY_GONE] = "deregistered",
    [REGISTRY_PENDING] = "pending",  [REGISTRY_EXPECTED] = "expected",
};

const char *registry_state_name(enum registry_state s)
{
    return state_names[s];
}

int registry_state_parse(const char *name, enum registry_state *out)
{
    for (int s = 0; s < REGISTRY_STATE_COUNT; s++) {
        if (strcmp(name, state_names[s]) == 0) {
            *out = (enum registry_state)s;
            return 0;
        }
    }
    return -EINVAL;
}
