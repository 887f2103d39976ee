/* SPDX-License-Identifier: Apache-2.0 */
/* resources.h - what people ask of resources, as requests; and answers as JSON. */
#pragma once

#include "campaigns/resource_ask.h"
#include "config/config.h"
#include "daemon/link/link_report.h"
#include "daemon/link/links.h"

struct text;

struct lwm2m_path resource_path(const struct resource_ask *ask);

/**
 * @param scratch  LINKS_ASK_BYTES; out may point into it, and into ask
 * @param out      all but .ticket is written
 * @return NULL, or why the value is not of its type; static
 */
[[nodiscard]] const char *resource_request(const struct resource_ask *ask,
                                           const struct config_objects *afu,
                                           uint8_t *scratch, struct links_ask *out);

/** {"path": ..., "coap_code": ..., and of a Read "values": [...]}.
 * @return 0, -EBADMSG: the device sent what cannot be read */
[[nodiscard]] int resource_answer(const struct resource_ask *ask,
                                  const struct link_report *report,
                                  const struct config_objects *afu, struct text *out);
