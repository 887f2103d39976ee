/* SPDX-License-Identifier: Apache-2.0 */
/* figures.h - what is counted for /metrics, /v1/status and /healthz. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "campaigns/policy.h"

enum {
    API_HISTOGRAM_BUCKETS = 14, /* api_histogram_ms, and what is more */
    API_COAP_METHODS = 8,       /* by the detail of CoAP code 0.dd; 0 is a ping */
    API_UPDATE_RESULTS = 16,    /* by Update Result; 15 takes all that is higher */
};

enum api_registration {
    API_REGISTER,
    API_UPDATE,
    API_DEREGISTER,
    API_REGISTRATIONS,
};
enum api_way { API_PULL, API_PUSH, API_WAYS };
enum api_stuck { API_NOT_RETURNED, API_NO_PROGRESS, API_STUCK };
enum api_hook_outcome {
    API_HOOK_DELIVERED,
    API_HOOK_REFUSED, /* by an HTTP status */
    API_HOOK_FAILED,  /* nobody answered */
    API_HOOK_GIVEN_UP,
    API_HOOK_OUTCOMES,
};

struct api_histogram {
    uint64_t bucket[API_HISTOGRAM_BUCKETS]; /* not cumulative */
    uint64_t count;
    uint64_t sum_us;
};

/** Upper bounds of all buckets but the last. */
extern const uint32_t api_histogram_ms[API_HISTOGRAM_BUCKETS - 1];

/** Add one observation to h, which the caller owns. */
void api_histogram_add(struct api_histogram *h, uint64_t us);

/** What only the running daemon knows; for /metrics, /v1/status and /healthz. */
struct api_figures {
    uint64_t coap_requests[API_COAP_METHODS];       /* received */
    uint64_t component_results[API_UPDATE_RESULTS]; /* seen since the start */
    uint64_t registrations[API_REGISTRATIONS];      /* accepted */
    uint64_t blocks[API_WAYS], package_bytes[API_WAYS];
    uint64_t hook_outcomes[API_HOOK_OUTCOMES];
    uint64_t datagrams_in, datagrams_out, datagrams_bad;
    uint64_t retransmissions, duplicates;
    uint64_t stuck[API_STUCK];   /* tasks past waiting that are past their deadline, as
                                    engine_gauges counts them */
    struct api_histogram commit; /* one batch of the store, until durable */
    uint64_t peers;
    uint64_t store_queue;      /* changes not yet durable */
    int64_t core_beat_mono_ms; /* last pass of the core's loop; 0: not known */
    bool is_storage_full;      /* batches wait for space */
    struct policy policy;      /* of campaigns, where theirs says nothing */
};
