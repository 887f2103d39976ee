/* SPDX-License-Identifier: Apache-2.0 */
/* messenger_internal.h - the messenger's own state and what its files offer each other.
 */
#pragma once

#include "daemon/base/hash.h"
#include "daemon/base/random.h"
#include "daemon/base/table.h"
#include "daemon/coap/code.h"
#include "daemon/coap/fields.h"
#include "daemon/coap/messenger.h"
#include "daemon/coap/peer_internal.h"

enum { OUTBOX_MAX = 256, EVENTS_MAX = 256, TOKEN_POOL = 512 };

/** A published package; also the head of the list of pushes that read it. */
struct package {
    char digest[COAP_DIGEST_MAX];
    uint8_t etag[8];
    const uint8_t *bytes;
    uint64_t size;
    struct exchange *users;
    uint64_t withdraw_ticket; /* not 0: is being withdrawn */
    struct package *next_draining;
    bool is_damaged, is_draining;
    bool is_damage_told;
};

struct failure {
    struct coap_peer peer;
    uint16_t mid;
    int error;
};

struct messenger {
    struct coap_options options;
    struct random_state jitter;
    struct hash_key key;
    int64_t now_ms;
    struct wheel *wheel;
    struct table *peers, *tickets, *handles, *packages;
    struct package *draining; /* withdrawn or damaged, not yet free of pushes */
    uint64_t next_handle;
    uint32_t next_tag, gather_count;
    uint8_t tokens[TOKEN_POOL]; /* random bytes to come */
    size_t tokens_left;
    struct messenger_counters counters;
    size_t event_first, event_count, datagram_count;
    struct coap_event events[EVENTS_MAX];
    struct datagram outbox[OUTBOX_MAX];
    struct package *sources[OUTBOX_MAX]; /* whose bytes outbox[i].body is part of */
    struct failure
        failures[OUTBOX_MAX]; /* datagrams that were not sent, to be seen to */
    size_t failure_count;
};

/* messenger.c */
void alarm_set(struct messenger *m, struct alarm *a, enum alarm_kind kind,
               int64_t after_ms);
struct coap_event *event_add(struct messenger *m, enum coap_event_kind kind,
                             const struct coap_peer *peer);
uint64_t hash_number(const struct messenger *m, uint64_t number);

/* outbox.c: writing datagrams. The slot is valid until the next call. */
struct datagram *outbox_add(struct messenger *m, const struct coap_peer *peer);
struct option_writer outbox_begin(struct messenger *m, const struct coap_peer *peer,
                                  const struct message *head);
void outbox_end(struct messenger *m, const struct option_writer *w);
void outbox_body(struct messenger *m, struct option_writer *w, struct package *package,
                 uint64_t offset, size_t len);
void outbox_empty(struct messenger *m, const struct coap_peer *peer,
                  enum message_type type, uint16_t mid);
void outbox_drop_package(struct messenger *m, const struct package *package);
/** See to the datagrams that could not be sent, as far as there is room. */
void outbox_take_failures(struct messenger *m);

/* peer.c */
struct peer *peer_find(struct messenger *m, const struct coap_peer *key);
struct peer *peer_need(struct messenger *m, const struct coap_peer *key);
/** Release p if nothing is left to keep; else see that it is looked at again. */
void peer_settle(struct messenger *m, struct peer *p);
void peer_free(struct messenger *m, struct peer *p);
void peer_keep(struct messenger *m, struct peer *p, int64_t for_ms);

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

/* content.c */
struct coap_message *content_build(const struct message *msg, const struct fields *f,
                                   const uint8_t *payload, size_t len);

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

/* package.c, served.c */
void package_serve(struct messenger *m, const struct coap_peer *key,
                   const struct message *msg, const struct fields *f);
struct package *package_find(const struct messenger *m, const char *digest);
void package_use(struct package *p, struct exchange *x);
void package_unuse(struct exchange *x);
void package_drain(struct messenger *m);
/** Take p out of service; package_drain() does the rest. */
void package_damaged(struct messenger *m, struct package *p);
void served_note(struct messenger *m, const struct coap_peer *key,
                 const struct package *p, const struct piece *query, uint64_t end);
