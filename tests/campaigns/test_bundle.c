/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/bundle_json.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle_find.h"
#include "campaigns/bundle_rules.h"
#include "tests/campaigns/planner_fixture.h"

#define DIGEST(c)                                                                      \
    c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c  \
        c c c c c c c c c c c c c c c c c c c c c c c
#define APPLIES "'applies_to': {'manufacturer': 'Example', 'model': 'GW-100'}"
#define HEAD "{'name': 'gw', 'version': '1', " APPLIES ", "
#define FILE_PART "'file': 'f', 'size': 10, 'sha256': '" DIGEST("a") "'"
#define APP "'component': 'app', 'version': '2', " FILE_PART ", 'installs_over': '*'"
#define RADIO                                                                          \
    "{'component': 'radio', 'version': '7', 'file': 'r', 'size': 10, 'sha256': "       \
    "'" DIGEST("b") "', 'installs_over': '*'}"

/* Everything that a manifest can say. */
static const char everything[] =
    "{'name': 'gateway', 'version': '2026.11', 'vendor': 'example.com', 'sequence': 42,"
    "'applies_to': {'manufacturer': 'Example', 'model': ['GW-100', 'GW-110'],"
    "               'hardware': '>=2'},"
    "'severity': 'critical', 'atomic': 'best-effort', 'notes': 'Two\\nlines',"
    "'packages': ["
    " {'component': 'secure-monitor', 'version': '1.1.0', 'file': 'fw_jump.bin',"
    "  'size': 262144, 'sha256': '" DIGEST(
        "0") "', 'installs_over': '>=0.9',"
             "  'reversible': false, 'verify': 'result', 'slot': 'B', 'format': 'raw',"
             "  'content_type': 'application/cbor', 'compression': 'gzip',"
             "  'installed_bytes': 500000, 'vendor': 'chip.example', 'notes': 'n',"
             "  'conditions': ['/3/0/9 >= 30', '/3/0/0 == \\\"Example\\\"']},"
             " {'provides': {'app': '1.0.1', 'radio': '7.2'}, 'uri': 'coap://[::1]/x',"
             "  'size': 1073741824, 'sha256': '" DIGEST(
                 "1") "',"
                      "  'installs_over': {'radio': '>=6', 'app': '*'}, "
                      "'content_type': 11112,"
                      "  'requires': {'secure-monitor': '>=1.1'}, 'conflicts': "
                      "{'modem': '<3 || 4'}},"
                      " {'component': 'app', 'version': '0.9', 'file': 'app.hex', "
                      "'size': 1,"
                      "  'sha256': '" DIGEST(
                          "2") "', 'installs_over': '<0.9', 'stepping_stone': true,"
                               "  'together_with': ['radio', 'modem']}"
                               "]}";

static struct bundle_problem problem;

