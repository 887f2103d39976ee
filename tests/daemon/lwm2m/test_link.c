/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/link.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The links as "/5 1.1; /5/0; ", static; "bad" for an error. The bytes lie in a block
 * of their own, so that ASan sees every read beyond them. */
static const char *dump(const char *links, size_t len, const char *discover_root,
                        struct lwm2m_links *l)
{
    static char text[4096];
    char path[LWM2M_PATH_TEXT_BYTES];
    struct lwm2m_link link;
    size_t n = 0;
    char *own = malloc(len ? len : 1);

    memcpy(own, links, len);
    text[0] = '\0';
    int rc = discover_root ? lwm2m_links_begin_answer(l, discover_root, own, len)
                           : lwm2m_links_begin(l, own, len);
    while (rc == 0 && lwm2m_links_next(l, &link) == 1) {
        n += (size_t)sprintf(text + n, "%s", lwm2m_path_print(&link.path, path));
        if (link.has_version)
            n += (size_t)sprintf(text + n, " %u.%u", link.version.major,
                                 link.version.minor);
        n += (size_t)sprintf(text + n, "; ");
    }
    free(own);
    return rc == 0 ? text : "bad";
}

static const struct {
    const char *links, *objects, *root;
    uint16_t formats[5];
} cases[] = {
    {"</1/0>,</3/0>,</5/0>,</33629/0>,</33629/1>",
     "/1/0; /3/0; /5/0; /33629/0; /33629/1; ",
     "",
     {0}},
    {"</>;rt=\"oma.lwm2m\";ct=110,</1/0>,</3/0>", "/1/0; /3/0; ", "", {110}},
    {"</>;rt=\"oma.lwm2m\";ct=\"60 110 112 11544\",</33629>;ver=1.0,</33629/0>",
     "/33629 1.0; /33629/0; ",
     "",
     {60, 110, 112, 11544}},
    {"</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>",
     "/1/0; /3/0; ",
     "/lwm2m",
     {0}},
    {"</lwm2m/1/0>,</lwm2m/3/0>,</lwm2m/>;ct=112;rt=oma.lwm2m",
     "/1/0; /3/0; ",
     "/lwm2m",
     {112}},
    {"</a/b>;rt=\"x oma.lwm2m y\",</a/b/3/0>,</3/0>", "/3/0; ", "/a/b", {0}},
    {"</5>;ver=\"1.1\",</5/0>", "/5 1.1; /5/0; ", "", {0}},
    {"</5>;ver=1.1,</5/0>", "/5 1.1; /5/0; ", "", {0}},
    {"</5/0>;ver=1.1", "/5/0 1.1; ", "", {0}},
    {"</33629>", "/33629; ", "", {0}},
    {"</>;rt=\"oma.lwm2m\";ct=110,</1>;ver=1.1,</1/0>,</2>,</3>;ver=1.2,</3/0>,</5/0>",
     "/1 1.1; /1/0; /2; /3 1.2; /3/0; /5/0; ",
     "",
     {110}},
    {" </1/0> , </3/0>;x;y=\"a,b;<c>\" ; ver=1.2,\n</5/0/> ",
     "/1/0; /3/0 1.2; /5/0; ",
     "",
     {0}},
    {"</0/0>,</21/0>,</23>,</24>,</3/0>", "/3/0; ", "", {0}},
    {"<coap://x/3/0>,</99999/0>,</foo>,<3/0>,</3/0>", "/3/0; ", "", {0}},
    {"</>;rt=\"oma.lwm2m\";ct=\"9 11542\",</9>;ver=9.10", "/9 9.10; ", "", {11542}},
    {"</5>;ver=x,</3>;ver=1,</4>;ver=1.999,</6>;ver=\"\",</7>;ver",
     "/5; /3; /4; /6; /7; ",
     "",
     {0}},
    {"</>;ct=112,</3/0>", "/3/0; ", "", {0}}, /* not the root link: no rt */
    {"</1>;rt=\"oma.lwm2m\",</3/0>", "/1; /3/0; ", "", {0}},
    {"", "", "", {0}},
    {"</3/0>;a=\"\\\"\"", "/3/0; ", "", {0}},
    {"<", "bad", "", {0}},
    {"</3/0", "bad", "", {0}},
    {"3/0>", "bad", "", {0}},
    {"</3/0>,", "bad", "", {0}},
    {"</3/0></5/0>", "bad", "", {0}},
    {"</3/0>;", "bad", "", {0}},
    {"</3/0>;=1", "bad", "", {0}},
    {"</3/0>;a=\"x", "bad", "", {0}},
    {"</3/0>;a=\"x\\", "bad", "", {0}},
    {"</3<0>", "bad", "", {0}},
    {",</3/0>", "bad", "", {0}},
    {"</3/0>;a b", "bad", "", {0}},
};

