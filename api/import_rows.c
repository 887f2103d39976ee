/* SPDX-License-Identifier: Apache-2.0 */
/* import_rows.c - bytes to records, records to rows.
 *
 *   plain ---","---> plain           quoted ---'"'---> closed ---","---> plain
 *   plain ---LF----> record ends     closed ---'"'---> quoted (one '"')
 *   plain at the start of a cell ---'"'---> quoted
 *
 * A record that is too long or quoted wrongly is skipped up to the next line break.
 */
#include "api/import_rows.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_read.h"
#include "api/text.h"

enum { CELLS_MAX = TAGS_MAX + 1 };

enum state { STATE_PLAIN, STATE_QUOTED, STATE_CLOSED, STATE_SKIP };

struct import_rows {
    enum import_format format;
    import_take *take;
    void *arg;
    enum state state;
    int64_t line, first_line; /* the one that is read; the one the record began on */
    const char *why;          /* of the record that is skipped */
    size_t len;
    size_t cells[CELLS_MAX + 1]; /* where each begins */
    size_t cell_count;
    bool is_cell_begun, has_columns, has_bytes;
    uint8_t bom;     /* bytes of a byte order mark that were seen */
    int endpoint_at; /* column */
    size_t column_count;
    char columns[CELLS_MAX][TAG_NAME_MAX + 1];
    char problem[160];
    struct tag tags[TAGS_MAX];
    char json_problem[192];
    char record[IMPORT_ROW_BYTES + 1]; /* cells, each with its NUL */
};

int import_rows_open(enum import_format format, import_take *take, void *arg,
                     struct import_rows **out)
{
    struct import_rows *r = calloc(1, sizeof *r);

    if (!r)
        return -ENOMEM;
    r->format = format;
    r->take = take;
    r->arg = arg;
    r->line = r->first_line = 1;
    r->endpoint_at = -1;
    *out = r;
    return 0;
}

void import_rows_close(struct import_rows *r)
{
    free(r);
}

const char *import_rows_problem(const struct import_rows *r)
{
    return r->problem[0] ? r->problem : NULL;
}

/* ---- rows ---- */

static int give(struct import_rows *r, const char *why, const char *endpoint,
                size_t tag_count)
{
    struct import_row row = {.line = r->first_line, .why = why};

    if (!why)
        why = row.why = endpoint_problem(endpoint);
    if (!why) {
        row.endpoint = endpoint;
        row.tags = r->tags;
        row.tag_count = tag_count;
    }
    return r->take(r->arg, &row);
}

static void take_column(struct import_rows *r, size_t i, const char *name)
{
    const char *why = NULL;

    if (strcmp(name, "endpoint") == 0) {
        if (r->endpoint_at >= 0)
            why = "'endpoint' stands twice";
        r->endpoint_at = (int)i;
    } else if (strncmp(name, "tag.", 4) != 0) {
        why = "a column is 'endpoint' or 'tag.NAME'";
    } else {
        why = tag_name_problem(name + 4);
    }
    for (size_t k = 0; k < i && !why; k++)
        if ((int)i != r->endpoint_at && strcmp(r->columns[k], name + 4) == 0)
            why = "it stands twice";
    if (why)
        snprintf(r->problem, sizeof r->problem, "column %zu '%.40s': %s", i + 1, name,
                 why);
    else if ((int)i != r->endpoint_at)
        snprintf(r->columns[i], sizeof r->columns[i], "%s", name + 4);
}

static void take_columns(struct import_rows *r)
{
    r->has_columns = true;
    r->column_count = r->cell_count;
    for (size_t i = 0; i < r->cell_count && !r->problem[0]; i++)
        take_column(r, i, r->record + r->cells[i]);
    if (r->endpoint_at < 0 && !r->problem[0])
        snprintf(r->problem, sizeof r->problem, "there is no column 'endpoint'");
}

/* @return what is wrong with it, NULL if nothing */
static const char *take_cell(struct import_rows *r, size_t i, size_t *tag_count)
{
    const char *cell = r->record + r->cells[i];
    size_t len = r->cells[i + 1] - r->cells[i] - 1;

    if (!text_is_utf8(cell, len))
        return "it is not UTF-8";
    if ((int)i == r->endpoint_at || len == 0)
        return NULL;
    if (len > TAG_VALUE_MAX)
        return "a tag's value has at most 255 bytes";
    struct tag *tag = &r->tags[(*tag_count)++];
    memcpy(tag->name, r->columns[i], sizeof tag->name);
    memcpy(tag->value, cell, len + 1);
    return NULL;
}

static int take_cells(struct import_rows *r)
{
    const char *why = NULL;
    size_t tag_count = 0;

    if (!r->has_columns) {
        take_columns(r);
        return 0;
    }
    if (r->cell_count != r->column_count)
        why = r->cell_count < r->column_count ? "it has too few columns"
                                              : "it has too many columns";
    for (size_t i = 0; i < r->cell_count && !why; i++)
        why = take_cell(r, i, &tag_count);
    return give(r, why, why ? NULL : r->record + r->cells[r->endpoint_at], tag_count);
}

