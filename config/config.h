/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - what an operator can tell lockstepd: lockstep.conf as a plain struct.
 *
 * The file has one `name = value` per line, and # starts a comment. Everything about an
 * option (type, unit, range, default, help) stands in the table of options.c; parser
 * and manual.h come from it. Whatever is wrong is refused, with file and line. A value
 * is copied in: nothing here owns memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_LISTEN_MAX = 8,
    CONFIG_OBJECTS_MAX = 8,
    CONFIG_PATH_MAX = 1024, /* with the NUL */
    CONFIG_LINE_MAX = 4096, /* bytes of one line, without its end */
};

/** Positive returns: what config_error explains. */
enum {
    CONFIG_E_INVALID = 1,
};

enum config_admit { CONFIG_ADMIT_ALL, CONFIG_ADMIT_KNOWN };

/** A numeric IPv4 or IPv6 address and a port, 1..65535 (0: any free one). */
struct config_address {
    char host[48]; /* without brackets */
    uint16_t port;
    bool is_ipv6, is_loopback;
};

struct config_listen {
    struct config_address at[CONFIG_LISTEN_MAX];
    size_t count;
};

struct config_objects {
    uint16_t id[CONFIG_OBJECTS_MAX];
    size_t count;
};

/** Numbers are int64_t in the unit of their name; help for each is in options.c. */
struct config {
    char state_dir[CONFIG_PATH_MAX];
    char profiles_dir[CONFIG_PATH_MAX];
    unsigned log_level; /* a syslog priority: 3 err .. 7 debug */
    unsigned admit;     /* enum config_admit */

    struct config_address http_listen;
    char http_socket[108]; /* "": http_listen */
    int64_t http_threads, http_connections_max, http_connections_per_address;
    int64_t http_idle_timeout_s, http_heartbeat_ms, http_body_max_bytes;
    int64_t http_followers_max, http_requests_per_s;

    struct config_listen coap_listen;
    bool insecure_nosec;
    char coap_advertise[256]; /* host, host:port or ""; IPv6 in brackets */
    int64_t ack_timeout_ms, ack_random_factor_pct, max_retransmit;
    int64_t exchange_lifetime_ms, non_lifetime_ms, response_timeout_ms;
    int64_t processing_delay_ms, busy_wait_ms, busy_wait_max_ms, busy_tries;
    int64_t awake_ms;
    int64_t block_size_bytes, body_timeout_ms, body_max_bytes, bodies_max;
    int64_t peers_max, test_loss_pct;

    int64_t lifetime_min_s, lifetime_max_s, devices_max;
    struct config_objects afu_objects;
    int64_t inventory_rate_per_s, inventory_in_flight;

    int64_t package_max_bytes, disk_reserve_bytes;
    int64_t event_keep_s, event_keep_max, plan_keep_s, package_keep_s,
        idempotency_keep_s, campaign_keep_s;

    bool webhook_allow_private;
    int64_t webhook_timeout_ms, webhook_retry_ms, webhook_retry_max_ms;
    int64_t webhook_give_up_s;

    int64_t execute_settle_ms, reset_confirm_ms;

    /* defaults of a campaign's policy */
    int64_t campaign_in_flight, campaign_first, campaign_failures_in_a_row;
    int64_t campaign_failure_pct, campaign_min_sample, campaign_min_battery_pct;
    int64_t campaign_expires_after_s, campaign_stall_ms, campaign_updating_ms;
    int64_t campaign_return_lifetimes;
};

/** What is wrong, for people: "lockstep.conf:12: unknown option 'htp_listen'; ...". */
struct config_error {
    unsigned line; /* 0 when no line is to blame */
    char text[512];
};

/** Every option at its default. */
void config_defaults(struct config *out);

/**
 * Defaults, then the file, then config_check().
 *
 * @param out  written on success only
 * @return 0; CONFIG_E_INVALID; -errno if path cannot be read. error is set on both.
 */
[[nodiscard]] int config_parse(const char *path, struct config *out,
                               struct config_error *error);

/**
 * The same from memory, without config_check(): sets only what text names in *cfg.
 *
 * @param name  of the source, for error
 * @return 0 or CONFIG_E_INVALID, with *cfg changed up to the line at fault
 */
[[nodiscard]] int config_parse_text(const char *name, const char *text, size_t len,
                                    struct config *cfg, struct config_error *error);

/** One option, as the command line's --set NAME=VALUE gives it. Call config_check()
 * after the last. @return 0 or CONFIG_E_INVALID */
[[nodiscard]] int config_set(struct config *cfg, const char *assignment,
                             struct config_error *error);

/** What must hold between options: NoSec beyond loopback only with insecure_nosec, no
 * port twice, timers in their order. @return 0 or CONFIG_E_INVALID */
[[nodiscard]] int config_check(const struct config *cfg, struct config_error *error);

/** Names of options, with blanks between them. */
struct config_changes {
    char taken[1024], waiting[2048];
};

/** Take over from fresh what may change while the daemon runs; the rest waits for a
 * restart. @param out  what was taken, what waits; "" for none */
void config_reload(struct config *cfg, const struct config *fresh,
                   struct config_changes *out);
