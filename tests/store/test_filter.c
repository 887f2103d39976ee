/* SPDX-License-Identifier: Apache-2.0 */
#include "store/filter.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/fixture.h"

static const struct filter_context context = {.version_key = fixture_version_key,
                                              .wall_ms = 10000000};

/* meter-1 of site north, with modem 3.2 and "secure monitor" 1.0. */
static bool matches(const char *text)
{
    struct device_row device = fixture_device(1);
    struct tag_row tags[] = {{"site", "north", false}, {"empty", "", false}};
    struct component_row components[] = {fixture_component("modem", "3.2"),
                                         fixture_component("secure monitor", "1.0"),
                                         fixture_component("firmware.1", "odd")};
    struct filter_subject subject = {&device, tags, 2, components, 3};
    struct filter_error error = {0};
    struct filter *f = NULL;

    snprintf(device.endpoint, sizeof device.endpoint, "meter-1");
    snprintf(device.model, sizeof device.model, "GW-100");
    snprintf(device.hardware, sizeof device.hardware, "2.10");
    device.seen_ms = 9000000;
    components[0].result = 8;
    snprintf(components[0].state, sizeof components[0].state, "downloaded");
    int rc = filter_open(text, &context, &error, &f);
    cr_assert(zero(int, rc), "%s: %s", text, error.text);
    bool hit = filter_match(f, &subject);
    filter_close(f);
    return hit;
}

