/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - package blocks per second to many peers: our wire thread against a bare echo
 * of the same datagrams and against libcoap's own server, in one run.
 *
 * A peer is a source address out of 127/8, so that one socket plays them all. Rates
 * move with whatever else the machine does; the CPU time per block of the server's
 * process is what to compare.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/coap/code.h"
#include "daemon/coap/message.h"
#include "tests/bench/wire.h"

enum { BATCH = 64, WINDOW = 128, DATAGRAM_MAX = 2048, CONTROL_BYTES = 64 };
enum { ROUNDS = 7, STALL_MS = 200, BLOCKS = BENCH_PACKAGE_BYTES / BENCH_BLOCK_BYTES };

struct server {
    const char *name;
    void (*serve)(int pipe_fd, const uint8_t *package);
    bool names_device; /* the GET says by d= which device it is */
    int peers_max;     /* beyond that it takes minutes */
};

static const struct server servers[] = {
    {"bare echo", serve_echo, false, INT_MAX},
    {"lockstep", serve_ours, false, INT_MAX},
    {"lockstep, d=", serve_ours, true, INT_MAX},
    {"libcoap", serve_libcoap, false, 10000},
};
enum { SERVER_COUNT = sizeof servers / sizeof servers[0] };

static const int peer_counts[] = {1, 100, 1000, 10000, 100000};

struct result {
    double blocks_per_s, cpu_us;
};

struct load {
    int fd;
    int peers, next_peer;
    uint32_t next_block;
    uint16_t next_mid;
    bool names_device;
    struct sockaddr_in to;
    struct mmsghdr headers[BATCH];
    struct iovec pieces[BATCH];
    uint8_t bytes[BATCH][DATAGRAM_MAX];
    _Alignas(struct cmsghdr) uint8_t controls[BATCH][CONTROL_BYTES];
};

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t write_get(struct load *l, uint8_t *bytes)
{
    struct message head = {.type = MESSAGE_CON,
                           .code = COAP_GET,
                           .mid = l->next_mid++,
                           .token = {4, {1, 2, 3, 4}}};
    struct option_writer w = message_begin(bytes, DATAGRAM_MAX, &head);
    option_put(&w, OPTION_URI_PATH, "p", 1);
    option_put(&w, OPTION_URI_PATH, BENCH_DIGEST, 64);
    if (l->names_device) {
        char device[24];
        int len = snprintf(device, sizeof device, "d=dev%d", l->next_peer);
        option_put(&w, OPTION_URI_QUERY, device, (size_t)len);
    }
    option_put_block(&w, OPTION_BLOCK2,
                     (struct block){l->next_block, false, BLOCK_SZX_MAX});
    return option_writer_len(&w);
}

/* The datagram leaves from 127.1.0.0 + peer. */
static void name_source(struct msghdr *h, uint8_t *control, int peer)
{
    struct in_pktinfo info = {.ipi_spec_dst.s_addr =
                                  htonl(0x7f010001u + (uint32_t)peer)};
    h->msg_control = control;
    h->msg_controllen = CMSG_SPACE(sizeof info);
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
}

static void ask(struct load *l, int count)
{
    for (int i = 0; i < count; i++) {
        struct msghdr *h = &l->headers[i].msg_hdr;
        l->pieces[i] = (struct iovec){l->bytes[i], write_get(l, l->bytes[i])};
        *h = (struct msghdr){.msg_name = &l->to,
                             .msg_namelen = sizeof l->to,
                             .msg_iov = &l->pieces[i],
                             .msg_iovlen = 1};
        name_source(h, l->controls[i], l->next_peer);
        l->next_peer = (l->next_peer + 1) % l->peers;
        if (l->next_peer == 0)
            l->next_block = (l->next_block + 1) % BLOCKS;
    }
    for (int done = 0; done < count;) {
        int sent = sendmmsg(l->fd, l->headers + done, (unsigned)(count - done), 0);
        done += sent > 0 ? sent : 1;
    }
}

