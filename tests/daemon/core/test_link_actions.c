/* SPDX-License-Identifier: Apache-2.0 */
#include "links_fixture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

TestSuite(link_actions, .init = open_all, .fini = close_all);

Test(link_actions, inspect_reads_who_it_is_and_all_components)
{
    struct link_report report;

    cr_assert(zero(int, links_inspect(links, dev)));
    inspect_to_the_end();
    cr_assert(links_take(links, &report));
    cr_assert(eq(int, report.kind, LINK_INSPECTED));
    const struct inventory *inv = report.inventory;
    cr_expect(eq(str, (char *)inv->model, "GW"));
    cr_assert(eq(int, inv->count, 2));
    cr_expect(eq(str, (char *)inv->components[0].name, "app"));
    cr_expect(eq(int, inv->components[0].state, COMPONENT_DOWNLOADED));
    cr_expect(eq(int, inv->components[0].has, 0));
    cr_expect(eq(int, inv->components[1].has, COMPONENT_HAS_CANCEL), "from Discover");
    cr_expect(not(has_report()));
    cr_expect(eq(sz, links_count(links), 0), "nothing goes on with it any more");
}

Test(link_actions, inspect_tells_the_engine_as_well_when_it_asked)
{
    struct device_action a = action(DEVICE_INSPECT);

    a.path_count = 1;
    strcpy(a.paths[0], "/3/0/9");
    start(a);
    inspect_to_the_end();
    cr_expect(eq(str, wire.last.path, "/3/0/9"));
    links_event(links, fake_text(&wire, COAP_205_CONTENT, "77"));
    struct device_outcome o = outcome();
    cr_expect(eq(int, o.kind, DEVICE_DONE));
    cr_assert(eq(int, o.value_count, 1));
    cr_expect(o.inventory != NULL);
}

/* Inspect a device that was inspected before. @return which results are new */
static uint32_t results_of_another_look(const uint8_t *instances)
{
    struct link_report report;

    start(action(DEVICE_INSPECT));
    answer_then(COAP_404_NOT_FOUND, "", "/33629");
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, instances,
                                   WHOLE_BYTES));
    cr_assert(links_take(links, &report));
    cr_assert(eq(int, report.kind, LINK_INSPECTED));
    uint32_t results = report.results;
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    return results;
}

Test(link_actions, inspect_tells_which_results_are_new_since_the_last)
{
    enum { RESULT_OF_APP = 8 }; /* where whole has /33629/0/5 */
    uint8_t failed[WHOLE_BYTES];
    struct link_report report;

    start(action(DEVICE_INSPECT));
    inspect_to_the_end();
    cr_assert(links_take(links, &report));
    cr_expect(eq(u32, report.results, 0));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    memcpy(failed, whole, sizeof failed);
    failed[RESULT_OF_APP] = 8;
    cr_expect(eq(u32, results_of_another_look(failed), 1));
    cr_expect(eq(u32, results_of_another_look(failed), 0), "the same is no news");
    cr_expect(eq(u32, results_of_another_look(whole), 0), "no result is none");
}

Test(link_actions, inspect_goes_instance_by_instance_where_the_object_is_refused)
{
    cr_assert(zero(int, links_inspect(links, dev)));
    answer_then(COAP_404_NOT_FOUND, "", "/33629");
    answer_then(COAP_501_NOT_IMPLEMENTED, "", "/33629");
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/0");
    answer_then(COAP_401_UNAUTHORIZED, "", "/33629/1");
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, whole + 25,
                                   WHOLE_BYTES - 25));
    struct link_report report;
    cr_assert(links_take(links, &report));
    cr_assert(eq(int, report.kind, LINK_INSPECTED));
    cr_expect(eq(int, report.inventory->problem, INVENTORY_FORBIDDEN_COMPONENT));
}

Test(link_actions, inspect_that_is_not_answered_fails)
{
    struct link_report report;

    cr_assert(zero(int, links_inspect(links, dev)));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_assert(links_take(links, &report));
    cr_expect(eq(int, report.kind, LINK_INSPECT_FAILED));
    cr_expect(eq(int, report.outcome.kind, DEVICE_TIMED_OUT));
}

Test(link_actions, reset_tries_cancel_then_empty_uri_then_a_zero_byte)
{
    start(action(DEVICE_RESET));
    cr_expect(eq(str, wire.last.path, "/33629/1/10"));
    cr_expect(eq(int, wire.last.method, COAP_POST));
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/1/1");
    cr_expect(eq(sz, wire.last.payload_len, 0));
    answer_then(COAP_400_BAD_REQUEST, "", "/33629/1/0");
    cr_expect(eq(i32, wire.last.content_format, COAP_FORMAT_OPAQUE));
    cr_assert(eq(sz, wire.last.payload_len, 1));
    cr_expect(eq(int, wire.last.payload[0], 0));
    answer_then(COAP_204_CHANGED, "", "/33629/1/3");
    links_event(links, fake_text(&wire, COAP_205_CONTENT, "0"));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
}

