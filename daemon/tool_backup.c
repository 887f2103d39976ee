/* SPDX-License-Identifier: Apache-2.0 */
/* tool_backup.c - lockstepd --backup. Package files never change: any copy of those
 * that are listed will do, taken at any time afterwards. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/paths.h"
#include "daemon/tools.h"
#include "store/packages.h"
#include "store/upkeep.h"

static int write_rows(struct store *st, FILE *out)
{
    enum { ROWS = 100 };
    struct package_row rows[ROWS];
    struct page page = {.limit = ROWS};

    do {
        int rc = store_package_page(st, "ready", rows, &page);
        if (rc != 0)
            return rc;
        for (size_t i = 0; i < page.count; i++)
            fprintf(out, "%s  packages/%s\n", rows[i].digest, rows[i].digest);
        page.after = page.next;
    } while (page.next != 0);
    return ferror(out) ? -EIO : 0;
}

static int write_list(struct store *st, const char *path)
{
    char name[4096], part[4096 + 8];

    if (snprintf(name, sizeof name, "%s.packages", path) >= (int)sizeof name)
        return -ENAMETOOLONG;
    snprintf(part, sizeof part, "%s.part", name);
    FILE *out = fopen(part, "we");
    if (!out)
        return -errno;
    int rc = write_rows(st, out);
    if (fflush(out) != 0 || fsync(fileno(out)) != 0)
        rc = rc == 0 ? -errno : rc;
    fclose(out);
    if (rc == 0 && rename(part, name) != 0)
        rc = -errno;
    if (rc != 0)
        unlink(part);
    return rc;
}

static int refuse(const char *path, const char *why)
{
    fprintf(stderr, "lockstepd: %s: %s\n", path, why);
    return EXIT_FAILURE;
}

/* The store goes on: what the copy calls ready is in the copy alone. */
static int list(const char *path, struct store_failure *why)
{
    struct store *made = NULL;

    int rc = store_open(path, STORE_READER, why, &made);
    if (rc == 0)
        rc = write_list(made, path);
    store_close(made);
    return rc;
}

static int copy(struct store *st, const char *path)
{
    struct store_failure why = {.text = ""};

    if (store_backup(st, path, &why) != 0)
        return refuse(path, why.text);
    int rc = list(path, &why);
    if (rc != 0)
        return refuse(path, why.text[0] ? why.text : strerror(-rc));
    printf("%s: the store; %s.packages: the packages that belong to it\n", path, path);
    return EXIT_SUCCESS;
}

int tool_backup(const struct config *c, const char *path)
{
    struct paths paths = paths_of(c);
    struct store_failure why = {.text = ""};
    struct store *st = NULL;

    umask(0077);
    int rc = paths_become_owner(c);
    if (rc == 0)
        rc = store_open(paths.store, STORE_READER, &why, &st);
    if (rc == 0)
        rc = paths_become_root();
    if (rc != 0) {
        store_close(st);
        return refuse(paths.store, why.text[0] ? why.text : strerror(-rc));
    }
    int status = copy(st, path);
    store_close(st);
    return status;
}
