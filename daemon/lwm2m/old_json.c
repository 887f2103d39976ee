/* SPDX-License-Identifier: Apache-2.0 */
/* old_json.c - the JSON of LwM2M 1.0 (content formats 11543 and 1543):
 * {"bn":"/3/0/","bt":0,"e":[{"n":"0","sv":"x"},{"n":"9","v":100}]}.
 *
 * Base name and base time may stand behind the entries, so these are passed over first
 * and read in a second run. Clients disagree on whether the base name ends with a
 * slash.
 */
#include <errno.h>
#include <string.h>

#include "daemon/lwm2m/json.h"
#include "daemon/lwm2m/json_value.h"

/* Without a base name, names continue the path of the request. */
static void base_name_from_request(struct lwm2m_decoder *d)
{
    char text[LWM2M_PATH_TEXT_BYTES];

    lwm2m_path_print(&d->base, text);
    senml_set_name(d, SENML_BASE_NAME, text, strlen(text));
}

static void begin(struct lwm2m_decoder *d)
{
    const uint8_t *entries = NULL;

    d->is_begun = true;
    base_name_from_request(d);
    json_expect(&d->in, '{');
    for (bool is_first = true; json_more(&d->in, is_first, '}'); is_first = false) {
        struct json_string name = json_read_name(&d->in);
        if (json_string_is(&name, "bn")) {
            json_read_into_name(d, SENML_BASE_NAME);
        } else if (json_string_is(&name, "bt")) {
            d->base_time_s = json_read_double(&d->in);
        } else {
            if (json_string_is(&name, "e") && json_peek(&d->in) == '[')
                entries = d->in.at + 1;
            json_skip(&d->in);
        }
    }
    if (json_peek(&d->in) != 0 || reader_left(&d->in) > 0 || !entries)
        d->in.bad = true;
    else
        d->in.at = entries;
}

static void read_field(struct lwm2m_decoder *d, const struct json_string *name,
                       struct senml_record *s)
{
    if (json_string_is(name, "n")) {
        s->has_name = true;
        json_read_into_name(d, SENML_NAME);
    } else if (json_string_is(name, "v")) {
        s->value = json_read_number_or_null(&d->in);
    } else if (json_string_is(name, "bv")) {
        s->value = lwm2m_bool(json_read_bool(&d->in));
    } else if (json_string_is(name, "sv")) {
        s->value = json_read_text(d);
    } else if (json_string_is(name, "ov")) {
        s->is_link = true;
        s->value = json_read_text(d);
    } else if (json_string_is(name, "t")) {
        s->time_s = json_read_double(&d->in);
    } else {
        json_skip(&d->in);
    }
}

/* One slash between base name and name, and neither if there is no name. */
static void join_with_slash(struct lwm2m_decoder *d, struct senml_record *s)
{
    bool ends = d->base_name_len > 0 && d->base_name[d->base_name_len - 1] == '/';

    if (!s->has_name || d->name_len == 0) {
        s->has_name = true;
        d->name_len = 0;
    } else if (!ends && d->name[0] != '/' && d->name_len < LWM2M_NAME_BYTES) {
        memmove(d->name + 1, d->name, d->name_len++);
        d->name[0] = '/';
    } else if (ends && d->name[0] == '/') {
        memmove(d->name, d->name + 1, --d->name_len);
    }
}

int old_json_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    bool is_first = !d->is_begun;
    struct senml_record s = {0};

    if (is_first)
        begin(d);
    if (!json_more(&d->in, is_first, ']'))
        return 0;
    json_expect(&d->in, '{');
    for (is_first = true; json_more(&d->in, is_first, '}'); is_first = false) {
        struct json_string name = json_read_name(&d->in);
        read_field(d, &name, &s);
    }
    join_with_slash(d, &s);
    return senml_resolve(d, &s, out);
}
