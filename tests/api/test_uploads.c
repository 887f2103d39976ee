/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles and packages on their way to disk. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaigns/command.h"
#include "store/digest.h"
#include "tests/api/served.h"

static void open_small(void)
{
    served_open_with(
        &(struct api_options){.package_bytes_max = 1 << 20, .idle_timeout_s = 1});
}

TestSuite(uploads, .init = open_small, .fini = served_close, .timeout = 120);

#define expect_status(reply, expected)                                                 \
    cr_expect(eq(int, (reply).status, expected), "%s", (reply).body)
#define expect_says(reply, text)                                                       \
    cr_expect(strstr((reply).body, text) != NULL, "no %s in %s", text, (reply).body)

static char hex[65];

static const char *sha256(const void *bytes, size_t len)
{
    uint8_t digest[STORE_DIGEST_BYTES];

    digest_of(bytes, len, digest);
    digest_hex(digest, hex);
    return hex;
}

/* Files in packages/, those of uploads under way among them. */
/* What was removed (package_remove()) is no package any more: a sweep frees it. */
static int files(void)
{
    char path[128];
    int count = 0;

    snprintf(path, sizeof path, "%s/packages", served_dir());
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        count += e->d_type == DT_REG && strncmp(e->d_name, ".gone-", 6) != 0;
    closedir(dir);
    return count;
}

static struct reply put(const char *digest, const char *headers, const char *body,
                        size_t len)
{
    char target[128];

    snprintf(target, sizeof target, "/v1/packages/%s", digest);
    return ask((struct ask){"PUT", target, "operator", headers, body, len});
}

Test(uploads, of_a_package_are_idempotent)
{
    const char *digest = sha256("hello", 5);
    struct reply r = put(digest, NULL, "hello", 5);

    expect_status(r, 201);
    expect_says(r, "\"size\":5,\"state\":\"ready\"");
    r = put(digest, NULL, "hello", 5);
    expect_status(r, 200);
    cr_expect(eq(int, files(), 1));
    cr_expect(eq(int, core_count(COMMAND_PACKAGE_READY), 2), "it is wanted again");
}

Test(uploads, with_other_bytes_are_refused_and_dropped)
{
    struct reply r = put(sha256("hello", 5), NULL, "hallo", 5);

    expect_status(r, 422);
    expect_says(r, "/problems/digest-mismatch");
    cr_expect(eq(int, core_count(COMMAND_PACKAGE_READY), 0));
    cr_expect(eq(int, files(), 0));
    r = put("abc", NULL, "hello", 5);
    expect_status(r, 404);
}

static struct reply look(const char *digest)
{
    char target[128];

    snprintf(target, sizeof target, "/v1/packages/%s", digest);
    return ask((struct ask){"HEAD", target, "viewer", NULL, NULL, 0});
}

Test(uploads, go_on_where_they_were_interrupted)
{
    const char *digest = sha256("hello world", 11);
    struct reply r = look(digest);

    expect_status(r, 404);
    r = put(digest, "Content-Range: bytes 0-4/11\r\n", "hello", 5);
    expect_status(r, 202);
    cr_expect(eq(str, (char *)reply_header(&r, "Upload-Offset"), "5"));
    r = look(digest);
    expect_status(r, 200);
    cr_expect(eq(str, (char *)reply_header(&r, "Upload-Offset"), "5"));
    r = put(digest, "Content-Range: bytes 7-10/11\r\n", "orld", 4);
    expect_status(r, 416);
    cr_expect(eq(str, (char *)reply_header(&r, "Upload-Offset"), "5"));
    r = put(digest, "Content-Range: bytes 3-10/11\r\n", "lo world", 8);
    expect_status(r, 201);
    r = look(digest);
    cr_expect(eq(str, (char *)reply_header(&r, "Upload-Offset"), "11"));
}

Test(uploads, keep_what_came_of_a_connection_that_broke)
{
    char head[300];
    const char *digest = sha256("hello world", 11);

    snprintf(head, sizeof head,
             "PUT /v1/packages/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
             "operator\r\nContent-Length: 11\r\n\r\nhello",
             digest);
    blurt(head, strlen(head));
    struct reply r = look(digest);
    for (int i = 0; i < 100000 && r.status != 200; i++)
        r = look(digest);
    cr_expect(eq(str, (char *)reply_header(&r, "Upload-Offset"), "5"));
    r = put(digest, "Content-Range: bytes 5-10/11\r\n", " world", 6);
    expect_status(r, 201);
}

