/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - any text as policy, profile, condition and journal of a task: what is read
 * prints as what reads back equal.
 */
#include "campaigns/policy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/conditions.h"
#include "campaigns/profile.h"
#include "campaigns/task_journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_policy(const char *text)
{
    struct policy p, again;
    struct policy_error why;
    char out[4096], out_again[4096];

    if (policy_parse(text, &p, &why) != 0)
        return;
    if (policy_print(&p, out, sizeof out) < 0 || policy_parse(out, &again, &why) != 0 ||
        policy_print(&again, out_again, sizeof out_again) < 0 ||
        strcmp(out, out_again) != 0) /* not memcmp: padding has no value */
        abort();
}

static void read_journal(const char *text)
{
    struct task t = {.part_count = 8}, again = {.part_count = 8};
    char out[4096], out_again[4096];

    if (task_journal_parse(text, 0, &t) != 0)
        return;
    if (task_journal_print(&t, 0, out, sizeof out) < 0 ||
        task_journal_parse(out, 0, &again) != 0 ||
        task_journal_print(&again, 0, out_again, sizeof out_again) < 0 ||
        strcmp(out, out_again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct profile *profile = malloc(sizeof *profile);
    struct profile_error why;
    struct condition condition;
    size_t at;
    char *text = malloc(size + 1);

    if (!profile || !text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    read_policy(text);
    read_journal(text);
    if (profile_parse(text, profile, &why) == 0)
        (void)profile_updating_ms(profile, "app", 1);
    if (condition_parse(text, &condition, &at) == 0)
        (void)condition_holds(&condition, text);
    free(profile);
    free(text);
    return 0;
}
