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

#include "store/batch.h"
#include "store/progress.h"

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

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %d\n", what, rc);
    exit(1);
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
    must(sqlite3_open(bench.path, &db), "open");
    must(sqlite3_exec(db,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                      "CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)",
                      NULL, NULL, NULL),
         "bare table");
    must(sqlite3_prepare_v2(db, "INSERT INTO bare VALUES (?1, ?2)", -1, &insert, NULL),
         "prepare");
    struct lap begun = lap_begin();
    for (int64_t id = 1; id <= bench.devices;) {
        must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), "begin");
        for (int64_t n = 0; n < bench.batch && id <= bench.devices; n++, id++) {
            sqlite3_bind_int64(insert, 1, id);
            sqlite3_bind_text(insert, 2, text, sizeof text, SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE)
                exit(1);
            sqlite3_reset(insert);
        }
        must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), "commit");
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

static void flush(struct store *st, struct batch *b)
{
    must(store_apply(st, b), "apply");
    for (size_t i = 0; i < batch_count(b); i++)
        must(batch_result(b, i)->rc, "change");
    batch_clear(b);
    must(store_checkpoint(st), "checkpoint");
}

/* Calls fill for every device, and applies whenever a batch is full. Filling is the
 * core's work: it is not counted. */
static void each_device(struct store *st, const char *what,
                        void (*fill)(struct store *st, struct batch *b, int64_t id))
{
    struct batch *b = NULL;

    must(batch_open(&b), "batch");
    struct lap filling = {0}, begun = lap_begin();
    for (int64_t id = 1; id <= bench.devices; id++) {
        struct lap fill_begun = lap_begin();
        fill(st, b, id);
        struct lap filled = lap_begin();
        filling.wall += filled.wall - fill_begun.wall;
        filling.cpu += filled.cpu - fill_begun.cpu;
        if (id % bench.batch == 0 || id == bench.devices)
            flush(st, b);
    }
    begun.wall += filling.wall;
    begun.cpu += filling.cpu;
    lap_end(begun, what, bench.devices);
    batch_close(b);
}

static void put(struct batch *b, const struct change *c)
{
    must(batch_put(b, c, NULL), "put");
}

static void fill_registration(struct store *st, struct batch *b, int64_t id)
{
    static const char objects[] =
        "</1/0>,</3/0>,</5/0>,</33629/0>,</33629/1>,</33629/2>";
    struct device_row row = {.id = id,
                             .state = "registered",
                             .address = "2001:db8::1:2:3:4",
                             .local_address = "2001:db8::ffff",
                             .port = 5683,
                             .local_port = 5683,
                             .lwm2m = "1.1",
                             .binding = "U",
                             .root_path = "/",
                             .lifetime_s = 86400,
                             .registered_ms = 1790000000000,
                             .seen_ms = 1790000000000,
                             .expires_ms = 1790086400000,
                             .created_ms = 1790000000000};

    (void)st;
    snprintf(row.endpoint, sizeof row.endpoint, "urn:dev:os:example-%08lld",
             (long long)(id * 7919 % 100000007));
    snprintf(row.location, sizeof row.location, "%08llx",
             (long long)(id * 2654435761) & 0xffffffff);
    put(b, &(struct change){.kind = CHANGE_DEVICE_PUT, .device = {&row, objects}});
}

static void fill_seen(struct store *st, struct batch *b, int64_t id)
{
    struct device_seen seen = {id, 1790000005000, 1790086405000};

    (void)st;
    put(b, &(struct change){.kind = CHANGE_DEVICE_SEEN, .seen = {&seen, 1}});
}

static void fill_inventory(struct store *st, struct batch *b, int64_t id)
{
    static const char *const names[] = {"application", "bootloader", "radio",
                                        "secure-monitor"};
    struct component_row components[4] = {0};
    struct device_row row = {.id = id,
                             .manufacturer = "Example",
                             .model = "GW-100",
                             .hardware = "2",
                             .inventory_ms = 1790000000000};
    char canonical[200];

    (void)st;
    for (size_t i = 0; i < 4; i++) {
        struct component_row *c = &components[i];
        strcpy(c->name, names[i]);
        strcpy(c->object, "afu");
        strcpy(c->state, "idle");
        snprintf(c->version, sizeof c->version, "1.%d", (int)(id % 50));
        memcpy(c->version_key, c->version, 4);
        c->version_key_len = 4;
        c->instance = (uint16_t)i;
    }
    snprintf(row.serial, sizeof row.serial, "%lld", (long long)id);
    snprintf(canonical, sizeof canonical, "GW-100 2 %d", (int)(id % 50));
    put(b, &(struct change){.kind = CHANGE_INVENTORY_PUT,
                            .inventory = {&row, canonical, components, 4}});
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

    must(store_task_of_device(st, 1, id, &row), "task");
    must(store_task_components(st, row.id, components, &count), "components");
    strcpy(row.state, "delivering");
    row.waiting_for[0] = '\0';
    row.since_ms = 1790000100000;
    strcpy(components[0].state, "delivering");
    components[0].updated_ms = row.since_ms;
    put(b, &(struct change){.kind = CHANGE_TASK_PUT, .task = {&row, components, 1}});
    put(b, &(struct change){.kind = CHANGE_EVENT_ADD, .event = &event});
}

