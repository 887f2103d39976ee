/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: what a client gets, from where, and what keeps it connected. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/routes.h"
#include "campaigns/task.h"
#include "store/event_kinds.h"
#include "tests/api/served.h"

static void open_impatient(void)
{
    served_open_with(&(struct api_options){.heartbeat_ms = 50, .followers_max = 3});
}

TestSuite(events, .init = open_impatient, .fini = served_close, .timeout = 120);

static int follow(const char *target, const char *headers)
{
    char head[400];
    int fd = dial();

    snprintf(head, sizeof head,
             "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer viewer\r\n"
             "Connection: close\r\n%s\r\n",
             target, headers);
    tell(fd, head);
    return fd;
}

Test(events, come_as_they_become_durable)
{
    int fd = follow("/v1/events", "");

    cr_assert(hear(fd, "retry: 2000"));
    served_add_event(0, "started");
    cr_expect(hear(fd, "\"event\":\"started\""));
    served_add_event(0, "ended");
    cr_expect(hear(fd, "id: 2\nevent: campaign\ndata: {\"event_id\":\"2\""));
    close(fd);
}

Test(events, of_before_are_not_sent_to_who_names_none)
{
    served_add_event(0, "before");
    int fd = follow("/v1/events", "");

    char seen[4096] = "";
    for (size_t len = 0; !strstr(seen, "\n:\n\n") && len < sizeof seen - 1;) {
        ssize_t n = read(fd, seen + len, sizeof seen - 1 - len);
        cr_assert(n > 0);
        len += (size_t)n;
        seen[len] = '\0';
    }
    cr_expect(zero(ptr, strstr(seen, "before")));
    close(fd);
}

Test(events, begin_after_the_last_one_the_client_has)
{
    for (int i = 0; i < 250; i++)
        served_add_event(0, "early");
    served_add_event(0, "late");
    int fd = follow("/v1/events", "Last-Event-ID: 250\r\n");
    cr_expect(hear(fd, "id: 251\n"));
    close(fd);
    fd = follow("/v1/events?last_event_id=100", "");
    cr_expect(hear(fd, "id: 251\n"));
    close(fd);
}

Test(events, are_only_those_that_were_asked_for)
{
    served_add_campaign("running");
    int fd = follow("/v1/events?campaign=7", "Last-Event-ID: 0\r\n");

    cr_assert(hear(fd, "retry"));
    served_add_event(0, "other");
    served_add_event(7, "mine");
    char seen[4096] = "";
    for (size_t len = 0; !strstr(seen, "mine") && len < sizeof seen - 1;) {
        ssize_t n = read(fd, seen + len, sizeof seen - 1 - len);
        cr_assert(n > 0);
        len += (size_t)n;
        seen[len] = '\0';
    }
    cr_expect(zero(ptr, strstr(seen, "other")));
    close(fd);
}

Test(events, beat_while_nothing_happens)
{
    int fd = follow("/v1/events", "");

    cr_assert(hear(fd, "retry"));
    cr_expect(hear(fd, "\n:\n\n"));
    cr_expect(hear(fd, ":\n\n"));
    close(fd);
}

Test(events, are_refused_to_one_follower_too_many)
{
    int fd[3];

    for (int i = 0; i < 3; i++) {
        fd[i] = follow("/v1/events", "");
        cr_assert(hear(fd[i], "retry"));
    }
    struct reply r = ask((struct ask){"GET", "/v1/events", "viewer", NULL, NULL, 0});
    cr_expect(eq(int, r.status, 429), "%s", r.body);
    /* A client that left is noticed by its heartbeat, and makes room. */
    close(fd[0]);
    for (int i = 0; i < 10000 && r.status == 429; i++) {
        fd[0] = follow("/v1/events", "");
        r.status = hear(fd[0], "retry") ? 200 : 429;
        if (r.status == 429)
            close(fd[0]);
    }
    cr_expect(eq(int, r.status, 200));
    for (int i = 0; i < 3; i++)
        close(fd[i]);
}

