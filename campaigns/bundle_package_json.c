/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_package_json.c - one element of "packages" in a manifest. */
#include <stdlib.h>
#include <string.h>

#include "campaigns/manifest_internal.h"
#include "campaigns/text.h"
#include "campaigns/version.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct bundle_provide *add_provide(struct manifest *m, const char *component)
{
    if (m->b->provide_count == BUNDLE_PROVIDES_MAX) {
        manifest_fail(m, "more than %d versions in the bundle", BUNDLE_PROVIDES_MAX);
        return NULL;
    }
    struct bundle_provide *p = &m->b->provides[m->b->provide_count];
    if (!*component || strlen(component) > COMPONENT_NAME_MAX) {
        manifest_fail(m, "a component's name has 1 to %d bytes", COMPONENT_NAME_MAX);
        return NULL;
    }
    TEXT_COPY(p->component, component);
    m->b->provide_count++;
    m->package->provide_count++;
    return p;
}

static void read_component(struct manifest *m, const cJSON *item)
{
    char name[COMPONENT_NAME_MAX + 1];
    manifest_text(m, item, name, sizeof name);
    if (!m->bad)
        (void)add_provide(m, name);
}

static struct bundle_provide *first_provide(struct manifest *m)
{
    return &m->b->provides[m->package->provide_first];
}

static void read_version(struct manifest *m, const cJSON *item)
{
    if (m->package->provide_count == 0) {
        manifest_fail(m, "needs a \"component\" beside it");
        return;
    }
    char *version = first_provide(m)->version;
    manifest_version(m, item, version, COMPONENT_VERSION_MAX + 1);
}

static void read_provides(struct manifest *m, const cJSON *item)
{
    if (m->package->provide_count) {
        manifest_fail(m, "stands beside \"component\": only one of them may");
        return;
    }
    if (!manifest_is_object(m, item))
        return;
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter(m, one->string);
        struct bundle_provide *p = add_provide(m, one->string);
        if (p)
            manifest_version(m, one, p->version, sizeof p->version);
        manifest_leave(m, mark);
    }
}

static void read_each_installs_over(struct manifest *m, const cJSON *item)
{
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter(m, one->string);
        struct bundle_provide *p = NULL;
        for (uint16_t i = 0; i < m->package->provide_count; i++)
            if (strcmp(first_provide(m)[i].component, one->string) == 0)
                p = &first_provide(m)[i];
        if (p)
            manifest_range(m, one, &p->installs_over);
        else
            manifest_fail(m, "is no component of this package");
        manifest_leave(m, mark);
    }
    for (uint16_t i = 0; i < m->package->provide_count; i++)
        if (!first_provide(m)[i].installs_over.count)
            manifest_fail(m, "says nothing about %s", first_provide(m)[i].component);
}

static void read_installs_over(struct manifest *m, const cJSON *item)
{
    if (cJSON_IsObject(item)) {
        if (manifest_is_object(m, item))
            read_each_installs_over(m, item);
        return;
    }
    for (uint16_t i = 0; i < m->package->provide_count; i++)
        manifest_range(m, item, &first_provide(m)[i].installs_over);
}

static struct bundle_rule *add_rule(struct manifest *m, enum bundle_rule_kind kind,
                                    const char *component)
{
    if (m->b->rule_count == BUNDLE_RULES_MAX) {
        manifest_fail(m, "more than %d rules in the bundle", BUNDLE_RULES_MAX);
        return NULL;
    }
    if (!*component || strlen(component) > COMPONENT_NAME_MAX) {
        manifest_fail(m, "a component's name has 1 to %d bytes", COMPONENT_NAME_MAX);
        return NULL;
    }
    struct bundle_rule *rule = &m->b->rules[m->b->rule_count++];
    m->package->rule_count++;
    rule->kind = (uint8_t)kind;
    TEXT_COPY(rule->component, component);
    return rule;
}

static void read_rules(struct manifest *m, const cJSON *item,
                       enum bundle_rule_kind kind)
{
    if (!manifest_is_object(m, item))
        return;
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter(m, one->string);
        struct bundle_rule *rule = add_rule(m, kind, one->string);
        if (rule)
            manifest_range(m, one, &rule->range);
        manifest_leave(m, mark);
    }
}

