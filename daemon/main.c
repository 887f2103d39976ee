/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - lockstepd: options, wiring, signals. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "config/config.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/random.h"
#include "daemon/core.h"
#include "daemon/notify.h"
#include "daemon/wire/wire.h"

static const char default_config[] = "/etc/lockstep/lockstep.conf";

struct arguments {
    const char *config_path; /* NULL: the default one, if it is there */
    bool only_check;
    struct config config;
};

static void print_help(void)
{
    puts(
        "lockstepd - updates fleets of LwM2M devices whose firmware has several parts\n"
        "\n"
        "usage: lockstepd [--config FILE] [--set NAME=VALUE]... [--check-config]\n"
        "       lockstepd --version | --help\n"
        "\n"
        "  --config FILE      read FILE (default: /etc/lockstep/lockstep.conf if it is "
        "there)\n"
        "  --set NAME=VALUE   one option, over what the file says; may be repeated\n"
        "  --check-config     say whether the configuration is right, and end\n"
        "\n"
        "Options of the file:\n");
    config_print_help(stdout);
}

static int refuse(const struct config_error *error)
{
    fprintf(stderr, "lockstepd: %s\n", error->text);
    return EXIT_FAILURE;
}

enum { ARGUMENTS_GO_ON = -1 };

static int load_config(struct arguments *args, const char *const *sets, size_t count)
{
    struct config_error error = {.text = ""};
    const char *path = args->config_path;

    if (!path && access(default_config, R_OK) == 0)
        path = default_config;
    config_defaults(&args->config);
    if (path && config_parse(path, &args->config, &error) != 0)
        return refuse(&error);
    for (size_t i = 0; i < count; i++)
        if (config_set(&args->config, sets[i], &error) != 0)
            return refuse(&error);
    if (config_check(&args->config, &error) != 0)
        return refuse(&error);
    if (args->only_check) {
        printf("%s: the configuration is right\n", path ? path : "defaults");
        return EXIT_SUCCESS;
    }
    return ARGUMENTS_GO_ON;
}

/* @return an exit status, or ARGUMENTS_GO_ON */
static int parse_arguments(int argc, char **argv, struct arguments *args)
{
    enum { SETS_MAX = 64 };
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"set", required_argument, NULL, 's'},
        {"check-config", no_argument, NULL, 'k'}, {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {0}};
    const char *sets[SETS_MAX];
    size_t count = 0;

    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (c == 'c') {
            args->config_path = optarg;
        } else if (c == 's' && count < SETS_MAX) {
            sets[count++] = optarg;
        } else if (c == 'k') {
            args->only_check = true;
        } else if (c == 'v') {
            puts("lockstepd " LOCKSTEP_VERSION);
            return EXIT_SUCCESS;
        } else if (c == 'h') {
            print_help();
            return EXIT_SUCCESS;
        } else {
            fprintf(stderr, "lockstepd: see lockstepd --help\n");
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "lockstepd: unexpected argument '%s'; see lockstepd --help\n",
                argv[optind]);
        return 2;
    }
    return load_config(args, sets, count);
}

/* ---- the parts ---- */

struct paths {
    char store[CONFIG_PATH_MAX + 16], packages[CONFIG_PATH_MAX + 16],
        token[CONFIG_PATH_MAX + 16];
};

static struct paths paths_of(const struct config *c)
{
    struct paths p;

    snprintf(p.store, sizeof p.store, "%s/lockstep.db", c->state_dir);
    snprintf(p.packages, sizeof p.packages, "%s/packages", c->state_dir);
    snprintf(p.token, sizeof p.token, "%s/admin-token", c->state_dir);
    return p;
}

static struct coap_options coap_options_of(const struct config *c)
{
    struct coap_options o = coap_options_default();

    o.ack_timeout_ms = (int32_t)c->ack_timeout_ms;
    o.ack_random_pct = (int32_t)c->ack_random_factor_pct;
    o.max_retransmit = (int32_t)c->max_retransmit;
    o.exchange_lifetime_ms = (int32_t)c->exchange_lifetime_ms;
    o.non_lifetime_ms = (int32_t)c->non_lifetime_ms;
    o.processing_delay_ms = (int32_t)c->processing_delay_ms;
    o.response_timeout_ms = (int32_t)c->response_timeout_ms;
    o.body_timeout_ms = (int32_t)c->body_timeout_ms;
    o.busy_wait_ms = (int32_t)c->busy_wait_ms;
    o.busy_wait_max_ms = (int32_t)c->busy_wait_max_ms;
    o.body_max_bytes = (uint32_t)c->body_max_bytes;
    o.block_bytes = (uint16_t)c->block_size_bytes;
    return o;
}

