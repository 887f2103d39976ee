/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the defaults. */
#include "daemon/coap/options.h"

struct coap_options coap_options_default(void)
{
    return (struct coap_options){
        .ack_timeout_ms = 2000,
        .ack_random_pct = 150,
        .max_retransmit = 4,
        .exchange_lifetime_ms = 247000,
        .non_lifetime_ms = 145000,
        .processing_delay_ms = 1000,
        .response_timeout_ms = 93000,
        .body_timeout_ms = 93000,
        .busy_wait_ms = 10000,
        .busy_wait_max_ms = 60000,
        .busy_tries = 6,
        .body_max_bytes = 65536,
        .bodies_max = 4096,
        .peers_max = 1 << 20,
        .block_bytes = 1024,
    };
}
