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
    TALLY_TASK,
    TALLY_COMPONENT,
    TALLY_REASON,
    TALLY_BYTES,
    TALLY_ROLLUP,
    TALLY_COUNT,
};

static const enum query_id flush_query[TALLY_COUNT] = {
    [TALLY_DEVICE] = Q_TALLY_DEVICE,       [TALLY_TASK] = Q_TALLY_TASK,
    [TALLY_COMPONENT] = Q_TALLY_COMPONENT, [TALLY_REASON] = Q_TALLY_REASON,
    [TALLY_BYTES] = Q_TALLY_BYTES,         [TALLY_ROLLUP] = Q_TALLY_ROLLUP,
};

struct entry {
    int64_t campaign_id, minute, n;
    uint32_t hash;
    enum tally_what what;
    char key[STORE_NAME_MAX + 1];
    char word[STORE_WORD_MAX + 1];
};

struct tally {
    struct entry *entries;
    size_t count, room;
    uint32_t *slots; /* index of an entry + 1, 0 is free; twice room, a power of 2 */
    uint64_t marks;
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

static bool copy_text(sqlite3_value *value, char *out, size_t size)
{
    const unsigned char *text = sqlite3_value_text(value);
    size_t len = (size_t)sqlite3_value_bytes(value);

    if (!text || len >= size)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

static void call_tally(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct tally *t = sqlite3_user_data(context);
    struct entry e = {.what = (enum tally_what)sqlite3_value_int(values[0]),
                      .campaign_id = sqlite3_value_int64(values[1]),
                      .minute = sqlite3_value_int64(values[2]),
                      .n = sqlite3_value_int64(values[5])};

    (void)count;
    if (e.n == 0)
        return;
    if (e.what >= TALLY_COUNT || !copy_text(values[3], e.key, sizeof e.key) ||
        !copy_text(values[4], e.word, sizeof e.word))
        sqlite3_result_error_toobig(context);
    else if (add(t, &e) != 0)
        sqlite3_result_error_nomem(context);
}

int tally_open(struct store *st, struct tally **out)
{
    struct tally *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    int rc = store_rc(sqlite3_create_function(
        st->db, "tally", 6, SQLITE_UTF8 | SQLITE_INNOCUOUS, t, call_tally, NULL, NULL));
    if (rc != 0) {
        tally_close(t);
        return rc;
    }
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

static int write_entry(struct store *st, const struct entry *e)
{
    SCOPED_QUERY q = query_begin(st, flush_query[e->what]);

    query_bind_text(&q, ":word", e->word);
    query_bind_int(&q, ":n", e->n);
    if (e->what != TALLY_DEVICE)
        query_bind_int(&q, ":campaign_id", e->campaign_id);
    if (e->what == TALLY_ROLLUP)
        query_bind_int(&q, ":minute", e->minute);
    if (e->what != TALLY_DEVICE && e->what != TALLY_BYTES)
        query_bind_text(&q, ":key", e->key);
    return query_run(&q);
}

int tally_flush(struct store *st, struct tally *t)
{
    int rc = 0;

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
}
