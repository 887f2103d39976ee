/* SPDX-License-Identifier: Apache-2.0 */
/* filter_fields.c - finding fields, what somebody meant who mistyped one, and what
 * values mean for them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/filter_internal.h"

static const char name_mark[] = "NAME";

/* Does text have the form of "component.NAME.version"? Copies what stands for NAME. */
static bool takes_name(const char *pattern, const char *text, char *name_out)
{
    const char *mark = strstr(pattern, name_mark);
    size_t len = strlen(text), head = mark ? (size_t)(mark - pattern) : 0;
    size_t tail = mark ? strlen(mark) - strlen(name_mark) : 0;

    if (!mark || len <= head + tail || memcmp(text, pattern, head) != 0 ||
        strcmp(text + len - tail, mark + strlen(name_mark)) != 0)
        return false;
    memcpy(name_out, text + head, len - head - tail);
    name_out[len - head - tail] = '\0';
    return true;
}

const struct filter_field *filter_field_find(enum filter_of of, const char *text,
                                             char *name_out)
{
    const struct filter_table *table = &filter_tables[of];

    *name_out = '\0';
    for (size_t i = 0; i < table->count; i++) {
        const struct filter_field *field = &table->fields[i];
        if ((strcmp(field->name, text) == 0 && !strstr(text, name_mark)) ||
            takes_name(field->name, text, name_out))
            return field;
    }
    return NULL;
}

static const struct filter_field_view views[] = {
    [FILTER_TEXT] = {NULL, "text", false, true, false, NULL},
    [FILTER_VERSION] = {NULL, "version", true, true, false, NULL},
    [FILTER_TIME] = {NULL, "time", true, false, false, NULL},
    [FILTER_NUMBER] = {NULL, "number", true, false, false, NULL},
    [FILTER_BOOL] = {NULL, "bool", false, false, false, NULL},
    [FILTER_TAG] = {NULL, "text", false, true, false, NULL},
    [FILTER_COMPONENT_VERSION] = {NULL, "version", true, true, false, NULL},
    [FILTER_COMPONENT_STATE] = {NULL, "text", false, true, false, NULL},
    [FILTER_COMPONENT_RESULT] = {NULL, "number", true, false, false, NULL},
    [FILTER_TASK_COMPONENT] = {NULL, "text", false, true, false, NULL},
};

bool filter_class_has_order(enum filter_class type)
{
    return views[type].has_order;
}

bool filter_field_view(enum filter_of of, size_t i, struct filter_field_view *out)
{
    const struct filter_table *table = &filter_tables[of];

    if (i >= table->count)
        return false;
    *out = views[table->fields[i].type];
    out->name = table->fields[i].name;
    out->is_sorted = table->fields[i].is_sorted;
    out->words = table->fields[i].words;
    return true;
}

const char *filter_of_name(enum filter_of of)
{
    return filter_tables[of].name;
}

enum filter_of filter_of_from_name(const char *name)
{
    enum filter_of of = 0;

    while (of < FILTER_OF_COUNT && strcmp(filter_tables[of].name, name) != 0)
        of++;
    return of;
}

const struct filter_field *filter_sort_find(enum filter_of of, const char *name)
{
    const struct filter_table *table = &filter_tables[of];

    for (size_t i = 0; i < table->count; i++)
        if (table->fields[i].is_sorted && strcmp(table->fields[i].name, name) == 0)
            return &table->fields[i];
    return NULL;
}

void filter_field_names(enum filter_of of, char *out, size_t size)
{
    const struct filter_table *table = &filter_tables[of];
    size_t used = 0;

    for (size_t i = 0; i < table->count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "",
                                 table->fields[i].name);
}

enum { WORD_MAX = 24 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein distance, row by row. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t len = strlen(b);

    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            size_t above = row[j];
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = smallest(above + 1, row[j - 1] + 1, change);
            diagonal = above;
        }
    }
    return row[len];
}

/* The first field with a NAME that begins with text's first word: "component.x". */
static const char *guess_named(const struct filter_table *table, const char *text)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t head = strcspn(table->fields[i].name, ".");
        if (strstr(table->fields[i].name, name_mark) &&
            strncmp(text, table->fields[i].name, head) == 0)
            return table->fields[i].name;
    }
    return NULL;
}

const char *filter_field_guess(enum filter_of of, const char *text)
{
    const struct filter_table *table = &filter_tables[of];
    const char *best = guess_named(table, text);
    size_t best_distance = 3; /* further off it is another word */

    if (best || strlen(text) > WORD_MAX)
        return best;
    for (size_t i = 0; i < table->count; i++) {
        size_t d = strlen(table->fields[i].name) > WORD_MAX
                       ? best_distance
                       : distance(text, table->fields[i].name);
        if (d < best_distance && d < strlen(text)) {
            best = table->fields[i].name;
            best_distance = d;
        }
    }
    return best;
}

static const char *take_number(struct filter_value *v)
{
    char *end = NULL;

    errno = 0;
    v->number = strtol(v->text, &end, 10);
    return errno != 0 || end == v->text || *end != '\0' ? "is no number" : NULL;
}

static const char *take_bool(struct filter_value *v)
{
    v->number = strcmp(v->text, "true") == 0;
    return v->number == 0 && strcmp(v->text, "false") != 0 ? "is neither true nor false"
                                                           : NULL;
}

static const char *take_version(const struct filter_context *context,
                                const struct filter_node *n, struct filter_value *v)
{
    int len = context->version_key(v->text, v->key, sizeof v->key);

    v->key_len = len > 0 ? (size_t)len : 0;
    return v->key_len == 0 && filter_op_is_order(n->op)
               ? "is no version that has an order"
               : NULL;
}

const char *filter_value_take(const struct filter_context *context,
                              const struct filter_node *n, struct filter_value *v)
{
    v->is_pattern = strchr(v->text, '*') != NULL;
    switch (n->field->type) {
    case FILTER_TIME:
        return filter_time(v->text, context->wall_ms, &v->number) != 0
                   ? "is no time: 2026-11-22T04:00:00Z or -12h"
                   : NULL;
    case FILTER_NUMBER:
    case FILTER_COMPONENT_RESULT:
        return take_number(v);
    case FILTER_BOOL:
        return take_bool(v);
    case FILTER_VERSION:
    case FILTER_COMPONENT_VERSION:
        return take_version(context, n, v);
    case FILTER_TEXT:
    case FILTER_TAG:
    case FILTER_COMPONENT_STATE:
    case FILTER_TASK_COMPONENT:
        break;
    }
    return NULL;
}

bool filter_op_is_order(enum filter_op op)
{
    return op == FILTER_LT || op == FILTER_LE || op == FILTER_GT || op == FILTER_GE;
}

static const struct {
    const char *text;
    enum filter_op op;
} operators[] = {
    {"==", FILTER_EQ},   {"!=", FILTER_NE},     {"=lt=", FILTER_LT},
    {"=le=", FILTER_LE}, {"=gt=", FILTER_GT},   {"=ge=", FILTER_GE},
    {"=in=", FILTER_IN}, {"=out=", FILTER_OUT}, {"<=", FILTER_LE},
    {"<", FILTER_LT},    {">=", FILTER_GE},     {">", FILTER_GT},
};

size_t filter_op_find(const char *text, enum filter_op *op)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t len = strlen(operators[i].text);
        if (strncmp(text, operators[i].text, len) == 0) {
            *op = operators[i].op;
            return len;
        }
    }
    return 0;
}
