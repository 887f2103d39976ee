/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - the thread of the hooks between a core that completes its commands,
 * events that become durable, webhooks that come and go, and receivers that take,
 * refuse or stay silent; then the end in the middle of it. No Criterion: run under
 * TSan.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "campaigns/command.h"
#include "daemon/base/clock.h"
#include "daemon/hooks/hooks.h"
#include "store/seal.h"
#include "store/webhooks.h"
#include "tests/api/core.h"
#include "tests/api/served.h"

enum { EVENTS = 60, CHANGES = 40 };

struct receiver {
    int fd;
    const char *answer; /* NULL: it takes the connection, and that is all */
    _Atomic int got;
    char url[64];
};

static void must(bool claim, const char *what)
{
    if (claim)
        return;
    fprintf(stderr, "failed: %s\n", what);
    abort();
}

static void listen_on(struct receiver *r)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;

    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(r->fd, (struct sockaddr *)&at, sizeof at) == 0, "bind");
    must(listen(r->fd, 64) == 0, "listen");
    must(getsockname(r->fd, (struct sockaddr *)&at, &len) == 0, "getsockname");
    snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/", ntohs(at.sin_port));
}

/* Each connection is one POST; what comes after its first bytes is not looked at. */
static void *receive(void *arg)
{
    struct receiver *r = arg;
    char text[16384];
    int fd;

    while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
        if (recv(fd, text, sizeof text, 0) > 0) {
            atomic_fetch_add(&r->got, 1);
            send(fd, r->answer, strlen(r->answer), MSG_NOSIGNAL);
        }
        close(fd);
    }
    return NULL;
}

static void put_hook(const char *name, const char *url)
{
    struct webhook_row row = {.is_enabled = true, .created_ms = 1};
    char of[64];

    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.url, sizeof row.url, "%s", url);
    snprintf(of, sizeof of, "webhook:%s", name);
    must(seal_put(served_seal(), of, "a secret of some length", row.sealed) == 0,
         "seal");
    served_change(&(struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &row});
}

static void *tell_events(void *arg)
{
    for (int i = 0; i < EVENTS; i++) {
        served_add_event(7, "more");
        hooks_durable(arg);
    }
    return NULL;
}

/* New addresses and new webhooks, while tries of the old ones are under way. */
static void *change_hooks(void *arg)
{
    for (int i = 0; i < CHANGES; i++) {
        put_hook("changing", i % 2 ? "http://127.0.0.1:1/" : "http://127.0.0.1:2/");
        put_hook("coming", "http://127.0.0.1:1/");
        hooks_durable(arg);
        must(hooks_beat_ms(arg) > 0, "the thread goes round");
        served_change(
            &(struct change){.kind = CHANGE_WEBHOOK_DELETE, .name = "coming"});
        hooks_durable(arg);
    }
    return NULL;
}

int main(void)
{
    struct receiver takes = {.answer = "HTTP/1.1 204 No Content\r\n\r\n"},
                    refuses = {.answer =
                                   "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"},
                    is_silent = {0};
    char path[256];
    struct hooks *hooks;
    pthread_t receivers[2], others[2];

    served_open();
    served_add_campaign("running");
    listen_on(&takes);
    listen_on(&refuses);
    listen_on(&is_silent);
    pthread_create(&receivers[0], NULL, receive, &takes);
    pthread_create(&receivers[1], NULL, receive, &refuses);
    snprintf(path, sizeof path, "%s/lockstep.db", served_dir());
    const struct hooks_options options = {
        .store_path = path,
        .commands = core_commands(),
        .seal = served_seal(),
        .allows_private = true,
        .timeout_ms = 200,
        .retry_ms = 5,
        .retry_max_ms = 20,
        .give_up_ms = INT64_MAX,
    };
    must(hooks_open(&options, &hooks) == 0, "hooks_open");
    put_hook("takes", takes.url);
    put_hook("refuses", refuses.url);
    put_hook("silent", is_silent.url);
    pthread_create(&others[0], NULL, tell_events, hooks);
    pthread_create(&others[1], NULL, change_hooks, hooks);
    for (int i = 0; i < 2; i++)
        pthread_join(others[i], NULL);
    while (atomic_load(&takes.got) < EVENTS || atomic_load(&refuses.got) < 2)
        sched_yield();

    int recorded = core_count(COMMAND_WEBHOOK_DELIVERED);
    core_set(CORE_HOLDS); /* what it has now comes back when nobody waits for it */
    served_add_event(7, "last");
    hooks_durable(hooks);
    while (core_count(COMMAND_WEBHOOK_DELIVERED) == recorded) /* of "more" or "last" */
        sched_yield();
    hooks_stop(hooks);
    core_set(CORE_WORKS);
    served_close();
    hooks_close(hooks);
    shutdown(takes.fd, SHUT_RDWR);
    shutdown(refuses.fd, SHUT_RDWR);
    for (int i = 0; i < 2; i++)
        pthread_join(receivers[i], NULL);
    close(takes.fd);
    close(refuses.fd);
    close(is_silent.fd);
    puts("ended");
    return 0;
}
