/* SPDX-License-Identifier: Apache-2.0 */
/* http_load.h - one thread that keeps connections busy, one request on each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_ask {
    uint16_t port;
    const char *token;   /* NULL: none */
    const char *target;  /* with %u in it: a number that each request changes */
    const char *headers; /* whole lines, "" for none */
    unsigned connections, requests;
};

struct http_seen {
    double per_second, p50_ms, p99_ms, max_ms;
    size_t bytes; /* of the last answer */
    int status;   /* of the last answer that was not 200 or 304, else 200 */
};

/** Ends the program where a connection fails. */
struct http_seen http_load(const struct http_ask *ask);

/** @return the head of an answer and some more, owned, NUL-terminated */
char *http_head(uint16_t port, const char *target);

/** @return true if somebody accepts connections there */
bool http_is_there(uint16_t port);

/** A connection on which a whole request head was sent. */
int http_open(uint16_t port, const char *head);

/** Sort and take the value that part (0 to 1) of all do not exceed. */
double http_rank(double *values, size_t count, double part);
