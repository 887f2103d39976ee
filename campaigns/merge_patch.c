/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/merge_patch.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// NOLINTNEXTLINE(misc-no-recursion): as deep as the patch is
static int merge_member(cJSON *object, const cJSON *patch)
{
    cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(object, patch->string);

    if (cJSON_IsNull(patch)) {
        cJSON_Delete(old);
        return 0;
    }
    cJSON *merged = merge_patch(old, patch);
    if (merged && cJSON_AddItemToObject(object, patch->string, merged))
        return 0;
    cJSON_Delete(merged);
    return -ENOMEM;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the patch is
cJSON *merge_patch(cJSON *target, const cJSON *patch)
{
    const cJSON *member;

    if (!cJSON_IsObject(patch)) {
        cJSON_Delete(target);
        return cJSON_Duplicate(patch, true);
    }
    if (!cJSON_IsObject(target)) {
        cJSON_Delete(target);
        target = cJSON_CreateObject();
    }
    cJSON_ArrayForEach(member, patch)
    {
        if (!target || merge_member(target, member) != 0) {
            cJSON_Delete(target);
            return NULL;
        }
    }
    return target;
}

int merge_patch_text(const char *target, const cJSON *patch, char **out)
{
    cJSON *json = cJSON_Parse(target);

    if (!json)
        return -EBADMSG;
    json = merge_patch(json, patch);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (!text)
        return -ENOMEM;
    *out = strdup(text);
    cJSON_free(text);
    return *out ? 0 : -ENOMEM;
}
