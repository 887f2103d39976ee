/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/merge_patch.h"

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>

/* RFC 7396 appendix A, but for those whose target is no object or array. */
static const struct {
    const char *target, *patch, *result;
} cases[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
     "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
};

Test(merge_patch, does_as_the_examples_of_its_rfc)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *patch = cJSON_Parse(cases[i].patch);
        char *out = NULL;
        cr_assert(zero(int, merge_patch_text(cases[i].target, patch, &out)), "%s",
                  cases[i].patch);
        cr_expect(eq(str, out, (char *)cases[i].result), "%s by %s", cases[i].target,
                  cases[i].patch);
        cJSON_Delete(patch);
        free(out);
    }
}

Test(merge_patch, needs_json_to_begin_with)
{
    cJSON *patch = cJSON_Parse("{}");
    char *out = NULL;

    cr_expect(eq(int, merge_patch_text("{", patch, &out), -EBADMSG));
    cJSON_Delete(patch);
}
