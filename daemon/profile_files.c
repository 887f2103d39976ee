/* SPDX-License-Identifier: Apache-2.0 */
/* profile_files.c - read, check, put what is new. */
#include "daemon/profile_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "store/profiles.h"

enum { FILE_BYTES_MAX = 65535 };

/* @return owned text, NULL with errno set */
static char *read_file(const char *path)
{
    FILE *f = fopen(path, "re");
    char *text = f ? malloc(FILE_BYTES_MAX + 1) : NULL;
    size_t len = text ? fread(text, 1, FILE_BYTES_MAX + 1, f) : 0;

    if (f)
        fclose(f);
    if (!text)
        return NULL;
    if (len > FILE_BYTES_MAX) {
        free(text);
        errno = EFBIG;
        return NULL;
    }
    text[len] = '\0';
    return text;
}

static bool is_stored(struct core *core, const char *name, const char *text)
{
    struct profile_row row;
    char *body = NULL;
    bool same = store_profile_get(core->reader, name, &row, &body) == 0 &&
                strcmp(body, text) == 0;

    free(body);
    return same;
}

static void put(struct core *core, const struct profile *profile, const char *text)
{
    struct profile_row row = {.updated_ms = core->now.wall_ms, .updated_by = "file"};

    if (is_stored(core, profile->name, text))
        return;
    snprintf(row.name, sizeof row.name, "%s", profile->name);
    snprintf(row.manufacturer, sizeof row.manufacturer, "%s", profile->manufacturer);
    snprintf(row.model, sizeof row.model, "%s",
             profile->model_count ? profile->models[0] : "*");
    core_put(core,
             &(struct change){.kind = CHANGE_PROFILE_PUT, .profile = {&row, text}},
             NULL);
}

static int load_file(struct core *core, const char *path, char *why, size_t why_size)
{
    struct profile_error error = {.path = ""};
    struct profile profile;
    char *text = read_file(path);

    if (!text) {
        int rc = -errno;
        snprintf(why, why_size, "%s: %s", path, strerror(-rc));
        return rc;
    }
    int rc = profile_parse(text, &profile, &error);
    if (rc == 0) {
        put(core, &profile, text);
        rc = profile_set_put(core->profiles, &profile);
    } else if (rc > 0) {
        snprintf(why, why_size, "%s: %s: %s", path, error.path, error.detail);
        rc = -EINVAL;
    }
    free(text);
    return rc;
}

static bool is_profile(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 &&
           strcmp(entry->d_name + len - 5, ".json") == 0;
}

int profile_files_load(struct core *core, const char *folder, char *why,
                       size_t why_size)
{
    DIR *dir = folder[0] ? opendir(folder) : NULL;
    char path[1400];
    int rc = 0;

    if (!dir) {
        if (folder[0] == '\0' || errno == ENOENT)
            return 0;
        rc = -errno;
        snprintf(why, why_size, "%s: %s", folder, strerror(-rc));
        return rc;
    }
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir));) {
        if (!is_profile(entry))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        rc = load_file(core, path, why, why_size);
    }
    closedir(dir);
    engine_reload_profiles(core->engine);
    return rc;
}
