/* SPDX-License-Identifier: Apache-2.0 */
/* http_fields.c - any bytes as header fields, cut and unfolded in place as
 * libmicrohttpd 0.9.75 does: what passes had CR LF between its lines, and nothing stood
 * twice.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char first[] = "HTTP/1.1\r\n";

/* Cut the line at *at: its end becomes NUL. @return it, NULL: no whole line is left */
static char *cut_line(char *text, size_t len, size_t *at)
{
    size_t from = *at, i = from;

    while (i < len && text[i] != '\r' && text[i] != '\n')
        i++;
    if (i + 1 >= len)
        return NULL;
    if (text[i] == '\r' && text[i + 1] == '\n')
        text[i++] = '\0';
    text[i] = '\0';
    *at = i + 1;
    return text + from;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* @return whether all bytes before end have CR and LF in pairs only; NUL before one of
 * them looks the same once lines are cut, and no reader takes it for anything else */
static bool has_pairs(const char *text, size_t end)
{
    for (size_t i = 0; i < end; i++) {
        bool is_end = text[i] == '\n' || text[i] == '\r';
        bool follows =
            i > 0 && (text[i - 1] == '\0' || (text[i] == '\n' && text[i - 1] == '\r'));
        if (is_end && !follows && !(text[i] == '\r' && text[i + 1] == '\n'))
            return false;
    }
    return true;
}

/* Lines that follow and begin with a blank belong to the value, which moves. */
static char *unfolded(char *text, size_t len, size_t *at, char *value)
{
    char *moved = NULL, *line;

    while (*at < len && is_blank(text[*at]) && (line = cut_line(text, len, at))) {
        size_t had = strlen(moved ? moved : value);
        char *longer = malloc(had + strlen(line) + 1);
        if (!longer)
            abort();
        memcpy(longer, moved ? moved : value, had);
        strcpy(longer + had, line);
        free(moved);
        moved = longer;
    }
    return moved;
}

/* @return how far the fields go */
static size_t feed(struct framing *f, char *text, size_t len)
{
    size_t at = sizeof first - 1, end = at;
    char *line;

    while ((line = cut_line(text, len, &at)) && *line) {
        char *colon = strchr(line, ':');
        if (!colon)
            break;
        *colon = '\0';
        char *value = colon + 1 + strspn(colon + 1, " \t");
        char *moved = unfolded(text, len, &at, value);
        framing_field(f, line, moved ? moved : value);
        end = (size_t)(line - text);
        free(moved);
    }
    return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len = sizeof first - 1 + size;
    char *text = malloc(len + 1), *cut = malloc(len + 1);
    struct framing f;

    if (!text || !cut)
        abort();
    memcpy(text, first, sizeof first - 1);
    memcpy(text + sizeof first - 1, data, size);
    text[len] = '\0';
    memcpy(cut, text, len + 1);
    cut[8] = cut[9] = '\0';
    framing_begin(&f, cut, true);
    size_t end = feed(&f, cut, len);
    if (!framing_end(&f)) {
        if (!has_pairs(text, end) || f.content_lengths + f.transfer_encodings > 1 ||
            f.hosts != 1 || f.fields > FRAMING_FIELDS_MAX ||
            f.bytes > FRAMING_BYTES_MAX)
            abort();
    }
    free(text);
    free(cut);
    return 0;
}
