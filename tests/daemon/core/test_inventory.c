/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/inventory.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "campaigns/profile.h"

static const uint16_t afu_ids[] = {33629};
static const struct lwm2m_afu_objects afu = {afu_ids, 1};
static struct object_list objects;
static struct inventory inv;
static struct absorber absorber;

static void begin(void)
{
    memset(&inv, 0, sizeof inv);
    memset(&objects, 0, sizeof objects);
    absorber = (struct absorber){.inv = &inv, .afu = &afu, .may_add = true};
}

TestSuite(inventory, .init = begin);

static void take(struct lwm2m_path path, struct lwm2m_value value)
{
    inventory_absorb(&absorber, &(struct lwm2m_record){.path = path, .value = value});
}

static void take_afu(uint16_t instance, const char *name, const char *version)
{
    take(LWM2M_PATH(33629, instance, 3), lwm2m_int(0));
    take(LWM2M_PATH(33629, instance, 5), lwm2m_int(0));
    take(LWM2M_PATH(33629, instance, 9), lwm2m_int(2));
    take(LWM2M_PATH(33629, instance, 14), lwm2m_text(name));
    take(LWM2M_PATH(33629, instance, 15), lwm2m_text(version));
}

Test(inventory, is_filled_from_object_33629)
{
    take(LWM2M_PATH(3, 0, 0), lwm2m_text("Example"));
    take(LWM2M_PATH(3, 0, 18), lwm2m_text("2"));
    take_afu(1, "radio", "7.1");
    take_afu(0, "application", "0.9.4");
    take(LWM2M_PATH(33629, 0, 16, 1), lwm2m_link(33629, 1));
    inventory_complete(&inv, &objects, NULL);
    cr_assert(eq(int, inv.problem, INVENTORY_OK));
    cr_assert(eq(int, inv.count, 2));
    cr_expect(eq(str, inv.manufacturer, "Example"));
    cr_expect(eq(str, inv.hardware, "2"));
    cr_expect(eq(str, inv.components[0].name, "application"), "sorted by name");
    cr_expect(eq(u32, inv.components[0].linked, 1u << 1));
    cr_expect(eq(str, inv.components[1].version, "7.1"));
}

Test(inventory, takes_a_list_of_links_anew_in_each_payload)
{
    take_afu(0, "application", "1");
    take(LWM2M_PATH(33629, 0, 17, 1), lwm2m_link(33629, 1));
    take(LWM2M_PATH(33629, 0, 17, 2), lwm2m_link(33629, 2));
    cr_expect(eq(u32, inv.components[0].conflicting, 6));
    absorber = (struct absorber){.inv = &inv, .afu = &afu};
    take(LWM2M_PATH(33629, 0, 17, 3), lwm2m_link(33629, 3));
    cr_expect(eq(u32, inv.components[0].conflicting, 8));
    cr_expect(absorber.has_changed);
}

Test(inventory, knows_whether_a_notification_says_something_new)
{
    take_afu(0, "application", "1");
    take_afu(1, "radio", "1");
    absorber = (struct absorber){.inv = &inv, .afu = &afu};
    take(LWM2M_PATH(33629, 1, 3), lwm2m_int(0));
    cr_expect(not(absorber.has_changed));
    take(LWM2M_PATH(33629, 1, 3), lwm2m_int(2));
    cr_expect(absorber.has_changed);
    cr_expect(eq(u32, absorber.changed, 2));
}

Test(inventory, adds_no_component_from_a_notification)
{
    absorber.may_add = false;
    take(LWM2M_PATH(33629, 4, 3), lwm2m_int(2));
    cr_expect(eq(int, inv.count, 0));
}

Test(inventory, names_object_5_itself)
{
    take(LWM2M_PATH(3, 0, 3), lwm2m_text("2.1"));
    take(LWM2M_PATH(5, 0, 3), lwm2m_int(0));
    take(LWM2M_PATH(5, 2, 3), lwm2m_int(0));
    take(LWM2M_PATH(5, 2, 7), lwm2m_text("9"));
    inventory_complete(&inv, &objects, NULL);
    cr_assert(eq(int, inv.count, 2));
    cr_expect(eq(str, inv.components[0].name, "firmware"));
    cr_expect(eq(str, inv.components[0].version, "2.1"));
    cr_expect(eq(str, inv.components[1].name, "firmware.2"));
    cr_expect(eq(str, inv.components[1].version, "9"));
}

/* device-behaviour.md, /5: PkgVersion tells of the package while there is one. */
Test(inventory, keeps_the_version_of_5_n_while_a_package_is_there)
{
    struct inventory before;

    take(LWM2M_PATH(5, 1, 3), lwm2m_int(0));
    take(LWM2M_PATH(5, 1, 7), lwm2m_text("1.0"));
    inventory_keep_versions(&inv, NULL);
    cr_expect(eq(str, inv.components[0].version, "1.0"));
    before = inv;
    take(LWM2M_PATH(5, 1, 7), lwm2m_text("2.0"));
    take(LWM2M_PATH(5, 1, 3), lwm2m_int(2));
    inventory_keep_versions(&inv, &before);
    cr_expect(eq(str, inv.components[0].version, "1.0"));
    absorber.may_add = false;
    take(LWM2M_PATH(5, 1, 7), lwm2m_text("2.0"));
    cr_expect(eq(str, inv.components[0].version, "1.0"));
    inventory_keep_versions(&inv, NULL);
    cr_expect(eq(str, inv.components[0].version, ""));
}

