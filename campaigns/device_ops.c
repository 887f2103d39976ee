/* SPDX-License-Identifier: Apache-2.0 */
/* device_ops.c - the words for actions and outcomes in the log and the journal. */
#include "campaigns/device_ops.h"

const char *device_action_name(enum device_action_kind kind)
{
    static const char *const names[] = {
        [DEVICE_INSPECT] = "inspect", [DEVICE_OBSERVE] = "observe",
        [DEVICE_RESET] = "reset",     [DEVICE_SETTINGS] = "settings",
        [DEVICE_PUSH] = "push",       [DEVICE_WRITE_URI] = "write-uri",
        [DEVICE_EXECUTE] = "execute", [DEVICE_RELEASE] = "release",
    };
    return names[kind];
}

const char *device_outcome_name(enum device_outcome_kind kind)
{
    static const char *const names[] = {
        [DEVICE_DONE] = "done",
        [DEVICE_REFUSED] = "refused",
        [DEVICE_TIMED_OUT] = "timed-out",
        [DEVICE_ASLEEP] = "asleep",
        [DEVICE_UNREACHABLE] = "unreachable",
        [DEVICE_INTERRUPTED] = "interrupted",
        [DEVICE_NO_PACKAGE] = "no-package",
        [DEVICE_NO_SCHEME] = "no-scheme",
        [DEVICE_UNCONFIRMED] = "unconfirmed",
    };
    return names[kind];
}
