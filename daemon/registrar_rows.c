/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/registrar_rows.h"

#include <stdio.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "daemon/inventory.h"

static void print_address(const struct net_address *a, char *out, size_t size)
{
    char text[NET_ADDRESS_TEXT_MAX];

    snprintf(out, size, "%s", net_address_host(a, text));
}

void registrar_row(const struct core *core, const struct device *dev,
                   struct device_row *row)
{
    static const char *const releases[] = {"1.0", "1.1", "1.2"};

    memset(row, 0, sizeof *row);
    row->id = dev->id;
    memcpy(row->endpoint, dev->endpoint, (size_t)dev->endpoint_len + 1);
    snprintf(row->state, sizeof row->state, "%s",
             registry_state_name((enum registry_state)dev->state));
    if (dev->location != 0)
        location_print(dev->location, row->location);
    print_address(&dev->remote, row->address, sizeof row->address);
    print_address(&dev->local, row->local_address, sizeof row->local_address);
    row->port = dev->remote.port;
    row->local_port = dev->local.port;
    row->scope = dev->remote.scope;
    snprintf(row->lwm2m, sizeof row->lwm2m, "%s", releases[dev->lwm2m % 3]);
    row->queue_mode = dev->flags & DEVICE_QUEUE_MODE;
    row->lifetime_s = dev->lifetime_s;
    row->registered_ms = core->now.wall_ms;
    row->seen_ms = core->now.wall_ms;
    row->expires_ms =
        dev->lifetime_s ? core->now.wall_ms + INT64_C(1000) * dev->lifetime_s : 0;
    row->created_ms = core->now.wall_ms;
}

void registrar_row_binding(struct device_row *row, const char *letters)
{
    if (letters)
        snprintf(row->binding, sizeof row->binding, "%.6s", letters);
    row->binding[strcspn(row->binding, "Q")] = '\0';
    if (row->queue_mode)
        strcat(row->binding, "Q");
}

void registrar_row_root(struct device_row *row, const struct coap_message *m)
{
    const struct lwm2m_afu_objects none = {0};
    struct object_list objects = {0};

    if (m->payload_len > 0)
        (void)object_list_parse((const char *)m->payload, m->payload_len, &none,
                                &objects);
    snprintf(row->root_path, sizeof row->root_path, "%s",
             objects.root[0] ? objects.root : "/");
}
