/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - the thread: sockets, commands and timers, each a batch at a time. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "daemon/base/clock.h"
#include "daemon/wire/wire_internal.h"

enum { WAIT_MAX_MS = 1000, ROUNDS_MAX = 16 };

static bool is_asked_for(enum coap_event_kind kind)
{
    switch (kind) {
    case COAP_EV_RESPONSE:
    case COAP_EV_FAILURE:
    case COAP_EV_PUSH_END:
    case COAP_EV_WITHDRAWN:
        return true;
    case COAP_EV_REQUEST:
    case COAP_EV_NOTIFICATION:
    case COAP_EV_PROGRESS:
    case COAP_EV_SERVED:
    case COAP_EV_DAMAGED:
        return false;
    }
    return false;
}

/* A request takes the place of its answer along. */
static int offer(struct wire *w, const struct coap_event *ev)
{
    if (ev->kind != COAP_EV_REQUEST)
        return queue_push(w->events, ev);
    int rc = queue_reserve(w->commands);
    if (rc == 0 && (rc = queue_push(w->events, ev)) != 0)
        queue_unreserve(w->commands);
    return rc;
}

static void pass_events(struct wire *w)
{
    struct coap_event ev;
    while (messenger_event(w->messenger, &ev)) {
        if (is_asked_for(ev.kind)) {
            queue_push_reserved(w->events, &ev);
        } else if (offer(w, &ev) != 0) {
            w->totals.dropped_full++;
            messenger_refuse(w->messenger, &ev);
        }
    }
}

/* After this one more input, order or tick has room. */
static void make_room(struct wire *w)
{
    pass_events(w);
    if (!messenger_has_room(w->messenger))
        wire_flush(w);
}

static bool is_lost_on_purpose(struct wire *w)
{
    return w->options.drop_in_pct > 0 &&
           random_between(&w->losses, 0, 99) < w->options.drop_in_pct;
}

static void take_datagrams(struct wire *w, const struct port *p, size_t count)
{
    int64_t now = clock_mono_ms();
    w->totals.datagrams_in += count;
    for (size_t i = 0; i < count; i++) {
        struct coap_peer peer;
        if (!port_peer(p, &w->in, i, &peer) || is_lost_on_purpose(w))
            continue;
        messenger_input(w->messenger, now, &peer, w->in.bytes[i],
                        w->in.headers[i].msg_len);
        make_room(w);
    }
}

static void take_errors(struct wire *w, const struct port *p)
{
    struct coap_peer peer;
    for (int i = 0; i < BATCH && port_error(p, &peer); i++) {
        messenger_unreachable(w->messenger, &peer);
        make_room(w);
    }
}

static void publish(struct wire *w, const struct command *c)
{
    /* No memory: the GETs of it are answered 4.04 and its pushes fail by name. */
    if (messenger_publish(w->messenger, c->digest, c->bytes, c->size) != 0)
        w->totals.dropped_full++;
}

static void take_command(struct wire *w, struct command *c)
{
    struct messenger *m = w->messenger;
    int64_t now = clock_mono_ms();
    switch (c->kind) {
    case COMMAND_REQUEST:
        messenger_request(m, now, c->request);
        break;
    case COMMAND_PUSH:
        messenger_push(m, now, c->request, c->digest);
        break;
    case COMMAND_CANCEL:
        messenger_cancel(m, now, c->number);
        break;
    case COMMAND_RESPOND:
        messenger_respond(m, now, c->number, c->response);
        break;
    case COMMAND_PUBLISH:
        publish(w, c);
        break;
    case COMMAND_WITHDRAW:
        messenger_withdraw(m, c->digest, c->number);
        break;
    case COMMAND_FORGET:
        messenger_forget(m, now, &c->peer);
        break;
    case COMMAND_STOP:
        w->is_stopping = true;
        break;
    }
    free(c->response);
}

static void take_commands(struct wire *w)
{
    struct command commands[BATCH];
    size_t count = BATCH;
    while (count == BATCH) {
        count = queue_pop(w->commands, commands, BATCH);
        for (size_t i = 0; i < count; i++) {
            take_command(w, &commands[i]);
            make_room(w);
        }
    }
}

/* A bounded number of batches, so that the other sockets have their turn. Commands come
 * between receiving and handling: what was commanded before a device sent its datagram,
 * a package published say, holds for that datagram. */
static void serve_port(struct wire *w, const struct port *p)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        size_t count = port_receive(p, &w->in);
        take_commands(w);
        take_datagrams(w, p, count);
        wire_flush(w);
        if (count < BATCH)
            return;
    }
}

static void tick(struct wire *w)
{
    bool again = true;
    while (again) {
        again = messenger_tick(w->messenger, clock_mono_ms());
        pass_events(w);
        wire_flush(w);
    }
}

static void count(struct wire *w)
{
    const struct messenger_counters c = messenger_counters_get(w->messenger);
    struct wire_counters t = w->totals;
    t.malformed = c.malformed;
    t.duplicates = c.duplicates;
    t.retransmissions = c.retransmissions;
    t.blocks_served = c.blocks_served;
    t.bytes_served = c.bytes_served;
    t.blocks_pushed = c.blocks_pushed;
    t.bytes_pushed = c.bytes_pushed;
    t.package_gets = c.package_gets;
    t.peers = c.peers;
    uint64_t values[COUNTERS];
    memcpy(values, &t, sizeof values);
    for (size_t i = 0; i < COUNTERS; i++)
        atomic_store_explicit(&w->counters[i], values[i], memory_order_relaxed);
}

static void serve(struct wire *w, const struct epoll_event *ready)
{
    uint32_t port = ready->data.u32;

    if (port >= w->port_count) {
        take_commands(w);
        return;
    }
    if (ready->events & EPOLLERR)
        take_errors(w, &w->ports[port]);
    serve_port(w, &w->ports[port]);
}

void *loop_run(void *arg)
{
    struct wire *w = arg;
    struct epoll_event ready[WIRE_BINDS_MAX + 1];
    sigset_t all;
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    pthread_setname_np(pthread_self(), "wire");
    while (!w->is_stopping) {
        int64_t wait = messenger_wait_ms(w->messenger, clock_mono_ms(), WAIT_MAX_MS);
        int n = epoll_wait(w->epoll, ready, WIRE_BINDS_MAX + 1, (int)wait);
        for (int i = 0; i < n; i++)
            serve(w, &ready[i]);
        tick(w);
        count(w);
        atomic_store_explicit(&w->beat_ms, clock_mono_ms(), memory_order_relaxed);
    }
    return NULL;
}
