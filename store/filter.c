/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - RSQL text to a tree: a recursive descent whose depth is bounded. */
#include "store/filter.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/filter_internal.h"
#include "store/words.h"

struct parser {
    const char *text;
    const char *at;
    struct filter *f;
    struct filter_error *error;
    int rc; /* the first failure; everything after it is a no-op */
    int depth;
    size_t terms;
    char word[STORE_QUERY_MAX + 1]; /* selector or value that was just read */
};

__attribute__((format(printf, 3, 4))) static void
fail(struct parser *p, const char *where, const char *format, ...)
{
    if (p->rc != 0)
        return;
    p->rc = -EINVAL;
    p->error->position = (size_t)(where - p->text) + 1;
    va_list args;
    va_start(args, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is; clang 14 forgets
    vsnprintf(p->error->text, sizeof p->error->text, format, args);
    va_end(args);
}

static void skip_space(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static bool skip_char(struct parser *p, char c)
{
    skip_space(p);
    if (p->rc != 0 || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool is_plain(char c)
{
    return c != '\0' && !strchr("\"'();,=!~<> \t\r\n", c);
}

/* Append what stands between quotes to word. */
static size_t read_quoted(struct parser *p, size_t len)
{
    const char *start = p->at;
    char quote = *p->at++;

    while (*p->at != quote && *p->at != '\0') {
        if (*p->at == '\\' && (p->at[1] == '\\' || p->at[1] == '"' || p->at[1] == '\''))
            p->at++;
        p->word[len++] = *p->at++;
    }
    if (*p->at == '\0')
        fail(p, start, "the quote at position %zu is not closed",
             (size_t)(start - p->text) + 1);
    else
        p->at++;
    return len;
}

/* Read plain characters and quoted parts into word. @return where it began */
static const char *read_word(struct parser *p, const char *what)
{
    size_t len = 0;

    skip_space(p);
    const char *start = p->at;
    while (p->rc == 0 && (is_plain(*p->at) || *p->at == '"' || *p->at == '\'')) {
        if (is_plain(*p->at))
            p->word[len++] = *p->at++;
        else
            len = read_quoted(p, len);
    }
    p->word[len] = '\0';
    if (p->at == start)
        fail(p, start, "%s is missing at position %zu", what,
             (size_t)(start - p->text) + 1);
    return start;
}

/* texts has room for all: every byte of the filter stands in it at most once. */
static const char *keep(struct filter *f, const char *text)
{
    char *copy = f->texts + f->texts_used;
    size_t bytes = strlen(text) + 1;

    memcpy(copy, text, bytes);
    f->texts_used += bytes;
    return copy;
}

static int add_node(struct parser *p, struct filter_node node)
{
    struct filter *f = p->f;

    if (p->rc == 0 && f->node_count == f->node_room) {
        size_t room = f->node_room ? f->node_room * 2 : 16;
        struct filter_node *nodes = realloc(f->nodes, room * sizeof *nodes);
        if (nodes) {
            f->nodes = nodes;
            f->node_room = room;
        } else {
            p->rc = -ENOMEM;
        }
    }
    if (p->rc != 0)
        return -1;
    node.first_child = -1;
    node.next = -1;
    f->nodes[f->node_count] = node;
    return (int)f->node_count++;
}

static enum filter_op read_operator(struct parser *p)
{
    enum filter_op op = FILTER_EQ;

    skip_space(p);
    size_t len = filter_op_find(p->at, &op);
    if (len == 0)
        fail(p, p->at,
             "an operator is missing at position %zu: == != =lt= =le= =gt= =ge= =in= "
             "=out=",
             (size_t)(p->at - p->text) + 1);
    p->at += len;
    return op;
}

static void read_value(struct parser *p, struct filter_node *n)
{
    struct filter *f = p->f;
    const char *where = read_word(p, "a value");

    if (p->rc == 0 && f->value_count == FILTER_VALUES_MAX)
        fail(p, where, "more than %d values", FILTER_VALUES_MAX);
    if (p->rc == 0 && f->value_count == f->value_room) {
        size_t room = f->value_room ? f->value_room * 2 : 8;
        struct filter_value *values = realloc(f->values, room * sizeof *values);
        if (values) {
            f->values = values;
            f->value_room = room;
        } else {
            p->rc = -ENOMEM;
        }
    }
    if (p->rc != 0)
        return;
    struct filter_value *v = &f->values[f->value_count++];
    *v = (struct filter_value){.text = keep(f, p->word)};
    n->value_count++;
    const char *why = filter_value_take(&f->context, n, v);
    if (why)
        fail(p, where, "'%.40s' at position %zu %s", v->text,
             (size_t)(where - p->text) + 1, why);
    else if (n->field->words && !v->is_pattern && !words_have(n->field->words, v->text))
        fail(p, where, "'%.40s' at position %zu is none of %s", v->text,
             (size_t)(where - p->text) + 1, n->field->words);
}

static void read_argument(struct parser *p, struct filter_node *n)
{
    n->first_value = p->f->value_count;
    if (n->op != FILTER_IN && n->op != FILTER_OUT) {
        read_value(p, n);
        return;
    }
    skip_space(p);
    if (!skip_char(p, '(')) {
        fail(p, p->at, "a list in parentheses is missing at position %zu",
             (size_t)(p->at - p->text) + 1);
        return;
    }
    do
        read_value(p, n);
    while (skip_char(p, ','));
    if (!skip_char(p, ')'))
        fail(p, p->at, "the list is not closed at position %zu",
             (size_t)(p->at - p->text) + 1);
}

static void check_field(struct parser *p, const struct filter_node *n,
                        const char *where)
{
    enum filter_of of = p->f->context.of;
    size_t position = (size_t)(where - p->text) + 1;
    char known[300];

    if (n->field)
        return;
    const char *guess = filter_field_guess(of, p->word);
    if (guess) {
        fail(p, where, "unknown field '%.40s' at position %zu; did you mean '%s'?",
             p->word, position, guess);
        return;
    }
    filter_field_names(of, known, sizeof known);
    fail(p, where, "unknown field '%.40s' at position %zu; there are %s", p->word,
         position, known);
}

static void check_order(struct parser *p, const struct filter_node *n,
                        const char *where)
{
    if (filter_op_is_order(n->op) && !filter_class_has_order(n->field->type))
        fail(p, where, "'%s' has no order: use == != =in= =out= at position %zu",
             n->field->name, (size_t)(where - p->text) + 1);
}

static int read_term(struct parser *p)
{
    struct filter_node n = {.kind = FILTER_TERM};
    const char *where = read_word(p, "a field");

    if (p->rc != 0)
        return -1;
    char *name = p->f->texts + p->f->texts_used;
    n.field = filter_field_find(p->f->context.of, p->word, name);
    check_field(p, &n, where);
    n.name = name;
    p->f->texts_used += strlen(name) + 1;
    skip_space(p);
    const char *at_operator = p->at;
    n.op = read_operator(p);
    if (p->rc == 0)
        check_order(p, &n, at_operator);
    if (p->rc == 0)
        read_argument(p, &n);
    if (++p->terms > FILTER_TERMS_MAX)
        fail(p, where, "more than %d comparisons", FILTER_TERMS_MAX);
    return add_node(p, n);
}

static int read_list(struct parser *p, int kind);

// NOLINTNEXTLINE(misc-no-recursion): FILTER_DEPTH_MAX bounds it
static int read_factor(struct parser *p)
{
    if (!skip_char(p, '('))
        return read_term(p);
    const char *where = p->at - 1;
    if (++p->depth > FILTER_DEPTH_MAX)
        fail(p, where, "parentheses are nested deeper than %d", FILTER_DEPTH_MAX);
    int node = p->rc == 0 ? read_list(p, FILTER_OR) : -1;
    if (p->rc == 0 && !skip_char(p, ')'))
        fail(p, p->at, "the parenthesis at position %zu is not closed at position %zu",
             (size_t)(where - p->text) + 1, (size_t)(p->at - p->text) + 1);
    p->depth--;
    return node;
}

/* An or-list of and-lists of factors; a list of one is that one. */
// NOLINTNEXTLINE(misc-no-recursion): FILTER_DEPTH_MAX bounds it
static int read_list(struct parser *p, int kind)
{
    char separator = kind == FILTER_OR ? ',' : ';';
    int list = -1, last = -1;

    do {
        int child = kind == FILTER_OR ? read_list(p, FILTER_AND) : read_factor(p);
        if (child < 0)
            return -1;
        if (last < 0) {
            last = child;
            continue;
        }
        if (list < 0) {
            list = add_node(p, (struct filter_node){.kind = kind});
            if (list < 0)
                return -1;
            p->f->nodes[list].first_child = last;
        }
        p->f->nodes[last].next = child;
        last = child;
    } while (skip_char(p, separator));
    return list < 0 ? last : list;
}

static int parse(struct filter *f, const char *text, struct filter_error *error)
{
    struct parser *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    *p = (struct parser){.text = text, .at = text, .f = f, .error = error};

    if (strlen(text) > STORE_QUERY_MAX)
        fail(p, text + STORE_QUERY_MAX, "the filter is longer than %d bytes",
             STORE_QUERY_MAX);
    skip_space(p);
    if (p->rc == 0 && *p->at != '\0') {
        f->root = read_list(p, FILTER_OR);
        skip_space(p);
        if (*p->at != '\0')
            fail(p, p->at, "unexpected '%c' at position %zu: ; , or ) were possible",
                 *p->at, (size_t)(p->at - p->text) + 1);
    }
    int rc = p->rc;
    free(p);
    return rc;
}

static int no_order(const char *version, uint8_t *key, size_t size)
{
    (void)version;
    (void)key;
    (void)size;
    return -1;
}

int filter_open(const char *text, const struct filter_context *context,
                struct filter_error *error, struct filter **out)
{
    struct filter_error unseen;
    struct filter *f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;

    text = text ? text : "";
    f->context = *context;
    if (!f->context.version_key)
        f->context.version_key = no_order;
    /* Names, values, and a NUL for each; a term is never shorter than its two NULs. */
    f->texts = malloc(2 * strlen(text) + 16);
    int rc = f->texts ? parse(f, text, error ? error : &unseen) : -ENOMEM;
    if (rc != 0) {
        filter_close(f);
        return rc;
    }
    *out = f;
    return 0;
}

void filter_close(struct filter *f)
{
    if (!f)
        return;
    free(f->nodes);
    free(f->values);
    free(f->texts);
    free(f);
}
