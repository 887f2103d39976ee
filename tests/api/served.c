/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/api/served.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "campaigns/command.h"
#include "campaigns/plan.h"
#include "store/batch.h"
#include "store/digest.h"
#include "store/seal.h"
#include "tests/api/core.h"

static struct {
    char dir[64], path[96];
    struct store *store;
    struct api *api;
    struct seal *seal;
    char *input, *head, *body, *field;
    pthread_mutex_t lock; /* of the store */
} served = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "harness: %s\n", what);
    abort();
}

static int64_t wall_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t mono_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void fill_random(void *bytes, size_t len)
{
    must(getrandom(bytes, len, 0) == (ssize_t)len, "getrandom");
}

static void log_nothing(enum api_log priority, const char *line)
{
    (void)priority;
    (void)line;
}

struct change_result served_result(const struct change *change)
{
    struct batch *batch;

    pthread_mutex_lock(&served.lock);
    must(batch_open(&batch) == 0, "batch_open");
    must(batch_put(batch, change, NULL) == 0, "batch_put");
    must(store_apply(served.store, batch) == 0, store_error(served.store));
    struct change_result result = *batch_result(batch, 0);
    batch_close(batch);
    pthread_mutex_unlock(&served.lock);
    return result;
}

void served_change(const struct change *change)
{
    struct change_result result = served_result(change);

    if (result.rc != 0)
        fprintf(stderr, "change %d: rc %d: %s\n", (int)change->kind, result.rc,
                store_error(served.store));
    must(result.rc == 0, "a change was refused");
    if (change->kind == CHANGE_EVENT_ADD && served.api)
        api_durable(served.api, result.id);
}

static void add_token(const char *name, const char *role, int64_t expires_ms)
{
    struct token_row row = {.created_ms = 1, .expires_ms = expires_ms};

    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.role, sizeof row.role, "%s", role);
    digest_of(name, strlen(name), row.hash);
    served_change(&(struct change){.kind = CHANGE_TOKEN_ADD, .token = &row});
}

void served_open_with(const struct api_options *limits)
{
    struct api_options options = *limits;
    char key[96];

    strcpy(served.dir, "/tmp/lockstep-api-XXXXXX");
    must(mkdtemp(served.dir) != NULL, "mkdtemp");
    snprintf(served.path, sizeof served.path, "%s/lockstep.db", served.dir);
    struct store_failure why = {""};
    must(store_open(served.path, STORE_WRITER, &why, &served.store) == 0, why.text);
    add_token("viewer", "viewer", 0);
    add_token("operator", "operator", 0);
    add_token("approver", "approver", 0);
    add_token("admin", "admin", 0);
    add_token("old", "admin", 1);

    options.bind_address = "127.0.0.1";
    options.state_dir = served.dir;
    options.store_path = served.path;
    snprintf(key, sizeof key, "%s/store-key", served.dir);
    must(seal_open(key, &served.seal) == 0, "seal_open");
    options.seal = served.seal;
    options.commands = core_open();
    options.env = (struct api_env){wall_ms, mono_ms, fill_random, log_nothing};
    if (limits->env.mono_ms)
        options.env.mono_ms = limits->env.mono_ms;
    if (options.threads == 0)
        options.threads = 2;
    if (options.reserve_bytes == 0)
        options.reserve_bytes = 1 << 20;
    must(api_open(&options, &served.api) == 0, "api_open");
}

void served_open(void)
{
    served_open_with(&(struct api_options){0});
}

