/* SPDX-License-Identifier: Apache-2.0 */
/* The dashboard's files as they are served. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "api/web.h"
#include "tests/api/expect.h"
#include "tests/api/served.h"
#include "web/web_files.h"

TestSuite(web, .init = served_open, .fini = served_close, .timeout = 60);

Test(web, shows_the_page_under_a_strict_policy)
{
    struct reply r = ask((struct ask){"GET", "/", NULL, NULL, NULL, 0});

    expect_status(r, 200);
    cr_expect(strstr(reply_header(&r, "Content-Type"), "text/html") != NULL);
    const char *policy = reply_header(&r, "Content-Security-Policy");
    cr_expect(strstr(policy, "default-src 'self'") != NULL);
    cr_expect(zero(ptr, strstr(policy, "unsafe")));
    char headers[200];
    snprintf(headers, sizeof headers, "If-None-Match: %s\r\n",
             reply_header(&r, "ETag"));
    r = ask((struct ask){"GET", "/", NULL, headers, NULL, 0});
    expect_status(r, 304);
    cr_expect(eq(sz, r.body_len, 0));
}

static const char gzip_wanted[] = "Accept-Encoding: br, gzip\r\n";

static struct reply packed(const char *path)
{
    return ask((struct ask){"GET", path, NULL, gzip_wanted, NULL, 0});
}

/* The last four bytes say how much it was (RFC 1952 2.3.1). */
static size_t unpacked_len(const char *bytes, size_t len)
{
    const unsigned char *end = (const unsigned char *)bytes + len - 4;

    return end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
}

Test(web, is_packed_for_who_can_unpack_it)
{
    for (size_t i = 0; i < web_file_count; i++) {
        const struct web_file *file = &web_files[i];
        struct reply r = packed(file->path);
        cr_expect(eq(int, r.status, 200));
        cr_expect(eq(str, (char *)reply_header(&r, "Content-Encoding"), "gzip"));
        cr_expect(eq(str, (char *)reply_header(&r, "Vary"), "Accept-Encoding"));
        cr_assert(gt(sz, r.body_len, 18));
        cr_expect(zero(memcmp(r.body, "\x1f\x8b", 2)));
        cr_expect(eq(sz, unpacked_len(r.body, r.body_len), file->plain.len));
    }
    struct reply r = get("/app.js");
    cr_expect(zero(ptr, (void *)reply_header(&r, "Content-Encoding")));
    cr_expect(eq(sz, r.body_len, web_find("/app.js")->plain.len));
}

Test(web, is_not_mixed_up_by_caches)
{
    char plain[48], gzip[48], headers[200];
    struct reply r = get("/app.css");

    snprintf(plain, sizeof plain, "%s", reply_header(&r, "ETag"));
    r = packed("/app.css");
    snprintf(gzip, sizeof gzip, "%s", reply_header(&r, "ETag"));
    cr_expect(ne(str, plain, gzip));
    snprintf(headers, sizeof headers, "%sIf-None-Match: %s\r\n", gzip_wanted, plain);
    r = ask((struct ask){"GET", "/app.css", NULL, headers, NULL, 0});
    expect_status(r, 200);
    snprintf(headers, sizeof headers, "%sIf-None-Match: %s\r\n", gzip_wanted, gzip);
    r = ask((struct ask){"GET", "/app.css", NULL, headers, NULL, 0});
    expect_status(r, 304);
}

Test(web, knows_who_takes_gzip)
{
    static const char *const yes[] = {"gzip", "br, gzip", "GZIP;q=1.0",
                                      "deflate;q=0.5,gzip ; q=0.001, br", " gzip "};
    static const char *const no[] = {
        "",        "br",    "gzip;q=0", "gzip; q=0.000", "x-gzip",
        "gzipped", "g,zip", "*",        "identity;gzip", ",,;"};

    cr_expect(not(web_takes_gzip(NULL)));
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        cr_expect(web_takes_gzip(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        cr_expect(not(web_takes_gzip(no[i])), "%s", no[i]);
}
