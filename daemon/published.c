/* SPDX-License-Identifier: Apache-2.0 */
/* published.c - mappings by digest. */
#include "daemon/published.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/base/random.h"
#include "daemon/base/table.h"
#include "daemon/wire/wire.h"
#include "store/package_file.h"

struct mapping {
    char digest[COAP_DIGEST_MAX];
    struct package_map map;
    bool is_served;       /* the wire has it */
    bool is_out;          /* the wire shall not have it any more */
    bool is_leaving;      /* it was told so: WITHDRAWN is awaited */
    bool is_wanted_again; /* after that: another file of this name */
};

struct published {
    struct package_folder *folder;
    struct wire *wire;
    struct hash_key key;
    struct table *mappings;
    bool has_waiting; /* the wire had no room for something */
};

static bool has_digest(const void *item, const void *key)
{
    return strcmp(((const struct mapping *)item)->digest, key) == 0;
}

static uint64_t digest_hash(const struct published *p, const char *digest)
{
    return hash_bytes(&p->key, digest, strlen(digest));
}

int published_open(struct package_folder *folder, struct wire *wire,
                   struct published **out)
{
    struct published *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    p->folder = folder;
    p->wire = wire;
    random_fill(&p->key, sizeof p->key);
    int rc = table_open(has_digest, &p->mappings);
    if (rc != 0) {
        free(p);
        return rc;
    }
    *out = p;
    return 0;
}

void published_close(struct published *p)
{
    if (!p)
        return;
    size_t cursor = 0;
    for (struct mapping *m; (m = table_next(p->mappings, &cursor));) {
        package_map_close(&m->map);
        free(m);
    }
    table_close(p->mappings);
    free(p);
}

/* @return 0 also when it has to wait for room, -errno */
static int serve(struct published *p, struct mapping *m)
{
    int rc = wire_publish(p->wire, m->digest, m->map.bytes, m->map.size);

    m->is_served = rc == 0;
    p->has_waiting |= rc == WIRE_E_FULL;
    return rc < 0 ? rc : 0;
}

static void withdraw(struct published *p, struct mapping *m)
{
    m->is_leaving = wire_withdraw(p->wire, m->digest, 1) == 0;
    p->has_waiting |= !m->is_leaving;
}

static void mapping_free(struct published *p, const char *digest)
{
    struct mapping *m = table_remove(p->mappings, digest_hash(p, digest), digest);

    package_map_close(&m->map);
    free(m);
}

int published_add(struct published *p, const char *digest)
{
    uint64_t hash = digest_hash(p, digest);
    struct mapping *m = table_get(p->mappings, hash, digest);

    if (m) {
        m->is_wanted_again = m->is_out;
        return 0;
    }
    m = calloc(1, sizeof *m);
    if (!m || strlen(digest) >= sizeof m->digest) {
        free(m);
        return m ? -EINVAL : -ENOMEM;
    }
    memcpy(m->digest, digest, strlen(digest) + 1);
    int rc = package_map_open(p->folder, digest, &m->map);
    if (rc == 0)
        rc = table_put(p->mappings, hash, m);
    if (rc != 0) {
        package_map_close(&m->map);
        free(m);
        return rc == STORE_E_NOT_FOUND ? PUBLISHED_E_MISSING : rc;
    }
    rc = serve(p, m);
    if (rc != 0)
        mapping_free(p, digest);
    return rc;
}

void published_remove(struct published *p, const char *digest)
{
    struct mapping *m = table_get(p->mappings, digest_hash(p, digest), digest);

    if (!m)
        return;
    m->is_wanted_again = false;
    if (!m->is_served) {
        mapping_free(p, digest);
    } else if (!m->is_out) {
        m->is_out = true;
        withdraw(p, m);
    }
}

int published_withdrawn(struct published *p, const char *digest)
{
    struct mapping *m = table_get(p->mappings, digest_hash(p, digest), digest);

    if (!m)
        return 0;
    bool is_wanted_again = m->is_wanted_again;
    mapping_free(p, digest);
    return is_wanted_again ? published_add(p, digest) : 0;
}

void published_retry(struct published *p)
{
    size_t cursor = 0;

    if (!p->has_waiting)
        return;
    p->has_waiting = false;
    for (struct mapping *m; (m = table_next(p->mappings, &cursor));) {
        if (!m->is_served)
            (void)serve(p, m); /* the digest is a good one: only room was missing */
        else if (m->is_out && !m->is_leaving)
            withdraw(p, m);
    }
}

bool published_is_served(const struct published *p, const char *digest)
{
    const struct mapping *m = table_get(p->mappings, digest_hash(p, digest), digest);

    return m && !m->is_out;
}
