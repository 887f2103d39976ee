/* SPDX-License-Identifier: Apache-2.0 */
/* execute_args.h - the arguments of an Execute, and the list of instances that Update
 * of object 33629 takes (standards: payload empty, `0`, `0='</33629/1>,</33629/2>'`).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXECUTE_LIST_MAX = 32 };

struct execute_args {
    bool has_argument; /* something stood there: exactly the listed ones */
    size_t count;      /* listed instances */
    uint16_t instances[EXECUTE_LIST_MAX];
};

/** Positive returns of execute_args_read(). */
enum {
    EXECUTE_E_GRAMMAR = 1, /* not DIGIT or DIGIT='chars', joined by commas */
    EXECUTE_E_ARGUMENT = 2 /* grammatical, but not what Update takes */
};

/**
 * Read the payload of Execute /object/x/2. Whether the instances exist is the caller's.
 *
 * @param object  the object whose instances may be listed
 *
 * @return 0, EXECUTE_E_GRAMMAR, EXECUTE_E_ARGUMENT
 */
[[nodiscard]] int execute_args_read(const char *payload, size_t len, uint16_t object,
                                    struct execute_args *out);
