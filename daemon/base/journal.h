/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - the native protocol of systemd-journald: an entry is a datagram of
 * FIELD=value lines (systemd.io/JOURNAL_NATIVE_PROTOCOL). Internal to daemon/base/.
 */
#pragma once

#include <stddef.h>

/** What is in an entry besides the fields that its text has. */
struct journal_entry {
    int priority;           /* of syslog */
    const char *message_id; /* NULL: none */
    const char *text;       /* without control characters; "key=value key=\"va lue\"" */
};

/** Write the entry; what does not fit is left out by whole fields.
 * @return its bytes, without a NUL */
size_t journal_format(const struct journal_entry *entry, char *out, size_t size);

/** @param path  NULL: that of the system. @return a descriptor, -errno */
[[nodiscard]] int journal_connect(const char *path);
