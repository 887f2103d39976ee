/* SPDX-License-Identifier: Apache-2.0 */
/* webhooks.c - commands about webhooks: kept, deleted, tried out, and how far they are.
 */
#include <stdio.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "store/webhooks.h"

void webhook_put(struct engine *e, const struct answer *a)
{
    const struct command *c = a->command;
    struct webhook_row row = {.campaign_id = c->webhook.campaign_id,
                              .is_enabled = c->webhook.is_enabled,
                              .created_ms = e->now.wall_ms};

    snprintf(row.name, sizeof row.name, "%s", c->webhook.name);
    snprintf(row.url, sizeof row.url, "%s", c->webhook.url);
    snprintf(row.sealed, sizeof row.sealed, "%s", c->webhook.sealed);
    snprintf(row.kinds, sizeof row.kinds, "%s", c->webhook.kinds);
    snprintf(row.created_by, sizeof row.created_by, "%s", c->actor);
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_WEBHOOK_PUT,
                                                  .revision = c->revision,
                                                  .webhook = &row});
    catalogue_done(e, a, &(struct catalogue_change){index, "webhook", "put", row.name});
}

void webhook_delete(struct engine *e, const struct answer *a)
{
    const char *name = a->command->webhook.name;
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_WEBHOOK_DELETE,
                                                  .revision = a->command->revision,
                                                  .name = name});

    catalogue_done(e, a, &(struct catalogue_change){index, "webhook", "deleted", name});
}

/* The event goes the way of all others, so that the try shows what they would meet. */
void webhook_test(struct engine *e, const struct answer *a)
{
    struct webhook_row row;

    int rc = store_webhook_get(e->reader, a->command->webhook.name, &row);
    if (rc < 0)
        e->err = rc;
    if (rc != 0) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such webhook.");
        return;
    }
    event_put(e, &(struct event_of){.kind = "webhook",
                                    .name = "test",
                                    .actor = a->command->actor,
                                    .campaign_id = row.campaign_id,
                                    .id = row.name});
    answer_durable(e, a, SIZE_MAX, row.name, NULL);
}

void webhook_delivered(struct engine *e, const struct answer *a)
{
    const struct command *c = a->command;
    struct delivery_row row = {.webhook_id = c->delivery.webhook_id,
                               .event_id = c->delivery.event_id,
                               .at_ms = c->delivery.at_ms,
                               .took_ms = c->delivery.took_ms,
                               .status = c->delivery.status,
                               .tries = c->delivery.tries,
                               .is_done = c->delivery.is_done};

    snprintf(row.error, sizeof row.error, "%s", c->delivery.error);
    size_t index =
        engine_put(e, &(struct change){.kind = CHANGE_DELIVERY_ADD, .delivery = &row});
    catalogue_answer(e, a, index, "");
}
