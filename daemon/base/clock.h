/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - the two clocks, never mixed. Only daemon/ reads them; all below gets the
 * time as an argument.
 */
#pragma once

#include <stdint.h>

/** Milliseconds since an arbitrary start; never jumps. For timers. */
int64_t clock_mono_ms(void);

/** Unix time in milliseconds; may jump. For what is stored and shown. */
int64_t clock_wall_ms(void);
