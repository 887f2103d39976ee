/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device_tests/firmware_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

struct group group;
struct firmware fw;
int64_t now_ms;

const uint8_t digest[IMAGE_DIGEST_BYTES] = {0xab, 0xcd};

void option(const char *name, const char *value)
{
    cr_assert_eq(group_option_set(&group, name, value), 0, "%s=%s", name, value);
}

void set_up(void)
{
    group = group_default();
    now_ms = 1000;
    option("update-ms", "100");
}

void start(void)
{
    if (!group.component_count) {
        option("component", "application=1.0");
        option("component", "radio=7.0");
    }
    firmware_init(&fw, &group, faults_draw(&group, 1, "x"), 1000000);
    firmware_boot(&fw, now_ms);
}

struct image image_of(const char *component, const char *version)
{
    struct image image = {.part_count = 1};
    memcpy(image.digest, digest, sizeof(digest));
    (void)snprintf(image.parts[0].component, sizeof(image.parts[0].component), "%s",
                   component);
    (void)snprintf(image.parts[0].version, sizeof(image.parts[0].version), "%s",
                   version);
    return image;
}

void package(struct component *c, const char *version)
{
    struct image image = image_of(c->spec->name, version);
    firmware_package(&fw, c, digest, &image, now_ms);
}

int execute(struct component *c, const char *args)
{
    uint32_t set;
    return firmware_execute(&fw, c, (struct argument){args, strlen(args)}, now_ms,
                            &set);
}

unsigned pass(int64_t ms)
{
    unsigned effects = 0;
    for (int64_t end = now_ms + ms; now_ms < end; now_ms++) {
        unsigned now = firmware_tick(&fw, now_ms);
        effects |= now;
        if (now & FW_GONE) {
            break;
        }
        if (now & FW_REBOOT) {
            firmware_boot(&fw, now_ms);
        }
    }
    return effects;
}
