/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/package_fit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool has_word(const struct profile_words *words, const char *word)
{
    for (uint8_t i = 0; i < words->count; i++)
        if (strcmp(words->words[i], word) == 0)
            return true;
    return words->count == 0 || *word == '\0';
}

/* What is compared: the texts end up in one sentence. */
struct fitting {
    const struct bundle_provide *to;
    const struct profile *profile;
    char *detail;
};

static enum package_fit refuse_word(const struct fitting *f, enum package_fit fit,
                                    const char *key, const char *word)
{
    if (f->detail)
        snprintf(f->detail, 256,
                 "%.63s %.63s has %s %.40s, which profile %.40s does not list",
                 f->to->component, f->to->version, key, word, f->profile->name);
    return fit;
}

static enum package_fit refuse_size(const struct fitting *f, uint64_t bytes,
                                    int64_t room)
{
    if (f->detail)
        snprintf(f->detail, 256,
                 "%.63s %.63s needs %" PRIu64 " bytes, a slot has %" PRId64
                 " (profile %.40s)",
                 f->to->component, f->to->version, bytes, room, f->profile->name);
    return PACKAGE_TOO_LARGE;
}

enum package_fit package_fit(const struct bundle *b, const struct bundle_package *p,
                             const struct profile *profile, char detail[256])
{
    const struct fitting f = {&b->provides[p->provide_first], profile, detail};
    const struct profile_component *c = profile_component(profile, f.to->component);
    uint64_t bytes = p->installed_bytes ? p->installed_bytes : p->size;

    if (!c)
        return PACKAGE_FITS;
    if (!has_word(&c->formats, p->format))
        return refuse_word(&f, PACKAGE_FORMAT_UNSUPPORTED, "format", p->format);
    if (!has_word(&c->formats, p->compression))
        return refuse_word(&f, PACKAGE_FORMAT_UNSUPPORTED, "compression",
                           p->compression);
    if (!has_word(&c->slots, p->slot))
        return refuse_word(&f, PACKAGE_SLOT_UNSUPPORTED, "slot", p->slot);
    if (c->slot_bytes > 0 && p->provide_count == 1 && bytes > (uint64_t)c->slot_bytes)
        return refuse_size(&f, bytes, c->slot_bytes);
    return PACKAGE_FITS;
}
