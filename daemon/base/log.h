/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - one line per event on stderr: key=value, ids first.
 *
 * Under systemd (JOURNAL_STREAM is set) a line starts with its priority as <n>, else
 * with time and priority for people; after log_to_journal() it is an entry of its own,
 * with a field LOCKSTEP_KEY for each key. Never log secrets or payloads.
 */
#pragma once

#include <stdint.h>

enum log_priority {
    LOG_P_ERR = 3,     /* an operator must act: log_alert() */
    LOG_P_WARNING = 4, /* we recovered */
    LOG_P_NOTICE = 5,  /* lifecycle */
    LOG_P_INFO = 6,
    LOG_P_DEBUG = 7, /* off by default */
};

/** What an operator must act on; see systemd/lockstep.catalog. */
enum log_message {
    LOG_M_START_FAILED,
    LOG_M_RELOAD_REFUSED,
    LOG_M_THREAD_HANGS,
    LOG_M_STORE_FULL,
    LOG_M_STORE_FAILED,
    LOG_M_STORE_DAMAGED,
    LOG_M_PROFILES_BROKEN,
    LOG_M_PACKAGE_DAMAGED,
    LOG_M_CAMPAIGN_BRAKED,
    LOG_M_COUNT,
};

/** @return its MESSAGE_ID, 32 hex digits */
const char *log_message_id(enum log_message m);

/** One line of LOG_P_ERR, with the MESSAGE_ID of m. */
void log_alert(enum log_message m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** From now on lines go to the journal's socket at path (NULL: the system's); where
 * there is none they stay on stderr. Once, before there are threads. */
void log_to_journal(const char *path);

/** Lines above max are dropped; LOG_P_NOTICE until set. */
void log_set_priority(enum log_priority max);

enum { LOG_WORD_MAX = 600 };

/** A value that others chose, fit for key=value: in quotes, with \" and \\, if it has
 * anything that could pass for another key. @param out  for the quoted form
 * @return text or out */
const char *log_word(const char *text, char out[LOG_WORD_MAX]);

/** One line; a newline is added. Control characters (C0, DEL, C1) become \xNN. */
void log_line(enum log_priority p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** What a device or client can cause goes through one of these: burst lines at once,
 * then per_minute; what was dropped is counted in the next line. One per thread. */
struct log_limit {
    int64_t window_ms;
    uint32_t used, dropped;
    uint32_t per_minute;
};

void log_limited(struct log_limit *limit, int64_t mono_ms, enum log_priority p,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
