/* A server's life: start and end, holding answers, the log, many connections at once. */
#include <config.h>

#include "suite.h"

#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

#define WAIT_MS 20000
#define GIB     (UINT64_C(1) << 30)

static struct server *server;

static void start(const struct server_options *options)
{
    ck_assert_int_eq(server_start(options, &server), S_OK);
    ck_assert_int_eq(server_add_file(server, &(struct server_file){.path = "/f", .size = GIB, .seed = 5}),
                     S_OK);
}

static void set_up(void)
{
    start(NULL);
}

static void tear_down(void)
{
    server_stop(server);
    server = NULL;
}

static void get_range(int fd, const char *path, const char *range)
{
    char text[256];

    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n%s%s%s\r\n", path, range ? "Range: " : "",
             range ? range : "", range ? "\r\n" : "");
    client_write(fd, text);
}

static void check_bytes(int fd, uint64_t offset, size_t len)
{
    char *got = malloc(len);

    client_read(fd, got, len);
    client_check_content(got, len, 5, offset, len);
    free(got);
}

static bool nothing_to_read(int fd)
{
    char c;

    return recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK) < 0;
}

/* --- Start and end --- */

START_TEST(test_port_in_use_is_told)
{
    const struct server_options options = {.port = server_port(server)};
    struct server *second = server;

    ck_assert_int_eq(server_start(&options, &second), SERVER_E_PORT_IN_USE);
    ck_assert_ptr_null(second);
}
END_TEST

static const struct {
    struct server_options options;
    HRESULT hr;
} refusals[] = {
    {{.address = "nonsense"}, E_INVALIDARG},
    {{.address = "localhost"}, E_INVALIDARG}, /* a name would need a resolver */
    {{.address = "192.0.2.1"}, SERVER_E_ADDRESS_NOT_HERE},
    {{.root = "/nowhere/at/all"}, SERVER_E_NO_SUCH_FILE},
    {{.root = "/dev/null"}, SERVER_E_NOT_A_FOLDER},
    {{.log_file = "/nowhere/log"}, SERVER_E_NO_SUCH_FILE},
};

START_TEST(test_start_that_cannot_be_is_refused)
{
    struct server *none = server;

    ck_assert_int_eq(server_start(&refusals[_i].options, &none), refusals[_i].hr);
    ck_assert_ptr_null(none);
}
END_TEST

static size_t open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* Descriptors run out after one more, two more, ... until there are enough; with one thread and with three.
 */
