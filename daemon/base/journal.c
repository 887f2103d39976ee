/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/journal.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { KEY_MAX = 32 };

struct writer {
    char *out;
    size_t size, len;
};

/* NAME=value, or nothing if it does not fit. */
static void put_field(struct writer *w, const char *name, const char *value, size_t len)
{
    size_t name_len = strlen(name);

    if (name_len + len + 2 > w->size - w->len)
        return;
    memcpy(w->out + w->len, name, name_len);
    w->len += name_len;
    w->out[w->len++] = '=';
    memcpy(w->out + w->len, value, len);
    w->len += len;
    w->out[w->len++] = '\n';
}

/* @return length of the key that text begins with, 0 if there is none */
static size_t key_length(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return len > 0 && len <= KEY_MAX && islower((unsigned char)text[0]) &&
                   text[len] == '='
               ? len
               : 0;
}

static bool is_escape(const char *text)
{
    return *text == '\\' && (text[1] == '"' || text[1] == '\\');
}

/* A quoted value without its quotes. @return what follows it */
static const char *take_quoted(const char *text, char *value, size_t size, size_t *len)
{
    *len = 0;
    for (text++; *text && *text != '"'; text++) {
        text += is_escape(text);
        if (*len < size)
            value[(*len)++] = *text;
    }
    return *text ? text + 1 : text;
}

/* Keys are ASCII; toupper() heeds the locale. */
static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static const char *put_pair(struct writer *w, const char *text, size_t key_len)
{
    char name[sizeof "LOCKSTEP_" + KEY_MAX] = "LOCKSTEP_", value[1024];
    size_t prefix = strlen(name), len;

    for (size_t i = 0; i < key_len; i++)
        name[prefix + i] = upper(text[i]);
    name[prefix + key_len] = '\0';
    text += key_len + 1;
    if (*text == '"') {
        text = take_quoted(text, value, sizeof value, &len);
        put_field(w, name, value, len);
        return text;
    }
    len = strcspn(text, " ");
    put_field(w, name, text, len);
    return text + len;
}

size_t journal_format(const struct journal_entry *entry, char *out, size_t size)
{
    struct writer w = {out, size, 0};
    char priority[12];
    int n = snprintf(priority, sizeof priority, "%d", entry->priority);

    put_field(&w, "MESSAGE", entry->text, strlen(entry->text));
    put_field(&w, "PRIORITY", priority, (size_t)n);
    put_field(&w, "SYSLOG_IDENTIFIER", "lockstepd", strlen("lockstepd"));
    if (entry->message_id)
        put_field(&w, "MESSAGE_ID", entry->message_id, strlen(entry->message_id));
    for (const char *at = entry->text; *at;) {
        size_t key_len = key_length(at);
        at = key_len > 0 ? put_pair(&w, at, key_len) : at + strcspn(at, " ");
        at += strspn(at, " ");
    }
    return w.len;
}

int journal_connect(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    if (!path)
        path = "/run/systemd/journal/socket";
    if (strlen(path) >= sizeof to.sun_path)
        return -ENAMETOOLONG;
    strcpy(to.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}
