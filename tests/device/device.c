/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/device.h"

#include "tests/device/registration.h"
#include "tests/device/requests.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

static unsigned minor_of(const char *lwm2m)
{
    return lwm2m[0] == '1' && lwm2m[1] == '.' && lwm2m[2] >= '0' && lwm2m[2] <= '2'
               ? (unsigned)(lwm2m[2] - '0')
               : 1;
}

static uint32_t second_ms(const struct group *g)
{
    uint32_t ms = g->ack_timeout_ms ? g->ack_timeout_ms : 1;
    return ms < 1000 ? ms : 1000;
}

void device_init(struct device *d, const struct shared *shared,
                 const struct group *group, uint32_t number, int64_t boot_ms)
{
    *d = (struct device){.shared = shared,
                         .group = group,
                         .lifetime_s = group->lifetime_s,
                         .lwm2m_minor = minor_of(group->lwm2m),
                         .disable_s = 86400,
                         .error_code = group->error_code,
                         .is_send_muted = !group->is_sending,
                         .boot_due_ms = boot_ms,
                         .register_due_ms = INT64_MAX,
                         .update_due_ms = INT64_MAX,
                         .sleep_due_ms = INT64_MAX,
                         .reboot_due_ms = INT64_MAX};
    if (group->endpoint[0]) {
        (void)snprintf(d->endpoint, sizeof(d->endpoint), "%s", group->endpoint);
    } else {
        (void)snprintf(d->endpoint, sizeof(d->endpoint), "%s%u", group->prefix, number);
    }
    (void)snprintf(d->serial, sizeof(d->serial), "%s",
                   group->serial[0] ? group->serial : d->endpoint);
    memcpy(d->utc_offset, group->utc_offset, sizeof(d->utc_offset));
    d->push.due_ms = d->pull.due_ms = INT64_MAX;
    struct faults faults = faults_draw(group, shared->seed, d->endpoint);
    for (size_t i = 0; i < faults.count; i++) {
        DEVICE_JOURNAL(d, "has-fault", "name=%s component=%s",
                       fault_name(faults.spec[i].kind), faults.spec[i].component);
    }
    firmware_init(&d->firmware, group, faults, clock_wall_ms() - clock_mono_ms());
    state_file_load(shared->state_file, d->endpoint, &d->firmware);
    d->network =
        (struct network){.random = {shared->seed * 0x9e3779b97f4a7c15u + number},
                         .loss_in_pct = group->loss_in_pct,
                         .loss_out_pct = group->loss_out_pct,
                         .second_ms = second_ms(group)};
    wheel_set(shared->wheel, &d->timer, boot_ms);
}

/* No more network: the sockets, the observations and what is under way are gone. */
static void power_off(struct device *d)
{
    push_stop(d);
    pull_stop(d);
    if (d->context) {
        coap_session_release(d->session);
        coap_free_context(d->context);
    }
    d->context = NULL;
    d->session = NULL;
    d->asking.what = ASKED_NOTHING;
    observe_cancel_all(d);
    d->attribute_count = 0;
    memset(d->dedup, 0, sizeof(d->dedup));
    d->is_asleep = d->is_leaving = false;
    d->register_due_ms = d->update_due_ms = d->sleep_due_ms = INT64_MAX;
    d->life = DEVICE_OFF;
}

void device_fini(struct device *d)
{
    power_off(d);
    wheel_cancel(d->shared->wheel, &d->timer);
}

void device_reboot(struct device *d, int64_t now_ms, int64_t delay_ms)
{
    d->reboot_due_ms = now_ms + delay_ms;
}

void device_vanish(struct device *d)
{
    d->network.is_deaf = true;
    d->reboot_due_ms = INT64_MIN;
    d->boot_due_ms = INT64_MAX;
}

void device_leave(struct device *d)
{
    d->boot_due_ms = INT64_MAX;
    d->is_leaving = d->life == DEVICE_REGISTERED;
    d->network.is_deaf = false;
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t mid)
{
    (void)sent;
    (void)mid;
    struct device *d = coap_get_app_data(coap_session_get_context(session));
    coap_bin_const_t token = coap_pdu_get_token(received);
    int64_t now_ms = clock_mono_ms();
    if (!registration_answer(d, token.s, token.length, received, now_ms)) {
        (void)pull_answer(d, token.s, token.length, received, now_ms);
    }
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t reason, const coap_mid_t mid)
{
    (void)reason;
    struct device *d = coap_get_app_data(coap_session_get_context(session));
    if (!sent) {
        return;
    }
    coap_bin_const_t token = coap_pdu_get_token(sent);
    int64_t now_ms = clock_mono_ms();
    observe_cancel_mid(d, (uint16_t)mid);
    if (!registration_answer(d, token.s, token.length, NULL, now_ms)) {
        (void)pull_answer(d, token.s, token.length, NULL, now_ms);
    }
}

