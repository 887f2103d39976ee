/* SPDX-License-Identifier: Apache-2.0 */
/* component_spec.h - the text form of one component of a simulated device. */
#pragma once

#include "tests/device/options.h"

/**
 * Read `NAME=VERSION[,instance=N][,object=N][,links=A+B][,requires=A+B][,after-ms=N]
 * [,hidden=yes]`.
 *
 * @param afu_object  object id unless the text names one
 *
 * @return 0, OPTIONS_E_BAD
 */
[[nodiscard]] int component_spec_parse(const char *text, uint16_t afu_object,
                                       struct component_spec *out);

/** @return true if name is one of those that list joins with + */
bool component_list_has(const char *list, const char *name);