static void read_requires(struct manifest *m, const cJSON *item)
{
    read_rules(m, item, RULE_REQUIRES);
}

static void read_conflicts(struct manifest *m, const cJSON *item)
{
    read_rules(m, item, RULE_CONFLICTS);
}

static void read_together_with(struct manifest *m, const cJSON *item)
{
    size_t at;
    int i = 0;
    if (!manifest_is_array(m, item))
        return;
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter_index(m, i++);
        char name[COMPONENT_NAME_MAX + 1];
        manifest_text(m, one, name, sizeof name);
        struct bundle_rule *rule =
            m->bad ? NULL : add_rule(m, RULE_TOGETHER_WITH, name);
        if (rule)
            (void)range_parse("*", &rule->range, &at);
        manifest_leave(m, mark);
    }
}

static void read_file(struct manifest *m, const cJSON *item)
{
    char *file = m->package->file;
    manifest_text(m, item, file, sizeof m->package->file);
    if (strchr(file, '/') || strcmp(file, ".") == 0 || strcmp(file, "..") == 0)
        manifest_fail(m, "must be a file name without a folder");
}

static void read_uri(struct manifest *m, const cJSON *item)
{
    static const char *const schemes[] = {"coap://",      "coaps://", "coap+tcp://",
                                          "coaps+tcp://", "http://",  "https://"};
    char *uri = m->package->uri;
    manifest_text(m, item, uri, sizeof m->package->uri);
    if (*m->package->file)
        manifest_fail(m, "stands beside \"file\": only one of them may");
    for (size_t i = 0; i < COUNT(schemes); i++) {
        size_t len = strlen(schemes[i]);
        if (strncmp(uri, schemes[i], len) == 0 && uri[len] && !strchr(uri, ' '))
            return;
    }
    manifest_fail(m, "must be a URI that a device can fetch (coap, coaps, coap+tcp, "
                     "coaps+tcp, http, https)");
}

static void read_size(struct manifest *m, const cJSON *item)
{
    m->package->size = manifest_uint(m, item, 1, PACKAGE_BYTES_MAX);
}

static void read_sha256(struct manifest *m, const cJSON *item)
{
    char *digest = m->package->digest;
    manifest_text(m, item, digest, sizeof m->package->digest);
    if (strspn(digest, "0123456789abcdef") != PACKAGE_DIGEST_LEN)
        manifest_fail(m, "must be %d lower-case hex digits", PACKAGE_DIGEST_LEN);
}

static void read_stepping_stone(struct manifest *m, const cJSON *item)
{
    m->package->stepping_stone = manifest_bool(m, item);
}

static void read_reversible(struct manifest *m, const cJSON *item)
{
    m->package->reversible = manifest_bool(m, item);
}

static void read_format(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->package->format, sizeof m->package->format);
}

/* A media type that CoAP has a number for, or the number itself. */
static void read_content_type(struct manifest *m, const cJSON *item)
{
    static const struct {
        const char *name;
        uint16_t format; /* IANA, CoAP Content-Formats */
    } types[] = {
        {"application/octet-stream", 42},
        {"application/cbor", 60},
        {"application/cose; cose-type=\"cose-sign\"", 98},
        {"application/cose; cose-type=\"cose-sign1\"", 18},
    };
    if (cJSON_IsNumber(item)) {
        m->package->content_format = (uint16_t)manifest_uint(m, item, 0, UINT16_MAX);
        return;
    }
    char *name = m->package->content_type;
    manifest_text(m, item, name, sizeof m->package->content_type);
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(types[i].name, name) == 0) {
            m->package->content_format = types[i].format;
            return;
        }
    manifest_fail(m,
                  "\"%s\" has no CoAP Content-Format that is known here: "
                  "give its number",
                  name);
}

static void read_compression(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->package->compression, sizeof m->package->compression);
}

static void read_installed_bytes(struct manifest *m, const cJSON *item)
{
    m->package->installed_bytes = manifest_uint(m, item, 1, UINT64_C(1) << 40);
    if (!*m->package->compression)
        manifest_fail(m, "needs \"compression\" beside it");
}

