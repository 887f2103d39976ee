/* SPDX-License-Identifier: Apache-2.0 */
/* inbound_internal.h - what the files about requests of peers offer each other. */
#pragma once

#include "daemon/coap/messenger_internal.h"

/* inbound.c, respond.c: requests of peers */
void inbound_take(struct messenger *m, const struct coap_peer *key,
                  const struct message *msg, struct piece datagram);
void inbound_expire(struct messenger *m, struct inbound *in);
void inbound_free(struct messenger *m, struct inbound *in);
/** Forget in as if it had never come. */
void inbound_forget(struct messenger *m, struct inbound *in);
/** The header of the answer to request: an acknowledgement, or NON to NON. */
struct message reply_head(struct messenger *m, const struct coap_peer *key,
                          const struct message *request, uint8_t code);
void reply_code(struct messenger *m, const struct coap_peer *key,
                const struct message *request, uint8_t code);
/** tail: options and payload. */
void reply_tail(struct messenger *m, const struct coap_peer *key,
                const struct message *head, const uint8_t *tail, size_t len);

/* seen.c */
struct seen *seen_find(struct messenger *m, struct peer *p, uint16_t mid,
                       uint32_t hash);
struct seen *seen_begin(struct messenger *m, struct peer *p, const struct message *msg,
                        uint32_t hash);
void seen_answer(struct seen *s, uint8_t code, const uint8_t *tail, size_t len);
void seen_forget(struct seen *s);
const uint8_t *seen_tail(const struct seen *s);

/* gather.c: Block1 bodies */
enum { GATHER_TAIL_MAX = 16 };
/** Take a block in. @return the code to answer with; COAP_EMPTY: the body is whole and
 * *whole (then gather_free) holds it, or there is no room and nothing is said. */
uint8_t gather_take(struct messenger *m, struct peer *p, const struct message *msg,
                    const struct fields *f, struct gather **whole);
/** Write the options of that answer. @return their length */
size_t gather_tail(const struct messenger *m, const struct fields *f, uint8_t code,
                   uint8_t tail[static GATHER_TAIL_MAX]);
const struct assembly *gather_body(const struct gather *g);
void gather_free(struct messenger *m, struct gather *g);
void gather_expire(struct messenger *m, struct alarm *a);
