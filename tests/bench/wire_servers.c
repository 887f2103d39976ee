/* SPDX-License-Identifier: Apache-2.0 */
/* wire_servers.c - a bare echo and our wire thread. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "daemon/wire/wire.h"
#include "tests/bench/wire.h"

static void tell(int pipe_fd, uint16_t port)
{
    if (write(pipe_fd, &port, sizeof port) != sizeof port)
        abort();
}

enum { BATCH = 64, REQUEST_MAX = 2048 };

static uint8_t inputs[BATCH][REQUEST_MAX];

/* For each datagram one back of the size of a block, its first bytes those that came.
 */
void serve_echo(int pipe_fd, const uint8_t *package)
{
    static struct mmsghdr headers[BATCH];
    static struct iovec pieces[BATCH];
    static struct sockaddr_in names[BATCH];
    static uint8_t outputs[BATCH][BENCH_ANSWER_BYTES];
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t len = sizeof at;
    int size = 4 << 20, fd = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&at, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        abort();
    tell(pipe_fd, ntohs(at.sin_port));
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            pieces[i] = (struct iovec){inputs[i], REQUEST_MAX};
            headers[i].msg_hdr = (struct msghdr){.msg_name = &names[i],
                                                 .msg_namelen = sizeof names[i],
                                                 .msg_iov = &pieces[i],
                                                 .msg_iovlen = 1};
        }
        int count = recvmmsg(fd, headers, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; i++) {
            memcpy(outputs[i], inputs[i], 8);
            outputs[i][0] = 0x64;
            memcpy(outputs[i] + 35, package, BENCH_BLOCK_BYTES);
            pieces[i] = (struct iovec){outputs[i], BENCH_ANSWER_BYTES};
        }
        for (int done = 0; done < count;) {
            int sent = sendmmsg(fd, headers + done, (unsigned)(count - done), 0);
            done += sent > 0 ? sent : 1;
        }
    }
}

/* Commands are carried out in order: once a later one is answered, this one is done. */
static void wait_until_published(struct wire *w)
{
    static const char other[] =
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    struct pollfd fd = {.fd = wire_fd(w), .events = POLLIN};
    struct coap_event ev;
    if (wire_withdraw(w, other, 1) != 0)
        abort();
    while (wire_take(w, &ev, 1) == 0)
        poll(&fd, 1, -1);
}

void serve_ours(int pipe_fd, const uint8_t *package)
{
    struct wire_options o = wire_options_default();
    struct wire *w;
    struct net_address at;
    o.bind_count = 1;
    if (net_address_parse("127.0.0.1:0", 0, &o.binds[0]) != 0 ||
        wire_open(&o, &w) != 0 ||
        wire_publish(w, BENCH_DIGEST, package, BENCH_PACKAGE_BYTES) != 0)
        abort();
    wait_until_published(w);
    wire_bound(w, &at, 1);
    tell(pipe_fd, at.port);
    for (;;) {
        struct coap_event events[64];
        sleep(1);
        while (wire_take(w, events, 64) == 64)
            ;
    }
}
