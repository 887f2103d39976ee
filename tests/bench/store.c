/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - what the store writes and reads per second, on a file, against a bare
 * table.
 *
 *   bench_store FILE [DEVICES] [BATCH]
 *
 * FILE must not exist; it is removed at the end. The bare table is one insert of as
 * many bytes per device, in transactions as large, on the same disk: rates are given as
 * ratios to it as well.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "campaigns/version.h"
#include "store/batch.h"
#include "store/progress.h"
#include "tests/bench/fleet.h"

static struct {
    const char *path;
    int64_t devices;
    int64_t batch;
    double bare; /* rows per second */
} bench;

static double now_s(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int64_t mono_ms(void)
{
    return (int64_t)(now_s(CLOCK_MONOTONIC) * 1000);
}

struct lap {
    double wall, cpu;
};

static struct lap lap_begin(void)
{
    return (struct lap){now_s(CLOCK_MONOTONIC), now_s(CLOCK_PROCESS_CPUTIME_ID)};
}

static void lap_end(struct lap begun, const char *what, int64_t count)
{
    double wall = now_s(CLOCK_MONOTONIC) - begun.wall;
    double cpu = now_s(CLOCK_PROCESS_CPUTIME_ID) - begun.cpu;
    double rate = (double)count / wall;

    if (bench.bare == 0)
        bench.bare = rate;
    printf("%-46s %9.0f/s  %9.0f per CPU second  %5.2f of bare\n", what, rate,
           (double)count / cpu, rate / bench.bare);
    fflush(stdout);
}

static void bare_table(void)
{
    char text[400];
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;

    memset(text, 'x', sizeof text);
    fleet_must(sqlite3_open(bench.path, &db), "open");
    fleet_must(sqlite3_exec(db,
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                            "CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)",
                            NULL, NULL, NULL),
               "bare table");
    fleet_must(
        sqlite3_prepare_v2(db, "INSERT INTO bare VALUES (?1, ?2)", -1, &insert, NULL),
        "prepare");
    struct lap begun = lap_begin();
    for (int64_t id = 1; id <= bench.devices;) {
        fleet_must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), "begin");
        for (int64_t n = 0; n < bench.batch && id <= bench.devices; n++, id++) {
            sqlite3_bind_int64(insert, 1, id);
            sqlite3_bind_text(insert, 2, text, sizeof text, SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE)
                exit(1);
            sqlite3_reset(insert);
        }
        fleet_must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), "commit");
    }
    lap_end(begun, "bare insert of 400 bytes", bench.devices);
    sqlite3_finalize(insert);
    sqlite3_close(db);
}

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[4096];

    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", bench.path, ends[i]);
        unlink(name);
    }
}

/* Calls fill for every device, and applies whenever a batch is full. Filling is the
 * core's work: it is not counted. */
static void each_device(struct store *st, const char *what,
                        void (*fill)(struct store *st, struct batch *b, int64_t id))
{
    struct batch *b = NULL;

    fleet_must(batch_open(&b), "batch");
    struct lap filling = {0}, begun = lap_begin();
    for (int64_t id = 1; id <= bench.devices; id++) {
        struct lap fill_begun = lap_begin();
        fill(st, b, id);
        struct lap filled = lap_begin();
        filling.wall += filled.wall - fill_begun.wall;
        filling.cpu += filled.cpu - fill_begun.cpu;
        if (id % bench.batch == 0 || id == bench.devices)
            (void)fleet_flush(st, b);
    }
    begun.wall += filling.wall;
    begun.cpu += filling.cpu;
    lap_end(begun, what, bench.devices);
    batch_close(b);
}

static void fill_registration(struct store *st, struct batch *b, int64_t id)
{
    (void)st;
    fleet_put_registration(b, id);
}

static void fill_inventory(struct store *st, struct batch *b, int64_t id)
{
    (void)st;
    fleet_put_inventory(b, id);
}

static void put(struct batch *b, const struct change *c)
{
    fleet_must(batch_put(b, c, NULL), "put");
}

static void fill_seen(struct store *st, struct batch *b, int64_t id)
{
    struct device_seen seen = {id, 1790000005000, 1790086405000};

    (void)st;
    put(b, &(struct change){.kind = CHANGE_DEVICE_SEEN, .seen = {&seen, 1}});
}

/* waiting to delivering: the task, one of its components, an event. */
static void fill_transition(struct store *st, struct batch *b, int64_t id)
{
    struct task_row row;
    struct task_component_row components[STORE_COMPONENTS_MAX];
    struct event_row event = {.at_ms = 1790000100000,
                              .kind = "task",
                              .name = "delivering",
                              .actor = "engine",
                              .campaign_id = 1,
                              .device_id = id,
                              .body = "{\"state\":\"delivering\"}"};
    size_t count = 0;

    fleet_must(store_task_of_device(st, 1, id, &row), "task");
    fleet_must(store_task_components(st, row.id, components, &count), "components");
    strcpy(row.state, "delivering");
    row.waiting_for[0] = '\0';
    row.since_ms = 1790000100000;
    strcpy(components[0].state, "delivering");
    components[0].updated_ms = row.since_ms;
    put(b, &(struct change){.kind = CHANGE_TASK_PUT, .task = {&row, components, 1}});
    put(b, &(struct change){.kind = CHANGE_EVENT_ADD, .event = &event});
}

