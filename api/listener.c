/* SPDX-License-Identifier: Apache-2.0 */
#include "api/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 256 };

struct place {
    struct sockaddr_storage address;
    socklen_t len;
};

static int place_of_path(const char *path, struct place *out)
{
    struct sockaddr_un *local = (struct sockaddr_un *)&out->address;

    if (strlen(path) >= sizeof local->sun_path)
        return -ENAMETOOLONG;
    local->sun_family = AF_UNIX;
    strcpy(local->sun_path, path);
    out->len = sizeof *local;
    return 0;
}

static int place_of(const struct api_options *options, struct place *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;

    memset(out, 0, sizeof *out);
    if (options->socket_path)
        return place_of_path(options->socket_path, out);
    if (inet_pton(AF_INET, options->bind_address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(options->port);
        out->len = sizeof *v4;
        return 0;
    }
    if (inet_pton(AF_INET6, options->bind_address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(options->port);
        out->len = sizeof *v6;
        return 0;
    }
    return -EINVAL;
}

/* A daemon that was killed leaves its socket; one that is served is not touched. */
static void remove_stale(const struct place *place)
{
    const struct sockaddr *address = (const struct sockaddr *)&place->address;
    const char *path = ((const struct sockaddr_un *)address)->sun_path;
    struct stat st;

    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, address, place->len) != 0 && errno == ECONNREFUSED)
        unlink(path);
    close(fd);
}

static int listen_at(int fd, const struct place *place,
                     const struct api_options *options)
{
    bool is_local = place->address.ss_family == AF_UNIX;
    int on = 1, rc = 0;

    if (is_local) {
        remove_stale(place);
        fchmod(fd, 0600);
    } else {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (bind(fd, (const struct sockaddr *)&place->address, place->len) != 0)
        return -errno;
    if (is_local)
        rc = chmod(options->socket_path, 0660);
    return rc != 0 || listen(fd, BACKLOG) != 0 ? -errno : 0;
}

int listener_open(const struct api_options *options, int *out)
{
    struct place place;

    int rc = place_of(options, &place);
    if (rc != 0)
        return rc;
    int fd =
        socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    rc = listen_at(fd, &place, options);
    if (rc != 0) {
        close(fd);
        return rc;
    }
    *out = fd;
    return 0;
}

/* libmicrohttpd accepts until nobody is left. */
int listener_take(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ? -errno : 0;
}

uint16_t listener_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
        (address.ss_family != AF_INET && address.ss_family != AF_INET6))
        return 0;
    /* sin_port and sin6_port are at the same place. */
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}
