/* SPDX-License-Identifier: Apache-2.0 */
#include "store/examples.h"

#include "store/query.h"

static const enum query_id query_of[] = {
    [EXAMPLE_MANUFACTURER] = Q_EXAMPLE_MANUFACTURER,
    [EXAMPLE_MODEL] = Q_EXAMPLE_MODEL,
    [EXAMPLE_HARDWARE] = Q_EXAMPLE_HARDWARE,
    [EXAMPLE_TAG] = Q_EXAMPLE_TAG,
    [EXAMPLE_TAG_VALUE] = Q_EXAMPLE_TAG_VALUE,
    [EXAMPLE_COMPONENT] = Q_EXAMPLE_COMPONENT,
    [EXAMPLE_VERSION] = Q_EXAMPLE_VERSION,
};

/* One step per value: where there is an index, all rows between are skipped. */
int store_example_list(struct store *st, struct example_of of, struct example_row *rows,
                       size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, query_of[of.kind]);
    const char *after = "";
    size_t n = 0;

    if (of.name)
        query_bind_text(&q, ":name", of.name);
    while (n < limit) {
        query_bind_text(&q, ":after", after);
        int rc = query_one(&q);
        if (rc != 0)
            return rc;
        query_text(&q, 0, rows[n].text, sizeof rows[n].text);
        if (q.err != 0)
            return q.err;
        if (rows[n].text[0] == '\0') /* min() of no rows */
            break;
        after = rows[n++].text;
        query_again(&q);
    }
    *count = n;
    return 0;
}
