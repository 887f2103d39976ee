/* SPDX-License-Identifier: Apache-2.0 */
/* codecs.h - what decode.c and the files of single formats share; internal to
 * daemon/lwm2m.
 *
 * The _next functions return as lwm2m_decode_next() does. They are called until the
 * first 0 or error and may leave an error in d->in.bad alone.
 */
#pragma once

#include <stdbool.h>

#include "daemon/lwm2m/decode.h"

int tlv_next(struct lwm2m_decoder *d, struct lwm2m_record *out);
int senml_json_next(struct lwm2m_decoder *d, struct lwm2m_record *out);
int senml_cbor_next(struct lwm2m_decoder *d, struct lwm2m_record *out);
int lwm2m_cbor_next(struct lwm2m_decoder *d, struct lwm2m_record *out);
int old_json_next(struct lwm2m_decoder *d, struct lwm2m_record *out);

/** Give *v the type of the resource at p, where its content allows that. */
void value_settle(struct lwm2m_decoder *d, const struct lwm2m_path *p,
                  struct lwm2m_value *v);

/** "33629:1". @return false, and *out as it was, if text is none */
bool objlnk_parse(const void *text, size_t len, struct lwm2m_value *out);

/** Replace the Base64 text in *v by its bytes, in d->scratch; LWM2M_SKIPPED if they do
 * not fit. @return false if it is no Base64 */
bool value_unbase64(struct lwm2m_decoder *d, struct lwm2m_value *v);
