/* SPDX-License-Identifier: Apache-2.0 */
/* filter_fields.c - the fields of filters, and what somebody meant who mistyped one. */
#include <string.h>

#include "store/filter_internal.h"

/* An endpoint has one device, so any order will do. */
static const struct filter_field fields[] = {
    {"endpoint", FILTER_TEXT, offsetof(struct device_row, endpoint), "d.endpoint",
     "device d WHERE d.endpoint = ", 1},
    {"state", FILTER_TEXT, offsetof(struct device_row, state), "d.state",
     "device d INDEXED BY device_by_state WHERE d.state = ", 7},
    {"manufacturer", FILTER_TEXT, offsetof(struct device_row, manufacturer),
     "d.manufacturer",
     "device d INDEXED BY device_by_manufacturer WHERE d.manufacturer <> '' AND "
     "d.manufacturer = ",
     6},
    {"model", FILTER_TEXT, offsetof(struct device_row, model), "d.model",
     "device d INDEXED BY device_by_model WHERE d.model <> '' AND d.model = ", 5},
    {"serial", FILTER_TEXT, offsetof(struct device_row, serial), "d.serial",
     "device d INDEXED BY device_by_serial WHERE d.serial <> '' AND d.serial = ", 2},
    {"hardware", FILTER_VERSION, offsetof(struct device_row, hardware), "d.hardware",
     NULL, 0},
    {"firmware", FILTER_VERSION, offsetof(struct device_row, firmware), "d.firmware",
     NULL, 0},
    {"software", FILTER_VERSION, offsetof(struct device_row, software), "d.software",
     NULL, 0},
    {"lwm2m", FILTER_TEXT, offsetof(struct device_row, lwm2m), "d.lwm2m", NULL, 0},
    {"binding", FILTER_TEXT, offsetof(struct device_row, binding), "d.binding", NULL,
     0},
    {"location", FILTER_TEXT, offsetof(struct device_row, location), "d.location", NULL,
     0},
    {"registered_at", FILTER_TIME, offsetof(struct device_row, registered_ms),
     "d.registered_ms", NULL, 0},
    {"seen_at", FILTER_TIME, offsetof(struct device_row, seen_ms), "d.seen_ms", NULL,
     0},
};

static const struct filter_field tag_field = {
    .name = "tag.NAME",
    .type = FILTER_TAG,
    .column = "x.value",
    .source = "tag w CROSS JOIN device d ON d.id = w.device_id WHERE w.value = ",
    .devices = 3,
};

static const struct {
    const char *suffix;
    struct filter_field field;
} component_fields[] = {
    {".version",
     {"component.NAME.version", FILTER_COMPONENT_VERSION, 0, "x.version",
      "component w INDEXED BY component_by_version"
      " CROSS JOIN device d ON d.id = w.device_id WHERE CASE w.version_key WHEN x''"
      " THEN CAST(w.version AS BLOB) ELSE w.version_key END = ",
      4}},
    {".state", {"component.NAME.state", FILTER_COMPONENT_STATE, 0, "x.state", NULL, 0}},
    {".result",
     {"component.NAME.result", FILTER_COMPONENT_RESULT, 0, "x.result", NULL, 0}},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct filter_field *find_component(const char *rest, char *name_out)
{
    size_t len = strlen(rest);

    for (size_t i = 0; i < COUNT(component_fields); i++) {
        size_t tail = strlen(component_fields[i].suffix);
        if (len <= tail || strcmp(rest + len - tail, component_fields[i].suffix) != 0)
            continue;
        memcpy(name_out, rest, len - tail);
        name_out[len - tail] = '\0';
        return &component_fields[i].field;
    }
    return NULL;
}

const struct filter_field *filter_field_find(const char *text, char *name_out)
{
    *name_out = '\0';
    for (size_t i = 0; i < COUNT(fields); i++)
        if (strcmp(fields[i].name, text) == 0)
            return &fields[i];
    if (strncmp(text, "tag.", 4) == 0 && text[4] != '\0') {
        memcpy(name_out, text + 4, strlen(text + 4) + 1);
        return &tag_field;
    }
    if (strncmp(text, "component.", 10) == 0)
        return find_component(text + 10, name_out);
    return NULL;
}

static const struct filter_field *field_at(size_t i)
{
    if (i < COUNT(fields))
        return &fields[i];
    i -= COUNT(fields);
    if (i == 0)
        return &tag_field;
    return i <= COUNT(component_fields) ? &component_fields[i - 1].field : NULL;
}

bool filter_field_view(size_t i, struct filter_field_view *out)
{
    static const struct filter_field_view views[] = {
        [FILTER_TEXT] = {NULL, "text", false, true},
        [FILTER_VERSION] = {NULL, "version", true, true},
        [FILTER_TIME] = {NULL, "time", true, false},
        [FILTER_TAG] = {NULL, "text", false, true},
        [FILTER_COMPONENT_VERSION] = {NULL, "version", true, true},
        [FILTER_COMPONENT_STATE] = {NULL, "text", false, true},
        [FILTER_COMPONENT_RESULT] = {NULL, "number", true, false},
    };
    const struct filter_field *field = field_at(i);

    if (!field)
        return false;
    *out = views[field->type];
    out->name = field->name;
    return true;
}

enum { WORD_MAX = 24 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein distance, row by row. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t len = strlen(b);

    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            size_t above = row[j];
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = smallest(above + 1, row[j - 1] + 1, change);
            diagonal = above;
        }
    }
    return row[len];
}

const char *filter_field_guess(const char *text)
{
    const char *best = NULL;
    size_t best_distance = 3; /* further off it is another word */

    if (strncmp(text, "component", 9) == 0)
        return component_fields[0].field.name;
    if (strlen(text) > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < COUNT(fields); i++) {
        size_t d = distance(text, fields[i].name);
        if (d < best_distance && d < strlen(text)) {
            best = fields[i].name;
            best_distance = d;
        }
    }
    return best ? best : strncmp(text, "tag", 3) == 0 ? tag_field.name : NULL;
}

bool filter_op_is_order(enum filter_op op)
{
    return op == FILTER_LT || op == FILTER_LE || op == FILTER_GT || op == FILTER_GE;
}

static const struct {
    const char *text;
    enum filter_op op;
} operators[] = {
    {"==", FILTER_EQ},   {"!=", FILTER_NE},     {"=lt=", FILTER_LT},
    {"=le=", FILTER_LE}, {"=gt=", FILTER_GT},   {"=ge=", FILTER_GE},
    {"=in=", FILTER_IN}, {"=out=", FILTER_OUT}, {"<=", FILTER_LE},
    {"<", FILTER_LT},    {">=", FILTER_GE},     {">", FILTER_GT},
};

size_t filter_op_find(const char *text, enum filter_op *op)
{
    for (size_t i = 0; i < COUNT(operators); i++) {
        size_t len = strlen(operators[i].text);
        if (strncmp(text, operators[i].text, len) == 0) {
            *op = operators[i].op;
            return len;
        }
    }
    return 0;
}
