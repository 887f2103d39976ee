/* SPDX-License-Identifier: Apache-2.0 */
/* filter_match.c - the tree of a filter on a device in memory. */
#include <string.h>

#include "store/filter_internal.h"

bool filter_wild_match(const char *text, const char *pattern)
{
    const char *star = NULL, *resume = NULL;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* One thing that is compared: a text, its sort key, or a number. */
struct operand {
    const char *text;
    const uint8_t *key;
    size_t key_len;
    int64_t number;
};

static bool holds(enum filter_op op, int order)
{
    switch (op) {
    case FILTER_LT:
        return order < 0;
    case FILTER_LE:
        return order <= 0;
    case FILTER_GT:
        return order > 0;
    case FILTER_GE:
        return order >= 0;
    case FILTER_EQ:
    case FILTER_NE:
    case FILTER_IN:
    case FILTER_OUT:
        break;
    }
    return order == 0; /* NE and OUT are turned round by the caller */
}

static int compare_keys(const struct operand *a, const struct filter_value *b)
{
    size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = memcmp(a->key, b->key, len);

    return order != 0 ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

static bool match_version(const struct operand *a, const struct filter_value *v,
                          enum filter_op op)
{
    bool both = a->key_len > 0 && v->key_len > 0;

    if (filter_op_is_order(op))
        return both && holds(op, compare_keys(a, v));
    return strcmp(a->text, v->text) == 0 || (both && compare_keys(a, v) == 0);
}

static bool match_value(const struct filter_node *n, const struct operand *a,
                        const struct filter_value *v)
{
    switch (n->field->type) {
    case FILTER_TIME:
    case FILTER_NUMBER:
    case FILTER_BOOL:
    case FILTER_COMPONENT_RESULT:
        return holds(n->op, (a->number > v->number) - (a->number < v->number));
    case FILTER_VERSION:
    case FILTER_COMPONENT_VERSION:
        if (!v->is_pattern)
            return match_version(a, v, n->op);
        break;
    case FILTER_TEXT:
    case FILTER_TAG:
    case FILTER_COMPONENT_STATE:
    case FILTER_TASK_COMPONENT:
        break;
    }
    return v->is_pattern ? filter_wild_match(a->text, v->text)
                         : strcmp(a->text, v->text) == 0;
}

static bool match_any(const struct filter *f, const struct filter_node *n,
                      const struct operand *a)
{
    for (size_t i = 0; i < n->value_count; i++)
        if (match_value(n, a, &f->values[n->first_value + i]))
            return true;
    return false;
}

static bool match_tag(const struct filter *f, const struct filter_node *n,
                      const struct filter_subject *s)
{
    for (size_t i = 0; i < s->tag_count; i++)
        if (strcmp(s->tags[i].name, n->name) == 0)
            return match_any(f, n, &(struct operand){.text = s->tags[i].value});
    return false;
}

static bool match_component(const struct filter *f, const struct filter_node *n,
                            const struct filter_subject *s)
{
    for (size_t i = 0; i < s->component_count; i++) {
        const struct component_row *c = &s->components[i];
        if (strcmp(c->name, n->name) != 0)
            continue;
        bool is_state = n->field->type == FILTER_COMPONENT_STATE;
        return match_any(f, n,
                         &(struct operand){.text = is_state ? c->state : c->version,
                                           .key = c->version_key,
                                           .key_len = c->version_key_len,
                                           .number = c->result});
    }
    return false;
}

static bool match_column(const struct filter *f, const struct filter_node *n,
                         const struct filter_subject *s)
{
    const char *field = (const char *)s->device + n->field->offset;
    struct operand a = {.text = field};
    uint8_t key[STORE_VERSION_KEY_MAX];

    if (n->field->type == FILTER_TIME)
        memcpy(&a.number, field, sizeof a.number);
    if (n->field->type == FILTER_VERSION) {
        int len = f->context.version_key(field, key, sizeof key);
        a.key = key;
        a.key_len = len > 0 ? (size_t)len : 0;
    }
    return match_any(f, n, &a);
}

static bool match_term(const struct filter *f, const struct filter_node *n,
                       const struct filter_subject *s)
{
    bool hit = false;

    switch (n->field->type) {
    case FILTER_TEXT:
    case FILTER_VERSION:
    case FILTER_TIME:
    case FILTER_NUMBER:
    case FILTER_BOOL:
        hit = match_column(f, n, s);
        break;
    case FILTER_TAG:
        hit = match_tag(f, n, s);
        break;
    case FILTER_COMPONENT_VERSION:
    case FILTER_COMPONENT_STATE:
    case FILTER_COMPONENT_RESULT:
        hit = match_component(f, n, s);
        break;
    case FILTER_TASK_COMPONENT: /* of no device */
        break;
    }
    return n->op == FILTER_NE || n->op == FILTER_OUT ? !hit : hit;
}

// NOLINTNEXTLINE(misc-no-recursion): FILTER_DEPTH_MAX bounds it
static bool match_node(const struct filter *f, int at, const struct filter_subject *s)
{
    const struct filter_node *n = &f->nodes[at];

    if (n->kind == FILTER_TERM)
        return match_term(f, n, s);
    for (int child = n->first_child; child >= 0; child = f->nodes[child].next)
        if (match_node(f, child, s) == (n->kind == FILTER_OR))
            return n->kind == FILTER_OR;
    return n->kind == FILTER_AND;
}

bool filter_match(const struct filter *f, const struct filter_subject *subject)
{
    return f->node_count == 0 || match_node(f, f->root, subject);
}
