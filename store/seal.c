/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/gcm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "store/digest.h"

enum { KEY_BYTES = 32, NONCE = 12, TAG = 16, SEALED_MAX = SEAL_TEXT_MAX / 2 };

_Static_assert((int)KEY_BYTES == (int)STORE_DIGEST_BYTES,
               "a key is written like a digest");

struct seal {
    uint8_t key[KEY_BYTES];
};

/* ---- the key ---- */

static int write_key(const char *path)
{
    uint8_t key[KEY_BYTES];
    char hex[STORE_DIGEST_HEX + 1], part[4096];

    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
        return -ENAMETOOLONG;
    if (getrandom(key, sizeof key, 0) != (ssize_t)sizeof key)
        return -EIO;
    digest_hex(key, hex);
    explicit_bzero(key, sizeof key);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    int rc = dprintf(fd, "%s\n", hex) < 0 || fsync(fd) != 0 ? -errno : 0;
    explicit_bzero(hex, sizeof hex);
    close(fd);
    if (rc == 0 && rename(part, path) != 0)
        rc = -errno;
    return rc;
}

static int read_key(const char *path, uint8_t key[KEY_BYTES])
{
    char text[STORE_DIGEST_HEX + 8] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    ssize_t len = read(fd, text, sizeof text - 1);
    int rc = len < 0 ? -errno : 0;
    close(fd);
    text[strcspn(text, "\r\n")] = '\0';
    if (rc == 0)
        rc = digest_from_hex(text, key);
    explicit_bzero(text, sizeof text);
    return rc;
}

void seal_close(struct seal *s)
{
    if (!s)
        return;
    explicit_bzero(s, sizeof *s);
    free(s);
}

int seal_open(const char *path, struct seal **out)
{
    struct seal *s = calloc(1, sizeof *s);
    char text[SEAL_TEXT_MAX + 1];

    if (!s)
        return -ENOMEM;
    int rc = read_key(path, s->key);
    if (rc == -ENOENT) {
        rc = write_key(path);
        if (rc == 0)
            rc = read_key(path, s->key);
    }
    /* The first use of AES makes tables, which is not for several threads at once. */
    if (rc == 0)
        rc = seal_put(s, "", "", text);
    if (rc != 0) {
        seal_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

/* ---- AES-256-GCM ---- */

/* Software AES has no way to fail once its arguments are right. */
static void begin(mbedtls_gcm_context *gcm, const struct seal *s)
{
    mbedtls_gcm_init(gcm);
    if (mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, s->key, 8 * KEY_BYTES) != 0)
        abort();
}

static void put_hex(const uint8_t *bytes, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* @return bytes, 0: it is not such a text */
static size_t get_hex(const char *text, uint8_t out[SEALED_MAX])
{
    static const char digits[] = "0123456789abcdef";
    size_t len = strlen(text);

    if (len > SEAL_TEXT_MAX || len % 2 != 0 || strspn(text, digits) != len)
        return 0;
    for (size_t i = 0; i < len / 2; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return len / 2;
}

int seal_put(const struct seal *s, const char *of, const char *secret,
             char out[SEAL_TEXT_MAX + 1])
{
    uint8_t sealed[SEALED_MAX];
    size_t len = strlen(secret);
    mbedtls_gcm_context gcm;

    if (len > SEAL_SECRET_MAX)
        return -EINVAL;
    if (getrandom(sealed, NONCE, 0) != NONCE)
        return -EIO;
    begin(&gcm, s);
    if (mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, len, sealed, NONCE,
                                  (const uint8_t *)of, strlen(of),
                                  (const uint8_t *)secret, sealed + NONCE, TAG,
                                  sealed + NONCE + len) != 0)
        abort();
    mbedtls_gcm_free(&gcm);
    put_hex(sealed, NONCE + len + TAG, out);
    return 0;
}

int seal_get(const struct seal *s, const char *of, const char *text,
             char out[SEAL_SECRET_MAX + 1])
{
    uint8_t sealed[SEALED_MAX], secret[SEAL_SECRET_MAX];
    size_t size = get_hex(text, sealed);
    mbedtls_gcm_context gcm;

    if (size < NONCE + TAG)
        return SEAL_E_KEY;
    size_t len = size - NONCE - TAG;
    begin(&gcm, s);
    int rc = mbedtls_gcm_auth_decrypt(&gcm, len, sealed, NONCE, (const uint8_t *)of,
                                      strlen(of), sealed + NONCE + len, TAG,
                                      sealed + NONCE, secret);
    mbedtls_gcm_free(&gcm);
    if (rc == 0) {
        memcpy(out, secret, len);
        out[len] = '\0';
    }
    explicit_bzero(secret, sizeof secret);
    return rc == 0 ? 0 : SEAL_E_KEY;
}
