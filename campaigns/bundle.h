/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.h - packages made to work together, as their manifest describes them.
 *
 * A value with fixed bounds, about 150 KB: keep it on the heap. bundle_json.h fills it.
 * Rules, provided versions and conditions of all packages stand in one array each; a
 * package owns the part [first, first + count) of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/conditions.h"
#include "campaigns/inventory.h"
#include "campaigns/range.h"

enum {
    BUNDLE_NAME_MAX = 63,
    BUNDLE_VERSION_MAX = 63,
    BUNDLE_REF_MAX = 127, /* name@version */
    BUNDLE_VENDOR_MAX = 63,
    BUNDLE_NOTES_MAX = 2047,
    BUNDLE_MODELS_MAX = 16,
    BUNDLE_PACKAGES_MAX = 64,
    BUNDLE_PROVIDES_MAX = 128,
    BUNDLE_RULES_MAX = 256,
    BUNDLE_CONDITIONS_MAX = 64,
    PACKAGE_FILE_MAX = 255,
    PACKAGE_URI_MAX = 255, /* object 33629 and 5, resource 1 */
    PACKAGE_NOTES_MAX = 255,
    PACKAGE_WORD_MAX = 63,   /* format, content_type, compression, slot */
    PACKAGE_DIGEST_LEN = 64, /* SHA-256, lower-case hex */
};

/** The most that block-wise transfer carries: 2^20 blocks of 1 KiB (RFC 7959 2.2). */
#define PACKAGE_BYTES_MAX (UINT64_C(1) << 30)

/** What must be so when a package is installed, seen from that package. */
enum bundle_rule_kind {
    RULE_REQUIRES,      /* component is in range, for as long as it is installed */
    RULE_CONFLICTS,     /* component is not in range, likewise */
    RULE_TOGETHER_WITH, /* component changes in the same stage; range is "*" */
};

struct bundle_rule {
    uint8_t kind; /* enum bundle_rule_kind */
    char component[COMPONENT_NAME_MAX + 1];
    struct range range;
};

/** One component that a package brings to a version. */
struct bundle_provide {
    char component[COMPONENT_NAME_MAX + 1];
    char version[COMPONENT_VERSION_MAX + 1];
    struct range installs_over; /* versions of this component it may replace */
};

enum package_verify {
    VERIFY_VERSION, /* the component must report the version afterwards */
    VERIFY_RESULT,  /* Update Result 1 is enough: its version does not change */
};

enum bundle_severity { /* resource 11, values as on the wire */
                       SEVERITY_CRITICAL = 0,
                       SEVERITY_MANDATORY = 1,
                       SEVERITY_OPTIONAL = 2,
};

struct bundle_package {
    uint16_t provide_first, provide_count; /* >= 1; the first is the one written to */
    uint16_t rule_first, rule_count;
    uint16_t condition_first, condition_count;
    uint64_t size;            /* bytes on the wire, 1..PACKAGE_BYTES_MAX */
    uint64_t installed_bytes; /* 0 when not compressed */
    char digest[PACKAGE_DIGEST_LEN + 1];
    char file[PACKAGE_FILE_MAX + 1]; /* exactly one of file and uri is not "" */
    char uri[PACKAGE_URI_MAX + 1];
    char vendor[BUNDLE_VENDOR_MAX + 1]; /* "" means the bundle's */
    char format[PACKAGE_WORD_MAX + 1];
    char content_type[PACKAGE_WORD_MAX + 1]; /* as written; "" when a number was */
    uint16_t content_format; /* CoAP's number of it; 42 unless the manifest says */
    char compression[PACKAGE_WORD_MAX + 1];
    char slot[PACKAGE_WORD_MAX + 1];
    char notes[PACKAGE_NOTES_MAX + 1];
    uint8_t verify;      /* enum package_verify */
    bool stepping_stone; /* may be used on the way to another version */
    bool reversible;     /* a lower version may follow it; true by default */
};

struct bundle {
    char name[BUNDLE_NAME_MAX + 1];
    char version[BUNDLE_VERSION_MAX + 1];
    char vendor[BUNDLE_VENDOR_MAX + 1];
    uint64_t sequence;
    char manufacturer[IDENTITY_TEXT_MAX + 1]; /* applies_to */
    char models[BUNDLE_MODELS_MAX][IDENTITY_TEXT_MAX + 1];
    uint8_t model_count; /* >= 1 */
    bool names_hardware; /* applies_to has "hardware" */
    struct range hardware;
    uint8_t severity;        /* enum bundle_severity */
    bool atomic_best_effort; /* "atomic": "best-effort" */
    char notes[BUNDLE_NOTES_MAX + 1];
    uint16_t package_count, provide_count, rule_count, condition_count;
    struct bundle_package packages[BUNDLE_PACKAGES_MAX];
    struct bundle_provide provides[BUNDLE_PROVIDES_MAX];
    struct bundle_rule rules[BUNDLE_RULES_MAX];
    struct condition conditions[BUNDLE_CONDITIONS_MAX]; /* checked before its update */
};

/** Write "name@version". out has BUNDLE_REF_MAX + 1 bytes. */
void bundle_ref(const struct bundle *b, char *out);
