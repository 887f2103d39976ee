/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/requests.h"

#include "tests/device/answer.h"
#include "tests/device/device.h"
#include "tests/device/tree.h"

#include "daemon/base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { GET = 1, POST = 2, PUT = 3, DELETE = 4, FETCH = 5 };
enum {
    CONTENT = 0x45,
    UNAUTHORIZED = 0x81,
    NOT_IMPLEMENTED = 0xa1,
    UNAVAILABLE = 0xa3
};
enum { UNSUPPORTED_FORMAT = 0x8f, BODY_TOO_LARGE = 0x8d };

struct asked_for {
    struct device *d;
    const coap_pdu_t *pdu;
    coap_pdu_t *response;
    int method;
    struct path path;
    struct component *component; /* of the path, NULL */
    int format, accept;          /* FORMAT_NONE: not there */
    const uint8_t *bytes;
    size_t len;
    int64_t now_ms;
};

/* Uri-Path, the alternate path cut off. @return 0, 1 */
static int path_read(const struct device *d, const coap_pdu_t *pdu, struct path *out)
{
    coap_opt_iterator_t it;
    coap_opt_filter_t filter;
    char text[64] = "";
    size_t len = 0;
    bool is_first = true;
    coap_option_filter_clear(&filter);
    coap_option_filter_set(&filter, COAP_OPTION_URI_PATH);
    coap_option_iterator_init(pdu, &it, &filter);
    for (coap_opt_t *o; (o = coap_option_next(&it)); is_first = false) {
        size_t n = coap_opt_length(o);
        bool is_alternate = is_first && d->group->path[0] &&
                            n == strlen(d->group->path) &&
                            memcmp(coap_opt_value(o), d->group->path, n) == 0;
        if (n + 1 >= sizeof(text) - len) {
            return 1;
        }
        if (!is_alternate) {
            text[len++] = '/';
            memcpy(text + len, coap_opt_value(o), n);
            len += n;
        }
    }
    return path_parse(text, len, out);
}

static uint32_t block1_of(const coap_pdu_t *pdu)
{
    uint32_t block = UINT32_MAX;
    (void)option_uint(pdu, COAP_OPTION_BLOCK1, &block);
    return block;
}

static const struct remembered *answered_before(const struct asked_for *a)
{
    uint16_t mid = (uint16_t)coap_pdu_get_mid(a->pdu);
    for (size_t i = 0; i < a->d->group->dedup && i < DEVICE_DEDUP_MAX; i++) {
        const struct remembered *r = &a->d->dedup[i];
        if (r->code && r->mid == mid && r->method == a->method) {
            return r;
        }
    }
    return NULL;
}

/* A request that was answered before gets that answer again and counts once. */
static bool repeat(const struct asked_for *a)
{
    const struct remembered *r = answered_before(a);
    if (!r) {
        return false;
    }
    coap_pdu_set_code(a->response, r->code);
    if (r->has_block) {
        option_put_uint(a->response, COAP_OPTION_BLOCK1, r->block);
    }
    return true;
}

static void remember(const struct asked_for *a)
{
    struct device *d = a->d;
    uint32_t block = block1_of(a->response);
    size_t room =
        d->group->dedup < DEVICE_DEDUP_MAX ? d->group->dedup : DEVICE_DEDUP_MAX;
    if (room) {
        d->dedup[d->dedup_next++ % room] =
            (struct remembered){.mid = (uint16_t)coap_pdu_get_mid(a->pdu),
                                .method = (uint8_t)a->method,
                                .code = (uint8_t)coap_pdu_get_code(a->response),
                                .has_block = block != UINT32_MAX,
                                .block = block};
    }
}

static bool is_wakaama(const struct asked_for *a)
{
    return a->component &&
           faults_have(&a->d->firmware.faults, FAULT_WAKAAMA, a->component->spec->name);
}

static int discover(const struct asked_for *a)
{
    size_t len;
    if (is_wakaama(a) || (a->path.depth == 1 && a->path.id[0] == 5 &&
                          faults_have(&a->d->firmware.faults, FAULT_WAKAAMA, NULL))) {
        return NOT_IMPLEMENTED;
    }
    int code = links_discover(a->d, &a->path, &len);
    if (!code) {
        code = answer_put(a->d, a->pdu, a->response, FORMAT_LINK, len);
    }
    return code ? code : CONTENT;
}

