/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/registration.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { PARAMS = 8 };

/* Splits "ep=a&lt=60" for convenience; each piece would be one Uri-Query option. */
static size_t split(const char *query, struct lwm2m_slice params[PARAMS])
{
    size_t n = 0;

    while (*query) {
        size_t len = strcspn(query, "&");
        params[n++] = (struct lwm2m_slice){query, len};
        query += len + (query[len] == '&');
    }
    return n;
}

static int reg(const char *query, struct lwm2m_registration *out, const char **why)
{
    struct lwm2m_slice params[PARAMS];
    size_t n = split(query, params);

    return lwm2m_register_parse((struct lwm2m_query){params, n}, 10, out, why);
}

static int upd(const char *query, struct lwm2m_registration *out, const char **why)
{
    struct lwm2m_slice params[PARAMS];
    size_t n = split(query, params);

    return lwm2m_update_parse((struct lwm2m_query){params, n}, out, why);
}

Test(registration, reads_what_clients_send)
{
    static const struct {
        const char *query, *endpoint;
        uint32_t lifetime_s;
        enum lwm2m_version version;
        const char *binding;
        bool is_queue_mode;
    } cases[] = {
        {"ep=urn:dev:os:1&lt=60&lwm2m=1.1", "urn:dev:os:1", 60, LWM2M_1_1, "U", false},
        {"ep=a&lt=86400&lwm2m=1.2&b=U&Q", "a", 86400, LWM2M_1_2, "U", true},
        {"lwm2m=1.0&ep=a&b=UQS", "a", 86400, LWM2M_1_0, "US", true},
        {"ep=a", "a", 86400, LWM2M_1_0, "U", false},
        {"ep=a&lt=0&lwm2m=1.1&b=UTSN", "a", 0, LWM2M_1_1, "UTSN", false},
        {"ep=a=b&lt=1&lwm2m=1.2&b=MH&foo=1&bar", "a=b", 1, LWM2M_1_2, "MH", false},
        {"lt=60&lwm2m=1.1", "", 60, LWM2M_1_1, "U", false},
        {"ep=\xc3\xa9&lt=4294967295&lwm2m=1.2", "\xc3\xa9", 4294967295U, LWM2M_1_2, "U",
         false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lwm2m_registration r;
        const char *why = "";
        cr_assert(zero(int, reg(cases[i].query, &r, &why)), "%s: %s", cases[i].query,
                  why);
        cr_expect(eq(str, r.endpoint, (char *)cases[i].endpoint));
        cr_expect(eq(u32, r.lifetime_s, cases[i].lifetime_s));
        cr_expect(eq(int, r.version, cases[i].version));
        cr_expect(eq(str, r.binding, (char *)cases[i].binding));
        cr_expect(eq(int, r.is_queue_mode, cases[i].is_queue_mode));
    }
}

Test(registration, refuses_with_the_right_code)
{
    static const struct {
        const char *query;
        int code;
    } cases[] = {
        {"", LWM2M_E_BAD_REQUEST}, /* 1.0 needs ep */
        {"lt=60", LWM2M_E_BAD_REQUEST},
        {"ep=a&lwm2m=1.1", LWM2M_E_BAD_REQUEST}, /* 1.1 needs lt */
        {"ep=&lt=60", LWM2M_E_BAD_REQUEST},
        {"ep&lt=60", LWM2M_E_BAD_REQUEST},
        {"ep=a\x01&lt=60", LWM2M_E_BAD_REQUEST},
        {"ep=\xff&lt=60", LWM2M_E_BAD_REQUEST},
        {"ep=a&ep=b&lt=60", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=-1", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=6x", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=4294967296", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=99999999999999999999999", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=1", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=1.", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=.1", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=1.1.1", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=x.y", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&lwm2m=2.0", LWM2M_E_VERSION},
        {"ep=a&lt=60&lwm2m=1.3", LWM2M_E_VERSION},
        {"ep=a&lt=60&lwm2m=1.10", LWM2M_E_VERSION},
        {"ep=a&lt=60&b=X", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&b=", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&b=Q", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&b=UUUUUUUUUU", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&Q=1", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&sms=+49", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&sms=12345678901234567", LWM2M_E_BAD_REQUEST},
        {"ep=a&lt=60&pid=", LWM2M_E_BAD_REQUEST},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lwm2m_registration r = {.lifetime_s = 7};
        const char *why = NULL;
        cr_expect(eq(int, reg(cases[i].query, &r, &why), cases[i].code), "%s",
                  cases[i].query);
        cr_expect(why != NULL && *why, "%s", cases[i].query);
        cr_expect(eq(u32, r.lifetime_s, 7), "%s wrote a result", cases[i].query);
    }
}

Test(registration, limits_the_endpoint_to_128_bytes)
{
    char query[200] = "ep=";
    struct lwm2m_registration r;
    const char *why;

    memset(query + 3, 'x', 128);
    cr_expect(zero(int, reg(query, &r, &why)));
    cr_expect(eq(sz, strlen(r.endpoint), 128));
    query[131] = 'x';
    cr_expect(eq(int, reg(query, &r, &why), LWM2M_E_BAD_REQUEST));
}

Test(registration, needs_a_list_of_objects)
{
    struct lwm2m_slice params[PARAMS];
    struct lwm2m_registration r;
    const char *why;
    size_t n = split("ep=a&lt=60&lwm2m=1.2&pid=p1", params);

    cr_expect(eq(int,
                 lwm2m_register_parse((struct lwm2m_query){params, n}, 0, &r, &why),
                 LWM2M_E_CONFLICT));
    cr_expect(eq(int,
                 lwm2m_register_parse((struct lwm2m_query){params, 3}, 0, &r, &why),
                 LWM2M_E_CONFLICT));
    cr_expect(
        zero(int, lwm2m_register_parse((struct lwm2m_query){params, n}, 5, &r, &why)));
    cr_expect(
        eq(u32, r.has, LWM2M_HAS_EP | LWM2M_HAS_LT | LWM2M_HAS_LWM2M | LWM2M_HAS_PID));
}

Test(registration, reads_only_what_an_update_says)
{
    struct lwm2m_registration r;
    const char *why;

    cr_assert(zero(int, upd("", &r, &why)));
    cr_expect(zero(u32, r.has));
    cr_assert(zero(int, upd("lt=120&b=UQ&sms=4912345&x=1", &r, &why)));
    cr_expect(eq(u32, r.has, LWM2M_HAS_LT | LWM2M_HAS_B | LWM2M_HAS_SMS));
    cr_expect(eq(u32, r.lifetime_s, 120));
    cr_expect(eq(str, r.binding, "U"));
    cr_expect(r.is_queue_mode);
    cr_expect(eq(str, r.sms, "4912345"));
}

Test(registration, refuses_what_does_not_belong_in_an_update)
{
    static const char *const queries[] = {"ep=a", "lwm2m=1.1", "lt=x", "lt=1&lt=1",
                                          "b=9"};
    struct lwm2m_registration r;
    const char *why;

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        cr_expect(eq(int, upd(queries[i], &r, &why), LWM2M_E_BAD_REQUEST), "%s",
                  queries[i]);
}
