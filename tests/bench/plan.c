/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - how long a plan for many devices takes: bench_plan [devices [inventories]].
 *
 * Fills a store of its own with devices of four components, a bundle and a stepping
 * stone, then plans all of them, and those that a filter names. Besides seconds it
 * prints what the planner alone needed, as a share: the rest is reading devices.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "campaigns/planner.h"
#include "campaigns/planning/ground.h"
#include "campaigns/planning/planning.h"
#include "campaigns/version.h"
#include "store/batch.h"
#include "store/store.h"

enum { BATCH = 5000, PARTS = 4 };

static const char *const parts[PARTS] = {"application", "bootloader", "radio",
                                         "secure-monitor"};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "bench_plan: %s: %d\n", what, rc);
    exit(1);
}

/* ---- filling ---- */

static void put_bundle(struct batch *b, const char *name, const char *packages)
{
    char manifest[4096];
    struct bundle_row row = {.version = "1", .state = "ready", .created_ms = 1};
    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(manifest, sizeof manifest,
             "{\"name\":\"%s\",\"version\":\"1\",\"applies_to\":{\"manufacturer\":"
             "\"Example\",\"model\":\"GW-100\"},\"packages\":[%s]}",
             name, packages);
    struct change c = {.kind = CHANGE_BUNDLE_PUT,
                       .bundle = {.row = &row, .manifest = manifest}};
    must(batch_put(b, &c, NULL), "bundle");
}

#define PACKAGE(component, version, digit, more)                                       \
    "{\"component\":\"" component "\",\"version\":\"" version "\",\"file\":\"" digit   \
    "\",\"size\":100000,\"sha256\":\"00000000000000000000000000000000000000000000000"  \
    "0000000000000000" digit "\"," more "}"

static void put_bundles(struct batch *b)
{
    put_bundle(
        b, "gateway",
        PACKAGE("secure-monitor", "9.0", "1", "\"installs_over\":\">=0.9\"") "," PACKAGE(
            "bootloader", "9.0", "2",
            "\"installs_over\":\"*\",\"requires\":"
            "{\"secure-monitor\":\">=9\"}") "," PACKAGE("application", "9.0", "3",
                                                        "\"installs_over\":\">=3\","
                                                        "\"requires\":{\"bootloader\":"
                                                        "\">=9\"},\"together_with\":"
                                                        "[\"radio\"]") "," PACKAGE("rad"
                                                                                   "io",
                                                                                   "9."
                                                                                   "0",
                                                                                   "4",
                                                                                   "\"i"
                                                                                   "nst"
                                                                                   "all"
                                                                                   "s_"
                                                                                   "ove"
                                                                                   "r\""
                                                                                   ":\""
                                                                                   "*\""
                                                                                   ",\""
                                                                                   "con"
                                                                                   "fli"
                                                                                   "cts"
                                                                                   "\":"
                                                                                   "{\""
                                                                                   "app"
                                                                                   "lic"
                                                                                   "ati"
                                                                                   "on"
                                                                                   "\":"
                                                                                   "\"<"
                                                                                   "9\""
                                                                                   "}"));
    put_bundle(
        b, "step",
        PACKAGE("application", "3.0", "5",
                "\"installs_over\":\"*\","
                "\"stepping_stone\":true") "," PACKAGE("x", "1", "6",
                                                       "\"installs_over\":\"*\""));
}

static void put_device(struct batch *b, int64_t id, int64_t kind)
{
    struct device_row row = {.id = id, .lifetime_s = 86400, .inventory_ms = 1};
    struct component_row components[PARTS] = {0};
    char canonical[512];
    size_t len = 0;

    snprintf(row.endpoint, sizeof row.endpoint, "urn:dev:bench-%08lld", (long long)id);
    snprintf(row.location, sizeof row.location, "%08llx", (long long)id);
    strcpy(row.state, "registered");
    strcpy(row.lwm2m, "1.1");
    strcpy(row.binding, "U");
    strcpy(row.root_path, "/");
    strcpy(row.manufacturer, "Example");
    strcpy(row.model, "GW-100");
    for (int i = 0; i < PARTS; i++) {
        struct component_row *c = &components[i];
        strcpy(c->name, parts[i]);
        snprintf(c->version, sizeof c->version, "%d.%lld", 1 + i, (long long)kind);
        strcpy(c->object, "afu");
        strcpy(c->state, "idle");
        c->object_id = 33629;
        c->instance = (uint16_t)i;
        int key = version_number_key(c->version, c->version_key, sizeof c->version_key);
        c->version_key_len = (uint8_t)(key > 0 ? key : 0);
        len += (size_t)snprintf(canonical + len, sizeof canonical - len, "%s %s\n",
                                c->name, c->version);
    }
    struct change put = {.kind = CHANGE_DEVICE_PUT, .device = {.row = &row}};
    struct change inventory = {.kind = CHANGE_INVENTORY_PUT,
                               .inventory = {&row, canonical, components, PARTS}};
    must(batch_put(b, &put, NULL), "device");
    must(batch_put(b, &inventory, NULL), "inventory");
}

