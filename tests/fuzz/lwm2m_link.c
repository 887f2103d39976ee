/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m_link.c - any bytes as a list of links. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lwm2m/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lwm2m_links l;
    struct lwm2m_link link;
    struct lwm2m_slice value;

    if (lwm2m_links_begin(&l, data, size) != 0)
        return 0;
    if (strlen(l.root) >= sizeof l.root)
        abort();
    while (lwm2m_links_next(&l, &link) == 1) {
        if (link.path.depth == 0 || link.path.depth > LWM2M_PATH_IDS)
            abort();
        if (lwm2m_link_attribute(&link, "ver", &value) && value.len > 0 &&
            (value.at < (const char *)data ||
             value.at + value.len > (const char *)data + size))
            abort();
    }
    return 0;
}
