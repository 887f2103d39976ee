/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine of the simulated device: each line of a table is a life. */
#include "tests/device_tests/firmware_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(firmware, .init = set_up);

Test(firmware, a_package_is_installed_by_a_restart)
{
    start();
    struct component *c = &fw.c[0];
    package(c, "2.0");
    cr_assert(c->state == FW_DOWNLOADED && c->result == 0);
    cr_assert_eq(execute(c, "0"), FW_CHANGED);
    cr_assert(c->state == FW_UPDATING && c->result == 0);
    cr_assert_eq(pass(50), 0);
    cr_assert_eq(pass(100), FW_REBOOT);
    cr_assert(c->state == FW_IDLE && c->result == 1);
    cr_assert_str_eq(c->version, "2.0");
    cr_assert_eq(firmware_executes(&fw, c), 1);
}

static const struct {
    const char *fault;
    enum firmware_state downloaded; /* after the package */
    int download_result;
    enum firmware_state state; /* after the Update */
    int result;
    const char *version;
    unsigned effects;
} endings[] = {
    {"download-result:5", FW_IDLE, 5, FW_IDLE, 5, "1.0", 0},
    {"busy-conflict:radio", FW_IDLE, 12, FW_IDLE, 12, "1.0", 0},
    {"update-result:8", FW_DOWNLOADED, 0, FW_DOWNLOADED, 8, "1.0", 0},
    {"update-result-idle:5", FW_DOWNLOADED, 0, FW_IDLE, 5, "1.0", 0},
    {"stuck-updating", FW_DOWNLOADED, 0, FW_UPDATING, 0, "1.0", 0},
    {"brick", FW_DOWNLOADED, 0, FW_UPDATING, 0, "1.0", FW_GONE},
    {"update-ignored", FW_DOWNLOADED, 0, FW_DOWNLOADED, 0, "1.0", 0},
    {"update-again", FW_DOWNLOADED, 0, FW_DOWNLOADED, 0, "1.0", FW_REBOOT},
    {"defer:0", FW_DOWNLOADED, 0, FW_DOWNLOADED, 11, "1.0", 0},
    {"defer:200", FW_DOWNLOADED, 0, FW_IDLE, 1, "2.0", FW_REBOOT},
    {"wrong-version:9", FW_DOWNLOADED, 0, FW_IDLE, 1, "9", FW_REBOOT},
    {"same-version", FW_DOWNLOADED, 0, FW_IDLE, 1, "1.0", FW_REBOOT},
    {"result-lost", FW_DOWNLOADED, 0, FW_IDLE, 0, "2.0", FW_REBOOT},
    {"crash-updating", FW_DOWNLOADED, 0, FW_IDLE, 0, "1.0", FW_REBOOT},
    {"delayed-success:300", FW_DOWNLOADED, 0, FW_IDLE, 1, "2.0", FW_REBOOT},
    {"delayed-failure:300", FW_DOWNLOADED, 0, FW_DOWNLOADED, 8, "1.0", FW_REBOOT},
    {"no-restart", FW_DOWNLOADED, 0, FW_IDLE, 1, "2.0", 0},
    {"old-failure", FW_DOWNLOADED, 0, FW_IDLE, 8, "2.0", FW_REBOOT},
    {"conflict:radio", FW_DOWNLOADED, 0, FW_DOWNLOADED, 13, "1.0", 0},
};

Test(firmware, every_fault_ends_as_its_name_says)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        set_up();
        option("fault", endings[i].fault);
        start();
        struct component *c = &fw.c[0];
        package(c, "2.0");
        cr_assert_eq(c->state, endings[i].downloaded, "%s: %d", endings[i].fault,
                     c->state);
        cr_assert_eq(c->result, endings[i].download_result, "%s", endings[i].fault);
        (void)execute(c, "0");
        unsigned effects = pass(1000);
        cr_assert_eq(effects, endings[i].effects, "%s: %u", endings[i].fault, effects);
        cr_assert_eq(c->state, endings[i].state, "%s: %d", endings[i].fault, c->state);
        cr_assert_eq(c->result, endings[i].result, "%s: %d", endings[i].fault,
                     c->result);
        cr_assert_str_eq(c->version, endings[i].version, "%s", endings[i].fault);
    }
}

