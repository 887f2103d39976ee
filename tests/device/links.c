/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - link format: the object list of a Register, and Discover. */
#include "tests/device/answer.h"
#include "tests/device/device.h"
#include "tests/device/tree.h"

#include <stdio.h>
#include <string.h>

const char *links_prefix(const struct device *d, char out[40])
{
    (void)snprintf(out, 40, "%s%s", d->group->path[0] ? "/" : "", d->group->path);
    return out;
}

/* `;ver=…` of an object, "" where the default holds. 1.0 writes it in quotes. */
static const char *version_text(const struct device *d, uint16_t object, char out[24])
{
    static const char *const device_versions[] = {"", "1.1", "1.2"};
    const char *quote = d->lwm2m_minor ? "" : "\"", *version = "1.0";

    if (object == 3) {
        version = device_versions[d->lwm2m_minor];
    } else if (object == 1 || object == 5) {
        version = d->lwm2m_minor ? "1.1" : "";
    }
    out[0] = '\0';
    if (*version) {
        (void)snprintf(out, 24, ";ver=%s%s%s", quote, version, quote);
    }
    return out;
}

static void root_write(struct writer *w, const struct device *d, const char *prefix)
{
    if (d->lwm2m_minor || *prefix) {
        writer_text(w, "<");
        writer_text(w, *prefix ? prefix : "/");
        writer_text(w, ">;rt=\"oma.lwm2m\"");
        writer_text(w, d->lwm2m_minor && d->group->senml_cbor != TRI_NO ? ";ct=112,"
                                                                        : ",");
    }
}

size_t links_register(const struct device *d, char *out, size_t size)
{
    struct writer w = writer_of(out, size);
    uint16_t objects[TREE_LIST_MAX], instances[TREE_LIST_MAX];
    char prefix[40], line[80], version[24];
    size_t n = tree_objects(d, objects);

    links_prefix(d, prefix);
    root_write(&w, d, prefix);
    for (size_t i = 0; i < n; i++) {
        if (*version_text(d, objects[i], version)) {
            (void)snprintf(line, sizeof(line), "<%s/%u>%s,", prefix, objects[i],
                           version);
            writer_text(&w, line);
        }
        size_t count = tree_instances(d, objects[i], instances);
        for (size_t k = 0; k < count; k++) {
            (void)snprintf(line, sizeof(line), "<%s/%u/%u>,", prefix, objects[i],
                           instances[k]);
            writer_text(&w, line);
        }
    }
    size_t len = writer_len(&w);
    return len ? len - 1 : 0; /* without the last comma */
}

static const struct attributes *attributes_of(const struct device *d,
                                              const struct path *p)
{
    for (size_t i = 0; i < d->attribute_count; i++) {
        const struct path *own = &d->attributes[i].path;
        if (own->depth == p->depth && path_covers(own, p)) {
            return &d->attributes[i];
        }
    }
    return NULL;
}

static void link_write(const struct device *d, struct writer *w, const struct path *p,
                       const char *more)
{
    char prefix[40], text[PATH_TEXT_MAX];
    const struct attributes *a = attributes_of(d, p);
    writer_text(w, writer_len(w) ? ",<" : "<");
    writer_text(w, links_prefix(d, prefix));
    writer_text(w, path_text(p, text));
    writer_text(w, ">");
    writer_text(w, more);
    writer_text(w, a ? a->text : "");
}

static void resource_write(const struct device *d, struct writer *w,
                           const struct path *p)
{
    char dimension[16] = "";
    struct values values;
    if (tree_is_multiple(d, p) && !tree_read(d, p, &values)) {
        size_t n = values.count && values.v[0].is_empty_multiple ? 0 : values.count;
        (void)snprintf(dimension, sizeof(dimension), ";dim=%zu", n);
    }
    link_write(d, w, p, dimension);
}

static void instance_write(const struct device *d, struct writer *w, struct path p)
{
    uint16_t list[TREE_LIST_MAX];
    size_t n = tree_resources(d, &p, list);
    link_write(d, w, &p, "");
    p.depth = 3;
    for (size_t i = 0; i < n; i++) {
        p.id[2] = list[i];
        resource_write(d, w, &p);
    }
}

static int object_write(const struct device *d, struct writer *w,
                        const struct path *path)
{
    uint16_t list[TREE_LIST_MAX];
    char version[24];
    size_t n = tree_instances(d, path->id[0], list);
    if (!n) {
        return FW_NOT_FOUND;
    }
    link_write(d, w, path, version_text(d, path->id[0], version));
    struct path p = *path;
    p.depth = 2;
    for (size_t i = 0; i < n; i++) {
        p.id[1] = list[i];
        instance_write(d, w, p);
    }
    return 0;
}

int links_discover(struct device *d, const struct path *path, size_t *len)
{
    struct writer w = writer_of(d->body, sizeof(d->body));
    struct values values;
    int code = 0;
    if (path->depth == 1) {
        code = object_write(d, &w, path);
    } else if (path->depth == 2) {
        code = tree_read(d, path, &values);
        if (!code) {
            instance_write(d, &w, *path);
        }
    } else if (path->depth == 3) {
        code = tree_operations(d, path) ? 0 : FW_NOT_FOUND;
        resource_write(d, &w, path);
    } else {
        code = FW_NOT_ALLOWED;
    }
    *len = writer_len(&w);
    return code ? code : w.bad ? 0xa0 : 0;
}
