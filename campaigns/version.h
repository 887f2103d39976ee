/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - versions as devices and manifests write them, and their order.
 *
 * A version number is dotted decimal numbers (each at most 18 digits), then optionally
 * "-" and a pre-release, then optionally "+" and a build: "1.4", "2023.01-rc.2",
 * "1.19.1+ds". Numbers compare by value, missing ones count as 0 (1.1 equals 1.1.0);
 * a pre-release comes before its release and is ordered as Semantic Versioning 2.0.0,
 * 11.4 orders it; a build comes after the same version without one.
 *
 * Any other text is an exact string: equal to itself, in no range but by name. In the
 * total order of sort keys "" (the device does not say) comes first, then numbers,
 * then exact strings by their bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VERSION_TEXT_MAX = 63, /* bytes, without NUL */
    VERSION_KEY_MAX = 96,  /* bytes of a sort key */
};

/** @return true if text is a version number, false for exact strings and "" */
bool version_is_number(const char *text);

/** @return true if a manifest may use text: 1..63 printable ASCII bytes, none of them
 * space, "," or "|", the first none of "<>=!*" */
bool version_is_valid(const char *text);

/**
 * Write the bytes whose memcmp order (shorter first when one is the start of the other,
 * as SQLite orders blobs) is the order of versions. Equal versions have equal keys.
 *
 * @param out  VERSION_KEY_MAX bytes
 * @return bytes written, 1..VERSION_KEY_MAX. Text past VERSION_TEXT_MAX is an exact
 *         string, told apart by its first 95 bytes.
 */
size_t version_sort_key(const char *text, uint8_t *out);

/** The same for version numbers only, in the form that store/filter.h and rows of
 * components want. @return bytes written, -EINVAL for an exact string or "", -ENOSPC */
int version_number_key(const char *text, uint8_t *out, size_t size);

/** @return <0, 0, >0 by the total order above */
int version_compare(const char *a, const char *b);

/** @return true if a and b are the same version: 1.1 and 1.1.0 are */
bool version_equal(const char *a, const char *b);
