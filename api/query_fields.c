/* SPDX-License-Identifier: Apache-2.0 */
/* query_fields.c - what a query can name, for who writes one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "store/event_kinds.h"
#include "store/examples.h"
#include "store/filter.h"

enum { NAMES_MAX = 20, VALUES_MAX = 10, FIELD_BYTES = 128 };

/* What is usual, of fields that take other values as well. */
static const struct {
    const char *field;
    const char *words;
} usual[] = {
    {"lwm2m", "1.0|1.1|1.2"},
    {"component.NAME.result", "0|1|2|3|5|8|9"},
};

/* What any field of the type takes. */
static const struct {
    const char *type;
    const char *words;
} of_types[] = {
    {"time", "-1h|-1d|-7d|-30d"},
    {"bool", "true|false"},
};

/* Values that devices have; theirs alone are looked for. */
static const struct {
    const char *field;
    enum example_kind kind;
} known[] = {
    {"manufacturer", EXAMPLE_MANUFACTURER},
    {"model", EXAMPLE_MODEL},
    {"hardware", EXAMPLE_HARDWARE},
    {"tag.NAME", EXAMPLE_TAG_VALUE},
    {"component.NAME.version", EXAMPLE_VERSION},
};

static void operators(struct json *j, const struct filter_field_view *field)
{
    static const char *const all[] = {
        "==", "!=", "=in=", "=out=", "=lt=", "=le=", "=gt=", "=ge="};

    json_array(j, "operators");
    for (size_t i = 0; i < (field->has_order ? 8 : 4); i++)
        json_text(j, NULL, all[i]);
    json_end(j);
}

static int found_values(struct request *rq, struct json *j, enum example_kind kind,
                        const char *name)
{
    struct example_row rows[VALUES_MAX];
    size_t count = 0;

    int rc = store_example_list(rq->store, (struct example_of){kind, name}, rows,
                                VALUES_MAX, &count);
    for (size_t i = 0; i < count && rc == 0; i++)
        json_text(j, NULL, rows[i].text);
    return rc;
}

static void put_words(struct json *j, const char *words)
{
    for (; *words; words += *words == '|') {
        size_t len = strcspn(words, "|");
        json_text_n(j, NULL, words, len);
        words += len;
    }
}

static void fixed_values(struct json *j, enum filter_of of,
                         const struct filter_field_view *field)
{
    put_words(j, field->words ? field->words : "");
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (of == FILTER_OF_DEVICES && strcmp(usual[i].field, field->name) == 0)
            put_words(j, usual[i].words);
    for (size_t i = 0; i < sizeof of_types / sizeof of_types[0]; i++)
        if (strcmp(of_types[i].type, field->type) == 0)
            put_words(j, of_types[i].words);
    if (of == FILTER_OF_EVENTS && strcmp(field->name, "kind") == 0)
        for (size_t i = 0; i < event_kind_count; i++)
            json_text(j, NULL, event_kinds[i].name);
}

/* The fields of one kind of row are written. */
struct listing {
    struct request *rq;
    struct json *j;
    enum filter_of of;
};

static int values(const struct listing *l, const struct filter_field_view *field,
                  const char *name)
{
    struct json *j = l->j;
    int rc = 0;

    json_array(j, "values");
    fixed_values(j, l->of, field);
    for (size_t i = 0; i < sizeof known / sizeof known[0] && rc == 0; i++)
        if (l->of == FILTER_OF_DEVICES && strcmp(known[i].field, field->name) == 0)
            rc = found_values(l->rq, j, known[i].kind, name);
    json_end(j);
    return rc;
}

static bool is_plain(const char *name)
{
    for (; *name; name++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
                    *name))
            return false;
    return true;
}

/* The field with name in the place of NAME, quoted if it has to be. */
static void spell(const char *pattern, const char *name, char *out, size_t size)
{
    const char *at = strstr(pattern, "NAME");
    size_t len = 0;

    len = (size_t)snprintf(out, size, "%.*s", (int)(at - pattern), pattern);
    bool is_quoted = !is_plain(name);
    if (is_quoted)
        out[len++] = '"';
    for (; *name && len + 32 < size; name++) {
        if (*name == '"' || *name == '\\')
            out[len++] = '\\';
        out[len++] = *name;
    }
    snprintf(out + len, size - len, "%s%s", is_quoted ? "\"" : "", at + 4);
}

static int put_field(const struct listing *l, const struct filter_field_view *field,
                     const char *name)
{
    char spelled[2 * FIELD_BYTES];
    struct json *j = l->j;

    if (name)
        spell(field->name, name, spelled, sizeof spelled);
    json_object(j, NULL);
    json_text(j, "field", name ? spelled : field->name);
    json_text(j, "type", field->type);
    operators(j, field);
    json_bool(j, "wildcards", field->has_wild);
    json_bool(j, "sortable", field->is_sorted);
    int rc = values(l, field, name);
    json_end(j);
    return rc;
}

/* One for each name that there is; NAME itself while there is none. */
static int put_named(const struct listing *l, const struct filter_field_view *field)
{
    const struct example_of of = {
        .kind = strncmp(field->name, "tag.", 4) == 0 ? EXAMPLE_TAG : EXAMPLE_COMPONENT};
    struct example_row *names = calloc(NAMES_MAX, sizeof *names);
    size_t count = 0;

    if (!names)
        return -ENOMEM;
    int rc = store_example_list(l->rq->store, of, names, NAMES_MAX, &count);
    if (rc == 0 && count == 0)
        rc = put_field(l, field, NULL);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = put_field(l, field, names[i].text);
    free(names);
    return rc;
}

int query_fields_get(struct request *rq, struct response *rs)
{
    const char *name = request_parameter(rq, "of");
    bool is_said = name && *name;
    struct listing l = {rq, NULL,
                        is_said ? filter_of_from_name(name) : FILTER_OF_DEVICES};
    struct filter_field_view field;
    int rc = 0;

    struct json j = response_json(rs, 200);
    l.j = &j;
    json_object(&j, NULL);
    json_array(&j, "items");
    for (size_t i = 0; rc == 0 && filter_field_view(l.of, i, &field); i++)
        rc = strstr(field.name, "NAME") ? put_named(&l, &field)
                                        : put_field(&l, &field, NULL);
    json_end(&j);
    json_null(&j, "next");
    json_end(&j);
    return rc;
}
