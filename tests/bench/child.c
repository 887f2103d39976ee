/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/child.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void die(const char *what)
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

static size_t make_register(uint8_t *out, unsigned number, const char *endpoint)
{
    static const char objects[] = "</>;rt=\"oma.lwm2m\";ct=\"112 11542\",</1/0>,</3/0>,"
                                  "</33629/0>,</33629/1>,</33629/2>,</33629/3>";
    char query[80];
    size_t n = 0;

    snprintf(query, sizeof query, "ep=%s", endpoint);
    out[n++] = 0x44; /* CON, token of 4 */
    out[n++] = 0x02; /* POST */
    out[n++] = (uint8_t)(number >> 8);
    out[n++] = (uint8_t)number;
    memcpy(out + n, &number, 4);
    n += 4;
    n += option(out + n, 11, "rd"); /* Uri-Path */
    out[n++] = 0x11;                /* Content-Format 40 */
    out[n++] = 40;
    n += option(out + n, 3, query); /* Uri-Query */
    n += option(out + n, 0, "lt=86400");
    n += option(out + n, 0, "lwm2m=1.1");
    n += option(out + n, 0, "b=U");
    out[n++] = 0xff;
    memcpy(out + n, objects, sizeof objects - 1);
    return n + sizeof objects - 1;
}

/* ---- the socket whose source address changes ---- */

int register_socket(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1, size = 8 << 20;
    struct sockaddr_in any = {.sin_family = AF_INET};

    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
        die("socket");
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return fd;
}

void register_send(int fd, unsigned number, const char *endpoint, uint16_t port)
{
    uint8_t message[512];
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct iovec iov = {message, make_register(message, number, endpoint)};
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

pid_t child_start(const char *lockstepd, const char *const *settings)
{
    const char *argv[64] = {lockstepd, "--config", "/dev/null"};
    size_t n = 3;

    for (; *settings && n + 3 < sizeof argv / sizeof argv[0]; settings++) {
        argv[n++] = "--set";
        argv[n++] = *settings;
    }
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    execv(lockstepd, (char *const *)argv);
    die(lockstepd);
    return -1;
}

long child_rss_kb(pid_t pid)
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

double child_cpu_s(pid_t pid)
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

void child_end(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}
