/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct config cfg;
static struct config_error error;

static void start_from_defaults(void)
{
    config_defaults(&cfg);
    error = (struct config_error){0};
}

TestSuite(config_parse, .init = start_from_defaults);

static int parse(const char *text)
{
    return config_parse_text("t.conf", text, strlen(text), &cfg, &error);
}

Test(config_parse, defaults_are_those_of_the_standards)
{
    cr_expect(eq(i64, cfg.ack_timeout_ms, 2000));
    cr_expect(eq(i64, cfg.ack_random_factor_pct, 150));
    cr_expect(eq(i64, cfg.max_retransmit, 4));
    cr_expect(eq(i64, cfg.exchange_lifetime_ms, 247000));
    cr_expect(eq(i64, cfg.non_lifetime_ms, 145000));
    cr_expect(eq(i64, cfg.awake_ms, 93000));
    cr_expect(eq(sz, cfg.afu_objects.count, 1));
    cr_expect(eq(int, cfg.afu_objects.id[0], 33629));
}

Test(config_parse, default_addresses_are_loopback)
{
    cr_assert(eq(sz, cfg.coap_listen.count, 2));
    cr_expect(eq(str, cfg.coap_listen.at[0].host, "127.0.0.1"));
    cr_expect(eq(str, cfg.coap_listen.at[1].host, "::1"));
    cr_expect(eq(int, cfg.coap_listen.at[1].port, 5683));
    cr_expect(cfg.coap_listen.at[0].is_loopback && cfg.coap_listen.at[1].is_loopback);
    cr_expect(not(cfg.insecure_nosec));
    cr_expect(cfg.http_listen.is_loopback);
}

Test(config_parse, reads_values_comments_blanks_and_crlf)
{
    cr_assert(zero(int, parse("# top\r\n"
                              "\n"
                              "  state_dir = /tmp/a b # behind a blank\r\n"
                              "log_level=debug\n"
                              "\tadmit\t=\tknown\n"
                              "coap_listen = 10.0.0.1:5683 , [fd00::1]:5683\n"
                              "insecure_nosec = yes")),
              "%s", error.text);
    cr_expect(eq(str, cfg.state_dir, "/tmp/a b"));
    cr_expect(eq(int, (int)cfg.log_level, 7));
    cr_expect(eq(int, (int)cfg.admit, CONFIG_ADMIT_KNOWN));
    cr_assert(eq(sz, cfg.coap_listen.count, 2));
    cr_expect(eq(str, cfg.coap_listen.at[1].host, "fd00::1"));
    cr_expect(not(cfg.coap_listen.at[1].is_loopback));
    cr_expect(cfg.insecure_nosec);
}

Test(config_parse, takes_units_that_fit_the_option)
{
    static const struct {
        const char *line;
        size_t offset;
        int64_t want;
    } cases[] = {
        {"awake_ms = 46500", offsetof(struct config, awake_ms), 46500},
        {"awake_ms = 46500 ms", offsetof(struct config, awake_ms), 46500},
        {"awake_ms = 93s", offsetof(struct config, awake_ms), 93000},
        {"awake_ms = 2 min", offsetof(struct config, awake_ms), 120000},
        {"plan_keep_s = 2 h", offsetof(struct config, plan_keep_s), 7200},
        {"plan_keep_s = 3 d", offsetof(struct config, plan_keep_s), 259200},
        {"package_keep_s = 2 d", offsetof(struct config, package_keep_s), 172800},
        {"body_max_bytes = 64 KiB", offsetof(struct config, body_max_bytes), 65536},
        {"body_max_bytes = 2048 B", offsetof(struct config, body_max_bytes), 2048},
        {"package_max_bytes = 2 GiB", offsetof(struct config, package_max_bytes),
         2147483648},
        {"campaign_failure_pct = 7 %", offsetof(struct config, campaign_failure_pct),
         7},
        {"block_size_bytes = 64", offsetof(struct config, block_size_bytes), 64},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(zero(int, parse(cases[i].line)), "%s: %s", cases[i].line, error.text);
        int64_t got;
        memcpy(&got, (char *)&cfg + cases[i].offset, sizeof got);
        cr_expect(eq(i64, got, cases[i].want), "%s", cases[i].line);
    }
}

