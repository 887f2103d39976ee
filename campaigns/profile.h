/* SPDX-License-Identifier: Apache-2.0 */
/* profile.h - what is known of a model of device beyond what it says itself.
 *
 * JSON, from an operator's files and from /v1/profiles; every key is in profiles.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/inventory.h"

enum {
    PROFILE_MODELS_MAX = 16,
    PROFILE_COMPONENTS_MAX = INVENTORY_COMPONENTS_MAX,
    PROFILE_LIST_MAX = 8,
    PROFILE_WORD_MAX = 31,
};

enum profile_role {
    ROLE_NONE,
    ROLE_BOOTLOADER,
    ROLE_SECURE,
    ROLE_APPLICATION,
    ROLE_MODEM,
};

enum profile_quirk {
    QUIRK_PUSH_ONLY = 1 << 0,  /* "push-only": never write a Package URI */
    QUIRK_PULL_ONLY = 1 << 1,  /* "pull-only": never push */
    QUIRK_NO_OBSERVE = 1 << 2, /* "no-observe": poll instead */
    QUIRK_NO_CANCEL = 1 << 3,  /* "no-cancel": do not try resource 10 */
    QUIRK_KEEPS_VERSION =
        1 << 4, /* "keeps-version": as verify=result for every package */
};

struct profile_words {
    uint8_t count;
    char words[PROFILE_LIST_MAX][PROFILE_WORD_MAX + 1];
};

struct profile_component {
    char name[COMPONENT_NAME_MAX + 1];
    uint8_t role; /* enum profile_role */
    bool renames; /* object_id and instance say which one is called name */
    uint16_t object_id, instance;
    char processor[PROFILE_WORD_MAX + 1];
    struct profile_words slots, formats; /* none: not known. package_fit.h */
    int64_t slot_bytes;                  /* what a slot holds; 0: not known */
    int64_t updating_max_s;              /* 0: the profile's */
};

struct profile {
    char name[64];
    char manufacturer[IDENTITY_TEXT_MAX + 1]; /* "*" and patterns with * allowed */
    uint8_t model_count;                      /* 0: every model */
    char models[PROFILE_MODELS_MAX][IDENTITY_TEXT_MAX + 1]; /* likewise */
    char
        version[128]; /* range over /3/0/3; "" or "*": every; see campaigns/version.h */
    uint8_t component_count;
    struct profile_component components[PROFILE_COMPONENTS_MAX];
    int64_t updating_max_s;  /* how long State may be Updating; 0: the policy's */
    uint16_t block_bytes;    /* largest block of a push; 0: the daemon's default */
    uint32_t quirks;         /* enum profile_quirk */
    char end_of_support[11]; /* YYYY-MM-DD or "" */
};

enum { PROFILE_E_INVALID = 1 };

struct profile_error {
    char path[96];
    char detail[160];
};

/** @return 0, PROFILE_E_INVALID (why written), -ENOMEM */
[[nodiscard]] int profile_parse(const char *json, struct profile *out,
                                struct profile_error *why);

/** @return true if p is about a device with this identity */
bool profile_matches(const struct profile *p, const struct inventory *identity);

/**
 * Of many, the one that says most: an exact model before a pattern before none, then a
 * version before none, then the first.
 * @return NULL when none matches
 */
const struct profile *profile_choose(const struct profile *const *profiles,
                                     size_t count, const struct inventory *identity);

/** @return the name for this instance, NULL when the profile does not rename it;
 * p may be NULL */
const char *profile_rename(const struct profile *p, uint16_t object_id,
                           uint16_t instance);

/** @return what p says of the component called name, NULL if nothing; p may be NULL */
const struct profile_component *profile_component(const struct profile *p,
                                                  const char *name);

/** @return "bootloader", "modem"; "" for ROLE_NONE. Static */
const char *profile_role_name(enum profile_role role);

/** @return longest Updating of component in ms; fallback_ms when nothing is known.
 * p may be NULL */
int64_t profile_updating_ms(const struct profile *p, const char *component,
                            int64_t fallback_ms);
