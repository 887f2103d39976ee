/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/json_text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(json_text, takes_what_rfc_8259_allows)
{
    static const char *const good[] = {
        "{}",
        "[]",
        " \t\r\n1 ",
        "0",
        "-0",
        "-1.5e+10",
        "1E-2",
        "\"\"",
        "\"\\u00e4\\ud83d\\ude00\\n\\/\"",
        "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"",
        "true",
        "null",
        "{\"a\":[1,{\"b\":false}],\"c\":\"d\"}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct json_fault fault = {.text = ""};
        cr_expect(zero(int, json_text_check(good[i], strlen(good[i]), &fault)),
                  "%s: %s", good[i], fault.text);
    }
}

Test(json_text, says_where_the_first_fault_is)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *fault;
    } cases[] = {
        {"", 0, "expected a value"},
        {"{", 1, "expected a string"},
        {"{a", 1, "expected a string"},
        {"{\"a\"", 4, "expected ':'"},
        {"{\"a\":1", 6, "expected ',' or '}'"},
        {"{\"a\":1,}", 7, "expected a string"},
        {"[1,]", 3, "expected a value"},
        {"[1 2]", 3, "expected ',' or ']'"},
        {"01", 1, "a number may not start with 0"},
        {"1.", 2, "expected a digit"},
        {".5", 0, "expected a value"},
        {"+1", 0, "expected a value"},
        {"-", 1, "expected a digit"},
        {"1e", 2, "expected a digit"},
        {"tru", 0, "expected a value"},
        {"nullx", 4, "something stands after the value"},
        {"\"a", 2, "the string does not end"},
        {"\"\n\"", 1, "control character in a string"},
        {"\"\\x\"", 2, "unknown escape"},
        {"\"\\u12g4\"", 5, "expected four hex digits"},
        {"\"\\u0000\"", 7, "NUL is not allowed in text"},
        {"\"\\ud800\"", 7, "half of a surrogate pair"},
        {"\"\\udc00\"", 7, "half of a surrogate pair"},
        {"\"\\ud800\\u0041\"", 13, "half of a surrogate pair"},
        {"\"\xff\"", 1, "broken UTF-8"},
        {"\"\xc0\xaf\"", 1, "broken UTF-8"},
        {"\"\xe0\x80\x80\"", 1, "broken UTF-8"},
        {"\"\xed\xa0\x80\"", 1, "broken UTF-8"},
        {"\"\xf4\x90\x80\x80\"", 1, "broken UTF-8"},
        {"\"\xe2\x82\"", 1, "broken UTF-8"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 32, "nested too deeply"},
        {"1 1", 2, "something stands after the value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_fault fault = {.text = ""};
        int rc = json_text_check(cases[i].text, strlen(cases[i].text), &fault);
        cr_expect(eq(int, rc, JSON_E_TEXT), "%s", cases[i].text);
        cr_expect(eq(sz, fault.offset, cases[i].offset), "%s", cases[i].text);
        cr_expect(eq(str, (char *)fault.text, (char *)cases[i].fault), "%s",
                  cases[i].text);
    }
}

Test(json_text, counts_lines_and_columns)
{
    struct json_fault fault;
    const char *text = "{\n  \"a\": 1\n  \"b\": 2\n}";
    cr_assert(eq(int, json_text_check(text, strlen(text), &fault), JSON_E_TEXT));
    cr_expect(eq(sz, fault.line, 3));
    cr_expect(eq(sz, fault.column, 3));
}

Test(json_text, holds_a_nul_byte_for_no_json)
{
    struct json_fault fault;
    cr_expect(eq(int, json_text_check("{}\0", 3, &fault), JSON_E_TEXT));
    cr_expect(eq(int, json_text_check("\"\0\"", 3, &fault), JSON_E_TEXT));
}
