/* SPDX-License-Identifier: Apache-2.0 */
/* link_internal.h - one device's link and its actions, for the files of daemon/link.
 *
 * Each kind of action is a row of op_kinds: proceed() sends the request of the op's
 * present stage, answer() looks at what came back and moves the stage. Only the head of
 * a link's list runs. proceed() may be called again for the same stage (the wire had no
 * room), so it changes nothing but what is on its way.
 */
#pragma once

#include "campaigns/inventory.h"
#include "daemon/base/wheel.h"
#include "daemon/coap/code.h"
#include "daemon/coap/event.h"
#include "daemon/inventory.h"
#include "daemon/link/links.h"
#include "daemon/lwm2m/format.h"

enum {
    WATCHES_MAX = 2 * INVENTORY_COMPONENTS_MAX,
    REQUEST_PAYLOAD_MAX = 2048,
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

struct op_kind {
    /** @return 0; WIRE_E_FULL: to be called again; -errno: the op has ended */
    int (*proceed)(struct device_link *link, struct op *op);
    void (*answer)(struct device_link *link, struct op *op,
                   const struct coap_event *event);
};

extern const struct op_kind op_inspect, op_observe, op_reset, op_settings, op_push,
    op_write_uri, op_execute, op_release;

struct report {
    struct report *next;
    struct link_report view;
    struct device_link *link;
    struct op *op; /* owned: what view points to; NULL if none */
};

struct links {
    struct links_options options;
    struct lwm2m_afu_objects afu;
    struct wheel *wheel;
    struct report *reports, **reports_tail, *taken;
    size_t link_count;
    int64_t now_ms; /* mono_ms of the last tick */
};

/** What a request of an op has of its own. */
struct ask {
    uint8_t method;
    struct lwm2m_path path;
    const char *query;
    int32_t content_format, accept;
    bool is_observe;
    const void *payload;
    size_t payload_len;
};

/** Send; the answer comes to the op. @return 0, WIRE_E_FULL, -errno (op has ended) */
[[nodiscard]] int link_ask(struct device_link *link, const struct ask *ask);

/** Push the op's package. @return as link_ask() */
[[nodiscard]] int link_push(struct device_link *link, const struct op *op);

/** What dev registered. @return 0, -ENOENT, -EBADMSG, -errno */
[[nodiscard]] int links_objects(const struct links *links, const struct device *dev,
                                struct object_list *out);

/** The same, into the link, if it is not there yet. */
[[nodiscard]] int link_load_objects(struct device_link *link);

/** GET path in the format that the device takes. */
[[nodiscard]] int link_read(struct device_link *link, const struct lwm2m_path *path);

/** Write a text to a resource. */
[[nodiscard]] int link_write_text(struct device_link *link,
                                  const struct lwm2m_path *path, const char *text);

/** @return the format to ask for, COAP_FORMAT_NONE when each was refused */
int32_t link_accept(const struct device_link *link);

/** A 4.06 was answered: go on to the next format, at last to none that is named.
 * @return false if that was refused too */
bool link_next_accept(struct device_link *link);

/** The head has ended; code and retry_after_s as in struct device_outcome. */
void link_end(struct device_link *link, enum device_outcome_kind kind, uint8_t code);

/** The head has ended as event says (an error code, no answer). */
void link_end_by(struct device_link *link, const struct coap_event *event);

/** The head goes on after wait_ms. */
void link_pause(struct device_link *link, int64_t wait_ms);

/** Take a payload into link->known; reports OBSERVED if it changed.
 * @return 0, -EBADMSG, LWM2M_E_FORMAT */
int link_absorb(struct device_link *link, const struct lwm2m_path *base, int32_t format,
                const void *payload, size_t len);

/** A link that nothing needs any more goes. */
void link_settle(struct device_link *link);

void link_op_free(struct op *op); /* NULL is allowed */

/* report.c */
void link_report_free(struct report *report);
/** The op, which becomes the report's, has ended. */
void link_report_end(struct device_link *link, struct op *op,
                     struct device_outcome outcome);
void link_report_observed(struct device_link *link, uint32_t changed);
void link_report_progress(struct device_link *link, const char *digest, uint64_t sent,
                          uint64_t total);

/** @return a ticket of link that is not in use */
uint64_t link_ticket(struct device_link *link);

/** @return the answer's code if it is an answer, else 0 */
uint8_t event_code(const struct coap_event *event);

/** The path of a resource of the op's target. */
struct lwm2m_path op_resource(const struct op *op, uint16_t resource);

/** Path of text such as "/3/0/9"; depth 0 if it is none. */
struct lwm2m_path path_of(const char *text);
