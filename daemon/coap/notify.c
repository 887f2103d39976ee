/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c - observations: first answer, order, notifications longer than a block
 * (RFC 7641, RFC 7959 2.6), and what the core could not be told.
 */
#include "daemon/coap/exchange_internal.h"

enum { TELL_AGAIN_MS = 1000 };

static struct coap_event *tell(struct messenger *m, struct exchange *x,
                               struct coap_message *message)
{
    enum coap_event_kind kind =
        x->is_answered ? COAP_EV_NOTIFICATION : COAP_EV_RESPONSE;
    struct coap_event *ev = event_add(m, kind, &x->peer->key);
    ev->ticket = x->ticket;
    ev->message = message;
    if (!x->is_answered)
        ev->sent = x->sent;
    x->is_answered = true;
    return ev;
}

void notify_missed(struct messenger *m, struct exchange *x)
{
    x->is_missed = false;
    struct coap_event *ev = tell(m, x, NULL);
    ev->is_final = x->stage == STAGE_OVER;
}

void notify_untold(struct messenger *m, struct exchange *x)
{
    x->is_missed = true;
    alarm_set(m, &x->alarm, ALARM_EXCHANGE, TELL_AGAIN_MS);
}

void notify_expire(struct messenger *m, struct exchange *x)
{
    if (x->is_missed) {
        notify_missed(m, x);
        if (x->stage == STAGE_OVER)
            alarm_set(m, &x->alarm, ALARM_EXCHANGE, TELL_AGAIN_MS);
    } else if (x->stage == STAGE_OVER) {
        exchange_finish(m, x);
    }
}

/* Get the blocks that the notification left out by a request without Observe. */
static int begin_rest(struct messenger *m, struct exchange *x,
                      const struct message *msg, const struct fields *f)
{
    struct exchange *rest = coap_exchange_new(m, x->peer, EXCHANGE_REST);
    if (!rest)
        return -1;
    rest->request = x->request;
    rest->parent = x;
    x->rest = rest;
    rest->fetch_szx = x->fetch_szx;
    if (fetch_take(m, rest, msg, f) != FETCH_MORE) {
        coap_exchange_free(m, rest);
        return -1;
    }
    exchange_renew_token(m, rest);
    exchange_queue(m, rest);
    return 0;
}

static void take_value(struct messenger *m, struct exchange *x,
                       const struct message *msg, const struct fields *f)
{
    x->mark = (struct observe_mark){f->observe, m->now_ms};
    if (x->rest)
        exchange_finish(m, x->rest);
    struct coap_message *c = NULL;
    if (f->has_block2 && f->block2.more) {
        if (begin_rest(m, x, msg, f) == 0)
            return;
    } else {
        c = content_build(msg, f, msg->payload, msg->payload_len);
    }
    if (c)
        tell(m, x, c);
    else if (x->is_answered)
        notify_missed(m, x);
    else
        exchange_fail(m, x, COAP_BROKEN);
}

void notify_establish(struct messenger *m, struct exchange *x,
                      const struct message *msg, const struct fields *f)
{
    x->stage = STAGE_OBSERVING;
    wheel_cancel(m->wheel, &x->alarm.timer);
    exchange_release_place(m, x);
    take_value(m, x, msg, f);
}

/* An error, or a value without Observe, is the last one (RFC 7641 3.2). */
static void take_last(struct messenger *m, struct exchange *x,
                      const struct message *msg, const struct fields *f)
{
    if (x->rest)
        exchange_finish(m, x->rest);
    struct coap_message *c = content_build(msg, f, msg->payload, msg->payload_len);
    if (!x->is_answered) {
        if (c)
            tell(m, x, c);
        exchange_fail(m, x, COAP_BUSY);
        return;
    }
    tell(m, x, c)->is_final = true;
    x->stage = STAGE_OVER;
    alarm_set(m, &x->alarm, ALARM_EXCHANGE, TELL_AGAIN_MS);
}

void notify_take(struct messenger *m, struct exchange *x, const struct message *msg,
                 const struct fields *f)
{
    const struct observe_mark now = {f->observe, m->now_ms};
    if (!coap_code_is_success(msg->code) || !f->has_observe)
        take_last(m, x, msg, f);
    else if (observe_is_newer(x->mark, now))
        take_value(m, x, msg, f);
}

void notify_rest_done(struct messenger *m, struct exchange *rest,
                      struct coap_message *message)
{
    struct exchange *x = rest->parent;
    bool is_value = coap_code_is_success(message->code);
    exchange_finish(m, rest);
    if (is_value) {
        message->is_observe = true;
        tell(m, x, message);
        return;
    }
    coap_message_free(message);
    if (x->is_answered)
        notify_missed(m, x);
    else
        exchange_fail(m, x, COAP_BROKEN);
}