START_TEST(test_start_without_enough_descriptors_leaves_none_behind)
{
    const struct server_options options = {.root = "/", .log_file = "/dev/null", .threads = _i ? 3 : 1};
    size_t before = open_descriptors();
    struct rlimit limit, low;
    struct server *other = NULL;
    int refused = 0, top = dup(0);

    close(top);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    while (!other && refused < 20) {
        HRESULT hr;

        low = limit;
        low.rlim_cur = (rlim_t)(top + refused);
        ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
        hr = server_start(&options, &other);
        setrlimit(RLIMIT_NOFILE, &limit);
        if (SUCCEEDED(hr))
            break;
        ck_assert_ptr_null(other);
        ck_assert_msg(open_descriptors() == before, "with %d more", refused);
        refused++;
    }
    ck_assert_ptr_nonnull(other);
    ck_assert_int_ge(refused, 3);
    server_stop(other);
    ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

START_TEST(test_url_names_address_and_port)
{
    char expected[64];

    snprintf(expected, sizeof expected, "http://127.0.0.1:%u", server_port(server));
    ck_assert_str_eq(server_url(server), expected);
}
END_TEST

START_TEST(test_every_address_is_named_by_loopback)
{
    static const char *const addresses[][2] = {{"0.0.0.0", "http://127.0.0.1:"}, {"::1", "http://[::1]:"}};
    const struct server_options options = {.address = addresses[_i][0]};
    struct server *other;
    struct reply r;
    HRESULT hr = server_start(&options, &other);

    if (hr == SERVER_E_ADDRESS_NOT_HERE || hr == E_FAIL) {
        ck_assert_str_eq(addresses[_i][0], "::1"); /* a machine without IPv6 */
        return;
    }
    ck_assert_int_eq(hr, S_OK);
    ck_assert_int_eq(strncmp(server_url(other), addresses[_i][1], strlen(addresses[_i][1])), 0);
    client_get(&r, other, "/none", NULL);
    ck_assert_int_eq(r.status, 404);
    reply_release(&r);
    server_stop(other);
}
END_TEST

START_TEST(test_stop_ends_answers_under_way)
{
    int held, reading, idle;

    server_hold_bodies(server, 10);
    held = client_connect(server);
    get_range(held, "/f", NULL);
    ck_assert_int_eq(server_wait_held(server, 1, WAIT_MS), S_OK);
    idle = client_connect(server);
    reading = client_connect(server);
    get_range(reading, "/f", NULL);
    ck_assert_int_eq(server_wait_held(server, 2, WAIT_MS), S_OK);
    server_stop(server);
    server = NULL;
    client_drain(held);
    client_drain(reading);
    ck_assert_uint_eq(client_drain(idle), 0);
    close(held);
    close(reading);
    close(idle);
}
END_TEST

/* --- Holding --- */

START_TEST(test_hold_stops_each_body_where_it_was_told)
{
    int a = client_connect(server), b = client_connect(server);

    server_hold_bodies(server, 1000);
    ck_assert_int_eq(server_wait_held(server, 1, 0), S_FALSE);
    get_range(a, "/f", NULL);
    get_range(b, "/f", "bytes=77-5000");
    ck_assert_ptr_nonnull(strstr(client_read_head(a), " 200 "));
    ck_assert_ptr_nonnull(strstr(client_read_head(b), " 206 "));
    check_bytes(a, 0, 1000);
    check_bytes(b, 77, 1000);
    ck_assert_int_eq(server_wait_held(server, 2, WAIT_MS), S_OK);
    ck_assert(nothing_to_read(a));
    ck_assert(nothing_to_read(b));
    ck_assert_uint_eq(server_log_count(server), 0);
    /* further, and then for good */
    server_hold_bodies(server, 2000);
    check_bytes(a, 1000, 1000);
    check_bytes(b, 1077, 1000);
    ck_assert_int_eq(server_wait_held(server, 2, WAIT_MS), S_OK);
    ck_assert(nothing_to_read(a));
    server_hold_bodies(server, UINT64_MAX);
    check_bytes(b, 2077, 5001 - 2077);
    check_bytes(a, 2000, 100000);
    ck_assert_int_eq(server_log_wait(server, 1, WAIT_MS), S_OK);
    close(a);
    close(b);
}
END_TEST

START_TEST(test_hold_at_nothing_lets_the_headers_out)
{
    int fd = client_connect(server);

    server_hold_bodies(server, 0);
    get_range(fd, "/f", "bytes=5-9");
    ck_assert_ptr_nonnull(strstr(client_read_head(fd), " 206 "));
    ck_assert_int_eq(server_wait_held(server, 1, WAIT_MS), S_OK);
    ck_assert(nothing_to_read(fd));
    server_hold_bodies(server, UINT64_MAX);
    check_bytes(fd, 5, 5);
    close(fd);
}
END_TEST

START_TEST(test_hold_is_not_met_by_a_shorter_body)
{
    struct reply r;

    server_hold_bodies(server, 6);
    client_get(&r, server, "/f", "bytes=0-5");
    ck_assert_uint_eq(r.body_len, 6);
    reply_release(&r);
}
END_TEST

static struct server_log_entry *entries;
static size_t entry_count;

static void read_log(size_t expected)
{
    ck_assert_int_eq(server_log_wait(server, expected, WAIT_MS), S_OK);
    ck_assert_int_eq(server_log(server, &entries, &entry_count), S_OK);
    ck_assert_uint_eq(entry_count, expected);
}

/* Nothing is made up for bytes that are no longer there: the answer ends early, and the log says where. */
START_TEST(test_real_file_that_shrinks_breaks_its_answer_off)
{
    char folder[] = "/tmp/openbits-life-XXXXXX", path[64], first[1000];
    int fd, client;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/f", folder);
    fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, 1 << 20), 0);
    tear_down();
    ck_assert_int_eq(server_start(&(struct server_options){.root = folder}, &server), S_OK);
    server_hold_bodies(server, sizeof first);
    client = client_connect(server);
    get_range(client, "/f", NULL);
    ck_assert_ptr_nonnull(strstr(client_read_head(client), "Content-Length: 1048576\r\n"));
    client_read(client, first, sizeof first);
    ck_assert_int_eq(server_wait_held(server, 1, WAIT_MS), S_OK);
    ck_assert_int_eq(ftruncate(fd, 500), 0);
    server_hold_bodies(server, UINT64_MAX);
    ck_assert_uint_eq(client_drain(client), 0);
    close(client);
    read_log(1);
    ck_assert_uint_eq(entries[0].body_bytes, sizeof first);
    ck_assert_int_eq(entries[0].end, SERVER_END_CLIENT_GONE);
    server_log_free(entries, entry_count);
    close(fd);
    unlink(path);
    rmdir(folder);
}
END_TEST

