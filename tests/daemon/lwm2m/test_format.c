/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/format.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(format, has_a_bit_of_its_own_for_each)
{
    uint32_t all = 0;

    cr_assert(le(sz, lwm2m_formats_len, 32));
    for (size_t i = 0; i < lwm2m_formats_len; i++) {
        uint32_t bit = lwm2m_format_bit(lwm2m_formats[i].number);
        cr_expect(zero(u32, all & bit), "%s", lwm2m_formats[i].name);
        cr_expect(ne(u32, bit, 0));
        all |= bit;
    }
    cr_expect(zero(u32, lwm2m_format_bit(9999)));
    cr_expect(lwm2m_format_find(9999) == NULL);
}

static void check(enum lwm2m_version version, uint32_t formats,
                  const uint16_t *expected, size_t n)
{
    uint16_t got[LWM2M_ACCEPT_MAX];

    cr_assert(eq(sz, lwm2m_accept_list(version, formats, got), n));
    for (size_t i = 0; i < n; i++)
        cr_expect(eq(int, got[i], expected[i]));
}

Test(format, is_asked_for_by_version_and_list)
{
    uint32_t json = lwm2m_format_bit(110), all = json | lwm2m_format_bit(60) |
                                                 lwm2m_format_bit(112) |
                                                 lwm2m_format_bit(11544);

    check(LWM2M_1_0, 0, (const uint16_t[]){11542}, 1);
    check(LWM2M_1_1, 0, (const uint16_t[]){112, 110, 11542}, 3);
    check(LWM2M_1_2, 0, (const uint16_t[]){112, 110, 11542}, 3);
    check(LWM2M_1_1, json, (const uint16_t[]){110, 11542}, 2);
    check(LWM2M_1_2, all, (const uint16_t[]){112, 11544, 110, 11542}, 4);
}
