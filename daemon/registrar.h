/* SPDX-License-Identifier: Apache-2.0 */
/* registrar.h - Register, Update and De-register: POST to /rd, anything to
 * /rd/<location>. */
#pragma once

struct core;
struct coap_event;

void registrar_register(struct core *core, const struct coap_event *event);
void registrar_location(struct core *core, const struct coap_event *event);
