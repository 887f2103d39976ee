/* SPDX-License-Identifier: Apache-2.0 */
/* links.h - carries out actions on devices: one request at a time per device.
 *
 * A link exists while something goes on with a device: an action waits or runs, or it
 * is observed. Actions come from the engine (struct device_ops) and from the core
 * (links_inspect()); wire events go in, reports come out of links_take(). An action is
 * one attempt; what to do about its outcome is the caller's matter.
 *
 * Sources: LwM2M Core 1.2.2 6.3 and 6.4, object 33629, object 5.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/device_facts.h"
#include "campaigns/device_ops.h"
#include "daemon/coap/event.h"
#include "daemon/lwm2m/value.h"
#include "daemon/registry.h"

struct links;
struct profile_set;
struct store;
struct wire;

enum { LINKS_AFU_MAX = 8, LINKS_HOST_MAX = 255 };

struct links_options {
    struct wire *wire; /* borrowed, as all pointers here */
    struct registry *registry;
    struct store *reader;               /* for short indexed reads */
    const struct profile_set *profiles; /* renames of object 5, quirks */
    uint16_t afu_ids[LINKS_AFU_MAX];    /* objects that are like 33629 */
    size_t afu_count;
    int64_t mono_ms;    /* now */
    int64_t awake_ms;   /* queue mode: awake after a message for this long */
    int64_t confirm_ms; /* between reads of State that confirm a reset */
    char advertise[LINKS_HOST_MAX + 1]; /* host[:port] in Package URIs; "": the address
                                           that the device registered at */
};

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int links_open(const struct links_options *options, struct links **out);
void links_close(struct links *links);

/** Other profiles from now on. */
void links_set_profiles(struct links *links, const struct profile_set *profiles);

/** What is due; call it once in every pass of the loop, before all others: it also
 * tells the time (mono_ms) that the calls below work with. */
void links_tick(struct links *links, int64_t mono_ms);

/** @return ms until links_tick() has something to do, 0..max_ms */
int64_t links_wait_ms(const struct links *links, int64_t max_ms);

/** The table of functions that the engine calls; .self is links. */
struct device_ops links_ops(struct links *links);

/** Read dev's inventory because we want to. @return 0; -EAGAIN no room now; -ENOENT it
 * has no address */
[[nodiscard]] int links_inspect(struct links *links, struct device *dev);

/** What a person asks of a device: one request. */
struct links_ask {
    uint64_t ticket; /* given back; never used twice */
    uint8_t method;  /* COAP_GET Read, COAP_PUT Write, COAP_POST Execute */
    struct lwm2m_path path;
    struct lwm2m_value value; /* Write; at most LINKS_ASK_BYTES are copied */
    const char *arguments;    /* Execute; NULL: none */
};

enum { LINKS_ASK_BYTES = 1400 };

/** Ask it when the engine's actions are done; LINK_ANSWERED follows. @return 0; -EAGAIN
 * no room now; -ENOENT it has no address; -EMSGSIZE */
[[nodiscard]] int links_ask(struct links *links, struct device *dev,
                            const struct links_ask *ask);

/** What was asked is not wanted any more: no report follows.
 * @return true if it was, or may have been, sent */
bool links_withdraw(struct links *links, struct device *dev, uint64_t ticket);

/** dev registered anew: what ran is interrupted, observations are gone. Nothing is sent
 * to it while it has DEVICE_REGISTERING. */
void links_registered(struct links *links, struct device *dev);

/** DEVICE_REGISTERING was taken off: what waits may run. */
void links_resume(struct links *links, struct device *dev);

/** dev has no address any more (expired, de-registered, to be removed).
 * @return 0, -ENOMEM */
[[nodiscard]] int links_gone(struct links *links, struct device *dev);

/** dev is about to be removed; its reports must have been taken. */
void links_drop(struct links *links, struct device *dev);

/** @return true if a queue mode device is outside its awake window */
bool links_is_asleep(const struct links *links, const struct device *dev);

/** A RESPONSE, NOTIFICATION, FAILURE, PROGRESS or PUSH_END; the message stays the
 * caller's. An event of an unknown ticket is ignored. */
void links_event(struct links *links, const struct coap_event *event);

struct links_payload {
    int32_t format;
    const void *bytes;
    size_t len;
};

enum { LINKS_E_UNREGISTERED = 2 /* LWM2M_E_FORMAT is 1 */ };

/** What dev reports by Send (/dp): a payload with full paths. All of it is taken, or
 * nothing. @param is_ours  set if something of what an inventory is made of was in it
 * @return 0; LINKS_E_UNREGISTERED: about what dev did not register; -EBADMSG,
 * LWM2M_E_FORMAT: it cannot be read; -errno */
[[nodiscard]] int links_send(struct links *links, struct device *dev,
                             const struct links_payload *payload, bool *is_ours);

/** @return how many devices something goes on with */
size_t links_count(const struct links *links);
