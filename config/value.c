/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - the text of one value to its place in struct config. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_internal.h"

/* What is read, where complaints go. */
struct reading {
    const struct option *opt;
    const char *text;
    void *place;
    char *why;
    size_t why_size;
};

__attribute__((format(printf, 2, 3))) static int refuse(const struct reading *r,
                                                        const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(r->why, r->why_size, format, args);
    va_end(args);
    return CONFIG_E_INVALID;
}

static const struct {
    enum option_unit unit;
    const char *name;
    int64_t factor;
} suffixes[] = {
    {UNIT_MS, "ms", 1},
    {UNIT_MS, "s", 1000},
    {UNIT_MS, "min", 60000},
    {UNIT_MS, "h", 3600000},
    {UNIT_MS, "d", 86400000},
    {UNIT_S, "s", 1},
    {UNIT_S, "min", 60},
    {UNIT_S, "h", 3600},
    {UNIT_S, "d", 86400},
    {UNIT_BYTES, "B", 1},
    {UNIT_BYTES, "KiB", 1LL << 10},
    {UNIT_BYTES, "MiB", 1LL << 20},
    {UNIT_BYTES, "GiB", 1LL << 30},
    {UNIT_PCT, "%", 1},
};

/* 0 when suffix is no unit of this option. */
static int64_t factor_of(enum option_unit unit, const char *suffix)
{
    if (!*suffix)
        return 1;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (suffixes[i].unit == unit && strcmp(suffixes[i].name, suffix) == 0)
            return suffixes[i].factor;
    return 0;
}

static int refuse_unit(const struct reading *r, const char *suffix)
{
    char known[64] = "";
    size_t used = 0;

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (suffixes[i].unit == r->opt->unit)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                     used ? ", " : "", suffixes[i].name);
    if (r->opt->unit == UNIT_NONE)
        return refuse(r, "'%.40s' after the number: it has no unit", suffix);
    return refuse(r, "unit '%.40s' is not one of %s", suffix, known);
}

static int read_number(const struct reading *r)
{
    char *end;
    char range[96];

    if (!isdigit((unsigned char)r->text[0]))
        return refuse(r, "'%.40s' is not a whole number", r->text);
    errno = 0;
    int64_t value = strtoll(r->text, &end, 10);
    bool is_huge = errno == ERANGE;
    while (*end == ' ')
        end++;
    int64_t factor = factor_of(r->opt->unit, end);
    if (factor == 0)
        return refuse_unit(r, end);

    option_range(r->opt, range, sizeof range);
    bool is_outside =
        is_huge || value > r->opt->max / factor || value * factor < r->opt->min;
    if (!is_outside && r->opt->type == OPTION_POWER)
        is_outside = (value * factor & (value * factor - 1)) != 0;
    if (is_outside)
        return refuse(r, "'%.40s' is outside %s%s%s", r->text, range,
                      r->opt->unit == UNIT_NONE ? "" : " ",
                      option_unit_name(r->opt->unit));
    *(int64_t *)r->place = value * factor;
    return 0;
}

static int read_flag(const struct reading *r)
{
    bool is_yes = strcmp(r->text, "yes") == 0;

    if (!is_yes && strcmp(r->text, "no") != 0)
        return refuse(r, "'%.40s' is neither yes nor no", r->text);
    *(bool *)r->place = is_yes;
    return 0;
}

static int read_choice(const struct reading *r)
{
    char range[96];

    for (const struct option_choice *c = r->opt->choices; c->name; c++)
        if (strcmp(c->name, r->text) == 0) {
            *(unsigned *)r->place = c->value;
            return 0;
        }
    option_range(r->opt, range, sizeof range);
    return refuse(r, "'%.40s' is not one of %s", r->text, range);
}

static int copy_text(const struct reading *r)
{
    size_t len = strlen(r->text);

    if (len >= (size_t)r->opt->max)
        return refuse(r, "longer than %" PRId64 " bytes", r->opt->max - 1);
    memcpy(r->place, r->text, len + 1);
    return 0;
}

static int read_path(const struct reading *r)
{
    bool may_lack = r->opt->value[0] == '\0';
    if (r->text[0] != '/' && !(may_lack && r->text[0] == '\0'))
        return refuse(r, "'%.40s' is not an absolute path", r->text);
    return copy_text(r);
}

/* @return what follows "[...]", NULL if there is no IPv6 address in it */
static const char *end_of_ipv6(const char *text)
{
    const char *bracket = strchr(text, ']');
    char inside[INET6_ADDRSTRLEN] = "";
    unsigned char ip[sizeof(struct in6_addr)];

    if (!bracket || (size_t)(bracket - text) > sizeof inside)
        return NULL;
    memcpy(inside, text + 1, (size_t)(bracket - text - 1));
    return inet_pton(AF_INET6, inside, ip) == 1 ? bracket + 1 : NULL;
}

/* Only what may stand between "coap://" and the next "/". */
static int read_host(const struct reading *r)
{
    static const char host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789.-_";
    const char *end =
        r->text[0] == '[' ? end_of_ipv6(r->text) : r->text + strspn(r->text, host);

    if (!end)
        return refuse(r, "'%.40s' is not an IPv6 address in brackets", r->text);
    if (*end == ':' && end > r->text) {
        char *rest;
        long port = isdigit((unsigned char)end[1]) ? strtol(end + 1, &rest, 10) : 0;
        if (port < 1 || port > 65535)
            return refuse(r, "'%.40s' has no port of 1..65535", r->text);
        end = rest;
    }
    if (*end)
        return refuse(r, "'%.40s' is not a host or host:port", r->text);
    return copy_text(r);
}

