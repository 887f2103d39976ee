/* SPDX-License-Identifier: Apache-2.0 */
/* messenger.c - open and close, datagrams in, alarms, events out. */
#include "daemon/coap/messenger.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/exchange_internal.h"
#include "daemon/coap/inbound_internal.h"

/* What a single input, alarm or order may cause at most: forgetting a peer ends all its
 * exchanges; a datagram is answered and lets one more request go. */
enum { EVENTS_ROOM = PEER_EXCHANGES_MAX + 8, DATAGRAMS_ROOM = 8 };

/* Their addresses may be made up: who is reset then never spoke to us. Enough for a
 * fleet that still notifies what we forgot; RFC 7252 11.3 wants a limit. */
enum { STRANGERS_RESET_PER_S = 1000 };

static bool match_peer(const void *item, const void *key)
{
    return memcmp(&((const struct peer *)item)->key, key, sizeof(struct coap_peer)) ==
           0;
}

static bool match_ticket(const void *item, const void *key)
{
    return ((const struct exchange *)item)->ticket == *(const uint64_t *)key;
}

static bool match_handle(const void *item, const void *key)
{
    return ((const struct inbound *)item)->handle == *(const uint64_t *)key;
}

static bool match_package(const void *item, const void *key)
{
    return strcmp(((const struct package *)item)->digest, key) == 0;
}

static int open_tables(struct messenger *m)
{
    int rc = wheel_open(m->now_ms, &m->wheel);
    if (rc == 0)
        rc = table_open(match_peer, &m->peers);
    if (rc == 0)
        rc = table_open(match_ticket, &m->tickets);
    if (rc == 0)
        rc = table_open(match_handle, &m->handles);
    if (rc == 0)
        rc = table_open(match_package, &m->packages);
    return rc;
}

int messenger_open(const struct coap_options *options, uint64_t seed, int64_t now_ms,
                   struct messenger **out)
{
    struct messenger *m = calloc(1, sizeof *m);
    if (!m)
        return -ENOMEM;
    m->options = *options;
    m->stranger_resets = bucket_of(STRANGERS_RESET_PER_S);
    m->jitter.s = seed;
    m->now_ms = now_ms;
    random_fill(&m->key, sizeof m->key);
    random_fill(&m->next_tag, sizeof m->next_tag);
    int rc = open_tables(m);
    if (rc != 0) {
        messenger_close(m);
        return rc;
    }
    *out = m;
    return 0;
}

static void free_peers(struct messenger *m)
{
    size_t cursor = 0;
    struct peer *p = m->peers ? table_next(m->peers, &cursor) : NULL;
    while (p) {
        peer_free(m, p);
        cursor = 0;
        p = table_next(m->peers, &cursor);
    }
}

static void free_packages(struct messenger *m)
{
    size_t cursor = 0;
    struct package *p = NULL;
    while (m->packages && (p = table_next(m->packages, &cursor)) != NULL)
        free(p);
}

void messenger_close(struct messenger *m)
{
    if (!m)
        return;
    free_peers(m);
    free_packages(m);
    for (struct coap_event ev; messenger_event(m, &ev);)
        coap_message_free(ev.message);
    table_close(m->peers);
    table_close(m->tickets);
    table_close(m->handles);
    table_close(m->packages);
    wheel_close(m->wheel);
    free(m);
}

bool messenger_has_room(const struct messenger *m)
{
    return m->event_count + EVENTS_ROOM <= EVENTS_MAX &&
           m->datagram_count + DATAGRAMS_ROOM <= OUTBOX_MAX;
}

uint64_t hash_number(const struct messenger *m, uint64_t number)
{
    return hash_bytes(&m->key, &number, sizeof number);
}

void alarm_set(struct messenger *m, struct alarm *a, enum alarm_kind kind,
               int64_t after_ms)
{
    a->kind = kind;
    wheel_set(m->wheel, &a->timer, m->now_ms + after_ms);
}

