/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/log.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char written[8192];
static int pipe_fds[2], real_stderr;

static void begin_capture(void)
{
    setenv("JOURNAL_STREAM", "1:2", 1);
    cr_assert(zero(int, pipe(pipe_fds)));
    real_stderr = dup(STDERR_FILENO);
    dup2(pipe_fds[1], STDERR_FILENO);
    close(pipe_fds[1]);
}

static void end_capture(void)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    ssize_t n = read(pipe_fds[0], written, sizeof written - 1);
    written[n > 0 ? n : 0] = '\0';
    close(pipe_fds[0]);
}

Test(log, marks_the_priority_for_the_journal)
{
    begin_capture();
    log_line(LOG_P_WARNING, "device=%s state=%s", "meter-1", "idle");
    end_capture();
    cr_expect(eq(str, written, "<4>device=meter-1 state=idle\n"));
}

Test(log, drops_what_is_below_the_priority)
{
    begin_capture();
    log_line(LOG_P_INFO, "a=1");
    log_set_priority(LOG_P_INFO);
    log_line(LOG_P_INFO, "b=1");
    log_line(LOG_P_DEBUG, "c=1");
    end_capture();
    cr_expect(eq(str, written, "<6>b=1\n"));
}

Test(log, shows_time_and_priority_to_people)
{
    begin_capture();
    unsetenv("JOURNAL_STREAM");
    log_line(LOG_P_ERR, "a=1");
    end_capture();
    int year, used = 0;
    cr_expect(
        eq(int, sscanf(written, "%d-%*d-%*d %*d:%*d:%*d err %n", &year, &used), 1));
    cr_expect(eq(str, written + used, "a=1\n"));
}

Test(log, escapes_what_would_break_the_line)
{
    begin_capture();
    log_line(LOG_P_ERR, "name=%s", "a\nb\x1b[2J\x7f");
    end_capture();
    cr_expect(eq(str, written, "<3>name=a\\x0ab\\x1b[2J\\x7f\n"));
}

Test(log, cuts_long_lines)
{
    static char big[10000];

    memset(big, '\n', sizeof big - 1);
    begin_capture();
    log_line(LOG_P_ERR, "%s", big);
    end_capture();
    size_t len = strlen(written);
    cr_expect(len > 1000 && len < 3000);
    cr_expect(eq(chr, written[len - 1], '\n'));
}

Test(log, counts_what_the_limit_dropped)
{
    struct log_limit limit = {.per_minute = 2};

    begin_capture();
    for (int i = 0; i < 5; i++)
        log_limited(&limit, 1000 + i, LOG_P_ERR, "n=%d", i);
    log_limited(&limit, 61000, LOG_P_ERR, "n=9");
    log_limited(&limit, 61001, LOG_P_ERR, "n=10");
    end_capture();
    cr_expect(
        eq(str, written, "<3>n=0\n<3>n=1\n<3>n=9 similar_lines_dropped=3\n<3>n=10\n"));
}

Test(log, escapes_controls_that_utf8_hides)
{
    begin_capture();
    log_line(LOG_P_ERR, "name=%s",
             "\xc2\x9b"
             "31m\xc3\x9c");
    end_capture();
    cr_expect(eq(str, written, "<3>name=\\xc2\\x9b31m\xc3\x9c\n"));
}

Test(log, quotes_a_value_that_could_pass_for_more)
{
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"meter-1", "meter-1"},           {"urn:imei:49 x", "\"urn:imei:49 x\""},
        {"a device=b", "\"a device=b\""}, {"a=b", "\"a=b\""},
        {"say \"\\", "\"say \\\"\\\\\""}, {"", "\"\""},
    };
    char word[LOG_WORD_MAX];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(
            eq(str, (char *)log_word(cases[i].text, word), (char *)cases[i].word));
}
