/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/http_load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/child.h"

enum { CONNECTIONS_MAX = 64, HEAD_MAX = 1024, PATIENCE_MS = 30000 };

struct line {
    int fd;
    double begun;
    char head[HEAD_MAX]; /* of the answer, while it is not whole */
    size_t head_len, body_len, body_read;
};

/* @return -1: nobody is there */
static int try_dial(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

bool http_is_there(uint16_t port)
{
    int fd = try_dial(port);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int dial(uint16_t port)
{
    int fd = try_dial(port), one = 1;

    if (fd < 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

int http_open(uint16_t port, const char *head)
{
    int fd = dial(port);

    if (write(fd, head, strlen(head)) != (ssize_t)strlen(head))
        die("write");
    return fd;
}

static void put_ask(struct line *line, const struct http_ask *ask, unsigned number)
{
    char target[512], text[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(target, sizeof target, ask->target, number);
#pragma GCC diagnostic pop
    int len =
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: l\r\n%s%s%s%s\r\n",
                 target, ask->token ? "Authorization: Bearer " : "",
                 ask->token ? ask->token : "", ask->token ? "\r\n" : "", ask->headers);

    line->head_len = line->body_len = line->body_read = 0;
    line->begun = now_s();
    if (write(line->fd, text, (size_t)len) != len)
        die("write");
}

/* The head ends somewhere in what was read. @return true: it did */
static bool read_head(struct line *line, struct http_seen *seen)
{
    line->head[line->head_len] = '\0';
    char *end = strstr(line->head, "\r\n\r\n");
    if (!end)
        return false;
    const char *length = strcasestr(line->head, "\r\nContent-Length: ");
    int status = atoi(line->head + sizeof "HTTP/1.1");
    line->body_len = length ? (size_t)atoll(length + 18) : 0;
    line->body_read = line->head_len - (size_t)(end + 4 - line->head);
    seen->bytes = line->body_len;
    if (status != 200 && status != 304)
        seen->status = status;
    return true;
}

/* @return true: the answer is whole */
static bool read_some(struct line *line, bool *has_head, struct http_seen *seen)
{
    static char body[1 << 18];

    if (*has_head) {
        ssize_t n = read(line->fd, body, sizeof body);
        if (n <= 0)
            die("answer");
        line->body_read += (size_t)n;
        return line->body_read >= line->body_len;
    }
    ssize_t n =
        read(line->fd, line->head + line->head_len, HEAD_MAX - 1 - line->head_len);
    if (n <= 0)
        die("answer");
    line->head_len += (size_t)n;
    *has_head = read_head(line, seen);
    return *has_head && line->body_read >= line->body_len;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double http_rank(double *values, size_t count, double part)
{
    qsort(values, count, sizeof *values, compare);
    return values[(size_t)((double)(count - 1) * part)];
}

struct http_seen http_load(const struct http_ask *ask)
{
    static struct line lines[CONNECTIONS_MAX];
    struct pollfd polls[CONNECTIONS_MAX];
    bool has_head[CONNECTIONS_MAX] = {0};
    double *took = calloc(ask->requests, sizeof *took);
    struct http_seen seen = {.status = 200};
    unsigned sent = 0, done = 0;
    double begun = now_s();

    for (unsigned i = 0; i < ask->connections; i++) {
        lines[i].fd = dial(ask->port);
        polls[i] = (struct pollfd){.fd = lines[i].fd, .events = POLLIN};
        put_ask(&lines[i], ask, sent++);
    }
    while (done < ask->requests) {
        if (poll(polls, ask->connections, PATIENCE_MS) <= 0)
            die("no answer");
        for (unsigned i = 0; i < ask->connections && done < ask->requests; i++) {
            if (!polls[i].revents || !read_some(&lines[i], &has_head[i], &seen))
                continue;
            took[done++] = 1000 * (now_s() - lines[i].begun);
            has_head[i] = false;
            put_ask(&lines[i], ask, sent++);
        }
    }
    seen.per_second = done / (now_s() - begun);
    for (unsigned i = 0; i < ask->connections; i++)
        close(lines[i].fd);
    seen.p50_ms = http_rank(took, done, 0.5);
    seen.p99_ms = http_rank(took, done, 0.99);
    seen.max_ms = took[done - 1];
    free(took);
    return seen;
}

char *http_head(uint16_t port, const char *target)
{
    enum { SOME = 4096 };
    char head[512], *answer = calloc(1, SOME);

    snprintf(head, sizeof head,
             "GET %s HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n", target);
    int fd = http_open(port, head);
    if (read(fd, answer, SOME - 1) <= 0)
        die("head");
    close(fd);
    return answer;
}
