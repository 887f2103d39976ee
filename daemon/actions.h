/* SPDX-License-Identifier: Apache-2.0 */
/* actions.h - what the engine wants of devices. */
#pragma once

#include "campaigns/device_ops.h"

struct core;

/** The functions that the engine calls. */
struct device_ops actions_ops(struct core *core);
