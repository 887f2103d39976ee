/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/registration.h"

#include <string.h>

#include "daemon/lwm2m/utf8.h"

struct param {
    struct lwm2m_slice name, value;
    bool has_value;
};

/* Reads one value. @return NULL, or why it is refused */
typedef const char *param_read(const struct param *p, struct lwm2m_registration *out);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* @return false if it does not fit */
static bool copy(char *out, size_t size, struct lwm2m_slice from)
{
    if (from.len >= size)
        return false;
    memcpy(out, from.at, from.len);
    out[from.len] = '\0';
    return true;
}

static bool has_control_character(struct lwm2m_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
            return true;
    return false;
}

static const char *read_endpoint(const struct param *p, struct lwm2m_registration *out)
{
    if (p->value.len == 0)
        return "ep is empty";
    if (!utf8_is_valid(p->value.at, p->value.len) || has_control_character(p->value))
        return "ep is not text";
    return copy(out->endpoint, sizeof out->endpoint, p->value) ? NULL
                                                               : "ep is too long";
}

static const char *read_lifetime(const struct param *p, struct lwm2m_registration *out)
{
    uint64_t s = 0;

    for (size_t i = 0; i < p->value.len; i++) {
        if (!is_digit(p->value.at[i]))
            return "lt is no number";
        s = s * 10 + (uint64_t)(p->value.at[i] - '0');
        if (s > UINT32_MAX)
            return "lt is too large";
    }
    if (p->value.len == 0)
        return "lt is no number";
    out->lifetime_s = (uint32_t)s;
    return NULL;
}

static size_t digits_at(struct lwm2m_slice s, size_t from)
{
    size_t n = 0;

    while (from + n < s.len && is_digit(s.at[from + n]))
        n++;
    return n;
}

enum { VERSIONS = 3 };
static const char *const version_texts[VERSIONS] = {
    [LWM2M_1_0] = "1.0", [LWM2M_1_1] = "1.1", [LWM2M_1_2] = "1.2"};
static const char unknown_version[] = "lwm2m is none of 1.0, 1.1, 1.2";

static const char *read_version(const struct param *p, struct lwm2m_registration *out)
{
    size_t major = digits_at(p->value, 0), minor = digits_at(p->value, major + 1);

    if (major == 0 || minor == 0 || major + 1 + minor != p->value.len ||
        p->value.at[major] != '.')
        return "lwm2m is no version";
    for (int v = 0; v < VERSIONS; v++)
        if (p->value.len == 3 && memcmp(p->value.at, version_texts[v], 3) == 0) {
            out->version = (enum lwm2m_version)v;
            return NULL;
        }
    return unknown_version;
}

/* 1.0 says queue mode with a Q in here. */
static const char *read_binding(const struct param *p, struct lwm2m_registration *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->value.len; i++) {
        char c = p->value.at[i];
        if (c == '\0' || !strchr("UTSNMHQ", c))
            return "b has an unknown letter";
        if (c == 'Q')
            out->is_queue_mode = true;
        else if (n + 1 < sizeof out->binding)
            out->binding[n++] = c;
        else
            return "b is too long";
    }
    if (n == 0)
        return "b names no transport";
    out->binding[n] = '\0';
    return NULL;
}

static const char *read_queue_mode(const struct param *p,
                                   struct lwm2m_registration *out)
{
    if (p->has_value)
        return "Q takes no value";
    out->is_queue_mode = true;
    return NULL;
}

static const char *read_sms(const struct param *p, struct lwm2m_registration *out)
{
    if (p->value.len == 0 || digits_at(p->value, 0) != p->value.len)
        return "sms is no number";
    return copy(out->sms, sizeof out->sms, p->value) ? NULL : "sms is too long";
}

static const char *read_profile(const struct param *p, struct lwm2m_registration *out)
{
    (void)out; /* we know no profiles: see LWM2M_E_CONFLICT */
    return p->value.len == 0 ? "pid is empty" : NULL;
}

struct param_row {
    const char *name;
    param_read *read;
    unsigned bit;
    bool is_in_update;
};

static const struct param_row rows[] = {
    {"ep", read_endpoint, LWM2M_HAS_EP, false},
    {"lt", read_lifetime, LWM2M_HAS_LT, true},
    {"lwm2m", read_version, LWM2M_HAS_LWM2M, false},
    {"b", read_binding, LWM2M_HAS_B, true},
    {"Q", read_queue_mode, LWM2M_HAS_Q, true},
    {"sms", read_sms, LWM2M_HAS_SMS, true},
    {"pid", read_profile, LWM2M_HAS_PID, true},
};

static const struct param_row *row_of(struct lwm2m_slice name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (name.len == strlen(rows[i].name) &&
            memcmp(name.at, rows[i].name, name.len) == 0)
            return &rows[i];
    return NULL;
}

static struct param split(struct lwm2m_slice text)
{
    struct param p = {.name = text, .value = {"", 0}};
    const char *equals = text.len > 0 ? memchr(text.at, '=', text.len) : NULL;

    if (equals) {
        p.has_value = true;
        p.name.len = (size_t)(equals - text.at);
        p.value = (struct lwm2m_slice){equals + 1, text.len - p.name.len - 1};
    }
    return p;
}

/* @return NULL, or why the query is refused */
static const char *read_all(struct lwm2m_query query, bool is_update,
                            struct lwm2m_registration *out)
{
    for (size_t i = 0; i < query.count; i++) {
        struct param p = split(query.params[i]);
        const struct param_row *row = row_of(p.name);
        if (!row)
            continue;
        if (out->has & row->bit)
            return "a parameter comes twice";
        if (is_update && !row->is_in_update)
            return "ep and lwm2m do not belong in an Update";
        out->has |= row->bit;
        const char *why = row->read(&p, out);
        if (why)
            return why;
    }
    return NULL;
}

static const char *missing(const struct lwm2m_registration *reg)
{
    if (reg->version == LWM2M_1_0)
        return reg->has & LWM2M_HAS_EP ? NULL : "ep is missing";
    return reg->has & LWM2M_HAS_LT ? NULL : "lt is missing";
}

int lwm2m_register_parse(struct lwm2m_query query, size_t payload_len,
                         struct lwm2m_registration *out, const char **reason)
{
    struct lwm2m_registration reg = {
        .lifetime_s = LWM2M_LIFETIME_DEFAULT_S,
        .version = LWM2M_1_0,
        .binding = "U",
    };
    const char *why = read_all(query, false, &reg);

    if (!why)
        why = missing(&reg);
    if (why) {
        *reason = why;
        return why == unknown_version ? LWM2M_E_VERSION : LWM2M_E_BAD_REQUEST;
    }
    if (payload_len == 0) {
        *reason = reg.has & LWM2M_HAS_PID ? "unknown pid" : "no list of objects";
        return LWM2M_E_CONFLICT;
    }
    *out = reg;
    return 0;
}

int lwm2m_update_parse(struct lwm2m_query query, struct lwm2m_registration *out,
                       const char **reason)
{
    struct lwm2m_registration reg = {0};
    const char *why = read_all(query, true, &reg);

    if (why) {
        *reason = why;
        return LWM2M_E_BAD_REQUEST;
    }
    *out = reg;
    return 0;
}
