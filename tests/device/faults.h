/* SPDX-License-Identifier: Apache-2.0 */
/* faults.h - faults by name, and which of them a device has at this moment. */
#pragma once

#include "tests/device/options.h"

/** The faults of one device, drawn once from its group. */
struct faults {
    struct fault_spec spec[GROUP_FAULTS_MAX];
    uint32_t used[GROUP_FAULTS_MAX]; /* how often it has struck */
    size_t count;
};

/**
 * Read `NAME[:ARG][*TIMES][@PCT%][/COMPONENT]`.
 *
 * @return 0, OPTIONS_E_BAD
 */
[[nodiscard]] int fault_parse(const char *text, struct fault_spec *out);

const char *fault_name(enum fault_kind kind);

/** Draw the faults of the device called endpoint: the same seed and endpoint, the same
 * faults. */
struct faults faults_draw(const struct group *g, uint64_t seed, const char *endpoint);

/**
 * A fault of that kind that this component has now; looking does not use it up.
 *
 * @param component  NULL: of the device as a whole
 *
 * @return borrowed, NULL if there is none
 */
const struct fault_spec *faults_have(const struct faults *f, enum fault_kind kind,
                                     const char *component);

/** One of the TIMES of a fault that faults_have() gave is used up. */
void faults_use(struct faults *f, const struct fault_spec *spec);

/** As faults_have(), and one of its TIMES is used up. */
const struct fault_spec *faults_strike(struct faults *f, enum fault_kind kind,
                                       const char *component);

void faults_help(FILE *to);
