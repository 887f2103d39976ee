/* SPDX-License-Identifier: Apache-2.0 */
#include "links_fixture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

#include "daemon/lwm2m/format.h"

TestSuite(links, .init = open_all, .fini = close_all);

Test(links, ask_for_another_format_after_4_06)
{
    cr_assert(zero(int, links_inspect(links, dev)));
    int32_t first = wire.last.accept;
    answer_then(COAP_406_NOT_ACCEPTABLE, "", "/3/0");
    cr_expect(ne(i32, wire.last.accept, first));
}

Test(links, send_nothing_to_who_sleeps)
{
    dev->flags |= DEVICE_QUEUE_MODE;
    dev->heard_ms = 1;
    links_tick(links, 1 + AWAKE_MS + 1);
    start(action(DEVICE_EXECUTE));
    cr_expect(eq(u32, wire.sent, 0));
    cr_expect(eq(int, outcome().kind, DEVICE_ASLEEP));
}

Test(links, run_one_action_after_the_other)
{
    struct link_report report;

    start(action(DEVICE_EXECUTE));
    cr_assert(zero(int, links_inspect(links, dev)));
    cr_expect(eq(u32, wire.sent, 1));
    links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
    cr_expect(eq(u32, wire.sent, 2));
    cr_expect(eq(str, wire.last.path, "/3/0"));
    cr_expect(links_take(links, &report));
}

Test(links, wait_when_the_wire_has_no_room)
{
    wire.is_full = true;
    start(action(DEVICE_EXECUTE));
    cr_expect(eq(u32, wire.sent, 0));
    wire.is_full = false;
    links_tick(links, 100);
    cr_expect(eq(u32, wire.sent, 1));
}

Test(links, interrupt_everything_when_the_device_registers_anew)
{
    start(action(DEVICE_PUSH));
    uint64_t old = wire.last.ticket;
    links_registered(links, dev);
    cr_expect(eq(int, outcome().kind, DEVICE_INTERRUPTED));
    start(action(DEVICE_EXECUTE));
    cr_expect(ne(u64, wire.last.ticket, old));
    struct coap_event late = {.kind = COAP_EV_PUSH_END,
                              .ticket = old,
                              .outcome = COAP_ANSWERED,
                              .code = 0x44};
    links_event(links, &late);
    cr_expect(not(has_report()), "a late answer to an old request is nobody's");
}

Test(links, ask_nothing_before_the_register_is_answered)
{
    dev->flags |= DEVICE_REGISTERING;
    start(action(DEVICE_EXECUTE));
    cr_expect(eq(u32, wire.sent, 0));
    dev->flags &= (uint8_t)~DEVICE_REGISTERING;
    links_resume(links, dev);
    cr_expect(eq(u32, wire.sent, 1));
}

Test(links, report_what_a_notification_changes)
{
    struct link_report report;

    start(action(DEVICE_INSPECT));
    inspect_to_the_end();
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    observe_both();
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/0");
    answer_then(COAP_204_CHANGED, "", "/33629/1");
    answer_then(COAP_204_CHANGED, "", "/33629/0/3");
    uint64_t watched = wire.last.ticket;
    links_event(links, fake_text(&wire, COAP_205_CONTENT, "2"));
    for (int i = 0; i < 3; i++)
        links_event(links, fake_text(&wire, COAP_205_CONTENT, "0"));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    struct coap_event *e = fake_text(&wire, COAP_205_CONTENT, "3");
    e->kind = COAP_EV_NOTIFICATION;
    e->ticket = watched;
    links_event(links, e);
    cr_assert(links_take(links, &report));
    cr_expect(eq(int, report.kind, LINK_OBSERVED));
    cr_expect(eq(int, report.inventory->components[0].state, COMPONENT_UPDATING));
    cr_expect(eq(u32, report.changed, 1));
    cr_expect(eq(u32, report.results, 0));
    e = fake_text(&wire, COAP_205_CONTENT, "0");
    e->kind = COAP_EV_NOTIFICATION;
    e->ticket = watched;
    links_event(links, e);
    cr_assert(links_take(links, &report));
    cr_expect(eq(u32, report.changed, 1));
    cr_expect(eq(u32, report.results, 0), "State alone is no result");
}

Test(links, cancel_what_waits_behind_another)
{
    struct device_action a = action(DEVICE_PUSH);

    cr_assert(zero(int, links_inspect(links, dev)));
    start(a);
    ops.cancel(ops.self, DEVICE_ID, a.ticket);
    cr_expect(eq(int, outcome().kind, DEVICE_INTERRUPTED));
    cr_expect(eq(u32, wire.cancels, 0), "the reading before it goes on");
    inspect_to_the_end();
    cr_expect(not(wire.last.is_push));
    start(action(DEVICE_EXECUTE));
    cr_expect(eq(str, wire.last.path, "/33629/1/2"), "the list is whole");
}

Test(links, cancel_again_when_the_wire_has_no_room)
{
    struct device_action a = action(DEVICE_PUSH);

    start(a);
    wire.is_full = true;
    ops.cancel(ops.self, DEVICE_ID, a.ticket);
    cr_expect(not(has_report()), "the wire still pushes");
    links_tick(links, 100);
    wire.is_full = false;
    links_tick(links, 200);
    cr_expect(eq(u32, wire.cancels, 1));
    links_event(links, fake_push_end(&wire, COAP_CANCELED, 0, false));
    cr_expect(eq(int, outcome().kind, DEVICE_INTERRUPTED));
}

