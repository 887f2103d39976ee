/* SPDX-License-Identifier: Apache-2.0 */
#include "api/multipart.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char type[] = "multipart/form-data; boundary=XyZ";

/* What was seen, as "[name|filename]data;" per part and "." at the end. */
static char seen[4096];

static void note(const char *bytes, size_t len)
{
    size_t at = strlen(seen);

    if (at + len >= sizeof seen)
        return;
    memcpy(seen + at, bytes, len);
    seen[at + len] = '\0';
}

static enum multipart_event feed(struct multipart *m, const char *bytes, size_t len)
{
    char head[600];
    enum multipart_event event;

    while ((event = multipart_next(m, &bytes, &len)) != MULTIPART_MORE) {
        if (event == MULTIPART_BAD)
            return event;
        if (event == MULTIPART_PART) {
            snprintf(head, sizeof head, "[%s|%s]", m->name, m->filename);
            note(head, strlen(head));
        }
        if (event == MULTIPART_DATA)
            note(m->bytes, m->len);
        if (event == MULTIPART_PART_END)
            note(";", 1);
        if (event == MULTIPART_END)
            note(".", 1);
    }
    return event;
}

static enum multipart_event read_all(const char *body, size_t len, size_t step)
{
    struct multipart m;
    enum multipart_event event = MULTIPART_MORE;

    seen[0] = '\0';
    cr_assert(zero(int, multipart_init(&m, type)));
    for (size_t at = 0; at < len && event == MULTIPART_MORE; at += step) {
        size_t n = len - at < step ? len - at : step;
        char *exact = malloc(n);
        memcpy(exact, body + at, n);
        event = feed(&m, exact, n);
        free(exact);
    }
    return event;
}

static const char good[] =
    "preamble\r\n--XyZ\r\n"
    "Content-Disposition: form-data; name=\"manifest\"; filename=\"b.json\"\r\n"
    "Content-Type: application/json\r\n\r\n"
    "{\r\n-\r\n--Xy\r\n--\r}"
    "\r\n--XyZ  \r\n"
    "content-disposition: form-data; name=file; filename=\"a\\\"b;c.bin\"\r\n\r\n"
    "\r\n--XyZ--\r\nepilogue --XyZ";

static const char good_seen[] =
    "[manifest|b.json]{\r\n-\r\n--Xy\r\n--\r};[file|a\"b;c.bin];.";

Test(multipart, gives_parts_and_their_bytes_whatever_the_steps)
{
    for (size_t step = 1; step <= sizeof good; step++) {
        cr_assert(eq(int, read_all(good, sizeof good - 1, step), MULTIPART_MORE));
        cr_expect(eq(str, seen, (char *)good_seen), "step %zu", step);
    }
}

Test(multipart, is_not_complete_before_the_last_boundary)
{
    size_t end = (size_t)(strstr(good, "--XyZ--") - good) + 7;

    for (size_t len = 0; len <= end; len++) {
        struct multipart m;
        char *part = malloc(len + 1);
        memcpy(part, good, len);
        seen[0] = '\0';
        cr_assert(zero(int, multipart_init(&m, type)));
        cr_expect(eq(int, feed(&m, part, len), MULTIPART_MORE), "length %zu", len);
        cr_expect(eq(int, multipart_is_complete(&m), len == end), "length %zu", len);
        free(part);
    }
}

Test(multipart, begins_without_a_preamble_too)
{
    static const char body[] =
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"
        "\r\n--XyZ--";

    cr_expect(eq(int, read_all(body, sizeof body - 1, 3), MULTIPART_MORE));
    cr_expect(eq(str, seen, "[a|]1;."));
}

Test(multipart, refuses_nonsense)
{
    static const struct {
        const char *name, *body;
    } cases[] = {
        {"text behind a boundary", "--XyZ junk\r\n"},
        {"single dash", "--XyZ-x\r\n"},
        {"disposition", "--XyZ\r\nContent-Disposition: attachment\r\n\r\n"},
        {"open quote", "--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t step = 1; step < 20; step++)
            cr_expect(eq(int, read_all(cases[i].body, strlen(cases[i].body), step),
                         MULTIPART_BAD),
                      "%s, step %zu", cases[i].name, step);
}

Test(multipart, bounds_header_lines)
{
    char body[40000] = "--XyZ\r\n";

    memset(body + 7, 'x', 2000);
    cr_expect(eq(int, read_all(body, 2007, 100), MULTIPART_BAD));
    strcpy(body, "--XyZ\r\n");
    for (int i = 0; i < MULTIPART_LINES_MAX + 1; i++)
        strcat(body, "X: y\r\n");
    cr_expect(eq(int, read_all(body, strlen(body), 100), MULTIPART_BAD));
}

Test(multipart, needs_a_boundary)
{
    static const char *const cases[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; charset=x",
        "multipart/form-data; boundary=a\x01",
        "multipart/form-data; boundary=\"open",
        "multipart/form-data; boundary="
        "0123456789012345678901234567890123456789012345678901234567890123456789x"};
    struct multipart m;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(int, multipart_init(&m, cases[i]), -EBADMSG), "%s", cases[i]);
    cr_expect(zero(
        int,
        multipart_init(&m, "multipart/form-data; charset=utf-8; boundary=\"a b\"")));
}

Test(multipart, knows_its_content_type)
{
    cr_expect(multipart_is("Multipart/Form-Data; boundary=x"));
    cr_expect(not(multipart_is("multipart/form-datax")));
    cr_expect(not(multipart_is("application/json")));
    cr_expect(not(multipart_is(NULL)));
}