Test(events, are_a_list_for_who_accepts_json)
{
    served_add_event(0, "one");
    served_add_event(0, "two");
    struct reply r = ask((struct ask){"GET", "/v1/events?limit=1", "viewer",
                                      "Accept: application/json\r\n", NULL, 0});

    cr_expect(eq(int, r.status, 200));
    cr_expect(strstr(r.body, "\"event\":\"two\"") != NULL, "%s", r.body);
    cr_expect(zero(ptr, strstr(r.body, "\"event\":\"one\"")));
}

Test(events, of_nonsense_are_refused)
{
    static const char *const targets[] = {
        "/v1/events?kind=nonsense",  "/v1/audit?kind=tasks",
        "/v1/events?campaign=x",     "/v1/events?campaign=99",
        "/v1/events?device=nobody",  "/v1/events?campaign=1&device=nobody",
        "/v1/events?last_event_id=x"};

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct reply r = ask((struct ask){"GET", targets[i], "viewer", NULL, NULL, 0});
        cr_expect(r.status == 400 || r.status == 404, "%s: %d", targets[i], r.status);
    }
}

static bool has_word(const char *list, const char *word)
{
    return route_knows(list, word);
}

Test(events, that_states_make_are_in_the_table_of_kinds)
{
    const struct event_kind *task = event_kind_find("task");
    const struct event_kind *component = event_kind_find("component");

    for (int i = 0; i < TASK_STATE_COUNT; i++)
        cr_expect(has_word(task->events, task_state_name((enum task_state)i)), "%s",
                  task_state_name((enum task_state)i));
    for (int i = 0; i < PART_STATE_COUNT; i++)
        cr_expect(has_word(component->events, part_state_name((enum part_state)i)),
                  "%s", part_state_name((enum part_state)i));
}

Test(events, are_listed_by_kind_with_their_members)
{
    struct reply r =
        ask((struct ask){"GET", "/v1/event-kinds", "viewer", NULL, NULL, 0});

    cr_expect(eq(int, r.status, 200));
    for (size_t i = 0; i < event_kind_count; i++) {
        cr_expect(strstr(r.body, event_kinds[i].name) != NULL);
        for (const struct event_field *f = event_kinds[i].fields; f->name; f++)
            cr_expect(strstr(r.body, f->text) != NULL, "%s", f->name);
    }
}

Test(events, of_several_kinds_are_followed)
{
    struct event_row row = {
        .at_ms = 1, .kind = "token", .name = "created", .actor = "ada", .body = "{}"};
    int fd = follow("/v1/events?kind=campaign,token", "Last-Event-ID: 0\r\n");

    cr_assert(hear(fd, "retry"));
    strcpy(row.kind, "profile");
    served_change(&(struct change){.kind = CHANGE_EVENT_ADD, .event = &row});
    strcpy(row.kind, "token");
    served_change(&(struct change){.kind = CHANGE_EVENT_ADD, .event = &row});
    cr_expect(hear(fd, "id: 2\nevent: token"));
    served_add_event(0, "started");
    cr_expect(hear(fd, "id: 3\nevent: campaign"));
    close(fd);
}

Test(events, of_another_log_are_a_gap)
{
    served_add_event(0, "one");
    int fd = follow("/v1/events", "Last-Event-ID: 500\r\n");

    cr_expect(hear(fd, "id: 1\nevent: gap\ndata: {\"first\":\"2\"}"));
    served_add_event(0, "two");
    cr_expect(hear(fd, "\"event\":\"two\""));
    close(fd);
}

Test(events, that_were_removed_are_a_gap)
{
    struct change prune = {.kind = CHANGE_PRUNE_EVENTS,
                           .prune_events = {.before_ms = INT64_MAX}};

    for (int i = 0; i < 5; i++)
        served_add_event(0, "early");
    served_change(&prune);
    int fd = follow("/v1/events", "Last-Event-ID: 2\r\n");
    cr_expect(hear(fd, "id: 4\nevent: gap\ndata: {\"first\":\"5\"}\n\nid: 5\n"));
    close(fd);
}
