/* The control interface: who may ask, what can be asked, and the client in C for it. */
#include <config.h>

#include "suite.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/control.h"
#include "server/control_client.h"
#include "shown.h"

#define WAIT_MS 20000

static struct server *server;
static struct control *control;
static struct control_client *client;

static void set_up(void)
{
    server = shown_start();
    ck_assert_int_eq(control_start(server, 0, &control), S_OK);
    ck_assert_int_eq(control_client_open(control_url(control), control_token(control), &client), S_OK);
}

static void tear_down(void)
{
    control_client_close(client);
    control_stop(control);
    shown_stop(server);
}

static unsigned port_of_control(void)
{
    return (unsigned)strtoul(strrchr(control_url(control), ':') + 1, NULL, 10);
}

/* The status of one request, made of these; NULL: that header is not sent. */
static int ask(const char *request, const char *host, const char *token, const char *more)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port_of_control()),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), status = 0;
    char text[1024], line[256] = "", bearer[128] = "";
    const char *head;

    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    if (host)
        snprintf(line, sizeof line, "Host: %s\r\n", host);
    if (token)
        snprintf(bearer, sizeof bearer, "Authorization: %s\r\n", token);
    snprintf(text, sizeof text, "%s HTTP/1.1\r\n%s%s%s\r\n", request, line, bearer, more ? more : "");
    client_write(fd, text);
    head = client_read_head(fd);
    ck_assert_int_eq(sscanf(head, "HTTP/1.1 %d", &status), 1);
    close(fd);
    return status;
}

static const char *host_with(const char *name, unsigned port)
{
    static char host[64];

    snprintf(host, sizeof host, "%s:%u", name, port);
    return host;
}

static const char *bearer(const char *token)
{
    static char text[128];

    snprintf(text, sizeof text, "Bearer %s", token);
    return text;
}

START_TEST(test_who_may_ask)
{
    const char *token = control_token(control);
    unsigned port = port_of_control();
    char other[64];

    ck_assert_uint_eq(strlen(token), 32);
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), bearer(token), NULL), 200);
    ck_assert_int_eq(ask("GET /faults", host_with("localhost", port), bearer(token), NULL), 200);
    /* no token, half a token, another one, another scheme */
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), NULL, NULL), 401);
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), "Bearer ", NULL), 401);
    snprintf(other, sizeof other, "%.31s", token);
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), bearer(other), NULL), 401);
    snprintf(other, sizeof other, "%s", token);
    other[31] = other[31] == '0' ? '1' : '0';
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), bearer(other), NULL), 401);
    snprintf(other, sizeof other, "Basic %s", token);
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), other, NULL), 401);
    /* a name that an attacker's DNS leads here, another port, none */
    ck_assert_int_eq(ask("GET /faults", host_with("evil.test", port), bearer(token), NULL), 403);
    ck_assert_int_eq(ask("GET /faults", "127.0.0.1:1", bearer(token), NULL), 403);
    ck_assert_int_eq(ask("GET /faults", "127.0.0.1", bearer(token), NULL), 403);
    /* a page, even with the token */
    ck_assert_int_eq(
        ask("GET /faults", host_with("127.0.0.1", port), bearer(token), "Origin: http://evil.test\r\n"), 403);
    ck_assert_int_eq(ask("GET /faults", host_with("127.0.0.1", port), bearer(token), "Origin: null\r\n"),
                     403);
    ck_assert_int_eq(ask("OPTIONS /faults", host_with("127.0.0.1", port), NULL,
                         "Origin: http://evil.test\r\nAccess-Control-Request-Method: POST\r\n"),
                     403);
}
END_TEST

static const struct {
    const char *request, *more;
    int status;
} wrong[] = {
    {"GET /", NULL, 404},
    {"GET /faultsx", NULL, 404},
    {"PUT /faults", NULL, 405},
    {"POST /log", NULL, 405},
    {"DELETE /faults/99", NULL, 404},
    {"DELETE /faults/x", NULL, 404},
    {"POST /faults", "Content-Length: 0\r\n", 400},
    {"POST /faults", "Content-Length: 2\r\n\r\n{}", 400},
    {"POST /faults", "Content-Length: 10\r\n\r\n{\"spec\":1}", 400},
    {"POST /hold", "Content-Length: 12\r\n\r\n{\"after\":-1}", 400},
    {"POST /hold", "Content-Length: 13\r\n\r\n{\"after\":\"x\"}", 400},
};

START_TEST(test_wrong_requests)
{
    ck_assert_int_eq(ask(wrong[_i].request, host_with("127.0.0.1", port_of_control()),
                         bearer(control_token(control)), wrong[_i].more),
                     wrong[_i].status);
}
END_TEST

