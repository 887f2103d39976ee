/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/link/links.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "daemon/profile_set.h"
#include "fake_wire.h"
#include "store/batch.h"
#include "store/store.h"

enum { AWAKE_MS = 1000, CONFIRM_MS = 200, DEVICE_ID = 7 };

static struct wire wire;
static struct store *store;
static struct registry *registry;
static struct profile_set *profiles;
static struct links *links;
static struct device *dev;
static struct device_ops ops;

static void put_device(const char *objects)
{
    struct device_row row = {.id = DEVICE_ID,
                             .endpoint = "meter-1",
                             .state = "registered",
                             .lwm2m = "1.2",
                             .root_path = "/"};
    struct batch *batch;

    cr_assert(zero(int, batch_open(&batch)));
    cr_assert(zero(int, batch_put(batch,
                                  &(struct change){.kind = CHANGE_DEVICE_PUT,
                                                   .device = {&row, objects}},
                                  NULL)));
    cr_assert(zero(int, store_apply(store, batch)));
    cr_assert(zero(int, batch_result(batch, 0)->rc));
    batch_close(batch);
}

static void open_all(void)
{
    struct net_address remote, local;

    memset(&wire, 0, sizeof wire);
    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &store)));
    cr_assert(zero(int, registry_open(&registry)));
    cr_assert(zero(int, profile_set_open(store, &profiles, NULL)));
    struct links_options o = {.wire = &wire,
                              .registry = registry,
                              .reader = store,
                              .profiles = profiles,
                              .afu_ids = {33629},
                              .afu_count = 1,
                              .mono_ms = 1,
                              .awake_ms = AWAKE_MS,
                              .confirm_ms = CONFIRM_MS};
    cr_assert(zero(int, links_open(&o, &links)));
    ops = links_ops(links);
    put_device("</3/0>,</33629/0>,</33629/1>");
    dev = registry_add(registry, DEVICE_ID, "meter-1", 7);
    cr_assert(zero(int, registry_set_location(registry, dev, 1)));
    cr_assert(zero(int, net_address_parse("127.0.0.1:4000", 0, &remote)));
    cr_assert(zero(int, net_address_parse("127.0.0.1:5683", 0, &local)));
    cr_assert(zero(int, registry_set_remote(registry, dev, &remote)));
    dev->local = local;
    dev->lwm2m = LWM2M_1_2;
    dev->state = REGISTRY_ALIVE;
    links_tick(links, 1);
}

static void close_all(void)
{
    links_close(links);
    profile_set_close(profiles);
    registry_close(registry);
    store_close(store);
}

TestSuite(links, .init = open_all, .fini = close_all);

static struct device_action action(enum device_action_kind kind)
{
    return (struct device_action){.ticket = 42,
                                  .device_id = DEVICE_ID,
                                  .kind = kind,
                                  .object_id = 33629,
                                  .instance = 1,
                                  .content_format = 42,
                                  .severity = -1,
                                  .max_defer_s = -1};
}

static void start(struct device_action a)
{
    cr_assert(zero(int, ops.start(ops.self, &a)));
}

/* Answer the last request and expect where the next one goes. */
static void answer_then(uint8_t code, const char *text, const char *next_path)
{
    links_event(links, fake_text(&wire, code, text));
    cr_expect(eq(str, wire.last.path, (char *)next_path));
}

static struct device_outcome outcome(void)
{
    struct link_report report;

    while (links_take(links, &report))
        if (report.kind == LINK_OUTCOME) {
            struct device_outcome o = report.outcome;
            cr_expect(eq(u64, o.ticket, 42));
            return o;
        }
    cr_assert(1 == 0, "no outcome was reported");
    return (struct device_outcome){0};
}

static bool has_report(void)
{
    struct link_report report;
    return links_take(links, &report);
}

/* TLV of one component as in standards, with another instance each. */
static const uint8_t whole[] = {
    0x08, 0x00, 0x13, 0xc1, 0x03, 0x02, 0xc1, 0x05, 0x00, 0xc1, 0x09,
    0x02, 0xc3, 0x0e, 'a',  'p',  'p',  0xc3, 0x0f, '1',  '.',  '0',
    0x08, 0x01, 0x13, 0xc1, 0x03, 0x00, 0xc1, 0x05, 0x00, 0xc1, 0x09,
    0x02, 0xc3, 0x0e, 't',  'e',  'e',  0xc3, 0x0f, '2',  '.',  '0',
};

static void inspect_to_the_end(void)
{
    static const uint8_t device[] = {0xc2, 0x00, 'E', 'x', 0xc2, 0x01, 'G', 'W'};

    cr_expect(eq(str, wire.last.path, "/3/0"));
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, device,
                                   sizeof device));
    cr_expect(eq(str, wire.last.path, "/33629"));
    cr_expect(eq(i32, wire.last.accept, COAP_FORMAT_LINK));
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_LINK,
                                   "</33629/1/10>", 13));
    cr_expect(eq(str, wire.last.path, "/33629"));
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, whole,
                                   sizeof whole));
}

