/* SPDX-License-Identifier: Apache-2.0 */
/* first_token.c - a start without an admin token that still works (a new installation;
 * the last one was revoked or has expired) makes one, in a file of mode 0600;
 * or it takes the one that the service manager hands over (LoadCredential=).
 */
#include "daemon/first_token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/random.h"
#include "daemon/core_internal.h"
#include "store/digest.h"
#include "store/tokens.h"

enum { SECRET_BYTES = 24, SECRET_MIN = 16, SECRET_MAX = 256 };

static int has_admin(struct core *core, bool *out)
{
    enum { ROWS = 32 };
    struct token_row rows[ROWS];
    struct page page = {.limit = ROWS};

    *out = false;
    do {
        int rc = store_token_page(core->reader, rows, &page);
        if (rc != 0)
            return rc;
        for (size_t i = 0; i < page.count; i++)
            *out |= strcmp(rows[i].role, "admin") == 0 &&
                    (rows[i].expires_ms == 0 || rows[i].expires_ms > core->now.wall_ms);
        page.after = page.next;
    } while (page.next != 0 && !*out);
    return 0;
}

static void make_secret(char *out)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[SECRET_BYTES];

    random_fill(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

static int write_file(const char *path, const char *secret)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int rc = 0;

    if (fd < 0)
        return -errno;
    if (fchmod(fd, 0600) != 0 || dprintf(fd, "%s\n", secret) < 0 || fsync(fd) != 0)
        rc = -errno;
    if (close(fd) != 0 && rc == 0)
        rc = -errno;
    return rc;
}

static bool is_secret(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return len >= SECRET_MIN;
}

/* One line of at least SECRET_MIN characters. @return 0, -ENOENT, -EINVAL, -errno */
static int read_credential(const char *path, char *secret, size_t size)
{
    FILE *file = path ? fopen(path, "re") : NULL;

    if (!file)
        return path ? -errno : -ENOENT;
    size_t len = fread(secret, 1, size - 1, file);
    fclose(file);
    secret[len] = '\0';
    secret[strcspn(secret, "\r\n")] = '\0';
    return is_secret(secret) && len < size - 1 ? 0 : -EINVAL;
}

/* @param from  who gives it */
static void put_admin(struct core *core, struct token_row *row, const char *from)
{
    struct event_row event = {.at_ms = core->now.wall_ms,
                              .kind = "token",
                              .name = "created",
                              .body = "{\"id\":\"admin\"}"};
    size_t index;

    snprintf(row->name, sizeof row->name, "admin");
    snprintf(row->role, sizeof row->role, "admin");
    snprintf(row->created_by, sizeof row->created_by, "%s", from);
    snprintf(event.actor, sizeof event.actor, "%s", from);
    row->created_ms = core->now.wall_ms;
    /* one that has expired, or was given at another start */
    core_put(core, &(struct change){.kind = CHANGE_TOKEN_DELETE, .name = row->name},
             NULL);
    if (core_put(core, &(struct change){.kind = CHANGE_TOKEN_ADD, .token = row},
                 &index))
        core_put(core,
                 &(struct change){
                     .kind = CHANGE_EVENT_ADD, .needs = index + 1, .event = &event},
                 NULL);
}

/* The service manager has given us the token: it is the admin's, at every start.
 * @return 0, 1: it has given none, -errno */
static int take_credential(struct core *core)
{
    char secret[SECRET_MAX];
    struct token_row row = {0}, known;

    int rc = read_credential(core->credential_path, secret, sizeof secret);
    if (rc == -EACCES) /* systemd leaves us an empty folder of root's, in containers */
        log_line(LOG_P_WARNING, "credential=unreadable file=%s", core->credential_path);
    if (rc != 0)
        return rc == -ENOENT || rc == -EACCES ? 1 : rc;
    digest_of(secret, strlen(secret), row.hash);
    explicit_bzero(secret, sizeof secret);
    rc = store_token_by_hash(core->reader, row.hash, &known);
    if (rc == STORE_E_NOT_FOUND) {
        put_admin(core, &row, "credential");
        log_line(LOG_P_NOTICE, "token=admin from=credential");
    }
    return rc < 0 ? rc : core->failure;
}

int first_token_make(struct core *core)
{
    char secret[2 * SECRET_BYTES + 1];
    struct token_row row = {0};
    bool has = false;

    int rc = take_credential(core);
    if (rc <= 0)
        return rc;
    rc = has_admin(core, &has);
    if (rc != 0 || has)
        return rc;
    make_secret(secret);
    digest_of(secret, strlen(secret), row.hash);
    rc = write_file(core->token_path, secret);
    if (rc != 0)
        return rc;
    /* Not durable yet: after a crash now there is again no token, and a new file. */
    put_admin(core, &row, "system");
    log_line(LOG_P_NOTICE, "token=admin file=%s", core->token_path);
    return core->failure;
}
