/* SPDX-License-Identifier: Apache-2.0 */
/* op_internal.h - the kinds of actions, and what they ask a device.
 *
 * Each kind of action is a row of op_kinds: proceed() sends the request of the op's
 * present stage, answer() looks at what came back and moves the stage. Only the head of
 * a link's list runs. proceed() may be called again for the same stage (the wire had no
 * room), so it changes nothing but what is on its way.
 */
#pragma once

#include "daemon/link/report_internal.h"

enum { REQUEST_PAYLOAD_MAX = 2048 };

struct op_kind {
    /** @return 0; WIRE_E_FULL: to be called again; -errno: the op has ended */
    int (*proceed)(struct device_link *link, struct op *op);
    void (*answer)(struct device_link *link, struct op *op,
                   const struct coap_event *event);
};

extern const struct op_kind op_inspect, op_observe, op_reset, op_settings, op_push,
    op_write_uri, op_execute, op_release, op_asked;

/** What a person asked, and what came back. */
struct asked {
    struct links_ask ask; /* its value and arguments point into .bytes */
    int32_t format;       /* of the answer */
    uint8_t *answer;      /* owned */
    size_t answer_len;
    uint8_t bytes[LINKS_ASK_BYTES + 1];
};

/* request.c */
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

/** The list of objects into the link, if it is not there yet. @return 0, -ENOENT,
 * -EBADMSG, -errno */
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

/** @return the answer's code if it is an answer, else 0 */
uint8_t event_code(const struct coap_event *event);

/** The path of a resource of the op's target. */
struct lwm2m_path op_resource(const struct op *op, uint16_t resource);

/** Path of text such as "/3/0/9"; depth 0 if it is none. */
struct lwm2m_path path_of(const char *text);
