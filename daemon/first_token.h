/* SPDX-License-Identifier: Apache-2.0 */
/* first_token.h - the admin token of a new installation. */
#pragma once

struct core;

/** @return 0, -errno */
[[nodiscard]] int first_token_make(struct core *core);
