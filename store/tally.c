/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tally.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/sizes.h"
#include "store/store_internal.h"

enum tally_what {
    TALLY_DEVICE,
    TALLY_REGISTRATION,
    TALLY_VERSION,
    TALLY_TASK,
    TALLY_COMPONENT,
    TALLY_REASON,
    TALLY_BYTES,
    TALLY_ROLLUP,
    TALLY_COUNT,
};

/* How a sum is written, and what it is of besides a word. */
static const struct {
    enum query_id query;
    bool has_word, has_campaign, has_key, has_minute;
} kinds[TALLY_COUNT] = {
    [TALLY_DEVICE] = {Q_TALLY_DEVICE, true, false, false, false},
    [TALLY_REGISTRATION] = {Q_TALLY_REGISTRATION, false, false, false, true},
    [TALLY_VERSION] = {Q_TALLY_VERSION, true, false, true, false},
    [TALLY_TASK] = {Q_TALLY_TASK, true, true, true, false},
    [TALLY_COMPONENT] = {Q_TALLY_COMPONENT, true, true, true, false},
    [TALLY_REASON] = {Q_TALLY_REASON, true, true, true, false},
    [TALLY_BYTES] = {Q_TALLY_BYTES, true, true, false, false},
    [TALLY_ROLLUP] = {Q_TALLY_ROLLUP, true, true, true, true},
};

struct entry {
    int64_t campaign_id, minute, n;
    uint32_t hash;
    enum tally_what what;
    char key[STORE_NAME_MAX + 1];
    char word[STORE_NAME_MAX + 1]; /* a state, or a version */
};

struct tally {
    struct entry *entries;
    size_t count, room;
    uint32_t *slots; /* index of an entry + 1, 0 is free; twice room, a power of 2 */
    uint64_t marks;
    int err; /* 0, or why something is not in here */
};

static uint32_t hash_more(uint32_t hash, const void *bytes, size_t len)
{
    for (const uint8_t *at = bytes; len > 0; len--)
        hash = (hash ^ *at++) * 16777619U; /* FNV-1a */
    return hash;
}

static uint32_t hash_of(const struct entry *e)
{
    uint32_t hash = hash_more(2166136261U, &e->campaign_id, sizeof e->campaign_id);

    hash = hash_more(hash, &e->minute, sizeof e->minute);
    hash = hash_more(hash, &e->what, sizeof e->what);
    hash = hash_more(hash, e->key, strlen(e->key) + 1);
    return hash_more(hash, e->word, strlen(e->word));
}

static bool is_same(const struct entry *a, const struct entry *b)
{
    return a->hash == b->hash && a->what == b->what &&
           a->campaign_id == b->campaign_id && a->minute == b->minute &&
           strcmp(a->key, b->key) == 0 && strcmp(a->word, b->word) == 0;
}

/* @return the slot of e, or the free one where it belongs */
static uint32_t *find_slot(const struct tally *t, const struct entry *e)
{
    size_t mask = 2 * t->room - 1;

    for (size_t at = e->hash & mask;; at = (at + 1) & mask)
        if (t->slots[at] == 0 || is_same(&t->entries[t->slots[at] - 1], e))
            return &t->slots[at];
}

