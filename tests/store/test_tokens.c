/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, the answers that are kept for them, and events of what they did. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/digest.h"
#include "tests/store/fixture.h"

static struct store *st;

static void open_empty(void)
{
    st = fixture_open();
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(tokens, .init = open_empty, .fini = close_it);

static struct token_row token(const char *name, uint8_t mark)
{
    struct token_row row = {
        .role = "operator", .created_ms = 1, .expires_ms = 2, .created_by = "admin"};

    snprintf(row.name, sizeof row.name, "%s", name);
    memset(row.hash, mark, sizeof row.hash);
    return row;
}

Test(tokens, finds_a_token_by_its_hash)
{
    struct token_row row = token("alice", 7), got;
    struct change c = {.kind = CHANGE_TOKEN_ADD, .token = &row};

    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_token_by_hash(st, row.hash, &got)));
    cr_expect(eq(str, got.name, "alice"));
    cr_expect(eq(str, got.role, "operator"));
    cr_expect(eq(i64, got.expires_ms, 2));
    cr_expect(eq(str, got.created_by, "admin"));
    row.hash[31]++;
    cr_expect(eq(int, store_token_by_hash(st, row.hash, &got), STORE_E_NOT_FOUND));
}

Test(tokens, refuses_a_second_token_of_a_name_or_of_a_hash)
{
    struct token_row row = token("alice", 7), got;
    struct change c = {.kind = CHANGE_TOKEN_ADD, .token = &row};
    uint8_t old[STORE_DIGEST_BYTES];

    memset(old, 7, sizeof old);
    cr_assert(zero(int, fixture_apply(st, &c)));
    row = token("alice", 8);
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    cr_expect(zero(int, store_token_by_hash(st, old, &got)), "it was not replaced");
    row = token("bob", 7);
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    snprintf(row.role, sizeof row.role, "king");
    memset(row.hash, 9, sizeof row.hash);
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
}

Test(tokens, deletes_tokens_and_lists_the_rest)
{
    struct token_row rows[4];
    struct page page = {.limit = 4};

    for (uint8_t i = 1; i <= 3; i++) {
        struct token_row row = token((char[]){(char)('a' + i), 0}, i);
        cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_TOKEN_ADD,
                                                               .token = &row})));
    }
    struct change delete = {.kind = CHANGE_TOKEN_DELETE, .name = "c"};
    cr_expect(zero(int, fixture_apply(st, &delete)));
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_NOT_FOUND));
    cr_assert(zero(int, store_token_page(st, rows, &page)));
    cr_assert(eq(sz, page.count, 2));
    cr_expect(eq(str, rows[1].name, "d"));
}

Test(tokens, keeps_an_answer_once)
{
    struct answer_row row = {.key = "k",
                             .principal = "alice",
                             .route = "POST /v1/plans",
                             .request_hash = "abc",
                             .status = 201,
                             .created_ms = 50};
    struct change c = {.kind = CHANGE_ANSWER_PUT, .answer = {&row, "{\"id\":1}"}};
    struct answer_row got;
    char *body = NULL;

    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    cr_assert(zero(int, store_answer_get(st, "alice", "k", &got, &body)));
    cr_expect(eq(str, body, "{\"id\":1}"));
    cr_expect(eq(int, got.status, 201));
    cr_expect(eq(str, got.request_hash, "abc"));
    free(body);
    cr_expect(
        eq(int, store_answer_get(st, "bob", "k", &got, &body), STORE_E_NOT_FOUND));
    struct change prune = {.kind = CHANGE_PRUNE_ANSWERS, .prune = {.before_ms = 50}};
    cr_expect(zero(i64, fixture_result(st, &prune).count));
    prune.prune.before_ms = 51;
    cr_expect(eq(i64, fixture_result(st, &prune).count, 1));
}

