/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct paths paths_of(const struct config *c)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    struct paths p = {.credential = ""};

    if (credentials && strlen(credentials) < CONFIG_PATH_MAX)
        snprintf(p.credential, sizeof p.credential, "%s/lockstep.admin-token",
                 credentials);
    snprintf(p.key, sizeof p.key, "%s/store-key", c->state_dir);
    snprintf(p.store, sizeof p.store, "%s/lockstep.db", c->state_dir);
    snprintf(p.packages, sizeof p.packages, "%s/packages", c->state_dir);
    snprintf(p.token, sizeof p.token, "%s/admin-token", c->state_dir);
    snprintf(p.control, sizeof p.control, "%s/control", c->state_dir);
    if (credentials && strlen(credentials) < CONFIG_PATH_MAX) {
        char given[sizeof p.key];
        snprintf(given, sizeof given, "%s/lockstep.store-key", credentials);
        if (access(given, F_OK) == 0)
            memcpy(p.key, given, sizeof p.key);
    }
    return p;
}

int paths_become_owner(const struct config *c)
{
    struct stat st;

    if (geteuid() != 0 || stat(c->state_dir, &st) != 0 || st.st_uid == 0)
        return 0;
    return setegid(st.st_gid) != 0 || seteuid(st.st_uid) != 0 ? -errno : 0;
}

int paths_become_root(void)
{
    if (getuid() != 0)
        return 0;
    return seteuid(0) != 0 || setegid(0) != 0 ? -errno : 0;
}
