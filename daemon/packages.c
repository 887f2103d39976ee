/* SPDX-License-Identifier: Apache-2.0 */
/* packages.c - package files in and out of service. */
#include "daemon/packages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "store/packages.h"

enum { SWEEP_MS = 60000, SWEEP_ROWS = 64 };

static void no_answer(void *done_arg, uint64_t ticket,
                      const struct command_result *result)
{
    (void)done_arg;
    (void)ticket;
    (void)result;
}

/* The engine's path: row, event, and the bundles that need it. */
static void tell_damage(struct core *core, const char *digest)
{
    struct command *command = command_new(COMMAND_PACKAGE_DAMAGED, "system");

    if (!command) {
        core_failed(core, -ENOMEM);
        return;
    }
    command->done = no_answer;
    snprintf(command->package.digest, sizeof command->package.digest, "%s", digest);
    int rc = engine_command(core->engine, core->now, command, 0);
    if (rc != 0)
        command_free(command);
    core_failed(core, rc);
}

/* When what nobody went on with is swept away. */
static int64_t sweep_before_ms(const struct core *core)
{
    return core->now.wall_ms - 1000 * core->config->package_keep_s;
}

static int remove_file(struct core *core, const char *digest)
{
    int rc = package_remove(core->folder, digest);

    sweeper_wake(core->sweeper, sweep_before_ms(core));
    return rc;
}

static void take_out(struct core *core, const char *digest, const char *detail)
{
    log_alert(LOG_M_PACKAGE_DAMAGED,
              "package=%s state=damaged detail=\"%s; upload it again\"", digest,
              detail);
    published_remove(core->published, digest);
    int rc = remove_file(core, digest);
    if (rc < 0)
        log_line(LOG_P_WARNING, "package=%s removed=no errno=%d", digest, -rc);
    tell_damage(core, digest);
}

/* Take what published_ functions say of a package. */
static void judge(struct core *core, const char *digest, int rc)
{
    if (rc == PUBLISHED_E_MISSING)
        take_out(core, digest, "its file is not in the state directory");
    else if (rc != 0)
        log_alert(LOG_M_PACKAGE_DAMAGED, "package=%s served=no detail=\"%s\"", digest,
                  strerror(-rc));
}

static void serve_row(struct core *core, const struct package_row *row)
{
    int64_t size_bytes;

    int rc = package_size(core->folder, row->digest, &size_bytes);
    if (rc == 0 && size_bytes != row->size_bytes)
        take_out(core, row->digest, "its file has another size");
    else
        judge(core, row->digest, published_add(core->published, row->digest));
}

/* Killed before the row was written, or after it was deleted or became damaged. */
static int drop_stray(struct core *core, const char *digest)
{
    struct package_row row;

    int rc = store_package_get(core->reader, digest, &row);
    if (rc < 0 || (rc == 0 && strcmp(row.state, "damaged") != 0))
        return rc;
    const char *what = rc == 0 ? "a damaged file" : "a file without a row";
    rc = package_remove(core->folder, digest);
    log_line(LOG_P_NOTICE, "package=%s removed=%s detail=\"%s\"", digest,
             rc == 0 ? "yes" : "no", what);
    return 0;
}

static int drop_strays(struct core *core)
{
    size_t room, count = 0;

    int rc = package_list(core->folder, NULL, 0, &room);
    if (rc != 0)
        return rc;
    char(*names)[STORE_DIGEST_HEX + 1] = calloc(room + 1, sizeof *names);
    rc = names ? package_list(core->folder, names, room, &count) : -ENOMEM;
    for (size_t i = 0; i < count && i < room && rc == 0; i++)
        rc = drop_stray(core, names[i]);
    free(names);
    return rc;
}

int packages_open(struct core *core)
{
    struct package_row rows[SWEEP_ROWS];
    struct page page = {.limit = SWEEP_ROWS};

    int stray_rc = drop_strays(core);
    if (stray_rc != 0)
        return stray_rc;

    do {
        int rc = store_package_page(core->reader, "ready", rows, &page);
        if (rc != 0)
            return rc;
        for (size_t i = 0; i < page.count; i++)
            serve_row(core, &rows[i]);
        page.after = page.next;
    } while (page.next != 0);
    return 0;
}

