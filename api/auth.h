/* SPDX-License-Identifier: Apache-2.0 */
/* auth.h - who asks: a bearer token, known by its SHA-256 only. */
#pragma once

#include <stdint.h>

#include "api/request.h"

enum {
    AUTH_E_NONE = 1, /* no token, or none that is one */
    AUTH_E_UNKNOWN,  /* not known, revoked */
    AUTH_E_EXPIRED,
};

/**
 * @param authorization  the header's value, NULL when absent
 * @param wall_ms        expired tokens are refused
 * @return 0, AUTH_E_..., -errno
 */
[[nodiscard]] int auth_check(struct store *st, const char *authorization,
                             int64_t wall_ms, struct principal *out);
