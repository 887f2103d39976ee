/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/batch_internal.h"

enum { BLOCK_BYTES = 256 * 1024, BODY_MAX = 64 * 1024 * 1024 };

struct batch_block {
    struct batch_block *next;
    size_t used, size;
    max_align_t bytes[];
};

/* What hangs on a change of each kind: where the pointer stands, how much is behind it.
 */
struct part {
    enum { PART_END, PART_TEXT, PART_ROW, PART_LIST } type;
    size_t pointer; /* offset in struct change */
    size_t bytes;   /* of one row; PART_TEXT: most, without the NUL */
    size_t count;   /* PART_LIST: offset of the size_t */
};

enum { PARTS_MAX = 5 };

#define TEXT(field, max)                                                               \
    {                                                                                  \
        PART_TEXT, offsetof(struct change, field), max, 0                              \
    }
#define ROW(field, type)                                                               \
    {                                                                                  \
        PART_ROW, offsetof(struct change, field), sizeof(struct type), 0               \
    }
#define LIST(field, type, n)                                                           \
    {                                                                                  \
        PART_LIST, offsetof(struct change, field), sizeof(struct type),                \
            offsetof(struct change, n)                                                 \
    }

static const struct part parts[CHANGE_KIND_COUNT][PARTS_MAX] = {
    [CHANGE_META_PUT] = {TEXT(meta.key, STORE_KEY_MAX),
                         TEXT(meta.value, STORE_QUERY_MAX)},
    [CHANGE_TOKEN_ADD] = {ROW(token, token_row)},
    [CHANGE_TOKEN_DELETE] = {TEXT(name, STORE_KEY_MAX)},
    [CHANGE_WEBHOOK_PUT] = {ROW(webhook, webhook_row)},
    [CHANGE_WEBHOOK_DELETE] = {TEXT(name, STORE_KEY_MAX)},
    [CHANGE_DELIVERY_ADD] = {ROW(delivery, delivery_row)},
    [CHANGE_PROFILE_PUT] = {ROW(profile.row, profile_row),
                            TEXT(profile.body, BODY_MAX)},
    [CHANGE_PROFILE_DELETE] = {TEXT(name, STORE_KEY_MAX)},
    [CHANGE_ANSWER_PUT] = {ROW(answer.row, answer_row), TEXT(answer.body, BODY_MAX)},
    [CHANGE_DEVICE_PUT] = {ROW(device.row, device_row), TEXT(device.objects, BODY_MAX)},
    [CHANGE_DEVICE_SEEN] = {LIST(seen.items, device_seen, seen.count)},
    [CHANGE_DEVICE_STATE] = {TEXT(device_state.state, STORE_WORD_MAX)},
    [CHANGE_DEVICE_TAGS] = {LIST(tags.items, tag_row, tags.count),
                            TEXT(tags.mark, STORE_TAGS_MARK)},
    [CHANGE_DEVICES_IMPORT] = {LIST(import.items, device_import_row, import.count),
                               LIST(import.tags, tag_row, import.tag_count)},
    [CHANGE_INVENTORY_PUT] = {ROW(inventory.row, device_row),
                              TEXT(inventory.canonical, BODY_MAX),
                              LIST(inventory.components, component_row,
                                   inventory.count)},
    [CHANGE_COMPONENT_STATE] = {TEXT(component_state.component, STORE_NAME_MAX),
                                TEXT(component_state.state, STORE_WORD_MAX)},
    [CHANGE_BUNDLE_PUT] = {ROW(bundle.row, bundle_row), TEXT(bundle.manifest, BODY_MAX),
                           LIST(bundle.packages, bundle_package_row, bundle.count)},
    [CHANGE_BUNDLE_STATE] = {TEXT(bundle_state.state, STORE_WORD_MAX),
                             TEXT(bundle_state.problem, STORE_DETAIL_MAX)},
    [CHANGE_PACKAGE_PUT] = {ROW(package, package_row)},
    [CHANGE_PACKAGE_DELETE] = {TEXT(name, STORE_KEY_MAX)},
    [CHANGE_PLAN_PUT] = {ROW(plan.row, plan_row), TEXT(plan.body, BODY_MAX)},
    [CHANGE_PLAN_GROUP_PUT] = {TEXT(plan_group.plan_id, STORE_KEY_MAX),
                               ROW(plan_group.row, plan_group_row),
                               TEXT(plan_group.body, BODY_MAX),
                               LIST(plan_group.components, plan_component_row,
                                    plan_group.count)},
    [CHANGE_PLAN_DELETE] = {TEXT(name, STORE_KEY_MAX)},
    [CHANGE_CAMPAIGN_PUT] = {ROW(campaign.row, campaign_row),
                             TEXT(campaign.policy, BODY_MAX)},
    [CHANGE_TASKS_CUT] = {TEXT(tasks_cut.waiting_for, STORE_WORD_MAX)},
    [CHANGE_TASKS_MOVE] = {TEXT(tasks_move.waiting_for, STORE_WORD_MAX),
                           TEXT(tasks_move.state, STORE_WORD_MAX),
                           TEXT(tasks_move.next_waiting_for, STORE_WORD_MAX),
                           TEXT(tasks_move.reason, STORE_REASON_MAX),
                           TEXT(tasks_move.detail, STORE_DETAIL_MAX)},
    [CHANGE_TASKS_PROMOTE] = {TEXT(tasks_promote.waiting_for, STORE_WORD_MAX)},
    [CHANGE_TASK_PUT] = {ROW(task.row, task_row),
                         LIST(task.components, task_component_row, task.count)},
    [CHANGE_ATTEMPT_ADD] = {ROW(attempt, attempt_row)},
    [CHANGE_ATTEMPT_BLOCK] = {ROW(attempt, attempt_row)},
    [CHANGE_ATTEMPT_CLEAR] = {ROW(attempt, attempt_row)},
    [CHANGE_EVENT_ADD] = {ROW(event, event_row)},
};

