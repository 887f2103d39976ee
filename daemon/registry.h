/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h - who is registered, where, and until when: the devices in memory.
 *
 * Owned by the core thread. It holds one small record for every device that the store
 * knows; what is not needed to answer a datagram stays in the store.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/address.h"
#include "daemon/base/wheel.h"

enum {
    ENDPOINT_BYTES_MAX = 255, /* longer names are refused with 4.00 */
    LOCATION_TEXT_BYTES = 8,  /* /rd/<this>, lower-case base32 of 40 bits */
};

/** States of api-sketch.md; registry_state_name() gives the words. */
enum registry_state {
    REGISTRY_ALIVE,
    REGISTRY_ASLEEP, /* queue mode, and its awake window is over */
    REGISTRY_EXPIRED,
    REGISTRY_GONE,
    REGISTRY_PENDING,  /* unknown and not admitted: outside every campaign */
    REGISTRY_EXPECTED, /* created before it ever registered */
    REGISTRY_STATE_COUNT,
};

enum {
    DEVICE_QUEUE_MODE = 1 << 0,
    DEVICE_SEEN_DIRTY = 1 << 1,    /* seen since the last flush of times to the store */
    DEVICE_READ_QUEUED = 1 << 2,   /* waits for its inventory to be read */
    DEVICE_READ_RUNNING = 1 << 3,  /* it is being read, outside a task */
    DEVICE_READ_WANTED = 1 << 4,   /* to be read when it is next online */
    DEVICE_READ_AGAIN = 1 << 6,    /* likewise, though nothing seems to be new */
    DEVICE_REGISTERING = 1 << 7,   /* its Register is not answered yet: ask nothing */
    DEVICE_HAS_INVENTORY = 1 << 5, /* it was read at least once, ever */
};

struct device_link;

struct device {
    int64_t id;                /* its row in the store */
    uint64_t location;         /* 40 random bits; 0 while not registered */
    struct wheel_timer timer;  /* end of the awake window, else of the lifetime */
    int64_t expires_ms;        /* mono_ms; INT64_MAX for lifetime 0 */
    int64_t heard_ms;          /* mono_ms of its last message */
    int64_t registered_ms;     /* wall_ms of its last Register */
    uint64_t objects_hash;     /* of the object list it registered with */
    struct net_address remote; /* registry_set_remote() */
    struct net_address local;
    struct device_link *link; /* owned by device_link; NULL while nothing goes on */
    uint32_t lifetime_s;
    uint32_t epoch;  /* counts its Registers since we started */
    uint16_t trace;  /* its slot in traces.h; 0: none */
    uint8_t state;   /* enum registry_state */
    uint8_t lwm2m;   /* enum lwm2m_version */
    uint8_t flags;   /* DEVICE_... */
    bool is_leaving; /* its row is being deleted, and it has not registered since */
    uint8_t endpoint_len;
    char endpoint[]; /* NUL-terminated as well */
};

struct registry;

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int registry_open(struct registry **out);

/** Release it and every record; timers must not be looked at afterwards. */
void registry_close(struct registry *r);

size_t registry_count(const struct registry *r);

/** @return a record that lives until registry_remove(), or NULL */
struct device *registry_by_endpoint(const struct registry *r, const char *endpoint,
                                    size_t len);
struct device *registry_by_location(const struct registry *r, uint64_t location);
struct device *registry_by_remote(const struct registry *r,
                                  const struct net_address *remote);
struct device *registry_by_id(const struct registry *r, int64_t id);

/** Visit all, in no order; *cursor starts at 0. Only for planned batches. */
struct device *registry_next(const struct registry *r, size_t *cursor);

/**
 * Add a device that is not registered yet.
 *
 * @param endpoint  at most ENDPOINT_BYTES_MAX bytes, not in the registry yet
 * @return its record; NULL without memory
 */
struct device *registry_add(struct registry *r, int64_t id, const char *endpoint,
                            size_t len);

/** Give dev another location; 0 takes it away. @return 0, -ENOMEM */
[[nodiscard]] int registry_set_location(struct registry *r, struct device *dev,
                                        uint64_t location);

/** Give dev another address; who had it before is not found by it any more.
 * @return 0, -ENOMEM */
[[nodiscard]] int registry_set_remote(struct registry *r, struct device *dev,
                                      const struct net_address *remote);

/** @return 40 random bits that no device has as its location; never 0 */
uint64_t registry_new_location(const struct registry *r);

/** Take dev out and free it; its timer is the caller's to cancel first. */
void registry_remove(struct registry *r, struct device *dev);

/** @param out LOCATION_TEXT_BYTES + 1 bytes */
void location_print(uint64_t location, char *out);

/** @return 0, or -EINVAL if text is no location */
[[nodiscard]] int location_parse(const char *text, size_t len, uint64_t *out);

/** @return the word of api-sketch.md, static */
const char *registry_state_name(enum registry_state s);

/** @return 0, or -EINVAL */
[[nodiscard]] int registry_state_parse(const char *name, enum registry_state *out);
