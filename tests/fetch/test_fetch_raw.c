/* fetch against answers that no library would send: each row is played in chunks of several sizes.
 *
 * Ids are those of the catalogue of server faults. What a row proves: the result, the bytes that were handed
 * on (always a true prefix of what the answer proved), and that the request ends at all.
 */
#include <check.h>
#include <string.h>

#include "ask.h"
#include "base/hr.h"
#include "raw_server.h"
#include "suite.h"

#define COUNT(a) (sizeof a / sizeof a[0])
#define HTTP(n)  ((HRESULT)(0x80190000u + n))
#define UNKNOWN  FETCH_SIZE_UNKNOWN

static const size_t chunks[] = {1, 2, 3, 7, 4096};

struct row {
    const char *what;
    enum fetch_kind kind;
    const char *answer;
    enum raw_end end;
    HRESULT hr;
    int status;
    const char *bytes; /* NULL: none, and no reply */
};

/* Every FETCH_RANGE asks for bytes 100-109 of a file of 1000 with this ETag; FETCH_WHOLE for one of 10. */
#define PART    "HTTP/1.1 206 Partial Content\r\n"
#define OK      "HTTP/1.1 200 OK\r\n"
#define PLACE   "Content-Range: bytes 100-109/1000\r\n"
#define TEN     "Content-Length: 10\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define BODY    "0123456789"

