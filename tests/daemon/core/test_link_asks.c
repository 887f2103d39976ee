/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask of a device, beside what the engine does with it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "links_fixture.h"

TestSuite(link_asks, .init = open_all, .fini = close_all);

static void ask(uint64_t ticket, uint8_t method, struct lwm2m_path path)
{
    struct links_ask a = {.ticket = ticket, .method = method, .path = path};

    if (method == COAP_PUT)
        a.value = lwm2m_int(5);
    if (method == COAP_POST)
        a.arguments = "0='x'";
    cr_assert(zero(int, links_ask(links, dev, &a)));
}

static struct link_report answered(void)
{
    struct link_report report;

    cr_assert(links_take(links, &report));
    cr_assert(eq(int, report.kind, LINK_ANSWERED));
    return report;
}

Test(link_asks, are_one_request_and_come_back_with_what_was_said)
{
    ask(3, COAP_GET, LWM2M_PATH(3, 0, 9));
    cr_expect(eq(str, wire.last.path, "/3/0/9"));
    cr_expect(eq(int, wire.last.method, COAP_GET));
    links_event(links, fake_text(&wire, COAP_205_CONTENT, "77"));
    struct link_report r = answered();
    cr_expect(eq(u64, r.outcome.ticket, 3));
    cr_expect(eq(int, r.outcome.kind, DEVICE_DONE));
    cr_expect(eq(int, r.outcome.code, COAP_205_CONTENT));
    cr_assert(eq(sz, r.answer.len, 2));
    cr_expect(zero(int, memcmp(r.answer.bytes, "77", 2)));
    cr_expect(not(has_report()));
    cr_expect(eq(sz, links_count(links), 0));
}

Test(link_asks, say_what_is_on_its_way_until_it_is_answered)
{
    struct links_sent sent;

    ask(3, COAP_PUT, LWM2M_PATH(1, 0, 1));
    uint64_t ticket = wire.last.ticket;
    cr_assert(links_sent(links, ticket, &sent));
    cr_expect(eq(ptr, sent.dev, dev));
    cr_expect(eq(int, sent.method, COAP_PUT));
    cr_expect(eq(sz, sent.bytes, 1));
    struct lwm2m_path path = LWM2M_PATH(1, 0, 1);
    cr_expect(lwm2m_path_equal(&sent.path, &path));
    cr_expect(not(links_sent(links, ticket + 1, &sent)));
    links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
    cr_expect(not(links_sent(links, ticket, &sent)));
    (void)answered();
}

Test(link_asks, ask_again_for_another_format)
{
    ask(3, COAP_GET, LWM2M_PATH(3, 0));
    int32_t first = wire.last.accept;
    links_event(links, fake_text(&wire, COAP_406_NOT_ACCEPTABLE, ""));
    cr_expect(ne(int, wire.last.accept, first));
    cr_expect(eq(str, wire.last.path, "/3/0"));
    links_event(links, fake_text(&wire, COAP_404_NOT_FOUND, ""));
    struct link_report r = answered();
    cr_expect(eq(int, r.outcome.kind, DEVICE_REFUSED));
    cr_expect(eq(int, r.outcome.code, COAP_404_NOT_FOUND));
}

Test(link_asks, write_text_and_then_tlv)
{
    ask(3, COAP_PUT, LWM2M_PATH(1, 0, 1));
    cr_expect(eq(int, wire.last.content_format, COAP_FORMAT_TEXT));
    cr_expect(eq(sz, wire.last.payload_len, 1));
    cr_expect(eq(int, wire.last.payload[0], '5'));
    links_event(links, fake_text(&wire, COAP_415_UNSUPPORTED_FORMAT, ""));
    cr_expect(eq(int, wire.last.content_format, COAP_FORMAT_TLV));
    cr_expect(eq(sz, wire.last.payload_len, 3));
    links_event(links, fake_text(&wire, COAP_415_UNSUPPORTED_FORMAT, ""));
    cr_expect(eq(int, answered().outcome.code, COAP_415_UNSUPPORTED_FORMAT));
}

Test(link_asks, execute_with_arguments_and_say_when_it_may_have_happened)
{
    ask(3, COAP_POST, LWM2M_PATH(3, 0, 4));
    cr_expect(eq(int, wire.last.method, COAP_POST));
    cr_expect(eq(sz, wire.last.payload_len, 5));
    dev->flags |= DEVICE_QUEUE_MODE;
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_expect(eq(int, answered().outcome.kind, DEVICE_TIMED_OUT));
    ask(4, COAP_GET, LWM2M_PATH(3, 0, 9));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_expect(eq(int, answered().outcome.kind, DEVICE_ASLEEP), "it can be asked again");
}

Test(link_asks, wait_for_all_that_the_engine_wants)
{
    struct device_action execute = action(DEVICE_EXECUTE);

    start(execute);
    ask(3, COAP_GET, LWM2M_PATH(3, 0, 9));
    start(execute);
    unsigned sent = wire.sent;
    links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
    (void)outcome();
    cr_expect(eq(uint, wire.sent, sent + 1));
    cr_expect(ne(str, wire.last.path, "/3/0/9"), "the engine's second comes first");
    links_event(links, fake_text(&wire, COAP_204_CHANGED, ""));
    (void)outcome();
    cr_expect(eq(str, wire.last.path, "/3/0/9"));
}

Test(link_asks, that_are_withdrawn_are_not_sent_or_not_reported)
{
    ask(3, COAP_GET, LWM2M_PATH(3, 0, 9));
    ask(4, COAP_GET, LWM2M_PATH(3, 0, 10));
    cr_expect(not(links_withdraw(links, dev, 4)));
    cr_expect(not(links_withdraw(links, dev, 4)), "it is gone");
    cr_expect(links_withdraw(links, dev, 3));
    cr_expect(eq(uint, wire.cancels, 1));
    links_event(links, fake_failure(&wire, COAP_CANCELED));
    cr_expect(eq(int, answered().outcome.kind, DEVICE_INTERRUPTED));
    cr_expect(eq(uint, wire.sent, 1));
    cr_expect(not(has_report()));
    cr_expect(eq(sz, links_count(links), 0));
}
