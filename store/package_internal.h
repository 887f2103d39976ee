/* SPDX-License-Identifier: Apache-2.0 */
/* package_internal.h - what package_file.c and package_upload.c share. */
#pragma once

#include <stdint.h>

#include "store/package_file.h"

#define UPLOAD_PREFIX ".upload-"

struct package_folder {
    int fd;
    int64_t reserve_bytes;
};

/** Room for a file's name in the folder. */
enum { PACKAGE_NAME_MAX = sizeof UPLOAD_PREFIX + STORE_DIGEST_HEX };

/** @return 0, -EINVAL: hex is not 64 lower-case digits */
[[nodiscard]] int package_name_check(const char *hex);
