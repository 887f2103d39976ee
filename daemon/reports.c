/* SPDX-License-Identifier: Apache-2.0 */
/* reports.c - what links have to say: to the store, and to the engine. */
#include "daemon/reports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/version.h"
#include "daemon/core_internal.h"
#include "daemon/link/link_report.h"

static const char *state_word(uint8_t state)
{
    static const char *const words[] = {"idle", "downloading", "downloaded",
                                        "updating"};

    return state < sizeof words / sizeof words[0] ? words[state] : "unknown";
}

static void component_row_of(const struct component *c, int64_t wall_ms,
                             struct component_row *row)
{
    memset(row, 0, sizeof *row);
    snprintf(row->name, sizeof row->name, "%s", c->name);
    snprintf(row->object, sizeof row->object, "%s",
             c->object == COMPONENT_AFU ? "afu" : "fw");
    snprintf(row->version, sizeof row->version, "%s", c->version);
    snprintf(row->state, sizeof row->state, "%s", state_word(c->state));
    int len = version_number_key(c->version, row->version_key, sizeof row->version_key);
    row->version_key_len = (uint8_t)(len > 0 ? len : 0);
    row->object_id = c->object_id;
    row->instance = c->instance;
    row->result = c->result;
    row->delivery = c->delivery;
    row->protocols = c->protocols;
    row->has = c->has;
    row->linked = c->linked;
    row->conflicting = c->conflicting;
    row->updated_ms = wall_ms;
}

static void inventory_row_of(const struct inventory *inv, const struct device *dev,
                             int64_t wall_ms, struct device_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = dev->id;
    row->inventory_ms = wall_ms;
    snprintf(row->manufacturer, sizeof row->manufacturer, "%s", inv->manufacturer);
    snprintf(row->model, sizeof row->model, "%s", inv->model);
    snprintf(row->serial, sizeof row->serial, "%s", inv->serial);
    snprintf(row->firmware, sizeof row->firmware, "%s", inv->firmware);
    snprintf(row->hardware, sizeof row->hardware, "%s", inv->hardware);
    snprintf(row->software, sizeof row->software, "%s", inv->software);
    snprintf(row->problem, sizeof row->problem, "%s",
             inventory_problem_name((enum inventory_problem)inv->problem));
}

static void put_inventory(struct core *core, struct device *dev,
                          const struct inventory *inv)
{
    struct component_row rows[INVENTORY_COMPONENTS_MAX];
    struct device_row row;
    char canonical[8192];
    size_t count = 0;

    inventory_row_of(inv, dev, core->now.wall_ms, &row);
    if (inventory_canonical(inv, canonical, sizeof canonical) < 0)
        return; /* bounds of the model make it fit */
    for (size_t i = 0; i < inv->count; i++) {
        /* Of two with one name the store keeps the first; the problem says so. */
        if (i > 0 && strcmp(inv->components[i].name, inv->components[i - 1].name) == 0)
            continue;
        component_row_of(&inv->components[i], core->now.wall_ms, &rows[count++]);
    }
    core_put(core,
             &(struct change){.kind = CHANGE_INVENTORY_PUT,
                              .inventory = {&row, canonical, rows, count}},
             NULL);
    dev->flags |= DEVICE_HAS_INVENTORY;
}

static void put_component_states(struct core *core, const struct link_report *report)
{
    const struct inventory *inv = report->inventory;

    for (size_t i = 0; i < inv->count; i++) {
        const struct component *c = &inv->components[i];
        if (!(report->changed & UINT32_C(1) << i))
            continue;
        core_put(core,
                 &(struct change){.kind = CHANGE_COMPONENT_STATE,
                                  .component_state = {report->dev->id, c->name,
                                                      state_word(c->state), c->result,
                                                      core->now.wall_ms}},
                 NULL);
    }
}

/* Who sleeps or does not answer is read when it next speaks. */
static void on_inspect_failed(struct core *core, struct device *dev,
                              enum device_outcome_kind why)
{
    refresh_ended(core->refresh, dev);
    if (why == DEVICE_INTERRUPTED)
        core_failed(core, refresh_add(core->refresh, dev, REFRESH_CHANGED));
    else
        dev->flags |= DEVICE_READ_WANTED;
    char word[LOG_WORD_MAX];
    log_limited(&core->limit, core->now.mono_ms, LOG_P_INFO,
                "device=%s inventory=unread outcome=%s", log_word(dev->endpoint, word),
                device_outcome_name(why));
}

static void on_observed(struct core *core, const struct link_report *report)
{
    struct device_observed observed = {.device_id = report->dev->id,
                                       .epoch = report->dev->epoch,
                                       .inventory = report->inventory};

    put_component_states(core, report);
    core_failed(core, engine_observed(core->engine, core->now, &observed));
}

static void count_results(struct core *core, const struct link_report *report)
{
    const struct inventory *inv = report->inventory;

    for (size_t i = 0; i < inv->count; i++)
        if (report->results & UINT32_C(1) << i)
            figures_result(core->figures, inv->components[i].result);
}

void reports_drain(struct core *core)
{
    struct link_report report;
    char word[LOG_WORD_MAX];

    while (links_take(core->links, &report)) {
        switch (report.kind) {
        case LINK_OUTCOME:
            log_line(LOG_P_DEBUG, "device=%s action=%s outcome=%s code=%u.%02u",
                     log_word(report.dev->endpoint, word),
                     device_action_name(report.outcome.action),
                     device_outcome_name(report.outcome.kind), report.outcome.code >> 5,
                     report.outcome.code & 31u);
            core_failed(core, engine_outcome(core->engine, core->now, &report.outcome));
            break;
        case LINK_INSPECTED:
            refresh_ended(core->refresh, report.dev);
            count_results(core, &report);
            put_inventory(core, report.dev, report.inventory);
            break;
        case LINK_INSPECT_FAILED:
            on_inspect_failed(core, report.dev, report.outcome.kind);
            break;
        case LINK_OBSERVED:
            count_results(core, &report);
            on_observed(core, &report);
            break;
        case LINK_ANSWERED:
            asks_answered(core, &report);
            break;
        case LINK_PROGRESS:
            core_failed(core,
                        engine_progress(core->engine, core->now, &report.progress));
            break;
        }
    }
}
