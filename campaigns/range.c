/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/range.h"

#include <assert.h>
#include <string.h>

#include "campaigns/text.h"
#include "campaigns/version.h"

/* Longest first: the first that fits is taken. */
static const struct {
    char text[3];
    uint8_t op;
} operators[] = {
    {">=", RANGE_GE}, {"<=", RANGE_LE}, {"==", RANGE_EQ}, {"!=", RANGE_NE},
    {">", RANGE_GT},  {"<", RANGE_LT},  {"=", RANGE_EQ},
};

static void term_version(const struct range *r, const struct range_term *t, char *out)
{
    memcpy(out, r->text + t->start, t->len);
    out[t->len] = '\0';
}

static bool has_order(uint8_t op)
{
    return op == RANGE_LT || op == RANGE_LE || op == RANGE_GT || op == RANGE_GE;
}

static size_t skip_blank(const char *text, size_t at)
{
    return at + strspn(text + at, " ,");
}

/* The operator at *at, RANGE_EQ when there is none. */
static uint8_t take_operator(const char *text, size_t *at)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t len = strlen(operators[i].text);
        if (strncmp(text + *at, operators[i].text, len) == 0) {
            *at += len;
            *at += strspn(text + *at, " ");
            return operators[i].op;
        }
    }
    return RANGE_EQ;
}

static int take_term(struct range *r, size_t *at, uint8_t alternative)
{
    struct range_term t = {.op = RANGE_ANY, .alternative = alternative};
    if (r->count == RANGE_TERMS_MAX)
        return RANGE_E_LONG;

    if (r->text[*at] == '*') {
        ++*at;
        if (r->text[*at] && !strchr(" ,|", r->text[*at]))
            return RANGE_E_SYNTAX;
    } else {
        size_t start = *at;
        t.op = take_operator(r->text, at);
        t.start = (uint8_t)*at;
        size_t len = strcspn(r->text + *at, " ,|");
        if (len > VERSION_TEXT_MAX)
            return RANGE_E_LONG;
        t.len = (uint8_t)len;
        char version[VERSION_TEXT_MAX + 1];
        term_version(r, &t, version);
        if (!version_is_valid(version))
            return RANGE_E_SYNTAX;
        if (has_order(t.op) && !version_is_number(version)) {
            *at = start;
            return RANGE_E_ORDER;
        }
        *at += len;
    }
    r->terms[r->count++] = t;
    return 0;
}

/* "||" at *at goes on with the next alternative; the end ends. */
static int take_alternative(struct range *r, size_t *at, uint8_t alternative)
{
    *at = skip_blank(r->text, *at);
    do {
        int rc = take_term(r, at, alternative);
        if (rc)
            return rc;
        *at = skip_blank(r->text, *at);
    } while (r->text[*at] && r->text[*at] != '|');
    return 0;
}

int range_parse(const char *text, struct range *out, size_t *at)
{
    struct range r = {.count = 0};
    *at = 0;
    if (strlen(text) > RANGE_TEXT_MAX)
        return RANGE_E_LONG;
    TEXT_COPY(r.text, text);

    for (uint8_t alternative = 0;; alternative++) {
        int rc = take_alternative(&r, at, alternative);
        if (rc)
            return rc;
        if (!r.text[*at])
            break;
        if (strncmp(r.text + *at, "||", 2) != 0)
            return RANGE_E_SYNTAX;
        *at += 2;
    }
    *out = r;
    return 0;
}

const char *range_error_text(int rc)
{
    switch (rc) {
    case RANGE_E_SYNTAX:
        return "is not a version range";
    case RANGE_E_LONG:
        return "is too long for a version range";
    case RANGE_E_ORDER:
        return "orders something that is no version number";
    default:
        return "";
    }
}

static bool order_fits(uint8_t op, int order)
{
    switch ((enum range_op)op) {
    case RANGE_ANY:
        return true;
    case RANGE_EQ:
        return order == 0;
    case RANGE_NE:
        return order != 0;
    case RANGE_LT:
        return order < 0;
    case RANGE_LE:
        return order <= 0;
    case RANGE_GT:
        return order > 0;
    case RANGE_GE:
        return order >= 0;
    }
    return false;
}

/* A version to test, or a gap between the versions that are named. */
struct probe {
    const char *version; /* NULL: an exact string that nobody names */
    bool is_number;
    int beyond; /* +1: a number just above version; -1: just below; 0: version itself */
};

static bool term_matches(const struct range *r, const struct range_term *t,
                         const struct probe *p)
{
    if (t->op == RANGE_ANY)
        return true;
    if (p->version && !*p->version)
        return false;
    if (has_order(t->op) && !p->is_number)
        return false;
    if (!p->version)
        return t->op == RANGE_NE;
    char version[VERSION_TEXT_MAX + 1];
    term_version(r, t, version);
    int order = version_compare(p->version, version);
    return order_fits(t->op, order ? order : p->beyond);
}

static bool probe_matches(const struct range *r, const struct probe *p)
{
    bool all = false; /* of the alternative so far */
    for (uint8_t i = 0; i < r->count; i++) {
        bool first = i == 0 || r->terms[i].alternative != r->terms[i - 1].alternative;
        if (first && all)
            return true;
        all = (first || all) && term_matches(r, &r->terms[i], p);
    }
    return all;
}

bool range_matches(const struct range *r, const char *version)
{
    struct probe p = {.version = version, .is_number = version_is_number(version)};
    return probe_matches(r, &p);
}

struct range_set {
    const struct range *const *in, *const *out;
    size_t in_count, out_count;
};

static bool set_holds(const struct range_set *set, const struct probe *p)
{
    for (size_t i = 0; i < set->in_count; i++)
        if (!probe_matches(set->in[i], p))
            return false;
    for (size_t i = 0; i < set->out_count; i++)
        if (probe_matches(set->out[i], p))
            return false;
    return true;
}

/* Truth changes only at versions that are named, so it is enough to look at those,
 * right above and right below them (numbers are dense: 1.0 < 1.0.0.1 < 1.1-rc < 1.1).
 */
static bool around_holds(const struct range_set *set, const struct range *r)
{
    for (uint8_t i = 0; i < r->count; i++) {
        if (r->terms[i].op == RANGE_ANY)
            continue;
        char version[VERSION_TEXT_MAX + 1];
        term_version(r, &r->terms[i], version);
        struct probe p = {.version = version, .is_number = version_is_number(version)};
        int reach = p.is_number ? 1 : 0;
        for (p.beyond = -reach; p.beyond <= reach; p.beyond++)
            if (set_holds(set, &p))
                return true;
    }
    return false;
}

bool range_can_hold(const struct range *const *in, size_t in_count,
                    const struct range *const *out, size_t out_count)
{
    const struct range_set set = {in, out, in_count, out_count};
    const struct probe unreported = {.version = ""}, unnamed = {.version = NULL};

    if (set_holds(&set, &unreported) || set_holds(&set, &unnamed))
        return true;
    for (size_t i = 0; i < in_count; i++)
        if (around_holds(&set, in[i]))
            return true;
    for (size_t i = 0; i < out_count; i++)
        if (around_holds(&set, out[i]))
            return true;
    return false;
}
