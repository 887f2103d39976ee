/* SPDX-License-Identifier: Apache-2.0 */
#include "api/connections.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    BUCKETS = 1024, /* a power of two */
    LOOK_MS = 100,
    SURPLUS_MS = 2000, /* for the request of who is only refused */
    SURPLUS_MIN = 8,
    SURPLUS_SHARE = 16, /* one more of so many */
};

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_WHOLE };

struct origin {
    uint8_t bytes[8]; /* IPv4 address, or the network of an IPv6 address */
    sa_family_t family;
};

struct connection {
    struct connections *all;
    struct connection *next, *prev; /* in its bucket */
    struct origin origin;
    enum connection_place place;
    int fd;
    /* Written by its own thread alone, the phase last; read by the watcher. */
    _Atomic bool has_had_one; /* a request */
    _Atomic int64_t since_ms; /* of the phase */
    _Atomic uint64_t bytes;   /* of the body */
    _Atomic enum phase phase;
};

struct connections {
    struct connections_options options;
    pthread_mutex_t lock; /* of all below, and of who is in the buckets */
    pthread_cond_t changed;
    pthread_t watcher;
    bool has_watcher, is_ending, is_closing;
    uint32_t count;
    struct connection *buckets[BUCKETS];
    size_t looked_max;
    struct pollfd *looked; /* room of the watcher; the same places in both */
    struct connection **of;
};

static uint32_t with_surplus(uint32_t max)
{
    return max + SURPLUS_MIN + max / SURPLUS_SHARE;
}

uint32_t connections_with_surplus(const struct connections *all)
{
    return with_surplus(all->options.all_max);
}

/* ---- where from ---- */

static struct origin origin_of(const struct sockaddr *from)
{
    struct origin origin = {.family = from ? from->sa_family : AF_UNSPEC};
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (origin.family == AF_INET) {
        memcpy(&in, from, sizeof in);
        memcpy(origin.bytes, &in.sin_addr, sizeof in.sin_addr);
    } else if (origin.family == AF_INET6) {
        memcpy(&in6, from, sizeof in6);
        bool is_mapped = IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr);
        memcpy(origin.bytes, in6.sin6_addr.s6_addr + (is_mapped ? 12 : 0),
               is_mapped ? 4 : 8);
        origin.family = is_mapped ? AF_INET : AF_INET6;
    }
    return origin;
}

static struct connection **bucket_of(struct connections *all,
                                     const struct origin *origin)
{
    uint64_t mixed;

    memcpy(&mixed, origin->bytes, sizeof mixed);
    mixed = (mixed + origin->family) * UINT64_C(0x9e3779b97f4a7c15);
    return &all->buckets[mixed >> 32 & (BUCKETS - 1)];
}

static bool is_from(const struct connection *c, const struct origin *origin)
{
    return c->origin.family == origin->family &&
           memcmp(c->origin.bytes, origin->bytes, sizeof origin->bytes) == 0;
}

/* How many come from there; a proxy at a UNIX socket speaks for many. */
static uint32_t count_from(struct connections *all, const struct origin *origin)
{
    uint32_t count = 0;

    if (origin->family != AF_INET && origin->family != AF_INET6)
        return 0;
    for (struct connection *c = *bucket_of(all, origin); c; c = c->next)
        count += is_from(c, origin);
    return count;
}

bool connections_accept(struct connections *all, const struct sockaddr *from)
{
    struct origin origin = origin_of(from);

    pthread_mutex_lock(&all->lock);
    bool has_room = !all->is_ending &&
                    count_from(all, &origin) < with_surplus(all->options.address_max);
    pthread_mutex_unlock(&all->lock);
    return has_room;
}

/* ---- one of them ---- */

static void enter(struct connection *c, enum phase phase)
{
    if (!c)
        return;
    if (atomic_load(&c->phase) == PHASE_WHOLE)
        atomic_store(&c->has_had_one, true);
    atomic_store(&c->since_ms, c->all->options.mono_ms());
    if (phase == PHASE_BODY) /* not at its end: the watcher may just judge it */
        atomic_store(&c->bytes, 0);
    atomic_store(&c->phase, phase);
}

static enum connection_place place_of(struct connections *all,
                                      const struct origin *origin)
{
    if (count_from(all, origin) >= all->options.address_max)
        return CONNECTION_TOO_MANY_OF_ADDRESS;
    return all->count >= all->options.all_max ? CONNECTION_TOO_MANY
                                              : CONNECTION_HAS_PLACE;
}

struct connection *connection_begin(struct connections *all, int fd,
                                    const struct sockaddr *from)
{
    struct connection *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->all = all;
    c->fd = fd;
    c->origin = origin_of(from);
    c->since_ms = all->options.mono_ms();
    pthread_mutex_lock(&all->lock);
    c->place = place_of(all, &c->origin);
    struct connection **bucket = bucket_of(all, &c->origin);
    c->next = *bucket;
    if (c->next)
        c->next->prev = c;
    *bucket = c;
    if (all->count++ == 0)
        pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    return c;
}

