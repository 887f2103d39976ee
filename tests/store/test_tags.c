/* SPDX-License-Identifier: Apache-2.0 */
/* Tags that are merged, and devices that are known before they register. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/fixture.h"

static struct store *st;

static void open_one(void)
{
    st = fixture_open();
    fixture_put_device(st, 1);
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(tags, .init = open_one, .fini = close_it);

/* "a=1 b=2" of a device. */
static char *tags_of(int64_t id)
{
    static char text[4000];
    struct tag_row tags[STORE_TAGS_MAX];
    size_t count = 0, len = 0;

    text[0] = '\0';
    cr_assert(zero(int, store_device_tags(st, id, tags, STORE_TAGS_MAX, &count)));
    for (size_t i = 0; i < count && i < STORE_TAGS_MAX; i++)
        len += (size_t)sprintf(text + len, "%s%s=%s", i ? " " : "", tags[i].name,
                               tags[i].value);
    return text;
}

static struct change_result merge(const struct tag_row *tags, size_t count,
                                  const char *mark)
{
    return fixture_result(
        st, &(struct change){.kind = CHANGE_DEVICE_TAGS,
                             .tags = {1, tags, count, .merges = true, .mark = mark}});
}

Test(tags, that_are_not_named_stay_when_others_are_merged)
{
    struct tag_row first[] = {{"a", "1", false}, {"b", "2", false}};
    struct tag_row then[] = {
        {"b", "3", false}, {"c", "4", false}, {"a", "", true}, {"x", "", true}};

    cr_assert(zero(int, merge(first, 2, NULL).rc));
    cr_expect(eq(str, tags_of(1), "a=1 b=2"));
    cr_assert(zero(int, merge(then, 4, NULL).rc));
    cr_expect(eq(str, tags_of(1), "b=3 c=4"));
}

Test(tags, are_changed_only_from_what_the_mark_says)
{
    struct tag_row tags[] = {{"a", "1", false}}, other[] = {{"a", "2", false}}, got[4];
    char none[STORE_TAGS_MARK + 1], mark[STORE_TAGS_MARK + 1];
    size_t count = 0;

    store_tags_mark(NULL, 0, none);
    cr_assert(zero(int, merge(tags, 1, none).rc));
    struct change_result r = merge(other, 1, none);
    cr_expect(eq(int, r.rc, STORE_E_CONFLICT));
    cr_expect(eq(i64, r.count, TAGS_REFUSED_MARK));
    cr_expect(eq(str, tags_of(1), "a=1"));
    cr_assert(zero(int, store_device_tags(st, 1, got, 4, &count)));
    store_tags_mark(got, count, mark);
    cr_expect(ne(str, mark, none));
    cr_expect(zero(int, merge(other, 1, mark).rc));
    cr_expect(eq(str, tags_of(1), "a=2"));
}

Test(tags, marks_tell_names_from_values)
{
    struct tag_row a[] = {{"ab", "c", false}}, b[] = {{"a", "bc", false}};
    struct tag_row c[] = {{"a", "", false}, {"b", "", false}},
                   d[] = {{"a", "b", false}};
    char marks[4][STORE_TAGS_MARK + 1];

    store_tags_mark(a, 1, marks[0]);
    store_tags_mark(b, 1, marks[1]);
    store_tags_mark(c, 2, marks[2]);
    store_tags_mark(d, 1, marks[3]);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            cr_expect(ne(str, marks[i], marks[k]), "%d %d", i, k);
}

static void fill(struct tag_row *tags, size_t count, char prefix)
{
    memset(tags, 0, count * sizeof *tags);
    for (size_t i = 0; i < count; i++)
        sprintf(tags[i].name, "%c%02zu", prefix, i);
}

Test(tags, are_refused_beyond_the_number_a_device_can_have)
{
    struct tag_row tags[STORE_TAGS_MAX], more[2];

    fill(tags, STORE_TAGS_MAX, 'a');
    fill(more, 2, 'b');
    cr_assert(zero(int, merge(tags, STORE_TAGS_MAX, NULL).rc));
    cr_expect(zero(int, merge(tags, STORE_TAGS_MAX, NULL).rc)); /* the same again */
    struct change_result r = merge(more, 1, NULL);
    cr_expect(eq(int, r.rc, STORE_E_CONFLICT));
    cr_expect(eq(i64, r.count, TAGS_REFUSED_MANY));
    strcpy(more[1].name, "a07");
    more[1].is_removed = true; /* one goes, one comes */
    cr_expect(zero(int, merge(more, 2, NULL).rc));
}

