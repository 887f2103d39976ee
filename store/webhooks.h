/* SPDX-License-Identifier: Apache-2.0 */
/* webhooks.h - who is told of events by HTTP, how far each is, and what the last tries
 * came to.
 *
 * The secret signs what is sent, so it is kept, sealed (seal.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/seal.h"
#include "store/sizes.h"
#include "store/store.h"

enum {
    STORE_URL_MAX = 511,
    STORE_WEBHOOKS_MAX = 64,    /* more are refused: CONFLICT, result.count is */
    STORE_WEBHOOKS_FULL = 102,  /* this */
    STORE_DELIVERIES_KEPT = 100 /* of each webhook */
};

struct webhook_row {
    int64_t id;                      /* given by the store */
    char name[STORE_NAME_MAX + 1];   /* unique */
    char url[STORE_URL_MAX + 1];     /* http:// or https:// */
    char sealed[SEAL_TEXT_MAX + 1];  /* the secret, for store_webhook_of(); "" when put:
                                        the one it has stays */
    char kinds[STORE_KINDS_MAX + 1]; /* as in struct event_query */
    int64_t campaign_id;             /* 0: events of all and of none */
    bool is_enabled;
    int64_t created_ms;
    char created_by[STORE_NAME_MAX + 1];
    int64_t done_id;  /* the newest event that was delivered, or given up; at first the
                         newest there was */
    int64_t revision; /* set by the store */
};

/** What its secret is sealed for. */
void store_webhook_of(const char *name, char out[STORE_NAME_MAX + 16]);

struct delivery_row {
    int64_t id; /* given by the store */
    int64_t webhook_id, event_id;
    int64_t at_ms, took_ms;
    int32_t status;                   /* of HTTP; 0: there was no answer */
    int32_t tries;                    /* this one included */
    bool is_done;                     /* the event needs no other try */
    char error[STORE_DETAIL_MAX + 1]; /* "" when it was taken */
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_webhook_get(struct store *st, const char *name,
                                    struct webhook_row *out);
/** Both orders. */
[[nodiscard]] int store_webhook_page(struct store *st, struct webhook_row *rows,
                                     struct page *page);

/** Both orders. */
[[nodiscard]] int store_delivery_page(struct store *st, int64_t webhook_id,
                                      struct delivery_row *rows, struct page *page);
