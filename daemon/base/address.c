/* SPDX-License-Identifier: Apache-2.0 */
/* address.c - text to address and back. */
#include "daemon/base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parts of "[host%scope]:port", each NUL-terminated, in one copy of the text. */
struct parts {
    char text[NET_ADDRESS_TEXT_MAX];
    char *host, *scope, *port;
};

static char *cut_at(char *text, char mark)
{
    char *at = text ? strchr(text, mark) : NULL;
    if (!at)
        return NULL;
    *at = '\0';
    return at + 1;
}

static int split(const char *text, struct parts *p)
{
    size_t len = strlen(text);
    if (len == 0 || len >= sizeof p->text)
        return -EINVAL;
    memcpy(p->text, text, len + 1);
    p->host = p->text;
    if (p->text[0] == '[') {
        p->host = p->text + 1;
        char *rest = cut_at(p->host, ']');
        if (!rest || (*rest != '\0' && *rest != ':'))
            return -EINVAL;
        p->port = *rest == ':' ? rest + 1 : NULL;
    } else {
        char *colon = strchr(p->text, ':');
        bool is_v6 = colon && strchr(colon + 1, ':');
        p->port = is_v6 ? NULL : cut_at(p->text, ':');
    }
    p->scope = cut_at(p->host, '%');
    return 0;
}

static int read_number(const char *text, unsigned long max, unsigned long *out)
{
    char *end = NULL;
    if (*text < '0' || *text > '9')
        return -EINVAL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || value > max)
        return -EINVAL;
    *out = value;
    return 0;
}

static int read_scope(const char *text, uint32_t *out)
{
    unsigned long number = 0;
    if (read_number(text, UINT32_MAX, &number) != 0)
        number = if_nametoindex(text);
    *out = (uint32_t)number;
    return number ? 0 : -EINVAL;
}

static void unmap(struct net_address *a)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(a->ip, mapped, sizeof mapped) != 0)
        return;
    memmove(a->ip, a->ip + 12, 4);
    memset(a->ip + 4, 0, 12);
    a->family = NET_V4;
}

int net_address_parse(const char *text, uint16_t port, struct net_address *out)
{
    struct parts p = {.port = NULL};
    struct net_address a = {.port = port};
    unsigned long number = port;
    if (split(text, &p) != 0)
        return -EINVAL;
    if (p.port && read_number(p.port, UINT16_MAX, &number) != 0)
        return -EINVAL;
    a.port = (uint16_t)number;
    if (p.host == p.text && inet_pton(AF_INET, p.host, a.ip) == 1)
        a.family = NET_V4;
    else if (inet_pton(AF_INET6, p.host, a.ip) == 1)
        a.family = NET_V6;
    else
        return -EINVAL;
    if (p.scope && (a.family != NET_V6 || read_scope(p.scope, &a.scope) != 0))
        return -EINVAL;
    if (a.family == NET_V6)
        unmap(&a);
    *out = a;
    return 0;
}

const char *net_address_host(const struct net_address *a,
                             char text[static NET_ADDRESS_TEXT_MAX])
{
    char ip[INET6_ADDRSTRLEN] = "";
    inet_ntop(a->family == NET_V4 ? AF_INET : AF_INET6, a->ip, ip, sizeof ip);
    if (a->family == NET_V4)
        snprintf(text, NET_ADDRESS_TEXT_MAX, "%s", ip);
    else if (a->scope)
        snprintf(text, NET_ADDRESS_TEXT_MAX, "[%s%%%u]", ip, (unsigned)a->scope);
    else
        snprintf(text, NET_ADDRESS_TEXT_MAX, "[%s]", ip);
    return text;
}

const char *net_address_text(const struct net_address *a,
                             char text[static NET_ADDRESS_TEXT_MAX])
{
    size_t len = strlen(net_address_host(a, text));
    snprintf(text + len, NET_ADDRESS_TEXT_MAX - len, ":%u", (unsigned)a->port);
    return text;
}

bool net_address_equal(const struct net_address *a, const struct net_address *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool net_address_is_any(const struct net_address *a)
{
    static const uint8_t zero[16];
    return memcmp(a->ip, zero, sizeof zero) == 0;
}