Test(bundle, is_read_whole)
{
    struct bundle *b = fixture_bundle(everything, &problem);
    cr_assert(b != NULL, "%s: %s", problem.path, problem.text);
    char ref[BUNDLE_REF_MAX + 1];
    bundle_ref(b, ref);
    cr_expect(eq(str, ref, "gateway@2026.11"));
    cr_expect(eq(str, b->vendor, "example.com"));
    cr_expect(eq(u64, b->sequence, 42));
    cr_expect(eq(int, b->model_count, 2));
    cr_expect(eq(str, b->models[1], "GW-110"));
    cr_expect(b->names_hardware);
    cr_expect(eq(str, b->hardware.text, ">=2"));
    cr_expect(eq(int, b->severity, SEVERITY_CRITICAL));
    cr_expect(b->atomic_best_effort);
    cr_expect(eq(str, b->notes, "Two\nlines"));
    cr_assert(eq(int, b->package_count, 3));

    const struct bundle_package *p = &b->packages[0];
    cr_expect(eq(str, (char *)p->file, "fw_jump.bin"));
    cr_expect(eq(u64, p->size, 262144));
    cr_expect(eq(u64, p->installed_bytes, 500000));
    cr_expect(eq(str, (char *)p->compression, "gzip"));
    cr_expect(eq(str, (char *)p->slot, "B"));
    cr_expect(eq(str, (char *)p->format, "raw"));
    cr_expect(eq(int, p->content_format, 60));
    cr_expect(eq(str, (char *)p->vendor, "chip.example"));
    cr_expect(eq(int, p->verify, VERIFY_RESULT));
    cr_expect(not(p->reversible));
    cr_expect(not(p->stepping_stone));
    cr_assert(eq(int, p->condition_count, 2));
    cr_expect(eq(str, b->conditions[0].path, "/3/0/9"));

    p = &b->packages[1];
    cr_assert(eq(int, p->provide_count, 2));
    cr_expect(eq(str, (char *)package_provide(b, p, "app")->version, "1.0.1"));
    cr_expect(
        eq(str, (char *)package_provide(b, p, "radio")->installs_over.text, ">=6"));
    cr_expect(eq(str, (char *)p->uri, "coap://[::1]/x"));
    cr_expect(eq(str, (char *)p->file, ""));
    cr_expect(eq(int, p->content_format, 11112));
    cr_expect(p->reversible);
    cr_assert(eq(int, p->rule_count, 2));
    cr_expect(eq(int, b->rules[p->rule_first].kind, RULE_REQUIRES));
    cr_expect(eq(str, b->rules[p->rule_first + 1].range.text, "<3 || 4"));

    p = &b->packages[2];
    cr_expect(p->stepping_stone);
    cr_expect(eq(int, p->content_format, 42));
    cr_expect(eq(int, p->rule_count, 2));
    cr_expect(eq(str, (char *)bundle_target(b, "app"), "1.0.1"));
    cr_expect(bundle_target(b, "modem") == NULL);
    cr_expect(bundle_package_find(b, "app", "0.9.0", NULL) == p);
    cr_expect(bundle_package_find(b, "app", "0.9", p->digest) == p);
    cr_expect(bundle_package_find(b, "app", "0.9", b->packages[0].digest) == NULL);
    free(b);
}

Test(bundle, cut_short_anywhere_is_refused)
{
    struct bundle *b = malloc(sizeof *b);
    char *text = strdup(everything);
    size_t len = strlen(text);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    for (size_t cut = 0; cut < len; cut++) {
        char *part = malloc(cut + 1); /* so that a read past the end is seen */
        memcpy(part, text, cut);
        cr_expect(eq(int, bundle_parse(part, cut, b, &problem), BUNDLE_E_INVALID),
                  "%zu", cut);
        free(part);
    }
    cr_expect(zero(int, bundle_parse(text, len, b, &problem)));
    free(text);
    free(b);
}

struct bad {
    const char *json, *path, *text;
};

static void expect_refused(const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        problem = (struct bundle_problem){.path = "?"};
        struct bundle *b = fixture_bundle(bad[i].json, &problem);
        cr_expect(b == NULL, "case %zu is taken: %s", i, bad[i].json);
        cr_expect(eq(str, problem.path, (char *)bad[i].path), "case %zu: %s", i,
                  problem.text);
        cr_expect(strstr(problem.text, bad[i].text) != NULL, "case %zu: %s", i,
                  problem.text);
        free(b);
    }
}
#define EXPECT_REFUSED(cases) expect_refused(cases, sizeof cases / sizeof cases[0])

#define WITH(more) HEAD "'packages': [{" APP ", " more "}, " RADIO "]}"

