/* SPDX-License-Identifier: Apache-2.0 */
/* test_documents.c - what bundles.md and profiles.md say is what the parsers read. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle_json.h"
#include "campaigns/profile.h"

/* @return owned, free() */
static char *text_of(const char *name)
{
    char path[512];
    char *text = calloc(1, 65536);

    snprintf(path, sizeof path, CAMPAIGNS_FOLDER "/%s", name);
    FILE *f = fopen(path, "r");
    cr_assert(f != NULL, "%s", path);
    cr_assert(lt(sz, fread(text, 1, 65535, f), 65535));
    fclose(f);
    return text;
}

/* Rows of the tables of keys look like {"key", read_..., or {"key", ignore, .
 * @return how many there were */
static int expect_keys(const char *source, const char *document)
{
    char *code = text_of(source), *words = text_of(document);
    char key[64], quoted[70];
    int count = 0;

    for (const char *at = code; (at = strstr(at, "{\"")); at += 2) {
        int len = 0;
        if (sscanf(at, "{\"%63[a-z0-9_]\", %n", key, &len) != 1 || len == 0 ||
            (strncmp(at + len, "read_", 5) != 0 && strncmp(at + len, "ignore", 6) != 0))
            continue;
        snprintf(quoted, sizeof quoted, "`%s`", key);
        cr_expect(strstr(words, quoted) != NULL, "%s says nothing of %s", document,
                  quoted);
        count++;
    }
    free(code);
    free(words);
    return count;
}

/* The document's first block of JSON. @return owned, free() */
static char *example_of(const char *document)
{
    char *text = text_of(document);
    char *begin = strstr(text, "```json\n");
    cr_assert(begin != NULL);
    char *end = strstr(begin + 8, "```");
    cr_assert(end != NULL);
    char *json = strndup(begin + 8, (size_t)(end - begin - 8));

    free(text);
    return json;
}

Test(documents, have_every_key_of_a_bundle)
{
    cr_expect(ge(int, expect_keys("bundle_json.c", "bundles.md"), 12));
    cr_expect(ge(int, expect_keys("bundle_package_json.c", "bundles.md"), 22));
}

Test(documents, have_every_key_of_a_profile)
{
    cr_expect(ge(int, expect_keys("profile_json.c", "profiles.md"), 22));
}

Test(documents, have_a_bundle_that_can_be_read)
{
    char *json = example_of("bundles.md");
    struct bundle *b = malloc(sizeof *b);
    struct bundle_problem problem;

    cr_expect(zero(int, bundle_parse(json, strlen(json), b, &problem)), "%s: %s",
              problem.path, problem.text);
    free(b);
    free(json);
}

Test(documents, have_a_profile_that_can_be_read)
{
    char *json = example_of("profiles.md");
    struct profile p;
    struct profile_error why;

    cr_expect(zero(int, profile_parse(json, &p, &why)), "%s: %s", why.path, why.detail);
    free(json);
}
