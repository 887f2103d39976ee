/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/observe.h"

#include "tests/device/answer.h"
#include "tests/device/device.h"

#include "daemon/base/clock.h"

#include <string.h>

static bool token_equals(const struct observation *o, coap_bin_const_t token)
{
    return o->token_len == token.length && memcmp(o->token, token.s, token.length) == 0;
}

static void composite_free(struct observations *all, const struct observation *o)
{
    if (o->composite >= 0) {
        all->composites[o->composite].count = 0;
    }
}

static void remove_at(struct observations *all, size_t i)
{
    composite_free(all, &all->list[i]);
    all->list[i] = all->list[--all->count];
}

void observe_cancel_all(struct device *d)
{
    while (d->observations.count) {
        remove_at(&d->observations, d->observations.count - 1);
    }
}

static const struct path *paths_of(const struct device *d, const struct observation *o,
                                   size_t *count)
{
    if (o->composite < 0) {
        *count = 1;
        return &o->path;
    }
    *count = d->observations.composites[o->composite].count;
    return d->observations.composites[o->composite].list;
}

/* @return where the paths of a composite were put, -1 if there is no room */
static int composite_put(struct observations *all, const struct path *paths,
                         size_t count)
{
    for (int i = 0; i < OBSERVE_COMPOSITES_MAX && count <= OBSERVE_PATHS_MAX; i++) {
        if (!all->composites[i].count) {
            all->composites[i].count = count;
            memcpy(all->composites[i].list, paths, count * sizeof(*paths));
            return i;
        }
    }
    return -1;
}

int observe_add(struct device *d, const coap_pdu_t *request, const struct path *paths,
                size_t count, int format)
{
    coap_bin_const_t token = coap_pdu_get_token(request);
    struct observations *all = &d->observations;
    bool is_composite = (int)coap_pdu_get_code(request) == COAP_REQUEST_FETCH;
    int composite = -1;
    size_t i = 0;
    while (i < all->count && !token_equals(&all->list[i], token)) {
        i++;
    }
    if (i < all->count) {
        composite_free(all, &all->list[i]);
        all->list[i].composite = -1;
    }
    if (i == OBSERVATIONS_MAX || token.length > 8 || !count ||
        (is_composite && (composite = composite_put(all, paths, count)) < 0)) {
        return 1;
    }
    struct observation *o = &all->list[i];
    all->count += i == all->count;
    *o = (struct observation){.token_len = token.length,
                              .path = paths[0],
                              .composite = composite,
                              .format = format,
                              .sequence = 2,
                              .sent_ms = clock_mono_ms()};
    memcpy(o->token, token.s, token.length);
    return 0;
}

void observe_cancel(struct device *d, coap_bin_const_t token, const struct path *path)
{
    struct observations *all = &d->observations;
    for (size_t i = all->count; i-- > 0;) {
        struct observation *o = &all->list[i];
        bool is_path = path && o->composite < 0 && o->path.depth == path->depth &&
                       path_covers(path, &o->path);
        if (token_equals(o, token) || is_path) {
            remove_at(all, i);
        }
    }
}

void observe_cancel_mid(struct device *d, uint16_t mid)
{
    struct observations *all = &d->observations;
    for (size_t i = all->count; i-- > 0;) {
        if (all->list[i].sequence > 2 && all->list[i].mid == mid) {
            remove_at(all, i);
        }
    }
}

void observe_mark(struct device *d, const struct path *changed)
{
    struct observations *all = &d->observations;
    for (size_t i = 0; i < all->count; i++) {
        size_t count;
        const struct path *p = paths_of(d, &all->list[i], &count);
        for (size_t k = 0; k < count; k++) {
            all->list[i].is_pending |=
                path_covers(&p[k], changed) || path_covers(changed, &p[k]);
        }
    }
}

/* pmin of the path or of what it lies in, else the default of object 1. */
static int64_t pmin_ms(const struct device *d, const struct observation *o)
{
    int64_t pmin_s = d->default_pmin_s;
    size_t depth = 0;
    for (size_t i = 0; i < d->attribute_count; i++) {
        const struct attributes *a = &d->attributes[i];
        if (a->pmin_s >= 0 && a->path.depth >= depth &&
            path_covers(&a->path, &o->path)) {
            pmin_s = a->pmin_s;
            depth = a->path.depth;
        }
    }
    return pmin_s * 1000;
}

static void notify(struct device *d, struct observation *o, int64_t now_ms)
{
    int format;
    size_t len, count;
    const struct path *paths = paths_of(d, o, &count);
    struct wanted wanted = {paths, count, o->composite >= 0, o->format};
    int code = answer_encode(d, &wanted, &format, &len);
    coap_pdu_t *pdu = coap_new_pdu(
        d->group->notify == NOTIFY_CON ? COAP_MESSAGE_CON : COAP_MESSAGE_NON,
        code ? (coap_pdu_code_t)code : COAP_RESPONSE_CODE_CONTENT, d->session);
    if (!pdu) {
        return;
    }
    coap_add_token(pdu, o->token_len, o->token);
    if (!code) {
        option_put_uint(pdu, COAP_OPTION_OBSERVE, o->sequence++ & 0xffffff);
        (void)answer_put(d, NULL, pdu, format, len);
    }
    o->mid = (uint16_t)coap_pdu_get_mid(pdu);
    o->sent_ms = now_ms;
    o->is_pending = false;
    coap_send(d->session, pdu);
}

static bool is_held(const struct device *d)
{
    const struct faults *f = &d->firmware.faults;
    const struct component *c = d->push.component;
    return d->life != DEVICE_REGISTERED || d->is_asleep ||
           (c && faults_have(f, FAULT_DEAF_PUSH, c->spec->name));
}

int64_t observe_tick(struct device *d, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    if (!d->session || is_held(d)) {
        return next;
    }
    bool is_silent = faults_have(&d->firmware.faults, FAULT_SILENT, NULL) != NULL;
    for (size_t i = 0; i < d->observations.count; i++) {
        struct observation *o = &d->observations.list[i];
        if (!o->is_pending) {
            continue;
        }
        int64_t due = o->sent_ms + pmin_ms(d, o);
        if (is_silent) {
            o->is_pending = false;
        } else if (due <= now_ms) {
            notify(d, o, now_ms);
        } else if (due < next) {
            next = due;
        }
    }
    return next;
}
