/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - open and close, and the core's side of the queues. */
#include "daemon/wire/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/wire/wire_internal.h"

struct wire_options wire_options_default(void)
{
    return (struct wire_options){
        .coap = coap_options_default(),
        .commands_max = 16384,
        .events_max = 16384,
        .receive_buffer_bytes = 4 << 20,
    };
}

static int watch(struct wire *w, int fd, uint32_t port)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = port};
    return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static int open_ports(struct wire *w)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < w->options.bind_count; i++) {
        rc = port_open(&w->options, &w->options.binds[i], &w->ports[i]);
        if (rc == 0) {
            w->port_count++;
            rc = watch(w, w->ports[i].fd, (uint32_t)i);
        }
    }
    return rc;
}

static int open_parts(struct wire *w)
{
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (w->epoll < 0)
        return -errno;
    int rc = messenger_open(&w->options.coap, w->options.seed, clock_mono_ms(),
                            &w->messenger);
    if (rc == 0)
        rc = queue_open(w->options.commands_max, sizeof(struct command), &w->commands);
    if (rc == 0)
        rc = queue_open(w->options.events_max, sizeof(struct coap_event), &w->events);
    if (rc == 0)
        rc = open_ports(w);
    if (rc == 0)
        rc = watch(w, queue_fd(w->commands), UINT32_MAX);
    return rc;
}

int wire_open(const struct wire_options *options, struct wire **out)
{
    if (options->bind_count > WIRE_BINDS_MAX)
        return -EINVAL;
    struct wire *w = calloc(1, sizeof *w);
    if (!w)
        return -ENOMEM;
    w->options = *options;
    w->losses.s = options->seed;
    atomic_init(&w->beat_ms, clock_mono_ms());
    w->epoll = -1;
    int rc = open_parts(w);
    /* The place of COMMAND_STOP is set aside, so that stopping cannot fail. */
    if (rc == 0 && queue_reserve(w->commands) != 0)
        rc = -EINVAL;
    if (rc == 0)
        rc = -pthread_create(&w->thread, NULL, loop_run, w);
    if (rc != 0) {
        wire_close(w);
        return rc;
    }
    w->is_started = true;
    *out = w;
    return 0;
}

void wire_stop(struct wire *w)
{
    if (!w->is_started)
        return;
    const struct command c = {.kind = COMMAND_STOP};
    queue_push_reserved(w->commands, &c);
    pthread_join(w->thread, NULL);
    w->is_started = false;
}

static void clear_queues(struct wire *w)
{
    struct command c;
    struct coap_event ev;
    while (w->commands && queue_pop(w->commands, &c, 1) == 1) {
        free(c.request);
        free(c.response);
    }
    while (w->events && queue_pop(w->events, &ev, 1) == 1)
        coap_message_free(ev.message);
}

void wire_close(struct wire *w)
{
    if (!w)
        return;
    wire_stop(w);
    clear_queues(w);
    queue_close(w->commands);
    queue_close(w->events);
    free(w->forgets);
    for (size_t i = 0; i < w->port_count; i++)
        port_close(&w->ports[i]);
    if (w->epoll >= 0)
        close(w->epoll);
    messenger_close(w->messenger);
    free(w);
}

size_t wire_bound(const struct wire *w, struct net_address *out, size_t max)
{
    size_t count = w->port_count < max ? w->port_count : max;
    for (size_t i = 0; i < count; i++)
        out[i] = w->ports[i].bound;
    return count;
}

int wire_fd(const struct wire *w)
{
    return queue_fd(w->events);
}

static bool push_forget(struct wire *w, const struct coap_peer *peer)
{
    const struct command c = {.kind = COMMAND_FORGET, .peer = *peer};
    return queue_push(w->commands, &c) == 0;
}

/* @return false: some still wait, and nothing may overtake them */
static bool flush_forgets(struct wire *w)
{
    size_t done = 0;
    while (done < w->forget_count && push_forget(w, &w->forgets[done]))
        done++;
    w->forget_count -= done;
    if (done > 0)
        memmove(w->forgets, w->forgets + done, w->forget_count * sizeof *w->forgets);
    return w->forget_count == 0;
}

static int keep_forget(struct wire *w, const struct coap_peer *peer)
{
    if (w->forget_count == w->forget_room) {
        size_t room = w->forget_room ? 2 * w->forget_room : 64;
        struct coap_peer *more = reallocarray(w->forgets, room, sizeof *more);
        if (!more)
            return -ENOMEM;
        w->forgets = more;
        w->forget_room = room;
    }
    w->forgets[w->forget_count++] = *peer;
    return 0;
}

