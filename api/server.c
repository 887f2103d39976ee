/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - libmicrohttpd, and what has to be known about it.
 *
 * It accepts two Content-Length fields, or Content-Length with Transfer-Encoding, and
 * takes the rest for a second request: framing.h refuses those. It takes no answer
 * while a body arrives: exchange_body() remembers it. A suspended connection neither
 * times out nor notices that its client is gone: streams send heartbeats, waits
 * look as often; awake for a moment it may not notice either. Who drips, and a FIN that
 * comes with data: connections.h. While it stops, an answer of its own is a NULL that
 * it follows: connections_end() comes first. With STRICT_FOR_CLIENT it says itself, in
 * HTML, that Host is missing; without, framing.h does. To HEAD it sends the last chunk
 * of a body in chunks: such an answer has none and ends the connection.
 */
#include "api/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api_internal.h"
#include "api/connections.h"
#include "api/exchange.h"
#include "api/framing.h"
#include "api/listener.h"

enum { CONNECTION_BYTES = 64 << 10, PART_BYTES = 32 << 10 };

struct server {
    struct MHD_Daemon *daemon;
    int listen_fd; /* ours again once it accepts no more, else -1 */
    uint16_t port;
};

/* A connection, and its request, made when the target is read: libmicrohttpd forgets to
 * say that one is over whose arguments it has no room for. */
struct peer {
    struct connection *watched;
    struct exchange *exchange; /* NULL: no request */
    bool has_begun, is_head;
};

void server_suspend(void *connection)
{
    MHD_suspend_connection(connection);
}

void server_resume(void *connection)
{
    MHD_resume_connection(connection);
}

bool server_is_left(void *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd peer = {.fd = info ? info->connect_fd : -1, .events = POLLRDHUP};

    return poll(&peer, 1, 0) > 0;
}

static enum MHD_Result count_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    framing_field(cls, name, value);
    return MHD_YES;
}

/* The version of Debian 12 takes a lone CR or LF for the end of a line and unfolds
 * lines; it leaves all where it came. Those after it refuse that themselves. */
static bool has_fields_in_place(void)
{
    return strcmp(MHD_get_version(), "0.9.75") == 0;
}

static void check_framing(struct MHD_Connection *connection, const char *version,
                          struct exchange_head *head)
{
    struct framing f;

    framing_begin(&f, version, has_fields_in_place());
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_field, &f);
    head->why = framing_end(&f);
    if (head->why)
        head->refusal =
            f.is_too_large ? PROBLEM_HEADERS_TOO_LARGE : PROBLEM_BAD_REQUEST;
}

static void check_place(const struct connection *from, struct exchange_head *head)
{
    switch (connection_place(from)) {
    case CONNECTION_HAS_PLACE:
        break;
    case CONNECTION_TOO_MANY:
        head->refusal = PROBLEM_BUSY;
        head->why = "there are too many connections";
        break;
    case CONNECTION_TOO_MANY_OF_ADDRESS:
        head->refusal = PROBLEM_TOO_MANY;
        head->why = "there are too many connections from this address";
        break;
    }
}

static const char *field(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static struct request_headers headers_of(struct MHD_Connection *c)
{
    const char *length = field(c, MHD_HTTP_HEADER_CONTENT_LENGTH);
    bool is_chunked = field(c, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    int64_t none = is_chunked ? -1 : 0;

    return (struct request_headers){
        .authorization = field(c, MHD_HTTP_HEADER_AUTHORIZATION),
        .accept = field(c, MHD_HTTP_HEADER_ACCEPT),
        .accept_encoding = field(c, MHD_HTTP_HEADER_ACCEPT_ENCODING),
        .content_type = field(c, MHD_HTTP_HEADER_CONTENT_TYPE),
        .content_range = field(c, MHD_HTTP_HEADER_CONTENT_RANGE),
        .expect = field(c, MHD_HTTP_HEADER_EXPECT),
        .idempotency_key = field(c, "Idempotency-Key"),
        .if_match = field(c, MHD_HTTP_HEADER_IF_MATCH),
        .if_none_match = field(c, MHD_HTTP_HEADER_IF_NONE_MATCH),
        .last_event_id = field(c, "Last-Event-ID"),
        .content_length = framing_is_number(length) ? strtoll(length, NULL, 10) : none,
    };
}

static ssize_t read_stream(void *cls, uint64_t position, char *out, size_t size)
{
    ssize_t n = exchange_stream(cls, out, size);

    (void)position;
    if (n == EXCHANGE_END)
        return MHD_CONTENT_READER_END_OF_STREAM;
    return n == EXCHANGE_BROKEN ? MHD_CONTENT_READER_END_WITH_ERROR : n;
}

static struct MHD_Response *body_of(struct exchange *x, struct response *rs)
{
    if (rs->stream.fill)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PART_BYTES,
                                                 read_stream, x, NULL);
    if (rs->fixed)
        return MHD_create_response_from_buffer(rs->fixed_bytes, (void *)rs->fixed,
                                               MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *made = MHD_create_response_from_buffer(
        rs->body.len, rs->body.at, MHD_RESPMEM_MUST_FREE);
    if (made)
        rs->body = (struct text){0};
    return made;
}

static void add_headers(struct MHD_Response *made, const struct response *rs)
{
    bool has_body = rs->status != 204 && rs->status != 304;

    if (has_body)
        MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE,
                                rs->content_type ? rs->content_type
                                                 : "application/json");
    MHD_add_response_header(made, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < rs->header_count; i++)
        MHD_add_response_header(made, rs->headers[i].name, rs->headers[i].value);
    if (!MHD_get_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL))
        MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (!MHD_get_response_header(made, "Content-Security-Policy"))
        MHD_add_response_header(made, "Content-Security-Policy",
                                "default-src 'none'; frame-ancestors 'none'");
    if (rs->closes)
        MHD_add_response_header(made, MHD_HTTP_HEADER_CONNECTION, "close");
}

