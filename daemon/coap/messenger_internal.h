/* SPDX-License-Identifier: Apache-2.0 */
/* messenger_internal.h - the messenger's own state and what its files offer each other.
 */
#pragma once

#include "daemon/base/bucket.h"
#include "daemon/base/hash.h"
#include "daemon/base/random.h"
#include "daemon/base/table.h"
#include "daemon/coap/code.h"
#include "daemon/coap/fields.h"
#include "daemon/coap/messenger.h"
#include "daemon/coap/peer_internal.h"

enum { OUTBOX_MAX = 256, EVENTS_MAX = 256, TOKEN_POOL = 512 };

/* Often enough for a progress bar, seldom enough for a fleet. */
enum { PROGRESS_EVERY_MS = 1000 };

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
    struct bucket stranger_resets;
    struct hash_key key;
    int64_t now_ms;
    struct wheel *wheel;
    struct table *peers, *tickets, *handles, *packages;
    struct package *draining; /* withdrawn or damaged, not yet free of pushes */
    uint64_t next_handle;
    uint32_t next_tag, gather_count;
    struct gather *gather_oldest, *gather_newest; /* by their last block */
    uint8_t tokens[TOKEN_POOL];                   /* random bytes to come */
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
/** Reset message mid of whom we know; of strangers only so many a second. */
void messenger_reset(struct messenger *m, const struct coap_peer *key, uint16_t mid);
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
/* The same for whoever asks us: its address may be made up, so only while there is
 * room.
 */
struct peer *peer_admit(struct messenger *m, const struct coap_peer *key);
/** Release p if nothing is left to keep; else see that it is looked at again. */
void peer_settle(struct messenger *m, struct peer *p);
void peer_free(struct messenger *m, struct peer *p);
void peer_keep(struct messenger *m, struct peer *p, int64_t for_ms);

/* content.c */
struct coap_message *content_build(const struct message *msg, const struct fields *f,
                                   const uint8_t *payload, size_t len);

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
                 const struct package *p, const struct piece *query, struct block b);