int wire_forget(struct wire *w, const struct coap_peer *peer)
{
    return flush_forgets(w) && push_forget(w, peer) ? 0 : keep_forget(w, peer);
}

size_t wire_take(struct wire *w, struct coap_event *events, size_t max)
{
    (void)flush_forgets(w);
    return queue_pop(w->events, events, max);
}

/* Send a command that will be answered by an event: the event's place first. */
static int send_for_event(struct wire *w, const struct command *c)
{
    if (!flush_forgets(w) || queue_reserve(w->events) != 0)
        return WIRE_E_FULL;
    if (queue_push(w->commands, c) == 0)
        return 0;
    queue_unreserve(w->events);
    return WIRE_E_FULL;
}

static int send_plain(struct wire *w, const struct command *c)
{
    return flush_forgets(w) && queue_push(w->commands, c) == 0 ? 0 : WIRE_E_FULL;
}

static bool is_text_short(const char *text)
{
    return !text || strlen(text) <= COAP_PATH_MAX;
}

static int check_request(const struct coap_request *r)
{
    bool is_block =
        r->block_bytes == 0 || (r->block_bytes >= 16 && r->block_bytes <= 1024 &&
                                (r->block_bytes & (r->block_bytes - 1)) == 0);
    bool is_method = r->method >= COAP_GET && r->method <= COAP_IPATCH;
    bool is_addressed = r->peer.remote.family != NET_NONE && r->peer.remote.port != 0;
    return is_block && is_method && is_addressed && r->ticket != 0 &&
                   is_text_short(r->path) && is_text_short(r->query)
               ? 0
               : -EINVAL;
}

static int send_request(struct wire *w, struct command *c, const struct coap_request *r)
{
    int rc = check_request(r);
    if (rc != 0)
        return rc;
    c->request = coap_request_copy(r);
    if (!c->request)
        return -ENOMEM;
    rc = send_for_event(w, c);
    if (rc != 0)
        free(c->request);
    return rc;
}

int wire_request(struct wire *w, const struct coap_request *request)
{
    struct command c = {.kind = COMMAND_REQUEST};
    return send_request(w, &c, request);
}

int wire_push(struct wire *w, const struct coap_push *push)
{
    const struct coap_request r = {
        .ticket = push->ticket,
        .peer = push->peer,
        .method = COAP_PUT,
        .path = push->path,
        .content_format = push->content_format,
        .accept = COAP_FORMAT_NONE,
        .block_bytes = push->block_bytes,
    };
    struct command c = {.kind = COMMAND_PUSH};
    memcpy(c.digest, push->digest, sizeof c.digest);
    c.digest[COAP_DIGEST_MAX - 1] = '\0';
    return send_request(w, &c, &r);
}

int wire_cancel(struct wire *w, uint64_t ticket)
{
    return send_plain(w, &(struct command){.kind = COMMAND_CANCEL, .number = ticket});
}

int wire_respond(struct wire *w, uint64_t handle, const struct coap_response *response)
{
    struct command c = {.kind = COMMAND_RESPOND, .number = handle};
    c.response = coap_response_copy(response);
    if (!c.response) {
        queue_unreserve(w->commands);
        return -ENOMEM;
    }
    queue_push_reserved(w->commands, &c);
    return 0;
}

static int take_digest(struct command *c, const char *digest)
{
    size_t len = strlen(digest);
    if (len != COAP_DIGEST_MAX - 1 || strspn(digest, "0123456789abcdef") != len)
        return -EINVAL;
    memcpy(c->digest, digest, len + 1);
    return 0;
}

int wire_publish(struct wire *w, const char *digest, const void *bytes, uint64_t size)
{
    struct command c = {.kind = COMMAND_PUBLISH, .bytes = bytes, .size = size};
    int rc = take_digest(&c, digest);
    return rc == 0 ? send_plain(w, &c) : rc;
}

int wire_withdraw(struct wire *w, const char *digest, uint64_t ticket)
{
    struct command c = {.kind = COMMAND_WITHDRAW, .number = ticket};
    int rc = ticket ? take_digest(&c, digest) : -EINVAL;
    return rc == 0 ? send_for_event(w, &c) : rc;
}

int64_t wire_beat_ms(const struct wire *w)
{
    return atomic_load_explicit(&w->beat_ms, memory_order_relaxed);
}

void wire_counters_read(const struct wire *w, struct wire_counters *out)
{
    uint64_t values[COUNTERS];
    for (size_t i = 0; i < COUNTERS; i++)
        values[i] = atomic_load_explicit(&w->counters[i], memory_order_relaxed);
    memcpy(out, values, sizeof *out);
}
