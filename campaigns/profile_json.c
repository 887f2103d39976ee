/* SPDX-License-Identifier: Apache-2.0 */
/* profile_json.c - reads a profile, key by key from tables; anything unknown is
 * refused. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/names.h"
#include "campaigns/profile.h"
#include "campaigns/range.h"

/* What is being read; the first error sticks. */
struct reading {
    struct profile *p;
    struct profile_error *why;
    char path[64];
    int rc;
};

typedef void reader(struct reading *r, const cJSON *value, void *out);

struct key {
    const char *name;
    reader *read;
    size_t offset;
};

static void refuse(struct reading *r, const char *detail)
{
    if (r->rc)
        return;
    snprintf(r->why->path, sizeof r->why->path, "%s", r->path);
    snprintf(r->why->detail, sizeof r->why->detail, "%s", detail);
    r->rc = PROFILE_E_INVALID;
}

static void read_text(struct reading *r, const cJSON *value, char *out, size_t size)
{
    if (!cJSON_IsString(value))
        refuse(r, "must be a string");
    else if (strlen(value->valuestring) >= size)
        refuse(r, "is too long");
    else
        memcpy(out, value->valuestring, strlen(value->valuestring) + 1);
}

static void read_name(struct reading *r, const cJSON *value, void *out)
{
    read_text(r, value, out, sizeof r->p->name);
    if (r->rc == 0 && !names_is_valid(out))
        refuse(r, NAMES_RULE);
}

static void read_word(struct reading *r, const cJSON *value, void *out)
{
    read_text(r, value, out, PROFILE_WORD_MAX + 1);
}

static void read_version(struct reading *r, const cJSON *value, void *out)
{
    struct range range;
    size_t at;

    read_text(r, value, out, sizeof r->p->version);
    if (r->rc == 0 && *(char *)out && range_parse(out, &range, &at) != 0)
        refuse(r, "is no version range");
}

static void read_date(struct reading *r, const cJSON *value, void *out)
{
    int year, month, day, len = 0;

    read_text(r, value, out, sizeof r->p->end_of_support);
    if (r->rc == 0 &&
        (sscanf(out, "%4d-%2d-%2d%n", &year, &month, &day, &len) != 3 || len != 10))
        refuse(r, "must be a date as YYYY-MM-DD");
}

static int64_t read_number(struct reading *r, const cJSON *value, int64_t min,
                           int64_t max)
{
    char detail[80];

    if (cJSON_IsNumber(value) && value->valuedouble >= (double)min &&
        value->valuedouble <= (double)max &&
        value->valuedouble == floor(value->valuedouble))
        return (int64_t)value->valuedouble;
    snprintf(detail, sizeof detail, "must be a whole number from %lld to %lld",
             (long long)min, (long long)max);
    refuse(r, detail);
    return 0;
}

static void read_seconds(struct reading *r, const cJSON *value, void *out)
{
    *(int64_t *)out = read_number(r, value, 1, 2592000);
}

static void read_bytes(struct reading *r, const cJSON *value, void *out)
{
    *(int64_t *)out = read_number(r, value, 1, INT64_C(1) << 40);
}

static void read_id(struct reading *r, const cJSON *value, void *out)
{
    *(uint16_t *)out = (uint16_t)read_number(r, value, 0, 65534);
}

static void read_block(struct reading *r, const cJSON *value, void *out)
{
    uint16_t bytes = (uint16_t)read_number(r, value, 16, 1024);

    if (bytes & (bytes - 1))
        refuse(r, "must be 16, 32, 64, 128, 256, 512 or 1024");
    *(uint16_t *)out = bytes;
}

static void read_words(struct reading *r, const cJSON *value, void *out)
{
    struct profile_words *words = out;
    const cJSON *item;

    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > PROFILE_LIST_MAX) {
        refuse(r, "must be an array of at most 8 strings");
        return;
    }
    words->count = 0;
    cJSON_ArrayForEach(item, value) read_word(r, item, words->words[words->count++]);
}

static void read_models(struct reading *r, const cJSON *value, void *out)
{
    const cJSON *item;
    bool is_one = cJSON_IsString(value);

    (void)out;
    if (!is_one &&
        (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > PROFILE_MODELS_MAX)) {
        refuse(r, "must be a string, or an array of at most 16");
        return;
    }
    r->p->model_count = 0;
    if (is_one) {
        read_text(r, value, r->p->models[r->p->model_count++], IDENTITY_TEXT_MAX + 1);
        return;
    }
    cJSON_ArrayForEach(item, value)
        read_text(r, item, r->p->models[r->p->model_count++], IDENTITY_TEXT_MAX + 1);
}

/* @return position of value in words, -1 */
static int word_of(const cJSON *value, const char *const *words, int count)
{
    for (int i = 0; cJSON_IsString(value) && i < count; i++)
        if (words[i] && strcmp(words[i], value->valuestring) == 0)
            return i;
    return -1;
}

