/* SPDX-License-Identifier: Apache-2.0 */
/* Targets counted by inventory, and by the campaign that has them. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "store/filter.h"
#include "store/plans.h"
#include "tests/store/fixture.h"

static struct store *st;

static void begin(void)
{
    st = fixture_open();
}

static void end(void)
{
    store_close(st);
}

TestSuite(grouping, .init = begin, .fini = end);

Test(grouping, groups_targets_by_inventory)
{
    struct change pending = {.kind = CHANGE_DEVICE_STATE,
                             .device_state = {4, "pending"}};
    const struct group_count *counts;
    struct grouping *g = NULL;
    size_t count = 0;
    int64_t a = 0, b = 0;

    for (int64_t id = 1; id <= 12; id++)
        fixture_put_device(st, id);
    for (int64_t id = 1; id <= 8; id++)
        a = fixture_put_inventory(st, id, "1.0", "7.1");
    for (int64_t id = 9; id <= 11; id++)
        b = fixture_put_inventory(st, id, "2.0", "7.1");
    cr_assert(zero(int, fixture_apply(st, &pending)));
    cr_assert(zero(int, grouping_open(NULL, &g)));
    cr_assert(zero(int, grouping_step(st, g)));
    counts = grouping_counts(g, &count);
    cr_assert(eq(sz, count, 3));
    cr_expect(eq(i64, counts[0].key, 0)); /* device 12 was never read */
    cr_expect(eq(i64, counts[0].devices, 1));
    cr_expect(eq(i64, counts[1].key, a));
    cr_expect(eq(i64, counts[1].devices, 7)); /* without the pending one */
    cr_expect(eq(sz, counts[1].sample_count, STORE_SAMPLE_MAX));
    cr_expect(eq(i64, counts[1].sample[3], 5));
    cr_expect(eq(i64, counts[2].key, b));
    cr_expect(eq(i64, counts[2].sample[0], 9));
    cr_expect(eq(i64, grouping_unregistered(g), 1));
    grouping_close(g);
}

Test(grouping, counts_devices_that_other_campaigns_have)
{
    const struct group_count *counts;
    struct filter_context context = {.version_key = fixture_version_key, .wall_ms = 0};
    struct filter *filter = NULL;
    struct grouping *g = NULL;
    struct plan_row plan;
    int64_t fine = 0, bad = 0;
    size_t count = 0;

    for (int64_t id = 1; id <= 12; id++)
        fixture_put_device(st, id);
    for (int64_t id = 1; id <= 9; id++)
        fine = fixture_put_inventory(st, id, "1.0", "7.1");
    for (int64_t id = 10; id <= 12; id++)
        bad = fixture_put_inventory(st, id, "0.1", "7.1");
    fixture_put_plan(st, "first", "endpoint=in=(device-1,device-2,device-3,device-10)");
    fixture_put_plan(st, "second", "endpoint=in=(device-3,device-4)");
    fixture_put_plan(st, "third", "endpoint!=device-1");
    for (int i = 0; i < 2; i++) {
        fixture_put_group(st, i ? "second" : "first", fine, "");
        fixture_put_group(st, i ? "second" : "first", bad, "");
        fixture_put_campaign(st, 1 + i, i ? "second" : "first");
        (void)fixture_cut(st, 1 + i);
    }
    fixture_put_group(st, "third", fine, "");
    fixture_put_group(st, "third", bad, "no-path");
    cr_assert(zero(int, store_plan_get(st, "third", &plan)));
    cr_assert(zero(int, filter_open(plan.query, &context, NULL, &filter)));
    cr_assert(zero(int, grouping_open_overlaps(filter, &plan, &g)));
    cr_assert(zero(int, grouping_step(st, g)));
    counts = grouping_counts(g, &count);
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, counts[0].key, 1)); /* 2 and 3: 1 is none, 10 is excluded */
    cr_expect(eq(i64, counts[0].devices, 2));
    cr_expect(eq(i64, counts[0].sample[0], 2));
    cr_expect(eq(i64, counts[1].key, 2)); /* 4: the first has 3 already */
    cr_expect(eq(i64, counts[1].devices, 1));
    grouping_close(g);
    filter_close(filter);
}
