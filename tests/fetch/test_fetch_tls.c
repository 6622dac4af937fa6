/* fetch over TLS: certificates, redirects between http and https, and connections that break, with SIGPIPE as
 * a program finds it at its start. */
#include <check.h>
#include <signal.h>
#include <string.h>

#include "ask.h"
#include "base/hr.h"
#include "folder.h"
#include "raw_server.h"
#include "suite.h"

#define BODY    "0123456789"
#define PART    "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nContent-Range: bytes 100-109/1000\r\n\r\n"
#define REPEATS 20

static struct folder folder;
static char ca_file[600];

static void set_up(void)
{
    folder_make(&folder);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", folder.path);
    signal(SIGPIPE, SIG_DFL);
}

static void tear_down(void)
{
    folder_remove(&folder);
}

static struct raw_server *serve(const struct raw_answer *answers, size_t count, bool tls)
{
    return raw_server_start(&(struct raw_options){
        .answers = answers, .count = count, .chunk = 7, .tls_folder = tls ? folder.path : NULL});
}

/* Trusts the last TLS server of the test alone; never the system's certificates, which a small system has
 * not. */
static struct fetch_source *trusting_source(void)
{
    return ask_source(&(struct fetch_config){.ca_file = ca_file});
}

static struct fetch_spec spec_of(const char *url)
{
    return (struct fetch_spec){
        .kind = FETCH_RANGE, .url = url, .range = {100, 110}, .expected = {.size = 1000}};
}

static HRESULT run(struct fetch_source *source, const char *url, int *status)
{
    struct fetch_spec spec = spec_of(url);
    struct ask ask = {0};
    HRESULT hr;

    ask_run(&ask, source, &spec);
    hr = ask.hr;
    *status = ask.status;
    if (hr == S_OK)
        ck_assert_mem_eq(ask.bytes, BODY, 10);
    ask_release(&ask);
    return hr;
}

