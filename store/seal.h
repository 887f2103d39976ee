/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h - secrets that must be read again, at rest: AES-256-GCM (NIST SP 800-38D, by
 * Mbed TLS) with a key that is not in the database, so that a copy of it gives none
 * away. What is sealed is lower-case hex of nonce, text and tag.
 */
#pragma once

#include "store/sizes.h"

struct seal;

enum {
    SEAL_SECRET_MAX = 127, /* bytes of what is sealed */
    SEAL_TEXT_MAX = 2 * (12 + SEAL_SECRET_MAX + 16),
};

enum { SEAL_E_KEY = 1 };

/**
 * Read the key: 64 hex digits and perhaps a line feed.
 *
 * @param path  made with a new key, mode 0600, if it is not there
 * @param out   owned; any thread may use it, none changes it
 * @return 0, -EINVAL (it holds no key), -errno
 */
[[nodiscard]] int seal_open(const char *path, struct seal **out);
void seal_close(struct seal *s); /* NULL is allowed */

/** @param of  whose secret it is: it opens as that only
 * @return 0, -EINVAL (too long), -errno */
[[nodiscard]] int seal_put(const struct seal *s, const char *of, const char *secret,
                           char out[SEAL_TEXT_MAX + 1]);

/** @return 0, SEAL_E_KEY: not sealed with this key, for of, or changed since */
[[nodiscard]] int seal_get(const struct seal *s, const char *of, const char *text,
                           char out[SEAL_SECRET_MAX + 1]);