Test(firmware, only_the_first_tries_fail_if_the_fault_says_so)
{
    option("fault", "update-result:8*2");
    start();
    struct component *c = &fw.c[0];
    package(c, "2.0");
    package(&fw.c[1], "8.0");
    for (int i = 0; i < 2; i++) { /* one Execute of two components is one try */
        cr_assert_eq(execute(c, ""), FW_CHANGED);
        (void)pass(200);
        cr_assert(c->state == FW_DOWNLOADED && c->result == 8);
        cr_assert(fw.c[1].state == FW_DOWNLOADED && fw.c[1].result == 8);
    }
    cr_assert_eq(execute(c, ""), FW_CHANGED);
    (void)pass(200);
    cr_assert(c->result == 1 && fw.c[1].result == 1);
    cr_assert_eq(firmware_executes(&fw, c), 3);
}

Test(firmware, execute_is_refused_where_the_object_says_so)
{
    start();
    cr_assert_eq(execute(&fw.c[0], "0"), FW_NOT_ALLOWED); /* nothing downloaded */
    package(&fw.c[0], "2.0");
    cr_assert_eq(execute(&fw.c[0], "0='</33629/1>'"), FW_NOT_ALLOWED);
    cr_assert_eq(execute(&fw.c[0], "0='</33629/0>'"), FW_BAD_REQUEST);
    cr_assert_eq(execute(&fw.c[0], "0='</33629/9>'"), FW_BAD_REQUEST);
    cr_assert_eq(execute(&fw.c[0], "0=</33629/1>"), FW_BAD_REQUEST);
    cr_assert_eq(firmware_executes(&fw, &fw.c[0]), 0);
    cr_assert_eq(execute(&fw.c[0], "0"), FW_CHANGED);
    cr_assert_eq(execute(&fw.c[0], "0"), FW_NOT_ALLOWED); /* Updating */
}

Test(firmware, cancel_and_reset_go_to_idle_but_not_while_updating)
{
    start();
    struct component *c = &fw.c[0];
    cr_assert_eq(firmware_cancel(&fw, c, now_ms), FW_NOT_ALLOWED);
    cr_assert_eq(firmware_reset(&fw, c, now_ms), FW_CHANGED);
    package(c, "2.0");
    cr_assert_eq(firmware_cancel(&fw, c, now_ms), FW_CHANGED);
    cr_assert(c->state == FW_IDLE && c->result == 10);
    package(c, "2.0");
    cr_assert_eq(firmware_uri(&fw, c, "", now_ms), FW_CHANGED);
    cr_assert(c->state == FW_IDLE && c->result == 0);
    package(c, "2.0");
    cr_assert_eq(execute(c, "0"), FW_CHANGED);
    cr_assert_eq(firmware_cancel(&fw, c, now_ms), FW_NOT_ALLOWED);
    cr_assert_eq(firmware_reset(&fw, c, now_ms), FW_NOT_ALLOWED);
    cr_assert_eq(firmware_uri(&fw, c, "coap://h/p", now_ms), FW_BAD_REQUEST);
}

Test(firmware, a_push_is_refused_in_the_wrong_state)
{
    start();
    struct component *c = &fw.c[0];
    cr_assert_eq(firmware_push_check(&fw, c), FW_CHANGED);
    cr_assert_eq(firmware_uri(&fw, &fw.c[1], "coap://h/p", now_ms), FW_CHANGED);
    cr_assert_eq(firmware_push_check(&fw, c), FW_NOT_ALLOWED); /* another pulls */
    firmware_download_failed(&fw, &fw.c[1], 4, now_ms);
    package(c, "2.0");
    cr_assert_eq(firmware_push_check(&fw, c), FW_BAD_REQUEST);
    cr_assert_eq(execute(c, "0"), FW_CHANGED);
    cr_assert_eq(firmware_push_check(&fw, c), FW_NOT_ALLOWED);
}

