/* SPDX-License-Identifier: Apache-2.0 */
/* requests.h - what the wire tells: what devices ask for, what they answer. */
#pragma once

#include <stdint.h>

struct core;
struct coap_event;
struct device;

/** Take event; its message is released. */
void requests_event(struct core *core, struct coap_event *event);

/** @return the device that a SERVED event names, NULL: none of ours */
struct device *requests_served_to(const struct core *core,
                                  const struct coap_event *event);

/** Answer a request that waits for no batch. @param payload  text for people, or NULL.
 * COAP_EMPTY: say nothing, so that it is asked again. */
void requests_answer(struct core *core, uint64_t handle, uint8_t code,
                     const char *payload);
