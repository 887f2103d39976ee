/* SPDX-License-Identifier: Apache-2.0 */
/* api_internal.h - what the files of api/ share. */
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "api/api.h"
#include "api/text.h"

struct connections;
struct hold;
struct once_key;
struct package_folder;
struct rate;
struct readers;
struct request;
struct response;
struct server;
struct sleepers;

/** What the API counts itself, for /metrics. */
struct api_counts {
    struct api_histogram request, plan;
    uint64_t answers[6]; /* by first digit of the status */
};

/** What describes the API: made once. */
struct api_description {
    struct text text;
    char etag[20];
};

struct api {
    struct api_options options; /* all limits set; its texts are owned */
    struct readers *readers;
    struct sleepers *sleepers;
    struct package_folder *packages;
    struct connections *connections;
    struct server *server;
    struct rate *rate; /* NULL: no limit */
    int64_t started_wall_ms;
    struct api_description description, docs;

    pthread_mutex_t uploads_lock; /* of looking for parts of packages */
    pthread_rwlock_t files_lock;  /* for writing: of taking a package's file away */
    pthread_mutex_t lock;         /* of what follows */
    pthread_cond_t idle;          /* exchanges became 0 */
    uint32_t exchanges;           /* that came whole and are not answered so */
    struct api_counts counts;
    struct hold *holds;    /* see holds.h */
    struct once_key *keys; /* Idempotency-Keys that are being answered */
};

/** A request begins, or is over: api_stop() waits for it. */
void api_begin_exchange(struct api *api);
void api_end_exchange(struct api *api);

#define API_UNTIMED UINT64_MAX

/** Count an answer. @param us  what it took; API_UNTIMED: that says nothing */
void api_count_answer(struct api *api, int status, uint64_t us);
void api_count_plan(struct api *api, uint64_t us);

/** Write *d: openapi.json, the page of /docs. @return 0, -ENOMEM */
[[nodiscard]] int openapi_open(struct api_description *d);
[[nodiscard]] int docs_open(struct api_description *d);

/** The text is whole. @return 0, -ENOMEM */
[[nodiscard]] int api_description_seal(struct api_description *d);

/** Answer with it, or 304. @return 0 */
int api_description_answer(const struct api_description *d, struct request *rq,
                           struct response *rs);

/** One line for the operator: "api path=... error=...". */
void api_log_failure(const struct api *api, const char *path, int rc);
