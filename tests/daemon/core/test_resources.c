/* SPDX-License-Identifier: Apache-2.0 */
/* Values that people write, and what devices answer, as JSON. */
#include "daemon/resources.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/text.h"
#include "daemon/coap/code.h"
#include "daemon/lwm2m/format.h"

static const struct config_objects afu = {.id = {33629}, .count = 1};

static struct resource_ask write_to(uint16_t object, uint16_t resource)
{
    return (struct resource_ask){
        .method = RESOURCE_WRITE, .depth = 3, .path = {object, 0, resource}};
}

Test(resources, take_the_type_they_are_known_to_have)
{
    static const struct {
        const char *name;
        uint16_t object, resource;
        enum resource_type type;
        int form;
        double number;
        const char *text;
        enum lwm2m_kind kind; /* LWM2M_SKIPPED: it is refused */
    } cases[] = {
        {"known integer", 1, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, 60, "", LWM2M_INT},
        {"text for it", 1, 1, RESOURCE_ANY, RESOURCE_IS_TEXT, 0, "60", LWM2M_SKIPPED},
        {"fraction for it", 1, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, 0.5, "",
         LWM2M_SKIPPED},
        {"bool for it", 1, 1, RESOURCE_ANY, RESOURCE_IS_BOOL, 0, "", LWM2M_SKIPPED},
        {"known bool", 1, 6, RESOURCE_ANY, RESOURCE_IS_BOOL, 0, "", LWM2M_BOOL},
        {"known string", 3, 14, RESOURCE_ANY, RESOURCE_IS_TEXT, 0, "+01:00",
         LWM2M_STRING},
        {"number for it", 3, 14, RESOURCE_ANY, RESOURCE_IS_NUMBER, 1, "",
         LWM2M_SKIPPED},
        {"time", 3, 13, RESOURCE_ANY, RESOURCE_IS_TEXT, 0, "2026-01-01T00:00:00Z",
         LWM2M_TIME},
        {"time as number", 3, 13, RESOURCE_ANY, RESOURCE_IS_NUMBER, 1e9, "",
         LWM2M_TIME},
        {"no time", 3, 13, RESOURCE_ANY, RESOURCE_IS_TEXT, 0, "now", LWM2M_SKIPPED},
        {"unknown number", 999, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, 7, "", LWM2M_INT},
        {"unknown fraction", 999, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, 7.5, "",
         LWM2M_FLOAT},
        {"unknown text", 999, 1, RESOURCE_ANY, RESOURCE_IS_TEXT, 0, "x", LWM2M_STRING},
        {"declared", 999, 1, RESOURCE_UNSIGNED, RESOURCE_IS_NUMBER, 7, "", LWM2M_UINT},
        {"negative", 999, 1, RESOURCE_UNSIGNED, RESOURCE_IS_NUMBER, -7, "",
         LWM2M_SKIPPED},
        {"opaque", 999, 1, RESOURCE_OPAQUE, RESOURCE_IS_TEXT, 0, "AAEC", LWM2M_OPAQUE},
        {"no Base64", 999, 1, RESOURCE_OPAQUE, RESOURCE_IS_TEXT, 0, "A", LWM2M_SKIPPED},
        {"largest exact", 999, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, 0x1p53, "",
         LWM2M_INT},
        {"not exact", 999, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, 0x1p54, "",
         LWM2M_SKIPPED},
        {"far below", 999, 1, RESOURCE_ANY, RESOURCE_IS_NUMBER, -1e300, "",
         LWM2M_SKIPPED},
        {"too large unsigned", 999, 1, RESOURCE_UNSIGNED, RESOURCE_IS_NUMBER, 1e300, "",
         LWM2M_SKIPPED},
        {"large float", 999, 1, RESOURCE_FLOAT, RESOURCE_IS_NUMBER, 1e300, "",
         LWM2M_FLOAT},
        {"link", 999, 1, RESOURCE_OBJLNK, RESOURCE_IS_TEXT, 0, "3:0", LWM2M_OBJLNK},
        {"no link", 999, 1, RESOURCE_OBJLNK, RESOURCE_IS_TEXT, 0, "3:0x",
         LWM2M_SKIPPED},
        {"link too far", 999, 1, RESOURCE_OBJLNK, RESOURCE_IS_TEXT, 0, "3:70000",
         LWM2M_SKIPPED},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct resource_ask ask = write_to(cases[i].object, cases[i].resource);
        uint8_t scratch[LINKS_ASK_BYTES];
        struct links_ask out = {0};
        ask.type = cases[i].type;
        ask.form = cases[i].form;
        ask.number = cases[i].number;
        strcpy(ask.text, cases[i].text);
        const char *why = resource_request(&ask, &afu, scratch, &out);
        cr_expect(eq(int, why != NULL, cases[i].kind == LWM2M_SKIPPED), "%s",
                  cases[i].name);
        cr_expect(why != NULL || out.value.kind == cases[i].kind, "%s", cases[i].name);
        cr_expect(eq(int, out.method, COAP_PUT));
    }
}

static char *answer_of(const struct resource_ask *ask, uint16_t format,
                       const void *bytes, size_t len, int expected)
{
    static struct text out;
    struct link_report report = {.outcome.code = COAP_205_CONTENT,
                                 .answer = {"", format, bytes, len}};

    text_clear(&out);
    cr_assert(eq(int, resource_answer(ask, &report, &afu, &out), expected));
    return out.at;
}

Test(resources, are_shown_with_types_and_paths)
{
    static const char senml[] =
        "[{\"bn\":\"/3/0/\",\"n\":\"0\",\"vs\":\"Ex\\\"ample\"},{\"n\":\"9\",\"v\":77},"
        "{\"n\":\"13\",\"v\":1e9},{\"n\":\"22\",\"vlo\":\"1:2\"},"
        "{\"n\":\"99\",\"vd\":\"AAECAw\"},{\"n\":\"98\",\"vb\":true}]";
    struct resource_ask ask = {.method = RESOURCE_READ, .depth = 2, .path = {3, 0}};

    cr_expect(eq(str, answer_of(&ask, LWM2M_CT_SENML_JSON, senml, sizeof senml - 1, 0),
                 "{\"path\":\"/3/0\",\"coap_code\":\"2.05\",\"values\":["
                 "{\"path\":\"/3/0/0\",\"type\":\"string\",\"value\":\"Ex\\\"ample\"},"
                 "{\"path\":\"/3/0/9\",\"type\":\"integer\",\"value\":77},"
                 "{\"path\":\"/3/0/"
                 "13\",\"type\":\"time\",\"value\":\"2001-09-09T01:46:40.000Z\"},"
                 "{\"path\":\"/3/0/22\",\"type\":\"objlnk\",\"value\":\"1:2\"},"
                 "{\"path\":\"/3/0/99\",\"type\":\"opaque\",\"value\":\"AAECAw==\"},"
                 "{\"path\":\"/3/0/98\",\"type\":\"boolean\",\"value\":true}]}"));
    ask = (struct resource_ask){.method = RESOURCE_READ, .depth = 3, .path = {3, 0, 9}};
    cr_expect(eq(str, answer_of(&ask, LWM2M_CT_TEXT, "55", 2, 0),
                 "{\"path\":\"/3/0/9\",\"coap_code\":\"2.05\",\"values\":[{\"path\":"
                 "\"/3/0/9\",\"type\":\"integer\",\"value\":55}]}"));
    (void)answer_of(&ask, LWM2M_CT_SENML_JSON, "[{", 2, -EBADMSG);
    (void)answer_of(&ask, 9999, "", 0, -EBADMSG);
}