Test(link, reads_every_form_of_register)
{
    struct lwm2m_links l;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *links = cases[i].links;
        const char *got = dump(links, strlen(links), NULL, &l);
        cr_expect(eq(str, (char *)got, (char *)cases[i].objects), "%s", links);
        if (strcmp(got, "bad") == 0)
            continue;
        cr_expect(eq(str, l.root, (char *)cases[i].root), "%s", links);
        uint32_t bits = 0;
        for (int f = 0; cases[i].formats[f]; f++)
            bits |= lwm2m_format_bit(cases[i].formats[f]);
        cr_expect(eq(u32, l.formats, bits), "%s", links);
    }
}

Test(link, knows_format_0)
{
    static const char links[] = "</>;rt=\"oma.lwm2m\";ct=0";
    struct lwm2m_links l;

    cr_assert(zero(int, lwm2m_links_begin(&l, links, sizeof links - 1)));
    cr_expect(eq(u32, l.formats, lwm2m_format_bit(0)));
}

Test(link, refuses_a_zero_byte)
{
    struct lwm2m_links l;
    static const char links[] = "</3/0>\0,</5/0>";

    cr_expect(eq(str, (char *)dump(links, sizeof links - 1, NULL, &l), "bad"));
}

Test(link, refuses_a_root_that_is_too_long)
{
    struct lwm2m_links l;
    char links[200] = "</";

    memset(links + 2, 'a', 80);
    strcpy(links + 82, ">;rt=\"oma.lwm2m\"");
    cr_expect(eq(str, (char *)dump(links, strlen(links), NULL, &l), "bad"));
}

Test(link, refuses_a_given_root_that_is_too_long)
{
    char root[LWM2M_ROOT_BYTES + 1] = "/";
    struct lwm2m_links l;

    memset(root + 1, 'a', LWM2M_ROOT_BYTES - 1);
    cr_expect(eq(int, lwm2m_links_begin_answer(&l, root, "", 0), -EBADMSG));
    root[LWM2M_ROOT_BYTES - 1] = '\0';
    cr_expect(zero(int, lwm2m_links_begin_answer(&l, root, "", 0)));
}

Test(link, survives_truncation_at_each_length)
{
    struct lwm2m_links l;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t n = 0; n < strlen(cases[i].links); n++)
            dump(cases[i].links, n, NULL, &l);
}

Test(link, gives_the_attributes_of_discover)
{
    static const char answer[] =
        "</l/33629/0>;pmin=10;pmax=\"60\",</l/33629/0/3>,</l/33629/0/8>;dim=4;con";
    struct lwm2m_links l;
    struct lwm2m_link link;
    struct lwm2m_slice v;

    cr_assert(zero(int, lwm2m_links_begin_answer(&l, "/l", answer, sizeof answer - 1)));
    cr_assert(eq(int, lwm2m_links_next(&l, &link), 1));
    cr_expect(lwm2m_path_equal(&link.path, &LWM2M_PATH(33629, 0)));
    cr_assert(lwm2m_link_attribute(&link, "pmax", &v));
    cr_expect(v.len == 2 && memcmp(v.at, "60", 2) == 0);
    cr_expect(not(lwm2m_link_attribute(&link, "pm", &v)));
    cr_assert(eq(int, lwm2m_links_next(&l, &link), 1));
    cr_expect(not(lwm2m_link_attribute(&link, "dim", &v)));
    cr_assert(eq(int, lwm2m_links_next(&l, &link), 1));
    cr_assert(lwm2m_link_attribute(&link, "dim", &v));
    cr_expect(v.len == 1 && *v.at == '4');
    cr_assert(lwm2m_link_attribute(&link, "con", &v));
    cr_expect(eq(sz, v.len, 0));
    cr_expect(eq(int, lwm2m_links_next(&l, &link), 0));
    cr_expect(eq(int, lwm2m_links_next(&l, &link), 0));
}

Test(link, knows_the_versions_that_are_not_written)
{
    static const struct {
        enum lwm2m_version release;
        uint16_t object;
        struct lwm2m_object_version version;
    } rows[] = {
        {LWM2M_1_0, 3, {1, 0}}, {LWM2M_1_0, 5, {1, 0}},  {LWM2M_1_1, 1, {1, 1}},
        {LWM2M_1_1, 3, {1, 1}}, {LWM2M_1_1, 4, {1, 2}},  {LWM2M_1_1, 5, {1, 0}},
        {LWM2M_1_1, 2, {1, 0}}, {LWM2M_1_2, 3, {1, 2}},  {LWM2M_1_2, 4, {1, 3}},
        {LWM2M_1_2, 5, {1, 1}}, {LWM2M_1_2, 21, {2, 0}}, {LWM2M_1_2, 33629, {1, 0}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lwm2m_object_version v =
            lwm2m_object_version(rows[i].release, rows[i].object);
        cr_expect(v.major == rows[i].version.major && v.minor == rows[i].version.minor,
                  "/%u", rows[i].object);
    }
}