static const struct {
    const char *line, *why;
} wrong_lines[] = {
    {"htp_listen = 1", "unknown option 'htp_listen'; did you mean 'http_listen'?"},
    {"zzz = 1", "unknown option 'zzz'"},
    {" = 1", "unknown option ''"},
    {"awake_ms", "no '='"},
    {"[section]", "no '='"},
    {"awake_ms =", "'' is not a whole number"},
    {"awake_ms = soon", "'soon' is not a whole number"},
    {"awake_ms = -1", "'-1' is not a whole number"},
    {"awake_ms = 1.5", "unit '.5' is not one of ms, s, min, h, d"},
    {"awake_ms = 0x10", "unit 'x10' is not one of"},
    {"awake_ms = 93 KiB", "unit 'KiB' is not one of ms, s, min, h, d"},
    {"max_retransmit = 4 s", "'s' after the number: it has no unit"},
    {"awake_ms = 99", "'99' is outside 100..86400000 ms"},
    {"awake_ms = 25 h", "'25 h' is outside 100..86400000 ms"},
    {"awake_ms = 99999999999999999999", "is outside"},
    {"awake_ms = 9223372036854775807 d", "is outside"},
    {"block_size_bytes = 1000", "is outside 16..1024, a power of two bytes"},
    {"block_size_bytes = 2048", "is outside"},
    {"insecure_nosec = true", "'true' is neither yes nor no"},
    {"log_level = loud", "is not one of err | warning | notice | info | debug"},
    {"state_dir = here", "'here' is not an absolute path"},
    {"state_dir =", "'' is not an absolute path"},
    {"http_listen = localhost:80", "is not a numeric address with a port"},
    {"http_listen = 127.0.0.1", "is not a numeric address with a port"},
    {"http_listen = 127.0.0.1:65536", "is not a numeric address with a port"},
    {"http_listen = 127.0.0.1:80x", "is not a numeric address with a port"},
    {"http_listen = ::1:80", "is not a numeric address with a port"},
    {"http_listen = [::1:80", "is not a numeric address with a port"},
    {"http_listen = [127.0.0.1]:80", "is not a numeric address with a port"},
    {"http_listen = []:80", "is not a numeric address with a port"},
    {"http_listen = :80", "is not a numeric address with a port"},
    {"http_listen = 127.0.0.1:80, [::1]:80", "is not a numeric address with a port"},
    {"http_listen =", "is not a numeric address with a port"},
    {"coap_listen = 127.0.0.1:80,", "item 2 of the list is empty"},
    {"coap_listen =", "item 1 of the list is empty"},
    {"afu_objects = 33629, 33629", "33629 is there twice"},
    {"afu_objects = 0", "is not an object id"},
    {"afu_objects = 65535", "is not an object id"},
    {"afu_objects = 5x", "is not an object id"},
    {"afu_objects = 1,2,3,4,5,6,7,8,9", "more than 8 items"},
    {"coap_advertise = a/b", "is not a host"},
    {"coap_advertise = a:0", "has no port"},
    {"coap_advertise = a:70000", "has no port"},
    {"coap_advertise = a:", "has no port"},
    {"coap_advertise = [::g]", "is not an IPv6 address"},
    {"coap_advertise = [::1", "is not an IPv6 address"},
    {"coap_advertise = [::1]x", "is not a host"},
    {"log_level = debug\x01", "a control character"},
};

Test(config_parse, refuses_each_wrong_line_and_says_where_and_why)
{
    for (size_t i = 0; i < sizeof wrong_lines / sizeof wrong_lines[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "\n# a comment\n%s\n", wrong_lines[i].line);
        cr_expect(eq(int, parse(text), CONFIG_E_INVALID), "%s", wrong_lines[i].line);
        cr_expect(eq(int, (int)error.line, 3), "%s", wrong_lines[i].line);
        cr_expect(strncmp(error.text, "t.conf:3: ", 10) == 0, "%s", error.text);
        cr_expect(strstr(error.text, wrong_lines[i].why) != NULL,
                  "%s: got '%s', not '%s'", wrong_lines[i].line, error.text,
                  wrong_lines[i].why);
    }
}

