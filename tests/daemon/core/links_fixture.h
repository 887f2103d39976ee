/* SPDX-License-Identifier: Apache-2.0 */
/* links_fixture.h - one device behind links, and a wire that the test plays. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "campaigns/planning/profile_set.h"
#include "daemon/link/link_report.h"
#include "daemon/link/links.h"
#include "fake_wire.h"

enum { AWAKE_MS = 1000, CONFIRM_MS = 200, DEVICE_ID = 7, WHOLE_BYTES = 44 };

extern struct wire wire;
extern struct links *links;
extern struct device *dev;
extern struct device_ops ops;
extern struct profile_set *profiles;

/** TLV of object 33629 with app 1.0 (Downloaded) and tee 2.0. */
extern const uint8_t whole[WHOLE_BYTES];

/** Its object list as registered, in the store. */
void put_device(const char *objects);

void open_all(void);
void close_all(void);

/** Close the links, and open them with another host in Package URIs. */
void reopen_links(const char *advertise);

struct device_action action(enum device_action_kind kind);
void start(struct device_action a);

/** Answer the last request and expect where the next one goes. */
void answer_then(uint8_t code, const char *text, const char *next_path);

/** @return the next outcome for the engine; there must be one */
struct device_outcome outcome(void);
bool has_report(void);

void inspect_to_the_end(void);
void observe_both(void);
