/* SPDX-License-Identifier: Apache-2.0 */
/* api.c - how fast a real lockstepd answers over HTTP with many devices in its store.
 *
 *   bench_api LOCKSTEPD [DEVICES [FOLDER]]
 *
 * Devices (1,000,000) have four components each; a tenth of them has tasks. While pages
 * and progress are asked for, devices register all the time, so that the store is
 * written. With FOLDER the store is kept there, and used again if it is there already.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/digest.h"
#include "tests/bench/api_sql.h"
#include "tests/bench/child.h"
#include "tests/bench/constant.h"
#include "tests/bench/fleet.h"

enum {
    HTTP_PORT = 25685,
    CONSTANT_PORT = 25686,
    COAP_PORT = 25687,
    BATCH = 1000,
    REGISTER_PAUSE_US = 1000,
    PAGES = 3000,
};

static struct {
    char folder[200], store[256], token[128];
    int64_t devices;
    pid_t daemon;
} bench;

/* ---- the store ---- */

static void each(struct store *st, struct batch *b,
                 void (*put)(struct batch *b, int64_t id))
{
    for (int64_t id = 1; id <= bench.devices; id++) {
        put(b, id);
        if (id % BATCH == 0 || id == bench.devices)
            (void)fleet_flush(st, b);
    }
}

static void fill(void)
{
    struct store *st = NULL;
    struct batch *b = NULL;

    fleet_must(store_open(bench.store, STORE_WRITER, NULL, &st), "store");
    fleet_must(batch_open(&b), "batch");
    each(st, b, fleet_put_registration);
    each(st, b, fleet_put_inventory);
    fleet_put_campaign(b, "running");
    (void)fleet_flush(st, b);
    for (int64_t i = 0; i < bench.devices / 10; i += 150) {
        fleet_put_cut(b);
        if (fleet_flush(st, b))
            break;
    }
    /* The daemon is to answer for it, not to run it. */
    struct campaign_row campaign = {
        .id = 1, .plan_id = "p", .bundle_id = 1, .state = "finished"};
    fleet_must(batch_put(b,
                         &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                          .campaign.row = &campaign},
                         NULL),
               "put");
    (void)fleet_flush(st, b);
    batch_close(b);
    store_close(st);
}

/* ---- the daemon ---- */

static void start(const char *lockstepd)
{
    char state[256], http[64], coap[64], path[300];
    double begun = now_s();

    snprintf(state, sizeof state, "state_dir=%s", bench.folder);
    snprintf(http, sizeof http, "http_listen=127.0.0.1:%d", HTTP_PORT);
    snprintf(coap, sizeof coap, "coap_listen=127.0.0.1:%d", COAP_PORT);
    snprintf(path, sizeof path, "%s/admin-token", bench.folder);
    bench.daemon = child_start(
        lockstepd, (const char *const[]){
                       state, http, coap, "disk_reserve_bytes=0",
                       "inventory_rate_per_s=1", "http_connections_per_address=1024",
                       "http_followers_max=1000", "http_requests_per_s=0", NULL});
    FILE *f = NULL;
    while (!f && now_s() - begun < 60) {
        usleep(20000);
        f = fopen(path, "r");
    }
    if (!f || fscanf(f, "%127s", bench.token) != 1)
        die("admin-token");
    fclose(f);
    while (!http_is_there(HTTP_PORT) && now_s() - begun < 120)
        usleep(20000);
    printf("start              %10.2f s by the clock, %.2f s CPU, %ld MB\n",
           now_s() - begun, child_cpu_s(bench.daemon),
           child_rss_kb(bench.daemon) / 1024);
}

/* Devices come back, a thousand a second at most. */
static pid_t start_writing(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = register_socket();
    for (unsigned n = 1;; n++) {
        char endpoint[64];
        fleet_endpoint(1 + (int64_t)(n * 7919ull % (unsigned long long)bench.devices),
                       endpoint);
        register_send(fd, n % 100000, endpoint, COAP_PORT);
        usleep(REGISTER_PAUSE_US);
    }
}

