/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m_cbor.c - LwM2M CBOR (Core 1.2.2, 7.4.6): nested maps whose keys are one id or
 * an array of several, until a value is no map.
 *
 * What a gateway's other devices say (keys that start with text) is passed over. A path
 * that comes twice is given twice: nothing is kept here to notice it.
 */
#include <errno.h>

#include "daemon/lwm2m/cbor.h"
#include "daemon/lwm2m/codecs.h"

enum key { KEY_PATH, KEY_FOREIGN };

static void push(struct lwm2m_decoder *d, const struct lwm2m_path *path,
                 const struct cbor_item *map)
{
    d->levels[d->depth++] = (struct lwm2m_level){
        .path = *path,
        .left = map->n,
        .is_indefinite = map->is_indefinite,
        .is_empty = true,
    };
}

static void append_id(struct reader *r, const struct cbor_item *item,
                      struct lwm2m_path *path)
{
    if (item->type != CBOR_UINT || item->n > LWM2M_ID_MAX ||
        path->depth == LWM2M_PATH_IDS)
        r->bad = true;
    else
        *path = lwm2m_path_child(path, (uint16_t)item->n);
}

static enum key read_key_array(struct reader *r, const struct cbor_item *array,
                               struct lwm2m_path *path)
{
    uint64_t left = array->n;
    uint8_t depth = path->depth;
    enum key key = KEY_PATH;

    for (bool is_first = true; cbor_more(r, array->is_indefinite, &left);
         is_first = false) {
        struct cbor_item item = cbor_read(r);
        if (is_first && item.type == CBOR_TEXT)
            key = KEY_FOREIGN;
        else if (key == KEY_PATH)
            append_id(r, &item, path);
        else
            cbor_skip_rest(r, &item);
    }
    if (key == KEY_PATH && path->depth == depth)
        r->bad = true; /* a key of no ids: maps could nest for ever */
    return key;
}

static enum key read_key(struct reader *r, struct lwm2m_path *path)
{
    struct cbor_item item = cbor_read(r);

    if (item.type == CBOR_TEXT)
        return KEY_FOREIGN;
    if (item.type == CBOR_ARRAY)
        return read_key_array(r, &item, path);
    append_id(r, &item, path);
    return KEY_PATH;
}

static void begin(struct lwm2m_decoder *d)
{
    struct cbor_item item = cbor_read_untagged(&d->in);
    struct lwm2m_path root = {0};

    d->is_begun = true;
    if (item.type != CBOR_MAP)
        d->in.bad = true;
    push(d, &root, &item);
}

/* @return true if there is a value to read in the innermost level */
static bool pop(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    while (d->depth > 0) {
        struct lwm2m_level *level = &d->levels[d->depth - 1];
        if (cbor_more(&d->in, level->is_indefinite, &level->left))
            return true;
        d->depth--;
        if (level->is_empty && d->depth > 0) {
            *out = (struct lwm2m_record){.path = level->path};
            return false;
        }
    }
    return false;
}

/* What stands behind a key. @return true if it is a value, now in *out */
static bool read_entry(struct lwm2m_decoder *d, const struct lwm2m_path *path,
                       struct lwm2m_record *out)
{
    struct reader ahead = d->in;
    struct cbor_item item = cbor_read_untagged(&ahead);

    if (item.type == CBOR_MAP) {
        d->in = ahead;
        if (path->depth == LWM2M_PATH_IDS)
            d->in.bad = true;
        else
            push(d, path, &item);
        return false;
    }
    *out = (struct lwm2m_record){.path = *path, .value = cbor_read_value(&d->in)};
    if (path->depth < 3 && out->value.kind != LWM2M_NONE)
        d->in.bad = true;
    value_settle(d, path, &out->value);
    return true;
}

int lwm2m_cbor_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    if (!d->is_begun)
        begin(d);
    while (!d->in.bad) {
        *out = (struct lwm2m_record){0};
        if (!pop(d, out)) {
            if (out->path.depth > 0)
                return 1;
            return d->in.bad || reader_left(&d->in) > 0 ? -EBADMSG : 0;
        }
        struct lwm2m_level *level = &d->levels[d->depth - 1];
        struct lwm2m_path path = level->path;
        level->is_empty = false;
        if (read_key(&d->in, &path) == KEY_FOREIGN) {
            struct cbor_item item = cbor_read(&d->in);
            cbor_skip_rest(&d->in, &item);
        } else if (!d->in.bad && read_entry(d, &path, out)) {
            return 1;
        }
    }
    return -EBADMSG;
}
