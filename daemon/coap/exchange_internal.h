/* SPDX-License-Identifier: Apache-2.0 */
/* exchange_internal.h - what the files about our own exchanges offer each other. */
#pragma once

#include "daemon/coap/messenger_internal.h"

/* request.c: exchanges of ours */
struct exchange *coap_exchange_new(struct messenger *m, struct peer *p,
                                   enum exchange_kind kind);
/** Let x have the peer's place when its turn comes, and transmit it then. */
void exchange_queue(struct messenger *m, struct exchange *x);
/** Transmit the next message of x now if it has the place, or can. */
void exchange_continue(struct messenger *m, struct exchange *x);
void exchange_release_place(struct messenger *m, struct exchange *x);
void exchange_expire(struct messenger *m, struct exchange *x);
void exchange_refused(struct messenger *m, struct exchange *x);
void exchange_too_large(struct messenger *m, struct exchange *x);
/** End x without an answer: FAILURE or PUSH_END if the core waits for it. Frees x. */
void exchange_fail(struct messenger *m, struct exchange *x, enum coap_outcome outcome);
/** Release x and let the next one go. No event. */
void exchange_finish(struct messenger *m, struct exchange *x);
/** Release x only. */
void coap_exchange_free(struct messenger *m, struct exchange *x);
struct exchange *exchange_by_mid(struct peer *p, uint16_t mid);

/* send.c: the bytes of an exchange */
void exchange_transmit(struct messenger *m, struct exchange *x);
void exchange_repeat(struct messenger *m, struct exchange *x);
void exchange_renew_token(struct messenger *m, struct exchange *x);

/* answer.c: what peers say to exchanges */
void answer_take(struct messenger *m, struct peer *p, const struct coap_peer *key,
                 const struct message *msg);
void answer_empty(struct messenger *m, struct peer *p, const struct message *msg);
void push_end(struct messenger *m, struct exchange *x, enum coap_outcome outcome,
              bool is_whole);

/* notify.c: observations */
void notify_establish(struct messenger *m, struct exchange *x,
                      const struct message *msg, const struct fields *f);
void notify_take(struct messenger *m, struct exchange *x, const struct message *msg,
                 const struct fields *f);
/** message is owned. rest is freed. */
void notify_rest_done(struct messenger *m, struct exchange *rest,
                      struct coap_message *message);
/** The core could not be told of a notification of x, or its rest could not be had. */
void notify_missed(struct messenger *m, struct exchange *x);
/** The event that told of x found no room. */
void notify_untold(struct messenger *m, struct exchange *x);
void notify_expire(struct messenger *m, struct exchange *x);

/* fetch.c: answers in blocks */
enum fetch_step { FETCH_MORE, FETCH_WHOLE, FETCH_IGNORE, FETCH_BROKEN };
enum fetch_step fetch_take(struct messenger *m, struct exchange *x,
                           const struct message *msg, const struct fields *f);