static void read_slot(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->package->slot, sizeof m->package->slot);
}

static void read_conditions(struct manifest *m, const cJSON *item)
{
    int i = 0;
    if (!manifest_is_array(m, item))
        return;
    for (const cJSON *one = item->child; one && !m->bad; one = one->next) {
        size_t mark = manifest_enter_index(m, i++);
        size_t at = 0;
        char text[192];
        manifest_text(m, one, text, sizeof text);
        if (m->b->condition_count == BUNDLE_CONDITIONS_MAX) {
            manifest_fail(m, "more than %d conditions", BUNDLE_CONDITIONS_MAX);
        } else if (!m->bad) {
            struct condition *c = &m->b->conditions[m->b->condition_count++];
            m->package->condition_count++;
            if (condition_parse(text, c, &at) != 0)
                manifest_fail(m,
                              "is not a condition like \"/3/0/9 >= 30\", at "
                              "position %zu",
                              at + 1);
        }
        manifest_leave(m, mark);
    }
}

static void read_vendor(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->package->vendor, sizeof m->package->vendor);
}

static void read_verify(struct manifest *m, const cJSON *item)
{
    static const char *const words[] = {
        [VERIFY_VERSION] = "version",
        [VERIFY_RESULT] = "result",
    };
    m->package->verify = manifest_word(m, item, words, COUNT(words));
}

static void read_notes(struct manifest *m, const cJSON *item)
{
    manifest_text(m, item, m->package->notes, sizeof m->package->notes);
}

/* "component", "version" and "provides" first: installs_over speaks of them;
 * "compression" before "installed_bytes", "file" before "uri". */
static const struct manifest_key keys[] = {
    {"component", read_component, KEY_OPTIONAL},
    {"version", read_version, KEY_OPTIONAL},
    {"provides", read_provides, KEY_OPTIONAL},
    {"installs_over", read_installs_over, KEY_REQUIRED},
    {"file", read_file, KEY_OPTIONAL},
    {"uri", read_uri, KEY_OPTIONAL},
    {"size", read_size, KEY_REQUIRED},
    {"sha256", read_sha256, KEY_REQUIRED},
    {"requires", read_requires, KEY_OPTIONAL},
    {"conflicts", read_conflicts, KEY_OPTIONAL},
    {"together_with", read_together_with, KEY_OPTIONAL},
    {"stepping_stone", read_stepping_stone, KEY_OPTIONAL},
    {"reversible", read_reversible, KEY_OPTIONAL},
    {"format", read_format, KEY_OPTIONAL},
    {"content_type", read_content_type, KEY_OPTIONAL},
    {"compression", read_compression, KEY_OPTIONAL},
    {"installed_bytes", read_installed_bytes, KEY_OPTIONAL},
    {"slot", read_slot, KEY_OPTIONAL},
    {"conditions", read_conditions, KEY_OPTIONAL},
    {"vendor", read_vendor, KEY_OPTIONAL},
    {"verify", read_verify, KEY_OPTIONAL},
    {"notes", read_notes, KEY_OPTIONAL},
};

void manifest_package(struct manifest *m, const cJSON *item)
{
    struct bundle *b = m->b;
    if (b->package_count == BUNDLE_PACKAGES_MAX) {
        manifest_fail(m, "more than %d packages", BUNDLE_PACKAGES_MAX);
        return;
    }
    m->package = &b->packages[b->package_count++];
    *m->package = (struct bundle_package){
        .provide_first = b->provide_count,
        .rule_first = b->rule_count,
        .condition_first = b->condition_count,
        .content_format = 42,
        .reversible = true,
    };
    manifest_object(m, item, keys, COUNT(keys));
    if (!m->bad && m->package->provide_count == 0)
        manifest_fail(m, "needs \"component\" and \"version\", or \"provides\"");
    else if (!m->bad && !*first_provide(m)->version)
        manifest_fail(m, "needs a \"version\"");
    else if (!m->bad && !*m->package->file && !*m->package->uri)
        manifest_fail(m, "needs a \"file\" or a \"uri\"");
    else if (!m->bad && *m->package->compression && !m->package->installed_bytes)
        manifest_fail(m, "needs \"installed_bytes\" because it is compressed");
}
