/* The pure parsers of fetch: Content-Range and header lines. */
#include <string.h>

#include "fetch/content_range.h"
#include "fetch/headers.h"
#include "fetch_feed.h"
#include "suite.h"

#define UNKNOWN  FETCH_SIZE_UNKNOWN
#define COUNT(a) (int)(sizeof a / sizeof a[0])

/* --- Content-Range --- */

struct content_range_row {
    const char *text;
    bool ok;
    uint64_t start, end, total;
};

static const struct content_range_row content_range_rows[] = {
    {"bytes 0-0/1", true, 0, 1, 1},
    {"bytes 5-9/10", true, 5, 10, 10},
    {"BYTES 5-9/10", true, 5, 10, 10},
    {"bytes 007-09/00010", true, 7, 10, 10},
    {"bytes 0-0/*", true, 0, 1, UNKNOWN}, /* A09 */
    {"bytes */0", true, 0, 0, 0},
    {"bytes */10", true, 0, 0, 10},
    {"bytes */9223372036854775807", true, 0, 0, INT64_MAX},
    {"bytes 9223372036854775805-9223372036854775806/9223372036854775807", true, INT64_MAX - 2, INT64_MAX,
     INT64_MAX},
    {"bytes 9223372036854775806-9223372036854775806/*", true, INT64_MAX - 1, INT64_MAX, UNKNOWN},

    {"", false, 0, 0, 0},
    {"bytes", false, 0, 0, 0},
    {"bytes ", false, 0, 0, 0},
    {"bytes=0-9/10", false, 0, 0, 0}, /* A10 */
    {"bytes: 0-9/10", false, 0, 0, 0},
    {"byte 0-9/10", false, 0, 0, 0},
    {"octets 0-9/10", false, 0, 0, 0},
    {"0-9/10", false, 0, 0, 0},
    {"bytes  0-9/10", false, 0, 0, 0},
    {"bytes\t0-9/10", false, 0, 0, 0},
    {"bytes 473276580-/473276580", false, 0, 0, 0}, /* A11 */
    {"bytes -9/10", false, 0, 0, 0},
    {"bytes -/10", false, 0, 0, 0},
    {"bytes /10", false, 0, 0, 0},
    {"bytes 0-9", false, 0, 0, 0},
    {"bytes 0-9/", false, 0, 0, 0},
    {"bytes 0-9/10/", false, 0, 0, 0},
    {"bytes 0-9/10 ", false, 0, 0, 0},
    {"bytes 0 -9/10", false, 0, 0, 0},
    {"bytes 0-9 /10", false, 0, 0, 0},
    {"bytes 0-9/ 10", false, 0, 0, 0},
    {"bytes 0-9/**", false, 0, 0, 0},
    {"bytes */*", false, 0, 0, 0},
    {"bytes **/10", false, 0, 0, 0},
    {"bytes 9-0/10", false, 0, 0, 0},
    {"bytes 0-10/10", false, 0, 0, 0},
    {"bytes 10-10/10", false, 0, 0, 0},
    {"bytes 0--1/0", false, 0, 0, 0},          /* A24 */
    {"bytes 0-9/-1073741824", false, 0, 0, 0}, /* A13 */
    {"bytes +0-9/10", false, 0, 0, 0},
    {"bytes 0x0-0x9/0x10", false, 0, 0, 0},
    {"bytes 0-9/9223372036854775808", false, 0, 0, 0},
    {"bytes 0-9/18446744073709551626", false, 0, 0, 0}, /* 2^64 + 10 */
    {"bytes 18446744073709551616-18446744073709551625/10", false, 0, 0, 0},
    {"bytes 0-9223372036854775807/*", false, 0, 0, 0},
    {"bytes 0-9,20-29/100", false, 0, 0, 0}, /* B05 */
    {"bytes 0-9/10, bytes 0-9/10", false, 0, 0, 0},
    {"bytes 99999999999999999999999999999999999999-99999999999999999999999999999999999999/*", false, 0, 0, 0},
};

