/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of devices: what comes out of them, whatever the pieces they arrive in. */
#include "api/import_rows.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char said[16384];

static int note(void *arg, const struct import_row *row)
{
    size_t len = strlen(said);

    (void)arg;
    len += (size_t)sprintf(said + len, "%d:%s%s", (int)row->line, row->why ? "!" : "",
                           row->why ? row->why : row->endpoint);
    for (size_t i = 0; i < row->tag_count; i++)
        len += (size_t)sprintf(said + len, " %s=%s", row->tags[i].name,
                               row->tags[i].value);
    strcpy(said + len, "|");
    return 0;
}

static const char *rows_of(enum import_format format, const char *text, size_t len,
                           size_t step)
{
    struct import_rows *r;

    said[0] = '\0';
    cr_assert(zero(int, import_rows_open(format, note, NULL, &r)));
    for (size_t at = 0; at < len; at += step)
        cr_assert(zero(
            int, import_rows_feed(r, text + at, len - at < step ? len - at : step)));
    cr_assert(zero(int, import_rows_end(r)));
    if (import_rows_problem(r))
        strcat(strcat(said, "#"), import_rows_problem(r));
    import_rows_close(r);
    return said;
}

struct row_case {
    const char *text, *expected;
};

static void expect_rows(enum import_format format, const struct row_case *cases,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t step = 1; step <= strlen(cases[i].text) + 1; step++)
            cr_expect(
                eq(str,
                   (char *)rows_of(format, cases[i].text, strlen(cases[i].text), step),
                   (char *)cases[i].expected),
                "%s by %zu", cases[i].text, step);
}

Test(import_rows, of_csv_are_cells_under_columns)
{
    static const struct row_case cases[] = {
        {"endpoint\na\nb", "2:a|3:b|"},
        {"\xef\xbb\xbf"
         "endpoint,tag.site\r\na,north\r\nb,\r\n",
         "2:a site=north|3:b|"},
        {"tag.x,endpoint,tag.y\n1,a,2\n,b,\"\"\n", "2:a x=1 y=2|3:b|"},
        {"endpoint,tag.x\n\"a,\"\"b\"\"\",\"line\nbreak\"\nc,d\n",
         "2:a,\"b\" x=line\nbreak|4:c x=d|"},
        {"endpoint\n\n\r\na\n", "4:a|"},
        {"\"endpoint\",\"tag.x\"\na,b c \n", "2:a x=b c |"},
        {"endpoint\n\xc3\xa9\n", "2:\xc3\xa9|"},
        {"endpoint\n", ""},
    };

    expect_rows(IMPORT_CSV, cases, sizeof cases / sizeof cases[0]);
}

Test(import_rows, that_are_broken_are_named_and_the_others_read)
{
    static const struct row_case cases[] = {
        {"endpoint,tag.x\na\nb,1\nc,1,2\nd,2\n",
         "2:!it has too few columns|3:b x=1|4:!it has too many columns|5:d x=2|"},
        {"endpoint,tag.x\na\"b,1\nb,\"1\"2\n,3\nd,4",
         "2:!there is a quote inside a cell that is not quoted|"
         "3:!there is something behind a closing quote|"
         "4:!the endpoint is missing|5:d x=4|"},
        {"endpoint\n\xff\nb\n", "2:!it is not UTF-8|3:b|"},
        {"endpoint\na\tb\nb\n", "2:!an endpoint has no control characters|3:b|"},
        {"endpoint\na\n\"b\nc\n", "2:a|3:!a quote is not closed|"},
    };

    expect_rows(IMPORT_CSV, cases, sizeof cases / sizeof cases[0]);
    cr_expect(eq(str, (char *)rows_of(IMPORT_CSV, "endpoint\na\0b\nc\n", 15, 3),
                 "2:!it has a NUL byte|3:c|"));
}

