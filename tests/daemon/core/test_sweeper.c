/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/sweeper.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/package_file.h"

static char path[64];
static struct package_folder *folder;
static struct sweeper *sweeper;

static void open_all(void)
{
    snprintf(path, sizeof path, "/tmp/lockstep-sweeper-XXXXXX");
    cr_assert(mkdtemp(path) != NULL);
    cr_assert(zero(int, package_folder_open(path, 0, &folder)));
    cr_assert(zero(int, sweeper_open(folder, &sweeper)));
}

static void close_all(void)
{
    sweeper_close(sweeper);
    package_folder_close(folder);
    rmdir(path);
}

TestSuite(sweeper, .init = open_all, .fini = close_all, .timeout = 60);

static void leave(const char *name)
{
    char file[128];

    snprintf(file, sizeof file, "%s/%s", path, name);
    int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    cr_assert(ge(int, fd, 0));
    close(fd);
}

static void wait_until_gone(const char *name)
{
    char file[128];
    struct stat info;

    snprintf(file, sizeof file, "%s/%s", path, name);
    while (stat(file, &info) == 0)
        sched_yield();
}

Test(sweeper, sweeps_each_time_it_is_woken)
{
    for (int i = 0; i < 3; i++) {
        leave(".gone-1");
        leave(".upload-2");
        sweeper_wake(sweeper, INT64_MAX);
        wait_until_gone(".gone-1");
        wait_until_gone(".upload-2");
    }
}

Test(sweeper, ends_without_having_been_woken)
{
    sweeper_close(sweeper);
    sweeper = NULL;
}
