/* SPDX-License-Identifier: Apache-2.0 */
/* change.h - everything that can be written, as values. A change is put into a batch
 * (batch.h), which copies it deeply: all pointers in here are borrowed for that call.
 *
 * What is refused by a constraint (unknown state, second active task, unknown campaign)
 * ends as STORE_E_CONFLICT of that change alone. Changes are idempotent: the same one
 * twice leaves what it left once, but for events and attempts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/bundles.h"
#include "store/campaigns.h"
#include "store/change_parts.h"
#include "store/components.h"
#include "store/devices.h"
#include "store/events.h"
#include "store/packages.h"
#include "store/plans.h"
#include "store/profiles.h"
#include "store/revision.h"
#include "store/tasks.h"
#include "store/tokens.h"
#include "store/webhooks.h"

enum change_kind {
    CHANGE_META_PUT,       /* .meta */
    CHANGE_TOKEN_ADD,      /* .token; .id is ignored; CONFLICT: its name or its hash is
                              another one's */
    CHANGE_TOKEN_DELETE,   /* .name; with the answers kept for it; NOT_FOUND */
    CHANGE_WEBHOOK_PUT,    /* .webhook; by name, .id and .done_id are ignored, as is the
                              time of one that was there; CONFLICT: too many, or no
                              secret */
    CHANGE_WEBHOOK_DELETE, /* .name; with its deliveries; NOT_FOUND */
    CHANGE_DELIVERY_ADD,   /* .delivery; .id is ignored; CONFLICT: no such webhook */
    CHANGE_PROFILE_PUT,    /* .profile; by name, .id is ignored */
    CHANGE_PROFILE_DELETE, /* .name; NOT_FOUND */
    CHANGE_ANSWER_PUT,     /* .answer; CONFLICT if the key is taken, but for a row of
                              status 0 of the same request */
    CHANGE_DEVICE_PUT,     /* .device; inserts, or replaces the registration of that
                              endpoint; result.id is the device's, which is not the
                              one given if the endpoint had one before */
    CHANGE_DEVICE_SEEN,    /* .seen; many at once; unknown ids are skipped */
    CHANGE_DEVICE_STATE,   /* .device_state; NOT_FOUND */
    CHANGE_DEVICE_TAGS,    /* .tags; NOT_FOUND; CONFLICT with the reason, an
                              enum tags_refusal, in result.count */
    CHANGE_DEVICES_IMPORT, /* .import; result.count devices were created, .id rows
                              refused since the device would have too many tags */
    CHANGE_DEVICE_DELETE,  /* .device_id; with all that identifies it: of tasks
                              and events only what is counted stays; NOT_FOUND,
                              CONFLICT while it has an unfinished task */
    CHANGE_INVENTORY_PUT,  /* .inventory; result.id is the distinct inventory's;
                              result.count versions that changed; NOT_FOUND */
    CHANGE_COMPONENT_STATE, /* .component_state; NOT_FOUND */
    CHANGE_BUNDLE_PUT,      /* .bundle; result.id; the same name, version and manifest
                               again is done, another manifest is CONFLICT */
    CHANGE_BUNDLE_STATE,    /* .bundle_state; NOT_FOUND */
    CHANGE_BUNDLE_DELETE,   /* .bundle_id; a chunk: its plans, then itself; CONFLICT
                               while a campaign has it; NOT_FOUND */
    CHANGE_PACKAGE_PUT,     /* .package; inserts or sets state and size */
    CHANGE_PACKAGE_DELETE,  /* .name is the digest; CONFLICT while it is in use, as
                               store_package_in_use() says; NOT_FOUND */
    CHANGE_PLAN_PUT,        /* .plan; CONFLICT if the id is taken */
    CHANGE_PLAN_GROUP_PUT,  /* .plan_group; after its plan, in the same batch */
    CHANGE_PLAN_DELETE,     /* .name is the id; CONFLICT while a campaign has it */
    CHANGE_CAMPAIGN_PUT,    /* .campaign; insert, or replace by id */
    CHANGE_CAMPAIGN_DELETE, /* .campaign_id; at once, what it has follows by
                               CHANGE_PRUNE_CAMPAIGNS; NOT_FOUND, also while it is
                               under way */
    CHANGE_TASKS_CUT,       /* .tasks_cut; a chunk: the next devices get their tasks */
    CHANGE_TASKS_MOVE,      /* .tasks_move; a chunk of waiting tasks changes state */
    CHANGE_TASKS_PROMOTE,   /* .tasks_promote; a chunk of tasks becomes active */
    CHANGE_TASK_PUT,        /* .task; by id; NOT_FOUND; CONFLICT: the device has another
                               active task */
    CHANGE_ATTEMPT_ADD,     /* .attempt; executes + 1; result.count is the new number */
    CHANGE_ATTEMPT_BLOCK,   /* .attempt; sets .blocked, executes stay */
    CHANGE_ATTEMPT_CLEAR,   /* .attempt; digest "" clears all of the device */
    CHANGE_EVENT_ADD,       /* .event; result.id */
    CHANGE_PRUNE_EVENTS,    /* .prune_events; a chunk, result.id is the last that was
                               looked at; the newest event stays */
    CHANGE_PRUNE_ANSWERS,   /* .prune; a chunk */
    CHANGE_PRUNE_PLANS,     /* .prune; expired before, without a campaign; a chunk */
    CHANGE_PRUNE_CAMPAIGNS, /* .prune; tasks, events and counts of those that were
                               deleted; a chunk */
    CHANGE_KIND_COUNT,
};