Test(config_parse, takes_hosts_to_advertise)
{
    static const char *const cases[] = {
        "fleet.example", "fleet.example:5683", "192.0.2.7", "192.0.2.7:5683",
        "[2001:db8::1]", "[2001:db8::1]:5683", ""};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "coap_advertise = %s\n", cases[i]);
        cr_expect(zero(int, parse(text)), "%s: %s", cases[i], error.text);
        cr_expect(eq(str, cfg.coap_advertise, (char *)cases[i]));
    }
}

Test(config_parse, refuses_an_option_given_twice)
{
    cr_assert(eq(int, parse("admit = all\n\nadmit = known\n"), CONFIG_E_INVALID));
    cr_expect(eq(str, error.text, "t.conf:3: admit was already set in line 1"));
}

Test(config_parse, refuses_a_line_that_is_too_long_instead_of_cutting_it)
{
    static char text[CONFIG_LINE_MAX + 2];

    memset(text, ' ', sizeof text);
    memcpy(text, "admit = all", 11);
    cr_expect(zero(int, config_parse_text("t", text, CONFIG_LINE_MAX, &cfg, &error)));
    cr_assert(eq(int, config_parse_text("t", text, CONFIG_LINE_MAX + 1, &cfg, &error),
                 CONFIG_E_INVALID));
    cr_expect(strstr(error.text, "longer than 4096 bytes") != NULL);
}

Test(config_parse, refuses_a_nul_byte)
{
    cr_expect(eq(int, config_parse_text("t", "admit = all\0", 12, &cfg, &error),
                 CONFIG_E_INVALID));
}

/* Never reads behind its end: each length is a copy of its own, under ASan. */
Test(config_parse, survives_truncation_at_each_length)
{
    static const char text[] = "http_listen = [::1]:8080, 127.0.0.1:1\nawake_ms = 9 s\n"
                               "coap_advertise = [::1]:1 # x\nafu_objects = 5,33629";

    for (size_t len = 0; len < sizeof text; len++) {
        char *copy = malloc(len ? len : 1);
        cr_assert(copy != NULL);
        memcpy(copy, text, len);
        int rc = config_parse_text("t", copy, len, &cfg, &error);
        cr_expect(rc == 0 || rc == CONFIG_E_INVALID);
        free(copy);
    }
}

Test(config_parse, leaves_the_result_alone_when_the_file_is_wrong)
{
    char path[] = "/tmp/lockstep-config-XXXXXX";
    int fd = mkstemp(path);

    cr_assert(fd >= 0);
    cr_assert(write(fd, "max_retransmit = 2\nadmit = some\n", 32) == 32);
    close(fd);
    cfg.max_retransmit = 77;
    int rc = config_parse(path, &cfg, &error);
    unlink(path);
    cr_expect(eq(int, rc, CONFIG_E_INVALID));
    cr_expect(eq(i64, cfg.max_retransmit, 77));
    cr_expect(eq(int, (int)error.line, 2));
}

Test(config_parse, says_why_a_file_cannot_be_read)
{
    cr_expect(eq(int, config_parse("/nowhere/l.conf", &cfg, &error), -2));
    cr_expect(eq(str, error.text, "/nowhere/l.conf: No such file or directory"));
    cr_expect(eq(int, config_parse("/tmp", &cfg, &error), -21));
}

Test(config_parse, sets_one_option_from_the_command_line)
{
    cr_assert(zero(int, config_set(&cfg, "http_listen=127.0.0.1:0", &error)));
    cr_expect(eq(int, cfg.http_listen.port, 0));
    cr_expect(eq(int, config_set(&cfg, "admit", &error), CONFIG_E_INVALID));
    cr_expect(eq(int, config_set(&cfg, "# admit=all", &error), CONFIG_E_INVALID));
    cr_expect(eq(int, config_set(&cfg, "admit=none", &error), CONFIG_E_INVALID));
}
