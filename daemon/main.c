/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - lockstepd: options, wiring, signals. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "config/config.h"
#include "daemon/addresses.h"
#include "daemon/arguments.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/random.h"
#include "daemon/core.h"
#include "daemon/hooks/hooks.h"
#include "daemon/notify.h"
#include "daemon/paths.h"
#include "daemon/tools.h"
#include "daemon/wire/wire.h"
#include "store/seal.h"

/* ---- the parts ---- */

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
    o.busy_tries = (uint32_t)c->busy_tries;
    o.bodies_max = (uint32_t)c->bodies_max;
    o.peers_max = (uint32_t)c->peers_max;
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
                    const struct seal *seal, struct core *core, struct api **out)
{
    int listen_fd = notify_listen_fd();

    if (listen_fd < 0)
        return listen_fd;

    struct api_options o = {
        .bind_address = c->http_listen.host,
        .port = c->http_listen.port,
        .socket_path = *c->http_socket ? c->http_socket : NULL,
        .listen_fd = listen_fd,
        .state_dir = c->state_dir,
        .store_path = paths->store,
        .commands = core_port(core),
        .seal = seal,
        .env = {clock_wall_ms, clock_mono_ms, random_fill, api_log},
        .figures = core_figures,
        .figures_context = core,
        .threads = (uint32_t)c->http_threads,
        .connections_max = (uint32_t)c->http_connections_max,
        .connections_per_address = (uint32_t)c->http_connections_per_address,
        .idle_timeout_s = (uint32_t)c->http_idle_timeout_s,
        .followers_max = (uint32_t)c->http_followers_max,
        .requests_per_s = (uint32_t)c->http_requests_per_s,
        .heartbeat_ms = (uint32_t)c->http_heartbeat_ms,
        .json_bytes_max = (uint32_t)c->http_body_max_bytes,
        .devices_max = (uint64_t)c->devices_max,
        .package_bytes_max = (uint64_t)c->package_max_bytes,
        .reserve_bytes = (uint64_t)c->disk_reserve_bytes,
        .plan_keep_ms = 1000 * c->plan_keep_s,
    };

    return api_open(&o, out);
}

static int open_hooks(const struct config *c, const struct paths *paths,
                      const struct seal *seal, struct core *core, struct hooks **out)
{
    const struct hooks_options o = {
        .store_path = paths->store,
        .commands = core_port(core),
        .seal = seal,
        .allows_private = c->webhook_allow_private,
        .timeout_ms = c->webhook_timeout_ms,
        .retry_ms = c->webhook_retry_ms,
        .retry_max_ms = c->webhook_retry_max_ms,
        .give_up_ms = 1000 * c->webhook_give_up_s,
    };

    return hooks_open(&o, out);
}

static int make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

/* SIGINT and SIGTERM end the daemon, SIGHUP reads the configuration again, all through
 * a descriptor: no handler runs. */
static int open_signal_fd(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
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
    if (api_port(api) == 0)
        log_line(LOG_P_NOTICE, "listen=http path=%s", c->http_socket);
    else
        log_line(LOG_P_NOTICE, "listen=http address=%s port=%u", c->http_listen.host,
                 api_port(api));
    log_line(LOG_P_NOTICE, "state=ready version=" LOCKSTEP_VERSION);
    notify_ready();
}

static int fail(const char *what, int rc)
{
    log_alert(LOG_M_START_FAILED, "state=failed what=\"%s\" error=\"%s\"", what,
              strerror(-rc));
    return EXIT_FAILURE;
}

/* Names the address that cannot be listened on, if one cannot. */
static int fail_to_listen(const char *option, const struct config_address *at,
                          size_t count, int rc)
{
    int type = strcmp(option, "coap_listen") == 0 ? SOCK_DGRAM : SOCK_STREAM;
    char what[128];

    for (size_t i = 0; i < count; i++) {
        int err = address_try(&at[i], type);
        if (err == 0)
            continue;
        snprintf(what, sizeof what, "%s %s port %u", option, at[i].host, at[i].port);
        return fail(what, err);
    }
    return fail(option, rc);
}

enum { WATCHDOG_MS = 30000 }; /* to measure by where nobody watches */

struct service {
    const struct arguments *args;
    struct config config;
    struct paths paths;
    struct seal *seal;
    struct wire *wire;
    int signal_fd;
};

/* What was read at the start and is wrong now leaves the daemon as it was. */
static void reload(struct service *s, struct core *core)
{
    static struct config fresh;
    static struct config_changes changes;
    struct config_error error = {.text = ""};

    notify_reloading();
    if (arguments_config(s->args, &fresh, &error) != 0) {
        log_alert(LOG_M_RELOAD_REFUSED, "state=not-reloaded error=\"%s\"", error.text);
    } else {
        config_reload(&s->config, &fresh, &changes);
        log_set_priority((enum log_priority)s->config.log_level);
        core_reload(core);
        log_line(LOG_P_NOTICE, "state=reloaded changed=\"%s\" need_restart=\"%s\"",
                 changes.taken, changes.waiting);
    }
    notify_ready();
}