Test(firmware, a_deferral_ends_at_the_deadline_the_server_set)
{
    option("fault", "defer:0*1");
    start();
    struct component *c = &fw.c[0];
    c->max_defer_s = 2;
    package(c, "2.0");
    cr_assert_eq(execute(c, "0"), FW_CHANGED);
    (void)pass(1000);
    cr_assert(c->state == FW_DOWNLOADED && c->result == 11);
    (void)pass(1500);
    cr_assert(c->state == FW_IDLE && c->result == 1);
}

Test(firmware, no_deferral_where_the_server_allows_none)
{
    option("fault", "defer:500");
    start();
    fw.c[0].max_defer_s = 0;
    package(&fw.c[0], "2.0");
    cr_assert_eq(execute(&fw.c[0], "0"), FW_CHANGED);
    (void)pass(200);
    cr_assert_eq(fw.c[0].result, 1);
}

Test(firmware, a_crash_forgets_packages_unless_they_are_kept)
{
    start();
    package(&fw.c[0], "2.0");
    firmware_crash(&fw, true, now_ms);
    cr_assert_eq(fw.c[0].state, FW_DOWNLOADED);
    firmware_crash(&fw, false, now_ms);
    cr_assert(fw.c[0].state == FW_IDLE && fw.c[0].result == 0);
}

Test(firmware, an_image_of_another_component_or_nobodys_is_refused)
{
    option("strict", "yes");
    start();
    struct image image = image_of("radio", "8.0");
    firmware_package(&fw, &fw.c[0], digest, &image, now_ms);
    cr_assert(fw.c[0].state == FW_IDLE && fw.c[0].result == 6);
    firmware_package(&fw, &fw.c[0], digest, NULL, now_ms);
    cr_assert(fw.c[0].state == FW_IDLE && fw.c[0].result == 5);
}

Test(firmware, object_5_updates_by_itself_if_it_was_told_to)
{
    option("component", "firmware=1.0,object=5");
    option("auto-upgrade", "yes");
    start();
    package(&fw.c[0], "2.0");
    cr_assert_eq(fw.c[0].state, FW_UPDATING);
    (void)pass(200);
    cr_assert_str_eq(fw.c[0].version, "2.0");
}

Test(firmware, a_wakaama_client_believes_nothing_but_execute)
{
    option("component", "firmware=1.0,object=5");
    option("fault", "wakaama");
    start();
    struct component *c = &fw.c[0];
    cr_assert_eq(c->state, FW_DOWNLOADING);
    cr_assert(!firmware_has(&fw, c, 10) && firmware_has(&fw, c, 3));
    cr_assert_eq(firmware_reset(&fw, c, now_ms), FW_CHANGED);
    cr_assert_eq(firmware_uri(&fw, c, "coap://h/p", now_ms), FW_CHANGED);
    cr_assert(c->state == FW_DOWNLOADING && !c->uri[0]);
    cr_assert_eq(firmware_push_check(&fw, c), FW_CHANGED);
    package(c, "2.0");
    cr_assert_eq(c->state, FW_DOWNLOADING);
    cr_assert_eq(execute(c, ""), FW_CHANGED);
    cr_assert_eq(c->state, FW_DOWNLOADED);
    cr_assert_eq(execute(c, ""), FW_NOT_ALLOWED);
    (void)pass(1000);
    cr_assert(c->state == FW_DOWNLOADED && c->result == 0);
}

Test(firmware, changes_are_told_resource_by_resource)
{
    start();
    struct component *c = &fw.c[0];
    firmware_changes_clear(&fw);
    package(c, "2.0");
    cr_assert_eq(c->dirty, 1u << 3 | 1u << 6 | 1u << 7 | 1u << 12);
    cr_assert_eq(c->changed_s, (now_ms + 1000000) / 1000);
    firmware_changes_clear(&fw);
    package(&fw.c[1], "8.0");
    cr_assert_eq(c->dirty, 1u << 16); /* a new link */
}
