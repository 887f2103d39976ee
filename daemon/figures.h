/* SPDX-License-Identifier: Apache-2.0 */
/* figures.h - what the core counts for /metrics; read by any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "api/api.h"

struct figures;

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int figures_open(struct figures **out);
void figures_close(struct figures *f);

/** A device asked, by this CoAP method. */
void figures_request(struct figures *f, uint8_t code);

/** A component shows this Update Result. */
void figures_result(struct figures *f, uint8_t result);

/** One was accepted. */
void figures_registration(struct figures *f, enum api_registration what);

/** A webhook was tried. */
void figures_delivery(struct figures *f, enum api_hook_outcome outcome);

/** A batch took so long to become durable. */
void figures_commit(struct figures *f, uint64_t took_us);

/** A pass of the loop has ended at mono_ms with so many changes not submitted. */
void figures_beat(struct figures *f, int64_t mono_ms, size_t changes);

/** What campaigns do where their policy says nothing. */
void figures_policy(struct figures *f, const struct policy *policy);

/** So many tasks are late now, by the API's reasons. */
void figures_stuck(struct figures *f, uint32_t not_returned, uint32_t no_progress);

/** Any thread. Fields that are others' to know are 0. */
void figures_read(struct figures *f, struct api_figures *out);