/* ---- pages ---- */

static void print(const char *what, struct http_seen http, const struct http_seen *sql)
{
    printf("%-42s p50 %7.2f  p99 %7.2f  max %7.2f ms  %6zu bytes", what, http.p50_ms,
           http.p99_ms, http.max_ms, http.bytes);
    if (sql)
        printf("   sql p50 %6.2f p99 %6.2f: %5.2f %5.2f", sql->p50_ms, sql->p99_ms,
               http.p50_ms / sql->p50_ms, http.p99_ms / sql->p99_ms);
    printf("%s\n", http.status == 200 ? "" : "   NOT 200");
    fflush(stdout);
}

#define DEVICE                                                                         \
    "d.id, d.endpoint, d.state, d.location, d.address, d.local_address, d.port,"       \
    " d.local_port, d.scope, d.lwm2m, d.binding, d.queue_mode, d.root_path,"           \
    " d.lifetime_s, d.registered_ms, d.seen_ms, d.expires_ms, d.created_ms,"           \
    " d.manufacturer, d.model, d.serial, d.firmware, d.hardware, d.software,"          \
    " d.inventory_id, d.inventory_ms, d.problem"

static const struct page_case {
    const char *what, *target;
    const char *sql[6]; /* the first is NULL: nothing to compare with */
} cases[] = {
    {"page of 100",
     "/v1/devices?cursor=1%u",
     {"SELECT " DEVICE " FROM device d WHERE id > 10 + ?1 ORDER BY id LIMIT 101"}},
    {"page of 100 with components",
     "/v1/devices?include=components&cursor=1%u",
     {"SELECT " DEVICE ", c.* FROM (SELECT * FROM device WHERE id > 10 + ?1"
      " ORDER BY id LIMIT 101) d JOIN component c ON c.device_id = d.id"}},
    {"one device of a serial",
     "/v1/devices?q=serial%%3D%%3D1%u",
     {"SELECT " DEVICE " FROM device d WHERE serial <> '' AND serial = '1' || ?1"}},
    {"page of a component version",
     "/v1/devices?q=component.radio.version%%3D%%3D1.7&cursor=1%u",
     {"SELECT " DEVICE " FROM component w INDEXED BY component_by_version"
      " CROSS JOIN device d ON d.id = w.device_id WHERE w.name = 'radio' AND"
      " CASE w.version_key WHEN x'' THEN CAST(w.version AS BLOB)"
      " ELSE w.version_key END = ?2 AND w.device_id > 10 + ?1"
      " ORDER BY w.device_id LIMIT 100"}},
    {"a component version that nothing has",
     "/v1/devices?q=component.radio.version%%3D%%3D9.%u",
     {NULL}},
    {"an order that no index answers, no hit",
     "/v1/devices?q=component.radio.version=lt=1.0&cursor=1%u",
     {NULL}},
    {"a field without index, no hit", "/v1/devices?q=lwm2m%%3D%%3D%u", {NULL}},
    {"progress of a campaign",
     "/v1/campaigns/1/progress",
     {"SELECT * FROM campaign WHERE id = 1 AND ?1 >= 0",
      "SELECT * FROM task_count WHERE campaign_id = 1 AND ?1 >= 0",
      "SELECT * FROM component_count WHERE campaign_id = 1 AND ?1 >= 0",
      "SELECT * FROM reason_count WHERE campaign_id = 1 AND ?1 >= 0",
      "SELECT * FROM campaign_bytes WHERE campaign_id = 1 AND ?1 >= 0"}},
    {"page of 100 tasks", "/v1/campaigns/1/tasks?cursor=1%u", {NULL}},
    {"one device", "/v1/devices/urn:dev:os:example-00007919", {NULL}},
};

