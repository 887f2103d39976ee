/* SPDX-License-Identifier: Apache-2.0 */
/* images.h - how a device learns what a package is: digest to component and version. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { IMAGE_DIGEST_BYTES = 32, IMAGE_HEX_MAX = 65, IMAGE_PARTS_MAX = 8 };

struct image_part {
    char component[32], version[64];
};

/** One package: which components it changes, and to which version. */
struct image {
    uint8_t digest[IMAGE_DIGEST_BYTES];
    size_t part_count;
    struct image_part parts[IMAGE_PARTS_MAX];
};

struct images;

/** @param path  "": none; it need not exist yet. @param out owned. @return 0, -ENOMEM
 */
[[nodiscard]] int images_open(const char *path, struct images **out);
void images_close(struct images *s);

/** Add `SHA256HEX=component:version`. @return 0, -EINVAL, -ENOMEM */
[[nodiscard]] int images_add(struct images *s, const char *text);

/** @return what the digest is, NULL if nobody said; borrowed until the next call. Reads
 * the file again if it changed. */
const struct image *images_get(struct images *s, const uint8_t *digest);

/** @return out */
const char *image_hex(const uint8_t *digest, char out[static IMAGE_HEX_MAX]);
