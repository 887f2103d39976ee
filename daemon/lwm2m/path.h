/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - where something is in a device: /object/instance/resource/resource-instance.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LWM2M_PATH_IDS = 4,
    LWM2M_PATH_TEXT_BYTES = 28, /* "/65534/65534/65534/65534" and its NUL */
    LWM2M_ID_MAX = 65534,
    LWM2M_ROOT_BYTES = 64, /* alternate path such as "/lwm2m", NUL included */
};

struct lwm2m_path {
    uint8_t depth; /* ids in use: 0 root, 1 object, 2 instance, 3 resource, 4 its
                      instance */
    uint16_t id[LWM2M_PATH_IDS]; /* 0 beyond depth */
};

/** LWM2M_PATH(33629, 0, 3) is /33629/0/3. */
#define LWM2M_PATH(...)                                                                \
    ((struct lwm2m_path){                                                              \
        .depth = (uint8_t)(sizeof((uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t)),      \
        .id = {__VA_ARGS__}})

/**
 * Read "/33629/0/15/2". One trailing slash is allowed, "/" is the root.
 *
 * @param root  alternate path that text must start with, as "/lwm2m"; "" or NULL: none
 * @param out   written on success only
 *
 * @return 0, -EBADMSG
 */
[[nodiscard]] int lwm2m_path_parse(const char *root, const char *text, size_t len,
                                   struct lwm2m_path *out);

/** Print p as "/33629/0/3" ("/" for the root). @return text, for use in a call */
const char *lwm2m_path_print(const struct lwm2m_path *p,
                             char text[LWM2M_PATH_TEXT_BYTES]);

/** @return p with one more id; p->depth must be below LWM2M_PATH_IDS */
struct lwm2m_path lwm2m_path_child(const struct lwm2m_path *p, uint16_t id);

bool lwm2m_path_equal(const struct lwm2m_path *a, const struct lwm2m_path *b);

/** @return true if p is at or below above */
bool lwm2m_path_is_under(const struct lwm2m_path *p, const struct lwm2m_path *above);
