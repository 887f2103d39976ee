/* SPDX-License-Identifier: Apache-2.0 */
/* link_internal.h - the links and one device's link, for the files of daemon/link. */
#pragma once

#include "campaigns/inventory.h"
#include "daemon/base/wheel.h"
#include "daemon/coap/code.h"
#include "daemon/coap/event.h"
#include "daemon/inventory.h"
#include "daemon/link/link_report.h"
#include "daemon/link/links.h"
#include "daemon/lwm2m/format.h"

enum {
    WATCHES_MAX = 2 * INVENTORY_COMPONENTS_MAX,
    TICKET_SEQUENCE_BITS = 16,
};

struct op {
    struct op *next;
    struct device_action action;
    bool is_engines;         /* its outcome goes to the engine */
    bool is_canceled;        /* it goes on to no other request */
    bool is_accepted;        /* reset: the device took one of the ways */
    uint8_t stage;           /* of the kind's own steps, from 0 */
    uint8_t tries;           /* within a stage */
    uint16_t cursor;         /* instance or path within a stage */
    struct inventory *draft; /* inspect: what was read so far; owned */
    struct asked *asked;     /* by a person, instead of .action; owned */
    struct device_value values[DEVICE_PATHS_MAX];
};

/** An observation that is alive at the device, as far as we know. */
struct watch {
    uint64_t ticket;
    struct lwm2m_path path; /* the root for Observe-Composite */
};

struct device_link {
    struct device *dev;
    struct op *head, **tail;
    uint64_t ticket;          /* of the head's request that is on its way; 0: none */
    struct links_sent sent;   /* that request */
    uint16_t sequence;        /* makes tickets of one device differ */
    struct wheel_timer timer; /* the head waits, or the wire had no room */
    struct links *links;
    bool has_objects;
    struct object_list objects;
    uint16_t accepts[LWM2M_ACCEPT_MAX];
    uint8_t accept_count, accept_at;
    bool no_composite, has_known, is_kept; /* is_kept: until RELEASE */
    bool is_discovered;                    /* Discover was asked; once is enough */
    uint32_t listed,
        with_cancel; /* instances whose resources it lists; those with 10 */
    struct inventory known;
    uint8_t watch_count;
    struct watch watches[WATCHES_MAX];
    uint16_t report_count; /* reports that point into this link */
};

struct report;

struct links {
    struct links_options options;
    struct lwm2m_afu_objects afu;
    struct wheel *wheel;
    struct report *reports, **reports_tail, *taken;
    size_t link_count;
    int64_t now_ms; /* mono_ms of the last tick */
};

/* link.c */
/** @return dev's link, made if there is none; NULL without memory */
struct device_link *link_of(struct links *links, struct device *dev);
void link_free(struct device_link *link);

/** Put an action behind the others. @return 0, -EAGAIN without memory */
[[nodiscard]] int link_append(struct device_link *link,
                              const struct device_action *action, bool is_engines);

/** The same of an op that was made; takes it. */
void link_insert(struct device_link *link, struct op *op);

/** Run the head until something is on its way; then see whether the link is needed. */
void link_run(struct device_link *link);

/** event is the answer to what the head has on its way. */
void link_answer(struct device_link *link, const struct coap_event *event);
void link_notified(struct device_link *link, const struct coap_event *event);

/** All that runs or waits ends like this, observations are gone. Of DEVICE_UNREACHABLE:
 * what was sent and may have arrived is DEVICE_TIMED_OUT. */
void link_interrupt(struct device_link *link, enum device_outcome_kind kind);

/** Its FAILURE or PUSH_END ends the head; a wire without room is asked again. */
void link_cancel_head(struct device_link *link);

/** Take the op that *at points to out of the list. */
struct op *link_unlist(struct device_link *link, struct op **at);

/** A link that nothing needs any more goes. */
void link_settle(struct device_link *link);

/** The head has ended; code and retry_after_s as in struct device_outcome. */
void link_end(struct device_link *link, enum device_outcome_kind kind, uint8_t code);

/** The head has ended as event says (an error code, no answer). */
void link_end_by(struct device_link *link, const struct coap_event *event);

/** The head goes on after wait_ms. */
void link_pause(struct device_link *link, int64_t wait_ms);

/** @return a ticket of link that is not in use */
uint64_t link_ticket(struct device_link *link);

/* request.c */
/** The text of what dev registered. @param out  owned: free(). @return 0, -ENOENT,
 * -errno */
[[nodiscard]] int links_objects(const struct links *links, const struct device *dev,
                                char **out);

/** Take a payload into link->known; reports OBSERVED if it changed.
 * @return 0, -EBADMSG, LWM2M_E_FORMAT */
int link_absorb(struct device_link *link, const struct lwm2m_path *base, int32_t format,
                const void *payload, size_t len);
