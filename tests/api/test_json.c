/* SPDX-License-Identifier: Apache-2.0 */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_read.h"
#include "api/json_write.h"

static struct problem problem;
static struct cJSON *json;
static struct text out;

static void clear(void)
{
    json_free(json);
    text_fini(&out);
}

TestSuite(json, .fini = clear);

static int reads(const char *text)
{
    problem = (struct problem){0};
    json_free(json);
    json = NULL;
    return json_read(text, strlen(text), &json, &problem);
}

Test(json, takes_what_rfc_8259_has)
{
    static const char *const cases[] = {
        "{}",
        "[]",
        " { \"a\" : [ 1 , -2.5e+3 , true , false , null , \"x\" ] } \n",
        "\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\"",
        "0",
        "-0",
        "1E9",
        "9007199254740991",
        "-9007199254740991",
        "\"\xc3\xa9\"",
        "{\"\":1}"};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(zero(int, reads(cases[i])), "%s: %s", cases[i], problem.detail);
}

Test(json, refuses_the_rest_and_says_where)
{
    static const struct {
        const char *text;
        int64_t position;
    } cases[] = {
        {"", 1},         {"{\"a\"}", 5},  {"{\"a\":1,}", 8}, {"[1 2]", 4},
        {"1.", 3},       {"NaN", 1},      {"{}x", 3},        {"{'a':1}", 2},
        {"\"\x01\"", 2}, {"\"\xff\"", 2}, {"01", 2},         {"[1,]", 4},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(eq(int, reads(cases[i].text), -EBADMSG), "%s", cases[i].text);
        cr_expect(eq(i64, problem.position, cases[i].position), "%s: %s", cases[i].text,
                  problem.detail);
    }
}

Test(json, refuses_numbers_that_a_double_cannot_keep)
{
    static const char *const cases[] = {
        "9007199254740992",       "9007199254740993",    "-9007199254740993", "1e400",
        "[18446744073709551616]", "{\"a\":{\"b\":1e16}}"};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(eq(int, reads(cases[i]), -EBADMSG), "%s", cases[i]);
        cr_expect(eq(int, problem.kind, PROBLEM_INVALID_JSON), "%s", cases[i]);
        cr_expect(eq(i64, problem.position,
                     i == 4   ? 2
                     : i == 5 ? 7
                              : 1),
                  "%s", cases[i]);
    }
}

Test(json, refuses_a_key_twice_however_it_is_written)
{
    cr_expect(eq(int, reads("{\"a\":1,\"b\":2,\"a\":3}"), -EBADMSG));
    cr_expect(not(zero(ptr, strstr(problem.detail, "'a' stands twice"))));
    cr_expect(eq(i64, problem.position, 14));
    cr_expect(eq(int, reads("[{\"x\":{\"ab\":1,\"\\u0061b\":2}}]"), -EBADMSG));
    cr_expect(eq(i64, problem.position, 15));
    cr_expect(
        eq(int, reads("{\"o\":{\"c\":[1,{}]},\"x\":1,\"a\":2,\n \"x\":3}"), -EBADMSG));
    cr_expect(strstr(problem.detail, "position 33 (line 2, column 2)") != NULL, "%s",
              problem.detail);
    cr_expect(zero(int, reads("{\"a\":{\"a\":1},\"b\":{\"a\":1}}")));
    cr_expect(zero(int, reads("{\"a\":1,\"A\":2}")));
}

Test(json, nests_32_levels_and_no_more)
{
    char deep[80];

    memset(deep, '[', 32);
    memset(deep + 32, ']', 32);
    deep[64] = '\0';
    cr_expect(zero(int, reads(deep)));
    memset(deep, '[', 33);
    memset(deep + 33, ']', 33);
    deep[66] = '\0';
    cr_expect(eq(int, reads(deep), -EBADMSG));
    cr_expect(problem.position > 0);
}

