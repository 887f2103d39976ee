/* SPDX-License-Identifier: Apache-2.0 */
/* link.h - lists of links (RFC 6690) as devices send them in Register, Update and as
 * the answer to Discover.
 *
 * Links that are no LwM2M path, and objects 0, 21, 23 and 24, are passed over;
 * attributes may be quoted or not and come in any order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/bytes.h"
#include "daemon/lwm2m/format.h"
#include "daemon/lwm2m/path.h"

/** Text that is lent, without a NUL. */
struct lwm2m_slice {
    const char *at;
    size_t len;
};

struct lwm2m_links {
    struct reader in;
    char root[LWM2M_ROOT_BYTES]; /* alternate path, "" if none */
    uint32_t formats;            /* lwm2m_format_bit() of each in the root link's ct */
    bool is_answer;              /* to Discover: the root was given */
};

struct lwm2m_object_version {
    uint8_t major, minor;
};

struct lwm2m_link {
    struct lwm2m_path path; /* depth 1: an object, perhaps without instances */
    bool has_version;       /* a ver attribute; else see lwm2m_object_version() */
    struct lwm2m_object_version version;
    struct lwm2m_slice attributes; /* all of them, unread */
};

/** Start with the payload of Register or Update: look for the root link.
 * @param bytes borrowed. @return 0, -EBADMSG if anything in it is malformed */
[[nodiscard]] int lwm2m_links_begin(struct lwm2m_links *l, const void *bytes,
                                    size_t len);

/** Start with the answer to Discover. @param root  as in the registration */
[[nodiscard]] int lwm2m_links_begin_answer(struct lwm2m_links *l, const char *root,
                                           const void *bytes, size_t len);

/** @param out written when 1 is returned. @return 1, 0 at the end */
[[nodiscard]] int lwm2m_links_next(struct lwm2m_links *l, struct lwm2m_link *out);

/** @return true if the link has the attribute; *value is unquoted, empty if it has none
 */
bool lwm2m_link_attribute(const struct lwm2m_link *link, const char *name,
                          struct lwm2m_slice *value);

/** The version of an object whose link has no ver, from a client of that release. */
struct lwm2m_object_version lwm2m_object_version(enum lwm2m_version release,
                                                 uint16_t object);