int batch_open(struct batch **out)
{
    struct batch *b = calloc(1, sizeof *b);

    if (!b)
        return -ENOMEM;
    *out = b;
    return 0;
}

static void free_blocks(struct batch_block *block)
{
    while (block) {
        struct batch_block *next = block->next;
        free(block);
        block = next;
    }
}

void batch_close(struct batch *b)
{
    if (!b)
        return;
    free_blocks(b->blocks);
    free(b->changes);
    free(b->results);
    free(b);
}

void batch_clear(struct batch *b)
{
    b->count = 0;
    b->bytes = 0;
    if (!b->blocks)
        return;
    free_blocks(b->blocks->next);
    b->blocks->next = NULL;
    b->blocks->used = 0;
    if (b->blocks->size > BLOCK_BYTES) {
        free(b->blocks);
        b->blocks = NULL;
    }
}

static void *take(struct batch *b, size_t bytes)
{
    size_t need = (bytes + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);

    if (!b->blocks || b->blocks->size - b->blocks->used < need) {
        size_t size = need > BLOCK_BYTES ? need : BLOCK_BYTES;
        struct batch_block *block = malloc(sizeof *block + size);
        if (!block)
            return NULL;
        *block = (struct batch_block){.next = b->blocks, .size = size};
        b->blocks = block;
    }
    void *at = (char *)b->blocks->bytes + b->blocks->used;
    b->blocks->used += need;
    b->bytes += need;
    return at;
}

/* @return 0, -EMSGSIZE */
static int part_bytes(const struct part *p, const struct change *c, const void *from,
                      size_t *out)
{
    size_t count = 1;

    if (p->type == PART_LIST)
        memcpy(&count, (const char *)c + p->count, sizeof count);
    if (p->type == PART_TEXT) {
        *out = strnlen(from, p->bytes + 1) + 1;
        return *out > p->bytes + 1 ? -EMSGSIZE : 0;
    }
    *out = p->bytes * count;
    return 0;
}

/* Gives c, which is the batch's own copy, parts of its own. */
static int copy_parts(struct batch *b, struct change *c)
{
    for (size_t i = 0; i < PARTS_MAX; i++) {
        const struct part *p = &parts[c->kind][i];
        if (p->type == PART_END)
            break;
        const void *from = NULL;
        memcpy(&from, (char *)c + p->pointer, sizeof from);
        if (!from)
            continue;
        size_t bytes = 0;
        int rc = part_bytes(p, c, from, &bytes);
        if (rc != 0)
            return rc;
        void *to = take(b, bytes);
        if (!to)
            return -ENOMEM;
        memcpy(to, from, bytes);
        memcpy((char *)c + p->pointer, &to, sizeof to);
    }
    return 0;
}

static int make_room(struct batch *b)
{
    if (b->count < b->room)
        return 0;
    size_t room = b->room ? b->room * 2 : 64;
    struct change *changes = realloc(b->changes, room * sizeof *changes);
    if (!changes)
        return -ENOMEM;
    b->changes = changes;
    struct change_result *results = realloc(b->results, room * sizeof *results);
    if (!results)
        return -ENOMEM;
    b->results = results;
    b->room = room;
    return 0;
}

int batch_put(struct batch *b, const struct change *c, size_t *index)
{
    assert(c->kind >= 0 && c->kind < CHANGE_KIND_COUNT);
    int rc = make_room(b);
    if (rc != 0)
        return rc;
    struct change copy = *c;
    rc = copy_parts(b, &copy);
    if (rc != 0)
        return rc;

    b->changes[b->count] = copy;
    b->results[b->count] = (struct change_result){0};
    if (index)
        *index = b->count;
    b->count++;
    return 0;
}

size_t batch_count(const struct batch *b)
{
    return b->count;
}

size_t batch_bytes(const struct batch *b)
{
    return b->bytes;
}

const struct change_result *batch_result(const struct batch *b, size_t index)
{
    assert(index < b->count);
    return &b->results[index];
}

const struct change *batch_change(const struct batch *b, size_t index)
{
    assert(index < b->count);
    return &b->changes[index];
}
