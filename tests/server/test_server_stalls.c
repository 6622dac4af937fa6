/* Faults that hold something up, count connections or requests, or lead elsewhere: several steps each. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shown.h"

#define WAIT_MS 20000

static struct server *server;

static void set_up(void)
{
    server = shown_start();
}

static void tear_down(void)
{
    shown_stop(server);
}

static int ask(const char *request)
{
    int fd = client_connect(server);

    client_write(fd, request);
    return fd;
}

static void check_silent(int fd)
{
    char c;

    ck_assert_int_eq(recv(fd, &c, 1, MSG_DONTWAIT), -1);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
}

static void read_content(int fd, uint64_t offset, size_t len)
{
    char *bytes = malloc(len);

    client_read(fd, bytes, len);
    client_check_content(bytes, len, SHOWN_SEED, offset, len);
    free(bytes);
}

static void check_status(int fd, const char *status)
{
    const char *head = client_read_head(fd);

    ck_assert_msg(strncmp(head + strlen("HTTP/1.1 "), status, 3) == 0, "%s", head);
}

START_TEST(test_f01_stalls_in_the_body)
{
    int fd;

    shown_add(server, "F01@/f:after=1000");
    fd = ask("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(fd, "200");
    read_content(fd, 0, 1000);
    ck_assert_int_eq(server_wait_stalled(server, 1, WAIT_MS), S_OK);
    check_silent(fd);
    server_release(server);
    read_content(fd, 1000, SHOWN_SIZE - 1000);
    close(fd);
}
END_TEST

static const struct {
    const char *spec, *request;
    size_t body_len;
} waits[] = {
    {"F02@/f", "GET /f HTTP/1.1\r\nHost: x\r\n\r\n", SHOWN_SIZE},
    {"F02@/f", "HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"E03@/f", "HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"E04@/f:for=until-released", "HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"F10@/f", "GET /f HTTP/1.1\r\nHost: x\r\n\r\n", SHOWN_SIZE},
};

START_TEST(test_no_answer_until_released)
{
    int fd;

    shown_add(server, waits[_i].spec);
    fd = ask(waits[_i].request);
    ck_assert_int_eq(server_wait_stalled(server, 1, WAIT_MS), S_OK);
    check_silent(fd);
    ck_assert_uint_eq(server_log_count(server), 0);
    server_release(server);
    check_status(fd, "200");
    read_content(fd, 0, waits[_i].body_len);
    close(fd);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    shown_logged(server, &waits[_i].spec, 1);
}
END_TEST

/* What is held up does not hold up the end. */
START_TEST(test_stop_while_stalled)
{
    int fd, other;

    shown_add(server, "F02@/f");
    shown_add(server, "F01@/other:after=5,for=1h");
    fd = ask("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_int_eq(server_wait_stalled(server, 1, WAIT_MS), S_OK);
    other = ask("GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_int_eq(server_wait_stalled(server, 2, WAIT_MS), S_OK);
    shown_stop(server);
    client_drain(fd);
    client_drain(other);
    close(fd);
    close(other);
    server = shown_start();
}
END_TEST

/* One piece a pause: after the first the next is due in an hour. */
START_TEST(test_f03_trickles)
{
    int fd;

    shown_add(server, "F03@/f:piece=3,every=1h");
    fd = ask("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(fd, "200");
    read_content(fd, 0, 3);
    check_silent(fd);
    do {
        server_release(server); /* as soon as it pauses, which nobody is told */
    } while (recv(fd, &(char){0}, 1, MSG_DONTWAIT | MSG_PEEK) < 0);
    read_content(fd, 3, 3);
    close(fd);
}
END_TEST

/* Status, and where it leads. */
static int ask_path(const char *path, const char *range, char *out_location, size_t size)
{
    struct reply r;
    int status;

    client_get(&r, server, path, range);
    status = r.status;
    snprintf(out_location, size, "%s", reply_header(&r, "Location") ? reply_header(&r, "Location") : "");
    if (status == 206)
        client_check_content(r.body, r.body_len, SHOWN_SEED, 5, 5);
    reply_release(&r);
    return status;
}

START_TEST(test_e07_signed_url_expires)
{
    char location[512], forged[512], none[512];

    shown_add(server, "E07@/f:hops=3,uses=2");
    ck_assert_int_eq(ask_path("/f", "bytes=5-9", location, sizeof location), 302);
    ck_assert_str_eq(location, "/f?hop=2");
    ck_assert_int_eq(ask_path(location, "bytes=5-9", location, sizeof location), 302);
    ck_assert_str_eq(location, "/f?hop=3");
    ck_assert_int_eq(ask_path(location, "bytes=5-9", location, sizeof location), 302);
    ck_assert_int_eq(strncmp(location, "/f?expires=", 11), 0);
    ck_assert_int_eq(ask_path(location, "bytes=5-9", none, sizeof none), 206);
    ck_assert_int_eq(ask_path(location, "bytes=5-9", none, sizeof none), 206);
    ck_assert_int_eq(ask_path(location, "bytes=5-9", none, sizeof none), 403);
    snprintf(forged, sizeof forged, "%s", location);
    forged[11] = forged[11] == '9' ? '1' : '9';
    ck_assert_int_eq(ask_path(forged, "bytes=5-9", none, sizeof none), 403);
    ck_assert_int_eq(ask_path("/f?expires=99999999999&number=1&signature=", NULL, none, sizeof none), 403);
}
END_TEST

START_TEST(test_e07_time_passes)
{
    char location[512], none[512];

    shown_add(server, "E07@/f:for=0s");
    ck_assert_int_eq(ask_path("/f", NULL, location, sizeof location), 302);
    ck_assert_int_eq(ask_path(location, NULL, none, sizeof none), 403);
    server_clear_faults(server);
    shown_add(server, "E07@/f");
    ck_assert_int_eq(ask_path("/f", NULL, location, sizeof location), 302);
    ck_assert_int_eq(ask_path(location, "bytes=5-9", none, sizeof none), 206);
}
END_TEST

START_TEST(test_e08_redirector_knows_no_ranges)
{
    char location[512];

    shown_add(server, "E08@/f");
    ck_assert_int_eq(ask_path("/f", "bytes=5-9", location, sizeof location), 404);
    ck_assert_int_eq(ask_path("/f", NULL, location, sizeof location), 302);
    ck_assert_int_eq(ask_path(location, "bytes=5-9", location, sizeof location), 206);
}
END_TEST

/* libcurl resolves "../third" where it stands; resolved against the first URL it leads nowhere. */
START_TEST(test_e09_relative_redirect)
{
    char location[512], none[512];

    shown_add(server, "E09@/f");
    ck_assert_int_eq(ask_path("/f", "bytes=5-9", location, sizeof location), 302);
    ck_assert_str_eq(location, "/~hop/second/deep?path=/f");
    ck_assert_int_eq(ask_path(location, "bytes=5-9", location, sizeof location), 302);
    ck_assert_str_eq(location, "../third?path=/f");
    ck_assert_int_eq(ask_path("/~hop/third?path=/f", "bytes=5-9", none, sizeof none), 206);
    ck_assert_int_eq(ask_path("/third?path=/f", "bytes=5-9", none, sizeof none), 404);
}
END_TEST

static const struct {
    const char *spec, *status;
} crowds[] = {{"E10@/f:limit=1", "403"}, {"E12@/f", "503"}, {"E12@/f:status=429", "429"}};

/* The second connection is refused while the first is open. */
START_TEST(test_connections_are_limited)
{
    int first, second;

    shown_add(server, crowds[_i].spec);
    first = ask("HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(first, "200");
    second = ask("HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(second, crowds[_i].status);
    client_write(first, "HEAD /f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    check_status(first, "200");
    ck_assert_uint_eq(client_drain(first), 0);
    close(first);
    close(second);
}
END_TEST

START_TEST(test_f05_answers_under_way_are_limited)
{
    int first, second;

    shown_add(server, "F05@/f");
    server_hold_bodies(server, 10);
    first = ask("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(first, "200");
    ck_assert_int_eq(server_wait_held(server, 1, WAIT_MS), S_OK);
    second = ask("HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(second, "503");
    server_hold_bodies(server, UINT64_MAX);
    read_content(first, 0, SHOWN_SIZE);
    ck_assert_int_eq(server_log_wait(server, 2, WAIT_MS), S_OK);
    client_write(second, "HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
    check_status(second, "200");
    close(first);
    close(second);
}
END_TEST

START_TEST(test_f06_closes_after_some_requests)
{
    int fd;

    shown_add(server, "F06@/f:limit=2");
    fd = ask("HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_ptr_null(strstr(client_read_head(fd), "Connection: close"));
    client_write(fd, "HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(client_read_head(fd), "Connection: close"));
    ck_assert_uint_eq(client_drain(fd), 0);
    close(fd);
}
END_TEST

/* The same requests, the same seed: the same failures. */
START_TEST(test_e16_repeats)
{
    char first[33] = "", second[33] = "", location[8];

    for (int i = 0; i < 32; i++) {
        if (i == 0)
            shown_add(server, "E16@/f:seed=5");
        first[i] = ask_path("/f", "bytes=5-9", location, sizeof location) == 500 ? 'x' : '.';
    }
    server_clear_faults(server);
    shown_add(server, "E16@/f:seed=5");
    for (int i = 0; i < 32; i++)
        second[i] = ask_path("/f", "bytes=5-9", location, sizeof location) == 500 ? 'x' : '.';
    ck_assert_str_eq(first, second);
    ck_assert_ptr_nonnull(strchr(first, 'x'));
    ck_assert_ptr_nonnull(strchr(first, '.'));
}
END_TEST

START_TEST(test_add_and_remove)
{
    struct server_fault_trouble bad;
    struct server_fault *faults;
    char none[8];
    size_t count;

    ck_assert_int_eq(server_add_fault(server, "F01@/f:every=1s", &bad), E_INVALIDARG);
    ck_assert_uint_eq(bad.at, 7);
    ck_assert_ptr_nonnull(strstr(bad.text, "has no \"every\""));
    ck_assert_int_eq(server_add_fault(server, "F01@", NULL), E_INVALIDARG);
    shown_add(server, "A23@/f");
    ck_assert_int_eq(ask_path("/f", "bytes=5-9", none, sizeof none), 416);
    ck_assert_int_eq(server_faults(server, &faults, &count), S_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(faults[0].strikes, 1);
    ck_assert_int_eq(server_remove_fault(server, faults[0].number), S_OK);
    ck_assert_int_eq(server_remove_fault(server, faults[0].number), S_FALSE);
    server_faults_free(faults, count);
    ck_assert_int_eq(ask_path("/f", "bytes=5-9", none, sizeof none), 206);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: faults with several steps");
    TCase *stalls = tcase_create("stalls"), *limits = tcase_create("limits"),
          *redirects = tcase_create("redirects");

    tcase_add_checked_fixture(stalls, set_up, tear_down);
    tcase_add_test(stalls, test_f01_stalls_in_the_body);
    tcase_add_loop_test(stalls, test_no_answer_until_released, 0, (int)(sizeof waits / sizeof *waits));
    tcase_add_test(stalls, test_stop_while_stalled);
    tcase_add_test(stalls, test_f03_trickles);
    suite_add_tcase(suite, stalls);
    tcase_add_checked_fixture(limits, set_up, tear_down);
    tcase_add_loop_test(limits, test_connections_are_limited, 0, (int)(sizeof crowds / sizeof *crowds));
    tcase_add_test(limits, test_f05_answers_under_way_are_limited);
    tcase_add_test(limits, test_f06_closes_after_some_requests);
    tcase_add_test(limits, test_e16_repeats);
    tcase_add_test(limits, test_add_and_remove);
    suite_add_tcase(suite, limits);
    tcase_add_checked_fixture(redirects, set_up, tear_down);
    tcase_add_test(redirects, test_e07_signed_url_expires);
    tcase_add_test(redirects, test_e07_time_passes);
    tcase_add_test(redirects, test_e08_redirector_knows_no_ranges);
    tcase_add_test(redirects, test_e09_relative_redirect);
    suite_add_tcase(suite, redirects);
    return suite_main(suite);
}
