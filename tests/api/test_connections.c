/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that take their time, leave in the middle, or are too many. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/api/served.h"

/* Silence alone ends nothing within a test. */
static void open_patient(void)
{
    served_open_with(&(struct api_options){.idle_timeout_s = 3600});
}

TestSuite(connections, .fini = served_close, .timeout = 120);

#define OPERATOR "Host: x\r\nAuthorization: Bearer operator\r\n"
#define NAME                                                                           \
    "/v1/packages/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const char *const whole[] = {
    "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "PUT " NAME " HTTP/1.1\r\n" OPERATOR "Content-Length: 4\r\n\r\ntest",
    "PUT " NAME " HTTP/1.1\r\n" OPERATOR
    "Transfer-Encoding: chunked\r\n\r\n2\r\nte\r\n2\r\nst\r\n0\r\n\r\n",
};

/* @return true once the server has closed the connection */
static bool is_ended(int fd, int wait_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char text[4096];

    return poll(&p, 1, wait_ms) == 1 && recv(fd, text, sizeof text, 0) <= 0;
}

/* Both ways of leaving; with the last bytes, so that the FIN comes with them. */
static void leave_in_the_middle(const char *bytes, size_t len)
{
    char part[400];
    int fd = dial();

    snprintf(part, sizeof part, "%.*s", (int)len, bytes);
    tell(fd, part);
    shutdown(fd, SHUT_WR);
    while (!is_ended(fd, 100))
        ;
    close(fd);
    blurt(bytes, len);
}

Test(connections, that_are_cut_off_anywhere_end, .init = open_patient)
{
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t len = 1; len < strlen(whole[i]); len += 9)
            leave_in_the_middle(whole[i], len);
}

static struct reply put_whole(void)
{
    return ask((struct ask){"PUT", NAME, "operator", NULL, "test", 4});
}

/* Without a word: nobody waits for the end before the next upload comes. */
Test(connections, that_are_cut_off_leave_their_place_to_the_next, .init = open_patient)
{
    for (size_t i = 1; i < sizeof whole / sizeof whole[0]; i++) {
        blurt(whole[i], strlen(whole[i]) - 3);
        struct reply r = put_whole();
        while (r.status == 409)
            r = put_whole();
        cr_assert(r.status == 200 || r.status == 201, "%zu: %d %s", i, r.status,
                  r.body);
        r = ask((struct ask){"DELETE", NAME, "admin", NULL, NULL, 0});
    }
}

Test(connections, that_send_all_and_close_their_half_are_answered, .init = open_patient)
{
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        struct reply r = raw(whole[i], strlen(whole[i]));
        cr_expect(r.status == 200 || r.status == 201, "%zu: %d", i, r.status);
    }
}

static void open_quick(void)
{
    served_open_with(&(struct api_options){.idle_timeout_s = 1});
}

/* A byte every 100 ms, after what comes at once; it ends, or this never does. */
static void drip(int fd, const char *at_once, const char *drops)
{
    tell(fd, at_once);
    for (size_t i = 0; !is_ended(fd, 100); i = (i + 1) % strlen(drops)) {
        char drop[2] = {drops[i], '\0'};
        tell(fd, drop);
    }
    close(fd);
}

Test(connections, that_drip_are_ended, .init = open_quick)
{
    drip(dial(), "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", "a");
    drip(dial(), "GET /", "b");
    drip(dial(), "PUT " NAME " HTTP/1.1\r\n" OPERATOR "Content-Length: 999\r\n\r\n",
         "c");
    drip(dial(),
         "PUT " NAME " HTTP/1.1\r\n" OPERATOR "Transfer-Encoding: chunked\r\n\r\n",
         "1\r\nd\r\n");
    int kept = dial();
    tell(kept, whole[0]);
    cr_assert(hear(kept, "ok"));
    drip(kept, "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", "e");
}

/* 512 bytes/s would be ended after 1 s + n s, and this comes faster. */
Test(connections, with_a_slow_body_go_on_while_it_comes, .init = open_quick)
{
    char head[400], piece[257] = "";
    int fd = dial(), pieces = 16;

    memset(piece, ' ', 256);
    snprintf(head, sizeof head,
             "POST /v1/plans HTTP/1.1\r\n" OPERATOR "Content-Length: %d\r\n\r\n",
             256 * pieces + 2);
    tell(fd, head);
    for (int i = 0; i < pieces; i++) {
        tell(fd, piece);
        cr_assert(is_ended(fd, 100) == false, "after %d", i);
    }
    tell(fd, "{}");
    cr_expect(hear(fd, "400"));
    close(fd);
}

static void open_narrow(void)
{
    served_open_with(&(struct api_options){
        .idle_timeout_s = 3600, .connections_max = 20, .connections_per_address = 10});
}

static void open_few(void)
{
    served_open_with(
        &(struct api_options){.idle_timeout_s = 3600, .connections_max = 10});
}

/* Connections that have begun: each was answered. */
static void hold(int *fds, int count)
{
    for (int i = 0; i < count; i++) {
        fds[i] = dial();
        tell(fds[i], whole[0]);
        cr_assert(hear(fds[i], "ok"), "%d", i);
    }
}

static void release(int *fds, int count)
{
    for (int i = 0; i < count; i++)
        close(fds[i]);
    while (ask((struct ask){"GET", "/healthz", NULL, NULL, NULL, 0}).status != 200)
        ;
}

Test(connections, of_one_address_have_a_limit, .init = open_narrow)
{
    int fds[10], silent[30];

    hold(fds, 10);
    struct reply r = ask((struct ask){"GET", "/healthz", NULL, NULL, NULL, 0});
    cr_expect(eq(int, r.status, 429), "%s", r.body);
    cr_expect(strstr(r.body, "/problems/too-many") != NULL, "%s", r.body);
    cr_expect(eq(str, (char *)reply_header(&r, "Retry-After"), "2"));
    cr_expect(eq(str, (char *)reply_header(&r, "Connection"), "close"));
    for (int i = 0; i < 30; i++)
        silent[i] = dial();
    for (int i = 0; i < 30; i++) { /* at once, or when their two seconds are over */
        while (!is_ended(silent[i], 100))
            ;
        close(silent[i]);
    }
    release(fds, 10);
}

Test(connections, of_all_have_a_limit, .init = open_few)
{
    int fds[10];

    hold(fds, 10);
    struct reply r = ask((struct ask){"GET", "/healthz", NULL, NULL, NULL, 0});
    cr_expect(eq(int, r.status, 503), "%s", r.body);
    cr_expect(strstr(r.body, "/problems/busy") != NULL, "%s", r.body);
    cr_expect(eq(str, (char *)reply_header(&r, "Retry-After"), "2"));
    release(fds, 10);
}
