/* SPDX-License-Identifier: Apache-2.0 */
/* peer_internal.h - what is kept per peer, only while there is something to keep. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/wheel.h"
#include "daemon/coap/assembly.h"
#include "daemon/coap/event.h"
#include "daemon/coap/message.h"
#include "daemon/coap/observe.h"
#include "daemon/coap/traffic.h"
#include "daemon/coap/transfer.h"

enum alarm_kind { ALARM_PEER, ALARM_EXCHANGE, ALARM_INBOUND, ALARM_GATHER };

/** A timer that knows what it is a member of. */
struct alarm {
    struct wheel_timer timer;
    enum alarm_kind kind;
};

/** A request of the peer that must not be carried out twice. */
struct seen {
    int64_t until_ms; /* 0: free */
    uint32_t hash;    /* of the datagram */
    uint16_t mid;
    bool is_answered; /* else in progress */
    uint8_t code;     /* the answer: code, and what follows the token */
    uint16_t len;
    union {
        uint8_t inside[16];
        uint8_t *outside; /* owned, if len is more */
    };
};

/* PEER_EXCHANGES: what ends with it must fit into the events of one call. */
enum { SEEN_MAX = 4, ACKED_MAX = 4, PEER_EXCHANGES_MAX = 64 };

struct peer {
    struct coap_peer key;
    struct alarm alarm;            /* releases it */
    struct exchange *first, *last; /* ours to it, oldest first */
    struct exchange *current;      /* has the one place that NSTART 1 gives */
    struct inbound *inbounds;      /* its requests without an answer */
    struct gather *gathers;        /* its unfinished Block1 bodies */
    struct download *download;     /* the package that it fetches */
    int64_t keep_until_ms;         /* for seen[] and acked[] */
    uint32_t exchange_count, inbound_count;
    uint16_t next_mid;
    uint32_t acked[ACKED_MAX]; /* its confirmable responses: message id, token */
    uint8_t seen_next, acked_next, acked_count;
    struct seen seen[SEEN_MAX];
};

enum exchange_kind {
    EXCHANGE_REQUEST,  /* of the core; an observation, too */
    EXCHANGE_PUSH,     /* of a package */
    EXCHANGE_REST,     /* fetches the rest of a notification for .parent */
    EXCHANGE_FAREWELL, /* cancels an observation */
    EXCHANGE_SEPARATE, /* a late answer to the peer's request */
};

/*            transmit            empty ACK
 *  WAITING ------------> SENT ---------------> ACKED
 *     ^                  | ^ \_ answer: more     | answer
 *     |  place is taken  | |     blocks          v
 *     +------------------+ +------ PAUSED    OBSERVING or the end
 */
enum exchange_stage {
    STAGE_WAITING,   /* for the peer's one place */
    STAGE_SENT,      /* retransmitted until acknowledged */
    STAGE_ACKED,     /* the answer comes separately */
    STAGE_PAUSED,    /* 5.03: waits before the same block */
    STAGE_OBSERVING, /* notifications may come */
    STAGE_OVER,      /* the observation's end was told; kept until that was heard */
};

struct exchange {
    struct exchange *next, *prev; /* of the peer */
    struct peer *peer;
    struct alarm alarm;
    enum exchange_kind kind;
    enum exchange_stage stage;
    uint64_t ticket;              /* 0: not the core's */
    struct coap_request *request; /* owned; REST: the parent's; SEPARATE: NULL */
    struct token token;
    uint16_t mid;
    uint8_t repeats, refusals;
    uint8_t code; /* of the last answer to a push */
    int32_t timeout_ms;
    struct coap_sent sent;

    bool is_uploading; /* the body still goes out */
    struct transfer transfer;
    struct package *package; /* PUSH: the body */
    struct exchange *package_next, *package_prev;
    int64_t progress_ms; /* when progress was told last */

    bool is_fetching; /* the answer comes in blocks */
    uint8_t fetch_restarts, fetch_szx;
    struct assembly answer;

    bool is_answered; /* observation: the first answer was delivered */
    bool is_missed;   /* observation: a notification was lost on its way to the core */
    struct observe_mark mark;
    struct exchange *rest, *parent;

    uint8_t late_code, *late; /* SEPARATE: the answer; late is owned */
    size_t late_len;
};

struct inbound {
    struct inbound *next;
    struct peer *peer;
    struct alarm alarm;
    uint64_t handle;
    uint32_t hash;
    struct message head; /* type, mid, token, code */
    bool is_acked, has_block1, has_block2;
    struct block block1, block2;
};
