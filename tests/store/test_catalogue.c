/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles, bundles and packages. */
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

TestSuite(catalogue, .init = open_empty, .fini = close_it);

Test(catalogue, keeps_profiles_by_name)
{
    struct profile_row row = {.name = "gw",
                              .manufacturer = "Example",
                              .model = "GW*",
                              .updated_ms = 3,
                              .updated_by = "alice"};
    struct change c = {.kind = CHANGE_PROFILE_PUT, .profile = {&row, "{}"}};
    struct profile_row got, rows[2];
    struct page page = {.limit = 2};
    char *body = NULL;

    int64_t id = fixture_result(st, &c).id;
    c.profile.body = "{\"a\":1}";
    row.updated_ms = 4;
    cr_expect(eq(i64, fixture_result(st, &c).id, id));
    cr_assert(zero(int, store_profile_get(st, "gw", &got, &body)));
    cr_expect(eq(str, body, "{\"a\":1}"));
    cr_expect(eq(i64, got.updated_ms, 4));
    cr_expect(eq(str, got.model, "GW*"));
    free(body);
    cr_assert(zero(int, store_profile_page(st, rows, &page)));
    cr_expect(eq(sz, page.count, 1));
    struct change delete = {.kind = CHANGE_PROFILE_DELETE, .name = "gw"};
    cr_expect(zero(int, fixture_apply(st, &delete)));
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_profile_get(st, "gw", &got, NULL), STORE_E_NOT_FOUND));
}

static char one[] = "1111111111111111111111111111111111111111111111111111111111111111";
static char two[] = "2222222222222222222222222222222222222222222222222222222222222222";

static struct change_result put_bundle(const char *version, const char *manifest)
{
    struct bundle_row row = {.name = "gateway",
                             .vendor = "example.com",
                             .sequence = 42,
                             .state = "uploading",
                             .created_ms = 9,
                             .created_by = "bob"};
    struct bundle_package_row packages[] = {
        {0, "boot", "1.0", "", "", 10, ""},
        {0, "secure", "1.1", "", "", 0, ""}, /* in the same file */
        {1, "app", "2.0", "", "", 20, ""},
        {2, "radio", "3.0", "", "coap://elsewhere/radio", 30, ""},
    };

    snprintf(row.version, sizeof row.version, "%s", version);
    strcpy(packages[0].digest, one);
    strcpy(packages[1].digest, one);
    strcpy(packages[2].digest, two);
    return fixture_result(st,
                          &(struct change){.kind = CHANGE_BUNDLE_PUT,
                                           .bundle = {&row, manifest, packages, 4}});
}

static int put_package(const char *digest, const char *state)
{
    struct package_row row = {.size_bytes = 10, .created_ms = 1};

    strcpy(row.digest, digest);
    strcpy(row.state, state);
    return fixture_apply(st,
                         &(struct change){.kind = CHANGE_PACKAGE_PUT, .package = &row});
}

Test(catalogue, takes_the_same_bundle_again_but_no_other_of_its_name)
{
    struct change_result first = put_bundle("1", "{\"a\":1}");

    cr_assert(zero(int, first.rc));
    struct change_result same = put_bundle("1", "{\"a\":1}");
    cr_expect(zero(int, same.rc));
    cr_expect(eq(i64, same.id, first.id));
    cr_expect(eq(int, put_bundle("1", "{\"a\":2}").rc, STORE_E_CONFLICT));
    cr_expect(zero(int, put_bundle("2", "{\"a\":2}").rc));
}

Test(catalogue, reads_a_bundle_and_its_packages)
{
    int64_t id = put_bundle("1", "{\"a\":1}").id;
    struct bundle_package_row packages[8];
    struct bundle_row got;
    char *manifest = NULL, hex[STORE_DIGEST_HEX + 1];
    uint8_t digest[STORE_DIGEST_BYTES];
    size_t count = 0;

    digest_of("{\"a\":1}", 7, digest);
    digest_hex(digest, hex);
    put_package(two, "ready");
    cr_assert(zero(int, store_bundle_by_name(st, "gateway", "1", &got)));
    cr_expect(eq(i64, got.id, id));
    cr_expect(eq(i64, got.sequence, 42));
    cr_expect(eq(str, got.vendor, "example.com"));
    cr_expect(eq(str, got.digest, hex));
    cr_assert(zero(int, store_bundle_get(st, id, &got)));
    cr_expect(eq(str, got.version, "1"));
    cr_assert(zero(int, store_bundle_manifest(st, id, &manifest)));
    cr_expect(eq(str, manifest, "{\"a\":1}"));
    free(manifest);
    cr_assert(zero(int, store_bundle_packages(st, id, packages, 8, &count)));
    cr_assert(eq(sz, count, 4));
    cr_expect(eq(str, packages[1].component, "secure"));
    cr_expect(eq(str, packages[2].state, "ready"));
    cr_expect(eq(str, packages[0].state, ""));
    cr_expect(eq(str, packages[3].uri, "coap://elsewhere/radio"));
    cr_expect(eq(int, store_bundle_get(st, 99, &got), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_bundle_manifest(st, 99, &manifest), STORE_E_NOT_FOUND));
}

