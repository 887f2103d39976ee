/* SPDX-License-Identifier: Apache-2.0 */
/* send.c - what a device reports of its own (Send), about what it registered.
 *
 * Source: LwM2M Core 1.2.2 6.4.6: the answer to anything else is 4.04. A device that
 * lists an object without instances may mean each of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/link/report_internal.h"
#include "daemon/lwm2m/link.h"

enum { ANY_INSTANCE = 65535 /* no instance has this number */ };

/** The registered objects and instances, sorted: the payload may name thousands. */
struct registered {
    char root[LWM2M_ROOT_BYTES];
    size_t count;
    uint32_t keys[];
};

static uint32_t key_of(uint16_t object, uint16_t instance)
{
    return (uint32_t)object << 16 | instance;
}

static int by_key(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static bool has_key(const struct registered *r, uint32_t key)
{
    return bsearch(&key, r->keys, r->count, sizeof key, by_key) != NULL;
}

static bool has_instances(const struct registered *r, uint16_t object)
{
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->keys[middle] < key_of(object, 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count && r->keys[low] < key_of(object, ANY_INSTANCE);
}

static bool is_registered(const struct registered *r, const struct lwm2m_path *p)
{
    if (p->depth < 2)
        return false;
    return has_key(r, key_of(p->id[0], p->id[1])) ||
           (has_key(r, key_of(p->id[0], ANY_INSTANCE)) && !has_instances(r, p->id[0]));
}

/* @return owned: free(); NULL without memory */
static struct registered *registered_of(const char *text)
{
    enum { LINK_BYTES_MIN = 4 }; /* "</1>" */
    size_t len = strlen(text);
    struct registered *r =
        calloc(1, sizeof *r + (len / LINK_BYTES_MIN + 1) * sizeof r->keys[0]);
    struct lwm2m_links links;
    struct lwm2m_link link;

    if (!r || lwm2m_links_begin(&links, text, len) != 0)
        return r; /* it registered nothing */
    memcpy(r->root, links.root, sizeof r->root);
    while (lwm2m_links_next(&links, &link) == 1)
        if (link.path.depth > 0)
            r->keys[r->count++] = key_of(
                link.path.id[0], link.path.depth > 1 ? link.path.id[1] : ANY_INSTANCE);
    qsort(r->keys, r->count, sizeof r->keys[0], by_key);
    return r;
}

/* @return 0; LINKS_E_UNREGISTERED; -EBADMSG, LWM2M_E_FORMAT: it cannot be read */
static int check(const struct links *links, const struct registered *r,
                 const struct links_payload *payload)
{
    static const struct lwm2m_path root = {0};
    struct lwm2m_decoder d;
    struct lwm2m_record record;
    bool is_known = true;

    int rc = lwm2m_decode_begin(&d, (uint16_t)payload->format, &root, payload->bytes,
                                payload->len);
    if (rc != 0)
        return rc;
    lwm2m_decode_for(&d, r->root, &links->afu);
    while ((rc = lwm2m_decode_next(&d, &record)) == 1)
        is_known = is_known && is_registered(r, &record.path);
    return rc == 0 && !is_known ? LINKS_E_UNREGISTERED : rc;
}

static int absorb(struct links *links, struct device_link *link,
                  const struct registered *r, const struct links_payload *payload,
                  bool *is_ours)
{
    static const struct lwm2m_path root = {0};
    struct inventory none = {0};
    bool is_known = link && link->has_known;
    struct absorber absorber = {
        .inv = is_known ? &link->known : &none, .afu = &links->afu, .root = r->root};

    int rc = inventory_absorb_payload(&absorber, &root, (uint16_t)payload->format,
                                      payload->bytes, payload->len);
    if (is_known && absorber.has_changed)
        link_report_observed(link, absorber.changed, absorber.results);
    *is_ours = absorber.has_ours;
    return rc;
}

int links_send(struct links *links, struct device *dev,
               const struct links_payload *payload, bool *is_ours)
{
    char *text = NULL;

    int rc = links_objects(links, dev, &text);
    if (rc != 0 && rc != -ENOENT)
        return rc;
    struct registered *r = registered_of(text ? text : "");
    free(text);
    if (!r)
        return -ENOMEM;
    rc = check(links, r, payload);
    if (rc == 0)
        rc = absorb(links, dev->link, r, payload, is_ours);
    free(r);
    return rc;
}