START_TEST(test_content_range)
{
    const struct content_range_row *row = &content_range_rows[_i];
    size_t len = strlen(row->text);
    char *exact = malloc(len ? len : 1); /* no NUL after it: a read beyond is found */
    struct content_range got = {{77, 78}, 79};

    memcpy(exact, row->text, len);
    ck_assert_msg(content_range_parse(exact, len, &got) == row->ok, "\"%s\"", row->text);
    if (row->ok) {
        ck_assert_uint_eq(got.range.start, row->start);
        ck_assert_uint_eq(got.range.end, row->end);
        ck_assert_uint_eq(got.total, row->total);
    } else {
        ck_assert_uint_eq(got.range.start, 77);
        ck_assert_uint_eq(got.total, 79);
    }
    free(exact);
}
END_TEST

/* --- header lines --- */

static void assert_value(const struct fetch_headers *headers, enum fetch_field field, const char *expected)
{
    size_t len = 0;
    const char *value = fetch_headers_value(headers, field, &len);

    if (!expected) {
        ck_assert_ptr_null(value);
        return;
    }
    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(len, strlen(expected));
    ck_assert_mem_eq(value, expected, len);
}

START_TEST(test_headers_of_an_ordinary_answer)
{
    struct fetch_headers h;

    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 206 Partial Content\r\nETag:   \"x\" \t\r\nContent-Length: 10\r\n"
                              "content-range:bytes 0-9/20\r\nLAST-MODIFIED: Sat, 01 Jan 2022 00:00:00 GMT\r\n"
                              "X-Nothing: to us\r\n\r\n"),
                     FETCH_HEADERS_COMPLETE);
    ck_assert_int_eq(h.status, 206);
    ck_assert_uint_eq(h.content_length, 10);
    ck_assert(h.has_content_range);
    ck_assert_uint_eq(h.content_range.total, 20);
    ck_assert(!h.contradictory && !h.coded && !h.chunked && !h.multipart);
    assert_value(&h, FETCH_FIELD_ETAG, "\"x\"");
    assert_value(&h, FETCH_FIELD_LAST_MODIFIED, "Sat, 01 Jan 2022 00:00:00 GMT");
    assert_value(&h, FETCH_FIELD_LOCATION, NULL);
    ck_assert_str_eq(fetch_headers_text(&h),
                     "HTTP/1.1 206 Partial Content\r\nETag:   \"x\" \t\r\nContent-Length: 10\r\n"
                     "content-range:bytes 0-9/20\r\nLAST-MODIFIED: Sat, 01 Jan 2022 00:00:00 GMT\r\n"
                     "X-Nothing: to us\r\n");
    fetch_headers_release(&h);
}
END_TEST

START_TEST(test_headers_interim_answers_and_trailers_are_dropped)
{
    struct fetch_headers h;

    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 100 Continue\r\nETag: \"a\"\r\nContent-Length: 1\r\n\r\n"),
                     FETCH_HEADERS_MORE);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 103 Early Hints\r\nETag: \"b\"\r\n\r\n"), FETCH_HEADERS_MORE);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 200 OK\nETag: \"c\"\n\n"), FETCH_HEADERS_COMPLETE);
    ck_assert_int_eq(feed(&h, "ETag: \"d\"\r\nContent-Length: 9\r\n\r\n"), FETCH_HEADERS_MORE);
    ck_assert_int_eq(h.status, 200);
    ck_assert_uint_eq(h.content_length, UNKNOWN);
    ck_assert(!h.contradictory);
    assert_value(&h, FETCH_FIELD_ETAG, "\"c\"");
    ck_assert_str_eq(fetch_headers_text(&h), "HTTP/1.1 200 OK\r\nETag: \"c\"\r\n");
    fetch_headers_release(&h);
}
END_TEST

struct headers_row {
    const char *fields;
    bool contradictory, coded, chunked, multipart;
    uint64_t content_length;
};