static void read_role(struct reading *r, const cJSON *value, void *out)
{
    const char *roles[ROLE_MODEM + 1] = {NULL};

    for (int role = ROLE_BOOTLOADER; role <= ROLE_MODEM; role++)
        roles[role] = profile_role_name((enum profile_role)role);
    int role = word_of(value, roles, sizeof roles / sizeof roles[0]);

    if (role < 0)
        refuse(r, "must be bootloader, secure, application or modem");
    else
        *(uint8_t *)out = (uint8_t)role;
}

static void read_quirks(struct reading *r, const cJSON *value, void *out)
{
    static const char *const quirks[] = {"push-only", "pull-only", "no-observe",
                                         "no-cancel", "keeps-version"};
    const cJSON *item;

    if (!cJSON_IsArray(value))
        refuse(r, "must be an array");
    cJSON_ArrayForEach(item, value)
    {
        int bit = word_of(item, quirks, sizeof quirks / sizeof quirks[0]);
        if (bit < 0) {
            refuse(r, "holds an unknown quirk");
            return;
        }
        *(uint32_t *)out |= 1u << bit;
    }
}

static void ignore(struct reading *r, const cJSON *value, void *out)
{
    (void)r;
    (void)value;
    (void)out;
}

static void read_object(struct reading *r, const cJSON *object, const struct key *keys,
                        void *out)
{
    size_t prefix = strlen(r->path);
    const cJSON *value;

    if (!cJSON_IsObject(object)) {
        refuse(r, "must be an object");
        return;
    }
    cJSON_ArrayForEach(value, object)
    {
        const struct key *k = keys;
        while (k->name && strcmp(k->name, value->string) != 0)
            k++;
        snprintf(r->path + prefix, sizeof r->path - prefix, ".%s", value->string);
        if (!k->name)
            refuse(r, "unknown key");
        else
            k->read(r, value, (char *)out + k->offset);
        r->path[prefix] = '\0';
    }
}

#define COMPONENT(member) offsetof(struct profile_component, member)
static const struct key component_keys[] = {
    {"name", read_name, COMPONENT(name)},
    {"role", read_role, COMPONENT(role)},
    {"object", read_id, COMPONENT(object_id)},
    {"instance", read_id, COMPONENT(instance)},
    {"processor", read_word, COMPONENT(processor)},
    {"slots", read_words, COMPONENT(slots)},
    {"slot_bytes", read_bytes, COMPONENT(slot_bytes)},
    {"formats", read_words, COMPONENT(formats)},
    {"updating_max_s", read_seconds, COMPONENT(updating_max_s)},
    {0},
};

static void read_component(struct reading *r, const cJSON *value)
{
    struct profile_component *c = &r->p->components[r->p->component_count];
    bool has_object = cJSON_HasObjectItem(value, "object");

    read_object(r, value, component_keys, c);
    if (*c->name == '\0')
        refuse(r, "needs a name");
    if (has_object != cJSON_HasObjectItem(value, "instance"))
        refuse(r, "object and instance stand together");
    c->renames = has_object;
    r->p->component_count++;
}

static void read_components(struct reading *r, const cJSON *value, void *out)
{
    const cJSON *item;
    size_t prefix = strlen(r->path);

    (void)out;
    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > PROFILE_COMPONENTS_MAX) {
        refuse(r, "must be an array of at most 32");
        return;
    }
    r->p->component_count = 0;
    cJSON_ArrayForEach(item, value)
    {
        snprintf(r->path + prefix, sizeof r->path - prefix, "[%u]",
                 r->p->component_count);
        read_component(r, item);
        r->path[prefix] = '\0';
    }
}

#define PROFILE(member) offsetof(struct profile, member)
static const struct key profile_keys[] = {
    {"name", read_name, PROFILE(name)},
    {"manufacturer", read_name, PROFILE(manufacturer)},
    {"model", read_models, 0},
    {"version", read_version, PROFILE(version)},
    {"components", read_components, 0},
    {"updating_max_s", read_seconds, PROFILE(updating_max_s)},
    {"block_bytes", read_block, PROFILE(block_bytes)},
    {"quirks", read_quirks, PROFILE(quirks)},
    {"end_of_support", read_date, PROFILE(end_of_support)},
    {"algorithms", ignore, 0}, /* kept in the store's text, and shown: profiles.md */
    {"key_ids", ignore, 0},
    {"energy", ignore, 0},
    {"notes", ignore, 0},
    {0},
};

int profile_parse(const char *json, struct profile *out, struct profile_error *why)
{
    static const struct profile none = {.manufacturer = "*"};
    struct profile p = none;
    struct reading r = {.p = &p, .why = why, .path = "$"};
    cJSON *root = cJSON_ParseWithOpts(json, NULL, true);

    if (!root)
        refuse(&r, "not JSON");
    else
        read_object(&r, root, profile_keys, &p);
    cJSON_Delete(root);
    if (r.rc == 0 && *p.name == '\0')
        refuse(&r, "needs a name");
    if (r.rc == 0)
        *out = p;
    return r.rc;
}
