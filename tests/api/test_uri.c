/* SPDX-License-Identifier: Apache-2.0 */
#include "api/uri.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/content_range.h"
#include "api/nearest.h"

static struct uri uri;
static struct problem problem;

static int parses(const char *target)
{
    uri_fini(&uri);
    problem = (struct problem){0};
    return uri_parse(target, &uri, &problem);
}

static void clear(void)
{
    uri_fini(&uri);
}

TestSuite(uri, .fini = clear);

Test(uri, splits_before_it_decodes)
{
    cr_assert(
        zero(int, parses("/v1/devices/urn%3Adev%2F1%20x/tags?q=a%3D%3D1%26b&x=1+2")));
    cr_assert(eq(sz, uri.segment_count, 4));
    cr_expect(eq(str, (char *)uri.segments[2], "urn:dev/1 x"));
    cr_expect(eq(str, (char *)uri.path, "/v1/devices/urn%3Adev%2F1%20x/tags"));
    cr_expect(eq(str, (char *)uri_parameter(&uri, "q"), "a==1&b"));
    cr_expect(eq(str, (char *)uri_parameter(&uri, "x"), "1 2"));
    cr_expect(zero(ptr, (void *)uri_parameter(&uri, "y")));
}

Test(uri, keeps_a_plus_in_the_path)
{
    cr_assert(zero(int, parses("/a+b")));
    cr_expect(eq(str, (char *)uri.segments[0], "a+b"));
}

Test(uri, drops_a_fragment_and_empty_pairs)
{
    cr_assert(zero(int, parses("/a?x=1&&y#z")));
    cr_expect(eq(sz, uri.parameter_count, 2));
    cr_expect(eq(str, (char *)uri_parameter(&uri, "y"), ""));
    cr_assert(zero(int, parses("/#x?y")));
    cr_expect(eq(sz, uri.parameter_count, 0));
}

Test(uri, refuses_what_could_be_read_two_ways)
{
    static const char *const cases[] = {"",
                                        "v1",
                                        "*",
                                        "http://x/v1",
                                        "/%",
                                        "/%4",
                                        "/%zz",
                                        "/a%00b",
                                        "/a%ff",
                                        "/a?x=1&x=2",
                                        "/a?x=%0",
                                        "/a?%00=1",
                                        "/1/2/3/4/5/6/7/8/9",
                                        "/a?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17"};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(eq(int, parses(cases[i]), -EBADMSG), "%s", cases[i]);
        cr_expect(eq(int, problem.kind, PROBLEM_BAD_REQUEST), "%s", cases[i]);
    }
}

Test(uri, bounds_its_length)
{
    char *longest = malloc(URI_BYTES_MAX + 2);

    memset(longest, 'a', URI_BYTES_MAX + 1);
    longest[0] = '/';
    longest[URI_BYTES_MAX] = '\0';
    cr_expect(zero(int, parses(longest)));
    longest[URI_BYTES_MAX] = 'a';
    longest[URI_BYTES_MAX + 1] = '\0';
    cr_expect(eq(int, parses(longest), -EBADMSG));
    free(longest);
}

Test(content_range, reads_its_one_form)
{
    struct content_range r;

    cr_assert(zero(int, content_range_read("bytes 0-1023/4096", &r)));
    cr_expect(eq(i64, r.first, 0));
    cr_expect(eq(i64, r.last, 1023));
    cr_expect(eq(i64, r.total, 4096));
}

Test(content_range, refuses_other_forms)
{
    static const char *const cases[] = {
        "",
        "bytes",
        "bytes 0-1",
        "bytes 0-1/*",
        "bytes */10",
        "bytes 2-1/5",
        "bytes 0-5/5",
        "items 0-1/5",
        "bytes 0-1/5 ",
        "bytes -1/5",
        "bytes 0-99999999999999999999/99999999999999999999"};
    struct content_range r;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(int, content_range_read(cases[i], &r), -EBADMSG), "%s", cases[i]);
}

Test(nearest, finds_slips_and_nothing_far)
{
    static const char *const words[] = {"model", "manufacturer", "state"};

    cr_expect(eq(str, (char *)nearest("modle", words, 3), "model"));
    cr_expect(eq(str, (char *)nearest("manufacterer", words, 3), "manufacturer"));
    cr_expect(zero(ptr, (void *)nearest("zebra", words, 3)));
    cr_expect(zero(ptr, (void *)nearest("", words, 3)));
}

Test(uri, takes_only_ports_that_there_are)
{
    static const char *const good[] = {"http://a", "http://a:1/x:0",
                                       "https://a:65535?b", "http://[::1]",
                                       "http://[::1]:8080/"};
    static const char *const bad[] = {
        "http://a:0", "http://a:65536", "http://a:99999", "http://a:80:80",
        "http://a:",  "http://:80",     "http://a:8x",    "http://[::1]:0"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect(uri_is_web(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect(not(uri_is_web(bad[i])), "%s", bad[i]);
}
