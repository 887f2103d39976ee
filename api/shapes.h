/* SPDX-License-Identifier: Apache-2.0 */
/* shapes.h - what JSON objects the API takes and gives, for openapi.c; the tests hold
 * every answer against it.
 *
 * Types are short texts:
 *   text id int number bool time date sha256 null any   as they are called
 *   int(1..1000)   with limits        start|pause   one of these words
 *   [T] array      {T} object whose keys are names      T,U either      Name a shape
 * Members stand with blanks between: "id:id reason?:text"; '?' is one that may lack.
 */
#pragma once

#include <stddef.h>

struct shape {
    const char *name;
    const char *members;
    const char *example; /* JSON; NULL: none */
};

extern const struct shape shapes[];
extern const size_t shape_count;

/** A parameter of paths and queries. */
struct shape_parameter {
    const char *name;
    const char *path; /* of the route that has its own; NULL: all others */
    const char *type;
    const char *meaning;
};

/** @return the row, static; NULL: not known */
const struct shape_parameter *shape_parameter(const char *path, const char *name,
                                              size_t len);
