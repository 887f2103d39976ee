/* SPDX-License-Identifier: Apache-2.0 */
/* task_journal.c - see task_journal.h; the keys are letters, as there are many rows. */
#include "campaigns/task_journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLAGS = 7, TIMES = 5 }; /* in the journal */

/* Bits of a part in the journal; never renumber. */
static uint32_t part_bits(const struct task_part *p)
{
    return (uint32_t)p->via | (uint32_t)p->is_accepted << 2 |
           (uint32_t)p->is_delivered << 3 | (uint32_t)p->is_executed << 4 |
           (uint32_t)p->is_counted << 5 | (uint32_t)p->no_pull << 6 |
           (uint32_t)p->was_reset << 7 | (uint32_t)p->was_updating << 8 |
           (uint32_t)p->is_automatic << 9 | (uint32_t)p->was_clean << 10;
}

static void part_from_bits(struct task_part *p, uint32_t bits)
{
    p->via = (uint8_t)(bits & 3) <= VIA_PULL ? (uint8_t)(bits & 3) : VIA_NONE;
    p->is_accepted = bits & 1u << 2;
    p->is_delivered = bits & 1u << 3;
    p->is_executed = bits & 1u << 4;
    p->is_counted = bits & 1u << 5;
    p->no_pull = bits & 1u << 6;
    p->was_reset = bits & 1u << 7;
    p->was_updating = bits & 1u << 8;
    p->is_automatic = bits & 1u << 9;
    p->was_clean = bits & 1u << 10;
}

static uint32_t task_bits(const struct task *t)
{
    return (uint32_t)t->is_started | (uint32_t)t->has_settings << 1 |
           (uint32_t)t->is_acknowledged << 2 | (uint32_t)t->is_away << 3 |
           (uint32_t)t->is_at_risk << 4 | (uint32_t)t->has_executed << 5;
}

/* Text that grows in a buffer; too long sticks. */
struct text {
    char *at;
    size_t left;
    bool is_cut;
};

static void put(struct text *x, const char *text)
{
    size_t len = strlen(text);

    if (len >= x->left) {
        x->is_cut = true;
        return;
    }
    memcpy(x->at, text, len + 1);
    x->at += len;
    x->left -= len;
}

static void put_hex(struct text *x, uint64_t value)
{
    char digits[20];

    snprintf(digits, sizeof digits, "%" PRIx64, value);
    put(x, digits);
}

/* Hexadecimal, with commas between. */
static void put_list(struct text *x, const char *key, const uint64_t *values,
                     size_t count)
{
    put(x, key);
    for (size_t i = 0; i < count; i++) {
        put(x, i ? "," : "");
        put_hex(x, values[i]);
    }
}

static void put_part(struct text *x, const struct task *t, size_t i)
{
    const struct task_part *p = &t->parts[i];
    const uint64_t values[] = {i, part_bits(p), p->result_before, p->stage};

    if (!part_bits(p) && !p->result_before)
        return;
    for (size_t n = 0; n < sizeof values / sizeof values[0]; n++) {
        put_hex(x, values[n]);
        put(x, n < 3 ? "." : ",");
    }
}

static int64_t to_wall(int64_t mono_ms, int64_t offset_ms)
{
    return mono_ms ? mono_ms + offset_ms : 0;
}

int task_journal_print(const struct task *t, int64_t wall_offset_ms, char *out,
                       size_t size)
{
    struct text x = {.at = out, .left = size};
    const uint64_t flags[] = {task_bits(t), t->ending, t->stop,       t->silent,
                              t->resets,    t->code,   t->action_part};
    const int64_t times[TIMES] = {t->progress_ms, t->executed_ms, t->unsure_ms,
                                  t->deferred_ms, t->lost_ms};
    uint64_t tries[RETRY_CLASS_COUNT], walls[TIMES];

    for (size_t i = 0; i < RETRY_CLASS_COUNT; i++)
        tries[i] = t->tries[i];
    for (size_t i = 0; i < TIMES; i++)
        walls[i] = (uint64_t)to_wall(times[i], wall_offset_ms);
    put_list(&x, "f=", flags, sizeof flags / sizeof flags[0]);
    put_list(&x, " t=", tries, RETRY_CLASS_COUNT);
    put_list(&x, " m=", walls, TIMES);
    put(&x, " p=");
    for (size_t i = 0; i < t->part_count; i++)
        put_part(&x, t, i);
    return x.is_cut ? -ENOSPC : (int)(size - x.left);
}

/* Numbers in hexadecimal, separated by commas, up to a blank or the end. */
static bool read_list(const char **at, uint64_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *end;
        out[i] = strtoull(*at, &end, 16);
        if (end == *at || *end != (i + 1 < count ? ',' : ' '))
            return false;
        *at = end + 1;
    }
    return true;
}

static bool read_part(const char **at, struct task *t)
{
    unsigned index, bits, before, stage;
    int len = 0;

    if (sscanf(*at, "%2x.%3x.%2x.%2x,%n", &index, &bits, &before, &stage, &len) != 4 ||
        len == 0 || index >= t->part_count)
        return false;
    part_from_bits(&t->parts[index], bits);
    t->parts[index].result_before = (uint8_t)before;
    t->parts[index].stage = (uint8_t)stage;
    *at += len;
    return true;
}

static bool read_key(const char **at, const char *key)
{
    size_t len = strlen(key);
    bool is_it = strncmp(*at, key, len) == 0;

    *at += is_it ? len : 0;
    return is_it;
}

static void set_flags(struct task *t, const uint64_t *f)
{
    t->is_started = f[0] & 1;
    t->has_settings = f[0] & 2;
    t->is_acknowledged = f[0] & 4;
    t->is_away = f[0] & 8;
    t->is_at_risk = f[0] & 16;
    t->has_executed = f[0] & 32;
    t->ending = (uint8_t)f[1];
    t->stop = (uint8_t)f[2];
    t->silent = (uint8_t)f[3];
    t->resets = (uint8_t)f[4];
    t->code = (uint8_t)f[5];
    t->action_part = (uint8_t)f[6];
}

bool task_journal_is_at_risk(const char *text)
{
    struct task t = {.part_count = TASK_PARTS_MAX};

    return task_journal_parse(text, 0, &t) != 0 || t.is_at_risk;
}

int task_journal_parse(const char *text, int64_t wall_offset_ms, struct task *t)
{
    uint64_t flags[FLAGS], tries[RETRY_CLASS_COUNT], times[TIMES];

    if (*text == '\0')
        return 0;
    if (!read_key(&text, "f=") || !read_list(&text, flags, FLAGS) ||
        !read_key(&text, "t=") || !read_list(&text, tries, RETRY_CLASS_COUNT) ||
        !read_key(&text, "m=") || !read_list(&text, times, TIMES) ||
        !read_key(&text, "p="))
        return TASK_E_JOURNAL;
    if (flags[1] >= TASK_STATE_COUNT || flags[2] >= TASK_STATE_COUNT ||
        flags[6] > TASK_PARTS_MAX)
        return TASK_E_JOURNAL;
    int64_t *const members[] = {&t->progress_ms, &t->executed_ms, &t->unsure_ms,
                                &t->deferred_ms, &t->lost_ms};
    for (size_t i = 0; i < TIMES; i++)
        *members[i] = times[i] ? (int64_t)times[i] - wall_offset_ms : 0;
    set_flags(t, flags);
    for (size_t i = 0; i < RETRY_CLASS_COUNT; i++)
        t->tries[i] = (uint8_t)tries[i];
    while (*text)
        if (!read_part(&text, t))
            return TASK_E_JOURNAL;
    return 0;
}
