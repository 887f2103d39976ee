/* SPDX-License-Identifier: Apache-2.0 */
/* assembly.c - grows by doubling, up to the bound. */
#include "daemon/coap/assembly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct assembly *a, size_t need)
{
    size_t room = a->room ? a->room : 1024;
    while (room < need)
        room *= 2;
    if (room == a->room)
        return 0;
    uint8_t *bytes = realloc(a->bytes, room);
    if (!bytes)
        return -ENOMEM;
    a->bytes = bytes;
    a->room = room;
    return 0;
}

int assembly_add(struct assembly *a, struct block b, const uint8_t *bytes, size_t len,
                 size_t max)
{
    size_t offset = (size_t)b.num * block_bytes(b.szx);
    if (len > block_bytes(b.szx) || (b.more && len != block_bytes(b.szx)))
        return ASSEMBLY_E_SIZE;
    if (offset < a->len)
        return offset + len <= a->len ? ASSEMBLY_E_AGAIN : ASSEMBLY_E_GAP;
    if (offset > a->len)
        return ASSEMBLY_E_GAP;
    if (len > max || offset > max - len)
        return ASSEMBLY_E_LIMIT;
    int rc = grow(a, offset + len);
    if (rc != 0)
        return rc;
    if (len > 0)
        memcpy(a->bytes + offset, bytes, len);
    a->len = offset + len;
    return 0;
}

void assembly_clear(struct assembly *a)
{
    free(a->bytes);
    *a = (struct assembly){.len = 0};
}
