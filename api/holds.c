/* SPDX-License-Identifier: Apache-2.0 */
#include "api/holds.h"

#include <errno.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/readers.h"
#include "store/package_file.h"
#include "store/packages.h"

static void add(struct api *api, struct hold *h)
{
    pthread_mutex_lock(&api->lock);
    h->next = api->holds;
    api->holds = h;
    pthread_mutex_unlock(&api->lock);
}

void hold_take(struct api *api, struct hold *h, const char *digest)
{
    memcpy(h->digest, digest, sizeof h->digest);
    pthread_rwlock_rdlock(&api->files_lock);
    add(api, h);
    pthread_rwlock_unlock(&api->files_lock);
}

int hold_finish(struct api *api, struct hold *h, struct package_upload *up,
                int64_t *size_bytes)
{
    pthread_rwlock_rdlock(&api->files_lock);
    int rc = package_upload_finish(up, h->digest, size_bytes);
    if (rc == 0)
        add(api, h);
    pthread_rwlock_unlock(&api->files_lock);
    return rc;
}

void hold_drop(struct api *api, struct hold *h)
{
    pthread_mutex_lock(&api->lock);
    struct hold **at = &api->holds;
    while (*at && *at != h)
        at = &(*at)->next;
    if (*at)
        *at = h->next;
    pthread_mutex_unlock(&api->lock);
}

static bool is_held(struct api *api, const char *digest)
{
    pthread_mutex_lock(&api->lock);
    const struct hold *h = api->holds;
    while (h && strcmp(h->digest, digest) != 0)
        h = h->next;
    pthread_mutex_unlock(&api->lock);
    return h != NULL;
}

void hold_remove(struct api *api, struct hold *h)
{
    struct package_row row;
    struct store *st = readers_take(api->readers);

    /* Alone: nobody finds the file, or finishes it, until it is decided. */
    pthread_rwlock_wrlock(&api->files_lock);
    hold_drop(api, h);
    if (!is_held(api, h->digest) &&
        store_package_get(st, h->digest, &row) == STORE_E_NOT_FOUND &&
        package_remove(api->packages, h->digest) < 0)
        api_log_failure(api, h->digest, -EIO);
    pthread_rwlock_unlock(&api->files_lock);
    readers_give(api->readers, st);
}
