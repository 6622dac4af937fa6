/* What the front does to connections, and that it does nothing else to them. */
#include <config.h>

#include "suite.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shown.h"

#define WAIT_MS    20000
#define GET(path)  "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"
#define HEAD(path) "HEAD " path " HTTP/1.1\r\nHost: x\r\n\r\n"
#define SLICE      "GET /f HTTP/1.1\r\nHost: x\r\nRange: bytes=5-9\r\n\r\n"

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

static void read_content(int fd, uint64_t offset, size_t len)
{
    char *bytes = malloc(len);

    client_read(fd, bytes, len);
    client_check_content(bytes, len, SHOWN_SEED, offset, len);
    free(bytes);
}

static void check_head(int fd, const char *has)
{
    const char *head = client_read_head(fd);

    ck_assert_msg(strstr(head, has) != NULL, "%s is not in %s", has, head);
}

static void check_silent(int fd)
{
    char c;

    ck_assert_int_eq(recv(fd, &c, 1, MSG_DONTWAIT), -1);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
}

static const struct {
    const char *spec, *request, *head;
} lies[] = {
    {"A15@/f", SLICE, "Content-Length: 200000\r\n"},
    {"A16@/f", SLICE, "Content-Length: 6\r\n"},
    {"D11@/f", SLICE, "Content-Length: 5\r\nContent-Length: 6\r\n"},
    {"D11@/f:as=negative", SLICE, "Content-Length: -1\r\n"},
};

/* The server believes that it is done; a client that believes the length waits. */
START_TEST(test_length_lies)
{
    int fd;

    shown_add(server, lies[_i].spec);
    fd = ask(lies[_i].request);
    check_head(fd, lies[_i].head);
    read_content(fd, 5, 5);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    shown_logged(server, &lies[_i].spec, 1);
    check_silent(fd);
    client_write(fd, HEAD("/other")); /* and goes on as if nothing was */
    check_head(fd, "Content-Length: 10\r\n");
    close(fd);
}
END_TEST

START_TEST(test_reset_is_a_reset)
{
    char c;
    int fd;

    shown_add(server, "F08@/f:after=1000");
    fd = ask(GET("/f"));
    check_head(fd, "Content-Length: 200000\r\n");
    read_content(fd, 0, 1000);
    ck_assert_int_eq(recv(fd, &c, 1, 0), -1);
    ck_assert_int_eq(errno, ECONNRESET);
    close(fd);
}
END_TEST

START_TEST(test_silent_close_after_some_requests)
{
    int fd;

    shown_add(server, "F06@/f:limit=2,as=silent");
    fd = ask(SLICE);
    check_head(fd, "206");
    read_content(fd, 5, 5);
    client_write(fd, SLICE);
    check_head(fd, "206");
    read_content(fd, 5, 5);
    ck_assert_uint_eq(client_drain(fd), 0);
    close(fd);
}
END_TEST

/* Only the second of three, sent at once, is damaged. */
START_TEST(test_pipelined_requests)
{
    int fd;

    shown_add(server, "A16@/f:req=2,by=100");
    fd = ask(SLICE SLICE SLICE);
    check_head(fd, "Content-Length: 5\r\n");
    read_content(fd, 5, 5);
    check_head(fd, "Content-Length: 105\r\n");
    read_content(fd, 5, 5);
    check_head(fd, "Content-Length: 5\r\n");
    read_content(fd, 5, 5);
    close(fd);
}
END_TEST

/* One that was there before is closed at its next request, unanswered, and its client comes again. */
START_TEST(test_connection_from_before)
{
    int fd = ask(SLICE);

    check_head(fd, "206");
    read_content(fd, 5, 5);
    shown_add(server, "A16@/none");
    client_write(fd, SLICE);
    ck_assert_uint_eq(client_drain(fd), 0);
    close(fd);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    ck_assert_uint_eq(server_log_count(server), 1);
    fd = ask(SLICE);
    check_head(fd, "206");
    read_content(fd, 5, 5);
    close(fd);
}
END_TEST

/* 4 MiB through a relay, and the count of what was sent to a client that went away. */
START_TEST(test_relay_is_faithful)
{
    const size_t len = 4 << 20;
    struct server_log_entry *log;
    size_t count;
    struct reply r;
    int fd;

    ck_assert_int_eq(
        server_add_file(server, &(struct server_file){.path = "/big", .size = len, .seed = SHOWN_SEED}),
        S_OK);
    shown_add(server, "A16@/none");
    client_get(&r, server, "/big", NULL);
    client_check_content(r.body, r.body_len, SHOWN_SEED, 0, len);
    reply_release(&r);
    fd = ask(GET("/huge"));
    check_head(fd, "200");
    close(fd);
    ck_assert_int_eq(server_log_wait(server, 2, WAIT_MS), S_OK);
    ck_assert_int_eq(server_log(server, &log, &count), S_OK);
    ck_assert_int_eq(log[1].end, SERVER_END_CLIENT_GONE);
    server_log_free(log, count);
}
END_TEST

START_TEST(test_post_through_a_relay)
{
    struct reply r;

    shown_add(server, "A16@/none");
    client_ask(&r, server, "POST", "/f", NULL);
    ck_assert_int_eq(r.status, 405);
    reply_release(&r);
}
END_TEST

START_TEST(test_stop_with_relays)
{
    int held, idle;

    shown_add(server, "A16@/none");
    server_hold_bodies(server, 10);
    held = ask(GET("/f"));
    idle = client_connect(server);
    ck_assert_int_eq(server_wait_held(server, 1, WAIT_MS), S_OK);
    shown_stop(server);
    client_drain(held);
    ck_assert_uint_eq(client_drain(idle), 0);
    close(held);
    close(idle);
    server = shown_start();
}
END_TEST

/* Many at once, each answered in full, while others say nothing. */
START_TEST(test_many_relays)
{
    enum { MANY = 200 };
    int fds[MANY];

    shown_add(server, "A16@/none");
    for (int i = 0; i < MANY; i++)
        fds[i] = client_connect(server);
    for (int i = 0; i < MANY; i += 2)
        client_write(fds[i], SLICE);
    for (int i = 0; i < MANY; i += 2) {
        check_head(fds[i], "206");
        read_content(fds[i], 5, 5);
    }
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
}
END_TEST

/* A fault of the front, one of the answer and one of the body on the same answer. */
START_TEST(test_combined)
{
    char c;
    int fd;

    shown_add(server, "D05@/f");
    shown_add(server, "F01@/f:after=100");
    shown_add(server, "F08@/f:after=200");
    fd = ask(GET("/f"));
    check_head(fd, "Transfer-Encoding: chunked\r\n");
    ck_assert_int_eq(server_wait_stalled(server, 1, WAIT_MS), S_OK);
    server_release(server);
    while (recv(fd, &c, 1, 0) == 1)
        ;
    ck_assert_int_eq(errno, ECONNRESET);
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: front");
    TCase *tcase = tcase_create("front");

    tcase_set_timeout(tcase, 30);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, test_length_lies, 0, (int)(sizeof lies / sizeof *lies));
    tcase_add_test(tcase, test_reset_is_a_reset);
    tcase_add_test(tcase, test_silent_close_after_some_requests);
    tcase_add_test(tcase, test_pipelined_requests);
    tcase_add_test(tcase, test_connection_from_before);
    tcase_add_test(tcase, test_relay_is_faithful);
    tcase_add_test(tcase, test_post_through_a_relay);
    tcase_add_test(tcase, test_stop_with_relays);
    tcase_add_test(tcase, test_many_relays);
    tcase_add_test(tcase, test_combined);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
