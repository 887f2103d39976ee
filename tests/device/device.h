/* SPDX-License-Identifier: Apache-2.0 */
/* device.h - one simulated device: its life from boot to de-registration.
 *
 *   OFF --boot--> REGISTERING --2.01--> REGISTERED --reboot, Disable--> OFF
 *    ^                |  ^--4.04, failure--/     \--brick, vanish--> GONE
 */
#pragma once

#include "tests/device/firmware.h"
#include "tests/device/images.h"
#include "tests/device/journal.h"
#include "tests/device/network.h"
#include "tests/device/observe.h"
#include "tests/device/path.h"
#include "tests/device/pull.h"
#include "tests/device/push.h"
#include "tests/device/registration.h"
#include "tests/device/requests.h"
#include "tests/device/state_file.h"

#include "daemon/base/wheel.h"

#include <coap3/coap.h>

enum device_life { DEVICE_OFF, DEVICE_REGISTERING, DEVICE_REGISTERED, DEVICE_GONE };

enum {
    DEVICE_ENDPOINT_MAX = 80,
    DEVICE_BODY_MAX = 32768,
    DEVICE_DEDUP_MAX = 16,
    DEVICE_ATTRIBUTES_MAX = 16,
};

/** What all devices of the process share. */
struct shared {
    coap_address_t server;
    struct images *images;
    struct journal *journal;
    struct state_file *state_file;
    uint32_t seed;
    int epoll_fd;
    struct wheel *wheel;
};

struct device {
    const struct shared *shared;
    const struct group *group;
    char endpoint[DEVICE_ENDPOINT_MAX], serial[DEVICE_ENDPOINT_MAX];
    struct firmware firmware;
    struct network network;
    enum device_life life;
    coap_context_t *context; /* NULL while OFF or GONE */
    coap_session_t *session;
    struct wheel_timer timer;
    /* registration */
    char location[2][64];
    unsigned lwm2m_minor;
    uint32_t lifetime_s;
    struct asking asking;
    bool is_update_wanted, is_lifetime_changed, is_leaving;
    int64_t boot_due_ms, register_due_ms, update_due_ms, sleep_due_ms, reboot_due_ms;
    int64_t coap_due_ms;
    bool is_asleep;
    /* objects 1 and 3 */
    int64_t disable_s, default_pmin_s, default_pmax_s, error_code;
    bool is_storing, is_send_muted;
    char utc_offset[16];
    /* requests of the server */
    struct remembered dedup[DEVICE_DEDUP_MAX];
    size_t dedup_next;
    struct attributes attributes[DEVICE_ATTRIBUTES_MAX];
    size_t attribute_count;
    struct push push;
    struct pull pull;
    struct observations observations;
    char body[DEVICE_BODY_MAX]; /* the answer that is being written */
};

/** Set up; it boots at boot_ms. */
void device_init(struct device *d, const struct shared *shared,
                 const struct group *group, uint32_t number, int64_t boot_ms);
void device_fini(struct device *d);

/** The device's descriptor was ready, or its timer came. */
void device_step(struct device *d, int64_t now_ms);

/** De-register at the next step, then off for good. */
void device_leave(struct device *d);

/** Give a session the group's protocol times. */
void device_session_set(struct device *d, coap_session_t *session);

/** Restart after delay_ms. */
void device_reboot(struct device *d, int64_t now_ms, int64_t delay_ms);

/** Off without a word, for ever. */
void device_vanish(struct device *d);

/** Journal and notify what changed in the firmware; and start what it asks for. */
void device_firmware_changed(struct device *d, int64_t now_ms);

#define DEVICE_JOURNAL(d, event, ...)                                                  \
    journal_line((d)->shared->journal, (d)->endpoint, (event), __VA_ARGS__)
