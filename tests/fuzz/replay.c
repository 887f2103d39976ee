/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - gives a fuzz target every file of its corpus, whole, cut at each length,
 * and with each byte changed: replay_<name> FOLDER.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20, VARIED_MAX = 2048 };

/* A copy of its own size, so that a sanitizer sees any read past the end. */
static void try_input(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static void try_variants(uint8_t *bytes, size_t len)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    for (size_t n = 0; n < len; n++)
        try_input(bytes, n);
    for (size_t i = 0; i < len; i++)
        for (size_t c = 0; c < sizeof changes; c++) {
            bytes[i] ^= changes[c];
            try_input(bytes, len);
            bytes[i] ^= changes[c];
        }
}

static int try_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    try_input(bytes, len);
    if (len <= VARIED_MAX)
        try_variants(bytes, len);
    return 0;
}

static int try_folder(const char *folder, DIR *dir)
{
    int count = 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        char path[4096];
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (try_file(path) != 0)
            return -1;
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int count = try_folder(argv[1], dir);
    closedir(dir);
    printf("%d inputs and their variants\n", count);
    return count > 0 ? 0 : 1;
}
