/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/tree.h"

#include "tests/device/device.h"

#include <string.h>

static int number_write(const struct value *v, int format, int64_t low, int64_t high,
                        int64_t *out)
{
    int64_t n;
    if (value_number(v, format, &n) || n < low || n > high) {
        return FW_BAD_REQUEST;
    }
    *out = n;
    return FW_CHANGED;
}

static int flag_write(const struct value *v, int format, bool *out)
{
    int64_t n;
    int code = number_write(v, format, 0, 1, &n);
    if (code == FW_CHANGED) {
        *out = n != 0;
    }
    return code;
}

static int server_write(struct device *d, const struct value *v, int format)
{
    int64_t n = 0;
    int code;
    switch (v->path.id[2]) {
    case 1:
        code = number_write(v, format, 0, UINT32_MAX, &n);
        if (code == FW_CHANGED && n != d->lifetime_s) {
            d->lifetime_s = (uint32_t)n;
            d->is_update_wanted = d->is_lifetime_changed = true;
        }
        return code;
    case 2:
        return number_write(v, format, 0, INT32_MAX, &d->default_pmin_s);
    case 3:
        return number_write(v, format, 0, INT32_MAX, &d->default_pmax_s);
    case 5:
        return number_write(v, format, 0, INT32_MAX, &d->disable_s);
    case 6:
        return flag_write(v, format, &d->is_storing);
    case 23:
        return flag_write(v, format, &d->is_send_muted);
    default:
        return FW_NOT_ALLOWED;
    }
}

static int text_write(const struct value *v, char *out, size_t size)
{
    if (v->kind != VALUE_TEXT || v->text_len >= size) {
        return FW_BAD_REQUEST;
    }
    if (v->text_len) {
        memcpy(out, v->text, v->text_len);
    }
    out[v->text_len] = 0;
    return strlen(out) == v->text_len ? FW_CHANGED : FW_BAD_REQUEST;
}

static int uri_write(struct device *d, struct component *c, const struct value *v,
                     int64_t now_ms)
{
    char uri[FW_URI_MAX];
    int code = text_write(v, uri, sizeof(uri));
    if (code == FW_CHANGED && uri[0] && d->push.component) {
        code = FW_NOT_ALLOWED;
    }
    if (code == FW_CHANGED) {
        code = firmware_uri(&d->firmware, c, uri, now_ms);
    }
    if (code == FW_CHANGED && uri[0]) {
        pull_queue(d, c);
    }
    if (code == FW_CHANGED && !uri[0]) {
        DEVICE_JOURNAL(d, "reset", "component=%s by=uri", c->spec->name);
    }
    return code;
}

static int component_write(struct device *d, struct component *c, const struct value *v,
                           int format, int64_t now_ms)
{
    int64_t n = 0;
    int code = FW_NOT_ALLOWED;
    switch (v->path.id[2]) {
    case 1:
        return uri_write(d, c, v, now_ms);
    case 11:
        code = number_write(v, format, 0, 2, &n);
        c->severity = code == FW_CHANGED ? (int)n : c->severity;
        return code;
    case 13:
        return number_write(v, format, 0, INT32_MAX, &c->max_defer_s);
    case 14:
        return flag_write(v, format, &c->is_auto_upgrade);
    default:
        return code;
    }
}

int tree_write(struct device *d, const struct value *v, int format, int64_t now_ms)
{
    struct component *c = firmware_find(&d->firmware, v->path.id[0], v->path.id[1]);
    unsigned operations = v->path.depth >= 3 ? tree_operations(d, &v->path) : 0;
    if (!(operations & OP_WRITE)) {
        return operations ? FW_NOT_ALLOWED : FW_NOT_FOUND;
    }
    if (c) {
        return component_write(d, c, v, format, now_ms);
    }
    if (v->path.id[0] == 3) { /* only the UTC offset */
        return text_write(v, d->utc_offset, sizeof(d->utc_offset));
    }
    return server_write(d, v, format);
}

/* Journal an accepted Update: the instances it names, and each digest's count. */
static void execute_journal(struct device *d, const struct component *c, uint32_t set)
{
    char list[128] = "";
    const struct firmware *f = &d->firmware;
    for (size_t i = 0, len = 0; i < f->count; i++) {
        if (set & 1u << i) {
            len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%u",
                                    len ? "," : "", f->c[i].instance);
        }
    }
    DEVICE_JOURNAL(d, "execute", "component=%s object=%u instance=%u instances=%s",
                   c->spec->name, c->object, c->instance, list);
    for (size_t i = 0; i < f->count; i++) {
        char hex[IMAGE_HEX_MAX];
        if (set & 1u << i) {
            DEVICE_JOURNAL(d, "executes", "component=%s instance=%u digest=%s count=%u",
                           f->c[i].spec->name, f->c[i].instance,
                           image_hex(f->c[i].digest, hex),
                           firmware_executes(f, &f->c[i]));
            state_file_put(d->shared->state_file, d->endpoint, f, &f->c[i]);
        }
    }
}

/* The server hears of the De-register, and never of the Execute. */
static void deregister_early(struct device *d, const struct component *c,
                             int64_t now_ms)
{
    const struct fault_spec *fault =
        faults_strike(&d->firmware.faults, FAULT_DEREGISTER_ON_EXECUTE, c->spec->name);
    if (fault) {
        d->is_leaving = d->network.is_hushed = true;
        d->boot_due_ms = now_ms + fault->number;
    }
}

static int component_execute(struct device *d, struct component *c, uint16_t resource,
                             struct reader payload, int64_t now_ms)
{
    uint32_t set = 0;
    int code;
    if (resource == 10) {
        code = firmware_cancel(&d->firmware, c, now_ms);
        if (code == FW_CHANGED) {
            DEVICE_JOURNAL(d, "canceled", "component=%s", c->spec->name);
        }
        return code;
    }
    struct argument argument = {(const char *)payload.at, reader_left(&payload)};
    code = firmware_execute(&d->firmware, c, argument, now_ms, &set);
    if (code == FW_CHANGED) {
        execute_journal(d, c, set);
        deregister_early(d, c, now_ms);
    }
    return code;
}

static int device_execute(struct device *d, const struct path *path, int64_t now_ms)
{
    if (path->id[0] == 3 && path->id[2] == 4) {
        device_reboot(d, now_ms, 20);
    } else if (path->id[0] == 3) {
        d->error_code = 0;
    } else if (path->id[2] == 8) {
        d->is_update_wanted = true;
    } else { /* Disable */
        d->is_leaving = true;
        d->boot_due_ms = now_ms + d->disable_s * 1000;
    }
    return FW_CHANGED;
}

int tree_execute(struct device *d, const struct path *path, const char *payload,
                 size_t len, int64_t now_ms)
{
    unsigned operations = path->depth == 3 ? tree_operations(d, path) : 0;
    if (!(operations & OP_EXECUTE)) {
        return operations || path->depth != 3 ? FW_NOT_ALLOWED : FW_NOT_FOUND;
    }
    struct component *c = firmware_find(&d->firmware, path->id[0], path->id[1]);
    return c ? component_execute(d, c, path->id[2], reader_of(payload, len), now_ms)
             : device_execute(d, path, now_ms);
}
