/* SPDX-License-Identifier: Apache-2.0 */
/* test_package.c - packages served by Block2 (standards.md 6.4). */
#include <criterion/criterion.h>
#include <stdio.h>

#include "daemon/coap/code.h"
#include "tests/daemon/coap/rig.h"

static struct rig r;

static void open_rig(void)
{
    rig_open(&r, rig_options());
    rig_publish(&r, 2500);
}

static void close_rig(void)
{
    rig_close(&r);
}

TestSuite(package, .init = open_rig, .fini = close_rig);

#define PATH "path=p/" RIG_DIGEST

Test(package, any_block_of_any_size_is_served_and_no_peer_is_kept)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"CON GET mid=1 " PATH,
         "ACK 2.05 etag ct=42 maxage=86400 block2=0/1/1024 size2=2500 |#1024"},
        {"CON GET mid=1 " PATH " block2=2/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=2/0/1024 size2=2500 |#452"},
        {"CON GET mid=1 " PATH " block2=1/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=1/1/1024 size2=2500 |#1024"},
        {"CON GET mid=1 " PATH " block2=156/0/16",
         "ACK 2.05 etag ct=42 maxage=86400 block2=156/0/16 size2=2500 |IPW^"},
        {"CON GET mid=1 " PATH " block2=157/0/16", "ACK 4.00"},
        {"CON GET mid=1 " PATH " block2=1048575/0/1024", "ACK 4.00"},
        {"NON GET mid=1 " PATH " block2=2/0/1024",
         "NON 2.05 etag ct=42 maxage=86400 block2=2/0/1024 size2=2500 |#452"},
        {"CON GET mid=1 etag=0011223344556677 " PATH, "ACK 2.03 etag maxage=86400"},
        {"CON GET mid=1 etag=0011223344556678 " PATH " block2=2/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=2/0/1024 size2=2500 |#452"},
        {"CON GET mid=1 ifmatch=01 " PATH, "ACK 4.12"},
        {"CON GET mid=1 ifmatch=0011223344556677 " PATH " block2=2/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=2/0/1024 size2=2500 |#452"},
        {"CON GET mid=1 ifnone= " PATH, "ACK 4.12"},
        {"CON GET mid=1 " PATH " accept=0", "ACK 4.06"},
        {"CON GET mid=1 observe=0 " PATH " block2=2/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=2/0/1024 size2=2500 |#452"},
        {"CON PUT mid=1 " PATH, "ACK 4.05"},
        {"CON FETCH mid=1 " PATH, "ACK 4.05"},
        {"CON 0.08 mid=1 " PATH, "ACK 4.05"},
        {"CON PUT mid=1 path=p/00", "ACK 4.04"},
        {"CON GET mid=1 path=p", "ACK 4.04"},
        {"CON GET mid=1 path=p/00", "ACK 4.04"},
        {"CON GET mid=1 " PATH "/x", "ACK 4.04"},
        {"CON GET mid=1 path=p/"
         "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
         "ACK 4.04"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig_say(&r, cases[i].in);
        cr_assert_str_eq(rig_next(&r), cases[i].out, "%s: %s", cases[i].in, r.text);
    }
    tells(&r, "");
    cr_assert_eq(messenger_counters_get(r.m).peers, 0);
}

Test(package, the_bytes_are_those_of_the_block)
{
    rig_say(&r, "CON GET mid=1 " PATH " block2=3/0/512");
    size_t count;
    const struct datagram *d = messenger_output(r.m, &count);
    cr_assert_eq(count, 1);
    cr_assert_eq(d->body_len, 512);
    for (size_t i = 0; i < 512; i++)
        cr_assert_eq(((const uint8_t *)d->body)[i], rig_pattern(3 * 512 + i));
}

Test(package, a_smaller_block_of_ours_is_answered_with_its_number)
{
    struct coap_options o = rig_options();
    o.block_bytes = 256;
    rig_close(&r);
    rig_open(&r, o);
    rig_publish(&r, 2500);
    rig_say(&r, "CON GET mid=1 " PATH " block2=1/0/1024");
    says(&r, "ACK 2.05 etag ct=42 maxage=86400 block2=4/1/256 size2=2500 |#256");
}