START_TEST(test_tls_trusted)
{
    static const struct raw_answer answer = {.bytes = PART BODY};
    struct raw_server *server = serve(&answer, 1, true);
    struct fetch_source *source = trusting_source();
    int status;

    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(run(source, raw_server_url(server), &status), S_OK);
    ck_assert_uint_eq(raw_server_connection_count(server), 1);
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

/* E14 */
START_TEST(test_tls_untrusted)
{
    static const struct raw_answer answer = {.bytes = PART BODY};
    struct raw_server *server = serve(&answer, 1, true);
    struct raw_server *another = serve(&answer, 1, true);
    struct fetch_source *source = trusting_source();
    int status;

    ck_assert_int_eq(run(source, raw_server_url(server), &status), HR_WINHTTP_SECURE_FAILURE);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(run(source, raw_server_url(another), &status), S_OK);
    source->ops->free(source);
    ck_assert_uint_eq(raw_server_request_count(server), 0);
    raw_server_stop(server);
    raw_server_stop(another);
}
END_TEST

START_TEST(test_tls_certificate_of_another_host)
{
    static const struct raw_answer answer = {.bytes = PART BODY};
    struct raw_server *server = serve(&answer, 1, true);
    struct fetch_source *source = trusting_source();
    char url[128];
    int status;

    snprintf(url, sizeof url, "https://localhost%s", strrchr(raw_server_url(server), ':'));
    ck_assert_int_eq(run(source, url, &status), HR_WINHTTP_SECURE_FAILURE);
    source->ops->free(source);
    ck_assert_uint_eq(raw_server_request_count(server), 0);
    raw_server_stop(server);
}
END_TEST

START_TEST(test_tls_to_a_server_without)
{
    static const struct raw_answer answer = {.bytes = PART BODY, .end = RAW_CLOSE};
    static const struct raw_answer unread = {.bytes = "HTTP/1.1 400 No\r\n\r\n", .end = RAW_UNREAD};
    struct raw_server *server = serve(_i == 0 ? &answer : &unread, 1, false);
    struct raw_server *trusted =
        serve(&answer, 1, true); /* without any certificate curl would not even begin */
    struct fetch_source *source =
        ask_source(&(struct fetch_config){.connect_timeout_s = 1, .ca_file = ca_file});
    char url[128];
    int status;
    HRESULT hr;

    snprintf(url, sizeof url, "https://127.0.0.1%s", strrchr(raw_server_url(server), ':'));
    hr = run(source, url, &status);
    /* It waits for a blank line that never comes, or resets the connection before the greeting. */
    ck_assert_msg(_i == 0 ? hr == HR_WINHTTP_TIMEOUT
                          : hr == HR_WINHTTP_SECURE_FAILURE || hr == HR_WINHTTP_CANNOT_CONNECT,
                  "0x%08x", (unsigned)hr);
    source->ops->free(source);
    raw_server_stop(server);
    raw_server_stop(trusted);
}
END_TEST

/* _i == 0: from http to https, which is followed; 1: back, which is not. */
START_TEST(test_redirect_between_http_and_https)
{
    static const struct raw_answer last = {.bytes = PART BODY};
    char location[256];
    struct raw_answer moved = {.bytes = location};
    struct raw_server *to = serve(&last, 1, _i == 0);
    struct raw_server *from;
    struct fetch_source *source = trusting_source();
    int status;

    snprintf(location, sizeof location, "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: %s/\r\n\r\n",
             raw_server_url(to));
    from = serve(&moved, 1, _i == 1);
    ck_assert_int_eq(run(source, raw_server_url(from), &status), _i == 0 ? S_OK : (HRESULT)0x8019012E);
    ck_assert_int_eq(status, _i == 0 ? 206 : 302);
    source->ops->free(source);
    ck_assert_uint_eq(raw_server_request_count(to), _i == 0 ? 1 : 0);
    raw_server_stop(from);
    raw_server_stop(to);
}
END_TEST

/* --- the peer goes away --- */

static const struct raw_answer broken[] = {
    {.bytes = PART BODY, .end = RAW_RESET}, /* a kept connection dies before its next use */
    {.bytes = PART BODY, .end = RAW_CLOSE},
    {.bytes = PART "0123", .end = RAW_RESET},
    {.bytes = PART "0123", .end = RAW_CLOSE},
    {.bytes = NULL, .end = RAW_UNREAD}, /* while the request is sent */
    {.bytes = NULL, .end = RAW_RESET},
};

#define BROKEN (int)(sizeof broken / sizeof broken[0])

/* A SIGPIPE would end the test's process. */
START_TEST(test_broken_connections_raise_no_signal)
{
    const struct raw_answer *answer = &broken[_i % BROKEN];
    bool tls = _i >= BROKEN;
    struct raw_server *server = serve(answer, 1, tls);
    struct fetch_source *source = tls ? trusting_source() : ask_source(NULL);

    for (int i = 0; i < REPEATS; i++) {
        struct fetch_spec spec = spec_of(raw_server_url(server));
        struct ask ask = {0};

        ask_start(&ask, source, &spec);
        if (i % 4 == 3) { /* given up in the middle of whatever it is doing */
            ck_assert_int_eq(source->ops->turn(source, 100000), S_OK);
            if (ask.request)
                ask_cancel(&ask);
        } else {
            ask_wait(&ask);
            ck_assert_msg(ask.hr == S_OK || ask.hr == HR_WINHTTP_CONNECTION ||
                              ask.hr == HR_WINHTTP_CANNOT_CONNECT || ask.hr == HR_WINHTTP_SECURE_FAILURE,
                          "0x%08x", (unsigned)ask.hr);
        }
        ck_assert_uint_le(ask.len, 10);
        ck_assert_mem_eq(ask.bytes ? (char *)ask.bytes : "", BODY, ask.len);
        ask_release(&ask);
    }
    source->ops->free(source);
    raw_server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch_tls");
    TCase *tls = tcase_create("tls");
    TCase *breaks = tcase_create("broken");

    tcase_add_checked_fixture(tls, set_up, tear_down);
    tcase_set_timeout(tls, 60);
    tcase_add_test(tls, test_tls_trusted);
    tcase_add_test(tls, test_tls_untrusted);
    tcase_add_test(tls, test_tls_certificate_of_another_host);
    tcase_add_loop_test(tls, test_tls_to_a_server_without, 0, 2);
    tcase_add_loop_test(tls, test_redirect_between_http_and_https, 0, 2);
    suite_add_tcase(suite, tls);

    tcase_add_checked_fixture(breaks, set_up, tear_down);
    tcase_set_timeout(breaks, 60);
    tcase_add_loop_test(breaks, test_broken_connections_raise_no_signal, 0, 2 * BROKEN);
    suite_add_tcase(suite, breaks);
    return suite_main(suite);
}
