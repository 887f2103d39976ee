/* SPDX-License-Identifier: Apache-2.0 */
/* packages.c - package files in and out of service. */
#include "daemon/packages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "store/packages.h"

enum { DAY_MS = 24 * 3600 * 1000 };

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

static void take_out(struct core *core, const char *digest, const char *detail)
{
    log_line(LOG_P_ERR, "package=%s state=damaged detail=\"%s; upload it again\"",
             digest, detail);
    published_remove(core->published, digest);
    int rc = package_remove(core->folder, digest);
    if (rc < 0)
        log_line(LOG_P_ERR, "package=%s removed=no errno=%d", digest, -rc);
    tell_damage(core, digest);
}

/* Take what published_ functions say of a package. */
static void judge(struct core *core, const char *digest, int rc)
{
    if (rc == PUBLISHED_E_MISSING)
        take_out(core, digest, "its file is not in the state directory");
    else if (rc != 0)
        log_line(LOG_P_ERR, "package=%s served=no errno=%d", digest, -rc);
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

int packages_open(struct core *core)
{
    enum { ROWS = 64 };
    struct package_row rows[ROWS];
    struct page page = {.limit = ROWS};

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

/* Parts of uploads that nobody went on with for a day. */
static void sweep(struct core *core)
{
    int rc = package_sweep(core->folder, core->now.wall_ms - DAY_MS);

    if (rc != 0)
        log_line(LOG_P_WARNING, "packages=unswept errno=%d", -rc);
}

void packages_tick(struct core *core)
{
    published_retry(core->published);
    if (core->now.mono_ms < core->due.sweep_ms)
        return;
    core->due.sweep_ms = core->now.mono_ms + DAY_MS;
    sweep(core);
}
