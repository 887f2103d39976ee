/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.c - the datagrams that wait to be sent. A package's bytes are never touched
 * here: the kernel copies them from the mapping, so that a page that cannot be read is
 * an error code of the send and not a signal.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "daemon/coap/exchange_internal.h"

struct datagram *outbox_add(struct messenger *m, const struct coap_peer *peer)
{
    assert(m->datagram_count < OUTBOX_MAX);
    m->sources[m->datagram_count] = NULL;
    struct datagram *d = &m->outbox[m->datagram_count++];
    d->peer = *peer;
    d->body = NULL;
    d->body_len = d->head_len = 0;
    return d;
}

struct option_writer outbox_begin(struct messenger *m, const struct coap_peer *peer,
                                  const struct message *head)
{
    struct datagram *d = outbox_add(m, peer);
    d->mid = head->mid;
    return message_begin(d->head, sizeof d->head, head);
}

static struct datagram *newest(struct messenger *m)
{
    return &m->outbox[m->datagram_count - 1];
}

/* What did not fit is not sent: limits on path and query keep that from happening. */
void outbox_end(struct messenger *m, const struct option_writer *w)
{
    newest(m)->head_len = w->bad ? 0 : option_writer_len(w);
}

void outbox_body(struct messenger *m, struct option_writer *w, struct package *package,
                 uint64_t offset, size_t len)
{
    static const uint8_t marker = 0xff;
    if (len == 0 || w->bad || w->at == w->end)
        return;
    *w->at++ = marker;
    struct datagram *d = newest(m);
    d->body = package->bytes + offset;
    d->body_len = len;
    m->sources[m->datagram_count - 1] = package;
}

void outbox_empty(struct messenger *m, const struct coap_peer *peer,
                  enum message_type type, uint16_t mid)
{
    struct datagram *d = outbox_add(m, peer);
    d->mid = mid;
    d->head_len = message_empty(d->head, type, mid);
}

void outbox_drop_package(struct messenger *m, const struct package *package)
{
    for (size_t i = 0; i < m->datagram_count; i++)
        if (m->sources[i] == package)
            m->outbox[i].head_len = 0;
}

const struct datagram *messenger_output(const struct messenger *m, size_t *count)
{
    *count = m->datagram_count;
    return m->outbox;
}

void messenger_output_clear(struct messenger *m)
{
    m->datagram_count = 0;
}

void messenger_output_failed(struct messenger *m, size_t i, int error)
{
    const struct datagram *d = &m->outbox[i];
    if (error == -EFAULT && m->sources[i])
        package_damaged(m, m->sources[i]);
    else if (m->failure_count < OUTBOX_MAX)
        m->failures[m->failure_count++] = (struct failure){d->peer, d->mid, error};
}

static void take_failure(struct messenger *m, const struct failure *f)
{
    struct peer *p = peer_find(m, &f->peer);
    struct exchange *x = p ? exchange_by_mid(p, f->mid) : NULL;
    if (!x)
        return;
    if (f->error == -EMSGSIZE)
        exchange_too_large(m, x);
    else
        exchange_refused(m, x);
    peer_settle(m, p);
}

void outbox_take_failures(struct messenger *m)
{
    while (m->failure_count > 0 && messenger_has_room(m))
        take_failure(m, &m->failures[--m->failure_count]);
}