struct change {
    enum change_kind kind;
    size_t needs;     /* 1 + index in this batch of the change without which this one is
                         refused, too (CONFLICT); 0: none */
    int64_t revision; /* TOKEN_DELETE, WEBHOOK_PUT and DELETE, PROFILE_PUT and DELETE,
                         CAMPAIGN_PUT and DELETE: what must be there, see revision.h;
                         else CONFLICT, with STORE_REVISION_OTHER in result.count */
    union {
        const char *name;
        int64_t device_id, bundle_id, campaign_id;
        struct {
            const char *key, *value;
        } meta;
        const struct token_row *token;
        const struct webhook_row *webhook;
        const struct delivery_row *delivery;
        struct {
            const struct profile_row *row;
            const char *body;
        } profile;
        struct {
            const struct answer_row *row;
            const char *body;
        } answer;
        struct {
            const struct device_row *row;
            const char *objects; /* NULL: leaves what is there */
        } device;
        struct {
            const struct device_seen *items;
            size_t count;
        } seen;
        struct {
            int64_t id;
            const char *state;
        } device_state;
        struct tags_put tags;
        struct devices_import import;
        struct inventory_put inventory;
        struct {
            int64_t device_id;
            const char *component, *state;
            uint8_t result;
            int64_t at_ms;
        } component_state;
        struct bundle_put bundle;
        struct {
            int64_t id;
            const char *state, *problem;
        } bundle_state;
        const struct package_row *package; /* .id is ignored */
        struct {
            const struct plan_row *row;
            const char *body;
        } plan;
        struct plan_group_put plan_group;
        struct {
            const struct campaign_row *row;
            const char *policy; /* NULL: leaves what is there ("{}" at first) */
            bool is_edit;       /* of what people wrote: name and approved_by, which
                                   otherwise stay; it gets a new revision */
        } campaign;
        struct tasks_cut tasks_cut;
        struct tasks_move tasks_move;
        struct tasks_promote tasks_promote;
        struct task_put task;
        const struct attempt_row *attempt; /* .executes is ignored */
        const struct event_row *event;     /* .id is ignored */
        struct {
            int64_t before_ms;
            size_t limit; /* 0: 2000, of campaigns' tasks 150 */
        } prune;
        struct prune_events prune_events;
    };
};
