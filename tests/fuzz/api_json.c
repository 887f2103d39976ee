/* SPDX-License-Identifier: Apache-2.0 */
/* api_json.c - any bytes as the JSON body of a request: what is read prints as JSON
 * that is read again.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "api/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void pick_apart(const struct cJSON *json)
{
    static const struct int_range range = {0, 100};
    struct problem p = {0};
    struct fields f = fields_of(json, "", &p);

    (void)fields_text(&f, "a", NULL);
    (void)fields_int(&f, "n", range, 0);
    (void)fields_bool(&f, "b", false);
    (void)fields_texts(&f, "l");
    if (fields_end(&f) != 0 && p.kind == PROBLEM_NONE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cJSON *json = NULL, *again = NULL;
    struct problem p = {0};
    struct text out = {0};

    int rc = json_read((const char *)data, size, &json, &p);
    if (rc == -EBADMSG && p.kind == PROBLEM_NONE)
        abort();
    if (rc != 0)
        return 0;
    pick_apart(json);
    if (json_print(json, &out) != 0 || json_read(out.at, out.len, &again, &p) != 0)
        abort();
    json_free(again);
    json_free(json);
    text_fini(&out);
    return 0;
}