Test(links, inspect_reads_who_it_is_and_all_components)
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

Test(links, inspect_tells_the_engine_as_well_when_it_asked)
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

Test(links, inspect_goes_instance_by_instance_where_the_object_is_refused)
{
    cr_assert(zero(int, links_inspect(links, dev)));
    answer_then(COAP_404_NOT_FOUND, "", "/33629");
    answer_then(COAP_501_NOT_IMPLEMENTED, "", "/33629");
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/0");
    answer_then(COAP_401_UNAUTHORIZED, "", "/33629/1");
    links_event(links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_TLV, whole + 25,
                                   sizeof whole - 25));
    struct link_report report;
    cr_assert(links_take(links, &report));
    cr_assert(eq(int, report.kind, LINK_INSPECTED));
    cr_expect(eq(int, report.inventory->problem, INVENTORY_FORBIDDEN_COMPONENT));
}

Test(links, ask_for_another_format_after_4_06)
{
    cr_assert(zero(int, links_inspect(links, dev)));
    int32_t first = wire.last.accept;
    answer_then(COAP_406_NOT_ACCEPTABLE, "", "/3/0");
    cr_expect(ne(i32, wire.last.accept, first));
}

Test(links, inspect_that_is_not_answered_fails)
{
    struct link_report report;

    cr_assert(zero(int, links_inspect(links, dev)));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_assert(links_take(links, &report));
    cr_expect(eq(int, report.kind, LINK_INSPECT_FAILED));
    cr_expect(eq(int, report.outcome.kind, DEVICE_TIMED_OUT));
}

Test(links, reset_tries_cancel_then_empty_uri_then_a_zero_byte)
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

Test(links, reset_is_done_only_when_state_0_was_read)
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

Test(links, reset_that_nothing_helps_is_refused)
{
    start(action(DEVICE_RESET));
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/1/1");
    answer_then(COAP_405_METHOD_NOT_ALLOWED, "", "/33629/1/0");
    links_event(links, fake_text(&wire, COAP_405_METHOD_NOT_ALLOWED, ""));
    struct device_outcome o = outcome();
    cr_expect(eq(int, o.kind, DEVICE_REFUSED));
    cr_expect(eq(int, o.code, COAP_405_METHOD_NOT_ALLOWED));
}

Test(links, execute_always_names_the_instances)
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

Test(links, execute_of_one_instance_says_so)
{
    start(action(DEVICE_EXECUTE));
    cr_assert(eq(sz, wire.last.payload_len, 1));
    cr_expect(eq(int, wire.last.payload[0], '0'));
}

Test(links, execute_without_an_answer_may_have_arrived)
{
    dev->flags |= DEVICE_QUEUE_MODE;
    start(action(DEVICE_EXECUTE));
    links_event(links, fake_failure(&wire, COAP_TIMEOUT));
    cr_expect(eq(int, outcome().kind, DEVICE_TIMED_OUT));
}

Test(links, push_is_done_only_with_the_packages_own_last_block)
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

Test(links, write_a_uri_that_names_the_address_the_device_came_to)
{
    struct device_action a = action(DEVICE_WRITE_URI);
    const char expected[] = "coap://127.0.0.1:5683/p/abc?d=aaaaaaab";

    strcpy(a.digest, "abc");
    start(a);
    cr_expect(eq(str, wire.last.path, "/33629/1/1"));
    cr_assert(eq(sz, wire.last.payload_len, strlen(expected)));
    cr_expect(zero(int, memcmp(wire.last.payload, expected, strlen(expected))));
}

Test(links, never_write_a_scheme_that_the_device_cannot_fetch)
{
    struct device_action a = action(DEVICE_WRITE_URI);

    strcpy(a.uri, "https://example.com/x");
    start(a);
    cr_expect(eq(u32, wire.sent, 0));
    cr_expect(eq(int, outcome().kind, DEVICE_NO_SCHEME));
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

static void observe_both(void)
{
    struct device_action a = action(DEVICE_OBSERVE);

    a.other_count = 2;
    a.others[0] = 0;
    a.others[1] = 1;
    start(a);
}

Test(links, observe_all_at_once_where_the_device_can)
{
    observe_both();
    cr_expect(eq(int, wire.last.method, COAP_FETCH));
    cr_expect(wire.last.is_observe);
    links_event(
        links, fake_answer(&wire, COAP_205_CONTENT, COAP_FORMAT_SENML_CBOR, "\x80", 1));
    cr_expect(eq(int, outcome().kind, DEVICE_DONE));
}

Test(links, observe_one_by_one_where_it_cannot)
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
}
