/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - a store in memory with as much in it as a test asks for. */
#pragma once

#include "store/batch.h"
#include "store/progress.h"
#include "store/store.h"

#define MODEL "GW-100"

/** A store in memory; aborts the test on failure. Close it with store_close(). */
struct store *fixture_open(void);

/** Apply one change in a batch of its own. @return its rc, or store_apply()'s */
int fixture_apply(struct store *st, const struct change *c);
struct change_result fixture_result(struct store *st, const struct change *c);

/** Sort key for the tests: dotted numbers below 255, one byte a number plus one, zeros
 * at the end left out; anything else has no order. */
int fixture_version_key(const char *version, uint8_t *key, size_t size);

struct device_row fixture_device(int64_t id);
struct component_row fixture_component(const char *name, const char *version);

/** Put device id, called "device-<id>", registered at /rd/<id>. */
void fixture_put_device(struct store *st, int64_t id);

/** Give it components "app" and "radio" with these versions; the inventory's id */
int64_t fixture_put_inventory(struct store *st, int64_t id, const char *app,
                              const char *radio);

/** Bundle "gateway@2", plan with this id over query, without groups. */
void fixture_put_plan(struct store *st, const char *plan_id, const char *query);

/** Group of a plan: stage 0 brings app to 2.0 (100 bytes), stage 1 radio to 8.0 (50)
 * and app to 3.0 (200); reason not "": excluded. */
void fixture_put_group(struct store *st, const char *plan_id, int64_t inventory_id,
                       const char *reason);

/** A running campaign of a plan. */
void fixture_put_campaign(struct store *st, int64_t id, const char *plan_id);

/** Cut tasks until all are there. @return how many were made */
int64_t fixture_cut(struct store *st, int64_t campaign_id);

/** Devices 1..count with equal inventories, a plan "p" over query "", campaign 1, cut.
 */
void fixture_campaign(struct store *st, int64_t count);

/** Task of a device in campaign 1. */
struct task_row fixture_task(struct store *st, int64_t device_id);

/** @return n of a count with this key and word, 0 if it is not there */
int64_t fixture_count(const struct count_row *rows, size_t count, const char *key,
                      const char *word);
