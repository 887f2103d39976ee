/* SPDX-License-Identifier: Apache-2.0 */
/* webhook_command.h - what commands about webhooks carry. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct command_webhook {
    char name[64], url[512];
    char sealed[311];    /* its secret, as store/seal.h has it; "": what it has */
    char kinds[128];     /* with a blank before and after each; "": all */
    int64_t campaign_id; /* 0: all */
    bool is_enabled;
};

struct command_delivery {
    int64_t webhook_id, event_id;
    int64_t at_ms, took_ms; /* wall; how long it took */
    int status, tries;      /* of HTTP, 0: no answer; this one included */
    bool is_done;           /* the event needs no other try */
    char error[128];
};