Test(bundle, with_a_wrong_form_is_refused_with_its_place)
{
    static const struct bad cases[] = {
        {"", "", "line 1 column 1"},
        {"[]", "", "must be an object"},
        {"{}", "", "must be an object"},
        {"{'name': 'x'}", "version", "is missing"},
        {HEAD "'packages': [{" APP "}], 'color': 1}", "color", "unknown key"},
        {HEAD "'name': 'x', 'packages': [{" APP "}]}", "name", "twice"},
        {HEAD "'packages': []}", "packages", "must be a list"},
        {HEAD "'packages': [1]}", "packages[0]", "must be an object"},
        {"{'name': 'a b', 'version': '1', " APPLIES ", 'packages': [{" APP "}]}",
         "name", "letters, digits"},
        {"{'name': 'a', 'version': '1@2', " APPLIES ", 'packages': [{" APP "}]}",
         "version", "letters, digits"},
        {"{'name': 'a', 'version': 1, " APPLIES ", 'packages': [{" APP "}]}", "version",
         "must be text"},
        {"{'name': 'a', 'version': '1', 'packages': [{" APP "}]}", "applies_to",
         "is missing"},
        {"{'name':'a','version':'1','applies_to':{'manufacturer':'E'},'packages':[{" APP
         "}]}",
         "applies_to.model", "is missing"},
        {"{'name':'a','version':'1','applies_to':{'manufacturer':'E','model':['a',3]},"
         "'packages':[{" APP "}]}",
         "applies_to.model[1]", "must be text"},
        {"{'name':'a','version':'1','applies_to':{'manufacturer':'E','model':'m',"
         "'hardware':'=>2'},'packages':[{" APP "}]}",
         "applies_to.hardware", "not a version range, at position 2"},
        {"{'name':'a','version':'1','applies_to':{'manufacturer':'E','model':'m',"
         "'hardware':'>2 <1'},'packages':[{" APP "}]}",
         "applies_to.hardware", "matches no version"},
        {HEAD "'sequence': -1, 'packages': [{" APP "}]}", "sequence", "whole number"},
        {HEAD "'sequence': 1.5, 'packages': [{" APP "}]}", "sequence", "whole number"},
        {HEAD "'sequence': 1e300, 'packages': [{" APP "}]}", "sequence",
         "whole number"},
        {HEAD "'severity': 'high', 'packages': [{" APP "}]}", "severity",
         "\"critical\" or \"mandatory\" or \"optional\""},
        {HEAD "'atomic': true, 'packages': [{" APP "}]}", "atomic", "best-effort"},
        {WITH("'colour': 1"), "packages[0].colour", "unknown key"},
        {WITH("'size': 11"), "packages[0].size", "twice"},
        {WITH("'stepping_stone': 1"), "packages[0].stepping_stone", "true or false"},
        {WITH("'verify': 'no'"), "packages[0].verify", "\"version\" or \"result\""},
        {WITH("'uri': 'coap://x'"), "packages[0].uri", "only one"},
        {WITH("'provides': {'x': '1'}"), "packages[0].provides", "only one"},
        {WITH("'compression': 'gzip'"), "packages[0]", "installed_bytes"},
        {WITH("'installed_bytes': 5"), "packages[0].installed_bytes", "compression"},
        {WITH("'content_type': 'image/png'"), "packages[0].content_type", "number"},
        {WITH("'content_type': 65536"), "packages[0].content_type", "whole number"},
        {WITH("'conditions': ['hot']"), "packages[0].conditions[0]", "condition"},
        {WITH("'conditions': []"), "packages[0].conditions", "not empty"},
        {WITH("'requires': {}"), "packages[0].requires", "not empty"},
        {WITH("'requires': {'radio': 7}"), "packages[0].requires.radio", "as text"},
        {WITH("'requires': {'radio': '>='}"), "packages[0].requires.radio",
         "at position 3"},
        {WITH("'requires': {'radio': '>x'}"), "packages[0].requires.radio",
         "no version number"},
        {WITH("'requires': {'': '1'}"), "packages[0].requires.", "1 to 63 bytes"},
        {WITH("'requires': {'radio': '1', 'radio': '2'}"), "packages[0].requires.radio",
         "twice"},
        {WITH("'together_with': 'radio'"), "packages[0].together_with", "list"},
        {WITH("'slot': ''"), "packages[0].slot", "must not be empty"},
        {WITH("'slot': '\\u0001'"), "packages[0].slot", "control"},
        {WITH("'slot': '\\u0000'"), "", "NUL is not allowed"},
        {HEAD "'packages': [{" FILE_PART ", 'installs_over': '*'}]}", "packages[0]",
         "needs \"component\""},
        {HEAD "'packages': [{'component': 'a', " FILE_PART ", 'installs_over': '*'}]}",
         "packages[0]", "needs a \"version\""},
        {HEAD "'packages': [{'version': '1', " FILE_PART ", 'installs_over': '*'}]}",
         "packages[0].version", "needs a \"component\""},
        {HEAD "'packages': [{'component': 'a', 'version': '>1', " FILE_PART
              ", 'installs_over': '*'}]}",
         "packages[0].version", "not a version"},
        {HEAD "'packages': [{'component': 'a', 'version': '1', " FILE_PART "}]}",
         "packages[0].installs_over", "is missing"},
        {HEAD "'packages': [{'component': 'a', 'version': '1', 'installs_over': '*', "
              "'size': 1, 'sha256': '" DIGEST("a") "'}]}",
         "packages[0]", "\"file\" or a \"uri\""},
        {HEAD "'packages': [{'component': 'a', 'version': '1', 'installs_over': '*', "
              "'size': 0, 'file': 'f', 'sha256': '" DIGEST("a") "'}]}",
         "packages[0].size", "from 1 to 1073741824"},
        {HEAD "'packages': [{'component': 'a', 'version': '1', 'installs_over': '*', "
              "'size': 1, 'file': '../f', 'sha256': '" DIGEST("a") "'}]}",
         "packages[0].file", "without a folder"},
        {HEAD "'packages': [{'component': 'a', 'version': '1', 'installs_over': '*', "
              "'size': 1, 'uri': 'ftp://x/y', 'sha256': '" DIGEST("a") "'}]}",
         "packages[0].uri", "fetch"},
        {HEAD "'packages': [{'component': 'a', 'version': '1', 'installs_over': '*', "
              "'size': 1, 'file': 'f', 'sha256': '" DIGEST("A") "'}]}",
         "packages[0].sha256", "64 lower-case hex"},
        {HEAD "'packages': [{'component': 'a', 'version': '1', 'installs_over': '*', "
              "'size': 1, 'file': 'f', 'sha256': 'abc'}]}",
         "packages[0].sha256", "64 lower-case hex"},
        {HEAD "'packages': [{'provides': {'a': '1', 'b': '1'}, " FILE_PART
              ", 'installs_over': {'a': '*'}}]}",
         "packages[0].installs_over", "says nothing about b"},
        {HEAD "'packages': [{'provides': {'a': '1'}, " FILE_PART
              ", 'installs_over': {'a': '*', 'c': '*'}}]}",
         "packages[0].installs_over.c", "no component of this package"},
    };
    EXPECT_REFUSED(cases);
}