Test(uploads, have_a_limit)
{
    char *body = calloc(1, (1 << 20) + 2);
    struct reply r = put(sha256(body, (1 << 20) + 1), NULL, body, (1 << 20) + 1);

    expect_status(r, 413);
    cr_expect(eq(int, files(), 0));
    r = put(sha256("x", 1), "Content-Range: bytes 0-0/9999999999\r\n", "x", 1);
    expect_status(r, 413);
    r = put(sha256("x", 1), "Content-Range: bytes 0-3/9\r\n", "x", 1);
    expect_status(r, 400);
    free(body);
}

/* A manifest for app.bin with the content and digest given. */
static char *manifest(const char *digest, size_t size)
{
    char *text;

    cr_assert(asprintf(&text,
                       "{\"name\":\"gw\",\"version\":\"1\",\"vendor\":\"example.com\","
                       "\"sequence\":1,\"applies_to\":{\"manufacturer\":\"Example\","
                       "\"model\":[\"GW\"]},\"packages\":[{\"component\":\"app\","
                       "\"version\":\"2\",\"file\":\"app.bin\",\"size\":%zu,"
                       "\"sha256\":\"%s\",\"installs_over\":\"*\"}]}",
                       size, digest) > 0);
    return text;
}

#define PART(name, rest, bytes)                                                        \
    "--B\r\nContent-Disposition: form-data; name=\"" name "\"" rest "\r\n\r\n" bytes   \
    "\r\n"

static struct reply upload(const char *format, const char *first, const char *second)
{
    char *body;

    cr_assert(asprintf(&body, format, first, second) > 0);
    struct reply r =
        ask((struct ask){"POST", "/v1/bundles", "operator",
                         "Content-Type: multipart/form-data; boundary=B\r\n", body, 0});
    free(body);
    return r;
}

static const char manifest_first[] = PART("manifest", "; filename=\"b.json\"", "%s")
    PART("file", "; filename=\"app.bin\"", "%s") "--B--\r\n";
static const char file_first[] =
    PART("file", "; filename=\"app.bin\"", "%s") PART("manifest", "", "%s") "--B--\r\n";

Test(uploads, of_a_bundle_may_have_its_manifest_first)
{
    char *text = manifest(sha256("app!", 4), 4);
    struct reply r = upload(manifest_first, text, "app!");

    expect_status(r, 201);
    expect_says(r, "\"bundle\":\"gw@1\"");
    cr_expect(eq(int, core_count(COMMAND_PACKAGE_READY), 1));
    cr_expect(eq(int, core_count(COMMAND_BUNDLE_CREATE), 1));
    r = ask((struct ask){"GET", "/v1/bundles/gw@1/manifest", "viewer", NULL, NULL, 0});
    cr_expect(eq(str, r.body, text));
    free(text);
}

Test(uploads, of_a_bundle_may_have_its_manifest_last)
{
    char *text = manifest(sha256("app!", 4), 4);
    struct reply r = upload(file_first, "app!", text);

    expect_status(r, 201);
    free(text);
}

Test(uploads, of_a_bundle_compare_each_file_with_the_manifest)
{
    char *text = manifest(sha256("app!", 4), 4);
    struct reply r = upload(manifest_first, text, "apq!");

    expect_status(r, 422);
    expect_says(r, "/problems/digest-mismatch");
    expect_says(r, "file 'app.bin' has the SHA-256");
    cr_expect(eq(int, core_count(COMMAND_BUNDLE_CREATE), 0));
    cr_expect(eq(int, files(), 0));
    free(text);
    text = manifest(sha256("app!", 4), 5);
    r = upload(manifest_first, text, "app!");
    expect_status(r, 422);
    expect_says(r, "has 4 bytes, the manifest says 5");
    free(text);
}

