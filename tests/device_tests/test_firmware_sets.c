/* SPDX-License-Identifier: Apache-2.0 */
/* Several components of one simulated device: linked, conflicting, in one package. */
#include "tests/device_tests/firmware_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(firmware_sets, .init = set_up);

Test(firmware_sets, the_list_says_what_is_updated_and_none_means_the_linked)
{
    start();
    package(&fw.c[0], "2.0");
    package(&fw.c[1], "8.0");
    cr_assert_eq(fw.c[0].linked, 2);
    cr_assert_eq(execute(&fw.c[0], "0"), FW_CHANGED);
    cr_assert(fw.c[0].state == FW_UPDATING && fw.c[1].state == FW_DOWNLOADED);
    (void)pass(200);
    cr_assert_eq(fw.c[1].state, FW_DOWNLOADED);
    package(&fw.c[0], "3.0");
    cr_assert_eq(execute(&fw.c[0], ""), FW_CHANGED);
    cr_assert_eq(fw.c[1].state, FW_UPDATING);
}

Test(firmware_sets, a_dependency_shows_before_and_ends_when_it_is_downloaded_too)
{
    option("component", "app=1.0,requires=tee");
    option("component", "tee=1.0");
    start();
    package(&fw.c[0], "2.0");
    cr_assert_eq(fw.c[0].conflicting, 2);
    cr_assert_eq(execute(&fw.c[0], "0"), FW_CHANGED);
    cr_assert(fw.c[0].state == FW_DOWNLOADED && fw.c[0].result == 13);
    package(&fw.c[1], "2.0");
    cr_assert_eq(fw.c[0].conflicting, 0);
    cr_assert_eq(execute(&fw.c[0], "0='</33629/1>'"), FW_CHANGED);
    (void)pass(200);
    cr_assert(fw.c[0].result == 1 && fw.c[1].result == 1);
}

Test(firmware_sets, a_canceled_companion_brings_the_conflict_back)
{
    option("component", "app=1.0,requires=tee");
    option("component", "tee=1.0");
    start();
    package(&fw.c[0], "2.0");
    package(&fw.c[1], "2.0");
    cr_assert_eq(fw.c[0].conflicting, 0);
    cr_assert_eq(firmware_cancel(&fw, &fw.c[1], now_ms), FW_CHANGED);
    cr_assert_eq(fw.c[0].conflicting, 2);
    cr_assert_eq(fw.c[0].linked, 0);
}

Test(firmware_sets, one_package_for_two_components_needs_both_idle)
{
    struct image both = image_of("application", "2.0");
    start();
    both.part_count = 2;
    memcpy(both.parts[1].component, "radio", 6);
    memcpy(both.parts[1].version, "9.0", 4);
    package(&fw.c[1], "8.0");
    firmware_package(&fw, &fw.c[0], digest, &both, now_ms);
    cr_assert(fw.c[0].state == FW_IDLE && fw.c[0].result == 12);
    cr_assert_eq(fw.c[0].conflicting, 2);
    cr_assert_eq(firmware_reset(&fw, &fw.c[1], now_ms), FW_CHANGED);
    firmware_package(&fw, &fw.c[0], digest, &both, now_ms);
    cr_assert(fw.c[0].state == FW_DOWNLOADED && fw.c[1].state == FW_DOWNLOADED);
}

Test(firmware_sets, a_second_cpu_ends_later_and_may_fail_alone)
{
    option("component", "host=1.0");
    option("component", "net=1.0,after-ms=500");
    option("fault", "update-result:8/net");
    start();
    package(&fw.c[0], "2.0");
    package(&fw.c[1], "2.0");
    cr_assert_eq(execute(&fw.c[0], "0='</33629/1>'"), FW_CHANGED);
    cr_assert_eq(pass(200), FW_REBOOT);
    cr_assert(fw.c[0].result == 1 && fw.c[1].state == FW_UPDATING);
    cr_assert_eq(pass(600), 0);
    cr_assert(fw.c[1].state == FW_DOWNLOADED && fw.c[1].result == 8);
}

Test(firmware_sets, a_second_cpu_that_succeeds_needs_no_second_restart)
{
    option("component", "host=1.0");
    option("component", "net=1.0,after-ms=500");
    start();
    package(&fw.c[0], "2.0");
    package(&fw.c[1], "2.0");
    cr_assert_eq(execute(&fw.c[0], "0='</33629/1>'"), FW_CHANGED);
    cr_assert_eq(pass(200), FW_REBOOT);
    cr_assert_eq(fw.c[1].state, FW_UPDATING);
    cr_assert_eq(pass(600), 0);
    cr_assert(fw.c[1].state == FW_IDLE && fw.c[1].result == 1);
    cr_assert_str_eq(fw.c[1].version, "2.0");
}

Test(firmware_sets, a_hidden_sibling_never_shows_updating)
{
    option("component", "secure=1.0");
    option("component", "normal=1.0,hidden=yes");
    start();
    package(&fw.c[0], "2.0");
    package(&fw.c[1], "2.0");
    cr_assert_eq(execute(&fw.c[0], "0='</33629/1>'"), FW_CHANGED);
    cr_assert_eq(fw.c[1].state, FW_DOWNLOADED);
    cr_assert_eq(firmware_reset(&fw, &fw.c[1], now_ms), FW_NOT_ALLOWED);
    (void)pass(200);
    cr_assert(fw.c[1].state == FW_IDLE && fw.c[1].result == 1);
}
