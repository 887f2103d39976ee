/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - reads the options, makes the devices, runs them in one epoll loop. */
#include "tests/device/device.h"
#include "tests/device/options.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_BAD_OPTION = 2, LEAVE_MS = 4000, LEAVE_AT_ONCE = 32, EVENTS = 256 };

static volatile sig_atomic_t is_told_to_stop;

static void on_signal(int number)
{
    (void)number;
    is_told_to_stop = 1;
}

struct fleet {
    struct options options;
    struct shared shared;
    struct device *devices; /* owned */
    size_t count;
};

/* host:port or [v6]:port. @return 0, 1 */
static int server_resolve(const char *text, coap_address_t *out)
{
    char host[128];
    const char *colon = strrchr(text, ':');
    const char *start = strncmp(text, "coap://", 7) == 0 ? text + 7 : text;
    bool is_bracketed = *start == '[';
    if (!colon || colon < start || strchr(colon, ']')) {
        return 1;
    }
    size_t len = (size_t)(colon - start) - (is_bracketed ? 2 : 0);
    if (len >= sizeof(host)) {
        return 1;
    }
    memcpy(host, start + is_bracketed, len);
    host[len] = 0;
    struct addrinfo *found, hints = {.ai_socktype = SOCK_DGRAM};
    if (getaddrinfo(host, colon + 1, &hints, &found)) {
        return 1;
    }
    coap_address_init(out);
    memcpy(&out->addr, found->ai_addr, found->ai_addrlen);
    out->size = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

/* Each device needs up to five descriptors. */
static void descriptors_raise(size_t devices)
{
    struct rlimit limit;
    rlim_t wanted = 64 + 6 * devices;
    if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit)) {
            log_line(LOG_P_WARNING, "only %zu descriptors", (size_t)limit.rlim_cur);
        }
    }
}

static int devices_make(struct fleet *f, int64_t now_ms)
{
    const struct options *o = &f->options;
    size_t n = 0;
    for (size_t i = 0; i < o->group_count; i++) {
        f->count += o->groups[i].count;
    }
    f->devices = calloc(f->count ? f->count : 1, sizeof(*f->devices));
    if (!f->devices) {
        return -ENOMEM;
    }
    descriptors_raise(f->count);
    for (size_t i = 0; i < o->group_count; i++) {
        const struct group *g = &o->groups[i];
        for (uint32_t k = 0; k < g->count; k++) {
            int64_t wait = g->count > 1 ? (int64_t)g->spread_ms * k / g->count : 0;
            device_init(&f->devices[n++], &f->shared, g, g->start + k, now_ms + wait);
        }
    }
    return 0;
}

static int fleet_open(struct fleet *f)
{
    const struct options *o = &f->options;
    struct shared *s = &f->shared;
    s->seed = o->seed;
    s->epoll_fd = -1;
    if (server_resolve(o->server, &s->server)) {
        log_line(LOG_P_ERR, "cannot resolve server=%s", o->server);
        return -EINVAL;
    }
    int r = images_open(o->images, &s->images);
    for (size_t i = 0; i < o->image_count && !r; i++) {
        r = images_add(s->images, o->image[i]);
    }
    if (!r) {
        r = journal_open(o->journal, &s->journal);
    }
    if (!r) {
        r = state_file_open(o->state_file, &s->state_file);
    }
    if (!r) {
        r = wheel_open(clock_mono_ms(), &s->wheel);
    }
    if (!r && (s->epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0) {
        r = -errno;
    }
    return r ? r : devices_make(f, clock_mono_ms());
}

static void fleet_close(struct fleet *f)
{
    for (size_t i = 0; f->devices && i < f->count; i++) {
        device_fini(&f->devices[i]);
    }
    free(f->devices);
    if (f->shared.wheel) {
        wheel_close(f->shared.wheel);
    }
    if (f->shared.epoll_fd >= 0) {
        (void)close(f->shared.epoll_fd);
    }
    journal_close(f->shared.journal);
    state_file_close(f->shared.state_file);
    images_close(f->shared.images);
    options_fini(&f->options);
}

static void step_all_due(struct fleet *f)
{
    int64_t now_ms = clock_mono_ms();
    struct wheel_timer *t;
    while ((t = wheel_expire(f->shared.wheel, now_ms))) {
        device_step(WHEEL_OWNER(t, struct device, timer), now_ms);
    }
}

static void turn(struct fleet *f, int64_t max_ms)
{
    struct epoll_event events[EVENTS];
    int64_t wait = wheel_wait_ms(f->shared.wheel, clock_mono_ms(), max_ms);
    int n = epoll_wait(f->shared.epoll_fd, events, EVENTS, (int)wait);
    for (int i = 0; i < n; i++) {
        device_step(events[i].data.ptr, clock_mono_ms());
    }
    step_all_due(f);
}

static size_t count_registered(const struct fleet *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        n += f->devices[i].life == DEVICE_REGISTERED;
    }
    return n;
}

/* De-register all, some at a time, and wait for the answers a while. */
static void fleet_leave(struct fleet *f)
{
    int64_t end = clock_mono_ms() + LEAVE_MS;
    size_t next = 0;
    while ((next < f->count || count_registered(f)) && clock_mono_ms() < end) {
        for (size_t n = 0; n < LEAVE_AT_ONCE && next < f->count; n++, next++) {
            device_leave(&f->devices[next]);
            device_step(&f->devices[next], clock_mono_ms());
        }
        turn(f, 5);
    }
}

static void fleet_run(struct fleet *f)
{
    int64_t run_ms = f->options.run_for_ms;
    int64_t end = run_ms ? clock_mono_ms() + run_ms : INT64_MAX;
    while (!is_told_to_stop && clock_mono_ms() < end) {
        turn(f, end - clock_mono_ms() < 1000 ? end - clock_mono_ms() : 1000);
    }
}

int main(int argc, char **argv)
{
    struct fleet f = {0};
    char error[OPTION_ERROR_MAX];
    struct sigaction stop = {.sa_handler = on_signal};
    int r = options_read(argc, argv, &f.options, error);
    if (r) {
        if (r == OPTIONS_E_BAD) {
            (void)fprintf(stderr, "lockstep-device: %s\n", error);
        }
        return r == OPTIONS_SHOWN ? EXIT_SUCCESS : EXIT_BAD_OPTION;
    }
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    coap_startup();
    coap_set_log_level(f.options.is_verbose ? LOG_WARNING : LOG_EMERG);
    r = fleet_open(&f);
    if (r) {
        log_line(LOG_P_ERR, "cannot start: %s", strerror(-r));
    } else {
        fleet_run(&f);
        fleet_leave(&f);
    }
    fleet_close(&f);
    coap_cleanup();
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
