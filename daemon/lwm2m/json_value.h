/* SPDX-License-Identifier: Apache-2.0 */
/* json_value.h - members of SenML JSON and of the old JSON as values; internal to
 * daemon/lwm2m. Errors set d->in.bad.
 */
#pragma once

#include "daemon/lwm2m/senml.h"

/** A string, unescaped into d->name or d->base_name. */
void json_read_into_name(struct lwm2m_decoder *d, enum senml_field field);

double json_read_double(struct reader *r);

/** null is LWM2M_NONE (SenML ETCH: remove it). */
struct lwm2m_value json_read_number_or_null(struct reader *r);

/** A string, lent or in d->scratch; LWM2M_SKIPPED if it does not fit there. */
struct lwm2m_value json_read_text(struct lwm2m_decoder *d);

/** A string of Base64. */
struct lwm2m_value json_read_base64(struct lwm2m_decoder *d);