Test(uploads, of_a_bundle_that_make_no_sense_leave_nothing)
{
    static const struct {
        const char *format, *first, *second, *says;
    } cases[] = {
        {manifest_first, "{", "x", "/problems/invalid-json"},
        {manifest_first, "{}", "x", "/problems/invalid-bundle"},
        {PART("file", "; filename=\"app.bin\"", "%s%s") "--B--", "a", "b",
         "no part 'manifest'"},
        {PART("file", "", "%s%s") "--B--", "a", "b", "with a filename"},
        {PART("other", "", "%s%s") "--B--", "a", "b", "part 'other'"},
        {PART("manifest", "", "%s%s"), "a", "b", "before its last boundary"},
        {"%s%s", "", "nothing", "before its last boundary"},
        {"--B junk\r\n%s%s", "", "", "behind a boundary"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = upload(cases[i].format, cases[i].first, cases[i].second);
        cr_expect(r.status == 400 || r.status == 422, "%d: %s", r.status, r.body);
        expect_says(r, cases[i].says);
    }
    cr_expect(eq(int, files(), 0));
    cr_expect(eq(int, core_count(COMMAND_BUNDLE_CREATE), 0));
}

/* Its package is with the core, and not in the store yet. */
Test(uploads, of_a_bundle_that_fail_leave_the_file_of_another)
{
    char head[256], text[256];
    int fd = dial();

    snprintf(head, sizeof head,
             "PUT /v1/packages/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
             "operator\r\nContent-Length: 3\r\n\r\nabc",
             sha256("abc", 3));
    core_set(CORE_HOLDS);
    tell(fd, head);
    core_await(1);
    snprintf(text, sizeof text, "%s%s--B--\r\n", PART("manifest", "", "{}"),
             PART("file", "; filename=\"a\"", "abc"));
    struct reply r =
        ask((struct ask){"POST", "/v1/bundles", "operator",
                         "Content-Type: multipart/form-data; boundary=B\r\n", text, 0});
    cr_expect(eq(int, r.status / 100, 4));
    cr_expect(eq(int, files(), 1));
    core_set(CORE_WORKS);
    cr_expect(hear(fd, "HTTP/1.1 201"));
    close(fd);
}

Test(uploads, of_a_manifest_alone_are_json)
{
    char *text = manifest(sha256("app!", 4), 4);
    struct reply r = ask((struct ask){"POST", "/v1/bundles", "operator",
                                      "Content-Type: text/plain\r\n", text, 0});

    expect_status(r, 201);
    cr_expect(eq(int, core_count(COMMAND_PACKAGE_READY), 0));
    free(text);
}

Test(uploads, of_a_bundle_keep_a_package_that_was_there_before)
{
    char *text = manifest(sha256("app!", 4), 5);
    struct reply r = put(sha256("app!", 4), NULL, "app!", 4);

    expect_status(r, 201);
    r = upload(manifest_first, text, "app!");
    expect_status(r, 422);
    cr_expect(eq(int, files(), 1));
    free(text);
}

static struct reply upload_with_key(const char *boundary, const char *text,
                                    const char *bytes)
{
    char body[2000], headers[200];

    snprintf(headers, sizeof headers,
             "Idempotency-Key: k\r\nContent-Type: multipart/form-data; boundary=%s\r\n",
             boundary);
    snprintf(body, sizeof body,
             "--%s\r\nContent-Disposition: form-data; name=\"manifest\"\r\n\r\n%s\r\n"
             "--%s\r\nContent-Disposition: form-data; name=\"file\"; "
             "filename=\"app.bin\"\r\n\r\n%s\r\n--%s--\r\n",
             boundary, text, boundary, bytes, boundary);
    return ask((struct ask){"POST", "/v1/bundles", "operator", headers, body, 0});
}

/* curl makes another boundary each time. */
Test(uploads, of_a_bundle_are_answered_once_for_a_key)
{
    char *text = manifest(sha256("app!", 4), 4);
    struct reply r = upload_with_key("one", text, "app!");

    expect_status(r, 201);
    r = upload_with_key("another", text, "app!");
    expect_status(r, 201);
    cr_expect(reply_header(&r, "Idempotency-Replayed") != NULL);
    cr_expect(eq(int, core_count(COMMAND_BUNDLE_CREATE), 1));
    r = upload_with_key("one", text, "ape!");
    expect_status(r, 422);
    expect_says(r, "/problems/key-reused");
    expect_says(r, "path, parameters and body must be those of the first");
    cr_expect(eq(int, files(), 1), "what came for nothing is taken away");
    free(text);
}

static struct reply import(const char *target, const char *rows)
{
    return ask((struct ask){"POST", target, "operator",
                            "Idempotency-Key: k\r\nContent-Type: text/csv\r\n", rows,
                            0});
}

Test(uploads, of_a_list_are_answered_once_for_a_key)
{
    struct reply r = import("/v1/devices", "endpoint\na\nb\n");

    expect_status(r, 200);
    expect_says(r, "\"created\":2");
    r = import("/v1/devices", "endpoint\na\nb\n");
    expect_status(r, 200);
    expect_says(r, "\"created\":2");
    r = import("/v1/devices", "endpoint\na\nc\n");
    expect_status(r, 422);
    expect_says(r, "/problems/key-reused");
    r = import("/v1/devices?on_error=skip", "endpoint\na\nb\n");
    expect_status(r, 422);
    expect_status(ask((struct ask){"GET", "/v1/devices/c", "viewer", NULL, NULL, 0}),
                  404);
}
