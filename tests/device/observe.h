/* SPDX-License-Identifier: Apache-2.0 */
/* observe.h - who watches what, and notifications. */
#pragma once

#include "tests/device/path.h"

#include <coap3/coap.h>
#include <stdbool.h>
#include <stdint.h>

struct device;

enum { OBSERVATIONS_MAX = 100, OBSERVE_COMPOSITES_MAX = 4, OBSERVE_PATHS_MAX = 100 };

struct observation {
    uint8_t token[8];
    size_t token_len;
    struct path path; /* unless it is a composite */
    int composite;    /* which of observations.composites, -1: none */
    bool is_pending;
    int format;
    uint32_t sequence;
    uint16_t mid; /* of the last notification */
    int64_t sent_ms;
};

struct observe_paths {
    struct path list[OBSERVE_PATHS_MAX];
    size_t count; /* 0: free */
};

struct observations {
    struct observe_paths composites[OBSERVE_COMPOSITES_MAX];
    struct observation list[OBSERVATIONS_MAX];
    size_t count;
};

/** @return 0, 1 if there is no room */
int observe_add(struct device *d, const coap_pdu_t *request, const struct path *paths,
                size_t count, int format);

/** End the observation with this token, or of this path. */
void observe_cancel(struct device *d, coap_bin_const_t token, const struct path *path);
void observe_cancel_mid(struct device *d, uint16_t mid);

void observe_cancel_all(struct device *d);

/** A resource changed. */
void observe_mark(struct device *d, const struct path *changed);

/** Send what is due. @return when the next is, INT64_MAX if none */
int64_t observe_tick(struct device *d, int64_t now_ms);
