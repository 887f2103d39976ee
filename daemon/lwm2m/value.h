/* SPDX-License-Identifier: Apache-2.0 */
/* value.h - the value of a resource, whatever format it came in, and which type the
 * resources have that this server reads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/lwm2m/path.h"

enum lwm2m_kind {
    LWM2M_NONE,    /* an empty multiple resource or instance, null, or a path alone */
    LWM2M_INT,     /* .i */
    LWM2M_UINT,    /* .u */
    LWM2M_FLOAT,   /* .f */
    LWM2M_BOOL,    /* .b */
    LWM2M_STRING,  /* .bytes, UTF-8, no NUL */
    LWM2M_OPAQUE,  /* .bytes; also a TLV value of a resource that we do not know */
    LWM2M_OBJLNK,  /* .link */
    LWM2M_TIME,    /* .i, Unix time in seconds */
    LWM2M_SKIPPED, /* there, but longer than LWM2M_SCRATCH_BYTES or of no such type */
};

struct lwm2m_value {
    enum lwm2m_kind kind;
    union {
        int64_t i;
        uint64_t u;
        double f;
        bool b;
        struct {
            const uint8_t *at; /* borrowed; never NULL */
            size_t len;
        } bytes;
        struct {
            uint16_t object, instance;
        } link;
    };
};

/** Longest text or opaque value that is not lent from the message itself, because it
 * has to be unescaped or is Base64. */
enum { LWM2M_SCRATCH_BYTES = 1024 };

/** Objects that have the resources of Advanced Firmware Update (object 33629). */
struct lwm2m_afu_objects {
    const uint16_t *ids; /* borrowed */
    size_t count;
};

/**
 * Type of a resource of objects 1, 3, 4, 5, 9, 14 and of Advanced Firmware Update.
 *
 * @param afu  NULL: 33629 alone
 * @return LWM2M_NONE if we know none
 */
enum lwm2m_kind lwm2m_type_of(const struct lwm2m_afu_objects *afu,
                              const struct lwm2m_path *p);

/** Any kind that holds a whole number in range, bool included. @return false if not */
bool lwm2m_value_int(const struct lwm2m_value *v, int64_t *out);

/** Copy a string and end it with NUL. @return false if it is none, does not fit, or
 * holds a NUL; then out is "" */
bool lwm2m_value_text(const struct lwm2m_value *v, char *out, size_t size);

/** @return true if kind and content are the same */
bool lwm2m_value_equal(const struct lwm2m_value *a, const struct lwm2m_value *b);

/** Shorthands for values to be written. text is borrowed. */
struct lwm2m_value lwm2m_int(int64_t i);
struct lwm2m_value lwm2m_bool(bool b);
struct lwm2m_value lwm2m_text(const char *text);
struct lwm2m_value lwm2m_opaque(const void *bytes, size_t len);
struct lwm2m_value lwm2m_link(uint16_t object, uint16_t instance);
