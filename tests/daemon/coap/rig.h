/* SPDX-License-Identifier: Apache-2.0 */
/* rig.h - a messenger on a test bench: messages and events as lines of text, time by
 * hand.
 *
 * A message: "CON POST mid=7 tok=0a0b path=rd q=ep=x block1=0/1/64 ct=40 |payload".
 * What a line leaves out is absent; "|#100" stands for 100 bytes of pattern; "mid=*"
 * and "tok=*" are those of the last message that came out. Lines that come out name
 * neither message id nor token (see .mid, .token) nor the values of etag and rtag.
 */
#pragma once

#include "daemon/coap/message.h"
#include "daemon/coap/messenger.h"

struct rig {
    struct messenger *m;
    int64_t now_ms;
    struct coap_peer peer;
    size_t next;  /* datagram of the output that rig_next() gives */
    uint16_t mid; /* of the last message that came out */
    struct token token;
    uint8_t request_tag[8];
    size_t request_tag_len;
    struct coap_event event; /* the last one; its message lives until the next */
    char text[2048];
};

struct coap_options rig_options(void); /* defaults, no jitter in the timers */
void rig_open(struct rig *r, struct coap_options options);
void rig_close(struct rig *r);

/** @return bytes of the message that line describes */
size_t rig_write(const struct rig *r, const char *line, uint8_t *bytes, size_t size);

/** The peer sends what line says. */
void rig_say(struct rig *r, const char *line);
void rig_bytes(struct rig *r, const void *bytes, size_t len);

/** @return the next message that came out as a line, "" if there is none */
const char *rig_next(struct rig *r);

/** @return the next event as a line, "" if there is none */
const char *rig_event(struct rig *r);

/** Let time pass, millisecond by millisecond where something is due. */
void rig_wait(struct rig *r, int64_t ms);

void rig_request(struct rig *r, struct coap_request request); /* peer is filled in */
void rig_push(struct rig *r, uint64_t ticket, const char *path, uint16_t block_bytes);
void rig_respond(struct rig *r, uint8_t code, const char *location,
                 const char *payload);

/** A published package of size bytes of pattern; its digest is RIG_DIGEST. */
#define RIG_DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
void rig_publish(struct rig *r, size_t size);
uint8_t rig_pattern(size_t i);

#define RIG_GET(t, p)                                                                  \
    ((struct coap_request){.ticket = (t),                                              \
                           .method = COAP_GET,                                         \
                           .path = (p),                                                \
                           .content_format = -1,                                       \
                           .accept = -1})

#define says(r, line) cr_assert_str_eq(rig_next(r), line)
#define tells(r, line) cr_assert_str_eq(rig_event(r), line)
