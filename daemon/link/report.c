/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what is told of links, in order, until it is taken. */
#include <stdlib.h>
#include <string.h>

#include "daemon/link/op_internal.h"

void link_op_free(struct op *op)
{
    if (!op)
        return;
    free(op->draft);
    if (op->asked)
        free(op->asked->answer);
    free(op->asked);
    free(op);
}

void link_report_free(struct report *report)
{
    link_op_free(report->op);
    free(report);
}

static struct report *report_new(struct device_link *link, enum link_report_kind kind)
{
    struct report *r = calloc(1, sizeof *r);
    if (!r)
        return NULL; /* as if the notification had been lost; timers find out */
    r->link = link;
    r->view.kind = kind;
    r->view.dev = link->dev;
    link->report_count++;
    *link->links->reports_tail = r;
    link->links->reports_tail = &r->next;
    return r;
}

void link_report_observed(struct device_link *link, uint32_t changed, uint32_t results)
{
    struct report *r = report_new(link, LINK_OBSERVED);
    if (!r)
        return;
    r->view.inventory = &link->known;
    r->view.changed = changed;
    r->view.results = results;
}

void link_report_progress(struct device_link *link, const char *digest, uint64_t sent,
                          uint64_t total)
{
    struct report *r = report_new(link, LINK_PROGRESS);
    if (!r)
        return;
    struct device_progress *p = &r->view.progress;
    p->device_id = link->dev->id;
    memcpy(p->digest, digest, sizeof p->digest);
    p->sent_bytes = (int64_t)sent;
    p->total_bytes = (int64_t)total;
}

/* What a device shows when it is met first is no news: it may be years old. */
static uint32_t new_results(const struct device_link *link,
                            const struct inventory *read)
{
    uint32_t results = 0;

    for (uint8_t i = 0; link->has_known && i < read->count; i++) {
        const struct component *is = &read->components[i];
        const struct component *was = inventory_find(&link->known, is->name);
        if (was && is->result != was->result && is->result != 0)
            results |= UINT32_C(1) << i;
    }
    return results;
}

/* Two reports for an inspection by the engine: what was read, and that it ended. */
void link_report_end(struct device_link *link, struct op *op,
                     struct device_outcome outcome)
{
    bool is_read =
        op->action.kind == DEVICE_INSPECT && outcome.kind == DEVICE_DONE && !op->asked;

    outcome.ticket = op->action.ticket;
    outcome.device_id = link->dev->id;
    outcome.action = op->action.kind;
    if (is_read) {
        uint32_t results = new_results(link, op->draft);
        link->known = *op->draft;
        link->has_known = true;
        outcome.inventory = &link->known;
        outcome.value_count = op->action.path_count;
        outcome.values = op->values;
        struct report *read = report_new(link, LINK_INSPECTED);
        if (read) {
            read->view.inventory = &link->known;
            read->view.results = results;
        }
    }
    struct report *r = NULL;
    if (op->is_engines)
        r = report_new(link, LINK_OUTCOME);
    else if (op->asked)
        r = report_new(link, LINK_ANSWERED);
    else if (!is_read)
        r = report_new(link, LINK_INSPECT_FAILED);
    if (!r) {
        link_op_free(op);
        return;
    }
    r->view.outcome = outcome;
    r->op = op;
    if (op->asked) {
        r->view.answer.root = link->objects.root;
        r->view.answer.format = op->asked->format;
        r->view.answer.bytes = op->asked->answer;
        r->view.answer.len = op->asked->answer_len;
    }
}

bool links_take(struct links *links, struct link_report *out)
{
    if (links->taken) {
        struct device_link *link = links->taken->link;
        link_report_free(links->taken);
        links->taken = NULL;
        link->report_count--;
        link_settle(link);
    }
    struct report *r = links->reports;
    if (!r)
        return false;
    links->reports = r->next;
    if (!links->reports)
        links->reports_tail = &links->reports;
    links->taken = r;
    *out = r->view;
    return true;
}
