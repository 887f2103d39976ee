/* SPDX-License-Identifier: Apache-2.0 */
/* network.h - what lies between a device's CoAP stack and the server: losses, and a
 * radio that is switched off.
 *
 * libcoap 4.3.1 reads and writes its connected UDP sockets with recv() and send();
 * network.c defines both for this program, so that every packet of the device whose
 * network was entered goes through here. ICMP errors are dropped too: a daemon that is
 * down looks like silence, as it does on a radio.
 *
 * libcoap 4.3.1 refuses an ACK_TIMEOUT below one second. Tests want shorter ones: there
 * its timeout is one second of a clock that runs faster; network.c defines
 * coap_ticks().
 */
#pragma once

#include "daemon/base/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NETWORK_RESETS_MAX = 16 };

struct network {
    struct random_state random;
    uint32_t loss_in_pct, loss_out_pct;
    uint32_t second_ms; /* what libcoap takes for a second, 1..1000 */
    bool is_deaf;       /* the radio is off: nothing comes in, nothing goes out */
    bool is_mute;       /* requests of the server are lost */
    bool is_hushed;     /* answers to them are lost */
    bool has_traffic;   /* something went out or came in since the owner cleared it */
    uint16_t resets[NETWORK_RESETS_MAX]; /* message ids of RSTs that came in */
    size_t reset_count;
    uint64_t lost;
};

/** Everything that libcoap sends and receives from now on is this device's.
 * NULL: nobody's, packets pass untouched. */
void network_enter(struct network *n);