void device_session_set(struct device *d, coap_session_t *session)
{
    uint32_t ms = d->group->ack_timeout_ms < 1000 ? 1000 : d->group->ack_timeout_ms;
    coap_fixed_point_t timeout = {(uint16_t)(ms / 1000), (uint16_t)(ms % 1000)};
    coap_session_set_ack_timeout(session, timeout);
    coap_session_set_max_retransmit(session, (uint16_t)d->group->max_retransmit);
}

static int network_open(struct device *d)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = d};
    d->context = coap_new_context(NULL);
    if (!d->context) {
        return -ENOMEM;
    }
    coap_set_app_data(d->context, d);
    coap_register_response_handler(d->context, on_response);
    coap_register_nack_handler(d->context, on_nack);
    d->session =
        coap_new_client_session(d->context, NULL, &d->shared->server, COAP_PROTO_UDP);
    if (!d->session || requests_listen(d) ||
        epoll_ctl(d->shared->epoll_fd, EPOLL_CTL_ADD,
                  coap_context_get_coap_fd(d->context), &event)) {
        return -errno;
    }
    device_session_set(d, d->session);
    return 0;
}

static void boot(struct device *d, int64_t now_ms)
{
    d->boot_due_ms = INT64_MAX;
    d->network.is_deaf = d->network.is_mute = d->network.is_hushed = false;
    int r = network_open(d);
    if (r) {
        log_line(LOG_P_ERR, "device=%s cannot open its network: %s", d->endpoint,
                 strerror(-r));
        power_off(d);
        d->boot_due_ms = now_ms + 1000;
        return;
    }
    firmware_boot(&d->firmware, now_ms);
    d->lwm2m_minor = minor_of(d->group->lwm2m);
    registration_register(d);
}

static void reboot(struct device *d, int64_t now_ms)
{
    bool is_gone = d->reboot_due_ms == INT64_MIN;
    d->reboot_due_ms = INT64_MAX;
    power_off(d);
    if (is_gone) {
        d->life = DEVICE_GONE;
        DEVICE_JOURNAL(d, "gone", " ");
        return;
    }
    DEVICE_JOURNAL(d, "rebooted", " ");
    d->boot_due_ms = now_ms + d->group->reboot_ms;
}

static void component_changed(struct device *d, const struct component *c)
{
    struct path p = {{c->object, c->instance, 0}, 3};
    for (uint16_t r = 0; r < 32; r++) {
        p.id[2] = r;
        if (c->dirty & 1u << r) {
            observe_mark(d, &p);
        }
    }
    if (c->dirty & (1u << 3 | 1u << 5)) {
        DEVICE_JOURNAL(d, "state", "component=%s instance=%u state=%d result=%d",
                       c->spec->name, c->instance, c->state, c->result);
        state_file_put(d->shared->state_file, d->endpoint, &d->firmware, c);
    }
    if (c->dirty & 1u << 15) {
        DEVICE_JOURNAL(d, "version", "component=%s to=%s", c->spec->name, c->version);
    }
}

void device_firmware_changed(struct device *d, int64_t now_ms)
{
    uint32_t set = 0;
    (void)now_ms;
    for (size_t i = 0; i < d->firmware.count; i++) {
        struct component *c = &d->firmware.c[i];
        if (c->dirty) {
            component_changed(d, c);
            set |= c->dirty & (1u << 3 | 1u << 5) ? 1u << i : 0;
        }
    }
    firmware_changes_clear(&d->firmware);
    if (set && d->group->is_sending && !d->is_send_muted &&
        d->life == DEVICE_REGISTERED) {
        registration_send(d, set);
    }
}

static bool is_deaf_now(const struct device *d)
{
    const struct component *c = d->push.component;
    return c && faults_have(&d->firmware.faults, FAULT_DEAF_PUSH, c->spec->name);
}