Test(json, refuses_every_beginning_of_a_document)
{
    static const char whole[] =
        "{\"a\":[1.5e3,\"\\u00e9\\ud83d\\ude00\",true,null],\"b\":{}}";

    for (size_t len = 0; len + 1 < sizeof whole; len++) {
        /* An exact buffer, so that the sanitizer sees a read behind it. */
        char *part = malloc(len + 1);
        memcpy(part, whole, len);
        problem = (struct problem){0};
        cr_expect(eq(int, json_read(part, len, &json, &problem), -EBADMSG), "%zu", len);
        free(part);
    }
}

Test(json, fields_are_typed_and_unknown_ones_are_named)
{
    static const struct int_range range = {1, 10};
    struct fields f;

    cr_assert(zero(int, reads("{\"name\":\"x\",\"n\":5,\"on\":true}")));
    f = fields_of(json, "", &problem);
    cr_expect(eq(str, (char *)fields_text(&f, "name", NULL), "x"));
    cr_expect(eq(i64, fields_int(&f, "n", range, 1), 5));
    cr_expect(fields_bool(&f, "on", false));
    cr_expect(eq(str, (char *)fields_text(&f, "absent", "y"), "y"));
    cr_expect(zero(int, fields_end(&f)));

    cr_assert(zero(int, reads("{\"nane\":\"x\"}")));
    f = fields_of(json, "brake.", &problem);
    (void)fields_text(&f, "name", "");
    cr_expect(eq(int, fields_end(&f), -EBADMSG));
    cr_expect(
        eq(str, problem.detail, "unknown member 'brake.nane'; did you mean 'name'?"));
}

Test(json, fields_refuse_wrong_types_and_ranges)
{
    static const char *const cases[] = {"{}",
                                        "{\"name\":1}",
                                        "{\"name\":\"a\",\"n\":0}",
                                        "{\"name\":\"a\",\"n\":1.5}",
                                        "{\"name\":\"a\",\"n\":\"1\"}",
                                        "{\"name\":\"a\",\"l\":[1]}",
                                        "{\"name\":\"a\",\"l\":\"b\"}",
                                        "[]",
                                        "1"};
    static const struct int_range range = {1, 10};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert(zero(int, reads(cases[i])));
        struct fields f = fields_of(json, "", &problem);
        (void)fields_text(&f, "name", NULL);
        (void)fields_int(&f, "n", range, 1);
        (void)fields_texts(&f, "l");
        cr_expect(eq(int, fields_end(&f), -EBADMSG), "%s", cases[i]);
        cr_expect(eq(int, problem.kind, PROBLEM_INVALID_FIELD), "%s", cases[i]);
    }
}

Test(json, writes_what_it_reads)
{
    struct json j = json_to(&out);

    json_object(&j, NULL);
    json_id(&j, "id", INT64_MAX);
    json_text(&j, "text", "a\"\\\n\x01\x7f\xc3\xa9");
    json_array(&j, "list");
    json_int(&j, NULL, -5);
    json_bool(&j, NULL, true);
    json_null(&j, NULL);
    json_object(&j, NULL);
    json_end(&j);
    json_end(&j);
    json_time(&j, "at", 1);
    json_time(&j, "never", 0);
    json_raw(&j, "raw", "{\"a\":1}");
    json_end(&j);
    cr_expect(
        eq(str, out.at,
           "{\"id\":\"9223372036854775807\",\"text\":\"a\\\"\\\\\\n\\u0001\\u007f"
           "\xc3\xa9\",\"list\":[-5,true,null,{}],\"at\":\"1970-01-01T00:00:00.001"
           "Z\",\"raw\":{\"a\":1}}"));
    cr_expect(zero(int, reads(out.at)));
}

Test(json, replaces_what_is_no_utf8)
{
    struct json j = json_to(&out);

    json_text(&j, NULL, "a\xff\xe2\x82");
    cr_expect(eq(str, out.at, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
}
