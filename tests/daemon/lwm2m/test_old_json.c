/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

static const struct {
    const char *name;
    struct lwm2m_path base;
    const char *payload, *records;
} cases[] = {
    {"instance",
     {2, {3, 0}},
     "{\"bn\":\"/3/0/\",\"e\":[{\"n\":\"0\",\"sv\":\"Acme\"},{\"n\":\"6/0\",\"v\":1},"
     "{\"n\":\"9\",\"v\":100},{\"n\":\"13\",\"v\":1700000000}]}",
     "/3/0/0 text Acme; /3/0/6/0 int 1; /3/0/9 int 100; /3/0/13 time 1700000000; "},
    {"base name without slash",
     {2, {3, 0}},
     "{\"bn\":\"/3/0\",\"e\":[{\"n\":\"9\",\"v\":1}]}",
     "/3/0/9 int 1; "},
    {"base name behind",
     {2, {3, 0}},
     "{\"e\":[{\"n\":\"9\",\"v\":1,\"t\":-5}],\"bt\":1700000000,\"bn\":\"/3/0/\"}",
     "/3/0/9 int 1 at 1699999995; "},
    {"no base name", {2, {3, 0}}, "{\"e\":[{\"n\":\"9\",\"v\":1}]}", "/3/0/9 int 1; "},
    {"resource with an empty name",
     {3, {3, 0, 9}},
     "{\"bn\":\"/3/0/9\",\"e\":[{\"n\":\"\",\"v\":1}]}",
     "/3/0/9 int 1; "},
    {"resource without name", {3, {3, 0, 9}}, "{\"e\":[{\"v\":1}]}", "/3/0/9 int 1; "},
    {"two slashes",
     {2, {3, 0}},
     "{\"bn\":\"/3/0/\",\"e\":[{\"n\":\"/9\",\"v\":1}]}",
     "/3/0/9 int 1; "},
    {"bool and link",
     {1, {33629}},
     "{\"bn\":\"/\",\"e\":[{\"n\":\"5/0/14\",\"bv\":true},{\"n\":\"33629/0/16/"
     "1\",\"ov\":\"33629:1\"}]}",
     "/5/0/14 bool 1; /33629/0/16/1 link 33629:1; "},
    {"opaque",
     {2, {5, 0}},
     "{\"bn\":\"/5/0/\",\"e\":[{\"n\":\"0\",\"sv\":\"Zm9v\"}]}",
     "/5/0/0 opaque 666f6f; "},
    {"nothing", {2, {3, 0}}, "{\"e\":[]}", ""},
    {"no entries", {2, {3, 0}}, "{\"bn\":\"/3/0/\"}", "bad"},
    {"entries are no array", {2, {3, 0}}, "{\"e\":{}}", "bad"},
    {"rest", {2, {3, 0}}, "{\"e\":[]}x", "bad"},
    {"no object", {2, {3, 0}}, "[]", "bad"},
    {"entry is no object", {2, {3, 0}}, "{\"e\":[1]}", "bad"},
    {"name is no path", {2, {3, 0}}, "{\"e\":[{\"n\":\"x\",\"v\":1}]}", "bad"},
};

Test(old_json, reads_every_form_and_refuses_the_rest)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(
            eq(str,
               (char *)dump_text(LWM2M_CT_OLD_JSON, cases[i].base, cases[i].payload),
               (char *)cases[i].records),
            "%s", cases[i].name);
    cr_expect(eq(str, (char *)dump_text(1543, cases[0].base, cases[0].payload),
                 (char *)cases[0].records));
}

Test(old_json, notices_truncation_at_each_length)
{
    for (size_t i = 0; i < 9; i++)
        for (size_t n = 0; n < strlen(cases[i].payload); n++)
            cr_expect(eq(str,
                         (char *)dump_bytes(LWM2M_CT_OLD_JSON, cases[i].base,
                                            cases[i].payload, n),
                         "bad"),
                      "%s, %zu bytes", cases[i].name, n);
}