Test(package, our_block_grows_where_its_numbers_would_not_reach_the_end)
{
    static const uint8_t zeros[(16 << 20) + 1];
    static const struct {
        size_t size;
        const char *in, *out;
    } cases[] = {
        {16 << 20, "CON GET mid=1 " PATH " block2=16383/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=1048512/1/16 size2=16777216"},
        {(16 << 20) + 1, "CON GET mid=1 " PATH " block2=16384/0/1024",
         "ACK 2.05 etag ct=42 maxage=86400 block2=524288/0/32 size2=16777217"},
        {(16 << 20) + 1, "CON GET mid=1 " PATH,
         "ACK 2.05 etag ct=42 maxage=86400 block2=0/1/32 size2=16777217"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct coap_options o = rig_options();
        o.block_bytes = 16;
        rig_close(&r);
        rig_open(&r, o);
        cr_assert_eq(messenger_publish(r.m, RIG_DIGEST, zeros, cases[i].size), 0);
        rig_say(&r, cases[i].in);
        const char *out = rig_next(&r);
        cr_assert_eq(strncmp(out, cases[i].out, strlen(cases[i].out)), 0, "%s", out);
    }
}

Test(package, an_empty_package_is_one_empty_block)
{
    rig_close(&r);
    rig_open(&r, rig_options());
    rig_publish(&r, 0);
    rig_say(&r, "CON GET mid=1 " PATH);
    says(&r, "ACK 2.05 etag ct=42 maxage=86400 block2=0/0/1024 size2=0");
}

Test(package, a_device_that_names_itself_is_told_of_at_a_limited_rate)
{
    char line[160];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(line, sizeof line, "CON GET mid=%u " PATH " q=d=dev1 block2=%u/0/1024",
                 i, i);
        rig_say(&r, line);
    }
    tells(&r, "served d=dev1 1024/2500");
    tells(&r, "served d=dev1 2500/2500 whole");
    rig_say(&r, "CON GET mid=9 " PATH " q=d=dev1 block2=0/0/1024");
    tells(&r, "");
    rig_wait(&r, 1000);
    rig_say(&r, "CON GET mid=9 " PATH " q=d=dev1 block2=0/0/1024");
    tells(&r, "served d=dev1 2500/2500 whole");
    cr_expect_eq(r.event.sent.blocks, 3);
    cr_expect_eq(r.event.sent.repeats, 2);
    cr_expect_eq(r.event.sent.block_bytes, 1024);
    rig_wait(&r, 93000);
    cr_assert_eq(messenger_counters_get(r.m).peers, 0);
}

Test(package, a_device_name_that_is_too_long_is_ignored)
{
    rig_say(&r, "CON GET mid=1 " PATH " q=d=0123456789012345678901234 block2=2/0/1024");
    says(&r, "ACK 2.05 etag ct=42 maxage=86400 block2=2/0/1024 size2=2500 |#452");
    tells(&r, "");
}

Test(package, withdrawn_is_gone_and_told_once)
{
    rig_say(&r, "CON GET mid=1 " PATH);
    messenger_withdraw(r.m, RIG_DIGEST, 5);
    messenger_tick(r.m, r.now_ms);
    says(&r, ""); /* the datagram that was not sent yet does not touch the mapping */
    tells(&r, "withdrawn 5");
    rig_say(&r, "CON GET mid=2 " PATH);
    says(&r, "ACK 4.04");
    messenger_withdraw(r.m, RIG_DIGEST, 6);
    tells(&r, "withdrawn 6");
    rig_publish(&r, 100);
    rig_say(&r, "CON GET mid=3 " PATH);
    says(&r, "ACK 2.05 etag ct=42 maxage=86400 block2=0/0/1024 size2=100 |#100");
}

Test(package, a_damaged_one_is_unavailable)
{
    rig_say(&r, "CON GET mid=1 " PATH);
    messenger_output_failed(r.m, 0, -14);
    messenger_output_clear(r.m);
    messenger_tick(r.m, r.now_ms);
    tells(&r, "damaged");
    rig_say(&r, "CON GET mid=2 " PATH);
    says(&r, "ACK 5.03 maxage=10");
    tells(&r, "");
}
