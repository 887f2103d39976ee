/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/journal.h"

#include "daemon/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct journal {
    int fd; /* -1: none */
};

int journal_open(const char *path, struct journal **out)
{
    struct journal *j = calloc(1, sizeof(*j));
    if (!j) {
        return -ENOMEM;
    }
    j->fd = -1;
    if (*path &&
        (j->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0) {
        int r = -errno;
        free(j);
        return r;
    }
    *out = j;
    return 0;
}

void journal_close(struct journal *j)
{
    if (j) {
        if (j->fd >= 0) {
            (void)close(j->fd);
        }
        free(j);
    }
}

void journal_line(struct journal *j, const char *device, const char *event,
                  const char *format, ...)
{
    char line[600];
    if (j->fd < 0) {
        return;
    }
    int len = snprintf(line, sizeof(line) - 2, "t=%lld device=%s event=%s ",
                       (long long)clock_wall_ms(), device, event);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + len, sizeof(line) - 2 - (size_t)len, format, args);
    va_end(args);
    len = more < 0 || len + more > (int)sizeof(line) - 3 ? (int)sizeof(line) - 3
                                                         : len + more;
    while (len && line[len - 1] == ' ') {
        len--;
    }
    line[len++] = '\n';
    if (write(j->fd, line, (size_t)len) < 0) { /* one write: lines never mix */
        return;
    }
}
