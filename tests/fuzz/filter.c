/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - any text as a filter; what parses must mean the same in SQL and in memory.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/batch.h"
#include "store/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct device_row device = {.id = 1,
                                   .endpoint = "meter-1",
                                   .state = "registered",
                                   .location = "a1",
                                   .lwm2m = "1.1",
                                   .binding = "UQ",
                                   .root_path = "/",
                                   .registered_ms = 1000,
                                   .seen_ms = 2000,
                                   .manufacturer = "Example",
                                   .model = "GW-100",
                                   .hardware = "2"};
static struct tag_row tag = {.name = "site", .value = "north"};
static struct component_row component = {.name = "modem",
                                         .object = "afu",
                                         .version = "3.2",
                                         .version_key = {3, 2},
                                         .version_key_len = 2,
                                         .state = "idle",
                                         .result = 1};

/* Single digits with dots between them. */
static int version_key(const char *version, uint8_t *key, size_t size)
{
    size_t len = 0;

    for (; len < size && version[0] >= '0' && version[0] <= '9'; version += 2) {
        key[len++] = (uint8_t)(version[0] - '0');
        if (version[1] == '\0')
            return (int)len;
        if (version[1] != '.')
            break;
    }
    return -1;
}

/* A store with the one device; left to the end of the process. */
static struct store *open_store(void)
{
    struct change changes[] = {
        {.kind = CHANGE_DEVICE_PUT, .device.row = &device},
        {.kind = CHANGE_DEVICE_TAGS, .tags = {1, &tag, 1}},
        {.kind = CHANGE_INVENTORY_PUT, .inventory = {&device, "text", &component, 1}},
    };
    struct store *st = NULL;
    struct batch *b = NULL;

    if (store_open(":memory:", STORE_WRITER, NULL, &st) != 0 || batch_open(&b) != 0)
        abort();
    for (size_t i = 0; i < 3; i++)
        if (batch_put(b, &changes[i], NULL) != 0)
            abort();
    if (store_apply(st, b) != 0 || batch_result(b, 2)->rc != 0)
        abort();
    batch_close(b);
    return st;
}

static void compare(const struct filter *f)
{
    static struct store *st;
    struct filter_subject subject = {&device, &tag, 1, &component, 1};
    struct device_row row;
    struct page page = {.limit = 1, .filter = f};

    if (!st)
        st = open_store();
    if (store_device_page(st, &row, &page) != 0)
        abort();
    if (filter_match(f, &subject) != (page.count == 1))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct filter_context context = {.version_key = version_key, .wall_ms = 5000};
    struct filter_error error = {0};
    struct filter *f = NULL;
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (filter_open(text, &context, &error, &f) == 0)
        compare(f);
    else if (error.position == 0 || error.position > strlen(text) + 1 ||
             error.text[0] == '\0')
        abort();
    filter_close(f);
    free(text);
    return 0;
}