Test(import_rows, of_csv_need_columns_that_are_known)
{
    static const struct row_case cases[] = {
        {"", "#there is no line with the columns"},
        {"name\na\n", "#column 1 'name': a column is 'endpoint' or 'tag.NAME'"},
        {"tag.a\na\n", "#there is no column 'endpoint'"},
        {"endpoint,endpoint\na,b\n", "#column 2 'endpoint': 'endpoint' stands twice"},
        {"tag.a,endpoint,tag.a\n", "#column 3 'tag.a': it stands twice"},
        {"endpoint,tag.a b\n", "#column 2 'tag.a b': a tag's name has 1 to 63 letters, "
                               "digits, '.', '_' or '-'"},
        {"endpoint,\"tag\"x\na,b\n", "#the line of the columns: there is something "
                                     "behind a closing quote"},
    };

    expect_rows(IMPORT_CSV, cases, sizeof cases / sizeof cases[0]);
}

Test(import_rows, of_ndjson_are_objects)
{
    static const struct row_case cases[] = {
        {"{\"endpoint\":\"a\"}\n\n{\"endpoint\":\"b\",\"tags\":{\"x\":\"1\"}}",
         "1:a|3:b x=1|"},
        {"{\"endpoint\":\"a\",\"tag\":1}\r\n{\"endpoint\":\"b\"}\r\n",
         "1:!unknown member 'tag'; did you mean 'tags'?|2:b|"},
        {"[]\n{\"endpoint\":\"b\",\"tags\":{\"x\":1}}\n{\"tags\":{}}\n",
         "1:!the body must be an object|2:!a tag's value is a string|3:!'endpoint' is "
         "missing|"},
    };

    expect_rows(IMPORT_NDJSON, cases, sizeof cases / sizeof cases[0]);
}

Test(import_rows, of_ndjson_that_are_no_text_are_named)
{
    static const char bytes[] = "{\"endpoint\":\"a\xff\"}\n{\"endpoint\":\"b\0\"}\n"
                                "{\"endpoint\":\"c\",\"endpoint\":\"d\"}\n"
                                "{\"endpoint\":\"e\\u0000\"}\n{\"endpoint\":\"f\"}";

    for (size_t step = 1; step < sizeof bytes; step++)
        rows_of(IMPORT_NDJSON, bytes, sizeof bytes - 1, step);
    cr_expect(
        eq(str, said,
           "1:!broken UTF-8 at position 15|2:!it has a NUL byte|3:!key 'endpoint' "
           "stands twice in one object at position 17|4:!NUL is not allowed in text at "
           "position "
           "21|5:f|"));
}

Test(import_rows, have_bounds)
{
    size_t len = IMPORT_ROW_BYTES + 100;
    char *text = malloc(len + 100), name[400];

    strcpy(text, "endpoint\n\"");
    memset(text + 10, 'x', len);
    strcpy(text + 10 + len, "\nb\n");
    rows_of(IMPORT_CSV, text, strlen(text), 1000);
    cr_expect(
        eq(str, said, "2:!it is longer than 64 KiB: is a quote not closed?|3:b|"));
    strcpy(text, "endpoint,tag.a\n");
    for (size_t n = 255; n <= 256; n++) {
        memset(name, 'e', n);
        name[n] = '\0';
        sprintf(text + strlen(text), "%s,1\nx,%s\n", name, name);
    }
    rows_of(IMPORT_CSV, text, strlen(text), 7);
    cr_expect(ne(ptr,
                 strstr(said, "|4:!an endpoint has at most 255 bytes|5:!a tag's "
                              "value has at most 255 bytes|"),
                 NULL),
              "%s", said);
    strcpy(text, "endpoint");
    for (int i = 0; i < 33; i++)
        sprintf(text + strlen(text), ",tag.t%d", i);
    rows_of(IMPORT_CSV, text, strlen(text), 7);
    cr_expect(ne(ptr, strstr(said, "too many columns"), NULL), "%s", said);
    free(text);
}
