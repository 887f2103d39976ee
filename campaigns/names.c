/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/names.h"

#include <stddef.h>
#include <string.h>

bool names_is_valid(const char *name)
{
    size_t len = strnlen(name, NAMES_BYTES_MAX + 1);

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
            return false;
    return len > 0 && len <= NAMES_BYTES_MAX;
}

bool names_is_of_server(const char *name)
{
    static const char *const ours[] = {"system", "device", "local", "credential",
                                       "file"};

    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strcmp(name, ours[i]) == 0)
            return true;
    return false;
}