static int open_wire(const struct config *c, struct wire **out)
{
    struct wire_options o = wire_options_default();
    int rc = 0;

    o.coap = coap_options_of(c);
    o.drop_in_pct = (uint8_t)c->test_loss_pct;
    o.drop_out_pct = (uint8_t)c->test_loss_pct;
    random_fill(&o.seed, sizeof o.seed);
    for (size_t i = 0; i < c->coap_listen.count && rc == 0; i++)
        rc = net_address_parse(c->coap_listen.at[i].host, c->coap_listen.at[i].port,
                               &o.binds[o.bind_count++]);
    return rc == 0 ? wire_open(&o, out) : rc;
}

static void api_log(enum api_log priority, const char *line)
{
    log_line((enum log_priority)priority, "%s", line);
}

static int open_api(const struct config *c, const struct paths *paths,
                    struct core *core, struct api **out)
{
    struct api_options o = {
        .bind_address = c->http_listen.host,
        .port = c->http_listen.port,
        .state_dir = c->state_dir,
        .store_path = paths->store,
        .commands = core_port(core),
        .env = {clock_wall_ms, clock_mono_ms, random_fill, api_log},
        .figures = core_figures,
        .figures_context = core,
        .threads = (uint32_t)c->http_threads,
        .connections_max = (uint32_t)c->http_connections_max,
        .connections_per_address = (uint32_t)c->http_connections_per_address,
        .idle_timeout_s = (uint32_t)c->http_idle_timeout_s,
        .followers_max = (uint32_t)c->http_followers_max,
        .heartbeat_ms = (uint32_t)c->http_heartbeat_ms,
        .json_bytes_max = (uint32_t)c->http_body_max_bytes,
        .package_bytes_max = (uint64_t)c->package_max_bytes,
        .reserve_bytes = (uint64_t)c->disk_reserve_bytes,
        .plan_keep_ms = 1000 * c->plan_keep_s,
    };

    return api_open(&o, out);
}

static int make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

/* SIGINT and SIGTERM end the daemon through a descriptor: no handler runs. */
static int open_stop_fd(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -errno;
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static void say_ready(const struct config *c, const struct wire *wire,
                      const struct api *api)
{
    struct net_address bound[WIRE_BINDS_MAX];
    char text[NET_ADDRESS_TEXT_MAX];
    size_t n = wire_bound(wire, bound, WIRE_BINDS_MAX);

    for (size_t i = 0; i < n; i++)
        log_line(LOG_P_NOTICE, "listen=coap address=%s",
                 net_address_text(&bound[i], text));
    log_line(LOG_P_NOTICE, "listen=http address=%s port=%u", c->http_listen.host,
             api_port(api));
    log_line(LOG_P_NOTICE, "state=ready version=" LOCKSTEP_VERSION);
    notify_ready();
}

static int fail(const char *what, int rc)
{
    log_line(LOG_P_ERR, "state=failed what=\"%s\" error=\"%s\"", what, strerror(-rc));
    return EXIT_FAILURE;
}

static int serve(const struct config *c, const struct paths *paths, struct wire *wire,
                 int stop_fd)
{
    struct core_options options = {.config = c,
                                   .store_path = paths->store,
                                   .packages_path = paths->packages,
                                   .token_path = paths->token,
                                   .wire = wire};
    struct core_failure why = {.text = ""};
    struct core *core = NULL;
    struct api *api = NULL;

    if (core_open(&options, &why, &core) != 0) {
        log_line(LOG_P_ERR, "state=failed error=\"%s\"", why.text);
        return EXIT_FAILURE;
    }
    int rc = open_api(c, paths, core, &api);
    if (rc != 0) {
        core_close(core);
        return fail("http_listen", rc);
    }
    core_set_api(core, api);
    say_ready(c, wire, api);
    rc = core_run(core, stop_fd, notify_beat);
    wire_stop(wire);
    notify_stopping();
    log_line(LOG_P_NOTICE, "state=stopping");
    core_set_api(core, NULL);
    api_stop(api);
    core_close(core); /* answers the commands that it has */
    api_close(api);
    return rc == 0 ? EXIT_SUCCESS : fail("core", rc);
}

static int run(const struct config *c)
{
    struct paths paths = paths_of(c);
    struct wire *wire = NULL;

    log_set_priority((enum log_priority)c->log_level);
    umask(0077);
    int rc = make_folder(c->state_dir);
    if (rc != 0)
        return fail(c->state_dir, rc);
    int stop_fd = open_stop_fd();
    if (stop_fd < 0)
        return fail("signals", stop_fd);
    rc = open_wire(c, &wire);
    if (rc != 0) {
        close(stop_fd);
        return fail("coap_listen", rc);
    }
    int status = serve(c, &paths, wire, stop_fd);
    wire_close(wire);
    close(stop_fd);
    return status;
}

int main(int argc, char **argv)
{
    static struct arguments args;

    int status = parse_arguments(argc, argv, &args);
    return status == ARGUMENTS_GO_ON ? run(&args.config) : status;
}
