/* SPDX-License-Identifier: Apache-2.0 */
#include "api/uri.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* The byte that s, behind a '%', stands for. @return < 0: it is none, or NUL */
static int escaped_byte(const char *s)
{
    int high = hex_value(s[0]), low = high < 0 ? -1 : hex_value(s[1]);
    int byte = high * 16 + low;

    return low < 0 || byte == 0 ? -1 : byte;
}

/* Decode s in place. @return what is wrong, NULL if nothing is */
static const char *decode(char *s, bool is_query)
{
    char *to = s;

    for (; *s; s++, to++) {
        *to = *s;
        if (*s == '+' && is_query)
            *to = ' ';
        if (*s != '%')
            continue;
        int byte = escaped_byte(s + 1);
        if (byte < 0)
            return "'%' without two hexadecimal digits, or NUL";
        *to = (char)byte;
        s += 2;
    }
    *to = '\0';
    return NULL;
}

static const char *decode_utf8(char *s, bool is_query)
{
    const char *wrong = decode(s, is_query);

    if (!wrong && !text_is_utf8(s, strlen(s)))
        wrong = "bytes that are no UTF-8";
    return wrong;
}

static const char *split_path(struct uri *u, char *path)
{
    char *rest = path + 1;

    if (*path != '/')
        return "no leading '/'";
    for (char *segment; (segment = strsep(&rest, "/"));) {
        if (u->segment_count == URI_SEGMENTS_MAX)
            return "too many segments";
        const char *wrong = decode_utf8(segment, false);
        if (wrong)
            return wrong;
        u->segments[u->segment_count++] = segment;
    }
    return NULL;
}

static const char *add_parameter(struct uri *u, char *name)
{
    char *value = strchr(name, '=');
    const char *wrong;

    if (value)
        *value++ = '\0';
    else
        value = name + strlen(name);
    if (u->parameter_count == URI_PARAMETERS_MAX)
        return "too many parameters";
    if ((wrong = decode_utf8(name, true)) || (wrong = decode_utf8(value, true)))
        return wrong;
    if (uri_parameter(u, name))
        return "a parameter twice";
    u->parameters[u->parameter_count++] = (struct uri_parameter){name, value};
    return NULL;
}

static const char *split_query(struct uri *u, char *query)
{
    for (char *pair; (pair = strsep(&query, "&"));) {
        const char *wrong = *pair ? add_parameter(u, pair) : NULL;
        if (wrong)
            return wrong;
    }
    return NULL;
}

/* The room holds the path twice (as it came, and cut up) and the query once. */
static const char *split(struct uri *u, const char *target)
{
    size_t path_len = strcspn(target, "?#");
    char *path = u->room, *cut = path + path_len + 1;

    memcpy(path, target, path_len);
    path[path_len] = '\0';
    memcpy(cut, path, path_len + 1);
    u->path = path;

    const char *wrong = split_path(u, cut);
    if (wrong || target[path_len] != '?')
        return wrong;
    char *query = cut + path_len + 1;
    size_t query_len = strcspn(target + path_len + 1, "#");
    memcpy(query, target + path_len + 1, query_len);
    query[query_len] = '\0';
    return split_query(u, query);
}

int uri_parse(const char *target, struct uri *out, struct problem *p)
{
    struct uri u = {0};
    size_t len = strlen(target);

    if (len > URI_BYTES_MAX) {
        problem_set(p, PROBLEM_BAD_REQUEST, "the URL is longer than %d bytes",
                    URI_BYTES_MAX);
        return -EBADMSG;
    }
    u.room = malloc(2 * len + 4);
    if (!u.room)
        return -ENOMEM;

    const char *wrong = split(&u, target);
    if (wrong) {
        problem_set(p, PROBLEM_BAD_REQUEST, "the URL has %s", wrong);
        uri_fini(&u);
        return -EBADMSG;
    }
    *out = u;
    return 0;
}

void uri_fini(struct uri *u)
{
    free(u->room);
    *u = (struct uri){0};
}

const char *uri_parameter(const struct uri *u, const char *name)
{
    for (size_t i = 0; i < u->parameter_count; i++)
        if (strcmp(u->parameters[i].name, name) == 0)
            return u->parameters[i].value;
    return NULL;
}

/* A host, and a port behind it if there is a colon; of [::1] the host has its own. */
static bool has_port(const char *host, size_t len)
{
    const char *bracket = *host == '[' ? memchr(host, ']', len) : NULL;
    const char *from = bracket ? bracket : host;
    const char *colon = memchr(from, ':', len - (size_t)(from - host));
    unsigned port = 0;

    if (!colon)
        return true;
    for (const char *c = colon + 1; c < host + len; c++) {
        if (*c < '0' || *c > '9' || port > 65535)
            return false;
        port = 10 * port + (unsigned)(*c - '0');
    }
    return colon > host && port >= 1 && port <= 65535;
}

bool uri_is_web(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;
    size_t host = strcspn(text + scheme, "/?");

    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || strchr("\\#", *c))
            return false;
    return scheme > 0 && host > 0 && !memchr(text + scheme, '@', host) &&
           has_port(text + scheme, host);
}
