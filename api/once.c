/* SPDX-License-Identifier: Apache-2.0 */
#include "api/once.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/routes.h"
#include "campaigns/command.h"
#include "store/digest.h"
#include "store/tokens.h"

struct once_key {
    struct once_key *next; /* in api->keys */
    char key[STORE_KEY_MAX + 1];
    char principal[STORE_NAME_MAX + 1];
    char request_hash[STORE_DIGEST_HEX + 1];
};

static bool is_key(const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len > STORE_KEY_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] < 0x21 || text[i] > 0x7e)
            return false;
    return true;
}

static bool has_key(const struct request *rq)
{
    return rq->headers.idempotency_key && rq->method == METHOD_POST;
}

int once_stream(struct request *rq, const void *bytes, size_t len)
{
    if (!has_key(rq))
        return 0;
    if (!rq->streamed && digest_open(&rq->streamed) != 0)
        return -ENOMEM;
    digest_add(rq->streamed, bytes, len);
    return 0;
}

/* Of what makes two requests the same: method, path, parameters, body. */
static int hash_request(const struct request *rq, char out[STORE_DIGEST_HEX + 1])
{
    uint8_t hash[STORE_DIGEST_BYTES];
    struct digest *d;

    if (digest_open(&d) != 0)
        return -ENOMEM;
    digest_add(d, method_name(rq->method), strlen(method_name(rq->method)));
    digest_add(d, rq->uri.path, strlen(rq->uri.path) + 1);
    for (size_t i = 0; i < rq->uri.parameter_count; i++) {
        const struct uri_parameter *p = &rq->uri.parameters[i];
        digest_add(d, p->name, strlen(p->name) + 1);
        digest_add(d, p->value, strlen(p->value) + 1);
    }
    digest_add(d, rq->body.at, rq->body.len);
    if (rq->streamed) {
        digest_end(rq->streamed, hash);
        digest_add(d, hash, sizeof hash);
    }
    digest_end(d, hash);
    digest_close(d);
    digest_hex(hash, out);
    return 0;
}

/* @return false: another request is being answered with this key */
static bool claim(struct api *api, struct once_key *key)
{
    bool is_free = true;

    pthread_mutex_lock(&api->lock);
    for (const struct once_key *k = api->keys; k && is_free; k = k->next)
        is_free =
            strcmp(k->key, key->key) != 0 || strcmp(k->principal, key->principal) != 0;
    if (is_free) {
        key->next = api->keys;
        api->keys = key;
    }
    pthread_mutex_unlock(&api->lock);
    return is_free;
}

void once_end(struct api *api, struct once_key *key)
{
    if (!key)
        return;
    pthread_mutex_lock(&api->lock);
    struct once_key **at = &api->keys;
    while (*at && *at != key)
        at = &(*at)->next;
    if (*at)
        *at = key->next;
    pthread_mutex_unlock(&api->lock);
    free(key);
}

static int replay(const struct once_key *key, const struct answer_row *row,
                  const char *body, struct response *rs)
{
    if (strcmp(key->request_hash, row->request_hash) != 0)
        return response_refuse(rs, PROBLEM_KEY_REUSED,
                               "Idempotency-Key '%s' was used with another request: "
                               "path, parameters and body must be those of the first",
                               key->key);
    rs->status = row->status;
    text_put(&rs->body, body ? body : "");
    response_header(rs, "Idempotency-Replayed", "true");
    return 0;
}

/* The first answer was never recorded: make it again, from what was made. */
static int make_again(struct request *rq, struct response *rs,
                      const struct once_key *key, const struct answer_row *row,
                      char *id)
{
    if (strcmp(key->request_hash, row->request_hash) != 0) {
        free(id);
        return replay(key, row, NULL, rs);
    }
    rq->made = id;
    response_header(rs, "Idempotency-Replayed", "true");
    return ONCE_RUN;
}

static int look_up(struct request *rq, struct response *rs, const struct once_key *key)
{
    struct answer_row row;
    char *body;

    int rc = store_answer_get(rq->store, key->principal, key->key, &row, &body);
    if (rc == STORE_E_NOT_FOUND)
        return ONCE_RUN;
    if (rc != 0)
        return rc < 0 ? rc : -EIO;
    if (row.status == 0)
        return make_again(rq, rs, key, &row, body);
    rc = replay(key, &row, body, rs);
    free(body);
    return rc;
}

static int begin(struct request *rq, struct response *rs, struct once_key *key)
{
    snprintf(key->key, sizeof key->key, "%s", rq->headers.idempotency_key);
    snprintf(key->principal, sizeof key->principal, "%s", rq->who.name);
    int rc = hash_request(rq, key->request_hash);
    if (rc != 0)
        return rc;
    if (!claim(rq->api, key))
        return response_refuse(rs, PROBLEM_IN_PROGRESS,
                               "a request with this Idempotency-Key is still running");
    return look_up(rq, rs, key);
}

int once_begin(struct request *rq, struct response *rs, struct once_key **out)
{
    *out = NULL;
    if (!has_key(rq))
        return ONCE_RUN;
    if (!is_key(rq->headers.idempotency_key))
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "Idempotency-Key must be 1 to %d visible characters",
                               STORE_KEY_MAX);
    *out = calloc(1, sizeof **out);
    return *out ? begin(rq, rs, *out) : -ENOMEM;
}

int once_give(const struct once_key *key, const struct route *route,
              struct command *command)
{
    struct command_once *once = key ? calloc(1, sizeof *once) : NULL;

    if (!once)
        return key ? -ENOMEM : 0;
    snprintf(once->key, sizeof once->key, "%s", key->key);
    snprintf(once->route, sizeof once->route, "%s", route->path);
    memcpy(once->request_hash, key->request_hash, sizeof key->request_hash);
    command->once = once;
    return 0;
}

int once_record(struct request *rq, const struct response *rs,
                const struct once_key *key)
{
    static const char devices[] = "/v1/devices";

    if (!key || rs->status < 200 || rs->status > 299 || rs->stream.fill ||
        rs->is_secret)
        return 0;
    struct command *c = request_command(rq, COMMAND_IDEMPOTENCY_RECORD);
    if (!c || once_give(key, rq->route, c) != 0) {
        command_free(c);
        return 0;
    }
    if (rq->params[0] && strncmp(rq->route->path, devices, sizeof devices - 1) == 0)
        snprintf(c->once->endpoint, sizeof c->once->endpoint, "%s", rq->params[0]);
    c->idempotency.status = rs->status;
    c->text = strdup(rs->body.at ? rs->body.at : "");
    /* Not recorded is not refused: what was asked for is done. */
    return request_send(rq, c) == 0 ? ROUTE_SLEEPS : 0;
}