void connection_end(struct connection *c)
{
    if (!c)
        return;
    struct connections *all = c->all;

    pthread_mutex_lock(&all->lock);
    if (c->prev)
        c->prev->next = c->next;
    else
        *bucket_of(all, &c->origin) = c->next;
    if (c->next)
        c->next->prev = c->prev;
    if (--all->count == 0)
        pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    free(c);
}

enum connection_place connection_place(const struct connection *c)
{
    return c ? c->place : CONNECTION_HAS_PLACE;
}

void connection_has_head(struct connection *c)
{
    enter(c, PHASE_BODY);
}

void connection_has_bytes(struct connection *c, size_t len)
{
    if (c)
        atomic_fetch_add(&c->bytes, len);
}

void connection_has_whole(struct connection *c)
{
    enter(c, PHASE_WHOLE);
}

void connection_next(struct connection *c)
{
    enter(c, PHASE_HEAD);
}

/* ---- the watcher ---- */

/* A connection that is kept may be idle, and the next head come after that. */
static int64_t allowed_ms(struct connection *c, enum phase phase)
{
    int64_t idle_ms = c->all->options.idle_ms;

    if (phase == PHASE_BODY)
        return idle_ms +
               (int64_t)(atomic_load(&c->bytes) * 1000 / CONNECTION_BYTES_PER_S);
    if (c->place != CONNECTION_HAS_PLACE && idle_ms > SURPLUS_MS)
        return SURPLUS_MS;
    return atomic_load(&c->has_had_one) ? 2 * idle_ms : idle_ms;
}

/* What has come stays readable after SHUT_RD: a whole request is still read, and
 * answered. The loop loses the end again if it reads data with it: so each time. */
static void look_at_all(struct connections *all)
{
    int64_t now_ms = all->options.mono_ms();
    size_t count = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        for (struct connection *c = all->buckets[i]; c; c = c->next) {
            enum phase phase = atomic_load(&c->phase);
            if (all->is_ending)
                shutdown(c->fd, SHUT_RDWR);
            if (phase == PHASE_WHOLE || count == all->looked_max)
                continue;
            if (now_ms - atomic_load(&c->since_ms) > allowed_ms(c, phase))
                shutdown(c->fd, SHUT_RDWR);
            all->looked[count] = (struct pollfd){c->fd, POLLRDHUP, 0};
            all->of[count++] = c;
        }
    if (count == 0 || poll(all->looked, count, 0) <= 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (all->looked[i].revents != 0)
            shutdown(all->of[i]->fd, SHUT_RD);
}

static struct timespec time_in(int64_t ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static void pause_until_next(struct connections *all)
{
    struct timespec until = time_in(LOOK_MS);

    if (all->count == 0)
        pthread_cond_wait(&all->changed, &all->lock);
    else
        pthread_cond_timedwait(&all->changed, &all->lock, &until);
}

static void *watch(void *arg)
{
    struct connections *all = arg;

    pthread_mutex_lock(&all->lock);
    while (!all->is_closing) {
        look_at_all(all);
        pause_until_next(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static void init_lock(struct connections *all)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&all->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&all->changed, &attr);
    pthread_condattr_destroy(&attr);
}

int connections_open(const struct connections_options *options,
                     struct connections **out)
{
    struct connections *all = calloc(1, sizeof *all);

    if (!all)
        return -ENOMEM;
    init_lock(all);
    all->options = *options;
    all->looked_max = connections_with_surplus(all);
    all->looked = calloc(all->looked_max, sizeof *all->looked);
    all->of = calloc(all->looked_max, sizeof(struct connection *));
    int rc = all->looked && all->of ? -pthread_create(&all->watcher, NULL, watch, all)
                                    : -ENOMEM;
    all->has_watcher = rc == 0;
    if (rc != 0) {
        connections_close(all);
        return rc;
    }
    *out = all;
    return 0;
}

void connections_end(struct connections *all, int64_t ms)
{
    struct timespec until = time_in(ms);
    int rc = 0;

    pthread_mutex_lock(&all->lock);
    all->is_ending = true;
    pthread_cond_broadcast(&all->changed);
    while (all->count > 0 && rc == 0)
        rc = pthread_cond_timedwait(&all->changed, &all->lock, &until);
    pthread_mutex_unlock(&all->lock);
}

void connections_close(struct connections *all)
{
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    all->is_closing = true;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    if (all->has_watcher)
        pthread_join(all->watcher, NULL);
    pthread_cond_destroy(&all->changed);
    pthread_mutex_destroy(&all->lock);
    free(all->looked);
    free(all->of);
    free(all);
}