static const struct row rows[] = {
    {"an ordinary part", FETCH_RANGE, PART TEN PLACE "\r\n" BODY, RAW_KEEP, S_OK, 206, BODY},
    {"and the connection closes", FETCH_RANGE, PART TEN PLACE "\r\n" BODY, RAW_CLOSE, S_OK, 206, BODY},
    {"HTTP/1.0", FETCH_RANGE, "HTTP/1.0 206 P\r\n" TEN PLACE "\r\n" BODY, RAW_CLOSE, S_OK, 206, BODY},
    {"no length, ended by the close", FETCH_RANGE, PART PLACE "\r\n" BODY, RAW_CLOSE, S_OK, 206, BODY},
    {"lines without CR", FETCH_RANGE,
     "HTTP/1.1 206 P\nContent-Length: 10\nContent-Range: bytes 100-109/1000\n\n" BODY, RAW_KEEP, S_OK, 206,
     BODY},
    {"interim answers", FETCH_RANGE,
     "HTTP/1.1 100 Continue\r\nETag: \"v2\"\r\n\r\nHTTP/1.1 103 Hints\r\nContent-Range: x\r\n\r\n" PART TEN
         PLACE "\r\n" BODY,
     RAW_KEEP, S_OK, 206, BODY},
    {"D07 chunked", FETCH_RANGE, PART CHUNKED PLACE "\r\n4\r\n0123\r\n6;x=y\r\n456789\r\n0\r\n\r\n", RAW_KEEP,
     S_OK, 206, BODY},
    {"trailers that contradict", FETCH_RANGE,
     PART CHUNKED PLACE "\r\na\r\n" BODY "\r\n0\r\nETag: \"v2\"\r\nContent-Range: bytes 0-9/9\r\n\r\n",
     RAW_KEEP, S_OK, 206, BODY},
    {"F08 garbage after the answer", FETCH_RANGE, PART TEN PLACE "\r\n" BODY "garbage", RAW_CLOSE, S_OK, 206,
     BODY},
    {"A06 a shorter part", FETCH_RANGE,
     PART "Content-Length: 5\r\nContent-Range: bytes 100-104/1000\r\n\r\n01234", RAW_KEEP, S_FALSE, 206,
     "01234"},
    {"A06 a shorter part that is cut too", FETCH_RANGE,
     PART "Content-Length: 5\r\nContent-Range: bytes 100-104/1000\r\n\r\n012", RAW_CLOSE,
     HR_WINHTTP_CONNECTION, 206, "012"},

    {"A07 chunked, more than promised", FETCH_RANGE,
     PART CHUNKED PLACE "\r\nf\r\n0123456789abcde\r\n0\r\n\r\n", RAW_KEEP, BG_E_INVALID_SERVER_RESPONSE, 206,
     BODY},
    {"A07 more than promised until the close", FETCH_RANGE, PART PLACE "\r\n" BODY "abcde", RAW_CLOSE,
     BG_E_INVALID_SERVER_RESPONSE, 206, BODY},
    {"A07 as the length says", FETCH_RANGE, PART "Content-Length: 15\r\n" PLACE "\r\n" BODY "abcde", RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"A15 length of the whole", FETCH_RANGE, PART "Content-Length: 1000\r\n" PLACE "\r\n" BODY, RAW_HANG,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"A16 D02 length too small", FETCH_RANGE, PART "Content-Length: 9\r\n" PLACE "\r\n012345678", RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"D09 closed before the promised length", FETCH_RANGE, PART TEN PLACE "\r\n0123", RAW_CLOSE,
     HR_WINHTTP_CONNECTION, 206, "0123"},
    {"D09 closed before any byte", FETCH_RANGE, PART TEN PLACE "\r\n", RAW_CLOSE, HR_WINHTTP_CONNECTION, 206,
     ""},
    {"D09 without a length", FETCH_RANGE, PART PLACE "\r\n0123", RAW_CLOSE, HR_WINHTTP_CONNECTION, 206,
     "0123"},
    {"D10 last chunk too early", FETCH_RANGE, PART CHUNKED PLACE "\r\n4\r\n0123\r\n0\r\n\r\n", RAW_KEEP,
     HR_WINHTTP_CONNECTION, 206, "0123"},
    {"chunked, closed between chunks", FETCH_RANGE, PART CHUNKED PLACE "\r\n4\r\n0123\r\n", RAW_CLOSE,
     HR_WINHTTP_CONNECTION, 206, "0123"},
    {"a chunk's length is no number", FETCH_RANGE, PART CHUNKED PLACE "\r\n4\r\n0123\r\nzz\r\n", RAW_CLOSE,
     HR_WINHTTP_CONNECTION, 206, "0123"},

    {"A01 200", FETCH_RANGE, OK "Content-Length: 1000\r\n\r\n", RAW_HANG, BG_E_INSUFFICIENT_RANGE_SUPPORT,
     200, NULL},
    {"A01 200 without end", FETCH_RANGE, OK "\r\nabc", RAW_HANG, BG_E_INSUFFICIENT_RANGE_SUPPORT, 200, NULL},
    {"A03 the slice with 200", FETCH_RANGE, OK TEN PLACE "\r\n" BODY, RAW_KEEP,
     BG_E_INSUFFICIENT_RANGE_SUPPORT, 200, NULL},
    {"A04 starts earlier", FETCH_RANGE,
     PART "Content-Length: 12\r\nContent-Range: bytes 98-109/1000\r\n\r\nxy" BODY, RAW_KEEP,
     BG_E_INSUFFICIENT_RANGE_SUPPORT, 206, NULL},
    {"A08 no Content-Range", FETCH_RANGE, PART TEN "\r\n" BODY, RAW_KEEP, BG_E_INSUFFICIENT_RANGE_SUPPORT,
     206, NULL},
    {"A10", FETCH_RANGE, PART TEN "Content-Range: bytes=100-109/1000\r\n\r\n" BODY, RAW_KEEP,
     BG_E_INSUFFICIENT_RANGE_SUPPORT, 206, NULL},
    {"A13", FETCH_RANGE, PART TEN "Content-Range: bytes 100-109/18446744073709551615\r\n\r\n" BODY, RAW_KEEP,
     BG_E_INSUFFICIENT_RANGE_SUPPORT, 206, NULL},
    {"B05", FETCH_RANGE, PART TEN "Content-Range: bytes 100-109,200-209/1000\r\n\r\n" BODY, RAW_KEEP,
     BG_E_INSUFFICIENT_RANGE_SUPPORT, 206, NULL},
    {"C01", FETCH_RANGE, PART TEN PLACE "ETag: \"v2\"\r\n\r\n" BODY, RAW_KEEP, BG_E_REMOTE_FILE_CHANGED, 206,
     NULL},
    {"another total", FETCH_RANGE, PART TEN "Content-Range: bytes 100-109/2000\r\n\r\n" BODY, RAW_KEEP,
     BG_E_REMOTE_FILE_CHANGED, 206, NULL},
    {"D01", FETCH_RANGE, PART TEN PLACE "Content-Encoding: gzip\r\n\r\n" BODY, RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"D11 two lengths", FETCH_RANGE, PART TEN "Content-Length: 11\r\n" PLACE "\r\n" BODY, RAW_CLOSE,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"D11 chunked and a length", FETCH_RANGE, PART TEN CHUNKED PLACE "\r\na\r\n" BODY "\r\n0\r\n\r\n",
     RAW_CLOSE, BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"a length beyond 64 bits", FETCH_RANGE,
     PART "Content-Length: 99999999999999999999\r\n" PLACE "\r\n" BODY, RAW_CLOSE,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"D11 a negative length", FETCH_RANGE, PART "Content-Length: -1\r\n" PLACE "\r\n" BODY, RAW_CLOSE,
     HR_WINHTTP_INVALID_RESPONSE, 206, NULL},
    {"a transfer coding nobody asked for", FETCH_RANGE,
     PART "Transfer-Encoding: gzip, chunked\r\n" PLACE "\r\n0\r\n\r\n", RAW_CLOSE,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},

    {"412", FETCH_RANGE, "HTTP/1.1 412 No\r\nContent-Length: 2\r\n\r\nno", RAW_KEEP, BG_E_REMOTE_FILE_CHANGED,
     412, NULL},
    {"416 outside", FETCH_RANGE,
     "HTTP/1.1 416 No\r\nContent-Length: 0\r\nContent-Range: bytes */1000\r\n\r\n", RAW_KEEP,
     BG_E_REMOTE_FILE_CHANGED, 416, NULL},
    {"404 with a body", FETCH_RANGE, "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nnone", RAW_KEEP, HTTP(404),
     404, NULL},
    {"503, chunked", FETCH_RANGE, "HTTP/1.1 503 No\r\n" CHUNKED "\r\n2\r\nno\r\n0\r\n\r\n", RAW_KEEP,
     HTTP(503), 503, NULL},
    {"503 and a reset", FETCH_RANGE, "HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nno", RAW_CLOSE, HTTP(503),
     503, NULL},
    {"429 that hangs in a long body", FETCH_RANGE, "HTTP/1.1 429 No\r\nContent-Length: 1000000\r\n\r\nno",
     RAW_HANG, HTTP(429), 429, NULL},
    {"a redirect to nowhere", FETCH_RANGE, "HTTP/1.1 302 No\r\nContent-Length: 0\r\n\r\n", RAW_KEEP,
     HTTP(302), 302, NULL},
    {"a redirect out of the web", FETCH_RANGE,
     "HTTP/1.1 302 No\r\nContent-Length: 0\r\nLocation: file:///etc/passwd\r\n\r\n", RAW_KEEP, HTTP(302), 302,
     NULL},
    {"a redirect to ftp", FETCH_RANGE,
     "HTTP/1.1 307 No\r\nContent-Length: 0\r\nLocation: ftp://127.0.0.1/\r\n\r\n", RAW_KEEP, HTTP(307), 307,
     NULL},
    {"a redirect that cannot be parsed", FETCH_RANGE,
     "HTTP/1.1 301 No\r\nContent-Length: 0\r\nLocation: http://[::1\r\n\r\n", RAW_KEEP, HTTP(301), 301, NULL},
    {"300 with Location", FETCH_RANGE, "HTTP/1.1 300 No\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n",
     RAW_KEEP, HTTP(300), 300, NULL},

    {"F08 garbage", FETCH_RANGE, "SSH-2.0-OpenSSH_9.2\r\n\r\n", RAW_CLOSE, HR_WINHTTP_INVALID_RESPONSE, 0,
     NULL},
    {"HTTP/0.9", FETCH_RANGE, "<html></html>\n", RAW_CLOSE, HR_WINHTTP_INVALID_RESPONSE, 0, NULL},
    {"a status of four digits", FETCH_RANGE, "HTTP/1.1 2006 No\r\n" TEN PLACE "\r\n" BODY, RAW_CLOSE,
     HR_WINHTTP_INVALID_RESPONSE, 0, NULL},
    {"closed without a word", FETCH_RANGE, NULL, RAW_CLOSE, HR_WINHTTP_CONNECTION, 0, NULL},
    {"reset without a word", FETCH_RANGE, NULL, RAW_RESET, HR_WINHTTP_CONNECTION, 0, NULL},
    {"closed within the headers", FETCH_RANGE, PART TEN "Content-Ra", RAW_CLOSE, HR_WINHTTP_CONNECTION, 206,
     NULL},

    {"HEAD", FETCH_SIZE, OK TEN "\r\n", RAW_KEEP, S_OK, 200, ""},
    {"HEAD with a body all the same", FETCH_SIZE, OK TEN "\r\n" BODY, RAW_CLOSE, S_OK, 200, ""},
    {"E05 HEAD without a length", FETCH_SIZE, OK "\r\n", RAW_KEEP, BG_E_MISSING_FILE_SIZE, 200, NULL},
    {"D05 HEAD, chunked", FETCH_SIZE, OK CHUNKED "\r\n", RAW_KEEP, BG_E_MISSING_FILE_SIZE, 200, NULL},
    {"D04 HEAD, coded", FETCH_SIZE, OK TEN "Content-Encoding: gzip\r\n\r\n", RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 200, NULL},
    {"E01 HEAD", FETCH_SIZE, "HTTP/1.1 405 No\r\nContent-Length: 7\r\n\r\n", RAW_KEEP, HTTP(405), 405, NULL},

    {"whole", FETCH_WHOLE, OK TEN "\r\n" BODY, RAW_KEEP, S_OK, 200, BODY},
    {"whole, another length", FETCH_WHOLE, OK "Content-Length: 11\r\n\r\n" BODY "a", RAW_KEEP,
     BG_E_REMOTE_FILE_CHANGED, 200, NULL},
    {"D05 whole without a length", FETCH_WHOLE, OK CHUNKED "\r\na\r\n" BODY "\r\n0\r\n\r\n", RAW_KEEP,
     BG_E_MISSING_FILE_SIZE, 200, NULL},
    {"D09 whole, cut", FETCH_WHOLE, OK TEN "\r\n0123456", RAW_CLOSE, HR_WINHTTP_CONNECTION, 200, "0123456"},
    {"206 to a plain GET", FETCH_WHOLE, PART TEN "Content-Range: bytes 0-9/10\r\n\r\n" BODY, RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
    {"F11", FETCH_WHOLE, OK TEN PLACE "\r\n" BODY, RAW_KEEP, BG_E_INVALID_SERVER_RESPONSE, 200, NULL},
};

static struct fetch_spec spec_of(enum fetch_kind kind, const char *url)
{
    struct fetch_spec spec = {.kind = kind, .url = url, .expected = {.size = UNKNOWN}};

    if (kind == FETCH_RANGE) {
        spec.range = (struct range){100, 110};
        spec.expected = (struct fetch_version){.size = 1000, .etag = "\"v1\""};
    } else if (kind == FETCH_WHOLE) {
        spec.range = (struct range){0, 10};
        spec.expected.size = 10;
    }
    return spec;
}

static void check_row(const struct row *row, size_t chunk, enum fetch_end end)
{
    struct raw_answer answer = {.bytes = row->answer, .end = row->end};
    struct raw_server *server =
        raw_server_start(&(struct raw_options){.answers = &answer, .count = 1, .chunk = chunk});
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = spec_of(row->kind, raw_server_url(server));
    struct ask ask = {0};

    spec.end = end;
    if (end == FETCH_END_OF_BODY) {
        spec.range.end = FETCH_SIZE_UNKNOWN;
        spec.expected.size = UNKNOWN;
    }
    ask_run(&ask, source, &spec);
    ck_assert_msg(ask.hr == row->hr, "%s, chunks of %zu: 0x%08x instead of 0x%08x", row->what, chunk,
                  (unsigned)ask.hr, (unsigned)row->hr);
    ck_assert_msg(ask.status == row->status, "%s, chunks of %zu: status %d", row->what, chunk, ask.status);
    ck_assert_msg(ask.replied == (row->bytes != NULL), "%s, chunks of %zu: reply", row->what, chunk);
    ck_assert_msg(
        ask.len == (row->bytes ? strlen(row->bytes) : 0) &&
            (ask.len == 0 || (memcmp(ask.bytes, row->bytes, ask.len) == 0 && ask.first == spec.range.start)),
        "%s, chunks of %zu: %zu bytes", row->what, chunk, ask.len);
    ask_release(&ask);
    source->ops->free(source);
    raw_server_stop(server);
}

START_TEST(test_answer)
{
    for (size_t i = 0; i < COUNT(chunks); i++)
        check_row(&rows[_i], chunks[i], FETCH_END_BY_LENGTH);
}
END_TEST

/* what nobody knows the length of. */
static const struct row streams[] = {
    {"chunked", FETCH_WHOLE, OK CHUNKED "\r\na\r\n" BODY "\r\n0\r\n\r\n", RAW_KEEP, S_OK, 200, BODY},
    {"until the close", FETCH_WHOLE, OK "\r\n" BODY, RAW_CLOSE, S_OK, 200, BODY},
    {"with a length", FETCH_WHOLE, OK TEN "\r\n" BODY, RAW_KEEP, S_OK, 200, BODY},
    {"nothing", FETCH_WHOLE, OK CHUNKED "\r\n0\r\n\r\n", RAW_KEEP, S_OK, 200, ""},
    {"cut within its length", FETCH_WHOLE, OK TEN "\r\n0123", RAW_CLOSE, HR_WINHTTP_CONNECTION, 200, "0123"},
    {"cut between chunks", FETCH_WHOLE, OK CHUNKED "\r\n4\r\n0123\r\n", RAW_CLOSE, HR_WINHTTP_CONNECTION, 200,
     "0123"},
    {"coded", FETCH_WHOLE, OK CHUNKED "Content-Encoding: gzip\r\n\r\na\r\n" BODY "\r\n0\r\n\r\n", RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 200, NULL},
    {"206", FETCH_WHOLE, PART TEN "Content-Range: bytes 0-9/10\r\n\r\n" BODY, RAW_KEEP,
     BG_E_INVALID_SERVER_RESPONSE, 206, NULL},
};

START_TEST(test_stream)
{
    for (size_t i = 0; i < COUNT(chunks); i++)
        check_row(&streams[_i], chunks[i], FETCH_END_OF_BODY);
}
END_TEST

/* A reset may overtake bytes that were sent: what came is a prefix. */
START_TEST(test_reset_in_the_body_keeps_a_prefix)
{
    struct raw_answer answer = {.bytes = PART TEN PLACE "\r\n01234", .end = RAW_RESET};
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = &answer, .count = 1});
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = spec_of(FETCH_RANGE, raw_server_url(server));
    struct ask ask = {0};

    ask_run(&ask, source, &spec);
    ck_assert_int_eq(ask.hr, HR_WINHTTP_CONNECTION);
    ck_assert_uint_le(ask.len, 5);
    ck_assert_mem_eq(ask.bytes ? (char *)ask.bytes : "", BODY, ask.len);
    ask_release(&ask);
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