static const struct filter_context context = {.version_key = version_number_key};

static void load_all(struct store *st)
{
    static struct device_row rows[1000];
    struct page page = {.limit = 1000};
    struct lap begun = lap_begin();
    int64_t count = 0;

    do {
        fleet_must(store_device_load(st, rows, &page), "load");
        count += (int64_t)page.count;
        page.after = page.next;
    } while (page.next != 0);
    lap_end(begun, "load of registrations", count);
}

static void group_all(struct store *st, const char *text)
{
    struct filter *f = NULL;
    struct grouping *g = NULL;
    char what[100];
    size_t count = 0;
    int rc;

    fleet_must(filter_open(text, &context, NULL, &f), "filter");
    fleet_must(grouping_open(f, &g), "grouping");
    struct lap begun = lap_begin();
    double longest = 0;
    do {
        double step = now_s(CLOCK_MONOTONIC);
        rc = grouping_step(st, g);
        step = now_s(CLOCK_MONOTONIC) - step;
        longest = step > longest ? step : longest;
    } while (rc == STORE_E_MORE);
    fleet_must(rc, "step");
    (void)grouping_counts(g, &count);
    snprintf(what, sizeof what, "grouped into %zu (%.1f ms at most): %s", count,
             longest * 1000, text);
    lap_end(begun, what, bench.devices);
    grouping_close(g);
    filter_close(f);
}

static void filter_pages(struct store *st, const char *text)
{
    static struct device_row rows[100];
    struct page page = {.limit = 100};
    struct filter *f = NULL;
    char what[100];
    int64_t pages = 0;
    double longest = 0;

    fleet_must(filter_open(text, &context, NULL, &f), "filter");
    page.filter = f;
    struct lap begun = lap_begin();
    do {
        double step = now_s(CLOCK_MONOTONIC);
        fleet_must(store_device_page(st, rows, &page), "page");
        step = now_s(CLOCK_MONOTONIC) - step;
        longest = step > longest ? step : longest;
        page.after = page.next;
        pages++;
    } while (page.next != 0 && pages < 1000);
    snprintf(what, sizeof what, "pages (%.1f ms at most): %s", longest * 1000, text);
    lap_end(begun, what, pages);
    filter_close(f);
}

static void plan_and_cut(struct store *st)
{
    struct batch *b = NULL;
    bool done = false;
    double longest = 0;

    fleet_must(batch_open(&b), "batch");
    fleet_put_campaign(b, "running");
    (void)fleet_flush(st, b);
    struct lap begun = lap_begin();
    while (!done) {
        fleet_put_cut(b);
        double step = now_s(CLOCK_MONOTONIC);
        done = fleet_flush(st, b);
        step = now_s(CLOCK_MONOTONIC) - step;
        longest = step > longest ? step : longest;
    }
    char what[100];
    snprintf(what, sizeof what, "tasks cut, 4 components (%.1f ms at most)",
             longest * 1000);
    lap_end(begun, what, bench.devices);
    batch_close(b);
}

static void progress(struct store *st)
{
    struct count_row rows[64];
    struct campaign_bytes bytes;
    struct lap begun = lap_begin();
    size_t count = 0;

    for (int i = 0; i < 10000; i++) {
        fleet_must(store_count_tasks(st, 1, rows, 64, &count), "tasks");
        fleet_must(store_count_components(st, 1, rows, 64, &count), "components");
        fleet_must(store_campaign_bytes(st, 1, &bytes), "bytes");
    }
    lap_end(begun, "progress of a campaign", 10000);
}

int main(int argc, char **argv)
{
    struct store_failure why = {""};
    struct store *st = NULL;

    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE [DEVICES] [BATCH]\n", argv[0]);
        return 2;
    }
    bench.path = argv[1];
    bench.devices = argc > 2 ? atoll(argv[2]) : 100000;
    bench.batch = argc > 3 ? atoll(argv[3]) : 1000;
    printf("%lld devices, batches of %lld changes\n", (long long)bench.devices,
           (long long)bench.batch);
    bare_table();
    remove_files();

    fleet_must(store_open(bench.path, STORE_WRITER, &why, &st), why.text);
    store_set_clock(st, mono_ms);
    each_device(st, "durable registrations", fill_registration);
    each_device(st, "durable registrations again", fill_registration);
    each_device(st, "seen", fill_seen);
    each_device(st, "inventories, 4 components", fill_inventory);
    each_device(st, "inventories again, unchanged", fill_inventory);
    load_all(st);
    group_all(st, "");
    group_all(st, "component.radio.version=lt=1.3");
    filter_pages(st, "serial==none");
    filter_pages(st, "endpoint==none");
    filter_pages(st, "lwm2m==none");
    filter_pages(st, "component.radio.version==none");
    filter_pages(st, "component.radio.version=lt=1");
    plan_and_cut(st);
    each_device(st, "transitions: task, component, event", fill_transition);
    progress(st);
    store_close(st);
    remove_files();
    return 0;
}
