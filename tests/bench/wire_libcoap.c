/* SPDX-License-Identifier: Apache-2.0 */
/* wire_libcoap.c - the same package served by libcoap's own server. */
#include <arpa/inet.h>
#include <coap3/coap.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/wire.h"

static const uint8_t *body;

static void get(coap_resource_t *resource, coap_session_t *session,
                const coap_pdu_t *request, const coap_string_t *query,
                coap_pdu_t *response)
{
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    coap_add_data_large_response(resource, session, request, response, query,
                                 COAP_MEDIATYPE_APPLICATION_OCTET_STREAM, 86400, 1,
                                 BENCH_PACKAGE_BYTES, body, NULL, NULL);
}

static uint16_t free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&at, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        abort();
    close(fd);
    return ntohs(at.sin_port);
}

void serve_libcoap(int pipe_fd, const uint8_t *package)
{
    coap_address_t at;
    uint16_t port = free_port();
    body = package;
    coap_startup();
    coap_address_init(&at);
    at.addr.sin.sin_family = AF_INET;
    at.addr.sin.sin_port = htons(port);
    at.addr.sin.sin_addr.s_addr = htonl(0x7f000001);
    coap_context_t *context = coap_new_context(NULL);
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP);
    if (!coap_new_endpoint(context, &at, COAP_PROTO_UDP))
        abort();
    coap_resource_t *r = coap_resource_init(coap_make_str_const("p/" BENCH_DIGEST), 0);
    coap_register_request_handler(r, COAP_REQUEST_GET, get);
    coap_add_resource(context, r);
    if (write(pipe_fd, &port, sizeof port) != sizeof port)
        abort();
    for (;;)
        coap_io_process(context, COAP_IO_WAIT);
}
