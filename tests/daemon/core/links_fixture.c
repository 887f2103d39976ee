/* SPDX-License-Identifier: Apache-2.0 */
#include "links_fixture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/planning/profile_set.h"
#include "daemon/lwm2m/format.h"
#include "store/batch.h"
#include "store/store.h"

struct wire wire;
static struct store *store;
static struct registry *registry;
struct profile_set *profiles;
struct links *links;
struct device *dev;
struct device_ops ops;

void put_device(const char *objects)
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

static void open_links(const char *advertise)
{
    struct links_options o = {.wire = &wire,
                              .registry = registry,
                              .reader = store,
                              .profiles = profiles,
                              .afu_ids = {33629},
                              .afu_count = 1,
                              .mono_ms = 1,
                              .awake_ms = AWAKE_MS,
                              .confirm_ms = CONFIRM_MS};

    snprintf(o.advertise, sizeof o.advertise, "%s", advertise);
    cr_assert(zero(int, links_open(&o, &links)));
    ops = links_ops(links);
}

void reopen_links(const char *advertise)
{
    links_close(links);
    open_links(advertise);
}

void open_all(void)
{
    struct net_address remote, local;

    memset(&wire, 0, sizeof wire);
    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &store)));
    cr_assert(zero(int, registry_open(&registry)));
    cr_assert(zero(int, profile_set_open(store, &profiles, NULL)));
    open_links("");
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

void close_all(void)
{
    links_close(links);
    profile_set_close(profiles);
    registry_close(registry);
    store_close(store);
}

struct device_action action(enum device_action_kind kind)
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

void start(struct device_action a)
{
    cr_assert(zero(int, ops.start(ops.self, &a)));
}

/* Answer the last request and expect where the next one goes. */
void answer_then(uint8_t code, const char *text, const char *next_path)
{
    links_event(links, fake_text(&wire, code, text));
    cr_expect(eq(str, wire.last.path, (char *)next_path));
}

struct device_outcome outcome(void)
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

bool has_report(void)
{
    struct link_report report;
    return links_take(links, &report);
}

/* TLV of one component as in standards, with another instance each. */
const uint8_t whole[WHOLE_BYTES] = {
    0x08, 0x00, 0x13, 0xc1, 0x03, 0x02, 0xc1, 0x05, 0x00, 0xc1, 0x09,
    0x02, 0xc3, 0x0e, 'a',  'p',  'p',  0xc3, 0x0f, '1',  '.',  '0',
    0x08, 0x01, 0x13, 0xc1, 0x03, 0x00, 0xc1, 0x05, 0x00, 0xc1, 0x09,
    0x02, 0xc3, 0x0e, 't',  'e',  'e',  0xc3, 0x0f, '2',  '.',  '0',
};

void inspect_to_the_end(void)
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
                                   WHOLE_BYTES));
}

void observe_both(void)
{
    struct device_action a = action(DEVICE_OBSERVE);

    a.other_count = 2;
    a.others[0] = 0;
    a.others[1] = 1;
    start(a);
}
