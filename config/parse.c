/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - lines of `name = value`.
 *
 * Our own, because the usual little library (libinih) cuts lines over 200 bytes without
 * an error, and a list of addresses that loses its end is a daemon that listens where
 * nobody expects it.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_internal.h"

enum {
    FILE_MAX_BYTES = 1 << 20,
    SEEN_MAX = 128, /* more than options exist */
};

struct parser {
    const char *name;
    struct config *cfg;
    struct config_error *error;
    unsigned line;
    unsigned seen[SEEN_MAX]; /* line of each option, 0 when not seen */
};

static void fail_at(struct parser *p, const char *what, const char *why)
{
    p->error->line = p->line;
    if (p->line)
        snprintf(p->error->text, sizeof p->error->text, "%.100s:%u: %.180s%.200s",
                 p->name, p->line, what, why);
    else
        snprintf(p->error->text, sizeof p->error->text, "%.100s: %.90s%.300s", p->name,
                 what, why);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t trimmed(const char **text, size_t len)
{
    while (len > 0 && is_blank(**text))
        (*text)++, len--;
    while (len > 0 && is_blank((*text)[len - 1]))
        len--;
    return len;
}

/* Length without a comment: # at the start or after a blank. */
static size_t without_comment(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] == '#' && (i == 0 || is_blank(line[i - 1])))
            return i;
    return len;
}

static int unknown_option(struct parser *p, const char *name, size_t len)
{
    char what[256];
    const struct option *near = option_nearest(name, len);

    snprintf(what, sizeof what, "unknown option '%.*s'%s%s%s", len < 80 ? (int)len : 80,
             name, near ? "; did you mean '" : "", near ? near->name : "",
             near ? "'?" : "");
    fail_at(p, what, "");
    return CONFIG_E_INVALID;
}

static int assign(struct parser *p, const char *name, size_t name_len,
                  const char *value)
{
    char why[256], what[128];
    size_t i = option_find(name, name_len);

    if (i == option_count)
        return unknown_option(p, name, name_len);
    if (p->seen[i]) {
        snprintf(what, sizeof what, "%s was already set in line %u",
                 option_table[i].name, p->seen[i]);
        fail_at(p, what, "");
        return CONFIG_E_INVALID;
    }
    p->seen[i] = p->line ? p->line : 1;
    if (option_read(&option_table[i], value, p->cfg, why, sizeof why) != 0) {
        snprintf(what, sizeof what, "%s: ", option_table[i].name);
        fail_at(p, what, why);
        return CONFIG_E_INVALID;
    }
    return 0;
}

/* `name = value`, not empty, without its end, a comment or a NUL. */
static int read_assignment(struct parser *p, const char *line, size_t len)
{
    char value[CONFIG_LINE_MAX + 1];
    const char *equals = memchr(line, '=', len);
    if (!equals) {
        fail_at(p, "no '=': expected `name = value`", "");
        return CONFIG_E_INVALID;
    }
    const char *name = line, *rest = equals + 1;
    size_t name_len = trimmed(&name, (size_t)(equals - line));
    size_t value_len = trimmed(&rest, len - (size_t)(rest - line));
    memcpy(value, rest, value_len);
    value[value_len] = '\0';
    return assign(p, name, name_len, value);
}

static bool has_control(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
            return true;
    return false;
}

static int check_line(struct parser *p, const char *line, size_t len)
{
    if (len > CONFIG_LINE_MAX) {
        fail_at(p, "the line is longer than 4096 bytes", "");
        return CONFIG_E_INVALID;
    }
    if (has_control(line, len)) {
        fail_at(p, "a control character in the line", "");
        return CONFIG_E_INVALID;
    }
    return 0;
}

static int read_line(struct parser *p, const char *line, size_t len)
{
    if (len > 0 && line[len - 1] == '\r')
        len--;
    int rc = check_line(p, line, len);
    if (rc != 0)
        return rc;
    len = without_comment(line, len);
    len = trimmed(&line, len);
    return len == 0 ? 0 : read_assignment(p, line, len);
}

int config_parse_text(const char *name, const char *text, size_t len,
                      struct config *cfg, struct config_error *error)
{
    struct parser p = {.name = name, .cfg = cfg, .error = error};
    int rc = 0;

    assert(option_count <= SEEN_MAX);
    while (rc == 0 && len > 0) {
        const char *newline = memchr(text, '\n', len);
        size_t line_len = newline ? (size_t)(newline - text) : len;
        size_t used = line_len + (newline ? 1 : 0);
        p.line++;
        rc = read_line(&p, text, line_len);
        text += used;
        len -= used;
    }
    return rc;
}

int config_set(struct config *cfg, const char *assignment, struct config_error *error)
{
    struct parser p = {.name = assignment, .cfg = cfg, .error = error};
    size_t len = strlen(assignment);

    int rc = check_line(&p, assignment, len);
    return rc ? rc : read_assignment(&p, assignment, len);
}

void config_defaults(struct config *out)
{
    char why[256];

    *out = (struct config){0};
    for (size_t i = 0; i < option_count; i++) {
        int rc =
            option_read(&option_table[i], option_table[i].value, out, why, sizeof why);
        assert(rc == 0); /* a default outside its own range */
        (void)rc;
    }
}

/* *text is owned by the caller. */
static int read_file(const char *path, char **text, size_t *len)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;

    int rc = 0;
    char *buffer = malloc(FILE_MAX_BYTES + 1);
    if (!buffer) {
        fclose(file);
        return -ENOMEM;
    }
    errno = 0;
    size_t got = fread(buffer, 1, FILE_MAX_BYTES + 1, file);
    if (ferror(file))
        rc = errno ? -errno : -EIO;
    else if (got > FILE_MAX_BYTES)
        rc = -EFBIG;
    fclose(file);
    if (rc != 0) {
        free(buffer);
        return rc;
    }
    *text = buffer;
    *len = got;
    return 0;
}

int config_parse(const char *path, struct config *out, struct config_error *error)
{
    struct parser p = {.name = path, .error = error};
    struct config cfg;
    char *text = NULL;
    size_t len = 0;

    int rc = read_file(path, &text, &len);
    if (rc != 0) {
        fail_at(&p, strerror(-rc), "");
        return rc;
    }
    config_defaults(&cfg);
    rc = config_parse_text(path, text, len, &cfg, error);
    free(text);
    if (rc == 0) {
        struct config_error plain = {0};
        rc = config_check(&cfg, &plain);
        if (rc != 0)
            fail_at(&p, "", plain.text);
    }
    if (rc == 0)
        *out = cfg;
    return rc;
}
