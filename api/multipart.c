/* SPDX-License-Identifier: Apache-2.0 */
/* The delimiter is CR LF "--" boundary, and a boundary has no CR: after a mismatch the
 * only place where it can begin again is the byte that did not match.
 */
#include "api/multipart.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static const char type[] = "multipart/form-data";

bool multipart_is(const char *content_type)
{
    size_t len = sizeof type - 1;

    return content_type && strncasecmp(content_type, type, len) == 0 &&
           (content_type[len] == '\0' || strchr("; \t", content_type[len]));
}

/* Copy a token or quoted string at *s into out, and move behind it. */
static bool take_value(const char **s, char *out, size_t size)
{
    bool is_quoted = **s == '"';
    size_t len = 0;

    *s += is_quoted;
    while (**s && (is_quoted ? **s != '"' : !strchr("; \t", **s))) {
        if (is_quoted && **s == '\\' && ((*s)[1] == '"' || (*s)[1] == '\\'))
            (*s)++;
        if (len + 1 >= size)
            return false;
        out[len++] = *(*s)++;
    }
    out[len] = '\0';
    if (!is_quoted)
        return true;
    if (**s != '"')
        return false;
    (*s)++;
    return true;
}

/* Next "; name=" after a header's first word. @return its length, 0 at the end */
static size_t next_parameter(const char **s, const char **name)
{
    *s += strspn(*s, "; \t");
    *name = *s;
    size_t len = strcspn(*s, "=;");
    if ((*s)[len] != '=')
        return 0;
    *s += len + 1;
    return len;
}

static bool is_word(const char *name, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(name, word, len) == 0;
}

static bool is_boundary(const char *b)
{
    static const char others[] = "'()+_,-./:=? ";
    size_t len = strlen(b);

    for (size_t i = 0; i < len; i++) {
        char lower = (char)(b[i] | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(b[i] >= '0' && b[i] <= '9') &&
            !strchr(others, b[i]))
            return false;
    }
    return len > 0 && b[len - 1] != ' ';
}

int multipart_init(struct multipart *m, const char *content_type)
{
    char boundary[MULTIPART_BOUNDARY_MAX + 1], other[MULTIPART_NAME_MAX + 1];
    const char *s = content_type + strcspn(content_type, ";"), *name;

    *m = (struct multipart){.matched = 2}; /* the first one needs no CR LF */
    for (size_t len; (len = next_parameter(&s, &name)) > 0;) {
        bool is_it = is_word(name, len, "boundary");
        if (!take_value(&s, is_it ? boundary : other,
                        is_it ? sizeof boundary : sizeof other))
            return -EBADMSG;
        if (!is_it)
            continue;
        if (!is_boundary(boundary))
            return -EBADMSG;
        memcpy(m->delimiter, "\r\n--", 4);
        m->delimiter_len = 4 + strlen(boundary);
        memcpy(m->delimiter + 4, boundary, m->delimiter_len - 4 + 1);
        return 0;
    }
    return -EBADMSG;
}

static enum multipart_event bad(struct multipart *m, const char *problem)
{
    m->state = MULTIPART_IS_BAD;
    m->problem = problem;
    return MULTIPART_BAD;
}

/* Scan for the delimiter. @return true with m->bytes when there is data to give out;
 * else the input is used up or the delimiter was found (m->matched tells) */
static bool scan(struct multipart *m, const char **in, size_t *len)
{
    while (*len > 0 && m->matched < m->delimiter_len) {
        if (**in == m->delimiter[m->matched]) {
            m->matched++;
            (*in)++;
            (*len)--;
        } else if (m->matched > 0) {
            m->bytes = m->delimiter; /* what matched is data after all */
            m->len = m->matched;
            m->matched = 0;
            return true;
        } else {
            const char *cr = memchr(*in, '\r', *len);
            m->bytes = *in;
            m->len = cr ? (size_t)(cr - *in) : *len;
            *in += m->len;
            *len -= m->len;
            return true;
        }
    }
    return false;
}

/* Collect a line. @return true when its CR LF has come; m->line without it */
static bool collect_line(struct multipart *m, const char **in, size_t *len)
{
    while (*len > 0) {
        char c = *(*in)++;
        (*len)--;
        if (c == '\n' && m->line_len > 0 && m->line[m->line_len - 1] == '\r') {
            m->line[--m->line_len] = '\0';
            return true;
        }
        if (c == '\0' || m->line_len == MULTIPART_LINE_MAX) {
            m->state = MULTIPART_IS_BAD;
            m->problem = "a header line is too long or has a NUL";
            return false;
        }
        m->line[m->line_len++] = c;
    }
    return false;
}

