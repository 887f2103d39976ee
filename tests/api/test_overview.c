/* SPDX-License-Identifier: Apache-2.0 */
/* The fleet in numbers, the policy that is taken, what people did. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/policy.h"
#include "store/events.h"
#include "tests/api/served.h"

TestSuite(overview, .init = served_open, .fini = served_close, .timeout = 120);

static struct reply get(const char *target)
{
    return ask((struct ask){"GET", target, "viewer", NULL, NULL, 0});
}

Test(overview, is_empty_without_devices)
{
    struct reply r = get("/v1/fleet");

    cr_expect(eq(int, r.status, 200));
    cr_expect(
        eq(str, r.body, "{\"components\":[],\"is_cut\":false,\"registrations\":[]}"));
}

Test(overview, counts_devices_by_component_and_version)
{
    served_add_device(1, "dev-1");
    served_add_device(2, "dev-2");
    struct reply r = get("/v1/fleet");

    cr_expect(strstr(r.body, "{\"component\":\"firmware\",\"versions\":"
                             "[{\"version\":\"1.0\",\"devices\":2}]}") != NULL,
              "%s", r.body);
}

Test(overview, tells_the_policy_of_campaigns_that_say_nothing)
{
    struct policy read, known = policy_default();
    struct policy_error why;
    struct reply r = get("/v1/policy");

    cr_assert(eq(int, r.status, 200));
    cr_assert(zero(int, policy_parse(r.body, &read, &why)), "%s", r.body);
    cr_expect(eq(u32, read.brake.first, known.brake.first));
    cr_expect(eq(u32, read.in_flight, known.in_flight));
}

static void shown(void *context, struct api_figures *out)
{
    (void)context;
    out->policy = policy_default();
    out->policy.in_flight = 7;
}

static void open_with_figures(void)
{
    served_open_with(&(struct api_options){.figures = shown});
}

TestSuite(configured, .init = open_with_figures, .fini = served_close, .timeout = 120);

Test(configured, policy_is_what_the_daemon_has)
{
    struct reply r = get("/v1/policy");

    cr_expect(strstr(r.body, "\"in_flight\":7,") != NULL, "%s", r.body);
}

static void add_event(const char *actor, const char *kind)
{
    struct event_row row = {.at_ms = 1000, .name = "created", .body = "{}"};

    snprintf(row.actor, sizeof row.actor, "%s", actor);
    snprintf(row.kind, sizeof row.kind, "%s", kind);
    served_change(&(struct change){.kind = CHANGE_EVENT_ADD, .event = &row});
}

Test(overview, shows_what_people_did)
{
    add_event("ada", "bundle");
    add_event("system", "bundle");
    add_event("device", "task");
    add_event("grace", "token");
    struct reply r = get("/v1/audit");

    cr_expect(eq(int, r.status, 200));
    cr_expect(strstr(r.body, "grace") && strstr(r.body, "ada"), "%s", r.body);
    cr_expect(strstr(r.body, "grace") < strstr(r.body, "ada"), "the newest first");
    cr_expect(strstr(r.body, "system") == NULL && strstr(r.body, "device") == NULL,
              "%s", r.body);
    r = get("/v1/audit?kind=bundle");
    cr_expect(strstr(r.body, "ada") && strstr(r.body, "grace") == NULL, "%s", r.body);
}
