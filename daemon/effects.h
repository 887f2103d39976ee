/* SPDX-License-Identifier: Apache-2.0 */
/* effects.h - what a durable batch lets go. */
#pragma once

struct core;
struct store_done;

void effects_durable(struct core *core, const struct store_done *done);
