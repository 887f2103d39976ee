/* SPDX-License-Identifier: Apache-2.0 */
/* expect.h - short ways to ask the served API, and to say what must come back. */
#pragma once

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/api/served.h"

static inline struct reply get(const char *target)
{
    return ask((struct ask){"GET", target, "viewer", NULL, NULL, 0});
}

static inline struct reply post(const char *target, const char *body)
{
    return ask((struct ask){"POST", target, "operator", NULL, body, 0});
}

#define expect_status(reply, expected)                                                 \
    cr_expect(eq(int, (reply).status, expected), "%s", (reply).body)
#define expect_says(reply, text)                                                       \
    cr_expect(strstr((reply).body, text) != NULL, "no %s in %s", text, (reply).body)
#define expect_json(reply)                                                             \
    do {                                                                               \
        cJSON *doc_ = cJSON_Parse((reply).body);                                       \
        cr_expect(doc_ != NULL, "no JSON: %s", (reply).body);                          \
        cJSON_Delete(doc_);                                                            \
    } while (0)
