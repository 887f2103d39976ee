/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/images.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct images {
    struct image *list;
    size_t count;
    char path[256];
    struct timespec read_at; /* mtime of the file when it was read */
    off_t read_bytes;
};

int images_open(const char *path, struct images **out)
{
    struct images *s = calloc(1, sizeof(*s));
    if (!s) {
        return -ENOMEM;
    }
    (void)snprintf(s->path, sizeof(s->path), "%s", path);
    *out = s;
    return 0;
}

void images_close(struct images *s)
{
    if (s) {
        free(s->list);
        free(s);
    }
}

const char *image_hex(const uint8_t *digest, char out[IMAGE_HEX_MAX])
{
    for (size_t i = 0; i < IMAGE_DIGEST_BYTES; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
    }
    return out;
}

static int digest_parse(const char *hex, uint8_t *out)
{
    if (strlen(hex) != (size_t)2 * IMAGE_DIGEST_BYTES ||
        strspn(hex, "0123456789abcdefABCDEF") != (size_t)2 * IMAGE_DIGEST_BYTES) {
        return -EINVAL;
    }
    for (size_t i = 0; i < IMAGE_DIGEST_BYTES; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return 0;
}

static int part_add(struct image *image, const char *component, const char *version)
{
    struct image_part *p = &image->parts[image->part_count];
    if (image->part_count == IMAGE_PARTS_MAX || !component || !version ||
        strlen(component) >= sizeof(p->component) ||
        strlen(version) >= sizeof(p->version)) {
        return -EINVAL;
    }
    memcpy(p->component, component, strlen(component) + 1);
    memcpy(p->version, version, strlen(version) + 1);
    image->part_count++;
    return 0;
}

static struct image *find(const struct images *s, const uint8_t *digest)
{
    for (size_t i = 0; i < s->count; i++) {
        if (memcmp(s->list[i].digest, digest, IMAGE_DIGEST_BYTES) == 0) {
            return &s->list[i];
        }
    }
    return NULL;
}

static int put(struct images *s, const struct image *image)
{
    struct image *known = find(s, image->digest);
    if (known) {
        *known = *image;
        return 0;
    }
    struct image *more = realloc(s->list, (s->count + 1) * sizeof(*more));
    if (!more) {
        return -ENOMEM;
    }
    s->list = more;
    s->list[s->count++] = *image;
    return 0;
}

int images_add(struct images *s, const char *text)
{
    struct image image = {0};
    char copy[192];
    if (strlen(text) >= sizeof(copy)) {
        return -EINVAL;
    }
    memcpy(copy, text, strlen(text) + 1);
    char *save = NULL, *hex = strtok_r(copy, "=", &save);
    char *component = strtok_r(NULL, ":", &save), *version = strtok_r(NULL, "", &save);
    if (!hex || digest_parse(hex, image.digest) ||
        part_add(&image, component, version)) {
        return -EINVAL;
    }
    return put(s, &image);
}

static int line_read(struct images *s, char *line)
{
    struct image image = {0};
    char *save = NULL, *hex = strtok_r(line, " \t\r\n", &save);
    if (!hex || *hex == '#') {
        return 0;
    }
    if (digest_parse(hex, image.digest)) {
        return -EINVAL;
    }
    for (char *word; (word = strtok_r(NULL, " \t\r\n", &save));) {
        if (part_add(&image, word, strtok_r(NULL, " \t\r\n", &save))) {
            return -EINVAL;
        }
    }
    return image.part_count ? put(s, &image) : -EINVAL;
}

/* Read the file if it changed since; a line that makes no sense is skipped. */
static void file_read(struct images *s)
{
    struct stat st;
    if (!s->path[0] || stat(s->path, &st) ||
        (st.st_mtim.tv_sec == s->read_at.tv_sec &&
         st.st_mtim.tv_nsec == s->read_at.tv_nsec && st.st_size == s->read_bytes)) {
        return;
    }
    FILE *file = fopen(s->path, "re");
    if (!file) {
        return;
    }
    s->read_at = st.st_mtim;
    s->read_bytes = st.st_size;
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) >= 0) {
        (void)line_read(s, line);
    }
    free(line);
    (void)fclose(file);
}

const struct image *images_get(struct images *s, const uint8_t *digest)
{
    if (!find(s, digest)) {
        file_read(s);
    }
    return find(s, digest);
}
