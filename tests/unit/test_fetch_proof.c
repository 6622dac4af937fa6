/* What an answer proves: the table of proof.h, row by row, and the catalogue of server faults by its ids. */
#include "base/hr.h"
#include "fetch/proof.h"
#include "fetch_feed.h"
#include "suite.h"

#define UNKNOWN FETCH_SIZE_UNKNOWN

#define DATE1 "Sat, 01 Jan 2022 00:00:00 GMT"
#define DATE2 "Sun, 02 Jan 2022 00:00:00 GMT"
#define LM1   "Last-Modified: " DATE1 "\r\n"
#define LM2   "Last-Modified: " DATE2 "\r\n"

struct proof_row {
    const char *what; /* ids of the catalogue of servers, where one fits */
    enum fetch_kind kind;
    struct range range;
    struct fetch_version known;
    const char *answer; /* without the last blank line */
    HRESULT hr;
    struct range body;
    uint64_t size;
};

#define NOTHING                                                                                              \
    {                                                                                                        \
        UNKNOWN, NULL, NULL                                                                                  \
    }
#define SIZE(n)                                                                                              \
    {                                                                                                        \
        n, NULL, NULL                                                                                        \
    }
#define ALL                                                                                                  \
    {                                                                                                        \
        1000, "\"v1\"", DATE1                                                                                \
    }
#define TEN                                                                                                  \
    {                                                                                                        \
        100, 110                                                                                             \
    }
#define NONE                                                                                                 \
    {                                                                                                        \
        0, 0                                                                                                 \
    }
#define PART    "HTTP/1.1 206 Partial Content\r\n"
#define OK      "HTTP/1.1 200 OK\r\n"
#define HTTP(n) ((HRESULT)(0x80190000u + n))