static int version_key(const char *version, uint8_t *key, size_t size)
{
    size_t len = strlen(version) < size ? strlen(version) : size;

    memcpy(key, version, len);
    return (int)len;
}

static const struct filter_context context = {.version_key = version_key};

static void load_all(struct store *st)
{
    static struct device_row rows[1000];
    struct page page = {.limit = 1000};
    struct lap begun = lap_begin();
    int64_t count = 0;

    do {
        must(store_device_load(st, rows, &page), "load");
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

    must(filter_open(text, &context, NULL, &f), "filter");
    must(grouping_open(f, &g), "grouping");
    struct lap begun = lap_begin();
    double longest = 0;
    do {
        double step = now_s(CLOCK_MONOTONIC);
        rc = grouping_step(st, g);
        step = now_s(CLOCK_MONOTONIC) - step;
        longest = step > longest ? step : longest;
    } while (rc == STORE_E_MORE);
    must(rc, "step");
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

    must(filter_open(text, &context, NULL, &f), "filter");
    struct lap begun = lap_begin();
    do {
        double step = now_s(CLOCK_MONOTONIC);
        must(store_device_page(st, f, rows, &page), "page");
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
    static const char *const names[] = {"application", "bootloader", "radio",
                                        "secure-monitor"};
    struct bundle_row bundle = {.name = "gateway", .version = "2", .state = "ready"};
    struct plan_row plan = {.id = "p", .bundle_id = 1, .created_ms = 1790000000000};
    struct campaign_row campaign = {
        .id = 1, .plan_id = "p", .bundle_id = 1, .state = "running"};
    struct plan_component_row components[4] = {0};
    struct batch *b = NULL;
    bool done = false;
    double longest = 0;

    must(batch_open(&b), "batch");
    put(b,
        &(struct change){.kind = CHANGE_BUNDLE_PUT, .bundle = {&bundle, "{}", 0, 0}});
    put(b, &(struct change){.kind = CHANGE_PLAN_PUT, .plan = {&plan, "{}"}});
    for (int i = 0; i < 4; i++) {
        strcpy(components[i].component, names[i]);
        strcpy(components[i].to_version, "2.0");
        memset(components[i].digest, 'a', STORE_DIGEST_HEX);
        components[i].size_bytes = 100000;
    }
    for (int i = 1; i <= 50; i++) {
        struct plan_group_row group = {.group_no = i, .inventory_id = i};
        put(b, &(struct change){.kind = CHANGE_PLAN_GROUP_PUT,
                                .plan_group = {"p", &group, NULL, components, 4}});
    }
    put(b, &(struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign.row = &campaign});
    flush(st, b);

    struct change cut = {.kind = CHANGE_TASKS_CUT,
                         .tasks_cut = {.campaign_id = 1,
                                       .at_ms = 1790000000000,
                                       .waiting_for = "wave",
                                       .version_key = version_key}};
    struct lap begun = lap_begin();
    while (!done) {
        put(b, &cut);
        double step = now_s(CLOCK_MONOTONIC);
        must(store_apply(st, b), "apply");
        step = now_s(CLOCK_MONOTONIC) - step;
        longest = step > longest ? step : longest;
        must(batch_result(b, 0)->rc, "cut");
        done = batch_result(b, 0)->done;
        batch_clear(b);
        must(store_checkpoint(st), "checkpoint");
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
        must(store_count_tasks(st, 1, rows, 64, &count), "tasks");
        must(store_count_components(st, 1, rows, 64, &count), "components");
        must(store_campaign_bytes(st, 1, &bytes), "bytes");
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

    must(store_open(bench.path, STORE_WRITER, &why, &st), why.text);
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
    plan_and_cut(st);
    each_device(st, "transitions: task, component, event", fill_transition);
    progress(st);
    store_close(st);
    remove_files();
    return 0;
}
