/* SPDX-License-Identifier: Apache-2.0 */
/* log_messages.c - the MESSAGE_IDs; what each means to an operator is in
 * systemd/lockstep.catalog. An id is never given to another message. */
#include "daemon/base/log.h"

static const char *const ids[LOG_M_COUNT] = {
    [LOG_M_START_FAILED] = "fbc256da889055d28377758419ab64a5",
    [LOG_M_RELOAD_REFUSED] = "672abee966f15d8abb8545d8f4904cfd",
    [LOG_M_THREAD_HANGS] = "e9bf90d4bfbf5bea8340891118b046c5",
    [LOG_M_STORE_FULL] = "95805f7a6d1b5c6d8ce96bd25bf48d69",
    [LOG_M_STORE_FAILED] = "f461dedbc90f572bb20f8276c625aeb4",
    [LOG_M_STORE_DAMAGED] = "530cd8e340e651cd82977e29daa63b0a",
    [LOG_M_PROFILES_BROKEN] = "81bca825b5ee5a63b9615af0ac508083",
    [LOG_M_PACKAGE_DAMAGED] = "f305bc08a7245539a33c224cd3675b6c",
    [LOG_M_CAMPAIGN_BRAKED] = "99e78d4c481c51ce92b5699411206990",
};

const char *log_message_id(enum log_message m)
{
    return ids[m];
}
