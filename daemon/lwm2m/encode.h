/* SPDX-License-Identifier: Apache-2.0 */
/* encode.h - the payloads that this server sends. What does not fit sets w->bad. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "daemon/base/bytes.h"
#include "daemon/lwm2m/decode.h"
#include "daemon/lwm2m/path.h"
#include "daemon/lwm2m/value.h"

/**
 * One value, for a Write to the path of its resource or resource instance.
 *
 * @param format  text, opaque, CBOR, TLV, SenML JSON, SenML CBOR or LwM2M CBOR
 * @param record  .time_s is not sent. LWM2M_SKIPPED and LWM2M_NONE cannot be written
 * @param root    the device's alternate path, "" or NULL if it has none
 *
 * @return 0, LWM2M_E_FORMAT if this value has no form in that format
 */
[[nodiscard]] int lwm2m_encode_value(struct writer *w, uint16_t format,
                                     const char *root,
                                     const struct lwm2m_record *record);

struct lwm2m_paths {
    const struct lwm2m_path *at;
    size_t count;
};

/**
 * The body of Read-Composite and Observe-Composite.
 *
 * @param format  SenML CBOR or SenML JSON
 * @return 0, LWM2M_E_FORMAT
 */
[[nodiscard]] int lwm2m_encode_paths(struct writer *w, uint16_t format,
                                     const char *root, struct lwm2m_paths paths);

/**
 * The argument of Update (object 33629 resource 2): exactly these other instances are
 * updated too, as in 0='</33629/1>,</33629/2>'. With none it is 0, this instance alone.
 * Never send an empty payload there: it means "and whatever is linked".
 */
void lwm2m_encode_update_args(struct writer *w, uint16_t object,
                              const uint16_t *instances, size_t count);
