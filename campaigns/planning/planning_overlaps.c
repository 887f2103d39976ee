/* SPDX-License-Identifier: Apache-2.0 */
/* planning_overlaps.c - which other campaigns have devices of a plan. */
#include <errno.h>
#include <stdlib.h>

#include "campaigns/planning/planning_internal.h"
#include "campaigns/version.h"
#include "store/filter.h"
#include "store/plans.h"

static int copy(struct store *reader, const struct group_count *from,
                struct planning_overlap *out)
{
    out->campaign_id = from->key;
    out->devices = (uint64_t)from->devices;
    return planning_sample(reader, from->sample, from->sample_count, out->sample,
                           &out->sample_count);
}

static int copy_all(struct store *reader, const struct grouping *grouping,
                    int64_t campaign_id, struct planning_overlap **out, size_t *count)
{
    size_t all, n = 0;
    const struct group_count *counts = grouping_counts(grouping, &all);
    struct planning_overlap *overlaps = calloc(all + 1, sizeof *overlaps);
    int rc = overlaps ? 0 : -ENOMEM;
    for (size_t i = 0; i < all && rc == 0; i++)
        if (counts[i].key != campaign_id)
            rc = copy(reader, &counts[i], &overlaps[n++]);
    if (rc) {
        free(overlaps);
        return rc;
    }
    *out = overlaps;
    *count = n;
    return 0;
}

static int count_all(struct store *reader, const struct plan_row *plan,
                     const struct filter *filter, struct grouping **out)
{
    int rc = grouping_open_overlaps(filter, plan, out);
    if (rc)
        return rc;
    do
        rc = grouping_step(reader, *out);
    while (rc == STORE_E_MORE);
    return rc;
}

int planning_overlaps(struct store *reader, const char *plan_id, int64_t campaign_id,
                      struct planning_overlap **out, size_t *count)
{
    struct plan_row *plan = malloc(sizeof *plan);
    struct grouping *grouping = NULL;
    struct filter *filter = NULL;
    int rc = plan ? store_plan_get(reader, plan_id, plan) : -ENOMEM;
    if (rc > 0)
        rc = PLANNING_E_BUNDLE;
    if (rc == 0) {
        const struct filter_context context = {.version_key = version_number_key,
                                               .wall_ms = plan->created_ms};
        rc = filter_open(plan->query, &context, NULL, &filter);
        if (rc == -EINVAL)
            rc = PLANNING_E_QUERY;
    }
    if (rc == 0)
        rc = count_all(reader, plan, filter, &grouping);
    if (rc == 0)
        rc = copy_all(reader, grouping, campaign_id, out, count);
    grouping_close(grouping);
    filter_close(filter);
    free(plan);
    return rc;
}