static enum MHD_Result answer(struct MHD_Connection *connection,
                              const struct peer *peer)
{
    struct response *rs = exchange_response(peer->exchange);
    struct MHD_Response *made = body_of(peer->exchange, rs);

    if (!made)
        return MHD_NO;
    add_headers(made, rs);
    if (peer->is_head && rs->stream.fill)
        MHD_set_response_options(made, MHD_RF_HTTP_VERSION_1_0_ONLY, MHD_RO_END);
    enum MHD_Result rc = MHD_queue_response(connection, (unsigned)rs->status, made);
    MHD_destroy_response(made);
    return rc;
}

static enum MHD_Result on_head(struct MHD_Connection *connection, struct peer *peer,
                               const char *method, const char *version)
{
    struct exchange_head head = {.method = method, .headers = headers_of(connection)};

    check_framing(connection, version, &head);
    if (head.refusal == PROBLEM_NONE)
        check_place(peer->watched, &head);
    peer->has_begun = true;
    peer->is_head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    if (exchange_begin(peer->exchange, &head) == EXCHANGE_BODY) {
        connection_has_head(peer->watched);
        return MHD_YES;
    }
    connection_has_whole(peer->watched);
    return answer(connection, peer);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *len,
                                  void **request)
{
    struct peer *peer = *request;

    (void)cls;
    (void)url;
    if (!peer)
        return MHD_NO;
    if (!peer->has_begun)
        return on_head(connection, peer, method, version);
    if (*len > 0) {
        size_t taken = *len;
        *len = 0;
        connection_has_bytes(peer->watched, taken);
        return exchange_body(peer->exchange, bytes, taken) == 0 ? MHD_YES : MHD_NO;
    }
    connection_has_whole(peer->watched);
    if (exchange_run(peer->exchange) == EXCHANGE_ASLEEP)
        return MHD_YES;
    return answer(connection, peer);
}

static void end_request(struct peer *peer)
{
    api_exchange_free(peer->exchange);
    peer->exchange = NULL;
    peer->has_begun = false;
}

/* The target before libmicrohttpd decodes it: "%2F" in an endpoint is no separator. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct peer *peer = info ? info->socket_context : NULL;

    if (!peer)
        return NULL;
    end_request(peer);
    peer->exchange = api_exchange_new(cls, connection, target);
    return peer->exchange ? peer : NULL;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode why)
{
    struct peer *peer = *request;

    (void)cls;
    (void)connection;
    (void)why;
    if (!peer)
        return;
    connection_next(peer->watched);
    end_request(peer);
    *request = NULL;
}

static enum MHD_Result on_accept(void *cls, const struct sockaddr *from, socklen_t len)
{
    struct api *api = cls;

    (void)len;
    return connections_accept(api->connections, from) ? MHD_YES : MHD_NO;
}

static struct peer *peer_new(struct api *api, struct MHD_Connection *connection)
{
    struct peer *peer = calloc(1, sizeof *peer);

    if (!peer)
        return NULL;
    peer->watched = connection_begin(
        api->connections,
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
            ->connect_fd,
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
            ->client_addr);
    return peer;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct peer *peer = *context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = peer_new(cls, connection);
        return;
    }
    if (!peer)
        return;
    end_request(peer);
    connection_end(peer->watched);
    free(peer);
    *context = NULL;
}

static struct MHD_Daemon *start(struct api *api, int fd)
{
    const struct api_options *o = &api->options;
    struct MHD_OptionItem more[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)o->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (o->threads < 2)
        more[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, on_accept, api,
        on_request, api, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK,
        on_target, api, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, api, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections_with_surplus(api->connections),
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->idle_timeout_s,
        MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

int server_open(struct api *api, struct server **out)
{
    struct server *server = calloc(1, sizeof *server);
    int fd = api->options.listen_fd;

    if (!server)
        return -ENOMEM;
    server->listen_fd = -1;
    int rc = fd > 0 ? listener_take(fd) : listener_open(&api->options, &fd);
    if (rc == 0) {
        server->port = listener_port(fd);
        server->daemon = start(api, fd);
        if (!server->daemon) {
            close(fd);
            rc = -EIO;
        }
    }
    if (rc != 0) {
        free(server);
        return rc;
    }
    *out = server;
    return 0;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

void server_quiesce(struct server *server)
{
    server->listen_fd = MHD_quiesce_daemon(server->daemon);
}

void server_close(struct server *server)
{
    if (!server)
        return;
    MHD_stop_daemon(server->daemon);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    free(server);
}
