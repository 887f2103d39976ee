/* SPDX-License-Identifier: Apache-2.0 */
#include "store/revision.h"

#include "store/apply.h"

int revision_check(struct query *q, const struct change *c,
                   struct change_result *result)
{
    if (c->revision == STORE_REVISION_ANY)
        return 0;
    int rc = query_next(q);
    if (rc < 0)
        return rc;
    bool is_there = rc == 1;
    bool suits = c->revision == STORE_REVISION_NONE ? !is_there
                 : c->revision == STORE_REVISION_SOME
                     ? is_there
                     : is_there && query_int(q, 0) == c->revision;
    if (suits)
        return 0;
    result->count = STORE_REVISION_OTHER;
    return STORE_E_CONFLICT;
}

int revision_next(struct store *st, int64_t *out)
{
    SCOPED_QUERY q = query_begin(st, Q_REVISION_NEXT);

    return query_run_for(&q, out);
}
