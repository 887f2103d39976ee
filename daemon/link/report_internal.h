/* SPDX-License-Identifier: Apache-2.0 */
/* report_internal.h - what is told of links, in order, until links_take(). */
#pragma once

#include "daemon/link/link_internal.h"

struct report {
    struct report *next;
    struct link_report view;
    struct device_link *link;
    struct op *op; /* owned: what view points to; NULL if none */
};

void link_op_free(struct op *op); /* NULL is allowed */
void link_report_free(struct report *report);
/** The op, which becomes the report's, has ended. */
void link_report_end(struct device_link *link, struct op *op,
                     struct device_outcome outcome);
void link_report_observed(struct device_link *link, uint32_t changed, uint32_t results);
void link_report_progress(struct device_link *link, const char *digest, uint64_t sent,
                          uint64_t total);
