/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/journal.h"

enum { LINE_BYTES = 2048 };

/* The mutable variables besides signal flags: set at start, read by all threads. */
static atomic_int max_priority = LOG_P_NOTICE;
static atomic_int journal_fd = -1;

void log_to_journal(const char *path)
{
    int fd = journal_connect(path);

    if (fd >= 0)
        atomic_store(&journal_fd, fd);
}

void log_set_priority(enum log_priority max)
{
    atomic_store(&max_priority, (int)max);
}

static bool is_dropped(enum log_priority p)
{
    return (int)p > atomic_load(&max_priority);
}

static const char *priority_word(enum log_priority p)
{
    switch (p) {
    case LOG_P_ERR:
        return "err";
    case LOG_P_WARNING:
        return "warning";
    case LOG_P_NOTICE:
        return "notice";
    case LOG_P_INFO:
        return "info";
    case LOG_P_DEBUG:
        return "debug";
    }
    return "?";
}

static size_t prefix(char *out, size_t size, enum log_priority p)
{
    if (getenv("JOURNAL_STREAM"))
        return (size_t)snprintf(out, size, "<%d>", (int)p);

    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    size_t len = strftime(out, size, "%Y-%m-%d %H:%M:%S ", &tm);
    return len + (size_t)snprintf(out + len, size - len, "%-7s ", priority_word(p));
}

/* Controls of a terminal: C0, DEL, and C1 as UTF-8 has them. */
static bool is_control(const char *text, char before)
{
    unsigned char c = (unsigned char)*text, next = (unsigned char)text[c ? 1 : 0];

    return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next <= 0x9f) ||
           ((unsigned char)before == 0xc2 && c >= 0x80 && c <= 0x9f);
}

/* What cannot be shown on one line of a terminal becomes \xNN. */
static size_t escape(char *out, size_t size, const char *text)
{
    size_t len = 0;
    char before = '\0';

    for (; *text && len + 5 < size; before = *text++) {
        unsigned char c = (unsigned char)*text;
        if (is_control(text, before))
            len += (size_t)snprintf(out + len, size - len, "\\x%02x", c);
        else
            out[len++] = (char)c;
    }
    return len;
}

/* @return false: say it on stderr */
static bool emit_entry(enum log_priority p, const char *id, const char *text)
{
    int fd = atomic_load(&journal_fd);
    char entry[3 * LINE_BYTES], escaped[LINE_BYTES];

    if (fd < 0)
        return false;
    escaped[escape(escaped, sizeof escaped, text)] = '\0';
    size_t len = journal_format(&(struct journal_entry){(int)p, id, escaped}, entry,
                                sizeof entry);
    return send(fd, entry, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static void emit(enum log_priority p, const char *id, const char *text)
{
    char line[LINE_BYTES];

    if (emit_entry(p, id, text))
        return;
    size_t len = prefix(line, sizeof line, p);
    len += escape(line + len, sizeof line - len - 1, text);
    line[len++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, len); /* one write, one line */
    (void)ignored;
}

/* @param dropped  lines that a limit kept back before this one */
static void emit_args(enum log_priority p, uint32_t dropped, const char *format,
                      va_list args)
{
    char text[LINE_BYTES];
    /* clang-tidy does not see that the callers began args. */
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
    int n = vsnprintf(text, sizeof text, format, args);

    if (dropped > 0 && n >= 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, " similar_lines_dropped=%u",
                 dropped);
    emit(p, NULL, text);
}

const char *log_word(const char *text, char out[LOG_WORD_MAX])
{
    static const char plain[] = "-_.:/@+~";
    size_t len = 0, chars = 0;
    bool is_plain = *text != '\0';

    for (const char *c = text; *c && is_plain; c++)
        is_plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                   (*c >= 'A' && *c <= 'Z') || strchr(plain, *c) || (*c & 0x80);
    if (is_plain)
        return text;
    out[len++] = '"';
    for (; text[chars] && len + 4 < LOG_WORD_MAX; chars++) {
        if (text[chars] == '"' || text[chars] == '\\')
            out[len++] = '\\';
        out[len++] = text[chars];
    }
    out[len++] = '"';
    out[len] = '\0';
    return out;
}

void log_line(enum log_priority p, const char *format, ...)
{
    va_list args;

    if (is_dropped(p))
        return;
    va_start(args, format);
    emit_args(p, 0, format, args);
    va_end(args);
}

void log_alert(enum log_message m, const char *format, ...)
{
    char text[LINE_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    emit(LOG_P_ERR, log_message_id(m), text);
}

/* @return true if one more line may be written in this minute */
static bool limit_allows(struct log_limit *limit, int64_t mono_ms)
{
    if (limit->used == 0 || mono_ms - limit->window_ms >= 60000) {
        limit->window_ms = mono_ms;
        limit->used = 0;
    }
    if (limit->used >= limit->per_minute) {
        limit->dropped++;
        return false;
    }
    limit->used++;
    return true;
}

void log_limited(struct log_limit *limit, int64_t mono_ms, enum log_priority p,
                 const char *format, ...)
{
    va_list args;

    if (is_dropped(p) || !limit_allows(limit, mono_ms))
        return;
    va_start(args, format);
    emit_args(p, limit->dropped, format, args);
    va_end(args);
    limit->dropped = 0;
}