static void fill(struct store *st, int64_t devices, int64_t inventories)
{
    struct batch *b;
    must(batch_open(&b), "batch");
    put_bundles(b);
    for (int64_t id = 1; id <= devices; id++) {
        put_device(b, id, id % inventories);
        if (id % BATCH != 0 && id != devices)
            continue;
        must(store_apply(st, b), "store_apply");
        must(batch_result(b, 0)->rc, "first change of a batch");
        batch_clear(b);
        must(store_checkpoint(st), "checkpoint");
    }
    batch_close(b);
}

/* ---- measuring ---- */

static double plan(struct store *reader, const char *query)
{
    struct planning_problem problem;
    struct planning_request request = {
        .bundle = "gateway@1", .query = query, .now_ms = 1};
    struct plan made;
    double start = now_s();
    int rc = planning_make(reader, &request, &made, &problem);
    double took = now_s() - start;
    if (rc > 0)
        fprintf(stderr, "%s\n", problem.text);
    must(rc, "planning_make");
    printf("plan q='%s': %.3f s for %ju devices (%ju excluded) in %zu groups, "
           "%.2f million devices/s\n",
           query, took, (uintmax_t)made.devices, (uintmax_t)made.excluded,
           made.group_count, (double)(made.devices + made.excluded) / took / 1e6);
    plan_fini(&made);
    return took;
}

/* The same groups through the planner alone. */
static double plan_alone(struct store *reader, int64_t inventories)
{
    struct planning_problem problem;
    struct planning_ground ground;
    struct planning_one one = {.ground = &ground};
    struct inventory inv = {.manufacturer = "Example", .model = "GW-100"};
    double start = now_s();
    must(planning_load(reader, "gateway@1", &ground, &problem), "planning_load");
    for (int64_t kind = 0; kind < inventories; kind++) {
        struct plan_group group;
        inv.count = PARTS;
        for (int i = 0; i < PARTS; i++) {
            strcpy(inv.components[i].name, parts[i]);
            snprintf(inv.components[i].version, sizeof inv.components[i].version,
                     "%d.%lld", 1 + i, (long long)kind);
            inv.components[i].object_id = 33629;
        }
        one.inventory = &inv;
        must(planning_replan(reader, &one, &group), "planning_replan");
        plan_group_fini(&group);
    }
    planning_unload(&ground);
    return now_s() - start;
}

int main(int argc, char **argv)
{
    int64_t devices = argc > 1 ? atoll(argv[1]) : 1000000;
    int64_t inventories = argc > 2 ? atoll(argv[2]) : 50;
    char folder[] = "/var/tmp/bench_plan.XXXXXX", path[128], command[160];
    struct store *writer, *reader;

    if (devices < 1 || inventories < 1 || !mkdtemp(folder))
        return 2;
    snprintf(path, sizeof path, "%s/bench.db", folder);
    must(store_open(path, STORE_WRITER, NULL, &writer), "store_open");
    double start = now_s();
    fill(writer, devices, inventories);
    printf("filled %lld devices of %lld inventories in %.1f s\n", (long long)devices,
           (long long)inventories, now_s() - start);

    must(store_open(path, STORE_READER, NULL, &reader), "store_open reader");
    double all = plan(reader, "");
    plan(reader, "");
    double some = plan(reader, "component.application.version=lt=1.25");
    plan(reader, "endpoint==*7");
    double alone = plan_alone(reader, inventories);
    printf("%lld plans one by one, catalogue loaded once: %.3f s, %.3f of planning "
           "all devices\n",
           (long long)inventories, alone, alone / all);
    printf("with a filter on versions: %.2f times without\n", some / all);
    store_close(reader);
    store_close(writer);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command) == 0 ? 0 : 1;
}