Test(catalogue, knows_which_packages_a_bundle_misses)
{
    int64_t id = put_bundle("1", "{}").id;
    struct bundle_row rows[2];
    struct page page = {.limit = 2};
    size_t missing = 0;

    cr_assert(zero(int, store_bundle_missing(st, id, &missing)));
    cr_expect(eq(sz, missing, 2));
    put_package(one, "ready");
    put_package(two, "damaged");
    cr_assert(zero(int, store_bundle_missing(st, id, &missing)));
    cr_expect(eq(sz, missing, 1));
    put_package(two, "ready");
    cr_assert(zero(int, store_bundle_missing(st, id, &missing)));
    cr_expect(zero(sz, missing));
    cr_assert(zero(int, store_bundle_by_package(st, two, rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    cr_expect(eq(i64, rows[0].id, id));
}

Test(catalogue, lists_bundles_both_ways_and_by_state)
{
    struct bundle_row rows[4];
    struct page page = {.limit = 4, .order = PAGE_DOWN};

    put_bundle("1", "1");
    int64_t second = put_bundle("2", "2").id;
    struct change ready = {.kind = CHANGE_BUNDLE_STATE,
                           .bundle_state = {second, "ready", NULL}};
    cr_assert(zero(int, fixture_apply(st, &ready)));
    cr_assert(zero(int, store_bundle_page(st, "", rows, &page)));
    cr_assert(eq(sz, page.count, 2));
    cr_expect(eq(str, rows[0].version, "2"));
    page.order = PAGE_UP;
    cr_assert(zero(int, store_bundle_page(st, "", rows, &page)));
    cr_expect(eq(str, rows[0].version, "1"));
    cr_assert(zero(int, store_bundle_page(st, "ready", rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    cr_expect(eq(i64, rows[0].id, second));
    ready.bundle_state.id = 77;
    cr_expect(eq(int, fixture_apply(st, &ready), STORE_E_NOT_FOUND));
    ready.bundle_state.id = second;
    ready.bundle_state.state = "fine";
    cr_expect(eq(int, fixture_apply(st, &ready), STORE_E_CONFLICT));
}

static int64_t put_profile(const char *name, int64_t demanded, int64_t *count)
{
    struct profile_row row = {.updated_ms = 1};

    snprintf(row.name, sizeof row.name, "%s", name);
    struct change_result r =
        fixture_result(st, &(struct change){.kind = CHANGE_PROFILE_PUT,
                                            .revision = demanded,
                                            .profile = {&row, "{}"}});
    *count = r.count;
    return r.rc;
}

Test(catalogue, changes_only_the_revision_that_is_demanded)
{
    struct profile_row first, second;
    struct event_row event = {.kind = "profile", .name = "deleted", .body = "{}"};
    int64_t count;

    cr_expect(
        eq(i64, put_profile("gw", STORE_REVISION_SOME, &count), STORE_E_CONFLICT));
    cr_expect(eq(i64, count, STORE_REVISION_OTHER));
    cr_expect(zero(i64, put_profile("gw", STORE_REVISION_NONE, &count)));
    cr_expect(
        eq(i64, put_profile("gw", STORE_REVISION_NONE, &count), STORE_E_CONFLICT));
    cr_assert(zero(int, store_profile_get(st, "gw", &first, NULL)));
    cr_expect(zero(i64, put_profile("gw", first.revision, &count)));
    cr_assert(zero(int, store_profile_get(st, "gw", &second, NULL)));
    cr_expect(gt(i64, second.revision, first.revision));
    cr_expect(eq(i64, put_profile("gw", first.revision, &count), STORE_E_CONFLICT));
    struct change delete = {
        .kind = CHANGE_PROFILE_DELETE, .revision = first.revision, .name = "gw"};
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_CONFLICT));
    delete.revision = second.revision;
    cr_expect(zero(int, fixture_apply(st, &delete)));

    /* Of this name again, but never of this revision. */
    cr_expect(zero(i64, put_profile("gw", STORE_REVISION_ANY, &count)));
    cr_expect(eq(i64, put_profile("gw", second.revision, &count), STORE_E_CONFLICT));

    /* What was refused did not happen. */
    struct batch *b = NULL;
    size_t index;
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, &delete, &index)));
    cr_assert(zero(int, batch_put(b,
                                  &(struct change){.kind = CHANGE_EVENT_ADD,
                                                   .needs = index + 1,
                                                   .event = &event},
                                  NULL)));
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(int, batch_result(b, 1)->rc, STORE_E_CONFLICT));
    batch_close(b);
}

Test(catalogue, deletes_no_package_that_a_bundle_needs)
{
    int64_t id = put_bundle("1", "{}").id;
    struct change delete = {.kind = CHANGE_PACKAGE_DELETE, .name = one};
    struct change withdraw = {.kind = CHANGE_BUNDLE_STATE,
                              .bundle_state = {id, "withdrawn", "broken"}};
    struct package_row got;

    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_CONFLICT));
    put_package(one, "ready");
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_CONFLICT));
    cr_assert(zero(int, store_package_get(st, one, &got)));
    cr_expect(eq(i64, got.size_bytes, 10));
    cr_assert(zero(int, fixture_apply(st, &withdraw)));
    cr_expect(zero(int, fixture_apply(st, &delete)));
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_package_get(st, one, &got), STORE_E_NOT_FOUND));
}

Test(catalogue, lists_packages_by_state)
{
    struct package_row rows[4];
    struct page page = {.limit = 4};

    cr_expect(zero(int, put_package(one, "ready")));
    cr_expect(zero(int, put_package(two, "missing")));
    cr_expect(eq(int, put_package(two, "somewhere"), STORE_E_CONFLICT));
    cr_expect(eq(int, put_package("short", "ready"), STORE_E_CONFLICT));
    cr_assert(zero(int, store_package_page(st, "", rows, &page)));
    cr_expect(eq(sz, page.count, 2));
    cr_assert(zero(int, store_package_page(st, "missing", rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    cr_expect(eq(str, rows[0].digest, two));
}
