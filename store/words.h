/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - the words that columns may hold, as the CHECKs of schema.sql have them:
 * "a|b|c". Filters, parameters and OpenAPI come from here.
 */
#pragma once

#include <stdbool.h>

#define WORDS_DEVICE_STATE "registered|asleep|expired|deregistered|pending|expected"
#define WORDS_COMPONENT_STATE "idle|downloading|downloaded|updating|unknown"
#define WORDS_PACKAGE_STATE "uploading|ready|damaged|missing"
#define WORDS_BUNDLE_STATE "uploading|ready|quarantined|withdrawn"
#define WORDS_CAMPAIGN_STATE "draft|scheduled|running|paused|aborting|aborted|finished"
#define WORDS_TASK_STATE                                                               \
    "waiting|delivering|delivered|updating|verifying|succeeded|failed|partial|"        \
    "canceled|excluded|needs-attention"
#define WORDS_WAITING_FOR                                                              \
    "wave|window|online|condition|approval|rate|user|campaign|install"
#define WORDS_TASK_COMPONENT_STATE                                                     \
    "pending|delivering|downloaded|updating|updated|unchanged|failed|reverted"
#define WORDS_ROLE "viewer|operator|approver|admin"

/** @return true if word is one of them */
bool words_have(const char *words, const char *word);
