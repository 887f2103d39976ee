/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct state_file {
    int fd;     /* -1: none */
    char *text; /* what the file held at the start, owned */
};

static int text_read(struct state_file *s)
{
    off_t size = lseek(s->fd, 0, SEEK_END);
    s->text = calloc(1, (size_t)size + 1);
    if (!s->text) {
        return -ENOMEM;
    }
    return pread(s->fd, s->text, (size_t)size, 0) == size ? 0 : -EIO;
}

int state_file_open(const char *path, struct state_file **out)
{
    struct state_file *s = calloc(1, sizeof(*s));
    if (!s) {
        return -ENOMEM;
    }
    s->fd = -1;
    int r = 0;
    if (*path) {
        s->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        r = s->fd < 0 ? -errno : text_read(s);
    }
    if (r) {
        state_file_close(s);
        return r;
    }
    *out = s;
    return 0;
}

void state_file_close(struct state_file *s)
{
    if (s) {
        if (s->fd >= 0) {
            (void)close(s->fd);
        }
        free(s->text);
        free(s);
    }
}

static void digest_read(const char *hex, uint8_t *out)
{
    for (size_t i = 0; i < IMAGE_DIGEST_BYTES; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

static void executes_set(struct firmware *f, const struct component *c, unsigned count)
{
    size_t i = 0;
    while (i < f->executes_count &&
           (f->executes[i].instance != c->instance ||
            f->executes[i].object != c->object ||
            memcmp(f->executes[i].digest, c->digest, sizeof(c->digest)) != 0)) {
        i++;
    }
    if (!count || i == FW_EXECUTES_MAX) {
        return;
    }
    f->executes_count += i == f->executes_count;
    f->executes[i] = (struct fw_executes){
        .object = c->object, .instance = c->instance, .count = count};
    memcpy(f->executes[i].digest, c->digest, sizeof(c->digest));
}

/* endpoint object instance state result updated executes digest version package-version
 */
static void line_load(const char *line, const char *endpoint, struct firmware *f)
{
    char name[80], hex[IMAGE_HEX_MAX], version[64], package[64];
    unsigned object, instance, state, is_updated, executes;
    int result;
    if (sscanf(line, "%79s %u %u %u %d %u %u %64s %63s %63s", name, &object, &instance,
               &state, &result, &is_updated, &executes, hex, version, package) != 10 ||
        strcmp(name, endpoint) != 0 || strlen(hex) != IMAGE_HEX_MAX - 1) {
        return;
    }
    struct component *c = firmware_find(f, (uint16_t)object, (uint16_t)instance);
    if (!c) {
        return;
    }
    bool is_kept = state == FW_IDLE || state == FW_DOWNLOADED;
    c->state = is_kept ? (enum firmware_state)state : FW_IDLE;
    c->result = is_kept ? result : 0;
    c->is_updated = is_updated != 0;
    memcpy(c->version, version, sizeof(c->version));
    memcpy(c->package_version, package, sizeof(c->package_version));
    digest_read(hex, c->digest);
    executes_set(f, c, executes);
    f->boots = 1;
}

void state_file_load(const struct state_file *s, const char *endpoint,
                     struct firmware *f)
{
    for (const char *at = s->text; at && *at;) {
        const char *end = strchr(at, '\n');
        char line[400];
        size_t len = end ? (size_t)(end - at) : strlen(at);
        if (len < sizeof(line)) {
            memcpy(line, at, len);
            line[len] = 0;
            line_load(line, endpoint, f);
        }
        at = end ? end + 1 : at + len;
    }
}

void state_file_put(struct state_file *s, const char *endpoint,
                    const struct firmware *f, const struct component *c)
{
    char line[400], hex[IMAGE_HEX_MAX];
    if (s->fd < 0) {
        return;
    }
    int len = snprintf(line, sizeof(line), "%s %u %u %d %d %d %u %s %s %s\n", endpoint,
                       c->object, c->instance, c->state, c->result, c->is_updated,
                       firmware_executes(f, c), image_hex(c->digest, hex), c->version,
                       c->package_version[0] ? c->package_version : "-");
    if (len > 0 && write(s->fd, line, (size_t)len) < 0) {
        return; /* the flash is worn out; the device goes on */
    }
}