struct coap_event *event_add(struct messenger *m, enum coap_event_kind kind,
                             const struct coap_peer *peer)
{
    assert(m->event_count < EVENTS_MAX);
    size_t i = (m->event_first + m->event_count++) % EVENTS_MAX;
    m->events[i] = (struct coap_event){.kind = kind};
    if (peer)
        m->events[i].peer = *peer;
    return &m->events[i];
}

bool messenger_event(struct messenger *m, struct coap_event *out)
{
    if (m->event_count == 0)
        return false;
    *out = m->events[m->event_first];
    m->event_first = (m->event_first + 1) % EVENTS_MAX;
    m->event_count--;
    return true;
}

void messenger_reset(struct messenger *m, const struct coap_peer *key, uint16_t mid)
{
    if (peer_find(m, key) || bucket_take(&m->stranger_resets, m->now_ms))
        outbox_empty(m, key, MESSAGE_RST, mid);
}

/* A datagram that is not a message: RFC 7252 4.2, 4.3. */
static void reject(struct messenger *m, const struct coap_peer *peer, int rc,
                   const struct message *msg)
{
    m->counters.malformed++;
    if (rc == MESSAGE_E_FORMAT && msg->type == MESSAGE_CON)
        messenger_reset(m, peer, msg->mid);
}

/* Everything but requests: acknowledgements, resets, pings, answers. */
static void take_reaction(struct messenger *m, const struct coap_peer *key,
                          const struct message *msg)
{
    struct peer *p = peer_find(m, key);
    if (msg->code != COAP_EMPTY)
        answer_take(m, p, key, msg);
    else if (msg->type == MESSAGE_CON)
        messenger_reset(m, key, msg->mid);
    else if (p)
        answer_empty(m, p, msg);
    if (p)
        peer_settle(m, p);
}

void messenger_input(struct messenger *m, int64_t now_ms, const struct coap_peer *peer,
                     const uint8_t *bytes, size_t len)
{
    struct message msg;
    m->now_ms = now_ms;
    int rc = message_parse(bytes, len, &msg);
    bool is_request =
        rc == 0 && msg.code != COAP_EMPTY && coap_code_class(msg.code) == 0;
    if (rc != 0)
        reject(m, peer, rc, &msg);
    else if (!is_request)
        take_reaction(m, peer, &msg);
    else if (msg.type == MESSAGE_CON || msg.type == MESSAGE_NON)
        inbound_take(m, peer, &msg, (struct piece){bytes, (uint16_t)len});
}

static void ring(struct messenger *m, struct alarm *a)
{
    struct peer *p = NULL;
    switch (a->kind) {
    case ALARM_PEER:
        p = WHEEL_OWNER(a, struct peer, alarm);
        break;
    case ALARM_EXCHANGE:
        p = WHEEL_OWNER(a, struct exchange, alarm)->peer;
        exchange_expire(m, WHEEL_OWNER(a, struct exchange, alarm));
        break;
    case ALARM_INBOUND:
        p = WHEEL_OWNER(a, struct inbound, alarm)->peer;
        inbound_expire(m, WHEEL_OWNER(a, struct inbound, alarm));
        break;
    case ALARM_GATHER:
        gather_expire(m, a);
        return;
    }
    peer_settle(m, p);
}

bool messenger_tick(struct messenger *m, int64_t now_ms)
{
    m->now_ms = now_ms;
    outbox_take_failures(m);
    package_drain(m);
    while (messenger_has_room(m)) {
        struct wheel_timer *t = wheel_expire(m->wheel, now_ms);
        if (!t)
            return m->draining || m->failure_count > 0;
        ring(m, WHEEL_OWNER(t, struct alarm, timer));
    }
    return true;
}

int64_t messenger_wait_ms(const struct messenger *m, int64_t now_ms, int64_t max_ms)
{
    return m->draining || m->failure_count ? 0
                                           : wheel_wait_ms(m->wheel, now_ms, max_ms);
}

struct messenger_counters messenger_counters_get(const struct messenger *m)
{
    struct messenger_counters c = m->counters;
    c.peers = table_count(m->peers);
    return c;
}
