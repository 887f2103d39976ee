/* SPDX-License-Identifier: Apache-2.0 */
/* docs.c - the tables of routes, shapes and events as a page to read: no script, no
 * style, nothing from elsewhere. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "store/event_kinds.h"

static void escaped(struct text *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (s[i]) {
        case '<':
            text_put(out, "&lt;");
            break;
        case '>':
            text_put(out, "&gt;");
            break;
        case '&':
            text_put(out, "&amp;");
            break;
        case '"':
            text_put(out, "&quot;");
            break;
        default:
            text_char(out, s[i]);
        }
    }
}

/* A type; names in it lead to their shape. */
static void typed(struct text *out, const char *type, size_t len)
{
    text_put(out, "<code>");
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        if (type[i] >= 'A' && type[i] <= 'Z')
            while (i + n < len && !strchr("]},*", type[i + n]))
                n++;
        if (n > 0)
            text_printf(out, "<a href=\"#%.*s\">%.*s</a>", (int)n, type + i, (int)n,
                        type + i);
        else
            escaped(out, type + i, n = 1);
        i += n;
    }
    text_put(out, "</code>");
}

static void row(struct text *out, const char *name, size_t len, const char *type,
                size_t type_len)
{
    text_put(out, "<tr><td><code>");
    escaped(out, name, len);
    text_put(out, "</code><td>");
    typed(out, type, type_len);
}

static void parameter(struct text *out, const struct route *route, const char *name,
                      size_t len)
{
    const struct shape_parameter *p = shape_parameter(route->path, name, len);

    if (!p)
        return;
    row(out, name, len, p->type, strlen(p->type));
    text_put(out, "<td>");
    escaped(out, p->meaning, strlen(p->meaning));
    text_put(out, "\n");
}

static void parameters(struct text *out, const struct route *route)
{
    text_put(out, "<table>\n");
    for (const char *p = route->path; (p = strchr(p, '{')); p++)
        parameter(out, route, p + 1, strcspn(p + 1, "}"));
    for (const char *q = route->parameters; *q; q += strspn(q, " ")) {
        size_t len = strcspn(q, " ");
        parameter(out, route, q, len);
        q += len;
    }
    text_put(out, "</table>\n");
}

/* "Takes > Gives ; media/type" in words. */
static void goes_in_and_out(struct text *out, const char *shapes_text)
{
    size_t takes = strcspn(shapes_text, " >;");
    const char *gives = strchr(shapes_text, '>'), *media = strchr(shapes_text, ';');

    text_put(out, "<p>");
    if (takes > 0) {
        text_put(out, "Takes ");
        typed(out, shapes_text, takes);
        text_put(out, ". ");
    }
    if (gives) {
        size_t len = strcspn(gives + 2, " ;");
        text_put(out, "Gives ");
        typed(out, gives + 2, len);
        text_put(out, memchr(gives + 2, '*', len) ? " (a list)" : "");
    }
    if (media)
        text_printf(out, "%s%s", gives ? ", or " : "Gives ", media + 2);
    text_put(out, gives || media ? ".\n" : "Gives nothing.\n");
}

static void route_text(struct text *out, const struct route *route)
{
    text_printf(out, "<h3>%s <code>", method_name(route->method));
    escaped(out, route->path, strlen(route->path));
    text_put(out, "</code></h3>\n<p>");
    escaped(out, route->summary, strlen(route->summary));
    text_printf(out, ".\n<p>For: %s.\n", role_name(route->role));
    parameters(out, route);
    goes_in_and_out(out, route->shapes);
}

static void shape_text(struct text *out, const struct shape *shape)
{
    text_printf(out, "<h3 id=\"%s\">%s</h3>\n<table>\n", shape->name, shape->name);
    for (const char *m = shape->members; *m; m += strspn(m, " ")) {
        size_t len = strcspn(m, " "), colon = strcspn(m, ":");
        row(out, m, colon, m + colon + 1, len - colon - 1);
        text_put(out, "\n");
        m += len;
    }
    text_put(out, "</table>\n");
    if (shape->example) {
        text_put(out, "<pre>");
        escaped(out, shape->example, strlen(shape->example));
        text_put(out, "</pre>\n");
    }
}

static void event_text(struct text *out, const struct event_field *fields)
{
    text_put(out, "<table>\n");
    for (const struct event_field *f = fields; f->name; f++) {
        row(out, f->name, strlen(f->name), f->type, strlen(f->type));
        text_put(out, "<td>");
        escaped(out, f->text, strlen(f->text));
        text_put(out, "\n");
    }
    text_put(out, "</table>\n");
}

static void page(struct text *out)
{
    text_put(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>Lockstep: API</title>\n<h1>Lockstep " LOCKSTEP_VERSION ": API</h1>\n"
        "<p>The same for programs: <a href=\"/v1/openapi.json\">openapi.json</a>, with"
        " a token. A '?' marks what may lack. <a href=\"#paths\">Paths</a>,"
        " <a href=\"#objects\">objects</a>, <a href=\"#Event\">events</a>.\n"
        "<h2 id=\"paths\">Paths</h2>\n");
    for (size_t i = 0; i < route_count; i++)
        route_text(out, &routes[i]);
    text_put(out, "<h2 id=\"objects\">Objects</h2>\n");
    for (size_t i = 0; i < shape_count; i++)
        shape_text(out, &shapes[i]);
    text_put(out, "<h2 id=\"Event\">Events</h2>\n<p>Every event has:\n");
    event_text(out, event_common);
    for (size_t i = 0; i < event_kind_count; i++) {
        const struct event_kind *kind = &event_kinds[i];
        text_printf(out, "<h3>%s</h3>\n<p>%s %s.\n", kind->name, kind->text,
                    kind->events);
        event_text(out, kind->fields);
    }
    text_put(out, "</html>\n");
}

int docs_open(struct api_description *d)
{
    page(&d->text);
    return api_description_seal(d);
}

int docs_get(struct request *rq, struct response *rs)
{
    rs->content_type = "text/html; charset=utf-8";
    return api_description_answer(&rq->api->docs, rq, rs);
}