/* --- The log --- */

START_TEST(test_log_tells_what_was_asked_and_sent)
{
    static const char *const headers[] = {"Range: bytes=0-9,100-199", "X-Own: value", "User-Agent: me/1",
                                          NULL};
    struct reply r;

    client_ask(&r, server, "GET", "/f?query", headers);
    reply_release(&r);
    client_ask(&r, server, "HEAD", "/f", NULL);
    reply_release(&r);
    client_get(&r, server, "/none", NULL);
    read_log(3);
    ck_assert_str_eq(entries[0].method, "GET");
    ck_assert_str_eq(entries[0].path, "/f");
    ck_assert_str_eq(entries[0].target, "/f?query");
    ck_assert_str_eq(entries[0].range, "bytes=0-9,100-199");
    ck_assert_str_eq(entries[0].user_agent, "me/1");
    ck_assert_str_eq(server_log_header(&entries[0], "x-own"), "value");
    ck_assert_int_eq(entries[0].status, 206);
    ck_assert_uint_eq(entries[0].request, 1);
    ck_assert_uint_eq(entries[0].connection, 1);
    ck_assert_int_le(entries[0].start_us, entries[0].end_us);
    ck_assert_uint_eq(entries[0].slice_count, 2);
    ck_assert_uint_eq(entries[0].slices[0].sent, 10);
    ck_assert_uint_eq(entries[0].slices[1].offset, 100);
    ck_assert_uint_eq(entries[0].slices[1].sent, 100);
    ck_assert_uint_gt(entries[0].body_bytes, 110);
    ck_assert_int_eq(entries[0].end, SERVER_END_COMPLETE);
    ck_assert_str_eq(entries[1].method, "HEAD");
    ck_assert_uint_eq(entries[1].body_bytes, 0);
    ck_assert_uint_eq(entries[1].slice_count, 0);
    ck_assert_ptr_null(entries[1].range);
    ck_assert_int_eq(entries[2].status, 404);
    ck_assert_uint_eq(entries[2].body_bytes, r.body_len);
    ck_assert_uint_eq(entries[2].connection, 3);
    reply_release(&r);
    server_log_free(entries, entry_count);
    server_log_clear(server);
    ck_assert_uint_eq(server_log_count(server), 0);
    client_get(&r, server, "/f", "bytes=0-0");
    reply_release(&r);
    read_log(1);
    ck_assert_uint_eq(entries[0].request, 4); /* numbers go on */
    ck_assert_uint_eq(entries[0].body_bytes, 1);
    server_log_free(entries, entry_count);
}
END_TEST

