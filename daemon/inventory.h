/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.h - from what a device registers, answers and notifies to the component
 * model of campaigns/inventory.h.
 *
 * Sources: object 33629 (all resources), object 5 versions 1.0 to 1.2, object 3.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/inventory.h"
#include "daemon/lwm2m/decode.h"
#include "daemon/lwm2m/path.h"

struct profile;

/** What of a registered object list matters to us. */
struct object_list {
    char root[LWM2M_ROOT_BYTES]; /* alternate path, "" if none */
    uint32_t formats;            /* of its root link, lwm2m_format_bit() */
    bool has_device;             /* object 3 */
    bool has_afu, has_fw;        /* listed, with or without instances */
    uint16_t afu_id;
    uint32_t afu_instances, fw_instances; /* bit n is instance n */
    bool is_too_large;                    /* an instance above 31 */
};

/** @param afu what is like 33629. @return 0, -EBADMSG: no list of links */
[[nodiscard]] int object_list_parse(const char *text, size_t len,
                                    const struct lwm2m_afu_objects *afu,
                                    struct object_list *out);

/** Takes records in; one per payload. */
struct absorber {
    struct inventory *inv;
    const struct lwm2m_afu_objects *afu;
    const char *root; /* alternate path of the device, "" or NULL: none */
    bool may_add;     /* a whole read: instances that inv does not have are added */
    bool has_changed;
    bool has_ours;    /* something of what an inventory is made of came */
    uint32_t changed; /* bit n: components[n] did */
    uint32_t results; /* bit n: components[n] has another Update Result, not 0 */
    uint32_t cleared[INVENTORY_COMPONENTS_MAX]; /* lists begun anew in this payload */
};

/** Take one record in. What the model has no place for is passed over. */
void inventory_absorb(struct absorber *a, const struct lwm2m_record *record);

/**
 * Take a whole payload in.
 *
 * @param base  path it is the answer for; the root for Send and composite reads
 * @return 0, -EBADMSG malformed, LWM2M_E_FORMAT no format that we read
 */
[[nodiscard]] int inventory_absorb_payload(struct absorber *a,
                                           const struct lwm2m_path *base,
                                           uint16_t format, const void *bytes,
                                           size_t len);

/** The component that is this instance, NULL if inv has none. */
struct component *inventory_instance(struct inventory *inv, uint16_t object_id,
                                     uint16_t instance);

/**
 * 5/n with n > 0 tells in PkgVersion what is installed, but while a package is there
 * what that one is: then the version is the one it had before.
 *
 * @param before  NULL: nothing is known
 */
void inventory_keep_versions(struct inventory *inv, struct inventory *before);

/** After a whole read: give object 5 its names and versions (profile may be NULL),
 * sort, and name the problem if there is one. */
void inventory_complete(struct inventory *inv, const struct object_list *objects,
                        const struct profile *profile);
