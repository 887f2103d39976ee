/* SPDX-License-Identifier: Apache-2.0 */
/* Every list: q, sort, pages by key, and all of it as lines. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "api/cursor.h"
#include "api/routes.h"
#include "store/filter.h"
#include "store/webhooks.h"
#include "tests/api/served.h"

static void put_names(int n)
{
    struct profile_row profile = {.updated_ms = n};
    struct webhook_row hook = {.is_enabled = true};
    struct package_row package = {.size_bytes = n};
    struct bundle_row bundle = {.sequence = n};
    struct delivery_row delivery = {.webhook_id = 1, .event_id = n, .tries = 1};

    snprintf(profile.name, sizeof profile.name, "p %d&", n);
    served_change(
        &(struct change){.kind = CHANGE_PROFILE_PUT, .profile = {&profile, "{}"}});
    snprintf(hook.name, sizeof hook.name, "hook%d", n);
    strcpy(hook.url, "http://a/");
    strcpy(hook.sealed, "0123456789abcdef");
    served_change(&(struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &hook});
    snprintf(package.digest, sizeof package.digest, "%064d", n);
    strcpy(package.state, "ready");
    served_change(&(struct change){.kind = CHANGE_PACKAGE_PUT, .package = &package});
    snprintf(bundle.name, sizeof bundle.name, "b%d", n);
    strcpy(bundle.version, "1");
    strcpy(bundle.state, "ready");
    served_change(&(struct change){.kind = CHANGE_BUNDLE_PUT,
                                   .bundle = {&bundle, "{}", NULL, 0}});
    served_change(&(struct change){.kind = CHANGE_DELIVERY_ADD, .delivery = &delivery});
}

static void open_full(void)
{
    served_open();
    served_add_device(1, "dev-1");
    served_add_device(2, "dev 2/\xc3\xa4");
    served_add_device(3, "dev-3");
    served_add_campaign("running");
    for (int n = 1; n <= 3; n++) {
        put_names(n);
        served_add_event(7, "started");
    }
}

TestSuite(lists, .init = open_full, .fini = served_close, .timeout = 120);

/* "/v1/webhooks/{name}/deliveries" with what there is in the place of names. */
static void target_of(const struct route *route, const char *query, char *out,
                      size_t size)
{
    const char *at = route->path;
    size_t len = 0;

    for (; *at && len + 20 < size; at++) {
        if (*at != '{') {
            out[len++] = *at;
            continue;
        }
        len += (size_t)snprintf(out + len, size - len, "%s",
                                at[1] == 'e'   ? "dev-1"
                                : at[1] == 'i' ? "7"
                                               : "hook1");
        at = strchr(at, '}');
    }
    snprintf(out + len, size - len, "?%s", query);
}

static struct reply get(const struct route *route, const char *query,
                        const char *accept)
{
    char target[1200];

    target_of(route, query, target, sizeof target);
    return ask((struct ask){"GET", target, "admin", accept, NULL, 0});
}

#define JSON "Accept: application/json\r\n"
#define LINES "Accept: application/x-ndjson\r\n"

/* Count rows, page by page. */
static int count_pages(const struct route *route, const char *sort)
{
    char query[900] = "", cursor[700] = "";
    int count = 0;

    for (int pages = 0; pages < 40; pages++) {
        snprintf(query, sizeof query, "limit=1&sort=%s%s%s", sort,
                 *cursor ? "&cursor=" : "", cursor);
        struct reply r = get(route, query, JSON);
        cr_assert(eq(int, r.status, 200), "%s %s: %s", route->path, query, r.body);
        cJSON *page = cJSON_Parse(r.body), *next = cJSON_GetObjectItem(page, "next");
        count += cJSON_GetArraySize(cJSON_GetObjectItem(page, "items"));
        bool is_last = !cJSON_IsString(next);
        snprintf(cursor, sizeof cursor, "%s", is_last ? "" : next->valuestring);
        cJSON_Delete(page);
        if (is_last)
            return count;
    }
    cr_expect(eq(int, count, -1), "%s by %s has no end", route->path, sort);
    return count;
}

static int count_lines(const struct route *route, const char *query)
{
    struct reply r = get(route, query, LINES);
    int count = 0;

    cr_expect(eq(int, r.status, 200), "%s: %s", route->path, r.body);
    for (const char *c = r.body; (c = strchr(c, '\n')); c++)
        count++;
    return count;
}

static void check_sorts(const struct route *route, enum filter_of of)
{
    int all = count_lines(route, "");
    struct filter_field_view field;

    cr_expect(eq(int, count_pages(route, "id"), all), "%s", route->path);
    cr_expect(eq(int, count_pages(route, "-id"), all), "%s", route->path);
    for (size_t i = 0; filter_field_view(of, i, &field); i++) {
        char sort[64], query[80];
        if (!field.is_sorted)
            continue;
        snprintf(sort, sizeof sort, "-%s", field.name);
        snprintf(query, sizeof query, "sort=%s", sort);
        cr_expect(eq(int, count_pages(route, sort + 1), all), "%s %s", route->path,
                  sort);
        cr_expect(eq(int, count_pages(route, sort), all), "%s %s", route->path, sort);
        cr_expect(eq(int, count_lines(route, query), all), "%s %s", route->path, sort);
    }
}

