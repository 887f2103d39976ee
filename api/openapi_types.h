/* SPDX-License-Identifier: Apache-2.0 */
/* openapi_types.h - the types of shapes.h as JSON Schema 2020-12. */
#pragma once

#include <stddef.h>

#include "api/json_write.h"
#include "api/shapes.h"

/** Write the schema of a type, len bytes of it. A type that is none is a bug. */
void openapi_type(struct json *j, const char *key, const char *type, size_t len);

/** The same with a description. */
void openapi_described(struct json *j, const char *key, const char *type,
                       const char *text);

/** Write "Name": {schema}. */
void openapi_shape(struct json *j, const struct shape *shape);
