/* SPDX-License-Identifier: Apache-2.0 */
#include "api/auth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "store/digest.h"
#include "store/store.h"
#include "store/tokens.h"

enum { TOKEN_BYTES_MAX = 512 };

static const char scheme[] = "Bearer ";

/* @return the token, NULL if there is none; *len without blanks behind it */
static const char *token_of(const char *authorization, size_t *len)
{
    if (!authorization || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return NULL;
    const char *token = authorization + sizeof scheme - 1;
    token += strspn(token, " ");
    *len = strcspn(token, " \t");
    return *len > 0 && *len <= TOKEN_BYTES_MAX ? token : NULL;
}

int auth_check(struct store *st, const char *authorization, int64_t wall_ms,
               struct principal *out)
{
    uint8_t hash[STORE_DIGEST_BYTES];
    struct token_row row;
    size_t len;

    const char *token = token_of(authorization, &len);
    if (!token)
        return AUTH_E_NONE;
    digest_of(token, len, hash);
    int rc = store_token_by_hash(st, hash, &row);
    if (rc == STORE_E_NOT_FOUND)
        return AUTH_E_UNKNOWN;
    if (rc != 0)
        return rc < 0 ? rc : -EIO;
    if (row.expires_ms != 0 && row.expires_ms <= wall_ms)
        return AUTH_E_EXPIRED;

    out->role = role_from_name(row.role);
    snprintf(out->name, sizeof out->name, "%s", row.name);
    return out->role == ROLE_ANYONE ? AUTH_E_UNKNOWN : 0;
}