/* @return the signal that came; 0: none */
static uint32_t take_signal(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? info.ssi_signo : 0;
}

static int run_core(struct service *s, struct core *core)
{
    int rc;

    while ((rc = core_run(core, s->signal_fd, notify_beat)) == 0) {
        uint32_t signal = take_signal(s->signal_fd);
        if (signal == SIGHUP)
            reload(s, core);
        else if (signal != 0)
            break;
    }
    return rc;
}

static int serve(struct service *s)
{
    struct core_options options = {
        .config = &s->config,
        .store_path = s->paths.store,
        .packages_path = s->paths.packages,
        .token_path = s->paths.token,
        .control_path = s->paths.control,
        .credential_path = *s->paths.credential ? s->paths.credential : NULL,
        .wire = s->wire,
        .watchdog_ms = notify_watchdog_ms()};
    struct core_failure why = {.text = ""};
    struct core *core = NULL;
    struct api *api = NULL;
    struct hooks *hooks = NULL;

    if (options.watchdog_ms == 0)
        options.watchdog_ms = WATCHDOG_MS;
    if (core_open(&options, &why, &core) != 0) {
        log_alert(LOG_M_START_FAILED, "state=failed error=\"%s\"", why.text);
        return EXIT_FAILURE;
    }
    int rc = open_api(&s->config, &s->paths, s->seal, core, &api);
    if (rc != 0) {
        core_close(core);
        return *s->config.http_socket
                   ? fail("http_socket", rc)
                   : fail_to_listen("http_listen", &s->config.http_listen, 1, rc);
    }
    core_set_api(core, api);
    rc = open_hooks(&s->config, &s->paths, s->seal, core, &hooks);
    if (rc != 0) {
        api_stop(api);
        core_close(core);
        api_close(api);
        return fail("webhooks", rc);
    }
    core_set_hooks(core, hooks);
    say_ready(&s->config, s->wire, api);
    rc = run_core(s, core);
    wire_stop(s->wire);
    notify_stopping();
    log_line(LOG_P_NOTICE, "state=stopping");
    core_set_api(core, NULL);
    core_set_hooks(core, NULL);
    api_stop(api);
    hooks_stop(hooks);
    core_close(core); /* answers the commands that it has */
    hooks_close(hooks);
    api_close(api);
    return rc == 0 ? EXIT_SUCCESS : fail("core", rc);
}

static int serve_wire(struct service *s)
{
    int rc = open_wire(&s->config, &s->wire);

    if (rc != 0)
        return fail_to_listen("coap_listen", s->config.coap_listen.at,
                              s->config.coap_listen.count, rc);
    int status = serve(s);
    wire_close(s->wire);
    return status;
}

static int run(struct service *s)
{
    if (getenv("JOURNAL_STREAM"))
        log_to_journal(NULL);
    log_set_priority((enum log_priority)s->config.log_level);
    umask(0077);
    s->paths = paths_of(&s->config);
    int rc = make_folder(s->config.state_dir);
    if (rc != 0)
        return fail(s->config.state_dir, rc);
    s->signal_fd = open_signal_fd();
    if (s->signal_fd < 0)
        return fail("signals", s->signal_fd);
    rc = seal_open(s->paths.key, &s->seal);
    if (rc != 0) {
        close(s->signal_fd);
        return fail(s->paths.key, rc);
    }
    int status = serve_wire(s);
    seal_close(s->seal);
    close(s->signal_fd);
    return status;
}

static int check_config(const struct arguments *args)
{
    const char *path = arguments_config_path(args);

    printf("%s: the configuration is right\n", path ? path : "defaults");
    return EXIT_SUCCESS;
}

static int refuse(const struct config_error *error, int status)
{
    fprintf(stderr, "lockstepd: %s\n", error->text);
    return status;
}

int main(int argc, char **argv)
{
    static struct arguments args;
    static struct service service = {.args = &args};
    struct config_error error = {.text = ""};

    if (arguments_parse(argc, argv, &args, &error) != 0)
        return refuse(&error, 2);
    if (args.verb == VERB_SHOWN)
        return EXIT_SUCCESS;
    if (arguments_config(&args, &service.config, &error) != 0)
        return refuse(&error, EXIT_FAILURE);
    switch (args.verb) {
    case VERB_CHECK_CONFIG:
        return check_config(&args);
    case VERB_CHECK:
        return tool_check(&service.config);
    case VERB_BACKUP:
        return tool_backup(&service.config, args.path);
    case VERB_TOKEN:
        return tool_token(&service.config, args.words, args.word_count);
    case VERB_SERVE:
    case VERB_SHOWN:
        break;
    }
    return run(&service);
}
