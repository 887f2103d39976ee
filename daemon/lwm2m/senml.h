/* SPDX-License-Identifier: Apache-2.0 */
/* senml.h - what SenML JSON and SenML CBOR share (RFC 8428); internal to daemon/lwm2m.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/lwm2m/codecs.h"

enum senml_field {
    SENML_BASE_NAME,
    SENML_BASE_TIME,
    SENML_BASE_VALUE,
    SENML_NAME,
    SENML_VALUE,
    SENML_TEXT,
    SENML_BOOL,
    SENML_DATA,
    SENML_LINK,
    SENML_TIME,
    SENML_IGNORED,
    SENML_MUST_UNDERSTAND, /* and we do not: its name ends with "_" */
};

/** A JSON name, or a text label in CBOR. */
enum senml_field senml_field_of_name(const void *name, size_t len);
/** A CBOR label. */
enum senml_field senml_field_of_label(int64_t label);

/** One record as it stands in the message; its name is in d->name. */
struct senml_record {
    struct lwm2m_value value;
    bool has_name, is_link;
    double time_s;
};

/** Copy a name or base name. Too long sets d->in.bad. */
void senml_set_name(struct lwm2m_decoder *d, enum senml_field field, const void *name,
                    size_t len);

/** What JSON and CBOR write differently. */
struct senml_syntax {
    void (*name)(struct lwm2m_decoder *d, enum senml_field field);
    double (*number)(struct lwm2m_decoder *d);
    struct lwm2m_value (*value)(struct lwm2m_decoder *d, enum senml_field field);
};

/** Read what stands behind a field's label. */
void senml_read_field(const struct senml_syntax *syntax, struct lwm2m_decoder *d,
                      enum senml_field field, struct senml_record *s);

/** Make the record that is meant, with the base values.
 * @return 1, 0 if it holds base values alone, -EBADMSG */
int senml_resolve(struct lwm2m_decoder *d, struct senml_record *s,
                  struct lwm2m_record *out);