/* The reset may be seen while connecting, or while the request is sent. */
START_TEST(test_reset_before_the_request)
{
    static const struct raw_answer answer = {.end = RAW_UNREAD};
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = &answer, .count = 1});
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = spec_of(FETCH_RANGE, raw_server_url(server));

    for (int i = 0; i < 20; i++) {
        struct ask ask = {0};

        ask_run(&ask, source, &spec);
        ck_assert_msg(ask.hr == HR_WINHTTP_CONNECTION || ask.hr == HR_WINHTTP_CANNOT_CONNECT, "0x%08x",
                      (unsigned)ask.hr);
        ask_release(&ask);
    }
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

/* Runs one range against a script; the connections and requests that it took are the caller's to look at. */
static void run_script(const struct raw_answer *answers, size_t count, struct ask *ask, unsigned *requests,
                       unsigned *connections, char **text)
{
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = answers, .count = count});
    struct fetch_source *source = ask_source(NULL);
    char url[128];
    struct fetch_spec spec = spec_of(FETCH_RANGE, url);

    snprintf(url, sizeof url, "%s/a/b?c=d", raw_server_url(server));
    ask_run(ask, source, &spec);
    source->ops->free(source);
    *requests = raw_server_request_count(server);
    *connections = raw_server_connection_count(server);
    if (text)
        *text = raw_server_requests(server);
    raw_server_stop(server);
}

