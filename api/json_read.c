/* SPDX-License-Identifier: Apache-2.0 */
#include "api/json_read.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/nearest.h"
#include "campaigns/json_text.h"

static const double number_end = 9007199254740992.0; /* 2^53 */

static int by_key(const void *a, const void *b)
{
    const cJSON *const *x = a, *const *y = b;

    return strcmp((*x)->string, (*y)->string);
}

/* Of two members with one key. */
static const cJSON *later_of(const cJSON *object, const cJSON *a, const cJSON *b)
{
    const cJSON *child = object->child;

    while (child != a && child != b)
        child = child->next;
    return child == a ? b : a;
}

/* @return a member whose key stood before, NULL if there is none; *rc is -ENOMEM if it
 * failed */
static const cJSON *find_repeated(const cJSON *object, int *rc)
{
    const cJSON *child, *found = NULL;
    size_t count = 0, n = 0;

    cJSON_ArrayForEach(child, object) count++;
    if (count < 2)
        return NULL;

    const cJSON **sorted = calloc(count, sizeof(const cJSON *));
    if (!sorted) {
        *rc = -ENOMEM;
        return NULL;
    }
    cJSON_ArrayForEach(child, object) sorted[n++] = child;
    qsort(sorted, count, sizeof(const cJSON *), by_key);
    for (size_t i = 1; i < count && !found; i++)
        if (strcmp(sorted[i - 1]->string, sorted[i]->string) == 0)
            found = later_of(object, sorted[i - 1], sorted[i]);
    free(sorted);
    return found;
}

/* Values of one text, in the order in which they begin. */
struct check {
    size_t nth;
    const cJSON *repeated; /* a member that is still to come; NULL: none is known */
    char why[120];         /* "" while all is well */
};

static int check_value(const cJSON *json, struct check *c)
{
    int rc = 0;

    /* 2^53 itself is refused: 2^53 + 1 reads as the same double. */
    if (cJSON_IsNumber(json) && !(fabs(json->valuedouble) < number_end))
        snprintf(c->why, sizeof c->why, "a number is beyond 2^53");
    else if (json == c->repeated)
        snprintf(c->why, sizeof c->why, "key '%.64s' stands twice in one object",
                 json->string);
    else if (cJSON_IsObject(json) && !c->repeated)
        c->repeated = find_repeated(json, &rc);
    return rc != 0 ? rc : *c->why ? -EBADMSG : 0;
}

/* All values below json, depth first; the grammar was checked, so the depth is bounded.
 * @return 0, -EBADMSG with .why and .nth of c, -ENOMEM */
static int check_values(const cJSON *json, struct check *c)
{
    const cJSON *next[JSON_DEPTH_MAX + 2]; /* siblings to go on with, by level */
    size_t level = 0;
    int rc = 0;

    next[0] = json;
    for (;; c->nth++) {
        while (!next[level]) {
            if (level-- == 0)
                return 0;
        }
        const cJSON *at = next[level];
        next[level] = at->next;
        rc = check_value(at, c);
        if (rc != 0)
            return rc;
        next[++level] = at->child;
    }
}

static void refuse(const char *why, const struct json_fault *at, struct problem *p)
{
    problem_set_at(p, PROBLEM_INVALID_JSON, (int64_t)at->offset + 1,
                   "%s at position %zu (line %zu, column %zu)", why, at->offset + 1,
                   at->line, at->column);
}

/* The grammar alone. @return 0, -EBADMSG with *p set */
static int check_grammar(const char *text, size_t len, struct problem *p)
{
    struct json_fault fault;

    if (json_text_check(text, len, &fault) == 0)
        return 0;
    refuse(fault.text, &fault, p);
    return -EBADMSG;
}

int json_read(const char *text, size_t len, cJSON **out, struct problem *p)
{
    struct check check = {.nth = 0};
    struct json_fault place;

    int rc = check_grammar(text, len, p);
    if (rc != 0)
        return rc;
    cJSON *json = cJSON_ParseWithLength(text, len);
    if (!json)
        return -ENOMEM;
    rc = check_values(json, &check);
    if (rc == 0) {
        *out = json;
        return 0;
    }
    cJSON_Delete(json);
    if (rc == -EBADMSG) {
        json_text_place(text, len, check.nth, &place);
        refuse(check.why, &place, p);
    }
    return rc;
}

