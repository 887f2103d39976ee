/* SPDX-License-Identifier: Apache-2.0 */
/* line.c - a line of text to the bytes of a message. */
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/code.h"
#include "tests/daemon/coap/rig.h"

static const char *const types[] = {"CON", "NON", "ACK", "RST"};
static const char *const methods[] = {"EMPTY",  "GET",   "POST",  "PUT",
                                      "DELETE", "FETCH", "PATCH", "IPATCH"};

static int index_of(const char *word, size_t len, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
            return i;
    return -1;
}

static uint8_t code_of(const char *word, size_t len)
{
    int method = index_of(word, len, methods, 8);
    if (method >= 0)
        return (uint8_t)method;
    return (uint8_t)COAP_CODE(word[0] - '0', atoi(word + 2));
}

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (unsigned byte; isxdigit((unsigned char)hex[2 * n]); n++) {
        sscanf(hex + 2 * n, "%2x", &byte);
        out[n] = (uint8_t)byte;
    }
    return n;
}

struct put {
    uint16_t number;
    char kind; /* s segments, u uint, b block, x hex, q text */
};

static struct put put_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        struct put put;
    } table[] = {
        {"observe", {OPTION_OBSERVE, 'u'}},
        {"path", {OPTION_URI_PATH, 's'}},
        {"location", {OPTION_LOCATION_PATH, 's'}},
        {"ct", {OPTION_CONTENT_FORMAT, 'u'}},
        {"maxage", {OPTION_MAX_AGE, 'u'}},
        {"q", {OPTION_URI_QUERY, 'q'}},
        {"accept", {OPTION_ACCEPT, 'u'}},
        {"block2", {OPTION_BLOCK2, 'b'}},
        {"block1", {OPTION_BLOCK1, 'b'}},
        {"size1", {OPTION_SIZE1, 'u'}},
        {"size2", {OPTION_SIZE2, 'u'}},
        {"etag", {OPTION_ETAG, 'x'}},
        {"rtag", {OPTION_REQUEST_TAG, 'x'}},
        {"ifmatch", {OPTION_IF_MATCH, 'x'}},
        {"ifnone", {OPTION_IF_NONE_MATCH, 'x'}},
        {"proxy", {OPTION_PROXY_URI, 'q'}},
        {"critical", {9, 'x'}},
        {"elective", {2048, 'x'}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
            return table[i].put;
    assert(!"known option");
    abort();
}

static void put_value(struct option_writer *w, struct put p, const char *value)
{
    uint8_t bytes[64];
    unsigned num, more, size;
    switch (p.kind) {
    case 's':
        option_put_split(w, p.number, value, '/');
        break;
    case 'u':
        option_put_uint(w, p.number, (uint32_t)strtoul(value, NULL, 10));
        break;
    case 'b':
        sscanf(value, "%u/%u/%u", &num, &more, &size);
        option_put_block(w, p.number, (struct block){num, more != 0, block_szx(size)});
        break;
    case 'q':
        option_put(w, p.number, value, strlen(value));
        break;
    case 'x':
        option_put(w, p.number, bytes, unhex(value, bytes));
        break;
    }
}

static void put_payload(struct option_writer *w, const char *text)
{
    if (text[0] == '#') {
        size_t len = strtoul(text + 1, NULL, 10);
        uint8_t bytes[2048];
        assert(len <= sizeof bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = rig_pattern(i);
        option_put_payload(w, bytes, len);
    } else {
        option_put_payload(w, text, strlen(text));
    }
}

size_t rig_write(const struct rig *r, const char *line, uint8_t *bytes, size_t size)
{
    char copy[2048];
    char *save = NULL;
    snprintf(copy, sizeof copy, "%s", line);
    char *payload = strchr(copy, '|');
    if (payload)
        *payload++ = '\0';
    char *type = strtok_r(copy, " ", &save), *code = strtok_r(NULL, " ", &save);
    struct message head = {.type = (enum message_type)index_of(type, 3, types, 4),
                           .code = code_of(code, strlen(code))};
    char *word = strtok_r(NULL, " ", &save);
    for (; word && (!strncmp(word, "mid=", 4) || !strncmp(word, "tok=", 4));
         word = strtok_r(NULL, " ", &save)) {
        if (word[0] == 'm')
            head.mid = word[4] == '*' ? r->mid : (uint16_t)atoi(word + 4);
        else if (word[4] == '*')
            head.token = r->token;
        else
            head.token.len = (uint8_t)unhex(word + 4, head.token.bytes);
    }
    struct option_writer w = message_begin(bytes, size, &head);
    for (; word; word = strtok_r(NULL, " ", &save)) {
        size_t len = strcspn(word, "=");
        put_value(&w, put_of(word, len), word + len + (word[len] == '='));
    }
    if (payload)
        put_payload(&w, payload);
    assert(!w.bad && "options in order");
    return option_writer_len(&w);
}
