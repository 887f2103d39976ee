/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"
#include "config/manual.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct config running, fresh;
static struct config_changes changes;

static void start_from_defaults(void)
{
    config_defaults(&running);
    config_defaults(&fresh);
}

TestSuite(config_reload, .init = start_from_defaults);

static void set(struct config *cfg, const char *assignment)
{
    struct config_error error;

    cr_assert(zero(int, config_set(cfg, assignment, &error)), "%s", error.text);
}

Test(config_reload, of_the_same_changes_nothing)
{
    config_reload(&running, &fresh, &changes);
    cr_expect(eq(str, changes.taken, ""));
    cr_expect(eq(str, changes.waiting, ""));
}

Test(config_reload, takes_over_what_may_change_and_names_it)
{
    set(&fresh, "log_level=debug");
    set(&fresh, "event_keep_s=1 h");
    config_reload(&running, &fresh, &changes);
    cr_expect(eq(u32, running.log_level, 7));
    cr_expect(eq(i64, running.event_keep_s, 3600));
    cr_expect(eq(str, changes.taken, "log_level event_keep_s"));
    cr_expect(eq(str, changes.waiting, ""));
}

Test(config_reload, leaves_the_rest_to_a_restart_and_names_it)
{
    set(&fresh, "http_listen=127.0.0.1:9999");
    set(&fresh, "coap_advertise=192.0.2.1");
    config_reload(&running, &fresh, &changes);
    cr_expect(eq(u16, running.http_listen.port, 8080));
    cr_expect(eq(str, running.coap_advertise, ""));
    cr_expect(eq(str, changes.taken, ""));
    cr_expect(eq(str, changes.waiting, "http_listen coap_advertise"));
}

Test(config_reload, looks_at_a_text_up_to_its_end)
{
    set(&running, "coap_advertise=a-long-name.example");
    set(&running, "coap_advertise=short");
    set(&fresh, "coap_advertise=short");
    config_reload(&running, &fresh, &changes);
    cr_expect(eq(str, changes.waiting, ""));
}

Test(config_reload, has_room_for_the_names_of_all_options)
{
    struct config_option_view opt;
    size_t len = 0;

    for (size_t n = 0; config_option_each(n, &opt); n++)
        len += strlen(opt.name) + 1;
    cr_expect(lt(sz, len, sizeof changes.waiting));
}

/* Every option differs from a struct of other bytes: none may be forgotten, whatever
 * its type. */
Test(config_reload, knows_the_place_of_every_option)
{
    struct config_option_view opt;
    char named[sizeof changes.taken + sizeof changes.waiting + 4];

    memset(&fresh, 0x21, sizeof fresh);
    fresh.state_dir[CONFIG_PATH_MAX - 1] = fresh.profiles_dir[CONFIG_PATH_MAX - 1] =
        fresh.coap_advertise[sizeof fresh.coap_advertise - 1] = '\0';
    config_reload(&running, &fresh, &changes);
    snprintf(named, sizeof named, " %s %s ", changes.taken, changes.waiting);
    for (size_t n = 0; config_option_each(n, &opt); n++) {
        char word[64];
        snprintf(word, sizeof word, " %s ", opt.name);
        cr_expect(strstr(named, word) != NULL, "%s", opt.name);
        cr_expect(eq(int, opt.reloads, strstr(changes.taken, opt.name) != NULL), "%s",
                  opt.name);
    }
}
