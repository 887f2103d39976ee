/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - what must hold between options. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"

__attribute__((format(printf, 2, 3))) static int refuse(struct config_error *error,
                                                        const char *format, ...)
{
    va_list args;

    error->line = 0;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return CONFIG_E_INVALID;
}

static int check_nosec(const struct config *cfg, struct config_error *error)
{
    for (size_t i = 0; i < cfg->coap_listen.count && !cfg->insecure_nosec; i++) {
        const struct config_address *a = &cfg->coap_listen.at[i];
        if (!a->is_loopback)
            return refuse(error,
                          "coap_listen = %s:%u is beyond loopback, where CoAP without"
                          " DTLS can be read and forged: listen on 127.0.0.1 and [::1],"
                          " or set insecure_nosec = yes if the network is trusted",
                          a->host, a->port);
    }
    return 0;
}

static int check_twice(const struct config *cfg, struct config_error *error)
{
    const struct config_listen *listen = &cfg->coap_listen;

    for (size_t i = 0; i < listen->count; i++)
        for (size_t k = 0; k < i; k++)
            if (listen->at[i].port != 0 && listen->at[i].port == listen->at[k].port &&
                strcmp(listen->at[i].host, listen->at[k].host) == 0)
                return refuse(error, "coap_listen has %s, port %u twice",
                              listen->at[i].host, listen->at[i].port);
    return 0;
}

/* RFC 7252 4.8.2: MAX_TRANSMIT_SPAN, from the first to the last retransmission. */
static int64_t transmit_span_ms(const struct config *cfg)
{
    return cfg->ack_timeout_ms * ((1LL << cfg->max_retransmit) - 1) *
           cfg->ack_random_factor_pct / 100;
}

static int check_timers(const struct config *cfg, struct config_error *error)
{
    if (cfg->exchange_lifetime_ms < transmit_span_ms(cfg))
        return refuse(error,
                      "exchange_lifetime_ms = %" PRId64 " is less than the %" PRId64
                      " ms in which a message is retransmitted (ack_timeout_ms,"
                      " ack_random_factor_pct, max_retransmit)",
                      cfg->exchange_lifetime_ms, transmit_span_ms(cfg));
    if (cfg->execute_settle_ms < cfg->exchange_lifetime_ms)
        return refuse(error,
                      "execute_settle_ms = %" PRId64 " is less than"
                      " exchange_lifetime_ms = %" PRId64
                      ": an Execute under way could be sent a second time",
                      cfg->execute_settle_ms, cfg->exchange_lifetime_ms);
    return 0;
}

static int check_lifetimes(const struct config *cfg, struct config_error *error)
{
    if (cfg->lifetime_min_s > cfg->lifetime_max_s)
        return refuse(error,
                      "lifetime_min_s = %" PRId64
                      " is more than lifetime_max_s = %" PRId64,
                      cfg->lifetime_min_s, cfg->lifetime_max_s);
    return 0;
}

/* "coap://HOST:PORT/p/DIGEST?d=LOCATION" is a Package URI, 255 bytes at most (object
 * 33629 resource 1). Without a port that of the listener is added. */
static int check_advertise(const struct config *cfg, struct config_error *error)
{
    enum { URI_MAX = 255, DIGEST = 64, LOCATION = 8 };
    const char *colon = strrchr(cfg->coap_advertise, ':');
    bool has_port = colon && !strchr(colon, ']');
    size_t rest = strlen("coap:///p/?d=") + DIGEST + LOCATION;
    size_t room = URI_MAX - rest - (has_port ? 0 : strlen(":65535"));
    size_t len = strlen(cfg->coap_advertise);

    if (len > room)
        return refuse(
            error,
            "coap_advertise has %zu bytes, of which %zu fit into a Package URI"
            " of 255: use a shorter name or an address",
            len, room);
    return 0;
}

int config_check(const struct config *cfg, struct config_error *error)
{
    int rc = check_nosec(cfg, error);

    if (rc == 0)
        rc = check_twice(cfg, error);
    if (rc == 0)
        rc = check_timers(cfg, error);
    if (rc == 0)
        rc = check_lifetimes(cfg, error);
    if (rc == 0)
        rc = check_advertise(cfg, error);
    return rc;
}
