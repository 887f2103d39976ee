/* SPDX-License-Identifier: Apache-2.0 */
/* firmware_fixture.h - one simulated device whose time the test turns. */
#pragma once

#include "tests/device/firmware.h"

extern struct group group;
extern struct firmware fw;
extern int64_t now_ms;
extern const uint8_t digest[IMAGE_DIGEST_BYTES];

void option(const char *name, const char *value);
void set_up(void);

/** Boot it; application and radio, unless options named other components. */
void start(void);

struct image image_of(const char *component, const char *version);
void package(struct component *c, const char *version);
int execute(struct component *c, const char *args);

/** Let time pass and the device restart when it wants to. @return the effects seen */
unsigned pass(int64_t ms);