int json_read_body(const struct text *body, cJSON **out, struct problem *p)
{
    cJSON *json = NULL;

    int rc = json_read(body->at ? body->at : "", body->len, &json, p);
    if (rc == 0 && !cJSON_IsObject(json)) {
        problem_set_at(p, PROBLEM_INVALID_FIELD, 1, "the body must be an object");
        json_free(json);
        rc = -EBADMSG;
    }
    if (rc == 0)
        *out = json;
    return rc;
}

void json_free(cJSON *json)
{
    cJSON_Delete(json);
}

struct fields fields_of(const cJSON *json, const char *path, struct problem *p)
{
    struct fields f = {.problem = p, .path = path};

    if (cJSON_IsObject(json))
        f.object = json;
    else
        problem_set(p, PROBLEM_INVALID_FIELD, "%s must be an object",
                    *path ? path : "the body");
    return f;
}

static void wrong(struct fields *f, const char *name, const char *what)
{
    problem_set(f->problem, PROBLEM_INVALID_FIELD, "'%s%s' %s", f->path, name, what);
}

const cJSON *fields_any(struct fields *f, const char *name)
{
    if (f->count < JSON_FIELDS_MAX)
        f->asked[f->count++] = name;
    return f->object ? cJSON_GetObjectItemCaseSensitive(f->object, name) : NULL;
}

const char *fields_text(struct fields *f, const char *name, const char *fallback)
{
    const cJSON *item = fields_any(f, name);

    if (item && cJSON_IsString(item))
        return item->valuestring;
    if (item)
        wrong(f, name, "must be a text");
    else if (!fallback && f->object)
        wrong(f, name, "is missing");
    return fallback ? fallback : "";
}

int64_t fields_int(struct fields *f, const char *name, struct int_range range,
                   int64_t fallback)
{
    const cJSON *item = fields_any(f, name);

    if (!item)
        return fallback;
    if (!cJSON_IsNumber(item) || item->valuedouble != floor(item->valuedouble)) {
        wrong(f, name, "must be a whole number");
        return fallback;
    }
    int64_t value = (int64_t)item->valuedouble;
    if (value < range.low || value > range.high) {
        problem_set(f->problem, PROBLEM_INVALID_FIELD, "'%s%s' must be %lld to %lld",
                    f->path, name, (long long)range.low, (long long)range.high);
        return fallback;
    }
    return value;
}

bool fields_bool(struct fields *f, const char *name, bool fallback)
{
    const cJSON *item = fields_any(f, name);

    if (!item)
        return fallback;
    if (!cJSON_IsBool(item))
        wrong(f, name, "must be true or false");
    return cJSON_IsTrue(item);
}

const cJSON *fields_texts(struct fields *f, const char *name)
{
    const cJSON *item = fields_any(f, name), *child;

    if (!item)
        return NULL;
    if (!cJSON_IsArray(item)) {
        wrong(f, name, "must be an array of texts");
        return NULL;
    }
    cJSON_ArrayForEach(child, item) if (!cJSON_IsString(child))
    {
        wrong(f, name, "must be an array of texts");
        return NULL;
    }
    return item;
}

static bool was_asked(const struct fields *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->asked[i], name) == 0)
            return true;
    return false;
}

static void unknown(struct fields *f, const char *name)
{
    const char *near = nearest(name, f->asked, f->count);

    *f->problem = (struct problem){0}; /* what is missing is there, misspelt */
    problem_set(f->problem, PROBLEM_INVALID_FIELD, "unknown member '%s%.64s'%s%s%s",
                f->path, name, near ? "; did you mean '" : "", near ? near : "",
                near ? "'?" : "");
}

int fields_end(struct fields *f)
{
    const cJSON *child;

    if (f->object)
        cJSON_ArrayForEach(child, f->object) if (!was_asked(f, child->string))
        {
            unknown(f, child->string);
            break;
        }
    return f->problem->kind == PROBLEM_NONE ? 0 : -EBADMSG;
}

int json_print(const cJSON *json, struct text *out)
{
    char *printed = cJSON_PrintUnformatted(json);

    if (!printed)
        return -ENOMEM;
    text_put(out, printed);
    free(printed);
    return out->bad ? -ENOMEM : 0;
}