START_TEST(test_log_numbers_connections)
{
    int a = client_connect(server), b;

    for (int i = 0; i < 3; i++) {
        get_range(a, "/f", "bytes=0-0");
        client_read_head(a);
        check_bytes(a, 0, 1);
    }
    b = client_connect(server);
    get_range(b, "/f", "bytes=0-0");
    client_read_head(b);
    check_bytes(b, 0, 1);
    read_log(4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(entries[i].connection, i < 3 ? 1 : 2);
    server_log_free(entries, entry_count);
    close(a);
    close(b);
}
END_TEST

START_TEST(test_log_tells_that_the_client_left)
{
    int fd = client_connect(server);

    get_range(fd, "/f", NULL);
    client_read_head(fd);
    check_bytes(fd, 0, 100000);
    close(fd);
    read_log(1);
    ck_assert_int_eq(entries[0].end, SERVER_END_CLIENT_GONE);
    ck_assert_uint_ge(entries[0].body_bytes, 100000);
    ck_assert_uint_lt(entries[0].body_bytes, GIB);
    ck_assert_uint_eq(entries[0].slices[0].sent, entries[0].body_bytes);
    ck_assert_uint_eq(entries[0].slices[0].len, GIB);
    server_log_free(entries, entry_count);
}
END_TEST

START_TEST(test_log_file_has_a_line_for_each_request)
{
    char path[] = "/tmp/openbits-log-XXXXXX", line[4096];
    int fd = mkstemp(path);
    struct reply r;
    FILE *file;

    ck_assert_int_ge(fd, 0);
    close(fd);
    tear_down();
    start(&(struct server_options){.log_file = path});
    client_get(&r, server, "/f", "bytes=0-4");
    reply_release(&r);
    client_get(&r, server, "/none", NULL);
    reply_release(&r);
    ck_assert_int_eq(server_log_wait(server, 2, WAIT_MS), S_OK);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_ptr_nonnull(strstr(line, "\"slices\":[[0,5,5]]"));
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_ptr_nonnull(strstr(line, "\"status\":404"));
    ck_assert_ptr_null(fgets(line, sizeof line, file));
    fclose(file);
    unlink(path);
}
END_TEST

/* --- Many at once --- */

enum { PARALLEL = 48, ROUNDS = 6, PIECE = 30000 };

struct transfer {
    CURL *curl;
    uint64_t offset;
    char body[PIECE];
    size_t len;
};

static size_t on_piece(char *data, size_t one, size_t n, void *context)
{
    struct transfer *t = context;

    if (one * n > sizeof t->body - t->len)
        return 0;
    memcpy(t->body + t->len, data, one * n);
    t->len += one * n;
    return one * n;
}

static void add_transfer(CURLM *multi, struct transfer *t, uint64_t *random)
{
    char url[128], range[64];

    t->offset = suite_random(random) % (GIB - PIECE);
    t->len = 0;
    snprintf(url, sizeof url, "%s/f", server_url(server));
    snprintf(range, sizeof range, "%llu-%llu", (unsigned long long)t->offset,
             (unsigned long long)(t->offset + PIECE - 1));
    curl_easy_setopt(t->curl, CURLOPT_URL, url);
    curl_easy_setopt(t->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(t->curl, CURLOPT_RANGE, range);
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, on_piece);
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
    ck_assert_int_eq(curl_multi_add_handle(multi, t->curl), CURLM_OK);
}

static void run_transfers(CURLM *multi)
{
    int running = 1, left;

    while (running) {
        struct CURLMsg *message;

        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *curl = message->easy_handle;
            struct transfer *t;

            ck_assert_msg(message->data.result == CURLE_OK, "%s", curl_easy_strerror(message->data.result));
            curl_easy_getinfo(curl, CURLINFO_PRIVATE, &t);
            client_check_content(t->body, t->len, 5, t->offset, PIECE);
            curl_multi_remove_handle(multi, curl);
        }
        if (running)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
}

static struct transfer transfers[PARALLEL];

static void fetch_in_parallel(void)
{
    uint64_t random = suite_seed();
    CURLM *multi = curl_multi_init();

    for (size_t i = 0; i < PARALLEL; i++)
        transfers[i].curl = curl_easy_init();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < PARALLEL; i++)
            add_transfer(multi, &transfers[i], &random);
        run_transfers(multi);
    }
    for (size_t i = 0; i < PARALLEL; i++)
        curl_easy_cleanup(transfers[i].curl);
    curl_multi_cleanup(multi);
}