static bool read_disposition(struct multipart *m, const char *value)
{
    char other[MULTIPART_NAME_MAX + 1];
    const char *name;

    value += strspn(value, " \t");
    if (strncasecmp(value, "form-data", 9) != 0)
        return false;
    value += 9;
    for (size_t len; (len = next_parameter(&value, &name)) > 0;) {
        char *out = other;
        if (is_word(name, len, "name"))
            out = m->name;
        if (is_word(name, len, "filename")) {
            out = m->filename;
            m->has_filename = true;
        }
        if (!take_value(&value, out, MULTIPART_NAME_MAX + 1))
            return false;
    }
    return true;
}

static enum multipart_event in_headers(struct multipart *m, const char **in,
                                       size_t *len)
{
    static const char disposition[] = "Content-Disposition:";

    while (collect_line(m, in, len)) {
        size_t line_len = m->line_len;
        m->line_len = 0;
        if (line_len == 0) {
            m->state = MULTIPART_IN_DATA;
            m->matched = 0;
            return MULTIPART_PART;
        }
        if (++m->lines > MULTIPART_LINES_MAX)
            return bad(m, "a part has too many header lines");
        if (strncasecmp(m->line, disposition, sizeof disposition - 1) == 0 &&
            !read_disposition(m, m->line + sizeof disposition - 1))
            return bad(m, "a part's Content-Disposition is not readable");
    }
    return m->state == MULTIPART_IS_BAD ? MULTIPART_BAD : MULTIPART_MORE;
}

/* Behind a delimiter: "--" ends it all, blanks and CR LF begin a part. */
static enum multipart_event in_boundary_line(struct multipart *m, const char **in,
                                             size_t *len)
{
    while (*len > 0) {
        char c = *(*in)++;
        (*len)--;
        m->line[m->line_len++] = c;
        if (m->line_len == 2 && memcmp(m->line, "--", 2) == 0) {
            m->state = MULTIPART_IN_EPILOGUE;
            return MULTIPART_END;
        }
        if (m->line_len >= 2 && memcmp(m->line + m->line_len - 2, "\r\n", 2) == 0) {
            m->state = MULTIPART_IN_HEADERS;
            m->line_len = 0;
            m->lines = 0;
            m->name[0] = m->filename[0] = '\0';
            m->has_filename = false;
            return in_headers(m, in, len);
        }
        if (!strchr(" \t\r-", c) || c == '\0' || m->line_len > 64)
            return bad(m, "something stands behind a boundary");
    }
    return MULTIPART_MORE;
}

static void behind_delimiter(struct multipart *m)
{
    m->matched = 0;
    m->line_len = 0;
    m->state = MULTIPART_IN_BOUNDARY_LINE;
}

static enum multipart_event in_data(struct multipart *m, const char **in, size_t *len)
{
    if (scan(m, in, len))
        return MULTIPART_DATA;
    if (m->matched < m->delimiter_len)
        return MULTIPART_MORE;
    behind_delimiter(m);
    return MULTIPART_PART_END;
}

static enum multipart_event in_preamble(struct multipart *m, const char **in,
                                        size_t *len)
{
    while (scan(m, in, len))
        ;
    if (m->matched < m->delimiter_len)
        return MULTIPART_MORE;
    behind_delimiter(m);
    return in_boundary_line(m, in, len);
}

enum multipart_event multipart_next(struct multipart *m, const char **in, size_t *len)
{
    switch (m->state) {
    case MULTIPART_IN_PREAMBLE:
        return in_preamble(m, in, len);
    case MULTIPART_IN_BOUNDARY_LINE:
        return in_boundary_line(m, in, len);
    case MULTIPART_IN_HEADERS:
        return in_headers(m, in, len);
    case MULTIPART_IN_DATA:
        return in_data(m, in, len);
    case MULTIPART_IN_EPILOGUE:
        *in += *len;
        *len = 0;
        return MULTIPART_MORE;
    case MULTIPART_IS_BAD:
        return MULTIPART_BAD;
    }
    return MULTIPART_BAD;
}

bool multipart_is_complete(const struct multipart *m)
{
    return m->state == MULTIPART_IN_EPILOGUE;
}
