/* SPDX-License-Identifier: Apache-2.0 */
/* tool_check.c - lockstepd --check: a line for each thing that an installation needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "daemon/addresses.h"
#include "daemon/paths.h"
#include "daemon/tools.h"
#include "store/package_file.h"
#include "store/packages.h"
#include "store/upkeep.h"

enum verdict { SOUND, DOUBTFUL, WRONG };

struct checkup {
    const struct config *config;
    struct paths paths;
    bool is_running; /* a daemon has the store open */
    int wrong;
};

__attribute__((format(printf, 4, 5))) static void
say(struct checkup *k, enum verdict v, const char *what, const char *format, ...)
{
    static const char *const words[] = {"ok", "warning", "WRONG"};
    va_list args;

    k->wrong += v == WRONG;
    printf("%-8s %-14s ", words[v], what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* @param out  the folder that dir is in */
static void parent_of(const char *dir, char out[CONFIG_PATH_MAX])
{
    char copy[CONFIG_PATH_MAX];

    snprintf(copy, sizeof copy, "%s", dir);
    snprintf(out, CONFIG_PATH_MAX, "%s", dirname(copy));
}

/* The daemon makes the state directory, but not those above it. */
static bool is_to_be_made(const char *dir)
{
    char parent[CONFIG_PATH_MAX];
    struct stat st;

    parent_of(dir, parent);
    return stat(dir, &st) != 0 && errno == ENOENT && eaccess(parent, W_OK | X_OK) == 0;
}

static void check_state_dir(struct checkup *k)
{
    const char *dir = k->config->state_dir;
    struct stat st;

    if (is_to_be_made(dir))
        say(k, DOUBTFUL, "state_dir", "%s is not there; the first start makes it", dir);
    else if (stat(dir, &st) != 0)
        say(k, WRONG, "state_dir", "%s: %s", dir, strerror(errno));
    else if (!S_ISDIR(st.st_mode))
        say(k, WRONG, "state_dir", "%s is no directory", dir);
    else if (st.st_mode & 0007)
        say(k, WRONG, "state_dir", "%s is open to everybody: chmod o= %s", dir, dir);
    else if (eaccess(dir, R_OK | W_OK | X_OK) != 0 && st.st_uid != geteuid())
        say(k, WRONG, "state_dir", "%s belongs to user %u, and this is run by user %u",
            dir, st.st_uid, geteuid());
    else if (eaccess(dir, R_OK | W_OK | X_OK) != 0)
        say(k, WRONG, "state_dir", "%s cannot be written by its owner", dir);
    else
        say(k, SOUND, "state_dir", "%s", dir);
    if (stat(k->paths.token, &st) == 0 && (st.st_mode & 0077))
        say(k, WRONG, "admin-token", "others can read it: chmod 600 %s",
            k->paths.token);
}

/* A writer holds the lock while it has the store open. */
static void look_who_runs(struct checkup *k)
{
    char name[sizeof k->paths.store + 8];

    snprintf(name, sizeof name, "%s.lock", k->paths.store);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    k->is_running = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    say(k, SOUND, "daemon", "%s", k->is_running ? "runs" : "does not run");
}

/* Those that are listed as ready and have no file, or one of another size. */
static int count_missing(struct store *st, struct checkup *k, size_t *missing,
                         size_t *ready)
{
    enum { ROWS = 100 };
    struct package_row rows[ROWS];
    struct page page = {.limit = ROWS};
    char name[sizeof k->paths.packages + 70];
    struct stat file;

    do {
        int rc = store_package_page(st, "ready", rows, &page);
        if (rc != 0)
            return rc;
        for (size_t i = 0; i < page.count; i++) {
            snprintf(name, sizeof name, "%s/%s", k->paths.packages, rows[i].digest);
            *missing += stat(name, &file) != 0 || file.st_size != rows[i].size_bytes;
        }
        *ready += page.count;
        page.after = page.next;
    } while (page.next != 0);
    return 0;
}

static void check_packages(struct checkup *k, struct store *st)
{
    size_t missing = 0, ready = 0;
    int rc = count_missing(st, k, &missing, &ready);

    if (rc != 0)
        say(k, WRONG, "packages", "%s", store_error(st));
    else if (missing > 0)
        say(k, WRONG, "packages",
            "%zu of %zu have no right file in %s: upload them again", missing, ready,
            k->paths.packages);
    else
        say(k, SOUND, "packages", "%zu", ready);
}

static void check_store(struct checkup *k)
{
    struct store_failure why = {.text = ""};
    struct store *st = NULL;

    if (access(k->paths.store, F_OK) != 0 && errno == ENOENT) {
        say(k, DOUBTFUL, "store", "%s is not there; the first start makes it",
            k->paths.store);
        return;
    }
    int rc = store_open(k->paths.store, STORE_READER, &why, &st);
    if (rc == 0)
        rc = store_verify(st, &why);
    if (rc != 0) {
        say(k, WRONG, "store", "%s: %s", k->paths.store, why.text);
    } else {
        say(k, SOUND, "store", "%s", k->paths.store);
        check_packages(k, st);
    }
    store_close(st);
}

static void check_disk(struct checkup *k)
{
    const char *dir = k->config->state_dir;
    char parent[CONFIG_PATH_MAX];
    struct statvfs fs;
    int64_t reserve = k->config->disk_reserve_bytes;

    parent_of(dir, parent);
    if (statvfs(is_to_be_made(dir) ? parent : dir, &fs) != 0) {
        say(k, WRONG, "disk", "%s: %s", dir, strerror(errno));
        return;
    }
    int64_t free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    enum verdict v = free_bytes < reserve ? WRONG : SOUND;
    if (v == SOUND && free_bytes < 2 * reserve)
        v = DOUBTFUL;
    say(k, v, "disk", "%" PRId64 " MiB free, %" PRId64 " MiB in reserve",
        free_bytes >> 20, reserve >> 20);
}

static void check_address(struct checkup *k, const char *what,
                          const struct config_address *a, int type)
{
    int rc = address_try(a, type);

    if (rc == -EADDRINUSE && k->is_running)
        say(k, SOUND, what, "%s port %u, served", a->host, a->port);
    else if (rc != 0)
        say(k, WRONG, what, "%s port %u: %s", a->host, a->port, strerror(-rc));
    else if (k->is_running && a->port != 0)
        say(k, WRONG, what,
            "%s port %u is not served by the daemon that runs: restart it", a->host,
            a->port);
    else
        say(k, SOUND, what, "%s port %u is free", a->host, a->port);
}

static void check_addresses(struct checkup *k)
{
    const struct config *c = k->config;

    if (!*c->http_socket)
        check_address(k, "http_listen", &c->http_listen, SOCK_STREAM);
    if (!*c->http_socket && !c->http_listen.is_loopback)
        say(k, DOUBTFUL, "http_listen",
            "beyond loopback without TLS: tokens can be read");
    for (size_t i = 0; i < c->coap_listen.count; i++) {
        check_address(k, "coap_listen", &c->coap_listen.at[i], SOCK_DGRAM);
        if (!c->coap_listen.at[i].is_loopback)
            say(k, DOUBTFUL, "coap_listen",
                "beyond loopback without DTLS (insecure_nosec)");
    }
}

static void check_clock(struct checkup *k)
{
    enum { YEAR_S = 31556952, LATEST_YEARS = 56 }; /* nothing of ours is older */
    struct timex t = {0};

    if (time(NULL) < (time_t)YEAR_S * LATEST_YEARS)
        say(k, WRONG, "clock", "it is wrong by years");
    else if (adjtimex(&t) == TIME_ERROR || (t.status & STA_UNSYNC))
        say(k, DOUBTFUL, "clock", "is not synchronised: windows and expiry go by it");
    else
        say(k, SOUND, "clock", "is synchronised");
}

static void check_limits(struct checkup *k)
{
    enum { OTHERS = 100 }; /* the store, packages, CoAP */
    struct rlimit files;
    rlim_t most = (rlim_t)k->config->http_connections_max;
    rlim_t needed = most + most / 16 + OTHERS; /* those that are only refused, too */

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max < needed)
        say(k, DOUBTFUL, "open files", "%ju, but http_connections_max may need %ju",
            (uintmax_t)files.rlim_max, (uintmax_t)needed);
}

int tool_check(const struct config *c)
{
    struct checkup k = {.config = c, .paths = paths_of(c)};

    int rc = paths_become_owner(c);
    if (rc != 0)
        say(&k, WRONG, "user", "cannot become the owner of %s: %s", c->state_dir,
            strerror(-rc));
    say(&k, SOUND, "configuration", "is right");
    check_state_dir(&k);
    look_who_runs(&k);
    check_store(&k);
    check_disk(&k);
    check_addresses(&k);
    check_clock(&k);
    check_limits(&k);
    if (k.wrong == 0)
        puts("the installation is sound");
    else
        printf("%d to be mended\n", k.wrong);
    return k.wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
