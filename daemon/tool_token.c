/* SPDX-License-Identifier: Apache-2.0 */
/* tool_token.c - lockstepd token: through the daemon that runs, or into the store
 * itself while none does (it has one writer). What it takes is the right to write to
 * the state directory, not a token. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "api/json_write.h"
#include "api/text.h"
#include "campaigns/command.h"
#include "daemon/base/clock.h"
#include "daemon/base/random.h"
#include "daemon/control.h"
#include "daemon/paths.h"
#include "daemon/tools.h"
#include "store/batch.h"
#include "store/change.h"
#include "store/digest.h"

enum { SECRET_BYTES = 32 };

static int refuse(const char *why)
{
    fprintf(stderr, "lockstepd token: %s\n", why);
    return EXIT_FAILURE;
}

/* Most often the configuration is another daemon's. */
static int refuse_store(const struct paths *paths, const char *why)
{
    fprintf(
        stderr,
        "lockstepd token: %s: %s (--config, or --set state_dir=, says where it is)\n",
        paths->store, why);
    return EXIT_FAILURE;
}

/* ---- while no daemon runs ---- */

/* @return 0, -ENOMEM */
static int print_id(const char *id, char *out, size_t size)
{
    struct text text = {0};
    struct json j = json_to(&text);

    json_object(&j, NULL);
    json_text(&j, "id", id);
    json_end(&j);
    if (!text.bad)
        snprintf(out, size, "%s", text.at);
    int rc = text.bad ? -ENOMEM : 0;
    text_fini(&text);
    return rc;
}

static int put(struct store *st, const struct change *what, const char *event_name,
               const char *token)
{
    struct event_row event = {
        .at_ms = clock_wall_ms(), .kind = "token", .actor = "local"};
    struct change tell = {.kind = CHANGE_EVENT_ADD, .event = &event};
    struct batch *batch = NULL;
    size_t index = 0;

    snprintf(event.name, sizeof event.name, "%s", event_name);
    int rc = print_id(token, event.body, sizeof event.body);
    if (rc == 0)
        rc = batch_open(&batch);
    if (rc == 0)
        rc = batch_put(batch, what, &index);
    tell.needs = index + 1;
    if (rc == 0)
        rc = batch_put(batch, &tell, NULL);
    if (rc == 0)
        rc = store_apply(st, batch);
    if (rc == 0)
        rc = batch_result(batch, index)->rc;
    batch_close(batch);
    return rc;
}

static int carry_out(struct store *st, const struct command *c)
{
    struct token_row row = {.created_ms = clock_wall_ms(),
                            .expires_ms = c->token.expires_ms,
                            .created_by = "local"};

    if (c->kind == COMMAND_TOKEN_REVOKE)
        return put(st,
                   &(struct change){.kind = CHANGE_TOKEN_DELETE, .name = c->token.name},
                   "revoked", c->token.name);
    memcpy(row.hash, c->token.hash, sizeof row.hash);
    snprintf(row.name, sizeof row.name, "%s", c->token.name);
    snprintf(row.role, sizeof row.role, "%s", c->token.role);
    return put(st, &(struct change){.kind = CHANGE_TOKEN_ADD, .token = &row}, "created",
               row.name);
}

static int do_alone(const struct paths *paths, char *request)
{
    struct store_failure failure = {.text = ""};
    struct store *st = NULL;
    const char *why = NULL;
    struct command *c = control_read(request, &why);

    if (!c)
        return refuse(why);
    int rc = store_open(paths->store, STORE_WRITER, &failure, &st);
    if (rc == 0)
        rc = carry_out(st, c);
    command_free(c);
    store_close(st);
    if (rc == STORE_E_NOT_FOUND)
        return refuse("there is no such token");
    if (rc == STORE_E_CONFLICT)
        return refuse("there is a token of this name; revoke it first");
    if (rc > 0)
        return refuse("the store refused it");
    if (rc < 0)
        return refuse_store(paths, failure.text[0] ? failure.text : strerror(-rc));
    return EXIT_SUCCESS;
}

