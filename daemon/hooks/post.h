/* SPDX-License-Identifier: Apache-2.0 */
/* post.h - HTTP POSTs, several at a time; libcurl only here.
 *
 * What is posted to is what somebody wrote into a form: no redirect is followed, no
 * proxy of the environment is asked, only http and https are spoken, an answer is read
 * up to POST_ANSWER_MAX and dropped (its head must be whole by then), and the address
 * that a name came to is looked at when it is connected to, so that a name that changes
 * opens no door.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POST_HEADERS_MAX = 5, POST_ANSWER_MAX = 64 * 1024 };

struct posts;

struct posts_options {
    bool allows_private; /* else reach_is_public() */
    int64_t timeout_ms;  /* of a whole POST */
};

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int posts_open(const struct posts_options *options, struct posts **out);
/** All that is under way ends without a result. */
void posts_close(struct posts *p);

struct post {
    const char *url, *body; /* borrowed until the result */
    size_t body_len;
    const char *headers[POST_HEADERS_MAX]; /* "Name: value"; NULL ends them; copied */
    void *owner;                           /* comes back with the result */
};

struct post_result {
    void *owner;
    int status;      /* 0: there was no answer */
    char error[128]; /* "" where there was one */
};

struct post_flight; /* a POST under way */

/** @param out until its result was taken. @return 0, -ENOMEM */
[[nodiscard]] int post_begin(struct posts *p, const struct post *post,
                             struct post_flight **out);
/** No result comes. */
void post_cancel(struct posts *p, struct post_flight *flight);

/** Go on with all that is under way. */
void posts_run(struct posts *p);
/** Wait for the network or posts_wake(), at most so long. */
void posts_wait(struct posts *p, int64_t wait_ms);

/** @return true with a result */
bool posts_take(struct posts *p, struct post_result *out);

/** posts_wait() returns; any thread. */
void posts_wake(struct posts *p);
