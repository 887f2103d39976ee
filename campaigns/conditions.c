/* SPDX-License-Identifier: Apache-2.0 */
/* conditions.c - reads and judges resource predicates. */
#include "campaigns/conditions.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    uint8_t op;
} ops[] = {
    {"==", CONDITION_EQ}, {"!=", CONDITION_NE}, {"<=", CONDITION_LE},
    {">=", CONDITION_GE}, {"<", CONDITION_LT},  {">", CONDITION_GT},
};

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

/* "/3/0/9": three or four numbers of at most 65535, each after a slash. */
static const char *read_path(const char *at, struct condition *c)
{
    const char *start = at;
    int segments = 0;

    while (*at == '/' && segments < 4) {
        unsigned long value = 0;
        const char *digits = ++at;

        while (isdigit((unsigned char)*at) && at - digits < 6)
            value = value * 10 + (unsigned long)(*at++ - '0');
        if (at == digits || value > 65535)
            return NULL;
        segments++;
    }
    size_t len = (size_t)(at - start);
    if (segments < 3 || len >= sizeof c->path)
        return NULL;
    memcpy(c->path, start, len);
    c->path[len] = '\0';
    return at;
}

static const char *read_op(const char *at, struct condition *c)
{
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        size_t len = strlen(ops[i].text);
        if (strncmp(at, ops[i].text, len) == 0) {
            c->op = ops[i].op;
            return at + len;
        }
    }
    return NULL;
}

static const char *read_word(const char *at, struct condition *c)
{
    const char *end = strchr(++at, '"');

    if (!end || (size_t)(end - at) >= sizeof c->text)
        return NULL;
    if (c->op != CONDITION_EQ && c->op != CONDITION_NE)
        return NULL;
    memcpy(c->text, at, (size_t)(end - at));
    c->text[end - at] = '\0';
    c->is_text = true;
    return end + 1;
}

static const char *read_value(const char *at, struct condition *c)
{
    char *end;

    if (*at == '"')
        return read_word(at, c);
    if (!isdigit((unsigned char)*at) && *at != '-' && *at != '.')
        return NULL;
    c->number = strtod(at, &end);
    return end != at && isfinite(c->number) ? end : NULL;
}

int condition_parse(const char *text, struct condition *out, size_t *at)
{
    struct condition c = {0};
    const char *(*const steps[])(const char *,
                                 struct condition *) = {read_path, read_op, read_value};
    const char *pos = text;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const char *next = steps[i](pos = skip_blanks(pos), &c);
        if (!next)
            goto invalid;
        pos = next;
    }
    pos = skip_blanks(pos);
    if (*pos == '?') {
        c.is_optional = true;
        pos = skip_blanks(pos + 1);
    }
    if (*pos != '\0')
        goto invalid;
    *out = c;
    return 0;
invalid:
    if (at)
        *at = (size_t)(pos - text);
    return CONDITION_E_INVALID;
}

static bool number_holds(const struct condition *c, double value)
{
    switch ((enum condition_op)c->op) {
    case CONDITION_EQ:
        return value == c->number;
    case CONDITION_NE:
        return value != c->number;
    case CONDITION_LT:
        return value < c->number;
    case CONDITION_LE:
        return value <= c->number;
    case CONDITION_GT:
        return value > c->number;
    case CONDITION_GE:
        return value >= c->number;
    }
    return false;
}

bool condition_holds(const struct condition *c, const char *value)
{
    char *end;

    if (!value)
        return c->is_optional;
    if (c->is_text)
        return (strcmp(value, c->text) == 0) == (c->op == CONDITION_EQ);
    double number = strtod(value, &end);
    if (end == value || *end != '\0')
        return false;
    return number_holds(c, number);
}

bool condition_battery_holds(const char *value, int min_pct)
{
    char *end;

    if (!value)
        return true;
    long level = strtol(value, &end, 10);
    return end == value || level >= min_pct;
}
