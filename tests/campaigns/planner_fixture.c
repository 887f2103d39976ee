/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/campaigns/planner_fixture.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bundle *fixture_bundle(const char *json, struct bundle_problem *problem)
{
    char *text = strdup(json);
    struct bundle *b = malloc(sizeof *b);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    int rc = bundle_parse(text, strlen(text), b, problem);
    free(text);
    if (rc == 0)
        return b;
    free(b);
    return NULL;
}

struct json {
    char text[65536];
    size_t len;
};

[[gnu::format(printf, 2, 3)]] static void add(struct json *j, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    j->len +=
        (size_t)vsnprintf(j->text + j->len, sizeof j->text - j->len, format, args);
    va_end(args);
    assert(j->len < sizeof j->text);
}

/* A text in which a blank is written "_". */
static void add_text(struct json *j, const char *text)
{
    add(j, "\"");
    for (const char *p = text; *p; p++)
        add(j, "%c", *p == '_' ? ' ' : *p);
    add(j, "\"");
}

/* "COMPONENT:VALUE" of every word that starts with key, as members of an object. */
static int add_members(struct json *j, char *const *words, int count, const char *key)
{
    int members = 0;
    for (int i = 0; i < count; i++) {
        if (strncmp(words[i], key, strlen(key)) != 0)
            continue;
        const char *pair = words[i] + strlen(key);
        int name = (int)strcspn(pair, ":");
        add(j, "%s\"%.*s\": ", members++ ? ", " : "", name, pair);
        add_text(j, pair + name + 1);
    }
    return members;
}

static void add_object(struct json *j, char *const *words, int count,
                       const char *const key[2])
{
    struct json members = {.len = 0};
    if (add_members(&members, words, count, key[0]))
        add(j, ", \"%s\": {%s}", key[1], members.text);
}

static void add_list(struct json *j, char *const *words, int count,
                     const char *const key[2])
{
    int items = 0;
    for (int i = 0; i < count; i++) {
        if (strncmp(words[i], key[0], strlen(key[0])) != 0)
            continue;
        if (items++ == 0)
            add(j, ", \"%s\": [", key[1]);
        else
            add(j, ", ");
        add_text(j, words[i] + strlen(key[0]));
    }
    if (items)
        add(j, "]");
}

static const char *value_of(char *const *words, int count, const char *key)
{
    for (int i = 0; i < count; i++)
        if (strncmp(words[i], key, strlen(key)) == 0)
            return words[i] + strlen(key);
    return NULL;
}

static void add_word(struct json *j, char *const *words, int count,
                     const char *const key[2])
{
    const char *value = value_of(words, count, key[0]);
    if (!value)
        return;
    add(j, ", \"%s\": ", key[1]);
    add_text(j, value);
}

static void add_package(struct json *j, char *line, int ordinal, unsigned seed)
{
    char *words[32], *save = NULL;
    int count = 0;
    for (char *w = strtok_r(line, " ", &save); w; w = strtok_r(NULL, " ", &save))
        words[count++] = w;
    const char *size = value_of(words, count, "size=");
    const char *over = value_of(words, count, "over=");
    struct json also = {.len = 0};

    add(j, "%s{\"file\": \"f%d\", \"size\": %s, \"sha256\": \"%08x%056d\"",
        ordinal ? ", " : "", ordinal, size ? size : "1000", seed, ordinal);
    if (add_members(&also, words, count, "also="))
        add(j, ", \"provides\": {\"%s\": \"%s\", %s}", words[0], words[1], also.text);
    else
        add(j, ", \"component\": \"%s\", \"version\": \"%s\"", words[0], words[1]);
    add(j, ", \"installs_over\": ");
    add_text(j, over ? over : "*");
    add_object(j, words, count, (const char *const[]){"needs=", "requires"});
    add_object(j, words, count, (const char *const[]){"not=", "conflicts"});
    add_list(j, words, count, (const char *const[]){"with=", "together_with"});
    add_list(j, words, count, (const char *const[]){"if=", "conditions"});
    add_word(j, words, count, (const char *const[]){"format=", "format"});
    add_word(j, words, count, (const char *const[]){"packed=", "compression"});
    add_word(j, words, count, (const char *const[]){"slot=", "slot"});
    if (value_of(words, count, "packed="))
        add(j, ", \"installed_bytes\": %s", value_of(words, count, "unpacked="));
    if (value_of(words, count, "stone"))
        add(j, ", \"stepping_stone\": true");
    if (value_of(words, count, "fixed"))
        add(j, ", \"reversible\": false");
    add(j, "}");
}

char *fixture_manifest(const char *name, const char *extra, const char *lines)
{
    struct json *j = calloc(1, sizeof *j);
    char *copy = strdup(lines), *save = NULL;
    const char *at = strchr(name, '@');
    unsigned seed = 5381;
    int ordinal = 0;

    for (const char *p = name; *p; p++)
        seed = seed * 33 + (unsigned char)*p;
    add(j, "{\"name\": \"%.*s\", \"version\": \"%s\", %s", (int)(at - name), name,
        at + 1, extra);
    add(j, "\"applies_to\": {\"manufacturer\": \"Example\", \"model\": \"GW-100\"}, "
           "\"packages\": [");
    for (char *line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        add_package(j, line, ordinal++, seed);
    add(j, "]}");

    char *manifest = strdup(j->text);
    for (char *p = manifest; *p; p++)
        if (*p == '\'')
            *p = '"';
    free(copy);
    free(j);
    return manifest;
}

struct bundle *fixture_try_lines(const char *name, const char *extra, const char *lines)
{
    struct bundle_problem problem;
    char *manifest = fixture_manifest(name, extra, lines);
    struct bundle *b = fixture_bundle(manifest, &problem);
    free(manifest);
    return b;
}

struct bundle *fixture_lines(const char *name, const char *extra, const char *lines)
{
    struct bundle *b = fixture_try_lines(name, extra, lines);
    if (!b)
        fprintf(stderr, "not a bundle: %s\n%s", name, lines);
    assert(b);
    return b;
}

struct inventory fixture_inventory(const char *text)
{
    struct inventory inv = {.manufacturer = "Example", .model = "GW-100"};
    char *copy = strdup(text), *save = NULL;
    for (char *w = strtok_r(copy, ";", &save); w; w = strtok_r(NULL, ";", &save)) {
        struct component *c = &inv.components[inv.count];
        char object[8] = "";
        int words = sscanf(w, " %63s %63s %7s", c->name, c->version, object);
        assert(words >= 2);
        if (strcmp(c->version, "?") == 0)
            c->version[0] = '\0';
        c->object = strcmp(object, "fw") == 0 ? COMPONENT_FW : COMPONENT_AFU;
        c->object_id = c->object == COMPONENT_FW ? 5 : 33629;
        c->instance = inv.count++;
    }
    free(copy);
    inventory_finish(&inv);
    return inv;
}

const char *fixture_tell(const struct plan_group *group)
{
    static struct json j;
    j.len = 0;
    if (group->exclusion != PLAN_INCLUDED)
        return plan_exclusion_name(group->exclusion);
    if (group->stage_count == 0)
        return "up-to-date";
    for (size_t i = 0; i < group->stage_count; i++)
        for (size_t k = 0; k < group->stages[i].count; k++) {
            const struct plan_change *c = &group->stages[i].changes[k];
            add(&j, "%s%s %s>%s",
                k   ? " + "
                : i ? "; "
                    : "",
                c->component, c->from, c->to);
        }
    return j.text;
}