static int submit(const struct config *config, char *request)
{
    struct paths paths = paths_of(config);
    char answer[CONTROL_MESSAGE_MAX];

    umask(0077);
    int rc = paths_become_owner(config);
    if (rc == 0)
        rc = control_ask(paths.control, request, answer, sizeof answer);
    if (rc == -ENOENT || rc == -ECONNREFUSED)
        return do_alone(&paths, request);
    if (rc != 0)
        return refuse(strerror(-rc));
    return strcmp(answer, "done") == 0 ? EXIT_SUCCESS : refuse(answer);
}

/* ---- the verbs ---- */

static int add(const struct config *config, const char *name, const char *role,
               const char *expires_s)
{
    char request[CONTROL_MESSAGE_MAX], *end = NULL;
    char secret[2 * SECRET_BYTES + 1], hash[STORE_DIGEST_HEX + 1];
    uint8_t bytes[SECRET_BYTES], digest[STORE_DIGEST_BYTES];
    long long seconds = expires_s ? strtoll(expires_s, &end, 10) : 0;

    if (end && (*end || end == expires_s || seconds < 1 || seconds > 316224000))
        return refuse("seconds until it expires are a number from 1 to 316224000");
    random_fill(bytes, sizeof bytes);
    digest_hex(bytes, secret);
    digest_of(secret, strlen(secret), digest);
    digest_hex(digest, hash);
    int64_t expires_ms = seconds ? clock_wall_ms() + 1000 * seconds : 0;
    if (snprintf(request, sizeof request, "token-create\n%s\n%s\n%" PRId64 "\n%s", name,
                 role, expires_ms, hash) >= (int)sizeof request)
        return refuse("the name is too long");
    int status = submit(config, request);
    if (status == EXIT_SUCCESS)
        puts(secret);
    return status;
}

static int revoke(const struct config *config, const char *name)
{
    char request[CONTROL_MESSAGE_MAX];

    if (snprintf(request, sizeof request, "token-revoke\n%s", name) >=
        (int)sizeof request)
        return refuse("the name is too long");
    return submit(config, request);
}

static void print_row(const struct token_row *row)
{
    char expires[32] = "never";
    time_t at = (time_t)(row->expires_ms / 1000);

    if (row->expires_ms != 0)
        strftime(expires, sizeof expires, "%Y-%m-%dT%H:%M:%SZ", gmtime(&at));
    printf("%-24s %-9s %s\n", row->name, row->role, expires);
}

static int list(const struct config *config)
{
    enum { ROWS = 32 };
    struct paths paths = paths_of(config);
    struct token_row rows[ROWS];
    struct page page = {.limit = ROWS};
    struct store_failure why = {.text = ""};
    struct store *st = NULL;

    int rc = paths_become_owner(config);
    if (rc == 0)
        rc = store_open(paths.store, STORE_READER, &why, &st);
    while (rc == 0 && (rc = store_token_page(st, rows, &page)) == 0) {
        for (size_t i = 0; i < page.count; i++)
            print_row(&rows[i]);
        if ((page.after = page.next) == 0)
            break;
    }
    store_close(st);
    if (rc != 0)
        return refuse_store(&paths, why.text[0] ? why.text : strerror(-rc));
    return EXIT_SUCCESS;
}

int tool_token(const struct config *config, char *const *words, size_t count)
{
    const char *verb = count > 0 ? words[0] : "";

    if (strcmp(verb, "list") == 0 && count == 1)
        return list(config);
    if (strcmp(verb, "revoke") == 0 && count == 2)
        return revoke(config, words[1]);
    if (strcmp(verb, "add") == 0 && (count == 3 || count == 4))
        return add(config, words[1], words[2], count == 4 ? words[3] : NULL);
    refuse("add NAME ROLE [EXPIRES_S] | list | revoke NAME");
    return 2;
}
