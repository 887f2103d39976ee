/* SPDX-License-Identifier: Apache-2.0 */
/* port.c - one UDP socket: binding, addresses in control messages, ICMP errors.
 *
 * Every datagram comes with the address it was sent to (IP_PKTINFO, IPV6_PKTINFO), and
 * the answer names it again, so that a host with several addresses answers from the one
 * that was asked.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "daemon/wire/wire_internal.h"

static socklen_t to_sockaddr(const struct net_address *a, struct sockaddr_storage *out)
{
    if (a->family == NET_V4) {
        struct sockaddr_in *in = (struct sockaddr_in *)out;
        *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(a->port)};
        memcpy(&in->sin_addr, a->ip, 4);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
    *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                 .sin6_port = htons(a->port),
                                 .sin6_scope_id = a->scope};
    memcpy(&in6->sin6_addr, a->ip, 16);
    return sizeof *in6;
}

static bool is_link_local(const struct net_address *a)
{
    return a->family == NET_V6 && a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

static bool from_sockaddr(const struct sockaddr_storage *s, struct net_address *out)
{
    *out = (struct net_address){.family = NET_NONE};
    if (s->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)s;
        memcpy(out->ip, &in->sin_addr, 4);
        out->port = ntohs(in->sin_port);
        out->family = NET_V4;
    } else if (s->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)s;
        memcpy(out->ip, &in6->sin6_addr, 16);
        out->port = ntohs(in6->sin6_port);
        out->family = NET_V6;
        out->scope = is_link_local(out) ? in6->sin6_scope_id : 0;
    }
    return out->family != NET_NONE && out->port != 0;
}

static int set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value);
}

static int set_options(int fd, const struct wire_options *options, uint8_t family)
{
    int rc = 0;
    if (family == NET_V6) {
        rc |= set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        rc |= set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        rc |= set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    } else {
        rc |= set(fd, IPPROTO_IP, IP_PKTINFO, 1);
        rc |= set(fd, IPPROTO_IP, IP_RECVERR, 1);
    }
    if (options->receive_buffer_bytes > 0)
        rc |= set(fd, SOL_SOCKET, SO_RCVBUF, options->receive_buffer_bytes);
    return rc == 0 ? 0 : -errno;
}

static int bind_socket(struct port *p, const struct wire_options *options)
{
    struct sockaddr_storage name;
    socklen_t len = to_sockaddr(&p->bound, &name);
    int rc = set_options(p->fd, options, p->bound.family);
    if (rc != 0)
        return rc;
    if (bind(p->fd, (struct sockaddr *)&name, len) != 0)
        return -errno;
    len = sizeof name;
    if (getsockname(p->fd, (struct sockaddr *)&name, &len) != 0)
        return -errno;
    from_sockaddr(&name, &p->bound);
    return 0;
}

int port_open(const struct wire_options *options, const struct net_address *bind,
              struct port *out)
{
    int family = bind->family == NET_V6 ? AF_INET6 : AF_INET;
    struct port p = {.bound = *bind, .is_any = net_address_is_any(bind)};
    p.fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (p.fd < 0)
        return -errno;
    int rc = bind_socket(&p, options);
    if (rc != 0) {
        close(p.fd);
        return rc;
    }
    *out = p;
    return 0;
}

void port_close(struct port *p)
{
    close(p->fd);
}

size_t port_receive(const struct port *p, struct batch *b)
{
    for (size_t i = 0; i < BATCH; i++) {
        b->pieces[i][0] = (struct iovec){b->bytes[i], DATAGRAM_MAX};
        b->headers[i].msg_hdr = (struct msghdr){
            .msg_name = &b->names[i],
            .msg_namelen = sizeof b->names[i],
            .msg_iov = b->pieces[i],
            .msg_iovlen = 1,
            .msg_control = b->controls[i],
            .msg_controllen = CONTROL_MAX,
        };
    }
    int count = recvmmsg(p->fd, b->headers, BATCH, MSG_DONTWAIT, NULL);
    if (count < 0 && errno != EAGAIN) /* an ICMP error, reported once */
        count = recvmmsg(p->fd, b->headers, BATCH, MSG_DONTWAIT, NULL);
    return count > 0 ? (size_t)count : 0;
}

static void take_local(const struct cmsghdr *c, struct net_address *local)
{
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        memcpy(local->ip, &info.ipi_spec_dst, 4);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        memcpy(local->ip, &info.ipi6_addr, 16);
        local->scope = is_link_local(local) ? info.ipi6_ifindex : 0;
    }
}

bool port_peer(const struct port *p, const struct batch *b, size_t i,
               struct coap_peer *out)
{
    struct msghdr *h = (struct msghdr *)&b->headers[i].msg_hdr;
    out->local = p->bound;
    if (h->msg_flags & MSG_TRUNC || !from_sockaddr(&b->names[i], &out->remote))
        return false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); p->is_any && c; c = CMSG_NXTHDR(h, c))
        take_local(c, &out->local);
    return true;
}

static void put_control(struct msghdr *h, int level, int type, const void *value,
                        size_t len)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(len);
    memcpy(CMSG_DATA(c), value, len);
    h->msg_controllen = CMSG_SPACE(len);
}

static void put_local(struct msghdr *h, const struct net_address *local)
{
    if (local->family == NET_V4) {
        struct in_pktinfo info = {.ipi_ifindex = 0};
        memcpy(&info.ipi_spec_dst, local->ip, 4);
        put_control(h, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    } else {
        struct in6_pktinfo info = {.ipi6_ifindex = local->scope};
        memcpy(&info.ipi6_addr, local->ip, 16);
        put_control(h, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
}

void port_address(const struct port *p, struct batch *b, size_t i,
                  const struct coap_peer *peer)
{
    struct msghdr *h = &b->headers[i].msg_hdr;
    *h = (struct msghdr){
        .msg_name = &b->names[i],
        .msg_namelen = to_sockaddr(&peer->remote, &b->names[i]),
        .msg_iov = b->pieces[i],
        .msg_control = b->controls[i],
        .msg_controllen = CONTROL_MAX,
    };
    if (p->is_any && !net_address_is_any(&peer->local)) {
        memset(b->controls[i], 0, CONTROL_MAX);
        put_local(h, &peer->local);
    } else {
        h->msg_control = NULL;
        h->msg_controllen = 0;
    }
}

bool port_error(const struct port *p, struct coap_peer *out)
{
    uint8_t byte;
    struct sockaddr_storage name;
    _Alignas(struct cmsghdr) uint8_t control[512];
    struct iovec piece = {&byte, sizeof byte};
    struct msghdr h = {.msg_name = &name,
                       .msg_namelen = sizeof name,
                       .msg_iov = &piece,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    if (recvmsg(p->fd, &h, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    out->local = p->bound;
    if (!from_sockaddr(&name, &out->remote))
        out->remote.family = NET_NONE;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); p->is_any && c; c = CMSG_NXTHDR(&h, c))
        take_local(c, &out->local);
    return true;
}