static void check_refusals(const struct route *route)
{
    static const struct {
        const char *query, *says;
    } cases[] = {
        {"q=nonsense%3D%3D1", "unknown field 'nonsense' at position 1; there are "},
        {"q=nonsense%3D%3D1", "\"position\":1"},
        {"sort=nonsense", "'sort' can be id"},
        {"sort=nonsense", "other fields have no index"},
        {"cursor=x", "'cursor' must be 'next'"},
        {"cursor=1.a", "'cursor' must be 'next'"},
        {"limit=1001", "'limit' must be"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = get(route, cases[i].query, JSON);
        cr_expect(eq(int, r.status, 400), "%s: %s", route->path, cases[i].query);
        cr_expect(strstr(r.body, cases[i].says) != NULL, "%s: %s", route->path, r.body);
    }
}

Test(lists, can_all_be_queried_sorted_paged_and_streamed)
{
    int lists = 0;

    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        if (!route_knows(route->parameters, "q"))
            continue;
        const char *word = strrchr(route->path, '/') + 1;
        enum filter_of of =
            filter_of_from_name(strcmp(word, "audit") ? word : "events");
        cr_assert(lt(int, of, FILTER_OF_COUNT), "%s", route->path);
        check_sorts(route, of);
        check_refusals(route);
        lists++;
    }
    cr_expect(eq(int, lists, 13));
}

Test(lists, have_fields_that_can_be_asked_for)
{
    for (int of = 0; of < FILTER_OF_COUNT; of++) {
        char target[80];
        snprintf(target, sizeof target, "/v1/query-fields?of=%s", filter_of_name(of));
        struct reply r = ask((struct ask){"GET", target, "viewer", NULL, NULL, 0});
        cr_expect(eq(int, r.status, 200), "%s", r.body);
        cr_expect(strstr(r.body, "\"sortable\":") != NULL, "%s", r.body);
    }
    struct reply r =
        ask((struct ask){"GET", "/v1/query-fields?of=cats", "viewer", NULL, NULL, 0});
    cr_expect(eq(int, r.status, 400));
    cr_expect(strstr(r.body, "tasks") != NULL, "%s", r.body);
}

Test(lists, find_what_q_names)
{
    struct reply r = ask(
        (struct ask){"GET", "/v1/campaigns?q=state%3D%3Drunning%3Bid%3D%3D7&sort=-name",
                     "viewer", NULL, NULL, 0});
    cr_expect(strstr(r.body, "\"id\":\"7\"") != NULL, "%s", r.body);
    r = ask((struct ask){"GET", "/v1/campaigns?q=state%3D%3Ddraft", "viewer", NULL,
                         NULL, 0});
    cr_expect(eq(str, r.body, "{\"items\":[],\"next\":null}"));
    r = ask((struct ask){"GET", "/v1/webhooks/hook1/deliveries?q=event_id%3E2", "admin",
                         NULL, NULL, 0});
    cr_expect(strstr(r.body, "\"event_id\":\"3\"") != NULL, "%s", r.body);
    cr_expect(zero(ptr, strstr(r.body, "\"event_id\":\"2\"")), "%s", r.body);
}

Test(cursor, comes_back_as_it_went)
{
    static const struct filter_field *sort;
    static const char *const keys[] = {"", "a", "a.b~c/\xc3\xa4 \"&%", "-5"};

    sort = filter_sort_find(FILTER_OF_DEVICES, "endpoint");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct page page = {.next = 42, .sort = sort}, back = {.sort = sort};
        struct text text = {0};
        strcpy(page.next_key, keys[i]);
        cursor_write(&page, &text);
        cr_assert(zero(int, cursor_read(text.at, &back)), "%s", text.at);
        cr_expect(eq(i64, back.after, 42));
        cr_expect(eq(str, back.after_key, page.next_key));
        text_fini(&text);
    }
}

Test(cursor, is_refused_when_it_is_none)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "5",
                                      "0.a",
                                      "-1.a",
                                      "x.a",
                                      "5.~",
                                      "5.~0",
                                      "5.~zz",
                                      "5.~00",
                                      "5.a b",
                                      "5.a.b",
                                      "99999999999999999999.a"};
    struct page page = {.sort = filter_sort_find(FILTER_OF_DEVICES, "endpoint")};
    char longest[800] = "5.";

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect(lt(int, cursor_read(bad[i], &page), 0), "%s", bad[i]);
    memset(longest + 2, 'a', sizeof longest - 3);
    cr_expect(lt(int, cursor_read(longest, &page), 0));
}

/* What is misspelt is not "none of them". */
Test(lists, refuse_a_word_that_no_row_can_have)
{
    static const struct {
        const char *target, *known;
    } cases[] = {
        {"/v1/campaigns?state=active", "running"},
        {"/v1/campaigns?q=state==active", "running"},
        {"/v1/campaigns/7/tasks?state=failedd", "needs-attention"},
        {"/v1/campaigns/7/tasks?state=failed,needs-attention", "needs-attention"},
        {"/v1/campaigns/7/tasks?waiting_for=battery", "condition"},
        {"/v1/campaigns/7/tasks?component_state=done", "updated"},
        {"/v1/campaigns/7/tasks?q=component.a.state==done", "updated"},
        {"/v1/campaigns/7/tasks?q=waiting_for=in=(wave,battery)", "condition"},
        {"/v1/devices/dev-1/tasks?state=done", "succeeded"},
        {"/v1/devices?q=state==registerd", "registered"},
        {"/v1/devices?q=component.a.state!=idel", "idle"},
        {"/v1/bundles?state=redy", "ready"},
        {"/v1/packages?state=redy", "ready"},
        {"/v1/tokens?q=role==root", "admin"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r =
            ask((struct ask){"GET", cases[i].target, "admin", NULL, NULL, 0});
        cr_expect(eq(int, r.status, 400), "%s: %s", cases[i].target, r.body);
        cr_expect(strstr(r.body, cases[i].known) != NULL, "%s: %s", cases[i].target,
                  r.body);
    }
    struct reply r =
        ask((struct ask){"GET", "/v1/devices?q=state==reg*", "admin", NULL, NULL, 0});
    cr_expect(eq(int, r.status, 200), "%s", r.body);
}
