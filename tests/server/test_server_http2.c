/* HTTP/2: the same answers, their faults, and those of its own. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "shown.h"

#define WAIT_MS   20000
#define BODY_SIZE 300000

static struct server *server;

static void set_up(void)
{
    ck_assert_int_eq(server_start(&(struct server_options){.flags = SERVER_TLS}, &server), S_OK);
    ck_assert_int_eq(
        server_add_file(server, &(struct server_file){.path = "/f", .size = SHOWN_SIZE, .seed = SHOWN_SEED}),
        S_OK);
}

static void tear_down(void)
{
    server_stop(server);
}

struct got {
    CURLcode code;
    long status, version, connections;
    char head[2048];
    size_t head_len;
    char body[BODY_SIZE];
    size_t len;
};

static size_t on_body(char *data, size_t one, size_t n, void *context)
{
    struct got *got = context;

    if (got->len + n * one <= sizeof got->body)
        memcpy(got->body + got->len, data, n * one);
    got->len += n * one;
    return n * one;
}

static size_t on_head(char *data, size_t one, size_t n, void *context)
{
    struct got *got = context;

    if (got->head_len + n * one < sizeof got->head) {
        memcpy(got->head + got->head_len, data, n * one);
        got->head_len += n * one;
    }
    return n * one;
}

static CURL *handle(struct got *got, const char *range)
{
    CURL *curl = curl_easy_init();
    struct curl_blob blob = {(void *)(uintptr_t)server_authority(server), strlen(server_authority(server)),
                             CURL_BLOB_COPY};
    char url[128];

    snprintf(url, sizeof url, "%s/f", server_tls_url(server));
    memset(got, 0, sizeof *got);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_RANGE, range);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, got);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, got);
    curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
    return curl;
}

static void perform(CURL *curl, struct got *got)
{
    got->code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &got->status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &got->version);
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &got->connections);
}

static void ask(struct got *got, const char *range)
{
    CURL *curl = handle(got, range);

    perform(curl, got);
    curl_easy_cleanup(curl);
}

static void check_slice(const struct got *got, uint64_t offset, size_t len)
{
    ck_assert_msg(got->code == CURLE_OK, "%s", curl_easy_strerror(got->code));
    ck_assert_int_eq(got->version, CURL_HTTP_VERSION_2_0);
    client_check_content(got->body, got->len, SHOWN_SEED, offset, len);
}

START_TEST(test_answers)
{
    struct server_log_entry *log;
    struct got got;
    size_t count;
    CURL *curl;

    ask(&got, "5-9");
    check_slice(&got, 5, 5);
    ck_assert_int_eq(got.status, 206);
    ck_assert_ptr_nonnull(strstr(got.head, "content-range: bytes 5-9/200000\r\n"));
    ck_assert_ptr_nonnull(strstr(got.head, "content-length: 5\r\n"));
    ask(&got, NULL);
    check_slice(&got, 0, SHOWN_SIZE);
    curl = handle(&got, NULL);
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    perform(curl, &got);
    curl_easy_cleanup(curl);
    ck_assert_int_eq(got.code, CURLE_OK);
    ck_assert_ptr_nonnull(strstr(got.head, "content-length: 200000\r\n"));
    curl = handle(&got, NULL);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "some=body");
    perform(curl, &got);
    curl_easy_cleanup(curl);
    ck_assert_int_eq(got.status, 405);
    ck_assert_int_eq(server_log_wait(server, 4, WAIT_MS), S_OK);
    ck_assert_int_eq(server_log(server, &log, &count), S_OK);
    ck_assert_str_eq(log[0].range, "bytes=5-9");
    ck_assert_ptr_nonnull(server_log_header(&log[0], "Host"));
    ck_assert_uint_eq(log[1].body_bytes, SHOWN_SIZE);
    ck_assert_int_eq(log[1].end, SERVER_END_COMPLETE);
    ck_assert_str_eq(log[2].method, "HEAD");
    server_log_free(log, count);
}
END_TEST

static const struct {
    const char *spec;
    CURLcode code;
    long status;
    size_t len;
    const char *head;
} faults[] = {
    {"A01@/f", CURLE_OK, 200, SHOWN_SIZE, "content-length: 200000"},
    {"A08@/f:as=garbage", CURLE_OK, 206, 100, "content-range: octets 0;99 of 200000"},
    {"A23@/f", CURLE_OK, 416, 26, "content-range: bytes */200000"},
    {"D07@/f", CURLE_OK, 206, 100, "content-range: bytes 0-99/200000"},
    {"D09@/f:after=10", CURLE_HTTP2_STREAM, 206, 10, "content-length: 100"},
    {"F01@/f:after=10,for=1ms", CURLE_OK, 206, 100, "content-length: 100"},
    {"F02@/f:for=1ms", CURLE_OK, 206, 100, "content-length: 100"},
    {"F03@/f:every=1us,piece=7", CURLE_OK, 206, 100, "content-length: 100"},
    {"F07@/f:limit=1,after=10", CURLE_HTTP2_STREAM, 206, 10, "content-length: 100"},
};

START_TEST(test_fault)
{
    struct got got;

    shown_add(server, faults[_i].spec);
    ask(&got, "0-99");
    ck_assert_msg(faults[_i].code == CURLE_OK ? got.code == CURLE_OK : got.code != CURLE_OK, "%s: %s (%d)",
                  faults[_i].spec, curl_easy_strerror(got.code), got.code);
    ck_assert_msg(got.status == faults[_i].status, "%s: %ld", faults[_i].spec, got.status);
    ck_assert_msg(got.len == faults[_i].len, "%s: %zu bytes", faults[_i].spec, got.len);
    ck_assert_msg(strstr(got.head, faults[_i].head) != NULL, "%s: %s", faults[_i].spec, got.head);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    shown_logged(server, &faults[_i].spec, 1);
}
END_TEST

