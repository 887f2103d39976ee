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

enum {
    WINDOW = 256,
    PORT = 25683,
    ECHO_PORT = 25684,
    ACK_CREATED = 0x41,
    PATIENCE_MS = 2000,
};

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- one Register, by hand: this program is not the daemon's codec ---- */

static size_t option(uint8_t *out, unsigned delta, const char *text)
{
    size_t len = strlen(text), n = 0;

    out[n++] = (uint8_t)(delta << 4 | (len < 13 ? len : 13));
    if (len >= 13)
        out[n++] = (uint8_t)(len - 13);
    memcpy(out + n, text, len);
    return n + len;
}

static size_t make_register(uint8_t *out, unsigned number)
{
    static const char objects[] = "</>;rt=\"oma.lwm2m\";ct=\"112 11542\",</1/0>,</3/0>,"
                                  "</33629/0>,</33629/1>,</33629/2>,</33629/3>";
    char endpoint[40];
    size_t n = 0;

    snprintf(endpoint, sizeof endpoint, "ep=urn:imei:%015u", number);
    out[n++] = 0x44; /* CON, token of 4 */
    out[n++] = 0x02; /* POST */
    out[n++] = (uint8_t)(number >> 8);
    out[n++] = (uint8_t)number;
    memcpy(out + n, &number, 4);
    n += 4;
    n += option(out + n, 11, "rd"); /* Uri-Path */
    out[n++] = 0x11;                /* Content-Format 40 */
    out[n++] = 40;
    n += option(out + n, 3, endpoint); /* Uri-Query */
    n += option(out + n, 0, "lt=86400");
    n += option(out + n, 0, "lwm2m=1.1");
    n += option(out + n, 0, "b=U");
    out[n++] = 0xff;
    memcpy(out + n, objects, sizeof objects - 1);
    return n + sizeof objects - 1;
}

/* ---- the socket whose source address changes ---- */

static int open_socket(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1, size = 8 << 20;
    struct sockaddr_in any = {.sin_family = AF_INET};

    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
        die("socket");
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return fd;
}

static void send_from(int fd, unsigned number, uint16_t port)
{
    uint8_t message[512];
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct iovec iov = {message, make_register(message, number)};
    union {
        char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
        struct cmsghdr align;
    } control = {0};
    struct msghdr m = {.msg_name = &to,
                       .msg_namelen = sizeof to,
                       .msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(0x7f010000u + number)};

    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
    if (sendmsg(fd, &m, 0) < 0 && errno != ENOBUFS && errno != EAGAIN)
        die("sendmsg");
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
            send_from(fd, first + sent++, port);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, PATIENCE_MS) == 0) { /* lost ones again, as a device would */
            for (unsigned i = 0; i < sent; i++)
                if (!answered[i])
                    send_from(fd, first + i, port);
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
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    execl(path, path, "--config", "/dev/null", "--set", state, "--set", port, "--set",
          "http_listen=127.0.0.1:0", "--set", "disk_reserve_bytes=0", "--set",
          "inventory_rate_per_s=1", "--set", "exchange_lifetime_ms=1 s", "--set",
          "execute_settle_ms=1 s", "--set", "ack_timeout_ms=30 ms", (char *)NULL);
    die(path);
    return -1;
}

static long rss_kb(pid_t pid)
{
    char path[64], line[256];
    long kb = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld kB", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

static double cpu_s(pid_t pid)
{
    char path[64];
    unsigned long user = 0, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (f &&
        fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
               &user, &system) != 2)
        user = system = 0;
    if (f)
        fclose(f);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void end(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
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
    int fd = open_socket();
    pid_t echo = start_echo();
    run(fd, 0, WARM, ECHO_PORT, 0x02);
    double echo_s = run(fd, 0, count, ECHO_PORT, 0x02);
    end(echo);

    pid_t daemon = start_daemon(argv[1], folder);
    run(fd, 0, WARM, PORT, ACK_CREATED);
    long rss = rss_kb(daemon);
    double cpu = cpu_s(daemon);
    double took = run(fd, WARM, count, PORT, ACK_CREATED);
    cpu = cpu_s(daemon) - cpu;
    sleep(3); /* so that what is kept for retransmissions is given back */
    rss = rss_kb(daemon) - rss;

    printf("registrations      %10.0f /s durable, %u devices\n", count / took, count);
    printf("of a bare echo     %10.3f of %.0f /s\n", echo_s / took, count / echo_s);
    printf("cpu of the daemon  %10.1f us per registration\n", 1e6 * cpu / count);
    printf("memory growth      %10.0f bytes per registered device\n",
           1024.0 * (double)rss / count);
    end(daemon);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
