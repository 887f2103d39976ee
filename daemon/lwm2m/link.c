/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/link.h"

#include <errno.h>
#include <string.h>

struct raw_link {
    struct lwm2m_slice target, attributes;
};

struct attribute {
    struct lwm2m_slice name, value;
};

static int peek(const struct reader *r)
{
    return reader_left(r) > 0 ? *r->at : -1;
}

static void skip_space(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r' || peek(r) == '\n')
        r->at++;
}

/* Up to one of the characters of stop, which is not taken. */
static struct lwm2m_slice take_until(struct reader *r, const char *stop)
{
    struct lwm2m_slice s = {.at = (const char *)r->at};

    while (peek(r) > 0 && !strchr(stop, peek(r)))
        r->at++;
    s.len = (size_t)((const char *)r->at - s.at);
    return s;
}

static struct lwm2m_slice take_quoted(struct reader *r)
{
    struct lwm2m_slice s;

    r->at++;
    s.at = (const char *)r->at;
    while (peek(r) >= 0 && peek(r) != '"') {
        if (peek(r) == '\\')
            r->at++;
        reader_u8(r);
    }
    s.len = (size_t)((const char *)r->at - s.at);
    reader_u8(r); /* the closing quote, or an error */
    return s;
}

/* The next ;name or ;name=value. @return false if there is none */
static bool take_attribute(struct reader *r, struct attribute *out)
{
    skip_space(r);
    if (r->bad || peek(r) != ';')
        return false;
    r->at++;
    skip_space(r);
    *out =
        (struct attribute){.name = take_until(r, "=;, \t\r\n\"<>"), .value = {"", 0}};
    if (out->name.len == 0)
        r->bad = true;
    if (peek(r) == '=') {
        r->at++;
        out->value = peek(r) == '"' ? take_quoted(r) : take_until(r, ";, \t\r\n\"<>");
    }
    return !r->bad;
}

/* @return false at the end and after an error */
static bool take_link(struct reader *r, struct raw_link *out)
{
    struct attribute ignored;

    skip_space(r);
    if (r->bad || reader_left(r) == 0)
        return false;
    if (reader_u8(r) != '<')
        r->bad = true;
    out->target = take_until(r, "<>\"");
    if (peek(r) != '>' || r->bad) {
        r->bad = true;
        return false;
    }
    r->at++;
    out->attributes.at = (const char *)r->at;
    while (take_attribute(r, &ignored))
        ;
    out->attributes.len = (size_t)((const char *)r->at - out->attributes.at);
    if (reader_left(r) > 0) {
        if (reader_u8(r) != ',')
            r->bad = true;
        skip_space(r);
        if (reader_left(r) == 0)
            r->bad = true; /* nothing behind the comma */
    }
    return !r->bad;
}

static bool slice_is(struct lwm2m_slice s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static bool find_attribute(struct lwm2m_slice attributes, const char *name,
                           struct lwm2m_slice *value)
{
    struct reader r = reader_of(attributes.at, attributes.len);
    struct attribute a;

    while (take_attribute(&r, &a))
        if (slice_is(a.name, name)) {
            *value = a.value;
            return true;
        }
    return false;
}

bool lwm2m_link_attribute(const struct lwm2m_link *link, const char *name,
                          struct lwm2m_slice *value)
{
    return find_attribute(link->attributes, name, value);
}

/* The next word of a list with spaces; empty at its end. */
static struct lwm2m_slice take_word(struct reader *r)
{
    skip_space(r);
    return take_until(r, " ");
}

static bool list_has(struct lwm2m_slice list, const char *word)
{
    struct reader r = reader_of(list.at, list.len);

    for (struct lwm2m_slice s; (s = take_word(&r)).len > 0;)
        if (slice_is(s, word))
            return true;
    return false;
}

/* @return the number that s is, -1 if it is none or above max */
static int32_t number_of(struct lwm2m_slice s, int32_t max)
{
    int32_t n = 0;

    if (s.len == 0)
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        n = n * 10 + (s.at[i] - '0');
        if (n > max)
            return -1;
    }
    return n;
}

static uint32_t formats_of(struct lwm2m_slice list)
{
    struct reader r = reader_of(list.at, list.len);
    uint32_t bits = 0;

    for (struct lwm2m_slice s; (s = take_word(&r)).len > 0;) {
        int32_t number = number_of(s, UINT16_MAX);
        if (number >= 0)
            bits |= lwm2m_format_bit((uint16_t)number);
    }
    return bits;
}