static int make_room(struct tally *t)
{
    if (t->count < t->room)
        return 0;
    size_t room = t->room ? t->room * 2 : 64;
    struct entry *entries = realloc(t->entries, room * sizeof *entries);
    if (!entries)
        return -ENOMEM;
    t->entries = entries;
    uint32_t *slots = calloc(2 * room, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(t->slots);
    t->slots = slots;
    t->room = room;
    for (uint32_t i = 0; i < t->count; i++)
        *find_slot(t, &t->entries[i]) = i + 1;
    return 0;
}

static int add(struct tally *t, struct entry *e)
{
    int rc = make_room(t);
    if (rc != 0)
        return rc;
    e->hash = hash_of(e);
    uint32_t *slot = find_slot(t, e);
    if (*slot == 0) {
        t->entries[t->count] = *e;
        *slot = (uint32_t)++t->count;
    } else {
        t->entries[*slot - 1].n += e->n;
    }
    t->marks++;
    return 0;
}

/* ---- rows, as they are before (old) or after (new) a write ---- */

/* Where the columns stand in schema.sql. */
enum {
    DEVICE_STATE = 2,
    DEVICE_REGISTERED_MS = 14,
    VERSION_COMPONENT = 1,
    VERSION_VERSION = 5,
    TASK_CAMPAIGN_ID = 1,
    TASK_STATE = 6,
    TASK_IS_ACTIVE = 7,
    TASK_WAITING_FOR = 8,
    TASK_SINCE_MS = 9,
    TASK_REASON = 15,
    COMPONENT_NAME = 1,
    COMPONENT_CAMPAIGN_ID = 2,
    COMPONENT_STATE = 5,
    COMPONENT_TOTAL_BYTES = 11,
    COMPONENT_SENT_BYTES = 12,
    COMPONENT_UPDATED_MS = 15,
};

enum { MINUTE_MS = 60000 };

/* An old row counts -1, a new one 1. */
struct side {
    struct tally *tally;
    sqlite3 *db;
    int (*value)(sqlite3 *db, int column, sqlite3_value **out);
    int64_t sign;
    int64_t minute; /* of the new row, for both */
};

static sqlite3_value *value_of(const struct side *s, int column)
{
    sqlite3_value *value = NULL;

    if (s->value(s->db, column, &value) != SQLITE_OK)
        s->tally->err = -ENOMEM;
    return value;
}

static int64_t number_of(const struct side *s, int column)
{
    sqlite3_value *value = value_of(s, column);

    return value ? sqlite3_value_int64(value) : 0;
}

static void text_of(const struct side *s, int column, char *out, size_t size)
{
    sqlite3_value *value = value_of(s, column);
    const unsigned char *text = value ? sqlite3_value_text(value) : NULL;
    size_t len = text ? (size_t)sqlite3_value_bytes(value) : 0;

    if (len >= size) {
        s->tally->err = -EMSGSIZE;
        len = 0;
    }
    if (len > 0)
        memcpy(out, text, len);
    out[len] = '\0';
}

static void count(const struct side *s, struct entry *e, enum tally_what what,
                  int64_t n)
{
    e->what = what;
    e->n = s->sign * n;
    e->minute = kinds[what].has_minute ? s->minute : 0;
    if (e->n != 0 && s->tally->err == 0)
        s->tally->err = add(s->tally, e);
}

static void count_device(const struct side *s)
{
    struct entry e = {0};

    text_of(s, DEVICE_STATE, e.word, sizeof e.word);
    count(s, &e, TALLY_DEVICE, 1);
}

/* A component as a device reports it. */
static void count_version(const struct side *s)
{
    struct entry e = {0};

    text_of(s, VERSION_COMPONENT, e.key, sizeof e.key);
    text_of(s, VERSION_VERSION, e.word, sizeof e.word);
    count(s, &e, TALLY_VERSION, 1);
}

/* A new time of registering is a registration; was is NULL for a new device. */
static void count_registration(const struct side *was, const struct side *is)
{
    int64_t at_ms = number_of(is, DEVICE_REGISTERED_MS);
    struct entry e = {0};

    if (at_ms > 0 && (!was || number_of(was, DEVICE_REGISTERED_MS) != at_ms))
        count(is, &e, TALLY_REGISTRATION, 1);
}

static void count_task(const struct side *s)
{
    struct entry e = {.campaign_id = number_of(s, TASK_CAMPAIGN_ID)};

    text_of(s, TASK_STATE, e.word, sizeof e.word);
    count(s, &e, TALLY_ROLLUP, 1);
    text_of(s, TASK_WAITING_FOR, e.key, sizeof e.key);
    count(s, &e, TALLY_TASK, 1);
    text_of(s, TASK_REASON, e.key, sizeof e.key);
    bool has_ended = !number_of(s, TASK_IS_ACTIVE) && strcmp(e.word, "waiting") != 0;
    count(s, &e, TALLY_REASON, has_ended && e.key[0] != '\0');
}

static void count_component(const struct side *s)
{
    struct entry e = {.campaign_id = number_of(s, COMPONENT_CAMPAIGN_ID)};

    text_of(s, COMPONENT_STATE, e.word, sizeof e.word);
    text_of(s, COMPONENT_NAME, e.key, sizeof e.key);
    count(s, &e, TALLY_COMPONENT, 1);
    count(s, &e, TALLY_ROLLUP, 1);
    e.key[0] = '\0';
    strcpy(e.word, "total");
    count(s, &e, TALLY_BYTES, number_of(s, COMPONENT_TOTAL_BYTES));
    strcpy(e.word, "sent");
    count(s, &e, TALLY_BYTES, number_of(s, COMPONENT_SENT_BYTES));
}

static const struct counted {
    const char *table;
    void (*count)(const struct side *s);
    void (*count_change)(const struct side *was, const struct side *is);
    int time; /* column that says in which minute it changed; -1: none */
} counted[] = {
    {"device", count_device, count_registration, DEVICE_REGISTERED_MS},
    {"component", count_version, NULL, -1},
    {"task", count_task, NULL, TASK_SINCE_MS},
    {"task_component", count_component, NULL, COMPONENT_UPDATED_MS},
};

static void count_row(const struct counted *c, struct tally *t, sqlite3 *db, int op)
{
    struct side was = {t, db, sqlite3_preupdate_old, -1, 0};
    struct side is = {t, db, sqlite3_preupdate_new, 1, 0};

    if (op != SQLITE_DELETE && c->time >= 0)
        was.minute = is.minute = number_of(&is, c->time) / MINUTE_MS;
    if (op != SQLITE_INSERT)
        c->count(&was);
    if (op != SQLITE_DELETE)
        c->count(&is);
    if (op != SQLITE_DELETE && c->count_change)
        c->count_change(op == SQLITE_UPDATE ? &was : NULL, &is);
}

/* Not a trigger that calls a function: for each row of a statement that could fail in
 * there SQLite keeps copies of the pages, at half the cost of an insert. */
// NOLINTNEXTLINE(readability-function-size): the parameters are SQLite's
static void before_write(void *arg, sqlite3 *db, int op, const char *schema,
                         const char *table, sqlite3_int64 old_id, sqlite3_int64 new_id)
{
    (void)schema;
    (void)old_id;
    (void)new_id;
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        if (strcmp(counted[i].table, table) == 0)
            count_row(&counted[i], arg, db, op);
}

int tally_open(struct store *st, struct tally **out)
{
    struct tally *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    sqlite3_preupdate_hook(st->db, before_write, t);
    *out = t;
    return 0;
}

void tally_close(struct tally *t)
{
    if (!t)
        return;
    free(t->entries);
    free(t->slots);
    free(t);
}

uint64_t tally_marks(const struct tally *t)
{
    return t->marks;
}

/* Versions come and go for ever: what no device has leaves no row. */
static int drop_version(struct store *st, const struct entry *e)
{
    SCOPED_QUERY q = query_begin(st, Q_TALLY_VERSION_GONE);

    query_bind_text(&q, ":key", e->key);
    query_bind_text(&q, ":word", e->word);
    return query_run(&q);
}

static int write_entry(struct store *st, const struct entry *e)
{
    SCOPED_QUERY q = query_begin(st, kinds[e->what].query);

    query_bind_int(&q, ":n", e->n);
    if (kinds[e->what].has_word)
        query_bind_text(&q, ":word", e->word);
    if (kinds[e->what].has_campaign)
        query_bind_int(&q, ":campaign_id", e->campaign_id);
    if (kinds[e->what].has_minute)
        query_bind_int(&q, ":minute", e->minute);
    if (kinds[e->what].has_key)
        query_bind_text(&q, ":key", e->key);
    int rc = query_run(&q);
    return rc == 0 && e->what == TALLY_VERSION && e->n < 0 ? drop_version(st, e) : rc;
}

int tally_flush(struct store *st, struct tally *t)
{
    int rc = t->err;

    for (size_t i = 0; i < t->count && rc == 0; i++)
        if (t->entries[i].n != 0)
            rc = write_entry(st, &t->entries[i]);
    tally_drop(t);
    return rc;
}

void tally_drop(struct tally *t)
{
    if (t->count > 0)
        memset(t->slots, 0, 2 * t->room * sizeof *t->slots);
    t->count = 0;
    t->err = 0;
}
