/* SPDX-License-Identifier: Apache-2.0 */
/* What people edit: only as they have seen it, in part, and not sent again for nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/command.h"
#include "store/webhooks.h"
#include "tests/api/core.h"
#include "tests/api/expect.h"

static void open_full(void)
{
    struct webhook_row hook = {.name = "hook", .url = "http://a/", .is_enabled = true};
    struct profile_row profile = {.name = "gw", .updated_ms = 1};
    struct campaign_row campaign = {.id = 7, .state = "draft", .name = "north"};

    served_open();
    strcpy(hook.sealed, "0123456789abcdef");
    strcpy(hook.kinds, " task ");
    served_change(&(struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &hook});
    served_change(&(struct change){
        .kind = CHANGE_PROFILE_PUT,
        .profile = {&profile, "{\"name\":\"gw\",\"model\":\"GW\",\"notes\":\"old\"}"}});
    strcpy(campaign.plan_id, core_plan());
    campaign.bundle_id = core_bundle();
    served_change(&(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                   .campaign = {&campaign, "{}", true}});
    served_add_device(1, "dev-1");
}

TestSuite(edits, .init = open_full, .fini = served_close, .timeout = 120);

static struct reply with(const char *method, const char *target, const char *header,
                         const char *body)
{
    return ask((struct ask){method, target, "admin", header ? header : "", body, 0});
}

static void field(const char *name, const char *value, char *out, size_t size)
{
    snprintf(out, size, "%s: %s\r\n", name, value);
}

static const char *etag_of(const char *target)
{
    static char etag[160];
    struct reply r = with("GET", target, NULL, NULL);

    cr_assert(eq(int, r.status, 200), "%s: %s", target, r.body);
    cr_assert(reply_header(&r, "ETag") != NULL, "%s", target);
    snprintf(etag, sizeof etag, "%s", reply_header(&r, "ETag"));
    return etag;
}

static const struct {
    const char *target, *method, *body;
    int kind;
} edits[] = {
    {"/v1/profiles/gw", "PATCH", "{\"notes\":\"new\"}", COMMAND_PROFILE_PUT},
    {"/v1/profiles/gw", "PUT", "{\"name\":\"gw\",\"model\":\"B\"}",
     COMMAND_PROFILE_PUT},
    {"/v1/profiles/gw", "DELETE", NULL, COMMAND_PROFILE_DELETE},
    {"/v1/webhooks/hook", "PATCH", "{\"enabled\":false}", COMMAND_WEBHOOK_PUT},
    {"/v1/webhooks/hook", "DELETE", NULL, COMMAND_WEBHOOK_DELETE},
    {"/v1/campaigns/7", "PATCH", "{\"name\":\"edited\"}", COMMAND_CAMPAIGN_PATCH},
    {"/v1/devices/dev-1", "PATCH", "{\"tags\":{\"a\":\"b\"}}",
     COMMAND_DEVICE_TAGS_PATCH},
    {"/v1/tokens/old", "DELETE", NULL, COMMAND_TOKEN_REVOKE},
};

Test(edits, are_refused_when_it_was_changed)
{
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        struct reply r =
            with(edits[i].method, edits[i].target,
                 "If-Match: \"0123456789abcdef.0\", \"9999\"\r\n", edits[i].body);
        cr_expect(eq(int, r.status, 412), "%s %s: %s", edits[i].method, edits[i].target,
                  r.body);
        r = with(edits[i].method, edits[i].target, "If-Match: nonsense\r\n",
                 edits[i].body);
        cr_expect(eq(int, r.status, 412), "%s", edits[i].target);
        cr_expect(zero(int, core_count(edits[i].kind)), "%s", edits[i].target);
    }
}

Test(edits, are_made_on_what_was_seen_and_change_its_etag)
{
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        char header[200], before[160];
        bool stays = strcmp(edits[i].method, "DELETE") != 0;
        snprintf(before, sizeof before, "%s", etag_of(edits[i].target));
        snprintf(header, sizeof header, "If-Match: \"7777\" , %s\r\n", before);
        struct reply r = with(edits[i].method, edits[i].target, header, edits[i].body);
        cr_expect(eq(int, r.status, stays ? 200 : 204), "%s %s: %s", edits[i].method,
                  edits[i].target, r.body);
        if (!stays) {
            expect_status(with("GET", edits[i].target, NULL, NULL), 404);
            continue;
        }
        cr_expect(ne(str, (char *)etag_of(edits[i].target), before), "%s",
                  edits[i].target);
        r = with(edits[i].method, edits[i].target, header, edits[i].body);
        cr_expect(eq(int, r.status, 412), "again: %s", edits[i].target);
    }
}

/* Another was faster: it came to the store first. */
Test(edits, of_two_at_once_one_is_refused)
{
    char header[200], etag[160];

    snprintf(etag, sizeof etag, "%s", etag_of("/v1/profiles/gw"));
    field("If-Match", etag, header, sizeof header);
    served_change(
        &(struct change){.kind = CHANGE_PROFILE_PUT,
                         .profile = {&(struct profile_row){.name = "gw"}, "{}"}});
    expect_status(with("PUT", "/v1/profiles/gw", header, "{\"name\":\"gw\"}"), 412);
}

