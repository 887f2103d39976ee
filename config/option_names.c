/* SPDX-License-Identifier: Apache-2.0 */
/* option_names.c - options by name, and their type, unit and range in words. */
#include <inttypes.h>
#include <string.h>

#include "config/config_internal.h"
#include "config/manual.h"

enum { NAME_MAX_BYTES = 48 };

static const char *const unit_names[] = {
    [UNIT_NONE] = "",       [UNIT_MS] = "ms",   [UNIT_S] = "s",
    [UNIT_BYTES] = "bytes", [UNIT_PCT] = "pct",
};

static const char *const type_names[] = {
    [OPTION_FLAG] = "yes or no",
    [OPTION_NUMBER] = "number",
    [OPTION_POWER] = "number",
    [OPTION_CHOICE] = "choice",
    [OPTION_PATH] = "path",
    [OPTION_HOST] = "host or host:port",
    [OPTION_ADDRESS] = "address:port",
    [OPTION_LISTEN] = "list of address:port",
    [OPTION_OBJECTS] = "list of numbers",
};

size_t option_find(const char *name, size_t len)
{
    size_t i = 0;

    while (i < option_count && (strlen(option_table[i].name) != len ||
                                memcmp(option_table[i].name, name, len) != 0))
        i++;
    return i;
}

/* Levenshtein with one row; a and b are at most NAME_MAX_BYTES long. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t row[NAME_MAX_BYTES + 1];

    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b_len];
}

const struct option *option_nearest(const char *name, size_t len)
{
    const struct option *nearest = NULL;
    size_t least = len / 3 + 1; /* a third of it wrong is no typing error */

    if (len > NAME_MAX_BYTES)
        return NULL;
    for (size_t i = 0; i < option_count; i++) {
        const char *other = option_table[i].name;
        size_t d = edit_distance(name, len, other, strlen(other));
        if (d < least) {
            least = d;
            nearest = &option_table[i];
        }
    }
    return nearest;
}

const char *option_unit_name(enum option_unit unit)
{
    return unit_names[unit];
}

static void choices_in_words(const struct option *opt, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (const struct option_choice *c = opt->choices; c->name && used < size; c++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " | " : "",
                                 c->name);
}

void option_range(const struct option *opt, char *out, size_t size)
{
    switch (opt->type) {
    case OPTION_NUMBER:
        snprintf(out, size, "%" PRId64 "..%" PRId64, opt->min, opt->max);
        break;
    case OPTION_POWER:
        snprintf(out, size, "%" PRId64 "..%" PRId64 ", a power of two", opt->min,
                 opt->max);
        break;
    case OPTION_OBJECTS:
        snprintf(out, size, "up to %d, each %" PRId64 "..%" PRId64, CONFIG_OBJECTS_MAX,
                 opt->min, opt->max);
        break;
    case OPTION_CHOICE:
        choices_in_words(opt, out, size);
        break;
    case OPTION_LISTEN:
        snprintf(out, size, "up to %d", CONFIG_LISTEN_MAX);
        break;
    case OPTION_ADDRESS:
    case OPTION_FLAG:
    case OPTION_PATH:
    case OPTION_HOST:
        out[0] = '\0';
        break;
    }
}

bool config_option_each(size_t i, struct config_option_view *out)
{
    if (i >= option_count)
        return false;

    const struct option *opt = &option_table[i];
    size_t first = i;
    while (!option_table[first].section)
        first--;
    *out = (struct config_option_view){
        .section = option_table[first].section,
        .name = opt->name,
        .type = type_names[opt->type],
        .unit = option_unit_name(opt->unit),
        .value = opt->value,
        .help = opt->help,
        .reloads = opt->reloads,
    };
    option_range(opt, out->range, sizeof out->range);
    return true;
}
