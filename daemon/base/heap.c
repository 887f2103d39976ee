/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/heap.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

/* @return 0 if it cannot be read. proc(5), statm: pages, resident pages, ... */
static size_t resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    size_t pages = 0;

    if (!f)
        return 0;
    if (fscanf(f, "%*u %zu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

bool heap_wants_trim(struct heap *h, size_t resident_bytes)
{
    bool has_grown = resident_bytes >= h->resident_bytes + HEAP_GROWN_BYTES;

    if (has_grown)
        h->trims_left = HEAP_TRIMS;
    if (has_grown || resident_bytes < h->resident_bytes)
        h->resident_bytes = resident_bytes;
    if (h->trims_left == 0)
        return false;
    h->trims_left--;
    return true;
}

void heap_tick(struct heap *h, int64_t mono_ms)
{
    if (mono_ms < h->look_ms)
        return;
    h->look_ms = mono_ms + HEAP_LOOK_MS;
    if (heap_wants_trim(h, resident_bytes()))
        malloc_trim(0);
}
