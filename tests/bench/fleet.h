/* SPDX-License-Identifier: Apache-2.0 */
/* fleet.h - rows of devices as benchmarks need them: 4 components each, 50 distinct
 * inventories, and a campaign for all. Whatever fails ends the program.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/batch.h"

void fleet_must(int rc, const char *what);

/** Endpoint of device id, for 64 bytes. */
void fleet_endpoint(int64_t id, char out[64]);

void fleet_put_registration(struct batch *b, int64_t id);
void fleet_put_inventory(struct batch *b, int64_t id);

/** A bundle, a plan with a group per inventory, campaign 1 without tasks. */
void fleet_put_campaign(struct batch *b, const char *state);

/** The next tasks of campaign 1. */
void fleet_put_cut(struct batch *b);

/** Apply and clear; every change must succeed. @return .done of the first */
bool fleet_flush(struct store *st, struct batch *b);
