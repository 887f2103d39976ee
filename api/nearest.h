/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.h - "did you mean": the known word closest to one that is not. */
#pragma once

#include <stddef.h>

/** @return the candidate within a third of its length in edits, NULL if none is */
const char *nearest(const char *word, const char *const *candidates, size_t count);
