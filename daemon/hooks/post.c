/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hooks/post.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/hooks/reach.h"

struct posts {
    CURLM *multi;
    struct posts_options options;
};

struct post_flight {
    CURL *easy;
    struct curl_slist *headers;
    void *owner;
    size_t head_bytes, answer_bytes;
    bool allows_private, was_refused;
    char error[CURL_ERROR_SIZE];
};

int posts_open(const struct posts_options *options, struct posts **out)
{
    struct posts *p = calloc(1, sizeof *p);

    if (!p)
        return -ENOMEM;
    p->options = *options;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        p->multi = curl_multi_init();
    if (!p->multi) {
        free(p);
        return -ENOMEM;
    }
    *out = p;
    return 0;
}

void posts_close(struct posts *p)
{
    if (!p)
        return;
    curl_multi_cleanup(p->multi);
    curl_global_cleanup();
    free(p);
}

/* The address is the one that connect() gets: it cannot change after this. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose,
                                 struct curl_sockaddr *to)
{
    struct post_flight *f = arg;

    (void)purpose;
    if (!f->allows_private && !reach_is_public(&to->addr)) {
        f->was_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* libcurl 7.88 keeps header fields as long as they come. */
static size_t count_head(char *bytes, size_t size, size_t count, void *arg)
{
    struct post_flight *f = arg;

    (void)bytes;
    f->head_bytes += size * count;
    return f->head_bytes > POST_ANSWER_MAX ? 0 : size * count;
}

static size_t drop(char *bytes, size_t size, size_t count, void *arg)
{
    struct post_flight *f = arg;

    (void)bytes;
    f->answer_bytes += size * count;
    return f->answer_bytes > POST_ANSWER_MAX ? 0 : size * count;
}

static void set_options(struct posts *p, struct post_flight *f, const struct post *post)
{
    CURL *e = f->easy;

    curl_easy_setopt(e, CURLOPT_URL, post->url);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)p->options.timeout_ms);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L); /* each looks at its address */
    curl_easy_setopt(e, CURLOPT_USERAGENT, "lockstepd/" LOCKSTEP_VERSION);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, f->headers);
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_len);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, f);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, count_head);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, f);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, f->error);
    curl_easy_setopt(e, CURLOPT_PRIVATE, f);
}

static void free_flight(struct post_flight *f)
{
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->headers);
    free(f);
}

/* @return 0, -ENOMEM */
static int add_headers(struct post_flight *f, const char *const *headers)
{
    for (size_t i = 0; i < POST_HEADERS_MAX && headers[i]; i++) {
        struct curl_slist *list = curl_slist_append(f->headers, headers[i]);
        if (!list)
            return -ENOMEM;
        f->headers = list;
    }
    return 0;
}

int post_begin(struct posts *p, const struct post *post, struct post_flight **out)
{
    struct post_flight *f = calloc(1, sizeof *f);

    if (!f)
        return -ENOMEM;
    f->easy = curl_easy_init();
    f->owner = post->owner;
    f->allows_private = p->options.allows_private;
    if (!f->easy || add_headers(f, post->headers) != 0) {
        free_flight(f);
        return -ENOMEM;
    }
    set_options(p, f, post);
    if (curl_multi_add_handle(p->multi, f->easy) != CURLM_OK) {
        free_flight(f);
        return -ENOMEM;
    }
    *out = f;
    return 0;
}

void post_cancel(struct posts *p, struct post_flight *flight)
{
    if (!flight)
        return;
    curl_multi_remove_handle(p->multi, flight->easy);
    free_flight(flight);
}

void posts_run(struct posts *p)
{
    int running = 0;

    curl_multi_perform(p->multi, &running);
}

void posts_wait(struct posts *p, int64_t wait_ms)
{
    curl_multi_poll(p->multi, NULL, 0, (int)wait_ms, NULL);
}

static void fill_result(const struct post_flight *f, CURLcode code,
                        struct post_result *out)
{
    long status = 0;

    *out = (struct post_result){.owner = f->owner};
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        out->status = (int)status;
        return;
    }
    if (f->answer_bytes > POST_ANSWER_MAX)
        out->status = (int)status; /* the rest of the answer says nothing more */
    else if (f->head_bytes > POST_ANSWER_MAX)
        snprintf(out->error, sizeof out->error, "the head of the answer has no end");
    else if (f->was_refused)
        snprintf(out->error, sizeof out->error,
                 "the address is private; webhook_allow_private would allow it");
    else
        snprintf(out->error, sizeof out->error, "%.120s",
                 *f->error ? f->error : curl_easy_strerror(code));
}

bool posts_take(struct posts *p, struct post_result *out)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(p->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        char *arg = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &arg);
        struct post_flight *f = (struct post_flight *)(void *)arg;
        fill_result(f, code, out);
        post_cancel(p, f);
        return true;
    }
    return false;
}

void posts_wake(struct posts *p)
{
    curl_multi_wakeup(p->multi);
}