static void pages(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct page_case *c = &cases[i];
        struct http_ask ask = {.port = HTTP_PORT,
                               .token = bench.token,
                               .target = c->target,
                               .headers = "",
                               .connections = 1,
                               .requests = c->sql[0] ? PAGES : PAGES / 6};
        struct http_seen sql = {0}, http = http_load(&ask);
        if (c->sql[0])
            sql = sql_load(bench.store, c->sql, "1.7", PAGES);
        print(c->what, http, c->sql[0] ? &sql : NULL);
    }
}

/* ---- requests per second ---- */

static void compare_rate(const char *what, struct http_ask ask)
{
    struct http_seen ours = http_load(&ask), constant;
    struct http_ask bare = ask;
    pid_t pid = constant_start(CONSTANT_PORT, ours.bytes);

    bare.port = CONSTANT_PORT;
    usleep(200000);
    constant = http_load(&bare);
    double cpu[2] = {child_cpu_s(bench.daemon), child_cpu_s(pid)};
    ours = http_load(&ask);
    constant = http_load(&bare);
    cpu[0] = child_cpu_s(bench.daemon) - cpu[0];
    cpu[1] = child_cpu_s(pid) - cpu[1];
    kill(pid, SIGKILL);
    printf("%-42s %8.0f /s, a constant of %zu bytes %8.0f /s: %.2f by rate, %.2f by "
           "CPU\n",
           what, ours.per_second, ours.bytes, constant.per_second,
           ours.per_second / constant.per_second, cpu[1] / cpu[0]);
    fflush(stdout);
}

static void rates(void)
{
    struct http_ask ask = {.port = HTTP_PORT,
                           .token = bench.token,
                           .target = "/",
                           .headers = "",
                           .connections = 16,
                           .requests = 30000};

    compare_rate("the dashboard's page", ask);
    char *head = http_head(HTTP_PORT, "/");
    char *etag = strstr(head, "ETag: ");
    char condition[200];
    snprintf(condition, sizeof condition, "If-None-Match: %.*s\r\n",
             etag ? (int)strcspn(etag + 6, "\r") : 0, etag ? etag + 6 : "");
    free(head);
    ask.headers = condition;
    compare_rate("the same, not modified", ask);
    ask.headers = "";
    ask.target = "/v1/openapi.json";
    compare_rate("openapi.json", ask);
    ask.target = "/v1/campaigns/1/progress";
    compare_rate("progress of a campaign", ask);
}

/* ---- events ---- */

static void put_tags(unsigned n)
{
    char head[512], body[64], rest[4096];
    int len = snprintf(body, sizeof body, "{\"n\":\"%u\"}", n);

    snprintf(head, sizeof head,
             "PUT /v1/devices/urn:dev:os:example-00007919/tags HTTP/1.1\r\nHost: l\r\n"
             "Authorization: Bearer %s\r\nConnection: close\r\nContent-Length: %d\r\n"
             "\r\n%s",
             bench.token, len, body);
    int fd = http_open(HTTP_PORT, head);
    while (read(fd, rest, sizeof rest) > 0)
        ;
    close(fd);
}

enum { CLIENTS = 500, EVENTS = 100, EVENTS_PER_S = 10 };

/* @return events that came in until nothing did for ms */
static unsigned drain(struct pollfd *polls, int ms)
{
    static char text[1 << 16];
    unsigned count = 0;

    while (poll(polls, CLIENTS, ms) > 0)
        for (int i = 0; i < CLIENTS; i++) {
            if (!polls[i].revents)
                continue;
            ssize_t n = read(polls[i].fd, text, sizeof text - 1);
            if (n <= 0)
                die("stream");
            text[n] = '\0';
            for (char *at = text; (at = strstr(at, "\nevent: ")); at++)
                count++;
        }
    return count;
}