/* After its limit the connection takes no new request, and what is under way is answered. */
START_TEST(test_f07_graceful)
{
    struct got got;
    CURL *curl = handle(&got, "5-9");

    shown_add(server, "F07@/f:limit=2,as=graceful,times=1");
    perform(curl, &got);
    check_slice(&got, 5, 5);
    ck_assert_int_eq(got.connections, 1);
    got.len = 0;
    perform(curl, &got);
    check_slice(&got, 5, 5);
    ck_assert_int_eq(got.connections, 0);
    got.len = 0;
    perform(curl, &got);
    check_slice(&got, 5, 5);
    ck_assert_int_eq(got.connections, 1);
    curl_easy_cleanup(curl);
}
END_TEST

/* HTTP/1.1's bytes are not there to be damaged. */
START_TEST(test_front_faults_do_not_strike)
{
    struct got got;

    shown_add(server, "F08@/f:after=2");
    ask(&got, "5-9");
    check_slice(&got, 5, 5);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    shown_logged(server, NULL, 0);
}
END_TEST

#define MANY 20

/* Runs what is in multi to its end, and counts those that went well. */
static int run(CURLM *multi)
{
    int running, left, good = 0;
    CURLMsg *message;

    do {
        ck_assert_int_eq(curl_multi_perform(multi, &running), CURLM_OK);
        if (running)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    } while (running);
    while ((message = curl_multi_info_read(multi, &left)))
        good += message->msg == CURLMSG_DONE && message->data.result == CURLE_OK;
    return good;
}

/* Streams of one connection side by side, one of them held up. */
START_TEST(test_many_streams)
{
    static struct got got[MANY];
    CURL *handles[MANY];
    CURLM *multi = curl_multi_init();
    struct server_log_entry *log;
    size_t count;

    shown_add(server, "F01@/f:req=3,after=1000,for=1ms");
    for (int i = 0; i < MANY; i++) {
        handles[i] = handle(&got[i], NULL);
        curl_multi_add_handle(multi, handles[i]);
    }
    ck_assert_int_eq(run(multi), MANY);
    for (int i = 0; i < MANY; i++) {
        client_check_content(got[i].body, got[i].len, SHOWN_SEED, 0, SHOWN_SIZE);
        curl_multi_remove_handle(multi, handles[i]);
        curl_easy_cleanup(handles[i]);
    }
    curl_multi_cleanup(multi);
    ck_assert_int_eq(server_log_wait(server, MANY, WAIT_MS), S_OK);
    ck_assert_int_eq(server_log(server, &log, &count), S_OK);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(log[i].connection, 1);
    server_log_free(log, count);
}
END_TEST

static void *ask_in_thread(void *context)
{
    ask(context, "0-99");
    return NULL;
}

START_TEST(test_hold_and_release)
{
    static struct got got;
    pthread_t asking;

    server_hold_bodies(server, 10);
    ck_assert_int_eq(pthread_create(&asking, NULL, ask_in_thread, &got), 0);
    ck_assert_int_eq(server_wait_held(server, 1, WAIT_MS), S_OK);
    server_hold_bodies(server, UINT64_MAX);
    pthread_join(asking, NULL);
    check_slice(&got, 0, 100);
    shown_add(server, "F02@/f");
    ck_assert_int_eq(pthread_create(&asking, NULL, ask_in_thread, &got), 0);
    ck_assert_int_eq(server_wait_stalled(server, 1, WAIT_MS), S_OK);
    server_release(server);
    pthread_join(asking, NULL);
    check_slice(&got, 0, 100);
}
END_TEST

/* A stream that is held up when its connection goes, and one when the server ends. */
START_TEST(test_ends_while_held)
{
    static struct got got;
    pthread_t asking;
    CURLM *multi = curl_multi_init();
    CURL *curl = handle(&got, "0-99");
    int running;

    shown_add(server, "F02@/f");
    curl_multi_add_handle(multi, curl);
    while (server_wait_stalled(server, 1, 1) != S_OK)
        curl_multi_perform(multi, &running);
    curl_multi_remove_handle(multi, curl);
    curl_easy_cleanup(curl);
    curl_multi_cleanup(multi);
    server_release(server);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    ck_assert_int_eq(pthread_create(&asking, NULL, ask_in_thread, &got), 0);
    ck_assert_int_eq(server_wait_stalled(server, 1, WAIT_MS), S_OK);
    server_stop(server);
    pthread_join(asking, NULL);
    set_up();
}
END_TEST

START_TEST(test_no_http2)
{
    struct got got;

    server_stop(server);
    ck_assert_int_eq(server_start(&(struct server_options){.flags = SERVER_TLS | SERVER_NO_HTTP2}, &server),
                     S_OK);
    ck_assert_int_eq(server_add_fault(server, "F07", NULL), E_INVALIDARG);
    ask(&got, NULL);
    ck_assert_int_eq(got.code, CURLE_OK);
    ck_assert_int_eq(got.version, CURL_HTTP_VERSION_1_1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: HTTP/2");
    TCase *tcase = tcase_create("http2");

    tcase_set_timeout(tcase, 30);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_answers);
    tcase_add_loop_test(tcase, test_fault, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tcase, test_f07_graceful);
    tcase_add_test(tcase, test_front_faults_do_not_strike);
    tcase_add_test(tcase, test_many_streams);
    tcase_add_test(tcase, test_hold_and_release);
    tcase_add_test(tcase, test_ends_while_held);
    tcase_add_test(tcase, test_no_http2);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
