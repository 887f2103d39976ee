/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m_registration.c - any bytes as query of Register and Update; a zero byte ends an
 * option.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lwm2m/registration.h"
#include "daemon/lwm2m/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARAMS_MAX = 16 };

static size_t split(const char *text, size_t len, struct lwm2m_slice params[PARAMS_MAX])
{
    size_t n = 0;

    while (n < PARAMS_MAX && len > 0) {
        size_t piece = strnlen(text, len);
        params[n++] = (struct lwm2m_slice){text, piece};
        piece += piece < len;
        text += piece;
        len -= piece;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lwm2m_slice params[PARAMS_MAX];
    struct lwm2m_registration reg;
    const char *why = NULL;
    struct lwm2m_query query = {params, split((const char *)data, size, params)};

    if (lwm2m_register_parse(query, 1, &reg, &why) != 0) {
        if (!why)
            abort();
    } else if (!utf8_is_valid(reg.endpoint, strlen(reg.endpoint))) {
        abort();
    }
    (void)!lwm2m_update_parse(query, &reg, &why);
    return 0;
}
