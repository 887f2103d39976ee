/* SPDX-License-Identifier: Apache-2.0 */
/* The same filters as SQL and in memory, on random devices: they must agree. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/plans.h"
#include "tests/store/fixture.h"

enum { DEVICES = 60, ROUNDS = 3000, TEXT_MAX = 600 };

static struct store *st;
static uint64_t seed = 88172645463325252ULL;

static unsigned pick(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 20) % below;
}

#define PICK(words) words[pick(sizeof words / sizeof words[0])]

static const char *const words[] = {"north", "south", "GW-100", "GW-110", "",
                                    "a*b",   "1.0",   "1.10",   "x",      "[x]?"};
static const char *const versions[] = {"1.0", "1.10", "2", "2.0", "odd", "", "3.1.4"};
static const char *const states[] = {"registered", "asleep", "pending", "deregistered"};
static const char *const names[] = {"app", "radio", "boot loader"};
static const char *const tag_names[] = {"site", "floor", "x y"};

struct world {
    struct device_row device;
    struct tag_row tags[3];
    size_t tag_count;
    struct component_row components[3];
    size_t component_count;
};

static struct world worlds[DEVICES + 1];

static void set(char *field, const char *value)
{
    strcpy(field, value);
}

static void fill(struct world *w, int64_t id)
{
    w->device = fixture_device(id);
    set(w->device.state, PICK(states));
    w->device.seen_ms = pick(5) * 1000;
    if (pick(3) == 0)
        w->device.location[0] = '\0';
    set(w->device.model, PICK(words));
    set(w->device.hardware, PICK(versions));
    set(w->device.manufacturer, PICK(words));
    for (size_t i = 0; i < 3; i++) {
        if (pick(2)) {
            set(w->tags[w->tag_count].name, tag_names[i]);
            set(w->tags[w->tag_count++].value, PICK(words));
        }
        if (pick(2)) {
            struct component_row c = fixture_component(names[i], PICK(versions));
            c.result = (uint8_t)pick(4);
            set(c.state, pick(2) ? "idle" : "updating");
            w->components[w->component_count++] = c;
        }
    }
}

static void save(struct world *w)
{
    char canonical[32];

    snprintf(canonical, sizeof canonical, "%d", (int)w->device.id);
    struct change changes[] = {
        {.kind = CHANGE_DEVICE_PUT, .device.row = &w->device},
        {.kind = CHANGE_DEVICE_TAGS, .tags = {w->device.id, w->tags, w->tag_count}},
        {.kind = CHANGE_INVENTORY_PUT,
         .inventory = {&w->device, canonical, w->components, w->component_count}},
    };
    for (size_t i = 0; i < 3; i++)
        cr_assert(zero(int, fixture_apply(st, &changes[i])));
}

static void open_world(void)
{
    st = fixture_open();
    for (int64_t id = 1; id <= DEVICES; id++) {
        fill(&worlds[id], id);
        save(&worlds[id]);
    }
}

static void close_world(void)
{
    store_close(st);
}

TestSuite(filter_sql, .init = open_world, .fini = close_world);

static void add(char *text, const char *more)
{
    strncat(text, more, TEXT_MAX - strlen(text) - 1);
}

static void add_value(char *text, const char *value)
{
    add(text, "\"");
    add(text, value);
    add(text, pick(5) == 0 ? "*\"" : "\"");
}

static void add_equality(char *text, const char *const *from, unsigned count)
{
    static const char *const one[] = {"==", "!="}, *const many[] = {"=in=(", "=out=("};

    if (pick(3)) {
        add(text, PICK(one));
        add_value(text, from[pick(count)]);
        return;
    }
    add(text, PICK(many));
    for (unsigned i = pick(3) + 1; i > 0; i--) {
        add_value(text, from[pick(count)]);
        add(text, i > 1 ? "," : ")");
    }
}

static const char *const orders[] = {"=lt=", "=le=", "=gt=", "=ge=", "==", "!="};

static void add_version(char *text)
{
    static const char *const ordered[] = {"1.0", "1.10", "2.0", "2", "3.1.4"};

    if (pick(2)) {
        add_equality(text, versions, 7);
        return;
    }
    add(text, PICK(orders));
    add(text, PICK(ordered));
}

static void add_number(char *text, const char *const *from)
{
    add(text, PICK(orders));
    add(text, from[pick(4)]);
}

static void add_term(char *text)
{
    static const char *const columns[] = {"model", "manufacturer", "endpoint",
                                          "location"};
    static const char *const results[] = {"0", "1", "2", "3"};
    static const char *const times[] = {"1970-01-01", "1970-01-01T00:00:02Z", "-3s",
                                        "1970-01-01T00:00:03.999Z"};
    static const char *const suffix[] = {"\".version", "\".state", "\".result"};
    static const char *const component_states[] = {"idle", "updating"};
    unsigned which = pick(7);

    if (which == 0) {
        add(text, PICK(columns));
        add_equality(text, words, 10);
    } else if (which == 1) {
        add(text, "state");
        add_equality(text, states, 4);
    } else if (which == 2) {
        add(text, "hardware");
        add_version(text);
    } else if (which == 3) {
        add(text, "seen_at");
        add_number(text, times);
    } else if (which == 4) {
        add(text, "tag.'");
        add(text, PICK(tag_names));
        add(text, "'");
        add_equality(text, words, 10);
    } else {
        unsigned what = pick(3);
        add(text, "component.\"");
        add(text, PICK(names));
        add(text, suffix[what]);
        if (what == 0)
            add_version(text);
        else if (what == 1)
            add_equality(text, component_states, 2);
        else
            add_number(text, results);
    }
}

static void add_filter(char *text, int depth)
{
    unsigned terms = pick(3) + 1;

    for (unsigned i = 0; i < terms; i++) {
        if (depth < 2 && pick(4) == 0) {
            add(text, "(");
            add_filter(text, depth + 1);
            add(text, ")");
        } else {
            add_term(text);
        }
        if (i + 1 < terms)
            add(text, pick(2) ? ";" : ",");
    }
}

static void compare(const char *text, const struct filter *f)
{
    struct device_row rows[DEVICES];
    struct page page = {.limit = DEVICES, .filter = f};
    size_t at = 0;

    cr_assert(zero(int, store_device_page(st, rows, &page)), "%s: %s", text,
              store_error(st));
    for (int64_t id = 1; id <= DEVICES; id++) {
        struct world *w = &worlds[id];
        struct filter_subject subject = {&w->device, w->tags, w->tag_count,
                                         w->components, w->component_count};
        bool in_sql = at < page.count && rows[at].id == id;
        at += in_sql;
        cr_assert(eq(int, in_sql, filter_match(f, &subject)), "%s, device %d", text,
                  (int)id);
    }
    cr_assert(eq(sz, at, page.count));
}

Test(filter_sql, agrees_with_memory_on_random_filters)
{
    struct filter_context context = {.version_key = fixture_version_key,
                                     .wall_ms = 5000};
    int parsed = 0;

    for (int i = 0; i < ROUNDS; i++) {
        char text[TEXT_MAX + 1] = "";
        struct filter *f = NULL;
        struct filter_error error = {0};
        add_filter(text, 0);
        if (strlen(text) >= TEXT_MAX - 8)
            continue; /* cut short by add() */
        cr_assert(zero(int, filter_open(text, &context, &error, &f)), "%s: %s", text,
                  error.text);
        compare(text, f);
        filter_close(f);
        parsed++;
    }
    cr_expect(gt(int, parsed, ROUNDS / 2));
}

