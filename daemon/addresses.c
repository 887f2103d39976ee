/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

int address_try(const struct config_address *a, int type)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(a->port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(a->port)};
    int on = 1;

    inet_pton(AF_INET6, a->host, &v6.sin6_addr);
    inet_pton(AF_INET, a->host, &v4.sin_addr);
    int fd = socket(a->is_ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (type == SOCK_STREAM) /* as the daemon does: what is closing does not count */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int rc = a->is_ipv6 ? bind(fd, (const struct sockaddr *)&v6, sizeof v6)
                        : bind(fd, (const struct sockaddr *)&v4, sizeof v4);
    rc = rc != 0 ? -errno : 0;
    close(fd);
    return rc;
}