/* Read, Observe and their composite forms. */
static int read_paths(const struct asked_for *a, const struct path *paths, size_t count)
{
    uint32_t observe = 2;
    bool is_composite = a->method == FETCH;
    int format;
    size_t len;
    (void)option_uint(a->pdu, COAP_OPTION_OBSERVE, &observe);
    if (observe == 1) {
        observe_cancel(a->d, coap_pdu_get_token(a->pdu),
                       is_composite ? NULL : &a->path);
    }
    struct wanted wanted = {paths, count, is_composite, a->accept};
    int code = answer_encode(a->d, &wanted, &format, &len);
    if (!code && observe == 0 && !observe_add(a->d, a->pdu, paths, count, a->accept)) {
        option_put_uint(a->response, COAP_OPTION_OBSERVE, 1);
    }
    if (!code) {
        code = answer_put(a->d, a->pdu, a->response, format, len);
    }
    return code ? code : CONTENT;
}

static int get(const struct asked_for *a)
{
    return a->accept == FORMAT_LINK ? discover(a) : read_paths(a, &a->path, 1);
}

static int fetch(const struct asked_for *a)
{
    struct path paths[OBSERVE_PATHS_MAX];
    size_t count;
    const struct group *g = a->d->group;
    bool has_composite =
        g->composite == TRI_YES || (g->composite == TRI_AUTO && a->d->lwm2m_minor >= 2);
    uint32_t block = block1_of(a->pdu);
    if (!has_composite || a->path.depth) {
        return FW_NOT_ALLOWED;
    }
    if (a->format != FORMAT_SENML_CBOR && a->format != FORMAT_SENML_ETCH_CBOR) {
        return UNSUPPORTED_FORMAT;
    }
    if (block != UINT32_MAX && (block >> 4 || block & 8)) {
        return BODY_TOO_LARGE;
    }
    if (a->accept != FORMAT_NONE && a->accept != FORMAT_SENML_CBOR) {
        return 0x86;
    }
    return value_read_paths(a->bytes, a->len, paths, OBSERVE_PATHS_MAX, &count)
               ? FW_BAD_REQUEST
               : read_paths(a, paths, count);
}

static struct attributes *attributes_for(struct device *d, const struct path *path)
{
    for (size_t i = 0; i < d->attribute_count; i++) {
        if (d->attributes[i].path.depth == path->depth &&
            path_covers(&d->attributes[i].path, path)) {
            return &d->attributes[i];
        }
    }
    if (d->attribute_count == DEVICE_ATTRIBUTES_MAX) {
        return NULL;
    }
    struct attributes *a = &d->attributes[d->attribute_count++];
    *a = (struct attributes){.path = *path, .pmin_s = -1, .pmax_s = -1};
    return a;
}

static int attributes_write(const struct asked_for *a, const coap_string_t *query)
{
    char text[64], *save = NULL;
    if (!query || query->length >= sizeof(text)) {
        return query ? FW_BAD_REQUEST : FW_CHANGED;
    }
    memcpy(text, query->s, query->length);
    text[query->length] = 0;
    struct attributes *to = attributes_for(a->d, &a->path);
    if (!to) {
        return FW_BAD_REQUEST;
    }
    to->text[0] = 0;
    for (char *word = strtok_r(text, "&", &save); word;
         word = strtok_r(NULL, "&", &save)) {
        size_t len = strlen(to->text);
        if (strncmp(word, "pmin=", 5) == 0) {
            to->pmin_s = atoi(word + 5);
        } else if (strncmp(word, "pmax=", 5) == 0) {
            to->pmax_s = atoi(word + 5);
        }
        (void)snprintf(to->text + len, sizeof(to->text) - len, ";%s", word);
    }
    return FW_CHANGED;
}

static int write_values(const struct asked_for *a)
{
    struct values values;
    if (a->format != FORMAT_TEXT && a->format != FORMAT_TLV &&
        a->format != FORMAT_CBOR && a->format != FORMAT_SENML_CBOR) {
        return UNSUPPORTED_FORMAT;
    }
    if (value_read(a->format, &a->path, a->bytes, a->len, &values)) {
        return FW_BAD_REQUEST;
    }
    for (size_t i = 0; i < values.count; i++) {
        int code = path_covers(&a->path, &values.v[i].path)
                       ? tree_write(a->d, &values.v[i], a->format, a->now_ms)
                       : FW_BAD_REQUEST;
        if (code != FW_CHANGED) {
            return code;
        }
    }
    return FW_CHANGED;
}