Test(inventory, takes_nothing_beside_what_was_asked_for)
{
    static const char text[] =
        "[{\"n\":\"/5/0/3\",\"v\":0},{\"n\":\"/33629/0/3\",\"v\":1}]";
    struct lwm2m_path asked = LWM2M_PATH(33629);

    cr_assert(zero(
        int, inventory_absorb_payload(&absorber, &asked, 110, text, sizeof text - 1)));
    cr_assert(eq(int, inv.count, 1));
    cr_expect(eq(int, inv.components[0].object_id, 33629));
}

Test(inventory, lets_a_profile_rename_instances)
{
    static struct profile profile;
    struct profile_error why;

    cr_assert(zero(int, profile_parse("{\"name\":\"p\",\"manufacturer\":\"*\","
                                      "\"components\":[{\"name\":\"modem\","
                                      "\"object\":5,\"instance\":1}]}",
                                      &profile, &why)),
              "%s: %s", why.path, why.detail);
    take(LWM2M_PATH(5, 0, 3), lwm2m_int(0));
    take(LWM2M_PATH(5, 1, 3), lwm2m_int(0));
    inventory_complete(&inv, &objects, &profile);
    cr_expect(inventory_find(&inv, "modem") != NULL);
    cr_expect(inventory_find(&inv, "firmware") != NULL);
}

Test(inventory, sees_automatic_upgrade_of_object_5)
{
    take(LWM2M_PATH(5, 0, 3), lwm2m_int(0));
    take(LWM2M_PATH(5, 0, 14), lwm2m_bool(true));
    cr_expect(eq(int, inv.components[0].has, COMPONENT_HAS_AUTO | COMPONENT_AUTO_ON));
    take(LWM2M_PATH(5, 0, 14), lwm2m_bool(false));
    cr_expect(eq(int, inv.components[0].has, COMPONENT_HAS_AUTO));
}

static const char *problem(void)
{
    inventory_complete(&inv, &objects, NULL);
    return inventory_problem_name((enum inventory_problem)inv.problem);
}

Test(inventory, says_that_there_is_nothing_to_update)
{
    cr_expect(eq(str, (char *)problem(), "no-components"));
}

Test(inventory, says_that_two_have_one_name)
{
    take_afu(0, "application", "1");
    take_afu(1, "application", "1");
    cr_expect(eq(str, (char *)problem(), "duplicate-component"));
}

Test(inventory, says_that_a_name_is_too_long)
{
    char name[65];

    memset(name, 'x', 64);
    name[64] = '\0';
    take_afu(0, name, "1");
    cr_expect(eq(str, (char *)problem(), "inventory-too-large"));
}

Test(inventory, says_that_there_are_too_many)
{
    for (uint16_t i = 0; i < 33; i++)
        take(LWM2M_PATH(33629, i, 3), lwm2m_int(0));
    cr_expect(eq(str, (char *)problem(), "inventory-too-large"));
}

Test(inventory, says_that_a_component_has_no_name_or_no_state)
{
    take(LWM2M_PATH(33629, 0, 3), lwm2m_int(0));
    cr_expect(eq(str, (char *)problem(), "inventory-unreadable"));
}

Test(inventory, ignores_what_it_has_no_place_for)
{
    take_afu(0, "application", "1");
    take(LWM2M_PATH(33629, 0, 8, 0), lwm2m_int(200));
    take(LWM2M_PATH(33629, 0, 99), lwm2m_text("new"));
    take(LWM2M_PATH(7, 0, 1), lwm2m_int(3));
    take(LWM2M_PATH(33629, 0, 3), lwm2m_text("no number"));
    inventory_complete(&inv, &objects, NULL);
    cr_expect(eq(int, inv.problem, INVENTORY_OK));
    cr_expect(eq(int, inv.components[0].protocols, 1), "CoAP is the default");
    cr_expect(eq(int, inv.components[0].state, COMPONENT_IDLE));
}

Test(object_list, keeps_what_matters_of_a_registration)
{
    static const char text[] =
        "</lwm2m>;rt=\"oma.lwm2m\";ct=\"112 11542\",</lwm2m/1/0>,</lwm2m/3/0>,"
        "</lwm2m/5>;ver=1.1,</lwm2m/5/0>,</lwm2m/33629>;ver=1.0,</lwm2m/33629/0>,"
        "</lwm2m/33629/3>";

    cr_assert(zero(int, object_list_parse(text, strlen(text), &afu, &objects)));
    cr_expect(eq(str, objects.root, "/lwm2m"));
    cr_expect(objects.has_device && objects.has_fw && objects.has_afu);
    cr_expect(eq(u32, objects.afu_instances, 9));
    cr_expect(eq(u32, objects.fw_instances, 1));
}

Test(object_list, takes_another_object_for_33629_when_told_so)
{
    static const uint16_t ids[] = {33629, 40000};
    const struct lwm2m_afu_objects both = {ids, 2};

    cr_assert(zero(int, object_list_parse("</40000/1>", 10, &both, &objects)));
    cr_expect(eq(int, objects.afu_id, 40000));
    cr_expect(eq(u32, objects.afu_instances, 2));
}

Test(object_list, notes_instances_beyond_our_bound)
{
    cr_assert(zero(int, object_list_parse("</33629/32>", 11, &afu, &objects)));
    cr_expect(objects.is_too_large);
}
