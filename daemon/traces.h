/* SPDX-License-Identifier: Apache-2.0 */
/* traces.h - the last exchanges with some devices: those that an action or a person
 * asked for. Of the others nothing is kept; a device that was not asked for longest
 * makes room. No payloads. The blocks of a package are one line, which is written anew
 * when the wire tells of its progress: once a second and device.
 */
#pragma once

#include "daemon/coap/event.h"

struct core;
struct device;
struct text;
struct traces;

enum {
    TRACES_MAX = 1024,    /* devices */
    TRACE_EXCHANGES = 64, /* of each, some 8 KiB */
};

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int traces_open(struct traces **out);
void traces_close(struct traces *t); /* NULL is allowed */

/** From now on what is exchanged with dev is remembered. Without memory nothing is. */
void traces_want(struct traces *t, struct device *dev);
void traces_drop(struct traces *t, struct device *dev);

/** What came from the wire, before it is acted upon. */
void traces_event(struct core *core, const struct coap_event *event);

/** {"items": [...]}, the newest first. */
void traces_print(const struct traces *t, const struct device *dev, struct text *out);
