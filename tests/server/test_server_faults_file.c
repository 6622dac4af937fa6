/* Faults of versions, lengths, probing and transport, each by its id: what libcurl sees of it. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>

#include "shown.h"

/* clang-format off */
#define RANGE(text) {"Range: bytes=" text}
/* clang-format on */

static const struct shown versions[] = {
    {.spec = "C01@/f",
     .asked = RANGE("5-9"),
     .before = 1,
     .status = 206,
     .told = {"ETag: \"v1-v2\"", "Last-Modified: Sun, 06 Nov 1994 08:49:38 GMT"},
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
    {.spec = "C01@/f:req=1",
     .asked = {"Range: bytes=5-9", "If-Unmodified-Since: " SHOWN_DATE},
     .status = 206,
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
    {.spec = "C01@/f:req=1,conditions=honoured",
     .asked = {"Range: bytes=5-9", "If-Unmodified-Since: " SHOWN_DATE},
     .status = 412},
    {.spec = "C01:req=1",
     .path = "/real",
     .asked = RANGE("5-9"),
     .status = 206,
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
    {.spec = "C02@/f",
     .asked = RANGE("5-9"),
     .before = 1,
     .status = 206,
     .told = {"ETag: " SHOWN_ETAG, "Last-Modified: " SHOWN_DATE},
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
    {.spec = "C03@/f:req=1",
     .asked = {"Range: bytes=5-9", "If-Range: " SHOWN_ETAG},
     .status = 206,
     .told = {"ETag: \"v1-v2\""},
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
    {.spec = "C04@/f",
     .asked = {"Range: bytes=5-9", "If-Range: " SHOWN_ETAG},
     .status = 200,
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "C05@/f",
     .asked = {"Range: bytes=5-9", "If-Range: W/" SHOWN_ETAG},
     .status = 206,
     .told = {"ETag: W/" SHOWN_ETAG},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "C06@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"ETag: \"v1-node1\""},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "C07@/f",
     .asked = {"Accept-Encoding: gzip"},
     .status = 200,
     .told = {"ETag: " SHOWN_ETAG, "Content-Encoding: gzip"},
     .body = SHOWN_GZIP,
     .len = SHOWN_SIZE},
    {.spec = "C08@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"ETag: \"v1-part5\""},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "C08@/f", .asked = {"Range: bytes=5-9", "If-Match: \"v1-part0\""}, .status = 412},
    {.spec = "C09@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!ETag", "!Last-Modified"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "C10@/f",
     .status = 200,
     .code = CURLE_PARTIAL_FILE,
     .told = {"ETag: " SHOWN_ETAG},
     .body = SHOWN_BYTES,
     .len = 65536},
    {.spec = "C10@/f",
     .asked = RANGE("65536-65545"),
     .status = 206,
     .told = {"ETag: \"v1-v2\""},
     .body = SHOWN_OTHER,
     .offset = 65536,
     .len = 10},
    {.spec = "C10@/f:as=mix,offset=4",
     .asked = RANGE("0-3"),
     .status = 206,
     .told = {"ETag: " SHOWN_ETAG},
     .body = SHOWN_BYTES,
     .len = 4},
    {.spec = "C11@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"ETag: " SHOWN_ETAG},
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
    {.spec = "C12@/f:offset=7",
     .asked = RANGE("7-9"),
     .status = 206,
     .told = {"ETag: " SHOWN_ETAG},
     .body = SHOWN_OTHER,
     .offset = 7,
     .len = 3},
    {.spec = "C12@/f:offset=7",
     .asked = RANGE("4-6"),
     .status = 206,
     .told = {"ETag: " SHOWN_ETAG},
     .body = SHOWN_BYTES,
     .offset = 4,
     .len = 3},
};

START_TEST(test_version)
{
    struct server *server = shown_start();

    shown_check(server, &versions[_i]);
    shown_stop(server);
}
END_TEST

/* 200000 bytes in 4 blocks: 10 + 4 * 5 + 8 more. */
#define ENCODED "200038"

static const struct shown lengths[] = {
    {.spec = "D01@/f",
     .asked = RANGE("0-19"),
     .status = 206,
     .told = {"Content-Encoding: gzip", "Content-Range: bytes 0-19/" ENCODED},
     .body = SHOWN_GZIP,
     .len = SHOWN_SIZE},
    {.spec = "D01@/real",
     .path = "/real",
     .status = 200,
     .told = {"Content-Encoding: gzip", "Content-Length: " ENCODED},
     .body = SHOWN_GZIP,
     .len = SHOWN_SIZE},
    {.spec = "D02@/f",
     .asked = RANGE("1000-1999"),
     .status = 206,
     .code = CURLE_PARTIAL_FILE,
     .told = {"Content-Encoding: gzip", "Content-Length: 1000", "Content-Range: bytes 1000-1999/200000"},
     .body = SHOWN_GZIP,
     .offset = 1000,
     .len = 500},
    {.spec = "D03@/f",
     .asked = RANGE("0-19"),
     .status = 206,
     .told = {"Content-Encoding: gzip", "Content-Range: bytes 0-19/200000"},
     .body = SHOWN_GZIP,
     .len = SHOWN_SIZE},
    {.spec = "D04@/f",
     .asked = {"Accept-Encoding: identity"},
     .status = 200,
     .told = {"Content-Encoding: gzip", "Content-Length: " ENCODED},
     .body = SHOWN_GZIP,
     .len = SHOWN_SIZE},
    {.spec = "D05@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"!Content-Length", "Transfer-Encoding: chunked", "!Accept-Ranges"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "D05@/f", .method = "HEAD", .status = 200, .told = {"!Content-Length"}},
    {.spec = "D06@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"!Content-Length", "!Content-Range"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "D07@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!Content-Length", "Transfer-Encoding: chunked", "Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "D08@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/199999"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "D08@/f:by=10", .method = "HEAD", .status = 200, .told = {"Content-Length: 199990"}},
    {.spec = "D09@/f",
     .status = 200,
     .code = CURLE_PARTIAL_FILE,
     .told = {"Content-Length: 200000"},
     .body = SHOWN_BYTES,
     .len = 65536},
    {.spec = "D09@/f:after=3",
     .asked = RANGE("5-9"),
     .status = 206,
     .code = CURLE_PARTIAL_FILE,
     .told = {"Content-Length: 5"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 3},
    {.spec = "D10@/f",
     .status = 200,
     .told = {"!Content-Length", "Transfer-Encoding: chunked"},
     .body = SHOWN_BYTES,
     .len = 65536},
    {.spec = "D10@/f:after=3",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!Content-Length", "Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 3},
    {.spec = "D11@/f:as=chunked",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Length: 5", "Transfer-Encoding: chunked"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
};

START_TEST(test_length)
{
    struct server *server = shown_start();

    shown_check(server, &lengths[_i]);
    shown_stop(server);
}
END_TEST

static const struct shown probes[] = {
    {.spec = "E01@/f", .method = "HEAD", .status = 405, .told = {"Allow: GET"}},
    {.spec = "E02@/f", .method = "HEAD", .status = 403},
    {.spec = "E04@/f:for=1ms", .method = "HEAD", .status = 200, .told = {"Content-Length: 200000"}},
    {.spec = "E05@/f", .method = "HEAD", .status = 200, .told = {"Accept-Ranges: bytes", "!Content-Length"}},
    {.spec = "E06@/f", .method = "HEAD", .status = 200, .told = {"Content-Length: 200001"}},
    {.spec = "E11@/f",
     .status = 200,
     .told = {"Content-Type: text/html", "!ETag"},
     .body = SHOWN_TEXT,
     .text = "Sign in"},
    {.spec = "E11@/f:as=refresh",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"Content-Type: text/html"},
     .body = SHOWN_TEXT,
     .text = "http-equiv=\"refresh\""},
    {.spec = "E15@/f", .asked = {"User-Agent: Microsoft BITS/7.8"}, .status = 403},
    {.spec = "E15@/f:agent=curl", .asked = {"User-Agent: Curl/1"}, .status = 403},
    {.spec = "E16@/f:p=1", .status = 500},
    {.spec = "E16@/f:p=1,status=501", .status = 501},
};

START_TEST(test_probe)
{
    struct server *server = shown_start();

    shown_check(server, &probes[_i]);
    shown_stop(server);
}
END_TEST

static const struct shown transports[] = {
    {.spec = "F01@/f:for=1ms", .status = 200, .body = SHOWN_BYTES, .len = SHOWN_SIZE},
    {.spec = "F02@/f:for=1ms", .status = 200, .body = SHOWN_BYTES, .len = SHOWN_SIZE},
    {.spec = "F03@/f:every=1us,piece=2,after=100",
     .asked = RANGE("5-124"),
     .status = 206,
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 120},
    {.spec = "F04@/f", .status = 429, .told = {"Retry-After: 1"}},
    {.spec = "F04@/f:status=503,retry-after=0", .status = 503, .told = {"!Retry-After"}},
    {.spec = "F08@/f",
     .status = 200,
     .code = CURLE_RECV_ERROR,
     .told = {"Content-Length: 200000"},
     .body = SHOWN_BYTES,
     .len = 65536},
    {.spec = "F08@/f:as=garbage,after=3",
     .asked = RANGE("5-9"),
     .status = 206,
     .code = CURLE_RECV_ERROR,
     .told = {"Transfer-Encoding: chunked"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 3},
    {.spec = "F09@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"Via: 1.1 proxy.test", "!Content-Range"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "F11@/f",
     .asked = RANGE("70000-70009"),
     .status = 200,
     .told = {"Content-Length: 65536"},
     .body = SHOWN_BYTES,
     .len = 65536},
    {.spec = "F11@/f:offset=100,length=50",
     .status = 200,
     .told = {"Content-Length: 50", "ETag: " SHOWN_ETAG},
     .body = SHOWN_BYTES,
     .offset = 100,
     .len = 50},
    {.spec = "F12@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!Content-Range"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "F13@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"ETag: \"v1-v0\"", "Last-Modified: Sat, 05 Nov 1994 08:49:37 GMT"},
     .body = SHOWN_OTHER,
     .offset = 5,
     .len = 5},
};

START_TEST(test_transport)
{
    struct server *server = shown_start();

    shown_check(server, &transports[_i]);
    shown_stop(server);
}
END_TEST

/* Both are there, in the order in which they were added, and both show. */
START_TEST(test_faults_combine)
{
    static const char *const specs[] = {"C06@/f", "A08@/*:as=garbage"};
    struct server *server = shown_start();
    struct reply r;

    shown_add(server, specs[0]);
    shown_add(server, specs[1]);
    client_get(&r, server, "/f", "bytes=5-9");
    ck_assert_int_eq(r.status, 206);
    ck_assert_str_eq(reply_header(&r, "ETag"), "\"v1-node1\"");
    ck_assert_str_eq(reply_header(&r, "Content-Range"), "octets 5;9 of 200000");
    client_check_content(r.body, r.body_len, SHOWN_SEED, 5, 5);
    reply_release(&r);
    ck_assert_int_eq(server_log_wait(server, 1, 20000), S_OK);
    shown_logged(server, specs, 2);
    shown_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: faults of files");
    TCase *one = tcase_create("one"), *more = tcase_create("more");

    tcase_add_loop_test(one, test_version, 0, (int)(sizeof versions / sizeof *versions));
    tcase_add_loop_test(one, test_length, 0, (int)(sizeof lengths / sizeof *lengths));
    tcase_add_loop_test(one, test_probe, 0, (int)(sizeof probes / sizeof *probes));
    tcase_add_loop_test(one, test_transport, 0, (int)(sizeof transports / sizeof *transports));
    suite_add_tcase(suite, one);
    tcase_add_test(more, test_faults_combine);
    suite_add_tcase(suite, more);
    return suite_main(suite);
}
