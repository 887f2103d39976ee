/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/path.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static int parse(const char *root, const char *text, struct lwm2m_path *p)
{
    return lwm2m_path_parse(root, text, strlen(text), p);
}

Test(path, is_printed_as_it_is_read)
{
    static const char *const texts[] = {"/",
                                        "/3",
                                        "/33629/0",
                                        "/33629/0/15",
                                        "/33629/0/15/2",
                                        "/65534/65534/65534/65534"};
    char text[LWM2M_PATH_TEXT_BYTES];
    struct lwm2m_path p;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert(zero(int, parse(NULL, texts[i], &p)), "%s", texts[i]);
        cr_expect(eq(int, p.depth, i < 4 ? (int)i : 4));
        cr_expect(eq(str, (char *)lwm2m_path_print(&p, text), (char *)texts[i]));
    }
}

Test(path, may_end_with_one_slash)
{
    struct lwm2m_path p;

    cr_assert(zero(int, parse(NULL, "/33629/1/", &p)));
    cr_expect(lwm2m_path_equal(&p, &LWM2M_PATH(33629, 1)));
}

Test(path, refuses_what_is_none)
{
    static const char *const texts[] = {
        "",     "3",      "//",         "/3//0", "/a",
        "/3/a", "/65535", "/3/0/0/0/0", "/-1",   "/ 3",
        "/3 ",  "/3/0x",  "/3.0",       "3/0",   "/99999999999999999999",
        "/3//", "///3"};
    struct lwm2m_path p;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(lt(int, parse(NULL, texts[i], &p), 0), "%s", texts[i]);
}

Test(path, is_read_below_an_alternate_root)
{
    struct lwm2m_path p;

    cr_assert(zero(int, parse("/lwm2m", "/lwm2m/33629/0", &p)));
    cr_expect(lwm2m_path_equal(&p, &LWM2M_PATH(33629, 0)));
    cr_assert(zero(int, parse("/lwm2m", "/lwm2m", &p)));
    cr_expect(eq(int, p.depth, 0));
    cr_expect(lt(int, parse("/lwm2m", "/33629/0", &p), 0));
    cr_expect(lt(int, parse("/lwm2m", "/lwm2mx/1", &p), 0));
    cr_expect(lt(int, parse("/lwm2m", "/lwm", &p), 0));
}

Test(path, knows_what_is_below_it)
{
    cr_expect(lwm2m_path_is_under(&LWM2M_PATH(5, 0, 3), &LWM2M_PATH(5)));
    cr_expect(lwm2m_path_is_under(&LWM2M_PATH(5, 0), &LWM2M_PATH(5, 0)));
    cr_expect(lwm2m_path_is_under(&LWM2M_PATH(5, 0), &(struct lwm2m_path){0}));
    cr_expect(not(lwm2m_path_is_under(&LWM2M_PATH(5), &LWM2M_PATH(5, 0))));
    cr_expect(not(lwm2m_path_is_under(&LWM2M_PATH(5, 1, 3), &LWM2M_PATH(5, 0))));
    cr_expect(not(lwm2m_path_equal(&LWM2M_PATH(5, 0), &LWM2M_PATH(5))));
}
