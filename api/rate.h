/* SPDX-License-Identifier: Apache-2.0 */
/* rate.h - how many requests each principal may make: a second's worth at once, then
 * evenly. Any thread.
 */
#pragma once

#include <stdint.h>

struct rate;

/** @param per_s  requests in a second, > 0
 * @param out  owned; rate_close() @return 0, -ENOMEM */
[[nodiscard]] int rate_open(uint32_t per_s, struct rate **out);
void rate_close(struct rate *rate);

/** Count a request of name. @return 0: it may go on; else after how many milliseconds
 * it may come again. NULL: no limit. */
[[nodiscard]] int64_t rate_take(struct rate *rate, const char *name, int64_t mono_ms);
