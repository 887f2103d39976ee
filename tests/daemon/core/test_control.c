/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/control.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct command *read_request(const char *request, const char **why)
{
    static char text[CONTROL_MESSAGE_MAX];

    snprintf(text, sizeof text, "%s", request);
    return control_read(text, why);
}

Test(control, makes_a_token)
{
    const char *why;
    struct command *c =
        read_request("token-create\nnight watch\noperator\n7\n" HASH, &why);

    cr_assert(c != NULL, "%s", why);
    cr_expect(eq(int, c->kind, COMMAND_TOKEN_CREATE));
    cr_expect(eq(str, c->actor, "local"));
    cr_expect(eq(str, c->token.name, "night watch"));
    cr_expect(eq(str, c->token.role, "operator"));
    cr_expect(eq(i64, c->token.expires_ms, 7));
    cr_expect(eq(int, c->token.hash[1], 0x23));
    command_free(c);
}

Test(control, revokes_a_token)
{
    const char *why;
    struct command *c = read_request("token-revoke\nnight watch", &why);

    cr_assert(c != NULL, "%s", why);
    cr_expect(eq(int, c->kind, COMMAND_TOKEN_REVOKE));
    cr_expect(eq(str, c->token.name, "night watch"));
    command_free(c);
}

#define SIXTEEN "0123456789abcdef"

Test(control, refuses_what_is_none_and_says_why)
{
    static const char *const cases[][2] = {
        {"", "no such command"},
        {"\n\n\n\n\n\n\n\n", "no such command"},
        {"token-create", "no such command"},
        {"token-revoke\na\nb", "no such command"},
        {"token-create\na\nviewer\n0\n" HASH "\nmore", "no such command"},
        {"device-delete\na", "no such command"},
        {"token-revoke\n", "a name has"},
        {"token-revoke\n\x1b[2J", "a name has"},
        {"token-revoke\n" SIXTEEN SIXTEEN SIXTEEN SIXTEEN, "a name has"},
        {"token-create\nlocal\nadmin\n0\n" HASH, "the server itself"},
        {"token-create\na\nemperor\n0\n" HASH, "a role is"},
        {"token-create\na\nviewer\n-1\n" HASH, "the time of expiry"},
        {"token-create\na\nviewer\n\n" HASH, "the time of expiry"},
        {"token-create\na\nviewer\n99999999999999999999\n" HASH, "the time of expiry"},
        {"token-create\na\nviewer\n1s\n" HASH, "the time of expiry"},
        {"token-create\na\nviewer\n0\n" SIXTEEN, "the digest"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *why = NULL;
        struct command *c = read_request(cases[i][0], &why);
        cr_assert(c == NULL, "%s", cases[i][0]);
        cr_expect(strncmp(why, cases[i][1], strlen(cases[i][1])) == 0, "%s: %s",
                  cases[i][0], why);
    }
}
