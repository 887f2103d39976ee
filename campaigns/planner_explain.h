/* SPDX-License-Identifier: Apache-2.0 */
/* planner_explain.h - ways, and why there is none, in words; internal to the planner.
 */
#pragma once

#include "campaigns/planner_stage.h"

enum { REASON_MAX = 1023 };
struct reason {
    char text[REASON_MAX + 1];
    size_t len;
};

/** Append, after "; " if something stands there already; cut at the bound. */
[[gnu::format(printf, 2, 3)]] void reason_add(struct reason *r, const char *format,
                                              ...);
[[gnu::format(printf, 2, 3)]] void reason_more(struct reason *r, const char *format,
                                               ...);

/** "bootloader 2023.01 requires secure-monitor >=1.1" */
void reason_add_rule(struct reason *r, const struct world *w, const struct rule *rule);

/** Why stage at of way stands where it stands, and why its parts go together. */
void explain_stage(const struct world *w, const struct way *way, size_t at,
                   struct reason *out);

/** Which installed versions nobody describes; "" if there is none. */
void explain_unknown(const struct world *w, struct reason *out);

/** Why there is no way. @return 0, -ENOMEM */
[[nodiscard]] int blame(struct world *w, enum plan_exclusion *code, struct reason *out);
