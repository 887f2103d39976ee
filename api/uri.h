/* SPDX-License-Identifier: Apache-2.0 */
/* uri.h - the target of a request: path segments and query parameters, decoded; and
 * addresses of others. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/problem.h"

enum { URI_BYTES_MAX = 16384, URI_SEGMENTS_MAX = 8, URI_PARAMETERS_MAX = 16 };

struct uri_parameter {
    const char *name, *value;
};

struct uri {
    const char *segments[URI_SEGMENTS_MAX]; /* "/" has one: "" */
    const char *path;                       /* as it came */
    struct uri_parameter parameters[URI_PARAMETERS_MAX];
    size_t segment_count, parameter_count;
    char *room; /* owned: what all of the above point into */
};

/**
 * Take a target "/a/b%2Fc?x=1&y=2" apart. In the query '+' is a blank.
 *
 * @param out  owned, released with uri_fini(); zero unless 0 is returned
 *
 * @return 0; -EBADMSG with *p set: no leading '/', a bad or NUL escape, bytes that
 *         are no UTF-8, a parameter twice, too many or too long; -ENOMEM
 */
[[nodiscard]] int uri_parse(const char *target, struct uri *out, struct problem *p);
void uri_fini(struct uri *u);

/** @return the parameter's value, NULL if it is absent */
const char *uri_parameter(const struct uri *u, const char *name);

/** @return true for http:// or https:// with a host, and nothing that only looks like
 * one: no user, blank, backslash or fragment, no port but 1..65535, nothing but ASCII
 */
bool uri_is_web(const char *text);