Test(edits, can_demand_that_there_is_none_yet)
{
    const char *none = "If-None-Match: *\r\n", *some = "If-Match: *\r\n";

    expect_status(with("PUT", "/v1/profiles/gw", none, "{\"name\":\"gw\"}"), 412);
    expect_status(with("PUT", "/v1/profiles/x", some, "{\"name\":\"x\"}"), 412);
    expect_status(with("PUT", "/v1/profiles/x", none, "{\"name\":\"x\"}"), 200);
    expect_status(with("PUT", "/v1/profiles/x", none, "{\"name\":\"x\"}"), 412);
    expect_status(with("PUT", "/v1/profiles/x", some, "{\"name\":\"x\"}"), 200);
}

Test(edits, merge_what_is_given)
{
    struct reply r = with("PATCH", "/v1/profiles/gw",
                          "Content-Type: application/merge-patch+json\r\n",
                          "{\"notes\":null,\"quirks\":[\"push-only\"]}");
    expect_says(r, "\"profile\":{\"name\":\"gw\",\"model\":\"GW\",\"quirks\":"
                   "[\"push-only\"]}");
    r = with("PATCH", "/v1/profiles/gw", NULL, "{\"name\":\"other\"}");
    expect_status(r, 400);
    r = with("PATCH", "/v1/profiles/gw", NULL, "{\"quirks\":[\"no-such\"]}");
    expect_status(r, 422);
    expect_status(with("PATCH", "/v1/profiles/none", NULL, "{}"), 404);

    r = with("PATCH", "/v1/webhooks/hook", NULL,
             "{\"url\":\"https://b.example/\",\"kinds\":null,\"campaign\":\"7\"}");
    expect_status(r, 200);
    expect_says(r, "\"name\":\"hook\",\"url\":\"https://b.example/\",\"kinds\":[],"
                   "\"campaign\":\"7\",\"enabled\":true");
    cr_expect(zero(ptr, strstr(r.body, "secret")), "%s", r.body);
    expect_status(with("PATCH", "/v1/webhooks/hook", NULL, "{\"url\":null}"), 400);
    expect_status(with("PATCH", "/v1/webhooks/hook", NULL, "{\"name\":\"b\"}"), 400);
    expect_status(with("PATCH", "/v1/webhooks/hook", NULL, "{\"secret\":\"x\"}"), 400);
    expect_status(with("PATCH", "/v1/webhooks/none", NULL, "{}"), 404);

    expect_status(with("PATCH", "/v1/campaigns/7", NULL, "{}"), 400);
    expect_status(with("PATCH", "/v1/campaigns/7", NULL, "{\"state\":\"x\"}"), 400);
    expect_status(with("PATCH", "/v1/campaigns/7", NULL, "{\"name\":\"\"}"), 400);
    expect_status(with("PATCH", "/v1/campaigns/7", NULL, "{\"policy\":7}"), 400);
    expect_status(with("PATCH", "/v1/campaigns/9", NULL, "{\"name\":\"a\"}"), 404);
}

Test(edits, are_not_sent_again_to_who_has_them)
{
    static const char *const targets[] = {
        "/v1/profiles/gw",        "/v1/webhooks/hook",
        "/v1/campaigns/7",        "/v1/devices/dev-1",
        "/v1/devices/dev-1/tags", "/v1/tokens/viewer",
        "/v1/bundles/gateway@1",  "/v1/bundles/gateway@1/manifest",
        "/v1/plans/plan-1",
    };

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char etag[160], header[240];
        snprintf(etag, sizeof etag, "%s", etag_of(targets[i]));
        snprintf(header, sizeof header, "If-None-Match: \"a\", W/%s\r\n", etag);
        struct reply r = with("GET", targets[i], header, NULL);
        cr_expect(eq(int, r.status, 304), "%s", targets[i]);
        cr_expect(zero(sz, r.body_len), "%s: %s", targets[i], r.body);
        cr_expect(eq(str, (char *)reply_header(&r, "ETag"), etag), "%s", targets[i]);
        r = with("GET", targets[i], "If-None-Match: \"a\"\r\n", NULL);
        cr_expect(eq(int, r.status, 200), "%s", targets[i]);
    }
}

/* The ETag has the whole answer in it, If-Match only looks at what can be edited. */
Test(edits, do_not_mind_that_a_device_was_heard_of)
{
    char header[200], before[160];
    struct change seen = {.kind = CHANGE_DEVICE_STATE,
                          .device_state = {.id = 1, .state = "asleep"}};

    snprintf(before, sizeof before, "%s", etag_of("/v1/devices/dev-1"));
    served_change(&seen);
    field("If-None-Match", before, header, sizeof header);
    expect_status(with("GET", "/v1/devices/dev-1", header, NULL), 200);
    field("If-Match", before, header, sizeof header);
    expect_status(with("PATCH", "/v1/devices/dev-1", header, "{\"tags\":{}}"), 200);
}
