/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tokens.h"

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_token_by_hash(struct store *st, const uint8_t hash[STORE_DIGEST_BYTES],
                        struct token_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_TOKEN_BY_HASH);

    query_bind_blob(&q, ":hash", hash, STORE_DIGEST_BYTES);
    return row_read_one(&q, token_shape, out);
}

int store_token_get(struct store *st, const char *name, struct token_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_TOKEN_GET);

    query_bind_text(&q, ":name", name);
    return row_read_one(&q, token_shape, out);
}

static int walk(struct store *st, struct row_list *list, struct page *page)
{
    static const struct filter_list tokens = {.from = "token d WHERE true"};
    SCOPED_FILTER_QUERY q = filter_list_query(st, &tokens, page);

    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_TOKEN_BY_ID, token_shape, list, page);
}

int store_token_page(struct store *st, struct token_row *rows, struct page *page)
{
    if (filter_is_asked(page))
        return walk(st, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_TOKEN_UP, Q_TOKEN_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    return row_read_page(&q, token_shape, &list, page);
}

int store_answer_get(struct store *st, const char *principal, const char *key,
                     struct answer_row *out, char **body)
{
    SCOPED_QUERY q = query_begin(st, Q_ANSWER_GET);

    query_bind_text(&q, ":principal", principal);
    query_bind_text(&q, ":key", key);
    int rc = row_read_one(&q, answer_shape, out);
    if (rc == 0)
        *body = query_text_dup(&q, (int)answer_shape.count);
    return rc != 0 ? rc : q.err;
}
