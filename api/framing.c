/* SPDX-License-Identifier: Apache-2.0 */
#include "api/framing.h"

#include <string.h>
#include <strings.h>

enum { LINE_END = 2, BLANKS_MAX = 64 };

static bool is_token(const char *name, size_t len)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < len; i++) {
        char c = name[i], lower = (char)(c | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
            (c == '\0' || !strchr(others, c)))
            return false;
    }
    return len > 0;
}

/* Tabs are allowed, and bytes over 127 (RFC 9110 5.5). */
static bool has_control(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        if ((*c < 0x20 && *c != '\t') || *c == 0x7f)
            return true;
    return false;
}

bool framing_is_number(const char *value)
{
    return value && *value && value[strspn(value, "0123456789")] == '\0' &&
           strlen(value) < 19;
}

static void blame(struct framing *f, bool is_bad, const char *why)
{
    if (is_bad && !f->bad)
        f->bad = why;
}

void framing_begin(struct framing *f, const char *version, bool in_place)
{
    *f = (struct framing){.version = version};
    if (in_place)
        f->end = version + strlen(version);
}

/* Only addresses are compared until it is sure that the value is where it should be. */
static void look_at_place(struct framing *f, const char *name, const char *value)
{
    const char *colon = name + strlen(name);

    if (!f->end)
        return;
    blame(f, name != f->end + LINE_END, "a line does not end with CR LF");
    if (!value || value <= colon || value > colon + 1 + BLANKS_MAX) {
        blame(f, true, "a header field goes on in the next line");
        return;
    }
    size_t blanks = (size_t)(value - colon) - 1;
    blame(f, strspn(colon + 1, " \t") != blanks && *value,
          "a header field goes on in the next line");
    f->end = value + strlen(value);
}

static void count(struct framing *f, const char *name, const char *value)
{
    bool was_good = !f->bad;

    f->fields++;
    f->bytes += strlen(name) + (value ? strlen(value) : 0);
    blame(f, f->fields > FRAMING_FIELDS_MAX, "too many header fields");
    blame(f, f->bytes > FRAMING_BYTES_MAX, "the header fields are too long");
    f->is_too_large |= was_good && f->bad;
}

static void look_at_name(struct framing *f, const char *name, const char *value)
{
    if (strcasecmp(name, "Host") == 0)
        f->hosts++;
    if (strcasecmp(name, "Authorization") == 0)
        f->authorizations++;
    if (strcasecmp(name, "Content-Length") == 0) {
        f->content_lengths++;
        blame(f, !framing_is_number(value), "Content-Length is no number");
    }
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        f->transfer_encodings++;
        blame(f, !value || strcasecmp(value, "chunked") != 0,
              "Transfer-Encoding is not chunked");
    }
}

void framing_field(struct framing *f, const char *name, const char *value)
{
    count(f, name, value);
    blame(f, !is_token(name, strlen(name)), "a header field has a name that is none");
    blame(f, value && has_control(value), "a header field has a control character");
    look_at_place(f, name, value);
    look_at_name(f, name, value);
}

const char *framing_end(struct framing *f)
{
    blame(f, f->content_lengths > 1, "Content-Length stands twice");
    blame(f, f->transfer_encodings > 1, "Transfer-Encoding stands twice");
    blame(f, f->content_lengths > 0 && f->transfer_encodings > 0,
          "both Content-Length and Transfer-Encoding");
    blame(f, f->transfer_encodings > 0 && strcmp(f->version, "HTTP/1.1") != 0,
          "Transfer-Encoding needs HTTP/1.1");
    blame(f, f->hosts > 1, "Host stands twice");
    blame(f, f->hosts == 0 && strcmp(f->version, "HTTP/1.0") != 0, "Host is missing");
    blame(f, f->authorizations > 1, "Authorization stands twice");
    return f->bad;
}