Test(links, go_on_to_no_other_request_after_a_cancel)
{
    struct device_action a = action(DEVICE_RESET);

    start(a);
    ops.cancel(ops.self, DEVICE_ID, a.ticket);
    links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
    cr_expect(eq(u32, wire.sent, 1));
    cr_expect(eq(int, outcome().kind, DEVICE_INTERRUPTED));
}

static void watch_one_by_one(void)
{
    observe_both();
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/0");
    for (int i = 0; i < 6; i++)
        links_event(links, fake_text(&wire, COAP_205_CONTENT, "0"));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
}

Test(links, release_waits_until_the_wire_has_room)
{
    watch_one_by_one();
    wire.is_full = true;
    start(action(DEVICE_RELEASE));
    cr_expect(not(has_report()), "the wire still observes");
    wire.is_full = false;
    links_tick(links, 100);
    cr_expect(eq(u32, wire.cancels, 4));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    cr_expect(not(has_report()));
    cr_expect(eq(sz, links_count(links), 0));
}

Test(links, the_wire_forgets_who_is_gone)
{
    watch_one_by_one();
    cr_assert(zero(int, links_gone(links, dev)));
    cr_expect(eq(u32, wire.forgets, 1));
}

Test(links, what_was_sent_to_who_is_gone_may_have_arrived)
{
    static const struct {
        enum device_action_kind kind;
        enum device_outcome_kind expected;
    } cases[] = {
        {DEVICE_EXECUTE, DEVICE_TIMED_OUT}, {DEVICE_WRITE_URI, DEVICE_TIMED_OUT},
        {DEVICE_PUSH, DEVICE_TIMED_OUT},    {DEVICE_INSPECT, DEVICE_UNREACHABLE},
        {DEVICE_RESET, DEVICE_UNREACHABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned sent = wire.sent;
        start(action(cases[i].kind));
        start(action(DEVICE_EXECUTE));
        cr_assert(zero(int, links_gone(links, dev)));
        cr_expect(eq(u32, wire.sent, sent + 1));
        cr_expect(eq(int, outcome().kind, cases[i].expected), "case %zu", i);
        cr_expect(eq(int, outcome().kind, DEVICE_UNREACHABLE), "it only waited");
    }
}

static int send(const char *json, bool *is_ours)
{
    struct links_payload payload = {COAP_FORMAT_SENML_JSON, json, strlen(json)};

    return links_send(links, dev, &payload, is_ours);
}

Test(links, a_send_says_whether_it_is_about_an_inventory)
{
    bool is_ours;

    put_device("</3/0>,</33629/1>,</3303/0>");
    cr_assert(zero(int, send("[{\"n\":\"/3303/0/5700\",\"v\":21.5}]", &is_ours)));
    cr_expect(not(is_ours), "a temperature");
    cr_assert(zero(int, send("[{\"n\":\"/33629/1/3\",\"v\":2}]", &is_ours)));
    cr_expect(is_ours);
    cr_assert(zero(int, send("[{\"n\":\"/3/0/3\",\"vs\":\"2.0\"}]", &is_ours)));
    cr_expect(is_ours);
}

Test(links, a_send_is_about_what_the_device_registered_or_refused_whole)
{
    static const struct {
        const char *list, *json;
        int rc;
    } cases[] = {
        {"</3/0>,</33629/1>", "[{\"n\":\"/33629/1/3\",\"v\":2}]", 0},
        {"</3/0>,</33629/1>", "[{\"n\":\"/33629/0/3\",\"v\":2}]", LINKS_E_UNREGISTERED},
        {"</3/0>,</33629/1>", "[{\"n\":\"/3303/0/5700\",\"v\":2}]",
         LINKS_E_UNREGISTERED},
        {"</3/0>,</33629/1>",
         "[{\"n\":\"/33629/1/3\",\"v\":2},{\"n\":\"/4/0/2\",\"v\":2}]",
         LINKS_E_UNREGISTERED},
        {"</3>;ver=1.2,</33629>", "[{\"n\":\"/33629/7/3\",\"v\":2}]", 0},
        {"</33629>;ver=1.0,</33629/1>", "[{\"n\":\"/33629/7/3\",\"v\":2}]",
         LINKS_E_UNREGISTERED},
        {"</65534/65534>,</1/0>", "[{\"n\":\"/65534/65534/1\",\"v\":2}]", 0},
        {"", "[{\"n\":\"/3/0/9\",\"v\":2}]", LINKS_E_UNREGISTERED},
        {"</3/0>", "[{\"n\":\"/3/0/9\",\"v\":2},{]", -EBADMSG},
        {"</4/0>", "[{\"n\":\"/3/0/9\",\"v\":2},{]", -EBADMSG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool is_ours = false;
        put_device(cases[i].list);
        cr_expect(eq(int, send(cases[i].json, &is_ours), cases[i].rc), "%s: %s",
                  cases[i].list, cases[i].json);
        cr_expect(cases[i].rc == 0 || !is_ours);
    }
}

Test(links, a_send_has_the_root_that_the_device_registered)
{
    bool is_ours;

    put_device("</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>,</lwm2m/33629/1>");
    cr_assert(zero(int, send("[{\"n\":\"/lwm2m/33629/1/3\",\"v\":2}]", &is_ours)));
    cr_expect(is_ours);
}
