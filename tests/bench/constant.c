/* SPDX-License-Identifier: Apache-2.0 */
/* constant.c - libmicrohttpd, which answers everything with the same bytes: what a
 * server on it can do at most. Threads and limits as in api/server.c.
 */
#include <microhttpd.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/child.h"
#include "tests/bench/constant.h"

static enum MHD_Result answer(void *arg, struct MHD_Connection *connection,
                              const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **state)
{
    struct MHD_Response *response = arg;

    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_size;
    if (!*state) { /* the head is there; the request ends with the next call */
        *state = response;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

pid_t constant_start(uint16_t port, size_t bytes)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char *body = calloc(1, bytes);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, port, NULL, NULL, answer,
                         response, MHD_OPTION_THREAD_POOL_SIZE, 4u, MHD_OPTION_END);
    if (!daemon)
        die("constant server");
    for (;;)
        pause();
}
