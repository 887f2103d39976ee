/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/journal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/log.h"

static char out[4096];

static const char *formatted(struct journal_entry entry)
{
    out[journal_format(&entry, out, sizeof out - 1)] = '\0';
    return out;
}

Test(journal, has_a_field_for_each_key)
{
    const char *entry = formatted(
        (struct journal_entry){5, NULL, "campaign=7 device=meter-1 to=downloaded"});

    cr_expect(eq(str, (char *)entry,
                 "MESSAGE=campaign=7 device=meter-1 to=downloaded\nPRIORITY=5\n"
                 "SYSLOG_IDENTIFIER=lockstepd\nLOCKSTEP_CAMPAIGN=7\n"
                 "LOCKSTEP_DEVICE=meter-1\nLOCKSTEP_TO=downloaded\n"));
}

Test(journal, names_the_message)
{
    const char *entry = formatted((struct journal_entry){3, "0123", "a=1"});

    cr_expect(strstr(entry, "\nMESSAGE_ID=0123\n") != NULL, "%s", entry);
}

Test(journal, takes_quotes_off_a_value)
{
    const char *entry =
        formatted((struct journal_entry){3, NULL, "what=\"a \\\"b\\\" c=d\" then=2"});

    cr_expect(strstr(entry, "\nLOCKSTEP_WHAT=a \"b\" c=d\n") != NULL, "%s", entry);
    cr_expect(strstr(entry, "\nLOCKSTEP_THEN=2\n") != NULL, "%s", entry);
    cr_expect(strstr(entry, "\nLOCKSTEP_C=") == NULL, "%s", entry);
}

Test(journal, passes_over_what_is_no_key)
{
    static const char *const texts[] = {
        "two words",
        "=1",
        "A=1",
        "9a=1",
        "a",
        "_a=1",
        "an_endless_key_that_is_longer_than_any_of_ours=1",
        "\"",
        "a=\"open",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *entry = formatted((struct journal_entry){3, NULL, texts[i]});
        const char *field = strstr(entry, "\nLOCKSTEP_");
        if (field)
            cr_expect(eq(str, (char *)field, "\nLOCKSTEP_A=open\n"), "%s", texts[i]);
    }
}

Test(journal, leaves_out_whole_fields_for_want_of_room)
{
    struct journal_entry entry = {3, NULL, "a=1 bb=22 ccc=333"};
    char whole[512], part[512];
    size_t len = journal_format(&entry, whole, sizeof whole);

    for (size_t size = 0; size <= len; size++) {
        size_t n = journal_format(&entry, part, size);
        cr_assert(n <= size);
        cr_assert(n == 0 || part[n - 1] == '\n', "%zu", size);
    }
}

static int listen_at(char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    strcpy(path, "/tmp/lockstep-journal-XXXXXX");
    cr_assert(mkdtemp(path) != NULL);
    strcat(path, "/socket");
    strcpy(at.sun_path, path);
    cr_assert(zero(int, bind(fd, (struct sockaddr *)&at, sizeof at)));
    return fd;
}

static void remove_both(char *path)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
}

Test(journal, gets_the_lines_of_the_log)
{
    char path[64];
    int fd = listen_at(path);

    log_to_journal(path);
    log_line(LOG_P_NOTICE, "device=%s", "meter\n1");
    ssize_t n = recv(fd, out, sizeof out - 1, 0);
    cr_assert(n > 0);
    out[n] = '\0';
    cr_expect(eq(str, out,
                 "MESSAGE=device=meter\\x0a1\nPRIORITY=5\nSYSLOG_IDENTIFIER=lockstepd\n"
                 "LOCKSTEP_DEVICE=meter\\x0a1\n"));
    log_alert(LOG_M_STORE_FULL, "store=full");
    n = recv(fd, out, sizeof out - 1, 0);
    cr_assert(n > 0);
    out[n] = '\0';
    cr_expect(strstr(out, "\nPRIORITY=3\n") != NULL, "%s", out);
    cr_expect(strstr(out, log_message_id(LOG_M_STORE_FULL)) != NULL, "%s", out);
    close(fd);
    remove_both(path);
}

Test(journal, that_is_not_there_is_said_so)
{
    cr_expect(eq(int, journal_connect("/nonexistent/socket"), -ENOENT));
}

Test(journal, has_an_id_for_each_message_and_none_twice)
{
    for (int a = 0; a < LOG_M_COUNT; a++) {
        const char *id = log_message_id((enum log_message)a);
        cr_assert(id != NULL && strlen(id) == 32 &&
                      strspn(id, "0123456789abcdef") == 32,
                  "%d", a);
        for (int b = 0; b < a; b++)
            cr_expect(ne(str, (char *)id, (char *)log_message_id((enum log_message)b)));
    }
}