static int remove_one(const char *path, const struct stat *st, int flag,
                      struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void served_close(void)
{
    api_stop(served.api);
    core_close(); /* what it has may still be answered until then */
    api_close(served.api);
    served.api = NULL;
    store_close(served.store);
    seal_close(served.seal);
    nftw(served.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(served.input);
    free(served.head);
    free(served.body);
    free(served.field);
}

struct api *served_api(void)
{
    return served.api;
}

const struct seal *served_seal(void)
{
    return served.seal;
}

const char *served_dir(void)
{
    return served.dir;
}

void served_add_device(int64_t id, const char *endpoint)
{
    struct device_row row = {.id = id, .lifetime_s = 86400, .created_ms = 1};

    snprintf(row.endpoint, sizeof row.endpoint, "%s", endpoint);
    strcpy(row.state, "registered");
    strcpy(row.lwm2m, "1.1");
    strcpy(row.binding, "U");
    strcpy(row.root_path, "/");
    served_change(
        &(struct change){.kind = CHANGE_DEVICE_PUT, .device = {&row, "</3/0>"}});

    struct component_row component = {.object_id = 5, .updated_ms = 5};
    strcpy(component.name, "firmware");
    strcpy(component.object, "fw");
    strcpy(component.version, "1.0");
    strcpy(component.state, "idle");
    strcpy(row.manufacturer, "Example");
    strcpy(row.model, "GW-100");
    row.inventory_ms = 5;
    served_change(&(struct change){
        .kind = CHANGE_INVENTORY_PUT,
        .inventory = {&row, "canonical", &component, 1},
    });
}

void served_add_campaign(const char *state)
{
    struct campaign_row row = {.id = 7, .created_ms = 1, .started_ms = 2};

    strcpy(row.name, "north");
    strcpy(row.bundle, "gateway@1");
    strcpy(row.plan_id, core_plan());
    row.bundle_id = core_bundle();
    strcpy(row.state, state);
    served_change(
        &(struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign = {&row, "{}"}});
}

void served_add_event(int64_t campaign_id, const char *name)
{
    struct event_row row = {.at_ms = 5, .campaign_id = campaign_id};

    strcpy(row.kind, "campaign");
    strcpy(row.actor, "engine");
    snprintf(row.name, sizeof row.name, "%s", name);
    strcpy(row.body, "{\"state\":\"running\"}");
    served_change(&(struct change){.kind = CHANGE_EVENT_ADD, .event = &row});
}

int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(api_port(served.api)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 60};

    must(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

/* A server that has answered early may close before all is sent. */
static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

void tell(int fd, const char *bytes)
{
    send_all(fd, bytes, strlen(bytes));
}

bool hear(int fd, const char *text)
{
    char seen[65536] = "";
    size_t len = 0;

    while (!strstr(seen, text)) {
        ssize_t n = recv(fd, seen + len, sizeof seen - 1 - len, 0);
        if (n <= 0)
            return false;
        len += (size_t)n;
        seen[len] = '\0';
    }
    return true;
}

/* Everything until the end, into served.input. */
static size_t read_all(int fd)
{
    size_t len = 0, size = 1 << 16;

    served.input = realloc(served.input, size);
    for (ssize_t n; (n = recv(fd, served.input + len, size - len - 1, 0)) > 0;) {
        len += (size_t)n;
        if (size - len < 4096)
            served.input = realloc(served.input, size *= 2);
    }
    served.input[len] = '\0';
    return len;
}

static size_t unchunk(char *body, size_t len)
{
    char *in = body, *out = body, *end = body + len;

    while (in < end) {
        char *line;
        size_t n = strtoul(in, &line, 16);
        in = strstr(line, "\r\n");
        if (!in || n == 0)
            break;
        memmove(out, in + 2, n);
        out += n;
        in += 2 + n + 2;
    }
    *out = '\0';
    return (size_t)(out - body);
}

static struct reply read_reply(int fd)
{
    struct reply r = {0};
    size_t len = read_all(fd);
    char *blank = strstr(served.input, "\r\n\r\n");

    if (!blank || sscanf(served.input, "HTTP/1.1 %d", &r.status) != 1) {
        r.was_closed = true;
        r.head = r.body = "";
        return r;
    }
    free(served.head);
    free(served.body);
    r.head = served.head = strndup(served.input, (size_t)(blank + 2 - served.input));
    r.body_len = len - (size_t)(blank + 4 - served.input);
    r.body = served.body = malloc(r.body_len + 1);
    memcpy(r.body, blank + 4, r.body_len);
    r.body[r.body_len] = '\0';
    if (strcasestr(r.head, "Transfer-Encoding: chunked"))
        r.body_len = unchunk(r.body, r.body_len);
    return r;
}

struct reply raw(const char *bytes, size_t len)
{
    int fd = dial();

    send_all(fd, bytes, len);
    shutdown(fd, SHUT_WR);
    struct reply r = read_reply(fd);
    close(fd);
    return r;
}

void blurt(const char *bytes, size_t len)
{
    int fd = dial();

    send_all(fd, bytes, len);
    close(fd);
}

struct reply ask(struct ask a)
{
    size_t len = a.body ? (a.body_len ? a.body_len : strlen(a.body)) : 0;
    char *head;
    int fd = dial();

    must(asprintf(&head,
                  "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s%s%s"
                  "Content-Length: %zu\r\n\r\n",
                  a.method, a.target, a.token ? "Authorization: Bearer " : "",
                  a.token ? a.token : "", a.token ? "\r\n" : "",
                  a.headers ? a.headers : "", len) > 0,
         "asprintf");
    send_all(fd, head, strlen(head));
    free(head);
    if (len > 0)
        send_all(fd, a.body, len);
    struct reply r = read_reply(fd);
    close(fd);
    return r;
}

const char *reply_header(const struct reply *r, const char *name)
{
    char start[128];

    snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *at = strcasestr(r->head, start);
    if (!at)
        return NULL;
    at += strlen(start);
    free(served.field);
    served.field = strndup(at, strcspn(at, "\r"));
    return served.field;
}