Test(link_actions, reset_is_done_only_when_state_0_was_read)
{
    start(action(DEVICE_RESET));
    answer_then(COAP_204_CHANGED, "", "/33629/1/3");
    for (int read = 1; read < 4; read++) {
        links_event(links, fake_text(&wire, COAP_205_CONTENT, "2"));
        cr_expect(not(has_report()));
        links_tick(links, 1 + read * CONFIRM_MS);
        cr_expect(eq(str, wire.last.path, "/33629/1/3"), "read again");
    }
    answer_then(COAP_205_CONTENT, "2", "/33629/1/1");
}

Test(link_actions, reset_that_nothing_helps_is_refused)
{
    start(action(DEVICE_RESET));
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/1/1");
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/1/0");
    links_event(links, fake_text(&wire, COAP_405_METHOD_NOT_ALLOWED, ""));
    struct device_outcome o = outcome();
    cr_expect(eq(int, o.kind, DEVICE_REFUSED));
    cr_expect(eq(int, o.code, COAP_405_METHOD_NOT_ALLOWED));
}

Test(link_actions, execute_always_names_the_instances)
{
    struct device_action a = action(DEVICE_EXECUTE);

    a.instance = 0;
    a.other_count = 1;
    a.others[0] = 1;
    start(a);
    cr_expect(eq(str, wire.last.path, "/33629/0/2"));
    cr_assert(eq(sz, wire.last.payload_len, strlen("0='</33629/1>'")));
    cr_expect(
        zero(int, memcmp(wire.last.payload, "0='</33629/1>'", wire.last.payload_len)));
    links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
}

Test(link_actions, execute_of_one_instance_says_so)
{
    start(action(DEVICE_EXECUTE));
    cr_assert(eq(sz, wire.last.payload_len, 1));
    cr_expect(eq(int, wire.last.payload[0], '0'));
}

Test(link_actions, what_a_sleeper_does_not_answer_may_have_arrived)
{
    enum device_action_kind updates[] = {DEVICE_EXECUTE, DEVICE_WRITE_URI};

    dev->flags |= DEVICE_QUEUE_MODE;
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        start(action(updates[i]));
        links_event(links, fake_failure(&wire, COAP_TIMEOUT));
        cr_expect(eq(int, outcome().kind, DEVICE_TIMED_OUT), "case %zu", i);
    }
    start(action(DEVICE_PUSH));
    links_event(links, fake_push_end(&wire, COAP_TIMEOUT, 0, false));
    cr_expect(eq(int, outcome().kind, DEVICE_TIMED_OUT));
    start(action(DEVICE_RESET));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_expect(eq(int, outcome().kind, DEVICE_ASLEEP), "it is asked again");
}

Test(link_actions, push_is_done_only_with_the_packages_own_last_block)
{
    struct {
        enum coap_outcome outcome;
        uint8_t code;
        bool is_whole;
        enum device_outcome_kind kind;
    } cases[] = {
        {COAP_ANSWERED, COAP_204_CHANGED, true, DEVICE_DONE},
        {COAP_ANSWERED, COAP_204_CHANGED, false, DEVICE_INTERRUPTED},
        {COAP_UNSURE, COAP_503_UNAVAILABLE, true, DEVICE_DONE},
        {COAP_ANSWERED, COAP_413_TOO_LARGE, false, DEVICE_REFUSED},
        {COAP_TIMEOUT, 0, false, DEVICE_TIMED_OUT},
        {COAP_CANCELED, 0, false, DEVICE_INTERRUPTED},
        {COAP_NO_PACKAGE, 0, false, DEVICE_NO_PACKAGE},
        {COAP_UNREACHABLE, 0, false, DEVICE_UNREACHABLE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(action(DEVICE_PUSH));
        cr_assert(wire.last.is_push);
        links_event(links, fake_push_end(&wire, cases[i].outcome, cases[i].code,
                                         cases[i].is_whole));
        cr_expect(eq(int, outcome().kind, cases[i].kind), "case %zu", i);
    }
}

Test(link_actions, write_a_uri_that_names_the_address_the_device_came_to)
{
    struct device_action a = action(DEVICE_WRITE_URI);
    const char expected[] = "coap://127.0.0.1:5683/p/abc?d=aaaaaaab";

    strcpy(a.digest, "abc");
    start(a);
    cr_expect(eq(str, wire.last.path, "/33629/1/1"));
    cr_assert(eq(sz, wire.last.payload_len, strlen(expected)));
    cr_expect(zero(int, memcmp(wire.last.payload, expected, strlen(expected))));
}

Test(link_actions, never_write_a_scheme_that_the_device_cannot_fetch)
{
    struct device_action a = action(DEVICE_WRITE_URI);

    strcpy(a.uri, "https://example.com/x");
    start(a);
    cr_expect(eq(u32, wire.sent, 0));
    cr_expect(eq(int, outcome().kind, DEVICE_NO_SCHEME));
}

Test(link_actions, observe_all_at_once_where_the_device_can)
{
    observe_both();
    cr_expect(eq(int, wire.last.method, COAP_FETCH));
    cr_expect(wire.last.is_observe);
    links_event(
        links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_SENML_CBOR, "\x80", 1));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
}