static void events(void)
{
    static struct pollfd polls[CLIENTS];
    char head[300];
    unsigned seen = 0;

    snprintf(head, sizeof head,
             "GET /v1/events HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer %s\r\n\r\n",
             bench.token);
    long rss = child_rss_kb(bench.daemon);
    for (int i = 0; i < CLIENTS; i++)
        polls[i] = (struct pollfd){.fd = http_open(HTTP_PORT, head), .events = POLLIN};
    drain(polls, 1000);
    double begun = now_s(), cpu = child_cpu_s(bench.daemon);
    for (unsigned n = 0; n < EVENTS; n++) {
        put_tags(n);
        while (now_s() - begun < (double)(n + 1) / EVENTS_PER_S)
            seen += drain(polls, 20);
    }
    cpu = child_cpu_s(bench.daemon) - cpu;
    double took = now_s() - begun;
    seen += drain(polls, 2000);
    printf("%d clients, %d events/s                     %.1f %% CPU, %.1f us per event "
           "and client, %.0f %% came, %ld kB each\n",
           CLIENTS, EVENTS_PER_S, 100 * cpu / took,
           1e6 * cpu / ((double)CLIENTS * EVENTS), 100.0 * seen / (CLIENTS * EVENTS),
           (child_rss_kb(bench.daemon) - rss) / CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        close(polls[i].fd);
}

/* ---- uploads ---- */

static void upload(void)
{
    enum { BYTES = 256 << 20 };
    char *bytes = malloc(BYTES), head[400], hex[STORE_DIGEST_HEX + 1], answer[4096];
    uint8_t digest[STORE_DIGEST_BYTES];
    unsigned seed = (unsigned)getpid();

    for (size_t i = 0; i < BYTES; i += sizeof seed) {
        seed = seed * 1664525u + 1013904223u;
        memcpy(bytes + i, &seed, sizeof seed);
    }
    double hashed = now_s();
    clock_t hash_cpu = clock();
    digest_of(bytes, BYTES, digest);
    hash_cpu = clock() - hash_cpu;
    hashed = now_s() - hashed;
    digest_hex(digest, hex);
    snprintf(head, sizeof head,
             "PUT /v1/packages/%s HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer %s\r\n"
             "Connection: close\r\nContent-Length: %d\r\n\r\n",
             hex, bench.token, BYTES);
    double took = now_s(), cpu = child_cpu_s(bench.daemon);
    int fd = http_open(HTTP_PORT, head);
    for (size_t at = 0; at < BYTES;) {
        ssize_t n = write(fd, bytes + at, BYTES - at);
        if (n <= 0)
            die("upload");
        at += (size_t)n;
    }
    ssize_t n = read(fd, answer, sizeof answer - 1);
    took = now_s() - took;
    cpu = child_cpu_s(bench.daemon) - cpu;
    close(fd);
    printf("upload             %10.0f MB/s, hashing alone %.0f MB/s: %.2f by rate, "
           "%.2f by CPU (%.12s)\n",
           BYTES / took / 1e6, BYTES / hashed / 1e6, hashed / took,
           (double)hash_cpu / CLOCKS_PER_SEC / cpu, n > 0 ? answer : "");
    free(bytes);
}

int main(int argc, char **argv)
{
    struct stat is;

    bench.devices = argc > 2 ? atoll(argv[2]) : 1000000;
    snprintf(bench.folder, sizeof bench.folder, "%s",
             argc > 3 ? argv[3] : "/tmp/lockstep-bench-api");
    if (argc < 2 || (mkdir(bench.folder, 0700) != 0 && argc <= 3)) {
        fprintf(stderr, "usage: bench_api LOCKSTEPD [DEVICES [FOLDER]]\n");
        return 2;
    }
    snprintf(bench.store, sizeof bench.store, "%s/lockstep.db", bench.folder);
    if (stat(bench.store, &is) != 0)
        fill();
    start(argv[1]);
    pid_t writer = start_writing();
    pages();
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    rates();
    events();
    upload();
    child_end(bench.daemon);
    if (argc > 3)
        return 0;
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", bench.folder);
    return system(command) == 0 ? 0 : 1;
}
