/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/request.h"
#include "campaigns/names.h"
#include "store/digest.h"

enum { ASKERS_MAX = 16, ANSWER_S = 30, FIELDS_MAX = 5 };

struct asker {
    struct sockaddr_un from;
    socklen_t len; /* 0: free */
};

struct control {
    const struct command_port *port;
    int fd;
    struct asker askers[ASKERS_MAX];
};

static int address_of(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out->sun_path)
        return -ENAMETOOLONG;
    strcpy(out->sun_path, path);
    return 0;
}

int control_open(const char *path, const struct command_port *port,
                 struct control **out)
{
    struct sockaddr_un at;
    struct control *c = calloc(1, sizeof *c);
    int rc = c ? address_of(path, &at) : -ENOMEM;

    if (rc == 0) {
        c->port = port;
        unlink(path); /* of one that was killed */
        c->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        rc = c->fd < 0 ? -errno : 0;
    }
    if (rc == 0 && bind(c->fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        rc = -errno;
        close(c->fd);
    }
    if (rc != 0) {
        free(c);
        return rc;
    }
    *out = c;
    return 0;
}

void control_close(struct control *c)
{
    if (!c)
        return;
    close(c->fd);
    free(c);
}

int control_fd(const struct control *c)
{
    return c->fd;
}

/* ---- requests ---- */

/* @return how many fields there are; FIELDS_MAX + 1 if too many */
static size_t split(char *text, char *fields[FIELDS_MAX])
{
    size_t count = 0;

    for (char *next = text; next; count++) {
        char *field = strsep(&next, "\n");
        if (count == FIELDS_MAX)
            return FIELDS_MAX + 1;
        fields[count] = field;
    }
    return count;
}

static const char *fill_token(struct command *c, char *const fields[FIELDS_MAX])
{
    char *end;

    if (names_is_of_server(fields[1]))
        return "the server itself goes by this name";
    if (role_from_name(fields[2]) == ROLE_ANYONE)
        return "a role is viewer, operator, approver or admin";
    errno = 0;
    c->token.expires_ms = strtoll(fields[3], &end, 10);
    if (errno != 0 || *end || end == fields[3] || c->token.expires_ms < 0)
        return "the time of expiry is none";
    if (digest_from_hex(fields[4], c->token.hash) != 0)
        return "the digest is none";
    snprintf(c->token.role, sizeof c->token.role, "%s", fields[2]);
    return NULL;
}

struct command *control_read(char *request, const char **why)
{
    char *fields[FIELDS_MAX] = {0};
    size_t count = split(request, fields);
    bool is_create = count == 5 && strcmp(fields[0], "token-create") == 0;
    bool is_revoke = count == 2 && strcmp(fields[0], "token-revoke") == 0;

    *why = "no such command";
    if (!is_create && !is_revoke)
        return NULL;
    *why = "a name " NAMES_RULE;
    if (!names_is_valid(fields[1]))
        return NULL;
    *why = "no memory";
    struct command *c =
        command_new(is_create ? COMMAND_TOKEN_CREATE : COMMAND_TOKEN_REVOKE, "local");
    if (!c)
        return NULL;
    snprintf(c->token.name, sizeof c->token.name, "%s", fields[1]);
    *why = is_create ? fill_token(c, fields) : NULL;
    if (!*why)
        return c;
    command_free(c);
    return NULL;
}

static void tell(const struct control *c, const struct asker *to, const char *answer)
{
    /* Who does not wait for the answer does without. */
    (void)!sendto(c->fd, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL,
                  (const struct sockaddr *)&to->from, to->len);
}

static void on_result(void *arg, uint64_t ticket, const struct command_result *result)
{
    struct control *c = arg;
    struct asker *to = &c->askers[ticket];
    bool is_done = result->status == COMMAND_DONE || result->status == COMMAND_ALREADY;

    if (is_done)
        tell(c, to, "done");
    else if (result->status == COMMAND_NOT_FOUND)
        tell(c, to, "there is no such token");
    else
        tell(c, to, result->detail[0] ? result->detail : "refused");
    to->len = 0;
}

static void take(struct control *c, char *request, const struct asker *from)
{
    const char *why;
    size_t slot = 0;

    while (slot < ASKERS_MAX && c->askers[slot].len != 0)
        slot++;
    struct command *command = slot < ASKERS_MAX ? control_read(request, &why) : NULL;
    if (!command) {
        tell(c, from, slot < ASKERS_MAX ? why : "too many ask at once");
        return;
    }
    command->done = on_result;
    command->done_arg = c;
    c->askers[slot] = *from;
    if (c->port->submit(c->port->self, command, slot) == 0)
        return;
    c->askers[slot].len = 0;
    command_free(command);
    tell(c, from, "too much to do: try again");
}

void control_drain(struct control *c)
{
    char request[CONTROL_MESSAGE_MAX];

    for (int i = 0; i < ASKERS_MAX; i++) {
        struct asker from = {.len = sizeof from.from};
        ssize_t n = recvfrom(c->fd, request, sizeof request - 1, MSG_DONTWAIT,
                             (struct sockaddr *)&from.from, &from.len);
        if (n < 0)
            return;
        request[n] = '\0';
        if (from.len > sizeof(sa_family_t)) /* else nobody could be answered */
            take(c, request, &from);
    }
}

/* ---- who asks ---- */

/* A socket with a name of its own, that the kernel chooses, for the answer. */
static int dial(const struct sockaddr_un *to)
{
    const struct timeval patience = {.tv_sec = ANSWER_S};
    struct sockaddr_un self = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (bind(fd, (const struct sockaddr *)&self, sizeof self.sun_family) != 0 ||
        connect(fd, (const struct sockaddr *)to, sizeof *to) != 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

int control_ask(const char *path, const char *request, char *answer, size_t size)
{
    struct sockaddr_un to;
    int rc = address_of(path, &to);
    int fd = rc == 0 ? dial(&to) : rc;

    if (fd < 0)
        return fd;
    ssize_t n = send(fd, request, strlen(request), MSG_NOSIGNAL);
    if (n >= 0)
        n = recv(fd, answer, size - 1, 0);
    rc = n < 0 ? -errno : 0;
    close(fd);
    if (rc == 0)
        answer[n] = '\0';
    return rc;
}
