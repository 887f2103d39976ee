/* SPDX-License-Identifier: Apache-2.0 */
/* firmware.h - the components of one device: the state machine of objects 33629 and 5
 * with its faults. Pure: no I/O, time passed in.
 *
 *             package or pull ok            Execute
 *   Idle 0 ------------------------> Downloaded 2 -----> Updating 3
 *    ^  \--URI--> Downloading 1 --ok----^   ^  ^--deferred, failed--/ |
 *    |               | failed, Cancel       |                         |
 *    \---------------+---- Cancel, reset ---/        success, failed -> Idle
 */
#pragma once

#include "tests/device/component.h"
#include "tests/device/faults.h"

#include <stdbool.h>
#include <stdint.h>

/** CoAP codes as bytes. */
enum {
    FW_CHANGED = 0x44,
    FW_BAD_REQUEST = 0x80,
    FW_NOT_FOUND = 0x84,
    FW_NOT_ALLOWED = 0x85,
};

struct fw_executes {
    uint8_t digest[IMAGE_DIGEST_BYTES];
    uint16_t object, instance;
    uint32_t count;
};

struct firmware {
    const struct group *group;
    struct faults faults;
    struct component c[GROUP_COMPONENTS_MAX];
    size_t count;
    int64_t wall_offset_ms; /* wall_ms - mono_ms */
    int64_t crash_due_ms;
    bool is_crash_keeping;
    uint32_t boots;
    struct fw_executes executes[FW_EXECUTES_MAX];
    size_t executes_count;
};

/** What firmware_tick() wants the device to do. */
enum { FW_REBOOT = 1, FW_GONE = 2 };

/** @param group  borrowed for good */
void firmware_init(struct firmware *f, const struct group *group, struct faults faults,
                   int64_t wall_offset_ms);

/** @return NULL if there is none */
struct component *firmware_find(struct firmware *f, uint16_t object, uint16_t instance);

/** @return false if the group says `without` this resource, or it does not exist now */
bool firmware_has(const struct firmware *f, const struct component *c, int resource);

/** May the first block of a package (more than one zero byte) be taken?
 * @return FW_CHANGED or the code to refuse it with */
int firmware_push_check(const struct firmware *f, const struct component *c);

/** The package is complete. @param image what it is, NULL if unknown */
void firmware_package(struct firmware *f, struct component *c, const uint8_t *digest,
                      const struct image *image, int64_t now_ms);

/** A push or pull ended with this Result. */
void firmware_download_failed(struct firmware *f, struct component *c, int result,
                              int64_t now_ms);

/** One zero byte as package, or an empty URI. @return code */
int firmware_reset(struct firmware *f, struct component *c, int64_t now_ms);
int firmware_cancel(struct firmware *f, struct component *c, int64_t now_ms);

/** Write Package URI; State 1 and 2.04 mean: start the download or queue it. @return
 * code */
int firmware_uri(struct firmware *f, struct component *c, const char *uri,
                 int64_t now_ms);

/** The argument of an Execute: len bytes of text. */
struct argument {
    const char *text;
    size_t len;
};

/**
 * Execute Update.
 *
 * @param set  on FW_CHANGED the components that it names, bit n: component n; all of
 * them are counted in executes
 *
 * @return code
 */
int firmware_execute(struct firmware *f, struct component *c, struct argument argument,
                     int64_t now_ms, uint32_t *set);

/** How often this device executed the package that c held. */
uint32_t firmware_executes(const struct firmware *f, const struct component *c);

/** When firmware_tick() has something to do, FW_NEVER_MS. */
int64_t firmware_due_ms(const struct firmware *f);

/** @return FW_REBOOT, FW_GONE or both in bits */
unsigned firmware_tick(struct firmware *f, int64_t now_ms);

/** The device comes up: what the restart brought about shows now. */
void firmware_boot(struct firmware *f, int64_t now_ms);

/** A crash: downloads end, packages are forgotten unless is_keeping. */
void firmware_crash(struct firmware *f, bool is_keeping, int64_t now_ms);

void firmware_changes_clear(struct firmware *f);
