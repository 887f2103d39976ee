/* SPDX-License-Identifier: Apache-2.0 */
/* reports.h - what links have to say. */
#pragma once

struct core;

void reports_drain(struct core *core);
