/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - every option of lockstepd: name, type, unit, range, default, help, and
 * whether a reload takes it over (LIVE) or only a restart (AT). */
#include "config/config_internal.h"

static const struct option_choice log_levels[] = {
    {"err", 3}, {"warning", 4}, {"notice", 5}, {"info", 6}, {"debug", 7}, {NULL, 0},
};

static const struct option_choice admits[] = {
    {"all", CONFIG_ADMIT_ALL},
    {"known", CONFIG_ADMIT_KNOWN},
    {NULL, 0},
};

#define AT(field) .name = #field, .offset = offsetof(struct config, field)
/* Taken over by a reload: read again wherever it is used. */
#define LIVE(field) AT(field), .reloads = true
#define NUMBER(u, lowest, highest)                                                     \
    .type = OPTION_NUMBER, .unit = UNIT_##u, .min = (lowest), .max = (highest)

#define MINUTE_MS 60000LL
#define HOUR_MS 3600000LL
#define DAY_MS (24 * HOUR_MS)
#define DAY_S 86400LL
#define YEAR_S (366 * DAY_S)
#define MIB (1LL << 20)
#define GIB (1LL << 30)

/* clang-format off */
const struct option option_table[] = {
    {.section = "Daemon", AT(state_dir), .type = OPTION_PATH, .max = CONFIG_PATH_MAX,
     .value = "/var/lib/lockstep",
     .help = "Directory for the store, the packages and the first admin token."},
    {AT(profiles_dir), .type = OPTION_PATH, .max = CONFIG_PATH_MAX,
     .value = "/etc/lockstep/profiles",
     .help = "Profiles of device models, *.json, that are read at start; they replace"
             " those of the same name in the store. It need not be there."},
    {LIVE(log_level), .type = OPTION_CHOICE, .choices = log_levels, .value = "notice",
     .help = "Least important lines that are still logged."},
    {LIVE(admit), .type = OPTION_CHOICE, .choices = admits, .value = "all",
     .help = "Which endpoints may take part in campaigns: 'known' holds one that was"
             " never seen before, nor created, as pending until an operator admits it."},

    {.section = "HTTP", AT(http_listen), .type = OPTION_ADDRESS, .value = "127.0.0.1:8080",
     .help = "Address of the API and the dashboard. There is no TLS here: beyond"
             " loopback put a reverse proxy in front, or tokens can be read."},
    {AT(http_socket), .type = OPTION_PATH, .max = 108, .value = "",
     .help = "Path of a UNIX socket for a reverse proxy, instead of http_listen. Its owner"
             " and its group may connect: put the proxy into the group."},
    {AT(http_threads), NUMBER(NONE, 1, 64), .value = "4",
     .help = "Threads that answer HTTP requests."},
    {AT(http_connections_max), NUMBER(NONE, 8, 100000), .value = "1024",
     .help = "HTTP connections at once; a request on one more gets 503 and Retry-After."},
    {AT(http_connections_per_address), NUMBER(NONE, 1, 100000), .value = "512",
     .help = "HTTP connections at once from one address (of IPv6: one /64); more get 429 and"
             " Retry-After, many more are closed. A UNIX socket has no addresses."},
    {AT(http_idle_timeout_s), NUMBER(S, 1, 3600), .value = "30",
     .help = "A connection without traffic is closed after this, and one whose request"
             " takes longer: a body may have a second more for each 512 bytes."},
    {AT(http_heartbeat_ms), NUMBER(MS, 100, HOUR_MS), .value = "15 s",
     .help = "An event stream without events gets a comment this often."},
    {AT(http_body_max_bytes), NUMBER(BYTES, 4096, 64 * MIB), .value = "4 MiB",
     .help = "Largest JSON body of a request. Packages have package_max_bytes."},
    {AT(http_followers_max), NUMBER(NONE, 1, 10000), .value = "512",
     .help = "Clients that follow events or wait for a campaign, at once."},
    {AT(http_requests_per_s), NUMBER(NONE, 0, 1000000), .value = "1000",
     .help = "Requests in a second with one token; more get 429 and Retry-After. A"
             " second's worth may come at once. 0: no limit."},

    {.section = "CoAP", AT(coap_listen), .type = OPTION_LISTEN,
     .value = "127.0.0.1:5683, [::1]:5683",
     .help = "UDP addresses devices talk to, without DTLS."},
    {AT(insecure_nosec), .type = OPTION_FLAG, .value = "no",
     .help = "Allow coap_listen beyond loopback. Anybody on the way can then read and"
             " forge what devices and daemon say."},
    {AT(coap_advertise), .type = OPTION_HOST, .max = 256, .value = "",
     .help = "Host, or host:port, in the Package URIs given to devices. Empty: the"
             " address a device registered at."},
    {AT(ack_timeout_ms), NUMBER(MS, 10, 10 * MINUTE_MS), .value = "2 s",
     .help = "ACK_TIMEOUT of RFC 7252 4.8: wait for the first retransmission."},
    {AT(ack_random_factor_pct), NUMBER(PCT, 100, 1000), .value = "150",
     .help = "ACK_RANDOM_FACTOR of RFC 7252 4.8."},
    {AT(max_retransmit), NUMBER(NONE, 0, 10), .value = "4",
     .help = "MAX_RETRANSMIT of RFC 7252 4.8."},
    {AT(exchange_lifetime_ms), NUMBER(MS, 100, 24 * HOUR_MS), .value = "247 s",
     .help = "EXCHANGE_LIFETIME of RFC 7252 4.8: how long a confirmable message may come"
             " again."},
    {AT(non_lifetime_ms), NUMBER(MS, 100, 24 * HOUR_MS), .value = "145 s",
     .help = "NON_LIFETIME of RFC 7252 4.8, for non-confirmable messages."},
    {AT(response_timeout_ms), NUMBER(MS, 100, 24 * HOUR_MS), .value = "93 s",
     .help = "Wait for a separate response after its empty acknowledgement."},
    {AT(processing_delay_ms), NUMBER(MS, 10, 10 * MINUTE_MS), .value = "1 s",
     .help = "A request that is not answered by then is acknowledged empty."},
    {AT(busy_wait_ms), NUMBER(MS, 10, 24 * HOUR_MS), .value = "10 s",
     .help = "Wait after a 5.03 of a device that carries no Max-Age."},
    {AT(busy_wait_max_ms), NUMBER(MS, 10, 24 * HOUR_MS), .value = "60 s",
     .help = "A longer Max-Age of a 5.03 is taken for this."},
    {AT(busy_tries), NUMBER(NONE, 0, 255), .value = "6",
     .help = "A delivery attempt ends when a device answers 5.03 to the same block once"
             " more than this."},
    {AT(awake_ms), NUMBER(MS, 100, 24 * HOUR_MS), .value = "93 s",
     .help = "A queue-mode device listens this long after it spoke (MAX_TRANSMIT_WAIT)."},
    {AT(block_size_bytes), .type = OPTION_POWER, .unit = UNIT_BYTES, .min = 16, .max = 1024,
     .value = "1024",
     .help = "Largest block sent to a device; it may ask for smaller ones."},
    {AT(body_timeout_ms), NUMBER(MS, 100, 24 * HOUR_MS), .value = "93 s",
     .help = "A half-received block-wise body is dropped after this."},
    {AT(body_max_bytes), NUMBER(BYTES, 1024, 16 * MIB), .value = "64 KiB",
     .help = "Largest block-wise body accepted from a device; more is 4.13."},
    {AT(bodies_max), NUMBER(NONE, 1, 1000000), .value = "4096",
     .help = "Half-received bodies of all devices at once; one more drops the oldest."
             " Each may grow to body_max_bytes."},
    {AT(peers_max), NUMBER(NONE, 1, 10000000), .value = "1048576",
     .help = "Addresses remembered for requests that may be repeated, 328 bytes each;"
             " beyond that new ones are dropped, and come again."},
    {AT(test_loss_pct), NUMBER(PCT, 0, 90), .value = "0",
     .help = "FOR TESTS ONLY: share of datagrams dropped on purpose, both ways."},

    {.section = "Devices", LIVE(lifetime_min_s), NUMBER(S, 1, YEAR_S), .value = "10",
     .help = "A shorter registration lifetime is treated as this."},
    {LIVE(lifetime_max_s), NUMBER(S, 60, 10 * YEAR_S), .value = "366 d",
     .help = "A longer registration lifetime is treated as this."},
    {LIVE(devices_max), NUMBER(NONE, 1, 10000000), .value = "2000000",
     .help = "Devices kept in the store; a new endpoint beyond that gets no answer."},
    {AT(afu_objects), .type = OPTION_OBJECTS, .min = 1, .max = 65534, .value = "33629",
     .help = "Object ids of Advanced Firmware Update; the first one a device has is used."},
    {LIVE(inventory_rate_per_s), NUMBER(NONE, 1, 100000), .value = "500",
     .help = "Inventories begun per second."},
    {LIVE(inventory_in_flight), NUMBER(NONE, 1, 100000), .value = "200",
     .help = "Inventories under way at once."},

    {.section = "Store", AT(package_max_bytes), NUMBER(BYTES, 1024, 1024 * GIB),
     .value = "1 GiB", .help = "Largest package that is accepted."},
    {AT(disk_reserve_bytes), NUMBER(BYTES, 0, 1024 * GIB), .value = "256 MiB",
     .help = "Uploads are refused while less is free, so that the database fills last."},
    {LIVE(event_keep_s), NUMBER(S, 60, 20 * YEAR_S), .value = "90 d",
     .help = "Events older than this are removed."},
    {LIVE(event_keep_max), NUMBER(NONE, 1000, 1000000000), .value = "10000000",
     .help = "Beyond this many the oldest events are removed."},
    {AT(plan_keep_s), NUMBER(S, 60, YEAR_S), .value = "1 d",
     .help = "A plan that no campaign uses is removed after this."},
    {AT(package_keep_s), NUMBER(S, 1, YEAR_S), .value = "1 d",
     .help = "A package that no bundle or campaign needs, and an upload that was left, is"
             " removed after this."},
    {LIVE(campaign_keep_s), NUMBER(S, 0, 20 * YEAR_S), .value = "0",
     .help = "A campaign that ended longer ago is removed, with its tasks; 0: never."},
    {LIVE(idempotency_keep_s), NUMBER(S, 60, YEAR_S), .value = "1 d",
     .help = "How long an Idempotency-Key is remembered."},

    {.section = "Webhooks", AT(webhook_allow_private), .type = OPTION_FLAG, .value = "no",
     .help = "Let webhooks go to loopback, private and link-local addresses. Who may make"
             " webhooks (an admin) can then reach what this machine can."},
    {AT(webhook_timeout_ms), NUMBER(MS, 100, HOUR_MS), .value = "10 s",
     .help = "A receiver that has not answered by then has failed."},
    {AT(webhook_retry_ms), NUMBER(MS, 10, HOUR_MS), .value = "1 s",
     .help = "Wait after a receiver's first failure; each further one in a row doubles it."},
    {AT(webhook_retry_max_ms), NUMBER(MS, 10, 24 * HOUR_MS), .value = "10 min",
     .help = "The wait between two tries of a receiver grows no longer than this."},
    {AT(webhook_give_up_s), NUMBER(S, 1, 366 * DAY_S), .value = "1 d",
     .help = "An event that is older is not tried again; the next one is."},

    {.section = "Updates", AT(execute_settle_ms), NUMBER(MS, 100, 24 * HOUR_MS),
     .value = "247 s",
     .help = "After a restart between an Execute and its result: wait this long before the"
             " device is read and a new try counted. At least exchange_lifetime_ms."},
    {AT(reset_confirm_ms), NUMBER(MS, 10, MINUTE_MS), .value = "200 ms",
     .help = "While a device is brought back to State 0: wait between two looks at it."},

    {.section = "Campaigns whose policy does not say otherwise",
     LIVE(campaign_in_flight), NUMBER(NONE, 1, 100000), .value = "100",
     .help = "Devices delivering or updating at once."},
    {LIVE(campaign_first), NUMBER(NONE, 0, 1000000), .value = "5",
     .help = "Brake: this many devices must all end well before any other starts; 0: none."},
    {LIVE(campaign_failures_in_a_row), NUMBER(NONE, 0, 1000000), .value = "3",
     .help = "Brake: this many failures one after the other pause the campaign; 0: never."},
    {LIVE(campaign_failure_pct), NUMBER(PCT, 0, 100), .value = "2",
     .help = "Brake: a larger share of failures among the ended pauses the campaign."},
    {LIVE(campaign_min_sample), NUMBER(NONE, 1, 1000000), .value = "20",
     .help = "Brake: campaign_failure_pct counts once this many devices have ended."},
    {LIVE(campaign_min_battery_pct), NUMBER(PCT, 0, 100), .value = "30",
     .help = "No Update on a device that reports a battery below this."},
    {LIVE(campaign_expires_after_s), NUMBER(S, 60, 10 * YEAR_S), .value = "30 d",
     .help = "What has not been seen by then ends as canceled, reason not-seen."},
    {LIVE(campaign_stall_ms), NUMBER(MS, 100, 30 * DAY_MS), .value = "5 min",
     .help = "A delivery without a new block for this long has stalled."},
    {LIVE(campaign_updating_ms), NUMBER(MS, 100, 30 * DAY_MS), .value = "30 min",
     .help = "How long Updating may last where the device's profile says nothing."},
    {LIVE(campaign_return_lifetimes), NUMBER(NONE, 2, 100), .value = "2",
     .help = "A device that went to update must be back within this many lifetimes."},
};
/* clang-format on */

const size_t option_count = sizeof option_table / sizeof option_table[0];