static const struct proof_row proof_rows[] = {
    /* HEAD */
    {"size", FETCH_SIZE, NONE, NOTHING, OK "Content-Length: 1000\r\n", S_OK, NONE, 1000},
    {"size as known", FETCH_SIZE, NONE, ALL, OK "Content-Length: 1000\r\nETag: \"v1\"\r\n" LM1, S_OK, NONE,
     1000},
    {"an empty file", FETCH_SIZE, NONE, NOTHING, OK "Content-Length: 0\r\n", S_OK, NONE, 0},
    {"HTTP/1.0", FETCH_SIZE, NONE, NOTHING, "HTTP/1.0 200 OK\r\nContent-Length: 7\r\n", S_OK, NONE, 7},
    {"A19", FETCH_SIZE, NONE, NOTHING, OK "Accept-Ranges: none\r\nContent-Length: 1\r\n", S_OK, NONE, 1},
    {"E05 no length", FETCH_SIZE, NONE, NOTHING, OK "Accept-Ranges: bytes\r\n", BG_E_MISSING_FILE_SIZE, NONE,
     UNKNOWN},
    {"D05 chunked", FETCH_SIZE, NONE, NOTHING, OK "Transfer-Encoding: chunked\r\n", BG_E_MISSING_FILE_SIZE,
     NONE, UNKNOWN},
    {"D04 coded", FETCH_SIZE, NONE, NOTHING, OK "Content-Length: 9\r\nContent-Encoding: gzip\r\n",
     BG_E_INVALID_SERVER_RESPONSE, NONE, 9},
    {"D08 other size", FETCH_SIZE, NONE, SIZE(1000), OK "Content-Length: 1001\r\n", BG_E_REMOTE_FILE_CHANGED,
     NONE, 1001},
    {"other date", FETCH_SIZE, NONE, ALL, OK "Content-Length: 1000\r\n" LM2, BG_E_REMOTE_FILE_CHANGED, NONE,
     1000},
    {"D11 two lengths", FETCH_SIZE, NONE, NOTHING, OK "Content-Length: 9\r\nContent-Length: 8\r\n",
     BG_E_INVALID_SERVER_RESPONSE, NONE, 9},
    {"D11 chunked and length", FETCH_SIZE, NONE, NOTHING,
     OK "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", BG_E_INVALID_SERVER_RESPONSE, NONE, 9},
    {"206 to HEAD", FETCH_SIZE, NONE, NOTHING, PART "Content-Length: 9\r\n", HTTP(206), NONE, UNKNOWN},
    {"E01", FETCH_SIZE, NONE, NOTHING, "HTTP/1.1 405 No\r\n", HTTP(405), NONE, UNKNOWN},
    {"E01 403", FETCH_SIZE, NONE, NOTHING, "HTTP/1.1 403 No\r\n", HTTP(403), NONE, UNKNOWN},
    {"E13", FETCH_SIZE, NONE, NOTHING, "HTTP/1.1 407 No\r\n", HTTP(407), NONE, UNKNOWN},
    {"412 without a condition", FETCH_SIZE, NONE, ALL, "HTTP/1.1 412 No\r\n", HTTP(412), NONE, UNKNOWN},
    {"204", FETCH_SIZE, NONE, NOTHING, "HTTP/1.1 204 No\r\n", HTTP(204), NONE, UNKNOWN},
    {"304", FETCH_SIZE, NONE, ALL, "HTTP/1.1 304 No\r\n", HTTP(304), NONE, UNKNOWN},

    /* the whole file */
    {"whole", FETCH_WHOLE, {0, 1000}, SIZE(1000), OK "Content-Length: 1000\r\n", S_OK, {0, 1000}, 1000},
    {"whole of unknown size",
     FETCH_WHOLE,
     {0, UNKNOWN},
     NOTHING,
     OK "Content-Length: 5\r\n",
     S_OK,
     {0, 5},
     5},
    {"whole, empty", FETCH_WHOLE, {0, 0}, SIZE(0), OK "Content-Length: 0\r\n", S_OK, NONE, 0},
    {"E06 other length than HEAD",
     FETCH_WHOLE,
     {0, 1000},
     SIZE(1000),
     OK "Content-Length: 999\r\n",
     BG_E_REMOTE_FILE_CHANGED,
     NONE,
     999},
    {"whole, other ETag",
     FETCH_WHOLE,
     {0, 1000},
     ALL,
     OK "Content-Length: 1000\r\nETag: \"v2\"\r\n",
     BG_E_REMOTE_FILE_CHANGED,
     NONE,
     1000},
    {"D05 whole without length",
     FETCH_WHOLE,
     {0, 1000},
     SIZE(1000),
     OK "Transfer-Encoding: chunked\r\n",
     BG_E_MISSING_FILE_SIZE,
     NONE,
     UNKNOWN},
    {"D04 whole, coded",
     FETCH_WHOLE,
     {0, 1000},
     SIZE(1000),
     OK "Content-Length: 1000\r\nContent-Encoding: br\r\n",
     BG_E_INVALID_SERVER_RESPONSE,
     NONE,
     1000},
    {"206 to a plain GET",
     FETCH_WHOLE,
     {0, 1000},
     SIZE(1000),
     PART "Content-Range: bytes 0-999/1000\r\n",
     BG_E_INVALID_SERVER_RESPONSE,
     NONE,
     UNKNOWN},
    {"F11 a slice kept as the whole",
     FETCH_WHOLE,
     {0, UNKNOWN},
     NOTHING,
     OK "Content-Length: 10\r\nContent-Range: bytes 0-9/1000\r\n",
     BG_E_INVALID_SERVER_RESPONSE,
     NONE,
     10},
    {"whole with its Content-Range",
     FETCH_WHOLE,
     {0, 1000},
     SIZE(1000),
     OK "Content-Length: 1000\r\nContent-Range: bytes 0-999/1000\r\n",
     S_OK,
     {0, 1000},
     1000},
    {"F05", FETCH_WHOLE, {0, 1000}, SIZE(1000), "HTTP/1.1 503 No\r\n", HTTP(503), NONE, UNKNOWN},

    /* ranges: 200 */
    {"A01 range ignored", FETCH_RANGE, TEN, SIZE(1000), OK "Content-Length: 1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},
    {"A03 right slice with 200", FETCH_RANGE, TEN, ALL,
     OK "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\n", BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE,
     UNKNOWN},
    {"A01 from offset 0 too",
     FETCH_RANGE,
     {0, 1000},
     SIZE(1000),
     OK "Content-Length: 1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT,
     NONE,
     UNKNOWN},
    {"200 of another version", FETCH_RANGE, TEN, ALL, OK "Content-Length: 1000\r\nETag: \"v2\"\r\n",
     BG_E_REMOTE_FILE_CHANGED, NONE, UNKNOWN},
    {"E11 captive portal", FETCH_RANGE, TEN, ALL, OK "Content-Type: text/html\r\nContent-Length: 77\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},

    /* ranges: 206 */
    {"part", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nETag: \"v1\"\r\n" LM1, S_OK, TEN, 1000},
    {"C09 no validators", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\n", S_OK, TEN, 1000},
    {"nothing known", FETCH_RANGE, TEN, NOTHING,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nETag: \"v1\"\r\n", S_OK, TEN, 1000},
    {"D07 chunked part", FETCH_RANGE, TEN, ALL,
     PART "Transfer-Encoding: chunked\r\nContent-Range: bytes 100-109/1000\r\n", S_OK, TEN, 1000},
    {"A17 no Accept-Ranges, neither length", FETCH_RANGE, TEN, ALL,
     PART "Content-Range: bytes 100-109/1000\r\n", S_OK, TEN, 1000},
    {"A06 short part",
     FETCH_RANGE,
     TEN,
     ALL,
     PART "Content-Length: 5\r\nContent-Range: bytes 100-104/1000\r\n",
     S_OK,
     {100, 105},
     1000},
    {"A04 starts earlier", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 20\r\nContent-Range: bytes 90-109/1000\r\n", BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE,
     1000},
    {"starts later", FETCH_RANGE, TEN, ALL, PART "Content-Length: 9\r\nContent-Range: bytes 101-109/1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, 1000},
    {"ends later", FETCH_RANGE, TEN, ALL, PART "Content-Length: 11\r\nContent-Range: bytes 100-110/1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, 1000},
    {"A02 another range", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 0-9/1000\r\n", BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE,
     1000},
    {"A07 longer body than range", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 11\r\nContent-Range: bytes 100-109/1000\r\n", BG_E_INVALID_SERVER_RESPONSE, NONE,
     1000},
    {"A15 length of the whole", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 1000\r\nContent-Range: bytes 100-109/1000\r\n", BG_E_INVALID_SERVER_RESPONSE, NONE,
     1000},
    {"A16 D02 shorter body than range", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 9\r\nContent-Range: bytes 100-109/1000\r\n", BG_E_INVALID_SERVER_RESPONSE, NONE,
     1000},
    {"A08 F12 no Content-Range", FETCH_RANGE, TEN, ALL, PART "Content-Length: 10\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},
    {"A10", FETCH_RANGE, TEN, ALL, PART "Content-Length: 10\r\nContent-Range: bytes=100-109/1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},
    {"A11", FETCH_RANGE, TEN, ALL, PART "Content-Range: bytes 100-/1000\r\n", BG_E_INSUFFICIENT_RANGE_SUPPORT,
     NONE, UNKNOWN},
    {"A12 nothing left", FETCH_RANGE, TEN, ALL, PART "Content-Length: 0\r\nContent-Range: bytes */1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},
    {"A13", FETCH_RANGE, TEN, ALL, PART "Content-Range: bytes 100-109/-1073741824\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},
    {"A09 total unknown, nothing shows the version", FETCH_RANGE, TEN, SIZE(1000),
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/*\r\n", BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE,
     UNKNOWN},
    {"A09 total unknown, ETag the same", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/*\r\nETag: \"v1\"\r\n", S_OK, TEN, UNKNOWN},
    {"A09 total unknown, date the same", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/*\r\n" LM1, S_OK, TEN, UNKNOWN},
    {"A09 total unknown as the size", FETCH_RANGE, TEN, NOTHING,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/*\r\n", S_OK, TEN, UNKNOWN},
    {"other total", FETCH_RANGE, TEN, SIZE(1000),
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1001\r\n", BG_E_REMOTE_FILE_CHANGED, NONE,
     1001},
    {"C01 C03 other ETag", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nETag: \"v2\"\r\n",
     BG_E_REMOTE_FILE_CHANGED, NONE, 1000},
    {"C05 ETag turned weak", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nETag: W/\"v1\"\r\n",
     BG_E_REMOTE_FILE_CHANGED, NONE, 1000},
    {"C10 same ETag, other date", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nETag: \"v1\"\r\n" LM2,
     BG_E_REMOTE_FILE_CHANGED, NONE, 1000},
    {"changed, though the range is wrong too", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 0-9/1000\r\nETag: \"v2\"\r\n", BG_E_REMOTE_FILE_CHANGED,
     NONE, 1000},
    {"D01 coded", FETCH_RANGE, TEN, ALL,
     PART "Content-Length: 10\r\nContent-Range: bytes 100-109/1000\r\nContent-Encoding: gzip\r\n",
     BG_E_INVALID_SERVER_RESPONSE, NONE, UNKNOWN},
    {"D11 two ranges", FETCH_RANGE, TEN, ALL,
     PART "Content-Range: bytes 100-109/1000\r\nContent-Range: bytes 0-9/1000\r\n",
     BG_E_INVALID_SERVER_RESPONSE, NONE, UNKNOWN},
    {"D11 part, chunked and length", FETCH_RANGE, TEN, ALL,
     PART "Content-Range: bytes 100-109/1000\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n",
     BG_E_INVALID_SERVER_RESPONSE, NONE, UNKNOWN},
    {"B11 parts", FETCH_RANGE, TEN, ALL,
     PART "Content-Type: multipart/byteranges; boundary=x\r\nContent-Range: bytes 100-109/1000\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT, NONE, UNKNOWN},
    {"A25 200 with length 0",
     FETCH_RANGE,
     {1ull << 32, (1ull << 32) + 1},
     SIZE(1ull << 33),
     OK "Content-Length: 0\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT,
     NONE,
     UNKNOWN},
    {"last byte of all",
     FETCH_RANGE,
     {INT64_MAX - 1, INT64_MAX},
     SIZE(INT64_MAX),
     PART "Content-Range: bytes 9223372036854775806-9223372036854775806/9223372036854775807\r\n",
     S_OK,
     {INT64_MAX - 1, INT64_MAX},
     INT64_MAX},

    /* ranges: 412, 416 and the rest */
    {"412", FETCH_RANGE, TEN, ALL, "HTTP/1.1 412 No\r\n", BG_E_REMOTE_FILE_CHANGED, NONE, UNKNOWN},
    {"416 outside",
     FETCH_RANGE,
     {1000, 1010},
     SIZE(1000),
     "HTTP/1.1 416 No\r\nContent-Range: bytes */1000\r\n",
     BG_E_INVALID_RANGE,
     NONE,
     1000},
    {"416 outside, size not known before",
     FETCH_RANGE,
     {1000, 1010},
     NOTHING,
     "HTTP/1.1 416 No\r\nContent-Range: bytes */1000\r\n",
     BG_E_INVALID_RANGE,
     NONE,
     1000},
    {"416 of a file that shrank",
     FETCH_RANGE,
     {500, 510},
     SIZE(1000),
     "HTTP/1.1 416 No\r\nContent-Range: bytes */400\r\n",
     BG_E_REMOTE_FILE_CHANGED,
     NONE,
     400},
    {"A23 416 without reason", FETCH_RANGE, TEN, SIZE(1000),
     "HTTP/1.1 416 No\r\nContent-Range: bytes */1000\r\n", BG_E_REMOTE_FILE_CHANGED, NONE, 1000},
    {"A22 416 without Content-Range, inside", FETCH_RANGE, TEN, SIZE(1000), "HTTP/1.1 416 No\r\n",
     BG_E_REMOTE_FILE_CHANGED, NONE, UNKNOWN},
    {"A21 A22 416 without Content-Range, outside",
     FETCH_RANGE,
     {1000, 1001},
     SIZE(1000),
     "HTTP/1.1 416 No\r\n",
     BG_E_INVALID_RANGE,
     NONE,
     UNKNOWN},
    {"A24 416 of an empty file",
     FETCH_RANGE,
     {0, 1},
     NOTHING,
     "HTTP/1.1 416 No\r\nContent-Range: bytes */0\r\n",
     BG_E_INVALID_RANGE,
     NONE,
     0},
    {"A24 0--1/0",
     FETCH_RANGE,
     {0, 1},
     NOTHING,
     PART "Content-Range: bytes 0--1/0\r\n",
     BG_E_INSUFFICIENT_RANGE_SUPPORT,
     NONE,
     UNKNOWN},
    {"A20", FETCH_RANGE, TEN, ALL, "HTTP/1.1 403 No\r\n", HTTP(403), NONE, UNKNOWN},
    {"E08", FETCH_RANGE, TEN, ALL, "HTTP/1.1 404 No\r\n", HTTP(404), NONE, UNKNOWN},
    {"F04", FETCH_RANGE, TEN, ALL, "HTTP/1.1 429 No\r\nRetry-After: 5\r\n", HTTP(429), NONE, UNKNOWN},
    {"E16", FETCH_RANGE, TEN, ALL, "HTTP/1.1 501 No\r\n", HTTP(501), NONE, UNKNOWN},
    {"an error whose fields contradict each other", FETCH_RANGE, TEN, ALL,
     "HTTP/1.1 404 No\r\nContent-Length: 5\r\nContent-Length: 6\r\n", HTTP(404), NONE, UNKNOWN},
    {"a redirect that was not followed", FETCH_RANGE, TEN, ALL, "HTTP/1.1 302 No\r\nLocation: /x\r\n",
     HTTP(302), NONE, UNKNOWN},
};

START_TEST(test_proof)
{
    const struct proof_row *row = &proof_rows[_i];
    struct fetch_spec spec = {.kind = row->kind, .range = row->range, .expected = row->known};
    struct fetch_headers h;
    struct proof proof;
    HRESULT hr;

    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, row->answer), FETCH_HEADERS_MORE);
    ck_assert_int_eq(feed(&h, "\r\n"), FETCH_HEADERS_COMPLETE);
    hr = proof_check(&spec, &h, &proof);
    ck_assert_msg(hr == row->hr, "%s: 0x%08x, expected 0x%08x", row->what, (unsigned)hr, (unsigned)row->hr);
    ck_assert_msg(proof.body.start == row->body.start && proof.body.end == row->body.end, "%s: body",
                  row->what);
    ck_assert_msg(proof.size == row->size, "%s: size", row->what);
    fetch_headers_release(&h);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_proof");
    TCase *proof = tcase_create("proof");

    tcase_add_loop_test(proof, test_proof, 0, (int)(sizeof proof_rows / sizeof proof_rows[0]));
    suite_add_tcase(suite, proof);
    return suite_main(suite);
}