Test(filter_sql, yields_the_same_through_every_index)
{
    static const char *const texts[] = {
        "endpoint==device-7",
        "state==asleep",
        "model==GW-100",
        "tag.site==north",
        "location==loc7",
        "model==GW-100;state==asleep",
        "endpoint==nobody",
        "tag.'x y'==x;model!=x",
        "model==",
        "state==asleep;seen_at==-3s",
        "model==GW-100;tag.site==*",
        "manufacturer==Example",
        "serial==S7",
        "component.app.version==1.0",
        "component.app.version==2",
        "component.radio.version==2.0",
        "component.radio.version==odd",
        "component.radio.version==''",
        "component.radio.version==9",
        "state==asleep;component.app.version==1.0;model!=x",
    };
    struct filter_context context = {.version_key = fixture_version_key,
                                     .wall_ms = 5000};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filter *f = NULL;
        if (filter_open(texts[i], &context, NULL, &f) != 0)
            continue;
        compare(texts[i], f);
        filter_close(f);
    }
}

Test(filter_sql, pages_go_on_where_they_stopped)
{
    struct filter_context context = {.version_key = fixture_version_key,
                                     .wall_ms = 5000};
    struct device_row rows[3];
    struct page page = {.limit = 3};
    struct filter *f = NULL;
    int64_t last = 0;
    size_t total = 0, want = 0;

    cr_assert(zero(int, filter_open("state!=asleep", &context, NULL, &f)));
    page.filter = f;
    for (int64_t id = 1; id <= DEVICES; id++)
        want += strcmp(worlds[id].device.state, "asleep") != 0;
    do {
        cr_assert(zero(int, store_device_page(st, rows, &page)));
        for (size_t i = 0; i < page.count; i++) {
            cr_assert(gt(i64, rows[i].id, last));
            last = rows[i].id;
        }
        total += page.count;
        page.after = page.next;
    } while (page.next != 0);
    cr_expect(eq(sz, total, want));
    filter_close(f);
}

static int64_t ticking_ms(void)
{
    static int64_t now_ms;

    return now_ms += STORE_BUDGET_MS;
}

/* The time of a page is over before the first hit: it goes on there, and ends. */
Test(filter_sql, pages_end_when_their_time_is_over)
{
    struct filter_context context = {.version_key = fixture_version_key,
                                     .wall_ms = 5000};
    struct device_row rows[3];
    struct page page = {.limit = 3};
    struct filter *f = NULL;
    size_t total = 0, pages = 0;

    store_set_clock(st, ticking_ms);
    cr_assert(
        zero(int, filter_open("lwm2m==none,endpoint==device-55", &context, NULL, &f)));
    page.filter = f;
    do {
        cr_assert(zero(int, store_device_page(st, rows, &page)));
        cr_assert(page.next == 0 || page.next > page.after);
        total += page.count;
        page.after = page.next;
        pages++;
    } while (page.next != 0);
    cr_expect(eq(sz, total, 1));
    cr_expect(eq(sz, pages, 4));
    filter_close(f);
}

Test(filter_sql, groups_all_devices_however_short_its_steps)
{
    struct grouping *g = NULL;
    size_t count = 0, devices = 0, want = 0;
    int rc, steps = 0;

    for (int64_t id = 1; id <= DEVICES; id++)
        want += strcmp(worlds[id].device.state, "pending") != 0 &&
                strcmp(worlds[id].device.state, "deregistered") != 0;
    store_set_clock(st, ticking_ms);
    cr_assert(zero(int, grouping_open(NULL, &g)));
    while ((rc = grouping_step(st, g)) == STORE_E_MORE)
        steps++;
    cr_assert(zero(int, rc));
    const struct group_count *counts = grouping_counts(g, &count);
    for (size_t i = 0; i < count; i++)
        devices += (size_t)counts[i].devices;
    cr_expect(eq(sz, devices, want));
    cr_expect(eq(int, steps, 3));
    grouping_close(g);
}