static struct device_import_row row_of(int64_t id, const char *endpoint, uint32_t first,
                                       uint32_t count)
{
    struct device_import_row row = {.id = id, .first_tag = first, .tag_count = count};

    strcpy(row.endpoint, endpoint);
    return row;
}

Test(tags, and_devices_that_are_imported_are_expected_until_they_register)
{
    struct tag_row tags[] = {
        {"site", "north", false}, {"site", "south", false}, {"floor", "1", false}};
    struct device_import_row rows[] = {row_of(7, "new-7", 0, 1),
                                       row_of(8, "device-1", 1, 2),
                                       row_of(9, "new-7", 2, 1)};
    struct device_row got;

    struct change_result r =
        fixture_result(st, &(struct change){.kind = CHANGE_DEVICES_IMPORT,
                                            .import = {rows, 3, tags, 3, .at_ms = 77}});
    cr_assert(zero(int, r.rc));
    cr_expect(eq(i64, r.count, 1)); /* created */
    cr_expect(zero(i64, r.id));     /* refused */
    cr_assert(zero(int, store_device_by_endpoint(st, "new-7", &got)));
    cr_expect(eq(i64, got.id, 7));
    cr_expect(eq(str, got.state, "expected"));
    cr_expect(eq(i64, got.created_ms, 77));
    cr_expect(zero(i64, got.registered_ms));
    cr_expect(eq(str, tags_of(7), "floor=1 site=north"));
    cr_expect(eq(str, tags_of(1), "floor=1 site=south"));

    struct count_row counts[8];
    size_t count = 0;
    cr_assert(zero(int, store_count_devices(st, counts, 8, &count)));
    cr_expect(eq(i64, fixture_count(counts, count, "", "expected"), 1));

    struct device_row registers = fixture_device(50);
    strcpy(registers.endpoint, "new-7");
    cr_assert(
        zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_DEVICE_PUT,
                                                     .device = {&registers, ""}})));
    cr_assert(zero(int, store_device_by_endpoint(st, "new-7", &got)));
    cr_expect(eq(i64, got.id, 7));
    cr_expect(eq(str, got.state, registers.state));
    cr_expect(eq(i64, got.created_ms, 77));
    cr_expect(eq(str, tags_of(7), "floor=1 site=north"));
}

Test(tags, of_an_import_that_do_not_fit_stop_no_other_row)
{
    struct tag_row tags[STORE_TAGS_MAX + 1];
    struct device_import_row rows[] = {row_of(5, "device-1", STORE_TAGS_MAX, 1),
                                       row_of(6, "six", 0, STORE_TAGS_MAX)};
    struct tags_try out = {.id = 5, .fits = true};

    fill(tags, STORE_TAGS_MAX, 'a');
    fill(tags + STORE_TAGS_MAX, 1, 'b');
    cr_assert(zero(int, merge(tags, STORE_TAGS_MAX, NULL).rc));
    cr_assert(zero(
        int, store_device_try_tags(st, "device-1", tags + STORE_TAGS_MAX, 1, &out)));
    cr_expect(eq(i64, out.id, 1));
    cr_expect(eq(int, out.fits, false));
    cr_assert(zero(int, store_device_try_tags(st, "six", tags, 1, &out)));
    cr_expect(zero(i64, out.id));
    cr_expect(eq(int, out.fits, true));
    struct change_result r = fixture_result(
        st, &(struct change){.kind = CHANGE_DEVICES_IMPORT,
                             .import = {rows, 2, tags, STORE_TAGS_MAX + 1, 5}});
    cr_assert(zero(int, r.rc));
    cr_expect(eq(i64, r.id, 1));
    cr_expect(eq(i64, r.count, 1));
    cr_expect(zero(ptr, strstr(tags_of(1), "b00")));
    cr_expect(ne(ptr, strstr(tags_of(6), "a31="), NULL));
}
