/* SPDX-License-Identifier: Apache-2.0 */
/* write_inventory.c - what a device is made of, as it was just read. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "store/apply.h"
#include "store/digest.h"
#include "store/query.h"
#include "store/shapes.h"

/* Components that the device had before. */
struct known {
    size_t count;
    struct {
        char name[STORE_NAME_MAX + 1];
        char version[STORE_NAME_MAX + 1];
    } items[STORE_COMPONENTS_MAX];
};

static int read_known(struct store *st, int64_t device_id, struct known *known)
{
    SCOPED_QUERY q = query_begin(st, Q_COMPONENT_VERSIONS);
    int rc;

    query_bind_int(&q, ":device_id", device_id);
    known->count = 0;
    while ((rc = query_next(&q)) == 1 && known->count < STORE_COMPONENTS_MAX) {
        query_text(&q, 0, known->items[known->count].name, STORE_NAME_MAX + 1);
        query_text(&q, 1, known->items[known->count].version, STORE_NAME_MAX + 1);
        known->count++;
    }
    return rc < 0 ? rc : q.err;
}

static const char *known_version(const struct known *known, const char *name)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->items[i].name, name) == 0)
            return known->items[i].version;
    return NULL;
}

static int add_inventory(struct store *st, const struct change *c,
                         const uint8_t digest[STORE_DIGEST_BYTES], int64_t *id)
{
    SCOPED_QUERY q = query_begin(st, Q_INVENTORY_ADD);

    row_bind(&q, device_shape, c->inventory.row); /* manufacturer, model, ... */
    query_bind_blob(&q, ":digest", digest, STORE_DIGEST_BYTES);
    query_bind_text(&q, ":body", c->inventory.canonical);
    int rc = query_run_for(&q, id);
    if (rc != 0)
        return rc;

    SCOPED_QUERY add = query_begin(st, Q_INVENTORY_COMPONENT_ADD);
    query_bind_int(&add, ":inventory_id", *id);
    for (size_t i = 0; i < c->inventory.count && rc == 0; i++) {
        row_bind(&add, component_shape, &c->inventory.components[i]);
        rc = query_run(&add);
        query_again(&add);
    }
    return rc;
}

static int intern_inventory(struct store *st, const struct change *c, int64_t *id)
{
    uint8_t digest[STORE_DIGEST_BYTES];

    digest_of(c->inventory.canonical, strlen(c->inventory.canonical), digest);
    SCOPED_QUERY q = query_begin(st, Q_INVENTORY_FIND);
    query_bind_blob(&q, ":digest", digest, sizeof digest);
    int rc = query_run_for(&q, id);
    return rc == STORE_E_NOT_FOUND ? add_inventory(st, c, digest, id) : rc;
}

static int update_device(struct store *st, enum query_id id,
                         const struct device_row *row, int64_t inventory)
{
    SCOPED_QUERY q = query_begin(st, id);

    row_bind(&q, device_shape, row);
    query_bind_int(&q, ":inventory", inventory);
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

/* SQLite writes an index anew for each column that an UPDATE names, changed or not. */
static int put_device(struct store *st, const struct device_row *row, int64_t inventory)
{
    int rc = update_device(st, Q_DEVICE_INVENTORY_AGAIN, row, inventory);

    return rc == STORE_E_NOT_FOUND
               ? update_device(st, Q_DEVICE_INVENTORY, row, inventory)
               : rc;
}

/* id is Q_COMPONENT_PUT_AGAIN if the version is the one that is there. */
static int put_component(struct store *st, enum query_id id, int64_t device_id,
                         const struct component_row *row)
{
    SCOPED_QUERY q = query_begin(st, id);

    if (row->version_key_len > sizeof row->version_key)
        return -EMSGSIZE;
    row_bind(&q, component_shape, row);
    query_bind_int(&q, ":device_id", device_id);
    if (id == Q_COMPONENT_PUT)
        query_bind_blob(&q, ":version_key", row->version_key, row->version_key_len);
    return query_run(&q);
}

static int add_history(struct store *st, const struct device_row *device,
                       const struct component_row *row)
{
    SCOPED_QUERY q = query_begin(st, Q_HISTORY_ADD);

    query_bind_int(&q, ":device_id", device->id);
    query_bind_text(&q, ":name", row->name);
    query_bind_text(&q, ":version", row->version);
    query_bind_int(&q, ":at_ms", device->inventory_ms);
    return query_run(&q);
}

static int put_components(struct store *st, const struct change *c,
                          const struct known *known, struct change_result *result)
{
    int rc = 0;

    for (size_t i = 0; i < c->inventory.count && rc == 0; i++) {
        const struct component_row *row = &c->inventory.components[i];
        const char *before = known_version(known, row->name);
        bool is_same = before && strcmp(before, row->version) == 0;
        rc = put_component(st, is_same ? Q_COMPONENT_PUT_AGAIN : Q_COMPONENT_PUT,
                           c->inventory.row->id, row);
        if (rc != 0 || is_same)
            continue;
        result->count++;
        rc = add_history(st, c->inventory.row, row);
    }
    return rc;
}

static int delete_gone(struct store *st, const struct change *c,
                       const struct known *known)
{
    SCOPED_QUERY q = query_begin(st, Q_COMPONENT_DELETE);
    int rc = 0;

    query_bind_int(&q, ":device_id", c->inventory.row->id);
    for (size_t i = 0; i < known->count && rc == 0; i++) {
        size_t at = 0;
        while (at < c->inventory.count &&
               strcmp(c->inventory.components[at].name, known->items[i].name) != 0)
            at++;
        if (at < c->inventory.count)
            continue;
        query_bind_text(&q, ":name", known->items[i].name);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

int apply_inventory_put(struct store *st, const struct change *c,
                        struct change_result *result)
{
    struct known known;

    if (c->inventory.count > STORE_COMPONENTS_MAX)
        return -EMSGSIZE;
    int rc = intern_inventory(st, c, &result->id);
    if (rc == 0)
        rc = put_device(st, c->inventory.row, result->id);
    if (rc == 0)
        rc = read_known(st, c->inventory.row->id, &known);
    if (rc == 0)
        rc = put_components(st, c, &known, result);
    if (rc == 0)
        rc = delete_gone(st, c, &known);
    return rc;
}

int apply_component_state(struct store *st, const struct change *c,
                          struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_COMPONENT_STATE);

    result->id = c->component_state.device_id;
    query_bind_int(&q, ":device_id", c->component_state.device_id);
    query_bind_text(&q, ":name", c->component_state.component);
    query_bind_text(&q, ":state", c->component_state.state);
    query_bind_int(&q, ":result", c->component_state.result);
    query_bind_int(&q, ":at_ms", c->component_state.at_ms);
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}