void packages_publish(struct core *core, const char *digest)
{
    struct package_row row;

    if (store_package_get(core->reader, digest, &row) == 0 &&
        strcmp(row.state, "ready") == 0)
        judge(core, digest, published_add(core->published, digest));
}

void packages_damaged(struct core *core, const char *digest)
{
    if (published_is_served(core->published, digest))
        take_out(core, digest, "its file cannot be read");
}

void packages_withdrawn(struct core *core, const char *digest)
{
    judge(core, digest, published_withdrawn(core->published, digest));
}

/* ---- what is not needed any more ---- */

bool packages_has_file(const struct core *core, const char *digest)
{
    int64_t size_bytes;

    return !batches_await(core->batches, RELEASE_PACKAGE_GONE, digest) &&
           package_size(core->folder, digest, &size_bytes) == 0;
}

static void tell_deleted(struct core *core, const char *digest, const char *actor,
                         size_t index)
{
    struct event_row event = {
        .at_ms = core->now.wall_ms, .kind = "package", .name = "deleted"};

    snprintf(event.actor, sizeof event.actor, "%s", actor);
    snprintf(event.body, sizeof event.body, "{\"id\":\"%s\"}", digest);
    core_put(
        core,
        &(struct change){.kind = CHANGE_EVENT_ADD, .needs = index + 1, .event = &event},
        NULL);
}

bool packages_delete(struct core *core, const char *digest, struct command *command,
                     uint64_t ticket)
{
    struct change change = {.kind = CHANGE_PACKAGE_DELETE, .name = digest};
    struct release release = {
        .kind = RELEASE_PACKAGE_GONE, .command = command, .ticket = ticket};

    snprintf(release.name, sizeof release.name, "%s", digest);
    if (!core_put(core, &change, &release.change))
        return false;
    tell_deleted(core, digest, command ? command->actor : "system", release.change);
    core_release(core, release);
    return true;
}

void packages_gone(struct core *core, const char *digest, const char *actor)
{
    published_remove(core->published, digest);
    int rc = remove_file(core, digest);
    log_line(rc < 0 ? LOG_P_ERR : LOG_P_NOTICE, "package=%s state=deleted actor=%s%s",
             digest, actor, rc < 0 ? " detail=\"its file cannot be removed\"" : "");
}

static void sweep_row(struct core *core, const struct package_row *row)
{
    if (row->wanted_ms >= sweep_before_ms(core) ||
        batches_await(core->batches, RELEASE_PACKAGE_GONE, row->digest))
        return;
    int rc = store_package_in_use(core->reader, row->digest);
    if (rc == STORE_E_NOT_FOUND)
        (void)packages_delete(core, row->digest, NULL, 0);
    core_failed(core, rc);
}

/* Packages that nobody needs, a page at a time. */
static void sweep_rows(struct core *core)
{
    struct package_row rows[SWEEP_ROWS];
    struct page page = {.after = core->sweep_after_id, .limit = SWEEP_ROWS};

    if (core_failed(core, store_package_page(core->reader, "", rows, &page)))
        return;
    for (size_t i = 0; i < page.count; i++)
        sweep_row(core, &rows[i]);
    core->sweep_after_id = page.next;
}

void packages_tick(struct core *core)
{
    int64_t keep_ms = 1000 * core->config->package_keep_s;

    published_retry(core->published);
    if (core->now.mono_ms < core->due.sweep_ms)
        return;
    if (core->sweep_after_id == 0)
        sweeper_wake(core->sweeper, sweep_before_ms(core));
    sweep_rows(core);
    if (core->sweep_after_id == 0)
        core->due.sweep_ms =
            core->now.mono_ms + (keep_ms < SWEEP_MS ? keep_ms : SWEEP_MS);
}