static int find_answer(const char *principal)
{
    struct answer_row got;
    char *body = NULL;

    int rc = store_answer_get(st, principal, "k", &got, &body);
    free(body);
    return rc;
}

Test(tokens, keeps_no_answers_of_who_is_revoked)
{
    struct token_row who = token("alice", 7);
    struct answer_row row = {.key = "k", .principal = "alice", .status = 201};
    struct change c = {.kind = CHANGE_ANSWER_PUT, .answer = {&row, "{}"}};

    cr_assert(zero(int, fixture_apply(st, &c)));
    strcpy(row.principal, "bob");
    cr_assert(zero(int, fixture_apply(st, &c)));
    struct change revoke = {.kind = CHANGE_TOKEN_DELETE, .name = "alice"};
    cr_expect(eq(int, fixture_apply(st, &revoke), STORE_E_NOT_FOUND));
    cr_expect(zero(int, find_answer("alice")));
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_TOKEN_ADD,
                                                           .token = &who})));
    cr_assert(zero(int, fixture_apply(st, &revoke)));
    cr_expect(eq(int, find_answer("alice"), STORE_E_NOT_FOUND));
    cr_expect(zero(int, find_answer("bob")));
}

Test(tokens, completes_an_answer_that_was_begun)
{
    struct answer_row row = {
        .key = "k", .principal = "alice", .request_hash = "abc", .created_ms = 50};
    struct change c = {.kind = CHANGE_ANSWER_PUT, .answer = {&row, "7"}};
    struct answer_row got;
    char *body = NULL;

    cr_assert(zero(int, fixture_apply(st, &c)));
    row.status = 201;
    c.answer.body = "{}";
    strcpy(row.request_hash, "another");
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    strcpy(row.request_hash, "abc");
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_answer_get(st, "alice", "k", &got, &body)));
    cr_expect(eq(int, got.status, 201));
    cr_expect(eq(str, body, "{}"));
    free(body);
}

Test(tokens, keeps_no_answer_to_what_was_refused)
{
    struct answer_row row = {.key = "k", .principal = "alice"}, got;
    struct change refused = {.kind = CHANGE_TOKEN_DELETE, .name = "nobody"};
    struct change c = {.kind = CHANGE_ANSWER_PUT, .needs = 1, .answer = {&row, "7"}};
    struct batch *b;
    char *body;

    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, &refused, NULL)));
    cr_assert(zero(int, batch_put(b, &c, NULL)));
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(int, batch_result(b, 1)->rc, STORE_E_CONFLICT));
    batch_close(b);
    cr_expect(
        eq(int, store_answer_get(st, "alice", "k", &got, &body), STORE_E_NOT_FOUND));
}

/* Nor an event that tells of it, and what was taken keeps its own. */
Test(tokens, keeps_an_event_only_with_its_change)
{
    struct event_row row = {.kind = "token", .name = "revoked", .body = "{}"}, got[2];
    struct change refused = {.kind = CHANGE_TOKEN_DELETE, .name = "nobody"};
    struct change taken = {.kind = CHANGE_META_PUT, .meta = {"a", "b"}};
    struct event_query all = {0};
    struct page page = {.limit = 2};
    struct batch *b;

    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, &refused, NULL)));
    cr_assert(zero(int, batch_put(b, &taken, NULL)));
    for (size_t needs = 1; needs <= 2; needs++) {
        struct change c = {.kind = CHANGE_EVENT_ADD, .needs = needs, .event = &row};
        row.at_ms = (int64_t)needs;
        cr_assert(zero(int, batch_put(b, &c, NULL)));
    }
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(int, batch_result(b, 2)->rc, STORE_E_CONFLICT));
    cr_expect(zero(int, batch_result(b, 3)->rc));
    batch_close(b);
    cr_assert(zero(int, store_event_page(st, &all, got, &page)));
    cr_expect(eq(sz, page.count, 1));
    cr_expect(eq(i64, got[0].at_ms, 2));
}