Test(link_actions, observe_one_by_one_where_it_cannot)
{
    observe_both();
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/0");
    cr_expect(eq(str, wire.last.query, "pmin=0"));
    answer_then(COAP_204_CHANGED, "", "/33629/1");
    answer_then(COAP_400_BAD_REQUEST, "", "/33629/0/3");
    cr_expect(wire.last.is_observe);
    answer_then(COAP_205_CONTENT, "0", "/33629/0/5");
    answer_then(COAP_205_CONTENT, "0", "/33629/1/3");
    answer_then(COAP_205_CONTENT, "0", "/33629/1/5");
    links_event(links, fake_text(&wire, COAP_205_CONTENT, "0"));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    start(action(DEVICE_RELEASE));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    cr_expect(eq(u32, wire.cancels, 4));
    cr_expect(not(has_report()));
    cr_expect(eq(sz, links_count(links), 0));
}

Test(link_actions, discover_is_asked_once_and_silence_is_no_failure)
{
    start(action(DEVICE_INSPECT));
    links_event(links, fake_text(&wire, COAP_205_CONTENT, ""));
    cr_expect(eq(i32, wire.last.accept, COAP_FORMAT_LINK));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_expect(ne(i32, wire.last.accept, COAP_FORMAT_LINK));
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, whole,
                                   WHOLE_BYTES));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    start(action(DEVICE_INSPECT));
    answer_then(COAP_404_NOT_FOUND, "", "/33629");
    cr_expect(ne(i32, wire.last.accept, COAP_FORMAT_LINK), "not again");
}

Test(link_actions, reset_leaves_cancel_out_where_discover_does_not_list_it)
{
    static const char list[] = "</33629/0/3>,</33629/1/3>,</33629/1/10>";
    struct device_action a = action(DEVICE_RESET);

    start(action(DEVICE_INSPECT));
    links_event(links, fake_text(&wire, COAP_404_NOT_FOUND, ""));
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_LINK, list,
                                   strlen(list)));
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, whole,
                                   WHOLE_BYTES));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    a.instance = 0;
    start(a);
    cr_expect(eq(str, wire.last.path, "/33629/0/1"));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    start(action(DEVICE_RESET));
    cr_expect(eq(str, wire.last.path, "/33629/1/10"), "instance 1 has it");
}

Test(link_actions, reset_leaves_cancel_out_where_the_profile_says_so)
{
    struct profile no_cancel = {.name = "gw", .quirks = QUIRK_NO_CANCEL};

    strcpy(no_cancel.manufacturer, "*");
    cr_assert(zero(int, profile_set_put(profiles, &no_cancel)));
    start(action(DEVICE_INSPECT));
    inspect_to_the_end();
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
    start(action(DEVICE_RESET));
    cr_expect(eq(str, wire.last.path, "/33629/1/1"));
}

Test(link_actions, reset_that_was_taken_but_not_seen_is_unconfirmed)
{
    int64_t now = 1;

    start(action(DEVICE_RESET));
    for (int way = 0; way < 3; way++) {
        links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
        for (int read = 0; read < 4; read++) {
            cr_expect(eq(str, wire.last.path, "/33629/1/3"));
            links_event(links, fake_text(&wire, COAP_205_CONTENT, "2"));
            links_tick(links, now += CONFIRM_MS);
        }
    }
    cr_expect(eq(int, outcome().kind, DEVICE_UNCONFIRMED));
}

static void expect_uri(const char *advertise, const char *expected)
{
    struct device_action a = action(DEVICE_WRITE_URI);

    reopen_links(advertise);
    strcpy(a.digest, "abc");
    start(a);
    cr_assert(eq(sz, wire.last.payload_len, strlen(expected)), "%s", advertise);
    cr_expect(zero(int, memcmp(wire.last.payload, expected, strlen(expected))));
}

Test(link_actions, an_advertised_host_without_a_port_gets_ours)
{
    dev->local.port = 56830;
    expect_uri("fw.example", "coap://fw.example:56830/p/abc?d=aaaaaaab");
    expect_uri("fw.example:5", "coap://fw.example:5/p/abc?d=aaaaaaab");
    expect_uri("[2001:db8::1]", "coap://[2001:db8::1]:56830/p/abc?d=aaaaaaab");
    expect_uri("[2001:db8::1]:5", "coap://[2001:db8::1]:5/p/abc?d=aaaaaaab");
}

Test(link_actions, never_write_a_uri_that_is_longer_than_the_resource)
{
    struct device_action a = action(DEVICE_WRITE_URI);
    char host[251];

    memset(host, 'h', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    reopen_links(host);
    strcpy(a.digest, "abc");
    start(a);
    cr_expect(eq(u32, wire.sent, 0));
    cr_expect(eq(int, outcome().kind, DEVICE_NO_SCHEME));
}
