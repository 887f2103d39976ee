/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.h - what a device is made of: one model over objects 33629, 5 and 5/n.
 *
 * Filled by daemon/inventory from Reads, Notifications and Sends; read by the planner
 * and by step(). Sizes are bounds checked on entry: a device that exceeds them is
 * excluded with a reason, never cut short.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    INVENTORY_COMPONENTS_MAX = 32,
    COMPONENT_NAME_MAX = 63,    /* bytes, without NUL */
    COMPONENT_VERSION_MAX = 63, /* bytes, without NUL */
    IDENTITY_TEXT_MAX = 63,     /* manufacturer, model, hardware, ... */
};

/** Which object a component is an instance of; decides what can be done with it. */
enum component_object {
    COMPONENT_AFU, /* Advanced Firmware Update, 33629: sets can change in one Execute */
    COMPONENT_FW,  /* Firmware Update, 5, one or (legacy) several instances */
};

/** Resource 3 of 33629 and 5; values as on the wire. */
enum component_state {
    COMPONENT_IDLE = 0,
    COMPONENT_DOWNLOADING = 1,
    COMPONENT_DOWNLOADED = 2,
    COMPONENT_UPDATING = 3,
    COMPONENT_STATE_UNKNOWN = 255, /* never read */
};

/** Resource 9, Firmware Update Delivery Method; values as on the wire. */
enum component_delivery {
    DELIVERY_PULL = 0,
    DELIVERY_PUSH = 1,
    DELIVERY_BOTH = 2,
};

/** Bits of component.has: optional resources that the device lists or answered. */
enum {
    COMPONENT_HAS_CANCEL = 1 << 0,    /* resource 10 */
    COMPONENT_HAS_SEVERITY = 1 << 1,  /* resource 11 */
    COMPONENT_HAS_MAX_DEFER = 1 << 2, /* resource 13 */
    COMPONENT_HAS_AUTO = 1 << 3,      /* 5/x/14 exists */
    COMPONENT_AUTO_ON = 1 << 4, /* 5/x/14 reads true: the device updates by itself */
};

struct component {
    char name[COMPONENT_NAME_MAX + 1];
    char version[COMPONENT_VERSION_MAX + 1]; /* "" when the device does not say */
    uint16_t object_id;                      /* 33629 (or as configured), 5 */
    uint16_t instance;
    uint8_t object;       /* enum component_object */
    uint8_t state;        /* enum component_state */
    uint8_t result;       /* resource 5, 0..13; higher values as reported */
    uint8_t delivery;     /* enum component_delivery */
    uint8_t protocols;    /* resource 8, bit n = value n; 1 (CoAP) when absent */
    uint8_t has;          /* COMPONENT_HAS_... */
    uint32_t linked;      /* resource 16, bit n = instance n, instances 0..31 only */
    uint32_t conflicting; /* resource 17, likewise */
};

/** Why a device cannot be planned for, whatever the bundle; names as in the API. */
enum inventory_problem {
    INVENTORY_OK,
    INVENTORY_UNREAD,              /* "inventory-unread": not read yet */
    INVENTORY_NO_COMPONENTS,       /* "no-components": neither 33629 nor 5 */
    INVENTORY_DUPLICATE_COMPONENT, /* "duplicate-component" */
    INVENTORY_FORBIDDEN_COMPONENT, /* "forbidden-component": a Read answered 4.01 */
    INVENTORY_TOO_LARGE,           /* "inventory-too-large": past a bound above */
    INVENTORY_UNREADABLE,          /* "inventory-unreadable": answers make no sense */
};

/** @return the API's name of p, static; "" for INVENTORY_OK */
const char *inventory_problem_name(enum inventory_problem p);

/** @return the problem of that name; INVENTORY_UNREADABLE if there is no such */
enum inventory_problem inventory_problem_parse(const char *name);

struct inventory {
    char manufacturer[IDENTITY_TEXT_MAX + 1]; /* /3/0/0; "" when not reported */
    char model[IDENTITY_TEXT_MAX + 1];        /* /3/0/1 */
    char serial[IDENTITY_TEXT_MAX + 1];       /* /3/0/2 */
    char firmware[IDENTITY_TEXT_MAX + 1];     /* /3/0/3 */
    char hardware[IDENTITY_TEXT_MAX + 1];     /* /3/0/18 */
    char software[IDENTITY_TEXT_MAX + 1];     /* /3/0/19 */
    uint8_t problem;                          /* enum inventory_problem */
    uint8_t count;                            /* components in use */
    struct component components[INVENTORY_COMPONENTS_MAX]; /* ascending by name */
};

/** @return the component called name, NULL if there is none */
const struct component *inventory_find(const struct inventory *inv, const char *name);

/** Sort by name, and set problem when a name stands twice. Call it after filling. */
void inventory_finish(struct inventory *inv);

/**
 * Write what planning depends on (manufacturer, model, hardware, firmware, problem, and
 * name, object and version of each component; not State or Result) as one canonical
 * text: devices with equal texts get equal plans.
 *
 * @return bytes written without the NUL, or -ENOSPC
 */
[[nodiscard]] int inventory_canonical(const struct inventory *inv, char *out,
                                      size_t size);
