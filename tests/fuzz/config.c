/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - any bytes as lockstep.conf: refused or read, never more. */
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config cfg;
    struct config_error error;

    config_defaults(&cfg);
    if (config_parse_text("fuzz", (const char *)data, size, &cfg, &error) == 0)
        (void)!config_check(&cfg, &error);
    return 0;
}
