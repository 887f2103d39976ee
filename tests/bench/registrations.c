/* SPDX-License-Identifier: Apache-2.0 */
/* registrations.c - registers many devices at a real lockstepd over loopback and prints
 * the rate, the CPU time of the daemon, and how its memory grew.
 *
 *   bench_registrations LOCKSTEPD [DEVICES]
 *
 * Every device has an address of its own in 127/8 (IP_PKTINFO on one socket), a
 * Register of ordinary size, and counts when its 2.01 came: durable by then. The same
 * datagrams go to a bare echo first, so that the rate can be read as a ratio of one
 * run.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/child.h"

enum {
    WINDOW = 256,
    PORT = 25683,
    ECHO_PORT = 25684,
    ACK_CREATED = 0x41,
    PATIENCE_MS = 2000,
};

static void send_one(int fd, unsigned number, uint16_t port)
{
    char endpoint[40];

    snprintf(endpoint, sizeof endpoint, "urn:imei:%015u", number);
    register_send(fd, number, endpoint, port);
}

/* Keep WINDOW registrations under way until all were answered. @return seconds */
static double run(int fd, unsigned first, unsigned count, uint16_t port, uint8_t code)
{
    uint8_t *answered = calloc(count, 1);
    unsigned sent = 0, done = 0;
    double begun = now_s();
    uint8_t message[512];

    if (!answered)
        die("calloc");
    while (done < count) {
        while (sent < count && sent - done < WINDOW)
            send_one(fd, first + sent++, port);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, PATIENCE_MS) == 0) { /* lost ones again, as a device would */
            for (unsigned i = 0; i < sent; i++)
                if (!answered[i])
                    send_one(fd, first + i, port);
            continue;
        }
        ssize_t n;
        while ((n = recv(fd, message, sizeof message, MSG_DONTWAIT)) >= 8) {
            unsigned number;
            memcpy(&number, message + 4, 4);
            if (message[1] == code && number - first < count &&
                !answered[number - first]) {
                answered[number - first] = 1;
                done++;
            }
        }
    }
    free(answered);
    return now_s() - begun;
}

/* ---- the peers ---- */

static pid_t start_echo(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;
    struct sockaddr_in me = {.sin_family = AF_INET,
                             .sin_port = htons(ECHO_PORT),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&me, sizeof me) != 0)
        die("echo");
    uint8_t message[512];
    for (;;) {
        struct sockaddr_in from;
        socklen_t len = sizeof from;
        ssize_t n =
            recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&from, &len);
        if (n > 0)
            sendto(fd, message, (size_t)n, 0, (struct sockaddr *)&from, len);
    }
}

static pid_t start_daemon(const char *path, const char *folder)
{
    char state[256], port[64];

    snprintf(state, sizeof state, "state_dir=%s/state", folder);
    snprintf(port, sizeof port, "coap_listen=127.0.0.1:%d", PORT);
    return child_start(
        path, (const char *const[]){state, port, "http_listen=127.0.0.1:0",
                                    "disk_reserve_bytes=0", "inventory_rate_per_s=1",
                                    "exchange_lifetime_ms=1 s", "execute_settle_ms=1 s",
                                    "ack_timeout_ms=30 ms", NULL});
}

/* What is kept for repeated requests is given back once a minute: base/heap.h. */
static void settle(void)
{
    sleep(63);
}

int main(int argc, char **argv)
{
    unsigned count = argc > 2 ? (unsigned)atoi(argv[2]) : 100000;
    char folder[] = "/tmp/lockstep-bench-XXXXXX";
    enum { WARM = 20000 }; /* fills the caches, whose size does not depend on devices */

    if (argc < 2 || count < 1000 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: bench_registrations LOCKSTEPD [DEVICES >= 1000]\n");
        return 2;
    }
    int fd = register_socket();
    pid_t echo = start_echo();
    run(fd, 0, WARM, ECHO_PORT, 0x02);
    double echo_s = run(fd, 0, count, ECHO_PORT, 0x02);
    child_end(echo);

    pid_t daemon = start_daemon(argv[1], folder);
    run(fd, 0, WARM, PORT, ACK_CREATED);
    settle();
    long rss = child_rss_kb(daemon);
    double cpu = child_cpu_s(daemon);
    double took = run(fd, WARM, count, PORT, ACK_CREATED);
    cpu = child_cpu_s(daemon) - cpu;
    settle();
    rss = child_rss_kb(daemon) - rss;

    printf("registrations      %10.0f /s durable, %u devices\n", count / took, count);
    printf("of a bare echo     %10.3f of %.0f /s\n", echo_s / took, count / echo_s);
    printf("cpu of the daemon  %10.1f us per registration\n", 1e6 * cpu / count);
    printf("memory growth      %10.0f bytes per registered device\n",
           1024.0 * (double)rss / count);
    child_end(daemon);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
