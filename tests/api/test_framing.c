/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that two readers could cut differently: all are refused, and the connection
 * is closed, so that what is smuggled behind is never run (RFC 9112 6.3, 11.2).
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "api/framing.h"
#include "campaigns/command.h"
#include "tests/api/served.h"

TestSuite(framing, .init = served_open, .fini = served_close, .timeout = 120);

#define SMUGGLED                                                                       \
    "DELETE /v1/tokens/old HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n\r\n"

static const struct {
    const char *name, *bytes;
} attacks[] = {
    {"two lengths", "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                    "Content-Length: 5\r\n\r\n" SMUGGLED},
    {"two equal lengths", "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                          "Content-Length: 0\r\n\r\n" SMUGGLED},
    {"list of lengths",
     "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n" SMUGGLED},
    {"signed length",
     "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n" SMUGGLED},
    {"length and chunks", "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"chunks and length",
     "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
     "Content-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"two encodings",
     "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
     "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"other encoding", "POST /healthz HTTP/1.1\r\nHost: x\r\n"
                       "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"two codings", "POST /healthz HTTP/1.1\r\nHost: x\r\n"
                    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"chunks in 1.0", "POST /healthz HTTP/1.0\r\nHost: x\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"blank before colon", "POST /healthz HTTP/1.1\r\nHost: x\r\n"
                           "Content-Length : 5\r\n\r\n" SMUGGLED},
    {"blank before colon of chunks",
     "POST /healthz HTTP/1.1\r\nHost: x\r\n"
     "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"two hosts", "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" SMUGGLED},
    {"no host", "GET /healthz HTTP/1.1\r\n\r\n" SMUGGLED},
    {"line ended by LF", "GET /healthz HTTP/1.1\r\nHost: x\nX: y\r\n\r\n" SMUGGLED},
    {"all lines ended by LF", "GET /healthz HTTP/1.1\nHost: x\n\n" SMUGGLED},
    {"request line ended by LF", "GET /healthz HTTP/1.1\nHost: x\r\n\r\n" SMUGGLED},
    {"line ended by CR", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: y\rContent-Length: 0"
                         "\r\n\r\n" SMUGGLED},
    {"folded line",
     "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nY: c\r\n\r\n" SMUGGLED},
    {"last line folded",
     "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n\tb\r\n\r\n" SMUGGLED},
    {"only line folded", "GET /healthz HTTP/1.1\r\nHost:\r\n x\r\n\r\n" SMUGGLED},
    {"folded length",
     "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n 5\r\n\r\n" SMUGGLED},
    {"folded encoding", "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n"
                        " chunked\r\n\r\n0\r\n\r\n" SMUGGLED},
    {"control character",
     "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\001b\r\n\r\n" SMUGGLED},
    {"two tokens", "GET /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer viewer"
                   "\r\nAuthorization: Bearer admin\r\n\r\n" SMUGGLED},
};

Test(framing, refuses_and_closes_what_can_be_read_two_ways)
{
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct reply r = raw(attacks[i].bytes, strlen(attacks[i].bytes));
        cr_expect(r.was_closed || r.status == 400, "%s: %d %s", attacks[i].name,
                  r.status, r.body);
        cr_expect(zero(ptr, strstr(r.body, "HTTP/1.1 2")), "%s: answered twice",
                  attacks[i].name);
    }
    cr_expect(eq(int, core_count(COMMAND_TOKEN_REVOKE), 0));
}

/* What clients may send, though few do. */
Test(framing, takes_fields_with_blanks_or_nothing_in_them)
{
    static const char *const fields[] = {
        "X:a",
        "X:   a",
        "X: \t a",
        "X: a  ",
        "X: a\t",
        "X:",
        "X: ",
        "X:  \t ",
        "X: a: b",
        "X: \xc3\xa9",
        "X: a\r\nX: a",
        "X:\r\nY:\r\nZ: ",
        "Cookie: a=b; c=d",
        "X: a\tb",
    };
    char bytes[600];

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        snprintf(bytes, sizeof bytes,
                 "GET /healthz HTTP/1.1\r\n%s\r\nHost: x\r\n\r\n"
                 "GET /healthz HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: close\r\n\r\n",
                 fields[i], fields[i]);
        struct reply r = raw(bytes, strlen(bytes));
        cr_expect(eq(int, r.status, 200), "'%s': %s", fields[i], r.body);
        cr_expect(strstr(r.body, "HTTP/1.1 200") != NULL, "second '%s': %s", fields[i],
                  r.body);
    }
}

static struct reply ask_with_fields(int count)
{
    char bytes[8192] = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    size_t len = strlen(bytes);

    for (int i = 2; i < count; i++)
        len += (size_t)snprintf(bytes + len, sizeof bytes - len, "X%d: a\r\n", i);
    len += (size_t)snprintf(bytes + len, sizeof bytes - len, "\r\n");
    return raw(bytes, len);
}

Test(framing, takes_a_hundred_fields)
{
    struct reply r = ask_with_fields(100);

    cr_expect(eq(int, r.status, 200), "%s", r.body);
    r = ask_with_fields(101);
    cr_expect(eq(int, r.status, 431));
    cr_expect(strstr(r.body, "/problems/headers-too-large") != NULL, "%s", r.body);
}

static struct reply ask_with_long_field(size_t len)
{
    char bytes[40000] = "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ";
    size_t at = strlen(bytes);

    memset(bytes + at, 'a', len);
    strcpy(bytes + at + len, "\r\n\r\n");
    return raw(bytes, strlen(bytes));
}

Test(framing, takes_sixteen_kib_of_fields)
{
    struct reply r = ask_with_long_field(FRAMING_BYTES_MAX - strlen("HostxX"));

    cr_expect(eq(int, r.status, 200), "%s", r.body);
    for (size_t more = 1; more < 20000; more *= 3) {
        r = ask_with_long_field(FRAMING_BYTES_MAX - strlen("HostxX") + more);
        cr_expect(eq(int, r.status, 431), "%zu", more);
        cr_expect(strstr(r.body, "/problems/headers-too-large") != NULL, "%s", r.body);
    }
}

Test(framing, wants_a_host_from_http_1_1_on)
{
    static const char old[] = "GET /healthz HTTP/1.0\r\n\r\n",
                      none[] = "GET /healthz HTTP/1.1\r\n\r\n";
    struct reply r = raw(old, sizeof old - 1);

    cr_expect(eq(int, r.status, 200), "%s", r.body);
    r = raw(none, sizeof none - 1);
    cr_expect(eq(int, r.status, 400));
    cr_expect(strstr(r.body, "/problems/bad-request") != NULL, "%s", r.body);
    cr_expect(strstr(r.body, "Host is missing") != NULL, "%s", r.body);
}

Test(framing, would_run_the_smuggled_request_behind_a_good_one)
{
    static const char bytes[] = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED;

    (void)raw(bytes, sizeof bytes - 1);
    cr_expect(eq(int, core_count(COMMAND_TOKEN_REVOKE), 1));
}

Test(framing, takes_chunks)
{
    static const char bytes[] =
        "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n"
        "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        "10\r\n{\"name\":\"bobby\",\r\n11\r\n\"role\":\"operator\"\r\n1\r\n}"
        "\r\n0\r\n\r\n";
    struct reply r = raw(bytes, sizeof bytes - 1);

    cr_expect(eq(int, r.status, 201), "%s", r.body);
}

Test(framing, survives_headers_without_end)
{
    char bytes[100000] = "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ";

    memset(bytes + strlen(bytes), 'a', 90000);
    struct reply r = raw(bytes, strlen(bytes));
    cr_expect(r.was_closed || r.status >= 400);
    r = ask((struct ask){"GET", "/healthz", NULL, NULL, NULL, 0});
    cr_expect(eq(int, r.status, 200));
}

Test(framing, survives_every_beginning_of_a_request)
{
    static const char bytes[] =
        "POST /v1/tokens?x=%41 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n"
        "Content-Length: 20\r\n\r\n{\"name\"";

    for (size_t len = 0; len < sizeof bytes; len++)
        blurt(bytes, len);
    struct reply r = ask((struct ask){"GET", "/healthz", NULL, NULL, NULL, 0});
    cr_expect(eq(int, r.status, 200));
}