Test(bundle, with_rules_that_can_never_hold_is_refused)
{
    static const struct bad cases[] = {
        {WITH("'requires': {'app': '>=1'}"), "packages[0].requires.app",
         "about itself"},
        {WITH("'conflicts': {'app': '1'}"), "packages[0].conflicts.app",
         "about itself"},
        {WITH("'together_with': ['app']"), "packages[0].together_with.app",
         "about itself"},
        {WITH("'together_with': ['modem']"), "packages[0].together_with",
         "modem is not in this bundle"},
        {WITH("'requires': {'modem': '>2 <1'}"), "packages[0].requires.modem",
         "matches no version"},
        {WITH("'requires': {'modem': '>=2'}, 'conflicts': {'modem': '>=1'}"),
         "packages[0].requires.modem", "leave no version"},
        {WITH("'requires': {'radio': '>=8'}"), "packages[0].requires.radio",
         "this bundle brings radio to 7"},
        {WITH("'conflicts': {'radio': '>=6'}"), "packages[0].conflicts.radio",
         "this bundle brings radio to 7"},
        {HEAD "'packages': [{" APP
              "}, {'component': 'app', 'version': '3', 'file': 'g', "
              "'size': 1, 'sha256': '" DIGEST("c") "', 'installs_over': '*'}]}",
         "packages[1]", "marked stepping_stone"},
        {HEAD "'packages': [{" APP "}, {'component': 'x', 'version': '3', 'file': 'f', "
              "'size': 10, 'sha256': '" DIGEST("c") "', 'installs_over': '*'}]}",
         "packages[1].file", "another digest"},
        {HEAD "'packages': [{" APP "}, {'component': 'x', 'version': '3', 'file': 'g', "
              "'size': 11, 'sha256': '" DIGEST("a") "', 'installs_over': '*'}]}",
         "packages[1].size", "same digest"},
        {HEAD "'packages': [{" APP "}, {" APP "}]}", "packages[1]", "again"},
        {HEAD "'packages': [{" APP ", 'stepping_stone': true}]}",
         "packages[0].stepping_stone", "leads nowhere"},
        {HEAD "'packages': [{'component': 'app', 'version': '2', " FILE_PART
              ", 'installs_over': '>3 <2'}]}",
         "packages[0].installs_over", "matches no version"},
    };
    EXPECT_REFUSED(cases);
}

