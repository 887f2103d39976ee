/* SPDX-License-Identifier: Apache-2.0 */
/* served.h - the real API on a loopback port, over a temporary store, with a core that
 * does what it is told and no more. One per test; a test is a process of its own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/api.h"
#include "store/batch.h"
#include "store/store.h"

/** Tokens that exist: "viewer", "operator", "approver", "admin", each its role; "old"
 * is expired. */
void served_open(void);
void served_open_with(const struct api_options *limits);
void served_close(void);
struct api *served_api(void);
const char *served_dir(void);
const struct seal *served_seal(void);

/** Apply one change and tell the API of the event that comes with it, if it is one. */
void served_change(const struct change *change);

/** Apply one change that may be refused. */
struct change_result served_result(const struct change *change);

/** A device with one component, endpoint "dev-N"; a campaign 7 with a task for it. */
void served_add_device(int64_t id, const char *endpoint);
void served_add_campaign(const char *state);
void served_add_event(int64_t campaign_id, const char *name);

/** What the core does with the next commands. */
enum core_mode {
    CORE_WORKS,
    CORE_IS_FULL, /* submit says -EAGAIN */
    CORE_HOLDS,   /* takes them and stays silent */
    CORE_REFUSES, /* COMMAND_CONFLICT, problem "not-now" */
};
void core_set(enum core_mode mode);
/** It carries out that many commands yet, and refuses those after them. */
void core_refuse_after(int count);

/** From now on answers to requests with an Idempotency-Key are not recorded. */
void core_forget_answers(void);

/** Wait until the core has been given count commands, in all. */
void core_await(int count);

/** @return how many commands of this kind were given */
int core_count(int kind);

struct reply {
    int status;
    char *head, *body; /* NUL-terminated, owned by the harness until the next call */
    size_t body_len;
    bool was_closed; /* by the server, before the whole answer was there */
};

/** Send bytes on a new connection and read until the server closes it. */
struct reply raw(const char *bytes, size_t len);

/** Send bytes on a new connection and leave. */
void blurt(const char *bytes, size_t len);

/** One request of its own connection. token NULL: none; body NULL: none; headers are
 * whole lines with CR LF, "" for none. */
struct ask {
    const char *method, *target, *token, *headers, *body;
    size_t body_len; /* 0: strlen(body) */
};
struct reply ask(struct ask a);

/** @return value of a header field, NULL if absent; owned by the harness */
const char *reply_header(const struct reply *r, const char *name);

/** A connection that stays: for streams. */
int dial(void);
void tell(int fd, const char *bytes);

/** Read until text has been seen. @return false: the connection ended before */
bool hear(int fd, const char *text);
