/* SPDX-License-Identifier: Apache-2.0 */
/* plan_json.h - a plan as the API shows it and the store keeps it, both ways.
 *
 * {"id", "bundle", "q", "components", "created_at", "expires_at", "fingerprint",
 *  "devices", "bytes", "excluded_devices",
 *  "groups": [{"inventory_id", "devices", "bytes", "inventory": {name: version},
 *              "up_to_date": true, "detail",
 *              "stages": [{"components": [{"component", "from", "to", "bytes",
 * "digest", "with", "bundle", "package"}], "atomic", "reason"}]}], "excluded":
 * [{"inventory_id", "devices", "inventory", "reason", "detail", "sample": [endpoint]}]}
 */
#pragma once

#include "campaigns/plan.h"

/** @param out  owned, from malloc(), NUL-terminated. @return 0, -ENOMEM */
[[nodiscard]] int plan_to_json(const struct plan *plan, char **out);

/** @param out  owned, release with plan_fini(). @return 0, -ENOMEM, -EBADMSG */
[[nodiscard]] int plan_from_json(const char *json, size_t len, struct plan *out);

/** One element of "groups" or "excluded", for who needs one group only. out as above.
 */
[[nodiscard]] int plan_group_to_json(const struct plan_group *group, char **out);
[[nodiscard]] int plan_group_from_json(const char *json, size_t len,
                                       struct plan_group *out);