/* An alternate path is any but an LwM2M one. */
static void note_root(struct lwm2m_links *l, const struct raw_link *raw)
{
    struct lwm2m_slice value, root = raw->target;
    struct lwm2m_path path;

    if (!find_attribute(raw->attributes, "rt", &value) || !list_has(value, "oma.lwm2m"))
        return;
    if (lwm2m_path_parse(NULL, root.at, root.len, &path) == 0 && path.depth > 0)
        return;
    if (root.len > 0 && root.at[root.len - 1] == '/')
        root.len--;
    if (root.len >= LWM2M_ROOT_BYTES) {
        l->in.bad = true;
        return;
    }
    memcpy(l->root, root.at, root.len);
    l->root[root.len] = '\0';
    if (find_attribute(raw->attributes, "ct", &value))
        l->formats = formats_of(value);
}

/* All of it is read once before the first link is given, so that an error in the last
 * one refuses the whole message. */
static int check(struct lwm2m_links *l)
{
    struct reader start = l->in;
    struct raw_link raw;

    while (take_link(&l->in, &raw))
        if (!l->is_answer)
            note_root(l, &raw);
    if (l->in.bad)
        return -EBADMSG;
    l->in = start;
    return 0;
}

int lwm2m_links_begin(struct lwm2m_links *l, const void *bytes, size_t len)
{
    *l = (struct lwm2m_links){.in = reader_of(bytes, len)};
    return check(l);
}

int lwm2m_links_begin_answer(struct lwm2m_links *l, const char *root, const void *bytes,
                             size_t len)
{
    *l = (struct lwm2m_links){.in = reader_of(bytes, len), .is_answer = true};
    size_t root_len = root ? strlen(root) : 0;
    if (root_len >= sizeof l->root)
        return -EBADMSG;
    if (root_len > 0)
        memcpy(l->root, root, root_len);
    return check(l);
}

static bool is_not_ours(uint16_t object)
{
    return object == 0 || object == 21 || object == 23 || object == 24;
}

static void read_version(struct lwm2m_link *link)
{
    struct lwm2m_slice value, major, minor;
    if (!find_attribute(link->attributes, "ver", &value))
        return;
    struct reader r = reader_of(value.at, value.len);

    major = take_until(&r, ".");
    reader_u8(&r);
    minor = (struct lwm2m_slice){(const char *)r.at, reader_left(&r)};
    int32_t first = number_of(major, UINT8_MAX), second = number_of(minor, UINT8_MAX);
    if (first < 0 || second < 0)
        return;
    link->has_version = true;
    link->version = (struct lwm2m_object_version){(uint8_t)first, (uint8_t)second};
}

int lwm2m_links_next(struct lwm2m_links *l, struct lwm2m_link *out)
{
    struct raw_link raw;

    while (take_link(&l->in, &raw)) {
        struct lwm2m_link link = {.attributes = raw.attributes};
        if (lwm2m_path_parse(l->root, raw.target.at, raw.target.len, &link.path) != 0 ||
            link.path.depth == 0 || is_not_ours(link.path.id[0]))
            continue;
        read_version(&link);
        *out = link;
        return 1;
    }
    return 0;
}

struct default_version {
    uint16_t object;
    struct lwm2m_object_version version;
};

/* Objects that are not 1.0 in a release. 1.1: table of LwM2M Core 1.1.1; 1.2: of 1.2.2.
 */
static const struct default_version in_1_1[] = {
    {0, {1, 1}}, {1, {1, 1}}, {3, {1, 1}}, {4, {1, 2}}};
static const struct default_version in_1_2[] = {{0, {1, 2}}, {1, {1, 2}}, {2, {1, 1}},
                                                {3, {1, 2}}, {4, {1, 3}}, {5, {1, 1}},
                                                {21, {2, 0}}};

struct lwm2m_object_version lwm2m_object_version(enum lwm2m_version release,
                                                 uint16_t object)
{
    const struct default_version *table = release == LWM2M_1_2 ? in_1_2 : in_1_1;
    size_t len = release == LWM2M_1_2   ? sizeof in_1_2 / sizeof in_1_2[0]
                 : release == LWM2M_1_1 ? sizeof in_1_1 / sizeof in_1_1[0]
                                        : 0;

    for (size_t i = 0; i < len; i++)
        if (table[i].object == object)
            return table[i].version;
    return (struct lwm2m_object_version){1, 0};
}