START_TEST(test_faults)
{
    struct server_fault_trouble bad;
    struct server_fault *faults;
    struct reply r;
    size_t count;

    ck_assert_int_eq(control_client_add_fault(client, "A23@/f", &bad), S_OK);
    ck_assert_int_eq(control_client_add_fault(client, "A08@/\xC3\xA4:as=none", NULL), S_OK);
    ck_assert_int_eq(control_client_add_fault(client, "A23@f", &bad), E_INVALIDARG);
    ck_assert_uint_eq(bad.at, 4);
    ck_assert_ptr_nonnull(strstr(bad.text, "a path begins"));
    client_get(&r, server, "/f", "bytes=5-9");
    ck_assert_int_eq(r.status, 416);
    reply_release(&r);
    ck_assert_int_eq(control_client_faults(client, &faults, &count), S_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(faults[0].spec, "A23@/f");
    ck_assert_uint_eq(faults[0].strikes, 1);
    ck_assert_uint_eq(faults[1].met, 0);
    ck_assert_int_eq(control_client_remove_fault(client, faults[0].number), S_OK);
    ck_assert_int_eq(control_client_remove_fault(client, faults[0].number), S_FALSE);
    server_faults_free(faults, count);
    client_get(&r, server, "/f", "bytes=5-9");
    ck_assert_int_eq(r.status, 206);
    reply_release(&r);
    ck_assert_int_eq(control_client_clear_faults(client), S_OK);
    ck_assert_int_eq(control_client_faults(client, &faults, &count), S_OK);
    ck_assert_uint_eq(count, 0);
    server_faults_free(faults, count);
}
END_TEST

START_TEST(test_log)
{
    static const char *const headers[] = {"Range: bytes=5-9,20-29", "Authorization: Basic dTpw", NULL};
    struct server_log_entry *log;
    struct reply r;
    size_t count;

    ck_assert_int_eq(control_client_log(client, 1, 1, &log, &count), S_FALSE);
    ck_assert_uint_eq(count, 0);
    server_log_free(log, count);
    ck_assert_int_eq(control_client_add_fault(client, "A17@/f", NULL), S_OK);
    client_ask(&r, server, "GET", "/f", headers);
    reply_release(&r);
    ck_assert_int_eq(control_client_log(client, 1, WAIT_MS, &log, &count), S_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(log[0].method, "GET");
    ck_assert_str_eq(log[0].path, "/f");
    ck_assert_int_eq(log[0].status, 206);
    ck_assert_str_eq(log[0].range, "bytes=5-9,20-29");
    ck_assert_str_eq(server_log_header(&log[0], "Authorization"), "Basic ...");
    ck_assert_uint_eq(log[0].slice_count, 2);
    ck_assert_uint_eq(log[0].slices[1].offset, 20);
    ck_assert_uint_eq(log[0].slices[1].len, 10);
    ck_assert_uint_eq(log[0].slices[1].sent, 10);
    ck_assert_uint_gt(log[0].body_bytes, 15);
    ck_assert_int_eq(log[0].end, SERVER_END_COMPLETE);
    ck_assert_uint_eq(log[0].fault_count, 1);
    ck_assert_str_eq(log[0].faults[0], "A17@/f");
    server_log_free(log, count);
    ck_assert_int_eq(control_client_clear_log(client), S_OK);
    ck_assert_uint_eq(server_log_count(server), 0);
}
END_TEST

START_TEST(test_hold_and_release)
{
    char bytes[10];
    int fd;

    ck_assert_int_eq(control_client_wait_held(client, 1, 1), S_FALSE);
    ck_assert_int_eq(control_client_hold(client, 10), S_OK);
    ck_assert_int_eq(control_client_add_fault(client, "F02@/other", NULL), S_OK);
    fd = client_connect(server);
    client_write(
        fd, "GET /f HTTP/1.1\r\nHost: x\r\nRange: bytes=0-19\r\n\r\nGET /other HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read_head(fd);
    client_read(fd, bytes, 10);
    ck_assert_int_eq(control_client_wait_held(client, 1, WAIT_MS), S_OK);
    ck_assert_int_eq(control_client_wait_stalled(client, 1, 1), S_FALSE);
    ck_assert_int_eq(control_client_hold(client, UINT64_MAX), S_OK);
    client_read(fd, bytes, 10);
    ck_assert_int_eq(control_client_wait_stalled(client, 1, WAIT_MS), S_OK);
    ck_assert_int_eq(control_client_release(client), S_OK);
    client_read_head(fd);
    client_read(fd, bytes, 10);
    close(fd);
}
END_TEST

static void *wait_long(void *context)
{
    struct server_log_entry *log;
    size_t count;
    HRESULT hr = control_client_log(context, 1000, 50000, &log, &count);

    server_log_free(log, count);
    return hr == S_FALSE || hr == E_FAIL ? NULL : context;
}

/* Somebody who waits for what never comes does not hold up the end. */
START_TEST(test_stop_while_waiting)
{
    pthread_t waiting;
    void *wrong_end;

    ck_assert_int_eq(pthread_create(&waiting, NULL, wait_long, client), 0);
    control_stop(control);
    pthread_join(waiting, &wrong_end);
    ck_assert_ptr_null(wrong_end);
    ck_assert_int_eq(control_start(server, 0, &control), S_OK);
}
END_TEST

START_TEST(test_client_in_trouble)
{
    struct control_client *other;

    ck_assert_int_eq(control_client_open("https://127.0.0.1:1", "t", &other), E_INVALIDARG);
    ck_assert_int_eq(control_client_open("http://127.0.0.1:70000", "t", &other), E_INVALIDARG);
    ck_assert_int_eq(control_client_open("http://127.0.0.1:1/x", "t", &other), E_INVALIDARG);
    ck_assert_int_eq(control_client_open("http://127.0.0.1:1", "a\r\nb", &other), E_INVALIDARG);
    ck_assert_int_eq(control_client_open(control_url(control), "wrong", &other), S_OK);
    ck_assert_int_eq(control_client_clear_faults(other), E_ACCESSDENIED);
    control_client_close(other);
}
END_TEST

START_TEST(test_port_in_use)
{
    struct control *second;

    ck_assert_int_eq(control_start(server, (uint16_t)port_of_control(), &second), SERVER_E_PORT_IN_USE);
    ck_assert_ptr_null(second);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: control");
    TCase *tcase = tcase_create("control");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_who_may_ask);
    tcase_add_loop_test(tcase, test_wrong_requests, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(tcase, test_faults);
    tcase_add_test(tcase, test_log);
    tcase_add_test(tcase, test_hold_and_release);
    tcase_add_test(tcase, test_stop_while_waiting);
    tcase_add_test(tcase, test_client_in_trouble);
    tcase_add_test(tcase, test_port_in_use);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