static const struct headers_row headers_rows[] = {
    {"", false, false, false, false, UNKNOWN},
    {"Content-Length: 0\r\n", false, false, false, false, 0},
    {"Content-Length: 9223372036854775807\r\n", false, false, false, false, INT64_MAX},
    {"Content-Length: 5\r\nContent-Length: 5\r\n", false, false, false, false, 5},
    {"Content-Length: 5\r\nContent-Length: 6\r\n", true, false, false, false, 5}, /* D11 */
    {"Content-Length: -5\r\n", true, false, false, false, UNKNOWN},
    {"Content-Length: 5, 5\r\n", true, false, false, false, UNKNOWN},
    {"Content-Length: 9223372036854775808\r\n", true, false, false, false, UNKNOWN},
    {"Content-Length: 0x10\r\n", true, false, false, false, UNKNOWN},
    {"Content-Length:\r\n", true, false, false, false, UNKNOWN},
    {"Content-Length: 5\r\n 6\r\n", true, false, false, false, 5}, /* a folded line */
    {"X: 5\r\n 6\r\nContent-Length: 5\r\n", false, false, false, false, 5},
    {"ETag: \"a\"\r\nETag: \"b\"\r\n", true, false, false, false, UNKNOWN},
    {"Last-Modified: a\r\nlast-modified: b\r\n", true, false, false, false, UNKNOWN},
    {"Content-Range: bytes 0-0/1\r\nContent-Range: bytes 0-0/2\r\n", true, false, false, false, UNKNOWN},
    {"Location: /a\r\nLocation: /b\r\n", true, false, false, false, UNKNOWN},
    {"Transfer-Encoding: chunked\r\n", false, false, true, false, UNKNOWN},
    {"Transfer-Encoding: Chunked\r\nContent-Length: 5\r\n", false, false, true, false, 5},
    {"Transfer-Encoding: gzip, chunked\r\n", true, false, false, false, UNKNOWN},
    {"Transfer-Encoding: identity\r\n", false, false, false, false, UNKNOWN},
    {"Content-Encoding: gzip\r\n", false, true, false, false, UNKNOWN},
    {"Content-Encoding: identity\r\n", false, false, false, false, UNKNOWN},
    {"Content-Encoding:\r\n", false, false, false, false, UNKNOWN},
    {"Content-Encoding: identity, br\r\n", false, true, false, false, UNKNOWN},
    {"Content-Type: Multipart/ByteRanges; boundary=x\r\n", false, false, false, true, UNKNOWN},
    {"Content-Type: multipart\r\n", false, false, false, false, UNKNOWN},
    {"Content-Lengthy: 5\r\nXContent-Length: 6\r\nContent-Length\r\n: 7\r\n", false, false, false, false,
     UNKNOWN},
};

START_TEST(test_headers_fields)
{
    const struct headers_row *row = &headers_rows[_i];
    struct fetch_headers h;

    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 200 OK\r\n"), FETCH_HEADERS_MORE);
    ck_assert_int_eq(feed(&h, row->fields), FETCH_HEADERS_MORE);
    ck_assert_int_eq(feed(&h, "\r\n"), FETCH_HEADERS_COMPLETE);
    ck_assert_msg(h.contradictory == row->contradictory, "contradictory: %s", row->fields);
    ck_assert_msg(h.coded == row->coded, "coded: %s", row->fields);
    ck_assert_msg(h.chunked == row->chunked, "chunked: %s", row->fields);
    ck_assert_msg(h.multipart == row->multipart, "multipart: %s", row->fields);
    ck_assert_msg(h.content_length == row->content_length, "length: %s", row->fields);
    fetch_headers_release(&h);
}
END_TEST

struct status_row {
    const char *line;
    int status; /* 0: refused */
};

static const struct status_row status_rows[] = {
    {"HTTP/1.1 200 OK\r\n", 200},
    {"HTTP/1.0 206\r\n", 206},
    {"HTTP/2 416 \r\n", 416},
    {"http/1.1 200 ok\r\n", 200},
    {"HTTP/1.1  200 OK\r\n", 200},
    {"HTTP/1.1 20\r\n", 0},
    {"HTTP/1.1 2000\r\n", 0},
    {"HTTP/1.1\r\n", 0},
    {"ICY 200 OK\r\n", 0},
    {"HTTP/1.1 OK 200\r\n", 0},
    {"\r\n", 0},
    {"<html>\r\n", 0},
};

START_TEST(test_headers_status_line)
{
    const struct status_row *row = &status_rows[_i];
    struct fetch_headers h;
    enum fetch_headers_step step;

    fetch_headers_init(&h);
    step = fetch_headers_line(&h, row->line, strlen(row->line));
    ck_assert_msg(step == (row->status ? FETCH_HEADERS_MORE : FETCH_HEADERS_REFUSED), "%s", row->line);
    ck_assert_int_eq(h.status, row->status);
    fetch_headers_release(&h);
}
END_TEST

