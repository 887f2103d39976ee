/* SPDX-License-Identifier: Apache-2.0 */
/* device_json.h - a device and what belongs to it, as the API shows them. */
#pragma once

#include "api/request.h"
#include "store/devices.h"

/** The device that a path names. @return 0, -EINVAL with *rs set (404), -errno */
[[nodiscard]] int device_find(struct request *rq, size_t param, struct device_row *out,
                              struct response *rs);

/** A command about the device of the path. @param kind enum command_kind
 * @return owned; NULL: no memory */
struct command *device_command(struct request *rq, int kind);

/** Give c away, if there is such a device. @param c taken; NULL is -ENOMEM
 * @return what the handler returns */
[[nodiscard]] int device_submit(struct request *rq, struct response *rs,
                                struct command *c, request_after *after);

/** The ETag of what can be edited of it: its tags. @return 0, -errno */
[[nodiscard]] int device_etag(struct request *rq, int64_t device_id,
                              struct response *rs);

/** Members of an object that is open in j. */
void device_members(struct json *j, const struct device_row *row);

struct profile;
struct profile_component;
struct profile_set;

/** @return its profile, NULL if it has none; profiles' own */
const struct profile *device_profile(const struct device_row *row,
                                     const struct profile_set *profiles);

/** Which profile is the device's, and the end of support that it gives, if it has one.
 */
void device_profile_members(struct json *j, const struct device_row *row,
                            const struct profile_set *profiles);

/** Role and processor of a component; known may be NULL. */
void device_component_kind(struct json *j, const struct profile_component *known);

/** "components": [...], with what the device's profile knows. @return 0, -errno */
[[nodiscard]] int device_components(struct request *rq, const struct device_row *row,
                                    const struct profile_set *profiles, struct json *j);

/** "tags": {...}. @return 0, -errno */
[[nodiscard]] int device_tag_members(struct request *rq, int64_t device_id,
                                     struct json *j);