Test(filter, says_what_its_operators_mean)
{
    static const struct {
        const char *text;
        bool hit;
    } cases[] = {
        {"", true},
        {"  ", true},
        {"endpoint==meter-1", true},
        {"endpoint==meter", false},
        {"endpoint == meter-1 ", true},
        {"endpoint!=meter-1", false},
        {"endpoint==meter*", true},
        {"endpoint==*-1", true},
        {"endpoint==m*r*1", true},
        {"endpoint==*x*", false},
        {"endpoint==*", true},
        {"endpoint!=*x*", true},
        {"endpoint=in=(a,meter-1)", true},
        {"endpoint=in=(a,met*)", true},
        {"endpoint=out=(a,b)", true},
        {"endpoint=out=(a,meter-1)", false},
        {"model==GW-100;tag.site==north", true},
        {"model==GW-100;tag.site==south", false},
        {"model==x,tag.site==north", true},
        {"model==x;tag.site==north,state==registered", true},
        {"model==x;(tag.site==north,state==registered)", false},
        {"((model==GW-100))", true},
        {"tag.site!=north", false},
        {"tag.none!=north", true},
        {"tag.none==*", false},
        {"tag.empty==''", true},
        {"tag.empty==*", true},
        {"model=='GW-100'", true},
        {"model==\"GW\\-100\"", false},
        {"component.modem.version==3.2", true},
        {"component.modem.version==3.2.0", true},
        {"component.modem.version!=3.2.0", false},
        {"component.modem.version==3.*", true},
        {"component.modem.version=lt=3.10", true},
        {"component.modem.version<3.10", true},
        {"component.modem.version=ge=3.2", true},
        {"component.modem.version>=3.2", true},
        {"component.modem.version=gt=3.2", false},
        {"component.modem.version>3.1.9", true},
        {"component.modem.version=le=3.1", false},
        {"component.modem.state==downloaded", true},
        {"component.modem.result==8", true},
        {"component.modem.result=ge=9", false},
        {"component.modem.result=in=(1,8)", true},
        {"component.none.result!=8", true},
        {"component.none.version=lt=9", false},
        {"component.\"secure monitor\".version==1.0", true},
        {"component.firmware.1.version==odd", true},
        {"component.firmware.1.version=lt=9", false},
        {"hardware=gt=2.9", true},
        {"hardware==2.10", true},
        {"firmware=lt=9", false}, /* none has no order */
        {"seen_at=lt=1970-01-01T02:30:01Z", true},
        {"seen_at=gt=1970-01-01T02:30:00.000Z", false},
        {"seen_at=ge=1970-01-01T02:30:00.000Z", true},
        {"seen_at==1970-01-01T03:30:00+01:00", true},
        {"seen_at=gt=-17m", true},
        {"seen_at=gt=-16m", false},
        {"seen_at=lt=2026-11-22", true},
        {"registered_at=lt=-1h", true},
        {"location==loc1", true},
        {"lwm2m==1.1;binding==U", true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(int, matches(cases[i].text), cases[i].hit), "%s", cases[i].text);
}

Test(filter, names_the_position_of_an_error)
{
    static const struct {
        const char *text;
        size_t position;
        const char *says;
    } cases[] = {
        {"modle==x", 1, "unknown field 'modle' at position 1; did you mean 'model'?"},
        {"model==x;serail==y", 10, "did you mean 'serial'?"},
        {"xyzzyx==1", 1, "unknown field 'xyzzyx' at position 1"},
        {"tag==1", 1, "did you mean 'tag.NAME'?"},
        {"tag.==1", 1, "did you mean"},
        {"component.modem==1", 1, "did you mean 'component.NAME.version'?"},
        {"component..version==1", 1, "unknown field"},
        {"model", 6, "operator is missing at position 6"},
        {"model=x", 6, "operator is missing"},
        {"model=like=x", 6, "operator is missing"},
        {"model==", 8, "a value is missing at position 8"},
        {"model==x;", 10, "a field is missing at position 10"},
        {";model==x", 1, "a field is missing"},
        {"model==x)", 9, "unexpected ')' at position 9"},
        {"(model==x", 10, "the parenthesis at position 1 is not closed"},
        {"model==\"x", 8, "the quote at position 8 is not closed"},
        {"model=in=x", 10, "a list in parentheses is missing"},
        {"model=in=(x", 12, "the list is not closed"},
        {"model=in=()", 11, "a value is missing"},
        {"model=lt=x", 6, "'model' has no order"},
        {"tag.a=ge=1", 6, "has no order"},
        {"component.a.state>x", 18, "has no order"},
        {"component.a.version=lt=abc", 24, "no version that has an order"},
        {"component.a.version=lt=1.*", 24, "no version that has an order"},
        {"component.a.result==x", 21, "is no number"},
        {"component.a.result==99999999999999999999", 21, "is no number"},
        {"seen_at=lt=yesterday", 12, "is no time"},
        {"seen_at=lt=2026-13-01", 12, "is no time"},
        {"seen_at=lt=2026-12-01T25:00:00Z", 12, "is no time"},
        {"seen_at=lt=2026-12-01T00:00:00", 12, "is no time"},
        {"seen_at=lt=-5x", 12, "is no time"},
        {"seen_at=lt=-", 12, "is no time"},
        {"model==a b", 10, "unexpected 'b'"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter_error error = {0};
        struct filter *f = NULL;
        cr_assert(eq(int, filter_open(cases[i].text, &context, &error, &f), -EINVAL),
                  "%s", cases[i].text);
        cr_expect(eq(sz, error.position, cases[i].position), "%s: %s", cases[i].text,
                  error.text);
        cr_expect(ne(ptr, strstr(error.text, cases[i].says), NULL), "%s: %s",
                  cases[i].text, error.text);
    }
}

static int open_repeated(const char *first, const char *more, int times)
{
    static char text[8 * STORE_QUERY_MAX];
    struct filter *f = NULL;

    strcpy(text, first);
    for (int i = 0; i < times; i++)
        strcat(text, more);
    int rc = filter_open(text, &context, NULL, &f);
    if (rc == 0)
        filter_close(f);
    return rc;
}

Test(filter, has_bounds)
{
    cr_expect(zero(int, open_repeated("lwm2m==1", ",lwm2m==1", FILTER_TERMS_MAX - 1)));
    cr_expect(
        eq(int, open_repeated("lwm2m==1", ",lwm2m==1", FILTER_TERMS_MAX), -EINVAL));
    cr_expect(eq(int, open_repeated("lwm2m=in=(1", ",1", FILTER_VALUES_MAX), -EINVAL));
    cr_expect(eq(int, open_repeated("model==", "x", STORE_QUERY_MAX), -EINVAL));
    cr_expect(zero(int, open_repeated("model==", "x", STORE_QUERY_MAX - 7)));
    cr_expect(zero(int, open_repeated("lwm2m=in=(1", ",1", 0) == 0));
}

static int open_nested(int depth, int times)
{
    static char text[4 * STORE_QUERY_MAX];
    struct filter *f = NULL;

    text[0] = '\0';
    for (int i = 0; i < times; i++) {
        strcat(text, i > 0 ? "," : "");
        for (int d = 0; d < depth; d++)
            strcat(text, "(");
        strcat(text, "lwm2m==1");
        for (int d = 0; d < depth; d++)
            strcat(text, ")");
    }
    int rc = filter_open(text, &context, NULL, &f);
    if (rc == 0)
        filter_close(f);
    return rc;
}

Test(filter, has_a_bound_on_depth_but_not_on_groups)
{
    cr_expect(zero(int, open_nested(FILTER_DEPTH_MAX, 1)));
    cr_expect(eq(int, open_nested(FILTER_DEPTH_MAX + 1, 1), -EINVAL));
    cr_expect(zero(int, open_nested(2, FILTER_DEPTH_MAX + 1)));
}

Test(filter, stops_at_every_truncation_without_harm)
{
    static const char whole[] =
        "(model=='GW*';component.\"a b\".version=lt=3.2),tag.x=out=(a,\"b\\\"\");"
        "seen_at=gt=2026-11-22T04:00:00.5+01:00";
    char text[sizeof whole];
    struct filter *f = NULL;

    cr_assert(zero(int, filter_open(whole, &context, NULL, &f)));
    filter_close(f);
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        memcpy(text, whole, len);
        text[len] = '\0';
        f = NULL;
        if (filter_open(text, &context, NULL, &f) == 0)
            filter_close(f);
        else
            cr_expect(eq(ptr, f, NULL));
    }
}
