/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/component_spec.h"
#include "tests/device/faults.h"
#include "tests/device/images.h"
#include "tests/device/options.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(options, a_component_has_name_version_and_attributes)
{
    struct component_spec c;
    cr_assert_eq(
        component_spec_parse("radio=7.1,instance=2,links=a+b,after-ms=50,hidden=yes",
                             33629, &c),
        0);
    cr_assert_str_eq(c.name, "radio");
    cr_assert_str_eq(c.version, "7.1");
    cr_assert(c.has_instance && c.instance == 2 && c.object == 33629);
    cr_assert(c.has_links && c.is_hidden && c.after_ms == 50);
    cr_assert(component_list_has(c.links, "b") && !component_list_has(c.links, "a+b"));
}

Test(options, a_component_that_makes_no_sense_is_refused)
{
    static const char *const bad[] = {"",          "radio",           "=1",
                                      "radio=",    "a=1,instance",    "a=1,instance=x",
                                      "a=1,hue=2", "a=1,object=65535"};
    struct component_spec c;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_assert_eq(component_spec_parse(bad[i], 33629, &c), OPTIONS_E_BAD, "%s",
                     bad[i]);
    }
}

Test(options, a_fault_has_argument_times_share_and_component)
{
    struct fault_spec f;
    cr_assert_eq(fault_parse("update-result:8*2@10%/radio", &f), 0);
    cr_assert(f.kind == FAULT_UPDATE_RESULT && f.number == 8 && f.times == 2 &&
              f.pct == 10);
    cr_assert_str_eq(f.component, "radio");
    cr_assert_eq(fault_parse("wrong-version:9.9", &f), 0);
    cr_assert_str_eq(f.text, "9.9");
    cr_assert(f.pct == 100 && f.times == 0 && !f.component[0]);
}

Test(options, a_fault_that_makes_no_sense_is_refused)
{
    static const char *const bad[] = {"",        "x",         "brick:1",      "defer",
                                      "defer:x", "brick@101", "brick@",       "brick/",
                                      "brick*x", "defer:",    "stuck-updatin"};
    struct fault_spec f;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_assert_eq(fault_parse(bad[i], &f), OPTIONS_E_BAD, "%s", bad[i]);
    }
}

Test(options, a_share_of_the_devices_has_the_fault_and_the_same_ones_every_time)
{
    struct group g = group_default();
    unsigned struck = 0;
    cr_assert_eq(group_option_set(&g, "fault", "brick@10%"), 0);
    for (int i = 0; i < 1000; i++) {
        char endpoint[24];
        (void)snprintf(endpoint, sizeof(endpoint), "meter-%d", i);
        struct faults first = faults_draw(&g, 7, endpoint);
        struct faults again = faults_draw(&g, 7, endpoint);
        cr_assert_eq(first.count, again.count, "%s", endpoint);
        struck += (unsigned)first.count;
    }
    cr_assert(struck > 70 && struck < 130, "%u of 1000", struck);
}

Test(options, a_fault_strikes_as_often_as_it_says)
{
    struct group g = group_default();
    cr_assert_eq(group_option_set(&g, "fault", "busy:1*2/radio"), 0);
    struct faults f = faults_draw(&g, 1, "x");
    cr_assert_null(faults_strike(&f, FAULT_BUSY, "application"));
    cr_assert_not_null(faults_strike(&f, FAULT_BUSY, "radio"));
    cr_assert_not_null(faults_strike(&f, FAULT_BUSY, "radio"));
    cr_assert_null(faults_strike(&f, FAULT_BUSY, "radio"));
}

/* @return what options_read() gave for a fleet file with this text */
static int fleet(const char *text, struct options *o, char *error)
{
    char path[] = "/tmp/lockstep-fleet-XXXXXX";
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    (void)close(fd);
    char *argv[] = {"lockstep-device", "--lifetime", "60", "--queue", "--component",
                    "application=0.1", "--fleet",    path, NULL};
    int r = options_read(8, argv, o, error);
    (void)unlink(path);
    return r;
}

Test(options, a_fleet_line_is_a_group_over_the_command_lines_defaults)
{
    struct options o;
    char error[OPTION_ERROR_MAX];
    cr_assert_eq(
        fleet("# all\n\ncount=5 prefix=gw- lifetime=30 component=a=1 component=b=2\n"
              "endpoint=x # alone\n",
              &o, error),
        0);
    cr_assert_eq(o.group_count, 2);
    cr_assert(o.groups[0].count == 5 && o.groups[0].lifetime_s == 30);
    cr_assert(o.groups[0].component_count == 2 && o.groups[0].is_queue_mode);
    cr_assert(o.groups[1].lifetime_s == 60 && o.groups[1].component_count == 1);
    cr_assert_str_eq(o.groups[0].components[0].name,
                     "a"); /* its own replace the default */
    cr_assert_str_eq(o.groups[1].components[0].version, "0.1");
    options_fini(&o);
}

Test(options, an_error_in_the_fleet_file_names_its_line)
{
    struct options o;
    char error[OPTION_ERROR_MAX];
    cr_assert_eq(fleet("count=5\ncount=5 colour=red\n", &o, error), OPTIONS_E_BAD);
    cr_assert_not_null(strstr(error, ":2: bad option 'colour=red'"), "%s", error);
}

Test(options, an_image_is_known_by_its_digest)
{
    static const char hex[] =
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    struct images *s;
    uint8_t digest[IMAGE_DIGEST_BYTES];
    char text[120], back[IMAGE_HEX_MAX];
    for (uint8_t i = 0; i < IMAGE_DIGEST_BYTES; i++) {
        digest[i] = i;
    }
    cr_assert_eq(images_open("", &s), 0);
    (void)snprintf(text, sizeof(text), "%s=radio:8.0", hex);
    cr_assert_eq(images_add(s, text), 0);
    cr_assert_eq(images_add(s, "00=radio:8.0"), -EINVAL);
    (void)snprintf(text, sizeof(text), "%s00=radio:8.0", hex);
    cr_assert_eq(images_add(s, text), -EINVAL);
    const struct image *image = images_get(s, digest);
    cr_assert(image && image->part_count == 1);
    cr_assert_str_eq(image->parts[0].version, "8.0");
    cr_assert_str_eq(image_hex(image->digest, back), hex);
    digest[0] = 1;
    cr_assert_null(images_get(s, digest));
    images_close(s);
}
