/* Faults of single and several ranges, each by its id: what libcurl sees of it. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>

#include "shown.h"

#define RANGE(text)                                                                                          \
    {                                                                                                        \
        "Range: bytes=" text                                                                                 \
    }

static const struct shown ranges[] = {
    {.spec = "A01@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"!Content-Range", "!Accept-Ranges"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A01@/r*",
     .path = "/real",
     .asked = RANGE("5-9"),
     .status = 200,
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A02@/f",
     .asked = RANGE("5-9"),
     .before = 1,
     .status = 200,
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A03@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A04@/f",
     .asked = RANGE("5000-5009"),
     .status = 206,
     .told = {"Content-Range: bytes 4096-5009/200000"},
     .body = SHOWN_BYTES,
     .offset = 4096,
     .len = 914},
    {.spec = "A04@/f:align=100",
     .asked = RANGE("500-509"),
     .status = 206,
     .told = {"Content-Range: bytes 400-509/200000"},
     .body = SHOWN_BYTES,
     .offset = 400,
     .len = 110},
    {.spec = "A05@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 9,
     .len = 5},
    {.spec = "A05",
     .path = "/real",
     .asked = RANGE("100-199"),
     .status = 206,
     .told = {"Content-Range: bytes 100-199/200000"},
     .body = SHOWN_BYTES,
     .offset = 104,
     .len = 100},
    {.spec = "A06@/f:align=64K",
     .asked = RANGE("65000-150000"),
     .status = 206,
     .told = {"Content-Range: bytes 65000-65535/200000"},
     .body = SHOWN_BYTES,
     .offset = 65000,
     .len = 536},
    {.spec = "A07@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/200000", "Content-Length: 21"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 21},
    {.spec = "A08@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!Content-Range"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A08@/f:as=garbage",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: octets 5;9 of 200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A09@/f",
     .asked = RANGE("0-0"),
     .status = 206,
     .told = {"Content-Range: bytes 0-0/*"},
     .body = SHOWN_BYTES,
     .len = 1},
    {.spec = "A10@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes=5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A11@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A12@/f",
     .asked = RANGE("200000-"),
     .status = 206,
     .told = {"Content-Range: bytes */200000"},
     .body = SHOWN_BYTES},
    {.spec = "A13@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/-1073741824"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A13@/f:as=negative-start",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes -6-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A13@/f:as=int64",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9223372036854775807/9223372036854775808"}},
    {.spec = "A13@/f:as=uint64",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-18446744073709551615/18446744073709551615"}},
    {.spec = "A13@/f:as=huge",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/340282366920938463463374607431768211456"}},
    {.spec = "A14@/f",
     .asked = RANGE("200000-"),
     .status = 200,
     .told = {"!Content-Range"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A16@/f:by=-1",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"Content-Length: 4", "Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 4},
    {.spec = "A17@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!Accept-Ranges"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "A17@/f", .method = "HEAD", .status = 200, .told = {"!Accept-Ranges"}},
    {.spec = "A18@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"Accept-Ranges: bytes"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A18@/f:as=misspelt",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"!Accept-Ranges", "Accept-Range: bytes"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A19@/f",
     .asked = RANGE("5-9"),
     .status = 200,
     .told = {"Accept-Ranges: none"},
     .body = SHOWN_BYTES,
     .len = SHOWN_SIZE},
    {.spec = "A20@/f", .asked = RANGE("0-0"), .status = 403, .told = {"!Content-Range"}},
    {.spec = "A20@/f:status=503", .asked = RANGE("0-0"), .status = 503},
    {.spec = "A21@/f", .asked = RANGE("200000-"), .status = 416, .told = {"Content-Range: bytes */200000"}},
    {.spec = "A22@/f", .asked = RANGE("5-9"), .status = 416, .told = {"!Content-Range"}},
    {.spec = "A23@/f", .asked = RANGE("5-9"), .status = 416, .told = {"Content-Range: bytes */200000"}},
    {.spec = "A24@/empty",
     .path = "/empty",
     .asked = RANGE("0-0"),
     .status = 416,
     .told = {"Content-Range: bytes */0"}},
    {.spec = "A24:as=empty-206",
     .path = "/empty",
     .asked = RANGE("0-0"),
     .status = 206,
     .told = {"Content-Range: bytes 0-0/0", "Content-Length: 0"},
     .body = SHOWN_BYTES},
    {.spec = "A24:as=one-byte-206",
     .path = "/empty",
     .asked = RANGE("0-0"),
     .status = 206,
     .told = {"Content-Range: bytes 0-0/0", "Content-Length: 1"},
     .body = SHOWN_TEXT,
     .text = " "},
    {.spec = "A24:as=minus-one",
     .path = "/empty",
     .asked = RANGE("0-0"),
     .status = 206,
     .told = {"Content-Range: bytes 0--1/0"},
     .body = SHOWN_BYTES},
    {.spec = "A24:as=200",
     .path = "/empty",
     .asked = RANGE("0-0"),
     .status = 200,
     .told = {"!Content-Range", "Content-Length: 0"},
     .body = SHOWN_BYTES},
    {.spec = "A25@/huge", .path = "/huge", .asked = RANGE("4294967296-4294967299"), .status = 500},
    {.spec = "A25@/huge:limit=4G,as=empty-200",
     .path = "/huge",
     .asked = RANGE("4294967296-4294967299"),
     .status = 200,
     .told = {"Content-Length: 0"},
     .body = SHOWN_BYTES},
};

START_TEST(test_range)
{
    struct server *server = shown_start();

    shown_check(server, &ranges[_i]);
    shown_stop(server);
}
END_TEST

#define LONG_RANGE "0-0,2-2,4-4,6-6,8-8"

static const struct shown parts[] = {
    {.spec = "B01@/f",
     .asked = RANGE("5-9,20-29"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "B02@/f", .asked = RANGE("5-9,20-29"), .status = 416, .told = {"Content-Range: bytes */200000"}},
    {.spec = "B02@/f:as=space", .asked = RANGE("5-9, 20-29"), .status = 416},
    {.spec = "B03@/f", .asked = RANGE("5-9,20-29"), .status = 403},
    {.spec = "B04@/f", .asked = RANGE("5-9,20-29"), .status = 400},
    {.spec = "B05@/f",
     .asked = RANGE("5-9,20-29"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9,20-29/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "B06@/f",
     .asked = RANGE("5-9,20-29"),
     .status = 206,
     .body = SHOWN_TEXT,
     .text = "--squid/5.7:"},
    {.spec = "B08@/f:limit=4", .asked = RANGE(LONG_RANGE), .status = 416, .told = {"!Content-Range"}},
    {.spec = "B08@/f:limit=4,status=400", .asked = RANGE(LONG_RANGE), .status = 400},
    {.spec = "B09@/f:as=preamble",
     .asked = RANGE("5-9,20-29"),
     .status = 206,
     .body = SHOWN_TEXT,
     .text = "\r\n\r\n\r\n--"},
    {.spec = "B10@/f",
     .asked = RANGE("20-29,5-9,15-18"),
     .status = 206,
     .told = {"Content-Range: bytes 5-29/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 25},
    {.spec = "B10@/f:as=subset",
     .asked = RANGE("5-9,20-29"),
     .status = 206,
     .told = {"Content-Range: bytes 5-9/200000"},
     .body = SHOWN_BYTES,
     .offset = 5,
     .len = 5},
    {.spec = "B11@/f",
     .asked = RANGE("5-9"),
     .status = 206,
     .told = {"!Content-Range"},
     .body = SHOWN_TEXT,
     .text = "Content-Range: bytes 5-9/200000\r\n\r\n"},
};

START_TEST(test_parts)
{
    struct server *server = shown_start();

    shown_check(server, &parts[_i]);
    shown_stop(server);
}
END_TEST

/* The text of a body of parts under this fault. The parts' own bytes begin after an empty line. */
static struct reply ask_parts(struct server *server, const char *spec)
{
    struct reply r;

    shown_add(server, spec);
    client_get(&r, server, "/f", "bytes=5-9,20-29");
    ck_assert_int_eq(r.status, 206);
    server_clear_faults(server);
    return r;
}

/* memmem from at on; NULL: not there. */
static const char *find(const struct reply *r, const char *at, const char *text)
{
    return memmem(at, r->body_len - (size_t)(at - r->body), text, strlen(text));
}

START_TEST(test_quoted_boundary)
{
    struct server *server = shown_start();
    struct reply r = ask_parts(server, "B06");
    const char *type = reply_header(&r, "Content-Type");
    char boundary[64];

    ck_assert_int_eq(sscanf(type, "multipart/byteranges; boundary=\"squid/5.7:%32[0-9a-f]\"", boundary), 1);
    ck_assert_ptr_nonnull(find(&r, r.body, boundary));
    reply_release(&r);
    shown_stop(server);
}
END_TEST

START_TEST(test_spoilt_part)
{
    struct server *server = shown_start();
    struct reply r = ask_parts(server, "B07");

    ck_assert_ptr_nonnull(find(&r, r.body, "Content-Range: bytes 5-9/200000\r\n"));
    ck_assert_ptr_null(find(&r, r.body, "Content-Range: bytes 20-29"));
    reply_release(&r);
    r = ask_parts(server, "B07:as=garbage,part=1");
    ck_assert_ptr_nonnull(find(&r, r.body, "Content-Range: bytes=5+5\r\n"));
    ck_assert_ptr_nonnull(find(&r, r.body, "Content-Range: bytes 20-29/200000\r\n"));
    reply_release(&r);
    shown_stop(server);
}
END_TEST

/* How many bytes of part headers are neither Content-Type nor Content-Range. */
START_TEST(test_padded_part_headers)
{
    struct server *server = shown_start();
    struct reply r = ask_parts(server, "B09");
    const char *extra = find(&r, r.body, "X-Extra: "), *end;

    ck_assert_ptr_nonnull(extra);
    end = find(&r, extra, "\r\n");
    ck_assert_int_eq(end + 2 - extra, 181);
    reply_release(&r);
    shown_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: faults of ranges");
    TCase *one = tcase_create("one"), *more = tcase_create("more");

    tcase_add_loop_test(one, test_range, 0, (int)(sizeof ranges / sizeof *ranges));
    tcase_add_loop_test(one, test_parts, 0, (int)(sizeof parts / sizeof *parts));
    suite_add_tcase(suite, one);
    tcase_add_test(more, test_quoted_boundary);
    tcase_add_test(more, test_spoilt_part);
    tcase_add_test(more, test_padded_part_headers);
    suite_add_tcase(suite, more);
    return suite_main(suite);
}
