/* SPDX-License-Identifier: Apache-2.0 */
/* fields.c - the options we know, as a table of lengths and a switch of meanings. */
#include "daemon/coap/fields.h"

#include <string.h>

#include "daemon/coap/code.h"

struct rule {
    uint16_t number;
    uint16_t len_min, len_max;
    bool is_repeatable;
};

/* By number. RFC 7252 5.10, RFC 7959 2.1, RFC 7641 2, RFC 9175 3.2. */
static const struct rule rules[] = {
    {OPTION_IF_MATCH, 0, 8, true},
    {OPTION_URI_HOST, 1, 255, false},
    {OPTION_ETAG, 1, 8, true},
    {OPTION_IF_NONE_MATCH, 0, 0, false},
    {OPTION_OBSERVE, 0, 3, false},
    {OPTION_URI_PORT, 0, 2, false},
    {OPTION_LOCATION_PATH, 0, 255, true},
    {OPTION_URI_PATH, 0, 255, true},
    {OPTION_CONTENT_FORMAT, 0, 2, false},
    {OPTION_MAX_AGE, 0, 4, false},
    {OPTION_URI_QUERY, 0, 255, true},
    {OPTION_ACCEPT, 0, 2, false},
    {OPTION_BLOCK2, 0, 3, false},
    {OPTION_BLOCK1, 0, 3, false},
    {OPTION_SIZE2, 0, 4, false},
    {OPTION_PROXY_URI, 1, 1034, false},
    {OPTION_PROXY_SCHEME, 1, 255, false},
    {OPTION_SIZE1, 0, 4, false},
    {OPTION_REQUEST_TAG, 0, 8, true},
};

/* Numbers only grow within a message, and *at with them. */
static const struct rule *rule_find(uint16_t number, size_t *at)
{
    const size_t count = sizeof rules / sizeof rules[0];
    while (*at < count && rules[*at].number < number)
        ++*at;
    return *at < count && rules[*at].number == number ? &rules[*at] : NULL;
}

static bool is_usable(const struct option *o, uint16_t previous, size_t *at)
{
    const struct rule *rule = rule_find(o->number, at);
    if (!rule || o->len < rule->len_min || o->len > rule->len_max)
        return false;
    return rule->is_repeatable || o->number != previous;
}

static int add(struct piece *pieces, size_t *count, size_t max, const struct option *o)
{
    if (*count == max)
        return COAP_400_BAD_REQUEST;
    pieces[(*count)++] = (struct piece){o->value, o->len};
    return 0;
}

static void add_etag(struct piece *pieces, size_t *count, const struct option *o)
{
    if (*count < FIELDS_ETAG_MAX)
        pieces[(*count)++] = (struct piece){o->value, o->len};
}

static int take_block(const struct option *o, bool *has, struct block *out)
{
    *has = true;
    return block_read(o, out) == 0 ? 0 : COAP_400_BAD_REQUEST;
}

static int take(struct fields *f, const struct option *o)
{
    switch (o->number) {
    case OPTION_URI_PATH:
    case OPTION_LOCATION_PATH:
        return add(f->path, &f->path_count, FIELDS_PATH_MAX, o);
    case OPTION_URI_QUERY:
        return add(f->query, &f->query_count, FIELDS_QUERY_MAX, o);
    case OPTION_BLOCK1:
        return take_block(o, &f->has_block1, &f->block1);
    case OPTION_BLOCK2:
        return take_block(o, &f->has_block2, &f->block2);
    case OPTION_PROXY_URI:
    case OPTION_PROXY_SCHEME:
        return COAP_505_PROXYING;
    case OPTION_CONTENT_FORMAT:
        f->content_format = (int32_t)option_uint(o);
        return 0;
    case OPTION_ACCEPT:
        f->accept = (int32_t)option_uint(o);
        return 0;
    case OPTION_MAX_AGE:
        f->max_age_s = option_uint(o);
        return 0;
    case OPTION_SIZE1:
        f->size1 = option_uint(o);
        return 0;
    case OPTION_SIZE2:
        f->size2 = option_uint(o);
        return 0;
    case OPTION_OBSERVE:
        f->has_observe = true;
        f->observe = option_uint(o);
        return 0;
    case OPTION_REQUEST_TAG:
        f->request_tag = (struct piece){o->value, o->len};
        return 0;
    case OPTION_ETAG:
        add_etag(f->etag, &f->etag_count, o);
        return 0;
    case OPTION_IF_MATCH:
        f->has_if_match = true;
        add_etag(f->if_match, &f->if_match_count, o);
        return 0;
    case OPTION_IF_NONE_MATCH:
        f->has_if_none_match = true;
        return 0;
    default: /* Uri-Host, Uri-Port: one host is all we have */
        return 0;
    }
}

/* The arrays are not cleared: their counts say what is in them. */
static void clear(struct fields *f)
{
    f->path_count = f->query_count = f->etag_count = f->if_match_count = 0;
    f->content_format = f->accept = COAP_FORMAT_NONE;
    f->max_age_s = f->size1 = f->size2 = -1;
    f->observe = 0;
    f->has_observe = f->has_block1 = f->has_block2 = false;
    f->has_if_match = f->has_if_none_match = false;
    f->block1 = f->block2 = (struct block){.num = 0};
    f->request_tag = (struct piece){.len = 0};
}

int fields_read(const struct message *m, struct fields *out)
{
    struct option_reader r = option_reader_of(m->options, m->options_len);
    struct option o;
    uint16_t previous = 0;
    size_t at = 0;
    clear(out);
    while (option_next(&r, &o)) {
        bool is_critical = o.number & 1;
        bool usable = is_usable(&o, previous, &at);
        previous = o.number;
        int code = usable ? take(out, &o) : is_critical ? COAP_402_BAD_OPTION : 0;
        if (code != 0)
            return code;
    }
    return 0;
}

bool piece_is(const struct piece *p, const char *text)
{
    size_t len = strlen(text);
    return p->len == len && memcmp(p->at, text, len) == 0;
}
