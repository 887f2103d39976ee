/* SPDX-License-Identifier: Apache-2.0 */
#include "api/counts.h"

#include <string.h>

size_t counts_merge(struct count_row *rows, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < kept && strcmp(rows[k].word, rows[i].word) != 0)
            k++;
        if (k < kept)
            rows[k].n += rows[i].n;
        else
            rows[kept++] = rows[i];
    }
    return kept;
}

void counts_object(struct json *j, const char *key, const struct count_row *rows,
                   size_t count)
{
    json_object(j, key);
    for (size_t i = 0; i < count; i++)
        json_int(j, rows[i].word, rows[i].n);
    json_end(j);
}