static int hear(struct load *l)
{
    for (int i = 0; i < BATCH; i++) {
        l->pieces[i] = (struct iovec){l->bytes[i], DATAGRAM_MAX};
        l->headers[i].msg_hdr =
            (struct msghdr){.msg_iov = &l->pieces[i], .msg_iovlen = 1};
    }
    struct pollfd fd = {.fd = l->fd, .events = POLLIN};
    if (poll(&fd, 1, STALL_MS) <= 0)
        return 0;
    int count = recvmmsg(l->fd, l->headers, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++)
        if (l->headers[i].msg_len < BENCH_BLOCK_BYTES ||
            l->bytes[i][1] != l->bytes[0][1]) {
            fprintf(stderr, "not a block: code %02x, %u bytes\n", l->bytes[i][1],
                    l->headers[i].msg_len);
            exit(1);
        }
    return count > 0 ? count : 0;
}

static long run(struct load *l, double for_s)
{
    long heard = 0;
    double end = seconds(CLOCK_MONOTONIC) + for_s;
    for (int i = 0; i < WINDOW / BATCH; i++)
        ask(l, BATCH);
    while (seconds(CLOCK_MONOTONIC) < end) {
        int count = hear(l);
        heard += count;
        ask(l, count ? count : BATCH); /* nothing heard: the window was lost */
    }
    return heard;
}

/* Every peer known, every page touched. */
static void warm_up(struct load *l, double for_s)
{
    enum { RUNS_MAX = 16 };
    long heard = 0;
    for (int i = 0; i < RUNS_MAX && heard < l->peers; i++)
        heard += run(l, for_s);
}

static struct result measure(const struct server *s, const uint8_t *package, int peers,
                             double for_s)
{
    static struct load l;
    int ends[2], size = 4 << 20;
    uint16_t port = 0;
    clockid_t cpu;
    if (pipe(ends) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0)
        s->serve(ends[1], package);
    if (read(ends[0], &port, sizeof port) != sizeof port ||
        clock_getcpuclockid(pid, &cpu) != 0)
        abort();
    l = (struct load){.peers = peers, .names_device = s->names_device};
    l.to = (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(0x7f000001)};
    l.fd = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(l.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    warm_up(&l, for_s / 4);
    double cpu_start = seconds(cpu), start = seconds(CLOCK_MONOTONIC);
    long blocks = run(&l, for_s);
    struct result r = {(double)blocks / (seconds(CLOCK_MONOTONIC) - start),
                       1e6 * (seconds(cpu) - cpu_start) /
                           (double)(blocks ? blocks : 1)};
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    close(l.fd);
    return r;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof values[0], compare);
    return values[ROUNDS / 2];
}

/* The servers take turns, so that what else the machine does meets them all. */
static void compare_servers(const uint8_t *package, int peers, double for_s)
{
    double rates[SERVER_COUNT][ROUNDS] = {0}, cpus[SERVER_COUNT][ROUNDS] = {0};
    for (int round = 0; round < ROUNDS; round++)
        for (size_t s = 0; s < SERVER_COUNT; s++) {
            if (peers > servers[s].peers_max)
                continue;
            struct result r = measure(&servers[s], package, peers, for_s);
            rates[s][round] = r.blocks_per_s;
            cpus[s][round] = r.cpu_us;
        }
    double echo_rate = median(rates[0]), echo_cpu = median(cpus[0]);
    for (size_t s = 0; s < SERVER_COUNT; s++) {
        if (peers > servers[s].peers_max)
            continue;
        double rate = median(rates[s]), cpu = median(cpus[s]);
        printf("%-14s %7d %12.0f %10.2f %12.3f %12.3f\n", servers[s].name, peers, rate,
               cpu, rate / echo_rate, echo_cpu / cpu);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    double for_s = argc > 1 ? atof(argv[1]) : 1;
    uint8_t *package = malloc(BENCH_PACKAGE_BYTES);
    if (!package)
        abort();
    memset(package, 0x5a, BENCH_PACKAGE_BYTES);
    printf("blocks of %d bytes, window %d, median of %d rounds of %.1f s\n"
           "%-14s %7s %12s %10s %12s %12s\n",
           BENCH_BLOCK_BYTES, WINDOW, ROUNDS, for_s, "server", "peers", "blocks/s",
           "CPU us", "rate ratio", "CPU ratio");
    for (size_t p = 0; p < sizeof peer_counts / sizeof peer_counts[0]; p++)
        compare_servers(package, peer_counts[p], for_s);
    free(package);
    return 0;
}
