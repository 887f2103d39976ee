/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32], path[64];

static void open_folder(void)
{
    strcpy(folder, "/tmp/lockstep-seal-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/key", folder);
}

static void close_folder(void)
{
    unlink(path);
    rmdir(folder);
}

TestSuite(seal, .init = open_folder, .fini = close_folder);

static struct seal *opened(void)
{
    struct seal *s = NULL;

    cr_assert(zero(int, seal_open(path, &s)));
    return s;
}

static void write_key(const char *text)
{
    FILE *f = fopen(path, "w");

    cr_assert(f != NULL);
    fputs(text, f);
    fclose(f);
}

Test(seal, opens_what_it_sealed)
{
    struct seal *s = opened();
    char secret[SEAL_SECRET_MAX + 1], text[SEAL_TEXT_MAX + 1],
        back[SEAL_SECRET_MAX + 1];

    for (size_t len = 0; len <= SEAL_SECRET_MAX; len++) {
        memset(secret, 'x', len);
        secret[len] = '\0';
        cr_assert(zero(int, seal_put(s, "webhook:a", secret, text)));
        cr_expect(strlen(text) <= SEAL_TEXT_MAX && strstr(text, "xxx") == NULL);
        cr_assert(zero(int, seal_get(s, "webhook:a", text, back)));
        cr_expect(eq(str, back, secret));
    }
    char longer[SEAL_SECRET_MAX + 2];
    memset(longer, 'x', sizeof longer);
    longer[SEAL_SECRET_MAX + 1] = '\0';
    cr_expect(eq(int, seal_put(s, "webhook:a", longer, text), -EINVAL));
    seal_close(s);
}

Test(seal, seals_the_same_secret_differently_each_time)
{
    struct seal *s = opened();
    char one[SEAL_TEXT_MAX + 1], other[SEAL_TEXT_MAX + 1];

    cr_assert(zero(int, seal_put(s, "a", "secret", one)));
    cr_assert(zero(int, seal_put(s, "a", "secret", other)));
    cr_expect(ne(str, one, other));
    seal_close(s);
}

Test(seal, does_not_open_what_was_changed_or_is_of_another)
{
    struct seal *s = opened();
    char text[SEAL_TEXT_MAX + 1], back[SEAL_SECRET_MAX + 1] = "as it was";

    cr_assert(zero(int, seal_put(s, "a", "secret", text)));
    cr_expect(eq(int, seal_get(s, "b", text, back), SEAL_E_KEY));
    for (size_t i = 0; i < strlen(text); i++) {
        char was = text[i];
        text[i] = was == '0' ? '1' : '0';
        cr_expect(eq(int, seal_get(s, "a", text, back), SEAL_E_KEY), "%zu", i);
        text[i] = 'g';
        cr_expect(eq(int, seal_get(s, "a", text, back), SEAL_E_KEY), "%zu", i);
        text[i] = was;
    }
    for (size_t len = strlen(text); len-- > 0;) {
        text[len] = '\0';
        cr_expect(eq(int, seal_get(s, "a", text, back), SEAL_E_KEY), "%zu", len);
    }
    char much[SEAL_TEXT_MAX + 3];
    memset(much, '0', sizeof much);
    much[SEAL_TEXT_MAX + 2] = '\0';
    cr_expect(eq(int, seal_get(s, "a", much, back), SEAL_E_KEY));
    cr_expect(eq(str, back, "as it was"));
    seal_close(s);
}

/* Sealed by OpenSSL (through Node.js) with this key, the nonce 00..0b and the name as
 * additional data. */
Test(seal, is_what_others_call_aes_256_gcm)
{
    char back[SEAL_SECRET_MAX + 1];

    write_key("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    struct seal *s = opened();
    cr_assert(zero(int, seal_get(s, "webhook:chat",
                                 "000102030405060708090a0b2622a57ea697a76fad2ef1abc2861"
                                 "508a3bae25a970f3798246c794b6cbf8c6e3bfe9555f97742",
                                 back)));
    cr_expect(eq(str, back, "a secret of some length"));
    seal_close(s);
}

Test(seal, makes_a_key_that_nobody_else_reads_and_keeps_it)
{
    struct stat st;
    char text[SEAL_TEXT_MAX + 1], back[SEAL_SECRET_MAX + 1];
    struct seal *s = opened();

    cr_assert(zero(int, seal_put(s, "a", "secret", text)));
    seal_close(s);
    cr_assert(zero(int, stat(path, &st)));
    cr_expect(eq(int, st.st_mode & 0777, 0600));
    s = opened();
    cr_expect(zero(int, seal_get(s, "a", text, back)));
    seal_close(s);
    unlink(path);
    s = opened();
    cr_expect(eq(int, seal_get(s, "a", text, back), SEAL_E_KEY));
    seal_close(s);
}

Test(seal, takes_nothing_else_for_a_key)
{
    static const char *const wrong[] = {
        "",
        "\n",
        "00",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00000000000"};
    struct seal *s;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        write_key(wrong[i]);
        cr_expect(eq(int, seal_open(path, &s), -EINVAL), "%s", wrong[i]);
    }
}
