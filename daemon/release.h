/* SPDX-License-Identifier: Apache-2.0 */
/* release.h - effects that wait until the batch that they depend on is durable, in the
 * order in which they were put.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/command.h"

enum release_kind {
    RELEASE_ANSWER,  /* .handle, .code, .location: answer a device's request */
    RELEASE_ONLINE,  /* .device_id: the device spoke */
    RELEASE_COMMAND, /* .command, .ticket: a command of the daemon's own is done */
    RELEASE_PROFILE, /* .name: a profile may have been put or deleted */
    RELEASE_PACKAGE, /* .name: the package with this digest may have become ready */
    RELEASE_PACKAGE_GONE, /* .name: the package was deleted; .command, .ticket: NULL if
                             nobody asked for it */
    RELEASE_PRUNED,       /* whether old rows are left */
    RELEASE_TAGS,         /* as COMMAND, of tags: .device_id and its event */
    RELEASE_IMPORT,       /* .command, .ticket: devices were created or tagged */
    RELEASE_ASK,          /* .ticket: a Write or Execute is on record */
    RELEASE_REMOVE,       /* .device_id, .command, .ticket: a device was deleted */
};

enum { RELEASE_NO_CHANGE = -1 };

struct release {
    uint64_t batch;
    size_t change; /* index in the batch of what it depends on; RELEASE_NO_CHANGE */
    enum release_kind kind;
    uint8_t code;
    uint64_t handle, location, ticket;
    int64_t device_id;
    struct command *command; /* owned */
    char name[65];
};

struct releases;

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int releases_open(struct releases **out);

/** Commands in it are answered COMMAND_BUSY. */
void releases_close(struct releases *r);

/** @param release copied. @return 0, -ENOMEM */
[[nodiscard]] int releases_put(struct releases *r, const struct release *release);

/** @return true if an effect of this kind and .name waits for its batch */
bool releases_have(const struct releases *r, enum release_kind kind, const char *name);

/** @return the oldest if it waits for this batch or an earlier one, else NULL; valid
 * until the next call */
const struct release *releases_take(struct releases *r, uint64_t batch);