static int take_object(struct import_rows *r)
{
    struct problem p = {0};
    struct cJSON *json = NULL;
    const char *why = NULL;
    size_t tag_count = 0;

    int rc = json_read(r->record, r->len, &json, &p);
    if (rc == -ENOMEM)
        return rc;
    struct fields f = fields_of(json, "", &p);
    const char *endpoint = json ? fields_text(&f, "endpoint", NULL) : "";
    const struct cJSON *tags = json ? fields_any(&f, "tags") : NULL;
    if (json)
        (void)fields_end(&f);
    if (p.kind != PROBLEM_NONE) {
        const char *place = strstr(p.detail, " (line "); /* a row is one line */
        snprintf(r->json_problem, sizeof r->json_problem, "%.*s",
                 place ? (int)(place - p.detail) : 190, p.detail);
        why = r->json_problem;
    } else if (tags) {
        (void)tags_take(tags, r->tags, &tag_count, &why);
    }
    rc = give(r, why, endpoint, tag_count);
    json_free(json);
    return rc;
}

/* ---- records ---- */

static void begin_record(struct import_rows *r)
{
    r->state = STATE_PLAIN;
    r->why = NULL;
    r->len = r->cell_count = 0;
    r->is_cell_begun = r->has_bytes = false;
    r->first_line = r->line;
    r->cells[0] = 0;
}

static void skip(struct import_rows *r, const char *why)
{
    r->state = STATE_SKIP;
    r->why = why;
}

static void put(struct import_rows *r, char c)
{
    if (r->len == IMPORT_ROW_BYTES) {
        skip(r, r->state == STATE_QUOTED
                    ? "it is longer than 64 KiB: is a quote not closed?"
                    : "it is longer than 64 KiB");
        return;
    }
    r->record[r->len++] = c;
}

static void end_cell(struct import_rows *r)
{
    put(r, '\0');
    r->is_cell_begun = false;
    if (r->state == STATE_SKIP)
        return;
    if (r->cell_count == CELLS_MAX) {
        skip(r, "it has too many columns");
        return;
    }
    r->cells[++r->cell_count] = r->len;
    r->state = STATE_PLAIN;
}

static int end_record(struct import_rows *r)
{
    int rc = 0;

    if (r->state != STATE_SKIP && r->has_bytes) {
        if (r->len > 0 && r->state == STATE_PLAIN && r->record[r->len - 1] == '\r' &&
            r->is_cell_begun)
            r->len--;
        r->record[r->len] = '\0';
        if (r->format == IMPORT_CSV)
            end_cell(r);
    }
    if (r->state == STATE_SKIP && r->format == IMPORT_CSV && !r->has_columns)
        snprintf(r->problem, sizeof r->problem, "the line of the columns: %s", r->why);
    else if (r->state == STATE_SKIP)
        rc = give(r, r->why, NULL, 0);
    else if (r->has_bytes && !r->problem[0])
        rc = r->format == IMPORT_CSV ? take_cells(r) : take_object(r);
    return rc;
}

static void take_csv(struct import_rows *r, char c)
{
    if (r->state == STATE_QUOTED) {
        if (c == '"')
            r->state = STATE_CLOSED;
        else
            put(r, c);
    } else if (r->state == STATE_CLOSED && c == '"') {
        r->state = STATE_QUOTED;
        put(r, c);
    } else if (c == ',') {
        end_cell(r);
    } else if (r->state == STATE_CLOSED) {
        if (c != '\r')
            skip(r, "there is something behind a closing quote");
    } else if (c == '"') {
        if (r->is_cell_begun)
            skip(r, "there is a quote inside a cell that is not quoted");
        else
            r->state = STATE_QUOTED;
        r->is_cell_begun = true;
    } else {
        r->is_cell_begun = true;
        put(r, c);
    }
}

/* A byte order mark in front of everything is none of the first cell's. */
static bool is_mark(struct import_rows *r, char c)
{
    static const char mark[] = "\xef\xbb\xbf";

    if (r->bom < 3 && c == mark[r->bom] && r->line == 1 && !r->has_bytes) {
        r->bom++;
        return true;
    }
    return false;
}

static int take_byte(struct import_rows *r, char c)
{
    if (c == '\n' && r->state != STATE_QUOTED) {
        int rc = end_record(r);
        r->line++;
        begin_record(r);
        return rc;
    }
    r->line += c == '\n';
    r->has_bytes |= c != '\r';
    if (r->state == STATE_SKIP)
        return 0;
    if (c == '\0') {
        skip(r, "it has a NUL byte");
    } else if (r->format == IMPORT_CSV) {
        take_csv(r, c);
    } else {
        r->is_cell_begun = true;
        put(r, c);
    }
    return 0;
}

int import_rows_feed(struct import_rows *r, const char *bytes, size_t len)
{
    int rc = 0;

    for (size_t i = 0; i < len && rc == 0 && !r->problem[0]; i++)
        if (!is_mark(r, bytes[i]))
            rc = take_byte(r, bytes[i]);
    return rc;
}

int import_rows_end(struct import_rows *r)
{
    int rc = 0;

    if (r->state == STATE_QUOTED)
        skip(r, "a quote is not closed");
    if (r->has_bytes || r->state == STATE_SKIP)
        rc = end_record(r);
    begin_record(r);
    if (rc == 0 && r->format == IMPORT_CSV && !r->has_columns && !r->problem[0])
        snprintf(r->problem, sizeof r->problem, "there is no line with the columns");
    return rc;
}
