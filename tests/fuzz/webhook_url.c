/* SPDX-License-Identifier: Apache-2.0 */
/* webhook_url.c - any text as the address of a webhook: what is taken means the same to
 * libcurl, which connects to it; and any bytes as the address that a name came to.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "api/uri.h"
#include "daemon/hooks/reach.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
    if (!claim)
        abort();
}

static bool has_part(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool is_there = curl_url_get(u, part, &text, 0) == CURLUE_OK;

    curl_free(text);
    return is_there;
}

static bool is_web_to_curl(CURLU *u)
{
    char *scheme = NULL;

    must(curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK);
    bool is_web = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    curl_free(scheme);
    return is_web;
}

static void check_url(const char *text)
{
    CURLU *u = curl_url();

    if (uri_is_web(text) && curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK)
        must(is_web_to_curl(u) && has_part(u, CURLUPART_HOST) &&
             !has_part(u, CURLUPART_USER) && !has_part(u, CURLUPART_PASSWORD) &&
             !has_part(u, CURLUPART_FRAGMENT));
    curl_url_cleanup(u);
}

static bool is_public6(const uint8_t bytes[16])
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    memcpy(&in6.sin6_addr, bytes, 16);
    bool is_public = reach_is_public((const struct sockaddr *)&in6);
    bool is_own = IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) ||
                  IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr) ||
                  IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) ||
                  IN6_IS_ADDR_SITELOCAL(&in6.sin6_addr) ||
                  IN6_IS_ADDR_MULTICAST(&in6.sin6_addr) || (bytes[0] & 0xfe) == 0xfc;
    must(!is_public || !is_own);
    return is_public;
}

static bool is_public4(const uint8_t bytes[4])
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    uint32_t a;

    memcpy(&in.sin_addr, bytes, 4);
    a = ntohl(in.sin_addr.s_addr);
    bool is_public = reach_is_public((const struct sockaddr *)&in);
    bool is_own = a >> 24 == 0 || a >> 24 == 10 || a >> 24 == 127 ||
                  a >> 22 == (100 << 2 | 1) || a >> 20 == (172 << 4 | 1) ||
                  a >> 16 == (192 << 8 | 168) || a >> 16 == (169 << 8 | 254) ||
                  a >> 28 >= 14;
    must(!is_public || !is_own);
    return is_public;
}

/* One IPv4 address is as near in every dress. */
static void check_address(const uint8_t bytes[16])
{
    static const struct {
        uint8_t prefix[12];
        size_t len;
    } dresses[] = {
        {{[10] = 0xff, [11] = 0xff}, 12}, /* mapped */
        {{0}, 12},                        /* compatible */
        {{0x00, 0x64, 0xff, 0x9b}, 12},   /* NAT64 */
        {{0x20, 0x02}, 2},                /* 6to4 */
    };
    bool is_public = is_public4(bytes);

    (void)is_public6(bytes);
    for (size_t i = 0; i < sizeof dresses / sizeof dresses[0]; i++) {
        uint8_t at[16] = {0};
        memcpy(at, dresses[i].prefix, dresses[i].len);
        memcpy(at + dresses[i].len, bytes, 4);
        must(is_public6(at) == is_public);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    must(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_url(text);
    free(text);
    if (size >= 16)
        check_address(data);
    return 0;
}