static void registration_tick(struct device *d, int64_t now_ms)
{
    bool is_idle = d->asking.what == ASKED_NOTHING && !is_deaf_now(d);
    if (!d->context || !is_idle) {
        return;
    }
    if (d->life == DEVICE_REGISTERING && d->register_due_ms <= now_ms) {
        registration_register(d);
    } else if (d->life == DEVICE_REGISTERED && d->is_leaving) {
        d->is_leaving = false;
        registration_deregister(d);
    } else if (d->life == DEVICE_REGISTERED &&
               (d->is_update_wanted || d->update_due_ms <= now_ms)) {
        d->network.is_deaf = d->is_asleep = false;
        if (d->group->wake_by_register == TRI_YES && !d->is_update_wanted) {
            registration_register(d);
        } else {
            registration_update(d);
        }
    } else if (d->life == DEVICE_OFF) { /* de-registered */
        power_off(d);
    }
}

/* Queue mode: the radio goes off some time after the last exchange. */
static void sleep_tick(struct device *d, int64_t now_ms)
{
    if (!d->group->is_queue_mode || d->life != DEVICE_REGISTERED) {
        return;
    }
    if (d->network.has_traffic || d->pull.component ||
        d->asking.what != ASKED_NOTHING) {
        d->sleep_due_ms = now_ms + d->group->awake_ms;
    } else if (d->sleep_due_ms <= now_ms && !d->is_asleep) {
        d->is_asleep = d->network.is_deaf = true;
        d->sleep_due_ms = INT64_MAX;
        DEVICE_JOURNAL(d, "asleep", " ");
    }
    d->network.has_traffic = false;
}

static void firmware_ticks(struct device *d, int64_t now_ms)
{
    unsigned effects = firmware_tick(&d->firmware, now_ms);
    if (effects & FW_GONE) {
        device_vanish(d);
    } else if (effects & FW_REBOOT) {
        device_reboot(d, now_ms, 0);
    }
    push_tick(d, now_ms);
    pull_tick(d, now_ms);
}

static int64_t min_ms(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void timer_set(struct device *d, int64_t observe_ms)
{
    int64_t due = min_ms(d->boot_due_ms, d->reboot_due_ms);
    if (d->life == DEVICE_GONE) {
        due = INT64_MAX;
    } else {
        due = min_ms(due, min_ms(d->register_due_ms, d->update_due_ms));
        due = min_ms(due, min_ms(d->sleep_due_ms, observe_ms));
        due = min_ms(due, d->context ? d->coap_due_ms : INT64_MAX);
        due = min_ms(due, min_ms(d->push.due_ms, d->pull.due_ms));
        due = d->life == DEVICE_OFF ? due : min_ms(due, firmware_due_ms(&d->firmware));
    }
    if (due == INT64_MAX) {
        wheel_cancel(d->shared->wheel, &d->timer);
    } else {
        wheel_set(d->shared->wheel, &d->timer, due);
    }
}

static void network_step(struct device *d)
{
    (void)coap_io_process(d->context, COAP_IO_NO_WAIT);
    for (size_t i = 0; i < d->network.reset_count; i++) {
        observe_cancel_mid(d, d->network.resets[i]);
    }
    d->network.reset_count = 0;
}

/* When libcoap wants to retransmit; its own timer does not know of network.second_ms.
 */
static void coap_step_plan(struct device *d, int64_t now_ms)
{
    coap_tick_t ticks;
    coap_ticks(&ticks);
    unsigned wait = coap_io_prepare_epoll(d->context, ticks);
    d->coap_due_ms =
        wait ? now_ms + 1 + (int64_t)wait * d->network.second_ms / 1000 : INT64_MAX;
}

void device_step(struct device *d, int64_t now_ms)
{
    int64_t observe_ms = INT64_MAX;
    network_enter(&d->network);
    if (d->life == DEVICE_OFF && !d->context && d->boot_due_ms <= now_ms) {
        boot(d, now_ms);
    }
    if (d->context) {
        network_step(d);
        firmware_ticks(d, now_ms);
        device_firmware_changed(d, now_ms);
        if (d->reboot_due_ms <= now_ms) {
            reboot(d, now_ms);
        }
    }
    if (d->context) {
        registration_tick(d, now_ms);
    }
    if (d->context) {
        sleep_tick(d, now_ms);
        observe_ms = observe_tick(d, now_ms);
        coap_step_plan(d, now_ms);
    }
    network_enter(NULL);
    timer_set(d, observe_ms);
}
