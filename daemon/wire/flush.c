/* SPDX-License-Identifier: Apache-2.0 */
/* flush.c - the messenger's output to the sockets, a batch per system call. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "daemon/wire/wire_internal.h"

enum { WAIT_FOR_BUFFER_MS = 20 };

/* The socket that a datagram leaves from: the one of its local address and port, else
 * any of its family. */
static size_t choose_port(const struct wire *w, const struct coap_peer *peer)
{
    if (w->port_count == 1)
        return 0;
    size_t best = w->port_count;
    int best_score = 0;
    for (size_t i = 0; i < w->port_count; i++) {
        const struct port *p = &w->ports[i];
        if (p->bound.family != peer->remote.family)
            continue;
        bool is_port = p->bound.port == peer->local.port;
        bool is_ip = memcmp(p->bound.ip, peer->local.ip, sizeof p->bound.ip) == 0;
        int score = 1 + 4 * is_port + 2 * is_ip + p->is_any;
        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

static bool is_lost_on_purpose(struct wire *w)
{
    return w->options.drop_out_pct > 0 &&
           random_between(&w->losses, 0, 99) < w->options.drop_out_pct;
}

static void add(struct wire *w, const struct port *p, size_t slot,
                const struct datagram *d)
{
    struct batch *b = &w->out;
    port_address(p, b, slot, &d->peer);
    b->pieces[slot][0] = (struct iovec){(void *)d->head, d->head_len};
    b->pieces[slot][1] = (struct iovec){(void *)d->body, d->body_len};
    b->headers[slot].msg_hdr.msg_iovlen = d->body_len ? 2 : 1;
}

/* Once in a flush: the thread has others to serve. */
static bool wait_for_buffer(struct wire *w, const struct port *p)
{
    if (w->has_waited)
        return false;
    w->has_waited = true;
    struct pollfd fd = {.fd = p->fd, .events = POLLOUT};
    return poll(&fd, 1, WAIT_FOR_BUFFER_MS) > 0;
}

/* Report a datagram that the kernel did not take. What a full buffer does not take in
 * time is lost, as on any network. */
static void give_up(struct wire *w, size_t origin, int error)
{
    w->totals.send_errors++;
    if (error != EAGAIN && error != ENOBUFS)
        messenger_output_failed(w->messenger, origin, -error);
}

/* @return true if it is worth trying again at once: the first error may be an ICMP
 * message about another datagram, which the kernel reports once */
static bool is_passing(struct wire *w, const struct port *p, int error, int tries)
{
    if (error == EAGAIN || error == ENOBUFS)
        return wait_for_buffer(w, p);
    return tries == 0 || error == EINTR;
}

/* sendmmsg() stops at the first datagram that fails. */
static void send_batch(struct wire *w, const struct port *p, size_t count)
{
    struct batch *b = &w->out;
    size_t done = 0;
    int tries = 0;
    while (done < count) {
        int sent = sendmmsg(p->fd, b->headers + done, (unsigned)(count - done), 0);
        if (sent > 0) {
            done += (size_t)sent;
            w->totals.datagrams_out += (uint64_t)sent;
            tries = 0;
        } else if (!is_passing(w, p, errno, tries++)) {
            give_up(w, b->origins[done++], errno);
            tries = 0;
        }
    }
}

static void flush_port(struct wire *w, size_t port)
{
    size_t total = 0, count = 0;
    const struct datagram *output = messenger_output(w->messenger, &total);
    for (size_t i = 0; i < total; i++) {
        const struct datagram *d = &output[i];
        if (d->head_len == 0 || choose_port(w, &d->peer) != port ||
            is_lost_on_purpose(w))
            continue;
        w->out.origins[count] = i;
        add(w, &w->ports[port], count++, d);
        if (count == BATCH) {
            send_batch(w, &w->ports[port], count);
            count = 0;
        }
    }
    send_batch(w, &w->ports[port], count);
}

void wire_flush(struct wire *w)
{
    size_t total = 0;
    messenger_output(w->messenger, &total);
    w->has_waited = false;
    for (size_t i = 0; total > 0 && i < w->port_count; i++)
        flush_port(w, i);
    messenger_output_clear(w->messenger);
}
