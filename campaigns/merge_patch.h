/* SPDX-License-Identifier: Apache-2.0 */
/* merge_patch.h - JSON merge patches (RFC 7396). */
#pragma once

struct cJSON;

/**
 * What target becomes by patch: members of an object replace those there are, null
 * removes one, what is no object replaces the whole.
 *
 * @param target  taken, whatever is returned; NULL: nothing yet
 * @param patch   borrowed; as deep as JSON_DEPTH_MAX
 * @return owned, cJSON_Delete(); NULL: no memory
 */
[[nodiscard]] struct cJSON *merge_patch(struct cJSON *target,
                                        const struct cJSON *patch);

/** The same of texts of JSON that were checked. @param out owned, free()
 * @return 0, -EBADMSG (target or patch is no JSON), -ENOMEM */
[[nodiscard]] int merge_patch_text(const char *target, const struct cJSON *patch,
                                   char **out);