START_TEST(test_redirects_are_followed_on_the_same_connection)
{
    static const struct raw_answer answers[] = {
        {.bytes = "HTTP/1.1 302 F\r\nContent-Length: 5\r\nLocation: ../x y?e\r\n\r\nmoved"},
        {.bytes = "HTTP/1.1 308 F\r\n" CHUNKED "Location: ?f#g\r\n\r\n5\r\nmoved\r\n0\r\n\r\n"},
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
    };
    unsigned requests, connections;
    struct ask ask = {0};
    char *text;

    run_script(answers, COUNT(answers), &ask, &requests, &connections, &text);
    ck_assert_int_eq(ask.hr, BG_E_INSUFFICIENT_RANGE_SUPPORT);
    ck_assert_uint_eq(requests, 3);
    ck_assert_uint_eq(connections, 1);
    ck_assert_ptr_nonnull(strstr(text, "GET /a/b?c=d HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "GET /x%20y?e HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "GET /x%20y?f HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(ask.url, "/x%20y?f"));
    ck_assert_ptr_null(strstr(ask.headers, "Location"));
    free(text);
    ask_release(&ask);
}
END_TEST

START_TEST(test_redirects_end_after_ten)
{
    static const struct raw_answer answer = {
        .bytes = "HTTP/1.1 307 F\r\nContent-Length: 0\r\nLocation: /again\r\n\r\n"};
    unsigned requests, connections;
    struct ask ask = {0};

    run_script(&answer, 1, &ask, &requests, &connections, NULL);
    ck_assert_int_eq(ask.hr, HTTP(307));
    ck_assert_uint_eq(requests, 11);
    ck_assert_ptr_nonnull(strstr(ask.headers, "Location: /again\r\n"));
    ask_release(&ask);
}
END_TEST

/* The body of a redirect is not waited for when it does not come. */
START_TEST(test_redirect_with_a_body_that_stalls)
{
    static const struct raw_answer answers[] = {
        {.bytes = "HTTP/1.1 302 F\r\nContent-Length: 10\r\nLocation: /x\r\n\r\nabc", .end = RAW_HANG},
        {.bytes = PART TEN PLACE "\r\n" BODY},
    };
    unsigned requests, connections;
    struct ask ask = {0};

    run_script(answers, COUNT(answers), &ask, &requests, &connections, NULL);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert_uint_eq(ask.len, 10);
    ck_assert_uint_eq(connections, 2);
    ask_release(&ask);
}
END_TEST

/* Location may not choose what we say to the next server; our own credentials stay with their origin. */
START_TEST(test_redirects_carry_no_credentials_elsewhere)
{
    struct raw_answer last = {.bytes = PART TEN PLACE "\r\n" BODY};
    struct raw_server *other = raw_server_start(&(struct raw_options){.answers = &last, .count = 1});
    char location[256], url[128];
    struct raw_answer answers[] = {
        {.bytes = "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: /same\r\n\r\n"},
        {.bytes = location},
    };
    struct raw_server *first;
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = spec_of(FETCH_RANGE, url);
    struct ask ask = {0};
    char *seen, *seen_elsewhere;
    const char *authorization;

    snprintf(location, sizeof location,
             "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: http://eve:mallory@%s/\r\n\r\n",
             raw_server_url(other) + strlen("http://"));
    first = raw_server_start(&(struct raw_options){.answers = answers, .count = 2});
    snprintf(url, sizeof url, "http://alice:secret@%s/", raw_server_url(first) + strlen("http://"));
    ask_run(&ask, source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    seen = raw_server_requests(first);
    seen_elsewhere = raw_server_requests(other);
    authorization = strstr(seen, "Authorization: Basic YWxpY2U6c2VjcmV0");
    ck_assert_ptr_nonnull(authorization);
    ck_assert_ptr_nonnull(strstr(authorization + 1, "Authorization: Basic YWxpY2U6c2VjcmV0"));
    ck_assert_ptr_null(strstr(seen_elsewhere, "Authorization"));
    free(seen);
    free(seen_elsewhere);
    ask_release(&ask);
    source->ops->free(source);
    raw_server_stop(first);
    raw_server_stop(other);
}
END_TEST

START_TEST(test_refused_answers_keep_the_connection)
{
    static const struct raw_answer answer = {.bytes = "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nnone"};
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = &answer, .count = 1});
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = spec_of(FETCH_RANGE, raw_server_url(server));

    for (int i = 0; i < 5; i++) {
        struct ask ask = {0};

        ask_run(&ask, source, &spec);
        ck_assert_int_eq(ask.hr, HTTP(404));
        ask_release(&ask);
    }
    ck_assert_uint_eq(raw_server_request_count(server), 5);
    ck_assert_uint_eq(raw_server_connection_count(server), 1);
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

/* F06: a kept connection that the server ended in between is no failure. */
START_TEST(test_kept_connection_that_was_closed_is_replaced)
{
    static const struct raw_answer answer = {.bytes = PART TEN PLACE "\r\n" BODY, .end = RAW_CLOSE};
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = &answer, .count = 1});
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = spec_of(FETCH_RANGE, raw_server_url(server));

    for (int i = 0; i < 20; i++) {
        struct ask ask = {0};

        ask_run(&ask, source, &spec);
        ck_assert_int_eq(ask.hr, S_OK);
        ask_release(&ask);
    }
    ck_assert_uint_eq(raw_server_connection_count(server), 20);
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

/* A flood of fields ends the request before it fills memory. */
START_TEST(test_header_floods_are_refused)
{
    static const char *const lines[] = {"X: y\r\n", "HTTP/1.1 100 Continue\r\n\r\n"};
    size_t copies = _i == 2 ? 1 : 60000;
    size_t len = 0, room = 2 * 1024 * 1024;
    char *text = malloc(room);
    struct raw_answer answer = {.end = RAW_HANG};
    unsigned requests, connections;
    struct ask ask = {0};

    ck_assert_ptr_nonnull(text);
    if (_i != 1)
        len = (size_t)sprintf(text, PART);
    if (_i == 2) {
        len += (size_t)sprintf(text + len, "X: ");
        memset(text + len, 'y', 1024 * 1024);
        len += 1024 * 1024;
    } else {
        for (size_t i = 0; i < copies; i++)
            len += (size_t)sprintf(text + len, "%s", lines[_i]);
    }
    answer.bytes = text;
    answer.len = len;
    run_script(&answer, 1, &ask, &requests, &connections, NULL);
    ck_assert_msg(_i == 2 ? FAILED(ask.hr) : ask.hr == BG_E_INVALID_SERVER_RESPONSE, "0x%08x",
                  (unsigned)ask.hr);
    ck_assert(!ask.replied);
    ask_release(&ask);
    free(text);
}
END_TEST

/* F06 again, at its worst: the request goes out on the kept connection, and nothing comes back. libcurl by
 * itself forgives that five times for each handle. */
START_TEST(test_kept_connection_that_dies_in_use_is_replaced)
{
    enum { PAIRS = 16 };
    struct raw_answer answers[2 * PAIRS + 1];
    struct raw_server *server;
    struct fetch_source *source = ask_source(NULL);

    for (size_t i = 0; i < PAIRS; i++) {
        answers[2 * i] = (struct raw_answer){.bytes = PART TEN PLACE "\r\n" BODY};
        answers[2 * i + 1] = (struct raw_answer){.end = i % 2 ? RAW_CLOSE : RAW_RESET};
    }
    answers[2 * PAIRS] = answers[0];
    server = raw_server_start(&(struct raw_options){.answers = answers, .count = 2 * PAIRS + 1});
    struct fetch_spec spec = spec_of(FETCH_RANGE, raw_server_url(server));
    for (unsigned i = 0; i < PAIRS + 1; i++) {
        struct ask ask = {0};

        ask_run(&ask, source, &spec);
        ck_assert_msg(ask.hr == S_OK, "request %u: 0x%08x", i, (unsigned)ask.hr);
        ask_release(&ask);
    }
    ck_assert_uint_eq(raw_server_request_count(server), 2 * PAIRS + 1);
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

/* But a new connection that dies is told at once: whether to try again is the job's to say. */
START_TEST(test_new_connection_that_dies_is_not_replaced)
{
    static const struct raw_answer answer = {.end = RAW_CLOSE};
    unsigned requests, connections;
    struct ask ask = {0};

    run_script(&answer, 1, &ask, &requests, &connections, NULL);
    ck_assert_int_eq(ask.hr, HR_WINHTTP_CONNECTION);
    ck_assert_uint_eq(requests, 1);
    ask_release(&ask);
}
END_TEST

struct stall_row {
    const char *what;
    const char *answer;
    const char *bytes;
};

static const struct stall_row stall_rows[] = {
    {"F02 never answers", NULL, ""},
    {"stalls in the headers", PART TEN, ""},
    {"F01 stalls in the body", PART TEN PLACE "\r\n01234", "01234"},
};

START_TEST(test_stalls_time_out)
{
    const struct stall_row *row = &stall_rows[_i];
    struct raw_answer answer = {.bytes = row->answer, .end = RAW_HANG};
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = &answer, .count = 1});
    struct fetch_source *source = ask_source(&(struct fetch_config){.stall_timeout_s = 1});
    struct fetch_spec spec = spec_of(FETCH_RANGE, raw_server_url(server));
    struct ask ask = {0};

    ask_run(&ask, source, &spec);
    ck_assert_msg(ask.hr == HR_WINHTTP_TIMEOUT, "%s: 0x%08x", row->what, (unsigned)ask.hr);
    ck_assert_uint_eq(ask.len, strlen(row->bytes));
    ask_release(&ask);
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

START_TEST(test_nobody_listens)
{
    struct raw_answer answer = {.end = RAW_CLOSE};
    struct raw_server *server = raw_server_start(&(struct raw_options){.answers = &answer, .count = 1});
    struct fetch_source *source = ask_source(NULL);
    char url[128];
    struct fetch_spec spec = spec_of(FETCH_RANGE, url);
    struct ask ask = {0};

    snprintf(url, sizeof url, "%s/", raw_server_url(server));
    raw_server_stop(server);
    ask_run(&ask, source, &spec);
    ck_assert_int_eq(ask.hr, HR_WINHTTP_CANNOT_CONNECT);
    ck_assert_int_eq(ask.status, 0);
    ask_release(&ask);
    source->ops->free(source);
}
END_TEST

/* A label of more than 63 bytes is no name anywhere, which needs no name server to tell. */
START_TEST(test_name_that_cannot_be_resolved)
{
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec =
        spec_of(FETCH_SIZE,
                "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/");
    struct ask ask = {0};

    ask_run(&ask, source, &spec);
    ck_assert_int_eq(ask.hr, HR_WINHTTP_NAME);
    ask_release(&ask);
    source->ops->free(source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_raw");
    TCase *answers = tcase_create("answers");
    TCase *redirects = tcase_create("redirects");
    TCase *connections = tcase_create("connections");

    tcase_set_timeout(answers, 60);
    tcase_add_loop_test(answers, test_answer, 0, COUNT(rows));
    tcase_add_loop_test(answers, test_stream, 0, COUNT(streams));
    tcase_add_test(answers, test_reset_in_the_body_keeps_a_prefix);
    tcase_add_loop_test(answers, test_header_floods_are_refused, 0, 3);
    suite_add_tcase(suite, answers);

    tcase_set_timeout(redirects, 60);
    tcase_add_test(redirects, test_redirects_are_followed_on_the_same_connection);
    tcase_add_test(redirects, test_redirect_with_a_body_that_stalls);
    tcase_add_test(redirects, test_redirects_end_after_ten);
    tcase_add_test(redirects, test_redirects_carry_no_credentials_elsewhere);
    suite_add_tcase(suite, redirects);

    tcase_set_timeout(connections, 60);
    tcase_add_test(connections, test_reset_before_the_request);
    tcase_add_test(connections, test_refused_answers_keep_the_connection);
    tcase_add_test(connections, test_kept_connection_that_was_closed_is_replaced);
    tcase_add_test(connections, test_kept_connection_that_dies_in_use_is_replaced);
    tcase_add_test(connections, test_new_connection_that_dies_is_not_replaced);
    tcase_add_loop_test(connections, test_stalls_time_out, 0, COUNT(stall_rows));
    tcase_add_test(connections, test_nobody_listens);
    tcase_add_test(connections, test_name_that_cannot_be_resolved);
    suite_add_tcase(suite, connections);
    return suite_main(suite);
}
