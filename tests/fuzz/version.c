/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - three lines: two versions, whose order must be one, and a range, which
 * must be read or refused, and hold for the versions that it says it holds for. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/range.h"
#include "campaigns/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool claim)
{
    if (!claim)
        abort();
}

static void check_key(const char *text)
{
    uint8_t key[VERSION_KEY_MAX], number[VERSION_KEY_MAX];
    size_t len = version_sort_key(text, key);
    require(len >= 1 && len <= VERSION_KEY_MAX);
    int number_len = version_number_key(text, number, sizeof number);
    require((number_len > 0) == version_is_number(text));
    if (number_len > 0)
        require((size_t)number_len == len && memcmp(key, number, len) == 0);
}

static void check_range(const char *text, const char *a, const char *b)
{
    struct range r;
    const struct range *one = &r;
    size_t at;
    if (range_parse(text, &r, &at) != 0) {
        require(at <= strlen(text));
        return;
    }
    bool has_a = range_matches(&r, a), has_b = range_matches(&r, b);
    if (has_a || has_b)
        require(range_can_hold(&one, 1, NULL, 0));
    if (!has_a || !has_b)
        require(range_can_hold(NULL, 0, &one, 1));
    if (version_equal(a, b))
        require(has_a == has_b);
    require(!range_can_hold(&one, 1, &one, 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *rest = text;
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    const char *a = strsep(&rest, "\n");
    const char *b = rest ? strsep(&rest, "\n") : "";
    int order = version_compare(a, b);
    require((order < 0) == (version_compare(b, a) > 0));
    require((order == 0) == (version_compare(b, a) == 0));
    check_key(a);
    check_key(b);
    check_range(rest ? rest : "*", a, b);
    free(text);
    return 0;
}