int config_address_read(const char *text, struct config_address *out)
{
    const char *colon = strrchr(text, ':');
    struct config_address a = {.is_ipv6 = text[0] == '['};
    union {
        struct in_addr v4;
        struct in6_addr v6;
    } ip;

    if (!colon || colon == text || !isdigit((unsigned char)colon[1]))
        return CONFIG_E_INVALID;
    const char *host = text + a.is_ipv6;
    size_t len = (size_t)(colon - text);
    if (a.is_ipv6 && (len < 2 || text[len - 1] != ']'))
        return CONFIG_E_INVALID;
    len -= a.is_ipv6 ? 2 : 0;
    if (len >= sizeof a.host)
        return CONFIG_E_INVALID;
    memcpy(a.host, host, len);

    char *end;
    long port = strtol(colon + 1, &end, 10);
    if (*end || port > 65535 ||
        inet_pton(a.is_ipv6 ? AF_INET6 : AF_INET, a.host, &ip) != 1)
        return CONFIG_E_INVALID;
    a.port = (uint16_t)port;
    a.is_loopback = a.is_ipv6 ? IN6_IS_ADDR_LOOPBACK(&ip.v6)
                              : (ntohl(ip.v4.s_addr) >> 24) == IN_LOOPBACKNET;
    *out = a;
    return 0;
}

/* One item of a list into list[i]. */
typedef int (*item_reader)(const struct reading *r, const char *item, size_t i,
                           void *list);

static int read_one_address(const struct reading *r, const char *text,
                            struct config_address *out)
{
    if (config_address_read(text, out) != 0)
        return refuse(r,
                      "'%.60s' is not a numeric address with a port, as 127.0.0.1:5683"
                      " or [::1]:5683",
                      text);
    return 0;
}

static int read_address(const struct reading *r)
{
    return read_one_address(r, r->text, r->place);
}

static int read_listen_item(const struct reading *r, const char *item, size_t i,
                            void *list)
{
    struct config_listen *listen = list;

    listen->count = i + 1;
    return read_one_address(r, item, &listen->at[i]);
}

static int read_object_item(const struct reading *r, const char *item, size_t i,
                            void *list)
{
    struct config_objects *objects = list;
    char *end = NULL;
    long id = isdigit((unsigned char)item[0]) ? strtol(item, &end, 10) : -1;

    if (id < r->opt->min || id > r->opt->max || !end || *end)
        return refuse(r, "'%.40s' is not an object id in %" PRId64 "..%" PRId64, item,
                      r->opt->min, r->opt->max);
    for (size_t k = 0; k < i; k++)
        if (objects->id[k] == id)
            return refuse(r, "%ld is there twice", id);
    objects->id[i] = (uint16_t)id;
    objects->count = i + 1;
    return 0;
}

struct piece {
    const char *at;
    size_t len;
};

/* The item at *at, without the spaces around it. @return what follows its comma, NULL
 * at the end */
static const char *take_item(const char *at, struct piece *item)
{
    size_t len = strcspn(at, ",");
    const char *next = at[len] ? at + len + 1 : NULL;

    while (len > 0 && *at == ' ')
        at++, len--;
    while (len > 0 && at[len - 1] == ' ')
        len--;
    *item = (struct piece){at, len};
    return next;
}

static int read_list(const struct reading *r, size_t items_max, item_reader read,
                     void *list)
{
    const char *at = r->text;
    struct piece piece;
    char item[80];

    for (size_t i = 0; at; i++) {
        at = take_item(at, &piece);
        if (i == items_max)
            return refuse(r, "more than %zu items", items_max);
        if (piece.len == 0 || piece.len >= sizeof item)
            return refuse(r, "item %zu of the list is empty or too long", i + 1);
        memcpy(item, piece.at, piece.len);
        item[piece.len] = '\0';
        int rc = read(r, item, i, list);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int read_listen(const struct reading *r)
{
    struct config_listen listen = {0};
    int rc = read_list(r, CONFIG_LISTEN_MAX, read_listen_item, &listen);

    if (rc == 0)
        *(struct config_listen *)r->place = listen;
    return rc;
}

static int read_objects(const struct reading *r)
{
    struct config_objects objects = {0};
    int rc = read_list(r, CONFIG_OBJECTS_MAX, read_object_item, &objects);

    if (rc == 0)
        *(struct config_objects *)r->place = objects;
    return rc;
}

static int (*const readers[])(const struct reading *) = {
    [OPTION_FLAG] = read_flag,       [OPTION_NUMBER] = read_number,
    [OPTION_POWER] = read_number,    [OPTION_CHOICE] = read_choice,
    [OPTION_PATH] = read_path,       [OPTION_HOST] = read_host,
    [OPTION_ADDRESS] = read_address, [OPTION_LISTEN] = read_listen,
    [OPTION_OBJECTS] = read_objects,
};

int option_read(const struct option *opt, const char *text, struct config *cfg,
                char *why, size_t why_size)
{
    struct reading r = {
        .opt = opt,
        .text = text,
        .place = (char *)cfg + opt->offset,
        .why = why,
        .why_size = why_size,
    };

    return readers[opt->type](&r);
}