Test(bundle, past_a_bound_is_refused)
{
    char *json = calloc(1, 2 * BUNDLE_MANIFEST_MAX);
    static const struct {
        const char *element, *text;
        int count;
    } cases[] = {
        {"{'component': 'c%d', 'version': '2', 'file': 'f%d', 'size': 1, 'sha256': "
         "'%064d', 'installs_over': '*'}",
         "more than 64 packages", BUNDLE_PACKAGES_MAX + 1},
    };
    strcpy(json, HEAD "'packages': [");
    for (int i = 0; i < cases[0].count; i++) {
        strcat(json, i ? ", " : "");
        sprintf(json + strlen(json), cases[0].element, i, i, i);
    }
    strcat(json, "]}");
    cr_expect(fixture_bundle(json, &problem) == NULL);
    cr_expect(strstr(problem.text, cases[0].text) != NULL, "%s", problem.text);

    strcpy(json, HEAD "'packages': [{" APP ", 'requires': {");
    for (int i = 0; i <= BUNDLE_RULES_MAX; i++)
        sprintf(json + strlen(json), "%s'c%d': '1'", i ? ", " : "", i);
    strcat(json, "}}]}");
    cr_expect(fixture_bundle(json, &problem) == NULL);
    cr_expect(strstr(problem.text, "more than 256") != NULL, "%s", problem.text);

    strcpy(json, HEAD "'packages': [{'provides': {");
    for (int i = 0; i <= BUNDLE_PROVIDES_MAX; i++)
        sprintf(json + strlen(json), "%s'c%d': '1'", i ? ", " : "", i);
    strcat(json, "}, " FILE_PART ", 'installs_over': '*'}]}");
    cr_expect(fixture_bundle(json, &problem) == NULL);
    cr_expect(strstr(problem.text, "more than 128 versions") != NULL, "%s",
              problem.text);

    memset(json, ' ', BUNDLE_MANIFEST_MAX + 1);
    struct bundle *b = malloc(sizeof *b);
    cr_expect(eq(int, bundle_parse(json, BUNDLE_MANIFEST_MAX + 1, b, &problem),
                 BUNDLE_E_INVALID));
    cr_expect(strstr(problem.text, "256 KiB") != NULL);
    free(b);
    free(json);
}

Test(bundle, may_bring_a_component_in_several_ways)
{
    struct bundle *b = fixture_lines("b@1", "",
                                     "app 2 over=1 size=10\napp 2 over=>=1 size=90\n"
                                     "app 1.5 stone\nradio 2 needs=app:>=2");
    cr_expect(eq(int, b->package_count, 4));
    cr_expect(eq(str, (char *)bundle_target(b, "app"), "2"));
    free(b);
}

Test(bundle, subset_is_checked_against_what_belongs_together)
{
    struct bundle *b = fixture_lines("b@1", "",
                                     "app 2 with=radio\nradio 2\nboot 2\n"
                                     "x 2 also=y:2\nx 1 stone");
    static const struct {
        const char *names[4], *path, *text;
    } cases[] = {
        {{"boot"}, NULL, NULL},
        {{"app", "radio"}, NULL, NULL},
        {{"boot", "y", "x"}, NULL, NULL},
        {{"app"}, "components[0]", "only together with radio"},
        {{"boot", "radio"}, "components[1]", "only together with app"},
        {{"x"}, "components[0]", "only together with y"},
        {{"boot", "modem"}, "components[1]", "modem is not in b@1"},
        {{"boot", "boot"}, "components[1]", "twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count = 0;
        while (count < 4 && cases[i].names[count])
            count++;
        int rc = bundle_check_subset(b, cases[i].names, count, &problem);
        cr_expect(eq(int, rc, cases[i].path ? BUNDLE_E_INVALID : 0), "case %zu: %s", i,
                  problem.text);
        if (!cases[i].path || !rc)
            continue;
        cr_expect(eq(str, problem.path, (char *)cases[i].path));
        cr_expect(strstr(problem.text, cases[i].text) != NULL, "%s", problem.text);
    }
    cr_expect(zero(int, bundle_check_subset(b, NULL, 0, &problem)));
    free(b);
}
