/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/resource_ask.h"

#include <string.h>

static const char *const names[RESOURCE_TYPE_COUNT] = {
    [RESOURCE_ANY] = "",
    [RESOURCE_INTEGER] = "integer",
    [RESOURCE_UNSIGNED] = "unsigned",
    [RESOURCE_FLOAT] = "float",
    [RESOURCE_BOOLEAN] = "boolean",
    [RESOURCE_STRING] = "string",
    [RESOURCE_OPAQUE] = "opaque",
    [RESOURCE_OBJLNK] = "objlnk",
    [RESOURCE_TIME] = "time",
};

enum resource_type resource_type_from_name(const char *name)
{
    for (int type = RESOURCE_INTEGER; type < RESOURCE_TYPE_COUNT; type++)
        if (strcmp(names[type], name) == 0)
            return (enum resource_type)type;
    return RESOURCE_ANY;
}