static int put(const struct asked_for *a, const coap_string_t *query)
{
    bool is_package = a->component && a->path.depth == 3 && a->path.id[2] == 0;
    if (a->format == FORMAT_NONE) {
        return attributes_write(a, query); /* whatever payload there is */
    }
    if (is_package && a->format == FORMAT_OPAQUE) {
        push_block(a->d, a->component, a->pdu, a->response);
        return 0;
    }
    if (is_package) {
        return UNSUPPORTED_FORMAT;
    }
    return a->path.depth < 3 ? FW_NOT_ALLOWED : write_values(a);
}

static int post(const struct asked_for *a)
{
    if (a->path.depth == 2 && a->format != FORMAT_NONE) {
        return write_values(a);
    }
    if (a->path.depth == 3 && a->format > 0) {
        return UNSUPPORTED_FORMAT;
    }
    return tree_execute(a->d, &a->path, (const char *)a->bytes, a->len, a->now_ms);
}

/* Requests that this device answers alike whatever they ask. @return 0, or a code */
static int refuse(const struct asked_for *a)
{
    const struct faults *f = &a->d->firmware.faults;
    const struct component *pushed = a->d->push.component;
    bool is_block = pushed == a->component && a->path.depth == 3 &&
                    a->path.id[2] == 0 && a->method == PUT;
    if (pushed && !is_block && faults_have(f, FAULT_DEAF_PUSH, pushed->spec->name)) {
        return UNAVAILABLE;
    }
    if (a->component && faults_have(f, FAULT_UNAUTHORIZED, a->component->spec->name)) {
        return UNAUTHORIZED;
    }
    return 0;
}

static int dispatch(const struct asked_for *a, const coap_string_t *query)
{
    int code = refuse(a);
    if (code) {
        return code;
    }
    switch (a->method) {
    case GET:
        return get(a);
    case PUT:
        return put(a, query);
    case POST:
        return post(a);
    case FETCH:
        return fetch(a);
    default:
        return FW_NOT_ALLOWED;
    }
}

static void on_request(coap_resource_t *resource, coap_session_t *session,
                       const coap_pdu_t *request, const coap_string_t *query,
                       coap_pdu_t *response)
{
    (void)resource;
    struct device *d = coap_get_app_data(coap_session_get_context(session));
    struct asked_for a = {.d = d,
                          .pdu = request,
                          .response = response,
                          .method = (int)coap_pdu_get_code(request),
                          .format = FORMAT_NONE,
                          .accept = FORMAT_NONE,
                          .now_ms = clock_mono_ms()};
    uint32_t n;
    if (!option_uint(request, COAP_OPTION_CONTENT_FORMAT, &n)) {
        a.format = (int)n;
    }
    if (!option_uint(request, COAP_OPTION_ACCEPT, &n)) {
        a.accept = (int)n;
    }
    (void)coap_get_data(request, &a.len, &a.bytes);
    bool is_read = a.method == GET || a.method == FETCH;
    if (!is_read && repeat(&a)) {
        return;
    }
    if (path_read(d, request, &a.path)) {
        coap_pdu_set_code(response, (coap_pdu_code_t)FW_NOT_FOUND);
        return;
    }
    if (a.path.depth >= 2) {
        a.component = firmware_find(&d->firmware, a.path.id[0], a.path.id[1]);
    }
    int code = dispatch(&a, query);
    if (code) {
        coap_pdu_set_code(response, (coap_pdu_code_t)code);
    }
    if (!is_read) {
        remember(&a);
    }
}

int requests_listen(struct device *d)
{
    coap_resource_t *all = coap_resource_unknown_init2(on_request, 0);
    if (!all) {
        return -ENOMEM;
    }
    for (coap_request_t m = COAP_REQUEST_GET; m <= COAP_REQUEST_IPATCH; m++) {
        coap_register_request_handler(all, m, on_request);
    }
    coap_add_resource(d->context, all);
    return 0;
}
