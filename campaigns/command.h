/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - every mutation that a person or a program can ask for, and its result.
 *
 * api/ makes a command, gives it to the command_port and suspends the connection; the
 * core checks it against the state, journals it, and calls command.done when the batch
 * is durable. A command owns its texts (malloc); who gives it away loses it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/command_actions.h"
#include "campaigns/command_port.h"
#include "campaigns/webhook_command.h"

enum command_kind {
    COMMAND_BUNDLE_CREATE,   /* .bundle: text = manifest JSON */
    COMMAND_BUNDLE_WITHDRAW, /* .bundle.ref */
    COMMAND_BUNDLE_DELETE,   /* .bundle.ref */
    COMMAND_PACKAGE_READY,   /* .package: the file is complete, synced and verified */
    COMMAND_PACKAGE_DAMAGED, /* .package: the file is gone or its digest is wrong */
    COMMAND_PACKAGE_DELETE,  /* .package.digest */
    COMMAND_PROFILE_PUT,     /* .profile: text = profile JSON */
    COMMAND_PROFILE_DELETE,  /* .profile.name */
    COMMAND_PLAN_STORE,      /* .plan: what campaigns/planning made, .id filled */
    COMMAND_CAMPAIGN_CREATE, /* .campaign */
    COMMAND_CAMPAIGN_ACTION, /* .campaign_action */
    COMMAND_CAMPAIGN_DELETE, /* .campaign_action.campaign_id */
    COMMAND_CAMPAIGN_PATCH,  /* .campaign_action.campaign_id; text = merge patch */
    COMMAND_TASK_ACTION,     /* .task_action */
    COMMAND_DEVICE_REFRESH,  /* .device: read the inventory again */
    COMMAND_DEVICE_ADMIT,    /* .device: pending becomes registered */
    COMMAND_DEVICE_TAGS,     /* .device: text = JSON object of strings, replaces all */
    COMMAND_DEVICE_TAGS_PATCH, /* .device: text = merge patch of its tags */
    COMMAND_DEVICES_IMPORT, /* .import; text = JSON of the event, of the first chunk and
                               after the last; of one its tags */
    COMMAND_DEVICE_DELETE,  /* .device */
    COMMAND_DEVICE_TRACE,   /* .device: what was exchanged with it; in extra */
    COMMAND_DEVICE_RESOURCE, /* .resource: ask the device; extra is what it said */
    COMMAND_ASK_WITHDRAW,    /* .asked: nobody waits for that any more */
    COMMAND_DEVICE_CLEAR_ATTEMPTS, /* .device: blocked and counted Executes forgotten */
    COMMAND_TOKEN_CREATE,          /* .token */
    COMMAND_TOKEN_REVOKE,          /* .token.name */
    COMMAND_WEBHOOK_PUT,           /* .webhook */
    COMMAND_WEBHOOK_DELETE,        /* .webhook.name */
    COMMAND_WEBHOOK_TEST,          /* .webhook.name */
    COMMAND_WEBHOOK_DELIVERED,     /* .delivery: what a try came to */
    COMMAND_IDEMPOTENCY_RECORD,    /* .idempotency, .once */
    COMMAND_KIND_COUNT,
};

struct device_imports; /* campaigns/device_imports.h */
struct resource_ask;   /* campaigns/resource_ask.h */
struct plan;           /* campaigns/plan.h */

/** The Idempotency-Key of the request; it is the actor's. */
struct command_once {
    char key[128], route[96];
    char request_hash[65];
    char endpoint[256]; /* of the device that the answer is about, with which it goes */
};

struct command {
    enum command_kind kind;
    char actor[64]; /* name of the principal; never empty */
    /**
     * Called once, on the core's thread, after the batch is durable or when the command
     * was refused. result is borrowed for the call. Must not block.
     */
    void (*done)(void *done_arg, uint64_t ticket, const struct command_result *result);
    void *done_arg;
    char *text; /* owned; JSON of the kind's row above, else NULL */
    /** What must be there, else COMMAND_CHANGED: a revision (store/revision.h), 0
     * whatever, -1 nothing, -2 something. Profiles, webhooks, TOKEN_REVOKE,
     * CAMPAIGN_PATCH and _DELETE. */
    int64_t revision;
    /** Owned, may be NULL. Whoever puts the effect of the command into a batch puts
     * this into the same one (an answer of status 0 whose body is the result's id), so
     * that a retry finds both or neither. */
    struct command_once *once;
    union {
        struct {
            char ref[130]; /* name@version */
        } bundle;
        struct {
            char digest[65]; /* SHA-256, 64 lower-case hex digits */
            int64_t size_bytes;
        } package;
        struct {
            char name[64];
        } profile;
        struct {
            struct plan *plan; /* owned, from malloc() */
        } plan;
        struct {
            char name[128];
            char plan_id[40];
            /* text = policy JSON, NULL for the defaults */
        } campaign;
        struct {
            int64_t campaign_id;
            enum campaign_action action;
        } campaign_action;
        struct {
            int64_t campaign_id;
            char endpoint[256]; /* of the device */
            enum task_command action;
        } task_action;
        struct {
            char endpoint[256];
            char digest[65];    /* clear attempts of one digest only; "" for all */
            char tags_mark[17]; /* tags: only if they are these (store_tags_mark()) */
        } device;
        struct {
            char endpoint[256];
            struct resource_ask *ask; /* owned */
        } resource;
        struct {
            uint64_t ticket; /* of the DEVICE_RESOURCE */
        } asked;
        struct {
            struct device_imports *chunk; /* owned; NULL: none, text alone */
            bool is_one; /* it must not exist yet (CONFLICT, device-exists) */
        } import;
        struct {
            char name[64];
            char role[16];
            uint8_t hash[32];   /* SHA-256 of the secret */
            int64_t expires_ms; /* wall; 0 for never */
        } token;
        struct command_webhook webhook;
        struct command_delivery delivery;
        struct {
            int status;
            /* text = the answer's body */
        } idempotency;
    };
};

/** @return a zeroed command of this kind, owned by the caller; NULL: no memory */
struct command *command_new(enum command_kind kind, const char *actor);

/** Release command and all that it owns. NULL is allowed. */
void command_free(struct command *command);
