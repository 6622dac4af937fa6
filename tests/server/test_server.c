/* What the server answers, seen by a client: ranges, validators, conditions, paths, methods. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"

#define SIZE     100000
#define SEED     7
#define TERA     (UINT64_C(1) << 40)
#define MODIFIED 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */
#define DATE     "Sun, 06 Nov 1994 08:49:37 GMT"

static struct server *server;
static char folder[64];

static void put(const struct server_file *file)
{
    ck_assert_int_eq(server_add_file(server, file), S_OK);
}

static void write_file(const char *name, const char *content)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(content, f);
    fclose(f);
}

static void set_up(void)
{
    struct server_options options = {.root = folder};
    char path[128];

    strcpy(folder, "/tmp/openbits-server-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file("real", "0123456789");
    write_file("a b+c", "spaced");
    snprintf(path, sizeof path, "%s/out", folder);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert_int_eq(server_start(&options, &server), S_OK);
    put(&(struct server_file){
        .path = "/f", .size = SIZE, .seed = SEED, .last_modified_s = MODIFIED, .etag = "\"v1\""});
    put(&(struct server_file){.path = "/empty"});
    put(&(struct server_file){.path = "/huge", .size = 8 * TERA, .seed = 3});
}

static void tear_down(void)
{
    static const char *const names[] = {"real", "a b+c", "out", "hidden"};
    char path[128];

    server_stop(server);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void check_header(const struct reply *r, const char *name, const char *expected)
{
    const char *value = reply_header(r, name);

    ck_assert_msg((value == NULL) == (expected == NULL) && (!value || strcmp(value, expected) == 0),
                  "%s is %s", name, value ? value : "absent");
}

START_TEST(test_whole_file)
{
    struct reply r;

    client_get(&r, server, "/f", NULL);
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Content-Length", "100000");
    check_header(&r, "Accept-Ranges", "bytes");
    check_header(&r, "ETag", "\"v1\"");
    check_header(&r, "Last-Modified", DATE);
    check_header(&r, "Content-Range", NULL);
    client_check_content(r.body, r.body_len, SEED, 0, SIZE);
    reply_release(&r);
}
END_TEST

START_TEST(test_empty_file)
{
    struct reply r;

    client_get(&r, server, "/empty", NULL);
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Content-Length", "0");
    ck_assert_uint_eq(r.body_len, 0);
    reply_release(&r);
    client_get(&r, server, "/empty", "bytes=0-");
    ck_assert_int_eq(r.status, 416);
    check_header(&r, "Content-Range", "bytes */0");
    reply_release(&r);
    client_get(&r, server, "/empty", "bytes=-1");
    ck_assert_int_eq(r.status, 200);
    reply_release(&r);
}
END_TEST

static const struct {
    const char *path, *range, *content_range;
    uint64_t seed, offset;
    size_t len;
} singles[] = {
    {"/f", "bytes=0-0", "bytes 0-0/100000", SEED, 0, 1},
    {"/f", "bytes=5-70004", "bytes 5-70004/100000", SEED, 5, 70000},
    {"/f", "bytes=99990-", "bytes 99990-99999/100000", SEED, 99990, 10},
    {"/f", "bytes=99990-200000", "bytes 99990-99999/100000", SEED, 99990, 10},
    {"/f", "bytes=-7", "bytes 99993-99999/100000", SEED, 99993, 7},
    {"/f", "bytes=0-", "bytes 0-99999/100000", SEED, 0, SIZE},
    {"/f", "bytes=3-4,100000-", "bytes 3-4/100000", SEED, 3, 2}, /* one remains: a plain 206 */
    {"/huge", "bytes=5497558138883-5497558138892", "bytes 5497558138883-5497558138892/8796093022208", 3,
     5 * TERA + 3, 10},
    {"/huge", "bytes=-300001", "bytes 8796092722207-8796093022207/8796093022208", 3, 8 * TERA - 300001,
     300001},
};

START_TEST(test_single_range)
{
    struct reply r;

    client_get(&r, server, singles[_i].path, singles[_i].range);
    ck_assert_int_eq(r.status, 206);
    check_header(&r, "Content-Range", singles[_i].content_range);
    check_header(&r, "Content-Type", "application/octet-stream");
    client_check_content(r.body, r.body_len, singles[_i].seed, singles[_i].offset, singles[_i].len);
    reply_release(&r);
}
END_TEST

START_TEST(test_range_outside_is_416)
{
    struct reply r;

    client_get(&r, server, "/f", "bytes=100000-");
    ck_assert_int_eq(r.status, 416);
    check_header(&r, "Content-Range", "bytes */100000");
    reply_release(&r);
    client_get(&r, server, "/f", "lines=1-2");
    ck_assert_int_eq(r.status, 200);
    reply_release(&r);
}
END_TEST

struct asked {
    uint64_t offset;
    size_t len;
};

/* Takes a multipart body apart as RFC 2046 has it, and compares part by part. */
static void check_parts(const struct reply *r, uint64_t seed, uint64_t size, const struct asked *asked,
                        size_t count)
{
    static const char lead[] = "multipart/byteranges; boundary=";
    const char *type = reply_header(r, "Content-Type"), *at = r->body;
    char boundary[80], expected[300];

    ck_assert_ptr_nonnull(type);
    ck_assert_int_eq(strncmp(type, lead, sizeof lead - 1), 0);
    snprintf(boundary, sizeof boundary, "%s", type + sizeof lead - 1);
    for (size_t i = 0; i < count; i++) {
        int n = snprintf(expected, sizeof expected,
                         "%s--%s\r\nContent-Type: application/octet-stream\r\n"
                         "Content-Range: bytes %llu-%llu/%llu\r\n\r\n",
                         i ? "\r\n" : "", boundary, (unsigned long long)asked[i].offset,
                         (unsigned long long)(asked[i].offset + asked[i].len - 1), (unsigned long long)size);

        ck_assert_uint_le((size_t)n + asked[i].len, (size_t)(r->body + r->body_len - at));
        ck_assert_int_eq(strncmp(at, expected, (size_t)n), 0);
        at += n;
        client_check_content(at, asked[i].len, seed, asked[i].offset, asked[i].len);
        at += asked[i].len;
    }
    snprintf(expected, sizeof expected, "\r\n--%s--\r\n", boundary);
    ck_assert_str_eq(at, expected);
}

START_TEST(test_several_ranges)
{
    static const struct asked asked[] = {{0, 1}, {5 * TERA, 3}, {8 * TERA - 2, 2}, {1, 200000}};
    struct reply r;

    client_get(&r, server, "/huge", "bytes=0-0,5497558138880-5497558138882, -2,1-200000");
    ck_assert_int_eq(r.status, 206);
    check_header(&r, "Content-Range", NULL);
    check_parts(&r, 3, 8 * TERA, asked, 4);
    reply_release(&r);
}
END_TEST

START_TEST(test_a_thousand_ranges_in_one_request)
{
    enum { COUNT = 1000 };
    static struct asked asked[COUNT];
    static char line[COUNT * 32];
    const char *const headers[] = {line, NULL};
    size_t at = (size_t)sprintf(line, "Range: bytes=");
    struct reply r;

    for (size_t i = 0; i < COUNT; i++) {
        asked[i] = (struct asked){i * 1000000007, i % 5 + 1};
        at += (size_t)sprintf(line + at, "%s%llu-%llu", i ? "," : "", (unsigned long long)asked[i].offset,
                              (unsigned long long)(asked[i].offset + asked[i].len - 1));
    }
    client_ask(&r, server, "GET", "/huge", headers);
    ck_assert_int_eq(r.status, 206);
    check_parts(&r, 3, 8 * TERA, asked, COUNT);
    reply_release(&r);
}
END_TEST

START_TEST(test_head_tells_what_get_would)
{
    static const char *const range[] = {"Range: bytes=0-4", NULL};
    struct reply r;

    client_ask(&r, server, "HEAD", "/huge", NULL);
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Content-Length", "8796093022208");
    check_header(&r, "Accept-Ranges", "bytes");
    ck_assert_uint_eq(r.body_len, 0);
    reply_release(&r);
    client_ask(&r, server, "HEAD", "/f", range); /* only GET has ranges */
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Content-Length", "100000");
    reply_release(&r);
    client_ask(&r, server, "HEAD", "/none", NULL);
    ck_assert_int_eq(r.status, 404);
    reply_release(&r);
}
END_TEST

static const struct {
    const char *method, *header;
    int status;
} conditions[] = {
    {"GET", "If-Match: \"v1\"", 206},
    {"GET", "If-Match: \"v2\"", 412},
    {"HEAD", "If-Match: \"v2\"", 412},
    {"GET", "If-None-Match: \"v1\"", 304},
    {"HEAD", "If-None-Match: W/\"v1\"", 304},
    {"GET", "If-None-Match: \"v2\"", 206},
    {"GET", "If-Modified-Since: " DATE, 304},
    {"GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 206},
    {"GET", "If-Unmodified-Since: " DATE, 206},
    {"GET", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 412},
    {"GET", "If-Range: \"v1\"", 206},
    {"GET", "If-Range: \"v2\"", 200},
    {"GET", "If-Range: " DATE, 206},
    {"GET", "If-Range: Sun, 06 Nov 1994 08:49:38 GMT", 200},
};

START_TEST(test_conditions)
{
    const char *const headers[] = {"Range: bytes=10-19", conditions[_i].header, NULL};
    struct reply r;

    client_ask(&r, server, conditions[_i].method, "/f", headers);
    ck_assert_msg(r.status == conditions[_i].status, "%s: %d", conditions[_i].header, r.status);
    if (r.status == 206) {
        client_check_content(r.body, r.body_len, SEED, 10, 10);
    } else if (r.status == 200) {
        client_check_content(r.body, r.body_len, SEED, 0, SIZE);
    } else if (r.status == 304) {
        ck_assert_uint_eq(r.body_len, 0);
        check_header(&r, "ETag", "\"v1\"");
    }
    reply_release(&r);
}
END_TEST

/* A list that is spread over two lines is one list. */
START_TEST(test_condition_in_two_lines)
{
    static const char *const headers[] = {"If-Match: \"v0\"", "If-Match: \"v1\"", NULL};
    struct reply r;

    client_ask(&r, server, "GET", "/f", headers);
    ck_assert_int_eq(r.status, 200);
    reply_release(&r);
}
END_TEST

START_TEST(test_file_is_replaced_and_removed)
{
    static const char *const headers[] = {"Range: bytes=0-9", "If-Range: \"v1\"", NULL};
    struct reply r;

    put(&(struct server_file){
        .path = "/f", .size = 50, .seed = 8, .last_modified_s = MODIFIED + 1, .etag = "\"v2\""});
    client_ask(&r, server, "GET", "/f", headers);
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "ETag", "\"v2\"");
    check_header(&r, "Last-Modified", "Sun, 06 Nov 1994 08:49:38 GMT");
    client_check_content(r.body, r.body_len, 8, 0, 50);
    reply_release(&r);
    ck_assert_int_eq(server_remove_file(server, "/f"), S_OK);
    ck_assert_int_eq(server_remove_file(server, "/f"), S_FALSE);
    client_get(&r, server, "/f", NULL);
    ck_assert_int_eq(r.status, 404);
    reply_release(&r);
}
END_TEST

START_TEST(test_validators_are_made_or_left_out)
{
    struct reply r;
    char first[80];

    put(&(struct server_file){.path = "/f", .size = 5, .seed = 1});
    client_get(&r, server, "/f", NULL);
    check_header(&r, "Last-Modified", NULL);
    snprintf(first, sizeof first, "%s", reply_header(&r, "ETag"));
    ck_assert_int_eq(first[0], '"');
    reply_release(&r);
    put(&(struct server_file){.path = "/f", .size = 5, .seed = 2});
    client_get(&r, server, "/f", NULL);
    ck_assert_str_ne(first, reply_header(&r, "ETag"));
    reply_release(&r);
    put(&(struct server_file){.path = "/f", .size = 5, .seed = 1, .etag = ""});
    client_get(&r, server, "/f", NULL);
    check_header(&r, "ETag", NULL);
    reply_release(&r);
}
END_TEST

START_TEST(test_file_without_ranges)
{
    struct reply r;

    put(&(struct server_file){.path = "/f", .size = SIZE, .seed = SEED, .flags = SERVER_FILE_NO_RANGES});
    client_get(&r, server, "/f", "bytes=5-9");
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Accept-Ranges", NULL);
    check_header(&r, "Content-Length", "100000");
    client_check_content(r.body, r.body_len, SEED, 0, SIZE);
    reply_release(&r);
}
END_TEST

START_TEST(test_file_without_length)
{
    struct reply r;

    put(&(struct server_file){.path = "/f", .size = SIZE, .seed = SEED, .flags = SERVER_FILE_NO_LENGTH});
    client_get(&r, server, "/f", NULL);
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Content-Length", NULL);
    check_header(&r, "Transfer-Encoding", "chunked");
    client_check_content(r.body, r.body_len, SEED, 0, SIZE);
    reply_release(&r);
    client_ask(&r, server, "HEAD", "/f", NULL);
    ck_assert_int_eq(r.status, 200);
    check_header(&r, "Content-Length", NULL);
    reply_release(&r);
    client_get(&r, server, "/f", "bytes=5-9");
    ck_assert_int_eq(r.status, 206);
    check_header(&r, "Content-Length", NULL);
    client_check_content(r.body, r.body_len, SEED, 5, 5);
    reply_release(&r);
}
END_TEST

START_TEST(test_forced_status)
{
    static const int statuses[] = {204, 302, 401, 403, 404, 416, 429, 503, 599};
    static const char *const extra[] = {"Retry-After: 7", "Location:/g", NULL};
    struct reply r;

    put(&(struct server_file){.path = "/f", .size = SIZE, .status = statuses[_i], .headers = extra});
    client_get(&r, server, "/f", "bytes=0-1");
    ck_assert_int_eq(r.status, statuses[_i]);
    check_header(&r, "Retry-After", "7");
    check_header(&r, "Location", "/g");
    check_header(&r, "WWW-Authenticate", r.status == 401 ? "Basic realm=\"test\"" : NULL);
    if (r.status == 204)
        check_header(&r, "Content-Length", NULL);
    else
        ck_assert_int_eq(atoi(r.body), r.status);
    reply_release(&r);
    client_ask(&r, server, "HEAD", "/f", NULL);
    ck_assert_int_eq(r.status, statuses[_i]);
    ck_assert_uint_eq(r.body_len, 0);
    reply_release(&r);
}
END_TEST

START_TEST(test_extra_headers_of_an_ordinary_file)
{
    static const char *const extra[] = {"X-Mirror: one", "Content-Type: text/x-own", NULL};
    struct reply r;

    put(&(struct server_file){.path = "/f", .size = 10, .headers = extra});
    client_get(&r, server, "/f", "bytes=0-1");
    ck_assert_int_eq(r.status, 206);
    check_header(&r, "X-Mirror", "one");
    check_header(&r, "Content-Type", "text/x-own");
    ck_assert_ptr_null(strstr(r.head, "octet-stream"));
    reply_release(&r);
}
END_TEST

static const char *const injecting[] = {"X: a\r\nY: b", NULL}, *const nameless[] = {": a", NULL},
                         *const spaced[] = {"A B: c", NULL}, *const length[] = {"content-length: 3", NULL};

static const struct server_file refused[] = {
    {.path = NULL},
    {.path = "f"},
    {.path = "/f", .size = UINT64_C(1) << 63},
    {.path = "/f", .flags = 1u << 20},
    {.path = "/f", .status = 100},
    {.path = "/f", .status = 600},
    {.path = "/f", .etag = "v1"},
    {.path = "/f", .etag = "\"v\r\n1\""},
    {.path = "/f", .headers = injecting},
    {.path = "/f", .headers = nameless},
    {.path = "/f", .headers = spaced},
    {.path = "/f", .headers = length},
};

START_TEST(test_file_that_is_not_as_described_is_refused)
{
    struct reply r;

    ck_assert_int_eq(server_add_file(server, &refused[_i]), E_INVALIDARG);
    client_get(&r, server, "/f", NULL);
    ck_assert_int_eq(r.status, 200);
    client_check_content(r.body, r.body_len, SEED, 0, SIZE);
    reply_release(&r);
}
END_TEST

static const struct {
    const char *path;
    int status;
    const char *body; /* NULL: not compared */
} paths[] = {
    {"/real", 200, "0123456789"},
    {"/real?query=/x", 200, "0123456789"},
    {"/%72e%61l", 200, "0123456789"},
    {"/a%20b+c", 200, "spaced"},
    {"/", 404, NULL},
    {"/none", 404, NULL},
    {"/real/below", 404, NULL},
    {"/out", 403, NULL},
    {"/../../../../etc/passwd", 403, NULL},
    {"/%2e%2e/%2e%2e/etc/passwd", 403, NULL},
    {"/..%2f..%2fetc%2fpasswd", 403, NULL},
    {"//etc/passwd", 403, NULL},
    {"/real%00", 400, NULL},
    {"/real%zz", 400, NULL},
    {"/real%4", 400, NULL},
};

START_TEST(test_paths)
{
    struct reply r;

    client_get(&r, server, paths[_i].path, NULL);
    ck_assert_msg(r.status == paths[_i].status, "%s: %d", paths[_i].path, r.status);
    if (paths[_i].body)
        ck_assert_str_eq(r.body, paths[_i].body);
    ck_assert_ptr_null(strstr(r.body, "root:"));
    reply_release(&r);
}
END_TEST

START_TEST(test_real_file_has_ranges_and_validators)
{
    char condition[128];
    const char *headers[] = {"Range: bytes=2-3,-1", condition, NULL};
    struct reply r;

    client_get(&r, server, "/real", "bytes=3-5");
    ck_assert_int_eq(r.status, 206);
    check_header(&r, "Content-Range", "bytes 3-5/10");
    ck_assert_str_eq(r.body, "345");
    ck_assert_ptr_nonnull(reply_header(&r, "Last-Modified"));
    snprintf(condition, sizeof condition, "If-Range: %s", reply_header(&r, "ETag"));
    reply_release(&r);
    client_ask(&r, server, "GET", "/real", headers);
    ck_assert_int_eq(r.status, 206);
    ck_assert_ptr_nonnull(strstr(r.body, "bytes 2-3/10\r\n\r\n23\r\n"));
    ck_assert_ptr_nonnull(strstr(r.body, "bytes 9-9/10\r\n\r\n9\r\n"));
    reply_release(&r);
    write_file("real", "abcdefghijk");
    client_ask(&r, server, "GET", "/real", headers);
    ck_assert_int_eq(r.status, 200);
    ck_assert_str_eq(r.body, "abcdefghijk");
    reply_release(&r);
}
END_TEST

START_TEST(test_synthetic_file_hides_a_real_one)
{
    struct reply r;

    put(&(struct server_file){.path = "/real", .size = 3, .seed = 1});
    client_get(&r, server, "/real", NULL);
    client_check_content(r.body, r.body_len, 1, 0, 3);
    reply_release(&r);
    ck_assert_int_eq(server_remove_file(server, "/real"), S_OK);
    client_get(&r, server, "/real", NULL);
    ck_assert_str_eq(r.body, "0123456789");
    reply_release(&r);
}
END_TEST

START_TEST(test_other_methods_are_refused)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FROB"};
    struct reply r;

    client_ask(&r, server, methods[_i], "/f", NULL);
    ck_assert_int_eq(r.status, 405);
    check_header(&r, "Allow", "GET, HEAD");
    reply_release(&r);
}
END_TEST

/* By hand: the form for proxies, HTTP/1.0, and two requests on a connection. */
START_TEST(test_connection_is_kept_or_closed_as_asked)
{
    int fd = client_connect(server);
    char body[3];

    client_write(fd, "GET http://elsewhere/f HTTP/1.1\r\nHost: x\r\nRange: bytes=5-7\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(client_read_head(fd), "HTTP/1.1 206 "));
    client_read(fd, body, 3);
    client_check_content(body, 3, SEED, 5, 3);
    client_write(fd, "GET /f HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: bytes=6-8\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(client_read_head(fd), "HTTP/1.1 206 "));
    client_read(fd, body, 3);
    client_check_content(body, 3, SEED, 6, 3);
    ck_assert_uint_eq(client_drain(fd), 0);
    close(fd);
    fd = client_connect(server);
    client_write(fd, "GET /f HTTP/1.0\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(client_read_head(fd), " 200 "));
    ck_assert_uint_eq(client_drain(fd), SIZE);
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: answers");
    TCase *files = tcase_create("files"), *kinds = tcase_create("kinds of files"),
          *where = tcase_create("paths");
    int status;

    curl_global_init(CURL_GLOBAL_ALL);
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_test(files, test_whole_file);
    tcase_add_test(files, test_empty_file);
    tcase_add_loop_test(files, test_single_range, 0, sizeof singles / sizeof *singles);
    tcase_add_test(files, test_range_outside_is_416);
    tcase_add_test(files, test_several_ranges);
    tcase_add_test(files, test_a_thousand_ranges_in_one_request);
    tcase_add_test(files, test_head_tells_what_get_would);
    tcase_add_loop_test(files, test_conditions, 0, sizeof conditions / sizeof *conditions);
    tcase_add_test(files, test_condition_in_two_lines);
    suite_add_tcase(suite, files);
    tcase_add_checked_fixture(kinds, set_up, tear_down);
    tcase_add_test(kinds, test_file_is_replaced_and_removed);
    tcase_add_test(kinds, test_validators_are_made_or_left_out);
    tcase_add_test(kinds, test_file_without_ranges);
    tcase_add_test(kinds, test_file_without_length);
    tcase_add_loop_test(kinds, test_forced_status, 0, 9);
    tcase_add_test(kinds, test_extra_headers_of_an_ordinary_file);
    tcase_add_loop_test(kinds, test_file_that_is_not_as_described_is_refused, 0,
                        sizeof refused / sizeof *refused);
    suite_add_tcase(suite, kinds);
    tcase_add_checked_fixture(where, set_up, tear_down);
    tcase_add_loop_test(where, test_paths, 0, sizeof paths / sizeof *paths);
    tcase_add_test(where, test_real_file_has_ranges_and_validators);
    tcase_add_test(where, test_synthetic_file_hides_a_real_one);
    tcase_add_loop_test(where, test_other_methods_are_refused, 0, 6);
    tcase_add_test(where, test_connection_is_kept_or_closed_as_asked);
    suite_add_tcase(suite, where);
    status = suite_main(suite);
    curl_global_cleanup();
    return status;
}
