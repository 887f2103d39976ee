/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - commands, lists, streams and waits from many clients at once, while
 * events become durable, and then the end in the middle of it. No Criterion: run under
 * TSan.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/api/served.h"

enum { CLIENTS = 6, ROUNDS = 40, SLEEPERS = 12 };

static const char *const requests[] = {
    "GET /v1/devices?include=components HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
    "viewer\r\n\r\n",
    "POST /v1/campaigns/7/pause HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer operator"
    "\r\nContent-Length: 0\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer viewer\r\n\r\n",
    "POST /v1/campaigns/7/resume HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer operator"
    "\r\nIdempotency-Key: same\r\nContent-Length: 0\r\n\r\n",
    "GET /v1/campaigns/7/wait?timeout_s=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
    "viewer\r\n\r\n",
};

static void *ask_on(void *arg)
{
    size_t at = (size_t)(uintptr_t)arg;

    for (int i = 0; i < ROUNDS; i++) {
        int fd = dial();
        tell(fd, requests[at++ % (sizeof requests / sizeof requests[0])]);
        if (!hear(fd, "HTTP/1.1 "))
            abort();
        close(fd);
    }
    return NULL;
}

static void *follow(void *arg)
{
    int fd = dial();

    (void)arg;
    tell(fd, "GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer viewer\r\n"
             "Last-Event-ID: 0\r\n\r\n");
    if (!hear(fd, "\"event\":\"last\""))
        abort();
    close(fd);
    return NULL;
}

static void *tell_events(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++)
        served_add_event(7, "more");
    served_add_event(7, "last");
    return NULL;
}

int main(void)
{
    pthread_t thread[CLIENTS + 3];
    int fd[SLEEPERS];
    size_t n = 0;

    served_open_with(&(struct api_options){.heartbeat_ms = 20, .threads = 3});
    served_add_device(1, "dev-1");
    served_add_campaign("running");
    for (size_t i = 0; i < CLIENTS; i++)
        pthread_create(&thread[n++], NULL, ask_on, (void *)i);
    pthread_create(&thread[n++], NULL, follow, NULL);
    pthread_create(&thread[n++], NULL, follow, NULL);
    pthread_create(&thread[n++], NULL, tell_events, NULL);
    while (n > 0)
        pthread_join(thread[--n], NULL);

    for (int i = 0; i < SLEEPERS; i++) {
        fd[i] = dial();
        tell(fd[i], i % 2
                        ? "GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                          "viewer\r\n\r\n"
                        : "GET /v1/campaigns/7/wait HTTP/1.1\r\nHost: x\r\n"
                          "Authorization: Bearer viewer\r\n\r\n");
    }
    served_close();
    for (int i = 0; i < SLEEPERS; i++)
        close(fd[i]);
    puts("ended");
    return 0;
}
