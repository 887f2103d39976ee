/* SPDX-License-Identifier: Apache-2.0 */
#include "store/webhooks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/fixture.h"

static struct store *st;

static void open_empty(void)
{
    st = fixture_open();
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(webhooks, .init = open_empty, .fini = close_it);

static int put(const char *name, const char *url, const char *secret)
{
    struct webhook_row row = {.is_enabled = true, .created_ms = 1, .created_by = "ada"};

    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.url, sizeof row.url, "%s", url);
    snprintf(row.sealed, sizeof row.sealed, "%s", secret);
    return fixture_apply(st,
                         &(struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &row});
}

static int64_t add_event(void)
{
    struct event_row row = {.kind = "plan", .name = "created", .body = "{}"};

    return fixture_result(st, &(struct change){.kind = CHANGE_EVENT_ADD, .event = &row})
        .id;
}

static struct webhook_row get(const char *name)
{
    struct webhook_row row;

    cr_assert(zero(int, store_webhook_get(st, name, &row)));
    return row;
}

static int deliver(int64_t webhook_id, int64_t event_id, bool is_done)
{
    struct delivery_row row = {.webhook_id = webhook_id,
                               .event_id = event_id,
                               .status = is_done ? 200 : 500,
                               .tries = 1,
                               .is_done = is_done};

    return fixture_apply(
        st, &(struct change){.kind = CHANGE_DELIVERY_ADD, .delivery = &row});
}

Test(webhooks, begin_with_what_happens_next)
{
    int64_t last = add_event();

    cr_assert(zero(int, put("chat", "http://a/", "secret")));
    cr_expect(eq(i64, get("chat").done_id, last));
    cr_expect(eq(str, get("chat").sealed, "secret"));
    cr_expect(eq(str, get("chat").created_by, "ada"));
}

Test(webhooks, are_so_many_and_no_more)
{
    struct webhook_row row = {.name = "one-more", .url = "http://a/", .sealed = "s"};
    char name[24];

    for (int i = 0; i < STORE_WEBHOOKS_MAX; i++) {
        snprintf(name, sizeof name, "hook-%d", i);
        cr_assert(zero(int, put(name, "http://a/", "s")));
    }
    struct change_result r = fixture_result(
        st, &(struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &row});
    cr_expect(eq(int, r.rc, STORE_E_CONFLICT));
    cr_expect(eq(i64, r.count, STORE_WEBHOOKS_FULL));
    cr_expect(zero(int, put("hook-0", "http://b/", "s")), "the same again");
}

Test(webhooks, keep_secret_and_place_when_they_are_put_again)
{
    cr_assert(zero(int, put("chat", "http://a/", "secret")));
    add_event();
    cr_assert(zero(int, put("chat", "http://b/", "")));
    cr_expect(eq(str, get("chat").url, "http://b/"));
    cr_expect(eq(str, get("chat").sealed, "secret"));
    cr_expect(zero(i64, get("chat").done_id));
    cr_assert(zero(int, put("chat", "http://b/", "other")));
    cr_expect(eq(str, get("chat").sealed, "other"));
    cr_expect(eq(int, put("none", "http://b/", ""), STORE_E_CONFLICT));
}

Test(webhooks, are_bounded)
{
    char name[32];

    for (int i = 0; i < STORE_WEBHOOKS_MAX; i++) {
        snprintf(name, sizeof name, "hook-%d", i);
        cr_assert(zero(int, put(name, "http://a/", "secret")));
    }
    cr_expect(eq(int, put("more", "http://a/", "secret"), STORE_E_CONFLICT));
    cr_expect(zero(int, put("hook-1", "http://b/", "")));
}

Test(webhooks, go_on_only_after_what_is_done)
{
    cr_assert(zero(int, put("chat", "http://a/", "secret")));
    int64_t id = get("chat").id;

    cr_assert(zero(int, deliver(id, 5, false)));
    cr_expect(zero(i64, get("chat").done_id));
    cr_assert(zero(int, deliver(id, 5, true)));
    cr_assert(zero(int, deliver(id, 3, true)));
    cr_expect(eq(i64, get("chat").done_id, 5));
    cr_expect(eq(int, deliver(id + 1, 6, true), STORE_E_CONFLICT));
}

Test(webhooks, remember_the_last_tries_and_forget_them_when_deleted)
{
    struct delivery_row rows[STORE_DELIVERIES_KEPT + 2];
    struct page page = {.limit = STORE_DELIVERIES_KEPT + 2, .order = PAGE_DOWN};

    cr_assert(zero(int, put("chat", "http://a/", "secret")));
    int64_t id = get("chat").id;
    for (int i = 1; i <= STORE_DELIVERIES_KEPT + 20; i++)
        cr_assert(zero(int, deliver(id, i, true)));
    cr_assert(zero(int, store_delivery_page(st, id, rows, &page)));
    cr_expect(eq(sz, page.count, STORE_DELIVERIES_KEPT));
    cr_expect(eq(i64, rows[0].event_id, STORE_DELIVERIES_KEPT + 20));
    struct change gone = {.kind = CHANGE_WEBHOOK_DELETE, .name = "chat"};
    cr_assert(zero(int, fixture_apply(st, &gone)));
    cr_expect(eq(int, fixture_apply(st, &gone), STORE_E_NOT_FOUND));
    page = (struct page){.limit = 10};
    cr_assert(zero(int, store_delivery_page(st, id, rows, &page)));
    cr_expect(zero(sz, page.count));
}
