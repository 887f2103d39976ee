/* SPDX-License-Identifier: Apache-2.0 */
/* test_profile.c - reading profiles, choosing one, and what it says. */
#include "campaigns/profile.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static const char full[] =
    "{\"name\": \"gw\", \"manufacturer\": \"Example\", \"model\": [\"GW-100\", "
    "\"GW-11*\"],"
    " \"version\": \">=2\", \"components\": [{\"name\": \"modem\", \"role\": \"modem\","
    " \"object\": 5, \"instance\": 1, \"processor\": \"nrf91\", \"slots\": [\"a\", "
    "\"b\"],"
    " \"formats\": [\"raw\"], \"updating_max_s\": 7200}, {\"name\": \"app\"}],"
    " \"updating_max_s\": 900, \"block_bytes\": 512,"
    " \"quirks\": [\"push-only\", \"keeps-version\"],"
    " \"end_of_support\": \"2030-01-31\", \"notes\": \"x\"}";

Test(profile, is_read_with_every_key)
{
    struct profile p;
    struct profile_error why;

    cr_assert(zero(int, profile_parse(full, &p, &why)), "%s %s", why.path, why.detail);
    cr_expect(eq(int, p.component_count, 2));
    cr_expect(eq(int, p.components[0].role, ROLE_MODEM));
    cr_expect(eq(int, p.components[0].slots.count, 2));
    cr_expect(eq(int, p.block_bytes, 512));
    cr_expect(eq(u32, p.quirks, QUIRK_PUSH_ONLY | QUIRK_KEEPS_VERSION));
    cr_expect(eq(str, (char *)profile_rename(&p, 5, 1), "modem"));
    cr_expect(eq(ptr, (void *)profile_rename(&p, 5, 0), NULL));
    cr_expect(eq(ptr, (void *)profile_rename(NULL, 5, 0), NULL));
    cr_expect(eq(i64, profile_updating_ms(&p, "modem", 1), 7200000));
    cr_expect(eq(i64, profile_updating_ms(&p, "app", 1), 900000));
    cr_expect(eq(i64, profile_updating_ms(NULL, "app", 1), 1));
}

Test(profile, says_what_is_wrong_and_where)
{
    static const struct {
        const char *json, *path;
    } rows[] = {
        {"", "$"},
        {"{}", "$"},
        {"{\"name\": 1}", "$.name"},
        {"{\"name\": \"\"}", "$.name"},
        {"{\"name\": \"a\\nid: 1\"}", "$.name"},
        {"{\"name\": \"a\", \"colour\": 1}", "$.colour"},
        {"{\"name\": \"a\", \"version\": \">=abc\"}", "$.version"},
        {"{\"name\": \"a\", \"block_bytes\": 100}", "$.block_bytes"},
        {"{\"name\": \"a\", \"quirks\": [\"loud\"]}", "$.quirks"},
        {"{\"name\": \"a\", \"end_of_support\": \"soon\"}", "$.end_of_support"},
        {"{\"name\": \"a\", \"components\": [{\"name\": \"b\", \"role\": \"x\"}]}",
         "$.components[0].role"},
        {"{\"name\": \"a\", \"components\": [{\"name\": \"b\", \"object\": 5}]}",
         "$.components[0]"},
        {"{\"name\": \"a\", \"components\": [{\"name\": \"b\", \"slot_bytes\": 0}]}",
         "$.components[0].slot_bytes"},
        {"{\"name\": \"a\", \"components\": [{}]}", "$.components[0]"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct profile p;
        struct profile_error why = {0};
        cr_expect(eq(int, profile_parse(rows[i].json, &p, &why), PROFILE_E_INVALID),
                  "%s", rows[i].json);
        cr_expect(eq(str, why.path, (char *)rows[i].path), "%s", rows[i].json);
    }
}

static struct profile of(const char *manufacturer, const char *model,
                         const char *version)
{
    struct profile p = {.name = "x", .model_count = *model != '\0'};

    snprintf(p.manufacturer, sizeof p.manufacturer, "%s", manufacturer);
    snprintf(p.models[0], sizeof p.models[0], "%s", model);
    snprintf(p.version, sizeof p.version, "%s", version);
    return p;
}

Test(profile, that_says_most_is_chosen)
{
    struct profile any = of("*", "", ""), maker = of("Example", "", ""),
                   pattern = of("Example", "GW-*", ""),
                   exact = of("Example", "GW-1", ""),
                   newer = of("Example", "GW-1", ">=3");
    const struct profile *all[] = {&any, &maker, &pattern, &exact, &newer};
    struct inventory id = {
        .manufacturer = "Example", .model = "GW-1", .firmware = "2.0"};

    cr_expect(eq(ptr, (void *)profile_choose(all, 5, &id), &exact));
    strcpy(id.firmware, "3.1");
    cr_expect(eq(ptr, (void *)profile_choose(all, 5, &id), &newer));
    strcpy(id.model, "GW-2");
    cr_expect(eq(ptr, (void *)profile_choose(all, 5, &id), &pattern));
    strcpy(id.manufacturer, "Else");
    cr_expect(eq(ptr, (void *)profile_choose(all, 5, &id), &any));
    cr_expect(eq(ptr, (void *)profile_choose(all + 1, 4, &id), NULL));
}
