/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.h - who may do what (principals with a role, their token only as a hash), and
 * answers kept for repeated requests (Idempotency-Key).
 */
#pragma once

#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct token_row {
    int64_t id;                       /* given by the store */
    char name[STORE_NAME_MAX + 1];    /* unique */
    char role[STORE_WORD_MAX + 1];    /* viewer|operator|approver|admin */
    uint8_t hash[STORE_DIGEST_BYTES]; /* SHA-256 of the token, unique */
    int64_t created_ms, expires_ms;   /* 0: never expires */
    char created_by[STORE_NAME_MAX + 1];
    int64_t revision; /* set by the store */
};

/** Says nothing of expires_ms: the caller compares. @return 0, STORE_E_NOT_FOUND,
 * -errno */
[[nodiscard]] int store_token_by_hash(struct store *st,
                                      const uint8_t hash[STORE_DIGEST_BYTES],
                                      struct token_row *out);

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_token_get(struct store *st, const char *name,
                                  struct token_row *out);

/** Both orders. @return 0, -errno */
[[nodiscard]] int store_token_page(struct store *st, struct token_row *rows,
                                   struct page *page);

/** What was answered to a POST with an Idempotency-Key. */
struct answer_row {
    char key[STORE_KEY_MAX + 1];
    char principal[STORE_NAME_MAX + 1];
    char route[STORE_KEY_MAX + 1];
    char request_hash[STORE_DIGEST_HEX + 1]; /* of the body that was sent */
    char endpoint[STORE_ENDPOINT_MAX + 1];   /* of the device it is about; "" of none */
    int status;
    int64_t created_ms;
};

/** @param body owned, free(); the answer's body. @return 0, STORE_E_NOT_FOUND, -errno
 */
[[nodiscard]] int store_answer_get(struct store *st, const char *principal,
                                   const char *key, struct answer_row *out,
                                   char **body);