START_TEST(test_headers_a_nul_byte_is_refused)
{
    struct fetch_headers h;

    fetch_headers_init(&h);
    ck_assert_int_eq(fetch_headers_line(&h, "HTTP/1.1 200 OK\r\n", 17), FETCH_HEADERS_MORE);
    ck_assert_int_eq(fetch_headers_line(&h, "ETag: \"a\0b\"\r\n", 13), FETCH_HEADERS_REFUSED);
    fetch_headers_release(&h);
}
END_TEST

START_TEST(test_headers_lines_are_bounded)
{
    struct fetch_headers h;
    unsigned lines = 1;

    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 200 OK\r\n"), FETCH_HEADERS_MORE);
    while (feed(&h, "X: y\r\n") == FETCH_HEADERS_MORE)
        ck_assert_uint_le(++lines, FETCH_HEADERS_MAX_LINES);
    ck_assert_uint_eq(lines, FETCH_HEADERS_MAX_LINES);
    fetch_headers_release(&h);
}
END_TEST

START_TEST(test_headers_bytes_are_bounded)
{
    struct fetch_headers h;
    char line[5000];
    size_t bytes = 17;

    memset(line, 'x', sizeof line);
    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 200 OK\r\n"), FETCH_HEADERS_MORE);
    while (fetch_headers_line(&h, line, sizeof line) == FETCH_HEADERS_MORE) {
        bytes += sizeof line;
        ck_assert_uint_le(bytes, FETCH_HEADERS_MAX_BYTES);
    }
    ck_assert_uint_gt(bytes + sizeof line, FETCH_HEADERS_MAX_BYTES);
    fetch_headers_release(&h);
}
END_TEST

/* Interim answers are dropped, but they count: a server cannot send them for ever. */
START_TEST(test_headers_interim_answers_are_bounded)
{
    struct fetch_headers h;
    unsigned answers = 0;

    fetch_headers_init(&h);
    while (feed(&h, "HTTP/1.1 100 Continue\r\n\r\n") == FETCH_HEADERS_MORE)
        ck_assert_uint_le(++answers, FETCH_HEADERS_MAX_LINES);
    ck_assert_uint_gt(answers, 10);
    fetch_headers_release(&h);
}
END_TEST

START_TEST(test_headers_can_be_used_again)
{
    struct fetch_headers h;

    fetch_headers_init(&h);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Encoding: br\r\n\r\n"),
                     FETCH_HEADERS_COMPLETE);
    fetch_headers_clear(&h);
    ck_assert_ptr_null(fetch_headers_text(&h));
    ck_assert_int_eq(h.status, 0);
    ck_assert_int_eq(feed(&h, "HTTP/1.1 404 No\r\n\r\n"), FETCH_HEADERS_COMPLETE);
    assert_value(&h, FETCH_FIELD_ETAG, NULL);
    ck_assert(!h.coded);
    fetch_headers_release(&h);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_parse");
    TCase *ranges = tcase_create("content_range");
    TCase *headers = tcase_create("headers");

    tcase_add_loop_test(ranges, test_content_range, 0, COUNT(content_range_rows));
    suite_add_tcase(suite, ranges);

    tcase_add_test(headers, test_headers_of_an_ordinary_answer);
    tcase_add_test(headers, test_headers_interim_answers_and_trailers_are_dropped);
    tcase_add_loop_test(headers, test_headers_fields, 0, COUNT(headers_rows));
    tcase_add_loop_test(headers, test_headers_status_line, 0, COUNT(status_rows));
    tcase_add_test(headers, test_headers_a_nul_byte_is_refused);
    tcase_add_test(headers, test_headers_lines_are_bounded);
    tcase_add_test(headers, test_headers_bytes_are_bounded);
    tcase_add_test(headers, test_headers_interim_answers_are_bounded);
    tcase_add_test(headers, test_headers_can_be_used_again);
    suite_add_tcase(suite, headers);

    return suite_main(suite);
}