START_TEST(test_many_connections_are_answered_and_counted)
{
    uint64_t total = 0, last_connection = 0;

    if (_i) {
        tear_down();
        start(&(struct server_options){.threads = 3});
    }
    fetch_in_parallel();
    read_log(PARALLEL * ROUNDS);
    for (size_t i = 0; i < entry_count; i++) {
        total += entries[i].body_bytes;
        if (entries[i].connection > last_connection)
            last_connection = entries[i].connection;
    }
    ck_assert_uint_eq(total, (uint64_t)PARALLEL * ROUNDS * PIECE);
    ck_assert_uint_ge(last_connection, 2);
    ck_assert_uint_le(last_connection, PARALLEL * ROUNDS);
    server_log_free(entries, entry_count);
}
END_TEST

static atomic_bool meddling;

/* Everything another thread may do, all the time. */
static void *meddle(void *context)
{
    struct server_log_entry *copy;
    size_t count;

    (void)context;
    for (unsigned i = 0; atomic_load(&meddling); i++) {
        struct server_file other = {.path = "/g", .size = i, .seed = i};

        server_hold_bodies(server, i % 4 ? i % PIECE : UINT64_MAX);
        server_add_file(server, &other);
        server_wait_held(server, 1, 1);
        server_remove_file(server, "/g");
        if (i % 16 == 0 && server_log(server, &copy, &count) == S_OK)
            server_log_free(copy, count);
    }
    server_hold_bodies(server, UINT64_MAX);
    return NULL;
}

START_TEST(test_held_and_changed_while_many_are_answered)
{
    pthread_t thread;

    tear_down();
    start(&(struct server_options){.threads = 2});
    atomic_store(&meddling, true);
    ck_assert_int_eq(pthread_create(&thread, NULL, meddle, NULL), 0);
    fetch_in_parallel();
    atomic_store(&meddling, false);
    pthread_join(thread, NULL);
    read_log(PARALLEL * ROUNDS);
    server_log_free(entries, entry_count);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: life");
    TCase *life = tcase_create("start and end"), *holding = tcase_create("holding"),
          *log = tcase_create("log"), *many = tcase_create("many");
    int status;

    curl_global_init(CURL_GLOBAL_ALL);
    tcase_add_checked_fixture(life, set_up, tear_down);
    tcase_add_test(life, test_port_in_use_is_told);
    tcase_add_loop_test(life, test_start_that_cannot_be_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(life, test_start_without_enough_descriptors_leaves_none_behind, 0, 2);
    tcase_add_test(life, test_url_names_address_and_port);
    tcase_add_loop_test(life, test_every_address_is_named_by_loopback, 0, 2);
    tcase_add_test(life, test_stop_ends_answers_under_way);
    suite_add_tcase(suite, life);
    tcase_add_checked_fixture(holding, set_up, tear_down);
    tcase_add_test(holding, test_hold_stops_each_body_where_it_was_told);
    tcase_add_test(holding, test_hold_at_nothing_lets_the_headers_out);
    tcase_add_test(holding, test_hold_is_not_met_by_a_shorter_body);
    tcase_add_test(holding, test_real_file_that_shrinks_breaks_its_answer_off);
    suite_add_tcase(suite, holding);
    tcase_add_checked_fixture(log, set_up, tear_down);
    tcase_add_test(log, test_log_tells_what_was_asked_and_sent);
    tcase_add_test(log, test_log_numbers_connections);
    tcase_add_test(log, test_log_tells_that_the_client_left);
    tcase_add_test(log, test_log_file_has_a_line_for_each_request);
    suite_add_tcase(suite, log);
    tcase_add_checked_fixture(many, set_up, tear_down);
    tcase_set_timeout(many, 120);
    tcase_add_loop_test(many, test_many_connections_are_answered_and_counted, 0, 2);
    tcase_add_test(many, test_held_and_changed_while_many_are_answered);
    suite_add_tcase(suite, many);
    status = suite_main(suite);
    curl_global_cleanup();
    return status;
}
