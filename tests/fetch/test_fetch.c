/* fetch against the test server: what comes back, and what is sent. */
#include <string.h>

#include "base/hr.h"
#include "folder.h"
#include "suite.h"
#include "world.h"

/* --- answers --- */

START_TEST(test_size_and_version)
{
    struct world world;
    struct ask ask = {0};
    struct fetch_spec spec = {.kind = FETCH_SIZE, .url = world.url, .expected = {.size = UNKNOWN}};

    world_make(&world);
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert(ask.replied);
    ck_assert_int_eq(ask.status, 200);
    ck_assert_uint_eq(ask.size, SIZE);
    ck_assert_str_eq(ask.etag, ETAG);
    ck_assert_str_eq(ask.last_modified, DATE);
    ck_assert_int_eq(ask.last_modified_unix_s, MODIFIED);
    ck_assert_str_eq(ask.url, world.url);
    ck_assert_msg(strncmp(ask.headers, "HTTP/1.1 200 OK\r\n", 17) == 0, "%s", ask.headers);
    ck_assert_ptr_nonnull(strstr(ask.headers, "ETag: " ETAG "\r\n"));
    ck_assert_uint_eq(ask.len, 0);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

static const struct range content_ranges[] = {
    {0, 1}, {0, SIZE}, {SIZE - 1, SIZE}, {1, 4097}, {12345, 1234567}, {65536, 131072},
};

START_TEST(test_range_content)
{
    struct range range = content_ranges[_i];
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, range.start, range.end);
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert_int_eq(ask.status, 206);
    ck_assert_uint_eq(ask.size, SIZE);
    assert_content(&ask, range.start, (size_t)range_len(range));
    ask_release(&ask);
    world_end(&world);
}
END_TEST

START_TEST(test_whole_content)
{
    struct world world;
    struct ask ask = {0};
    struct fetch_spec spec = {
        .kind = FETCH_WHOLE, .url = world.url, .range = {0, SIZE}, .expected = {.size = SIZE}};

    world_make(&world);
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    ck_assert_int_eq(ask.status, 200);
    assert_content(&ask, 0, SIZE);
    ask_release(&ask);

    spec.range.end = spec.expected.size = UNKNOWN;
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    assert_content(&ask, 0, SIZE);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

START_TEST(test_range_beyond_the_end_is_invalid)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, SIZE, SIZE + 10);
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, BG_E_INVALID_RANGE);
    ck_assert_int_eq(ask.status, 416);
    ask_release(&ask);

    spec = range_of(&world, SIZE - 5, SIZE + 10); /* cut at the end of the file */
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_FALSE);
    assert_content(&ask, SIZE - 5, 5);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

START_TEST(test_changed_file_is_noticed)
{
    struct world world;
    struct ask ask = {0};

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 0, 100);
    spec.expected.etag = NULL;
    spec.expected.last_modified = DATE;
    add_file(&world, SEED + 1, "\"v2\"", MODIFIED + 100);
    ask_run(&ask, world.source, &spec); /* by If-Unmodified-Since */
    ck_assert_int_eq(ask.hr, BG_E_REMOTE_FILE_CHANGED);
    ck_assert_int_eq(ask.status, 412);
    ck_assert(!ask.replied);
    ask_release(&ask);

    spec = range_of(&world, 0, 100); /* by ETag */
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, BG_E_REMOTE_FILE_CHANGED);
    ck_assert_int_eq(ask.status, 206);
    ck_assert(!ask.replied);
    ask_release(&ask);
    world_end(&world);
}
END_TEST

/* --- requests --- */

static const char *header(const struct server_log_entry *entry, const char *name)
{
    const char *value = server_log_header(entry, name);

    return value ? value : "(none)";
}

START_TEST(test_requests_carry_the_headers_of_bits)
{
    struct world world;
    struct ask ask = {0};
    struct server_log_entry *log;
    size_t count;

    world_make(&world);
    struct fetch_spec size = {.kind = FETCH_SIZE, .url = world.url, .expected = {.size = UNKNOWN}};
    ask_run(&ask, world.source, &size);
    ask_release(&ask);
    struct fetch_spec range = range_of(&world, 5, 17);
    range.expected.last_modified = DATE;
    ask_run(&ask, world.source, &range);
    ck_assert_int_eq(ask.hr, S_OK);
    ask_release(&ask);
    struct fetch_spec whole = {
        .kind = FETCH_WHOLE, .url = world.url, .range = {0, UNKNOWN}, .expected = {.size = UNKNOWN}};
    ask_run(&ask, world.source, &whole);
    ask_release(&ask);

    ck_assert_int_eq(server_log_wait(world.server, 3, 10000), S_OK);
    ck_assert_int_eq(server_log(world.server, &log, &count), S_OK);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(log[i].method, i == 0 ? "HEAD" : "GET");
        ck_assert_str_eq(header(&log[i], "User-Agent"), "Microsoft BITS/7.8");
        ck_assert_str_eq(header(&log[i], "Accept"), "*/*");
        ck_assert_str_eq(header(&log[i], "Accept-Encoding"), "identity");
        ck_assert_str_eq(header(&log[i], "Connection"), "Keep-Alive");
        ck_assert_str_eq(header(&log[i], "Range"), i == 1 ? "bytes=5-16" : "(none)");
        ck_assert_str_eq(header(&log[i], "If-Unmodified-Since"), i == 1 ? DATE : "(none)");
        ck_assert_uint_eq(log[i].header_count, i == 1 ? 7 : 5); /* Host too, and nothing else */
        ck_assert_uint_eq(log[i].connection, 1);
    }
    server_log_free(log, count);
    world_end(&world);
}
END_TEST

/* A date that a server smuggled a line end into is not sent on. */
START_TEST(test_header_values_cannot_inject)
{
    struct world world;
    struct ask ask = {0};
    struct server_log_entry *log;
    size_t count;

    world_make(&world);
    struct fetch_spec spec = range_of(&world, 0, 1);
    spec.expected.last_modified = "x\r\nEvil: yes";
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, BG_E_REMOTE_FILE_CHANGED); /* our own comparison */
    ask_release(&ask);
    ck_assert_int_eq(server_log_wait(world.server, 1, 10000), S_OK);
    ck_assert_int_eq(server_log(world.server, &log, &count), S_OK);
    ck_assert_str_eq(header(&log[0], "Evil"), "(none)");
    ck_assert_str_eq(header(&log[0], "If-Unmodified-Since"), "(none)");
    server_log_free(log, count);
    world_end(&world);
}
END_TEST

struct refused_row {
    const char *url;
    enum fetch_kind kind;
    struct range range;
};

static const struct refused_row refused_rows[] = {
    {NULL, FETCH_SIZE, {0, 0}},
    {"", FETCH_SIZE, {0, 0}},
    {"http://", FETCH_SIZE, {0, 0}},
    {"http://[::1", FETCH_SIZE, {0, 0}},
    {"http://127.0.0.1:99999/", FETCH_SIZE, {0, 0}},
    {"ftp://127.0.0.1/", FETCH_SIZE, {0, 0}},
    {"file:///etc/passwd", FETCH_SIZE, {0, 0}},
    {"http://127.0.0.1/ x\r\nEvil: yes", FETCH_SIZE, {0, 0}},
    {"http://127.0.0.1/", FETCH_RANGE, {5, 5}},
    {"http://127.0.0.1/", FETCH_RANGE, {6, 5}},
    {"http://127.0.0.1/", FETCH_RANGE, {5, UINT64_MAX}},
    {"http://127.0.0.1/", FETCH_WHOLE, {1, 5}},
    {"http://127.0.0.1/", FETCH_WHOLE, {0, 5}}, /* but the size is not known */
};

START_TEST(test_start_refuses)
{
    static const struct fetch_sink none = {0};
    const struct refused_row *row = &refused_rows[_i];
    struct fetch_source *source = ask_source(NULL);
    struct fetch_spec spec = {
        .kind = row->kind, .url = row->url, .range = row->range, .expected = {.size = UNKNOWN}};
    struct fetch_request *request = (void *)source;

    ck_assert_int_eq(source->ops->start(source, &spec, &none, NULL, &request), E_INVALIDARG);
    ck_assert_ptr_null(request);
    source->ops->free(source);
}
END_TEST

/* --- trace --- */

START_TEST(test_trace_has_two_lines_and_no_secret)
{
    static const GUID job = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
    struct folder folder;
    struct trace *trace;
    struct world world;
    struct ask ask = {0};
    char path[600], url[200], text[8192];
    FILE *file;

    folder_make(&folder);
    snprintf(path, sizeof path, "%s/trace", folder.path);
    ck_assert_int_eq(trace_open(path, NULL, NULL, &trace), S_OK);
    world_make(&world);
    world.source->ops->free(world.source);
    world.source = ask_source(&(struct fetch_config){.trace = trace});
    snprintf(url, sizeof url, "http://alice:hidden@%s?token=hidden", world.url + strlen("http://"));
    struct fetch_spec spec = range_of(&world, 3, 10);
    spec.url = url;
    spec.trace_job = &job;
    spec.trace_file = 5;
    ask_run(&ask, world.source, &spec);
    ck_assert_int_eq(ask.hr, S_OK);
    ask_release(&ask);
    world_end(&world);
    trace_close(trace);

    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    ck_assert_ptr_null(strstr(text, "hidden"));
    ck_assert_ptr_nonnull(
        strstr(text, "\"phase\":\"start\",\"request\":1,\"job\":\"{00000001-0002-0003-0405-060708090A0B}\","
                     "\"file\":5,\"method\":\"GET\""));
    ck_assert_ptr_nonnull(strstr(text, "/f\",\"ranges\":[[3,7]]"));
    ck_assert_ptr_nonnull(strstr(text, "\"status\":206,\"bytes\":7,\"hr\":\"0x00000000\""));
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fetch");
    TCase *answers = tcase_create("answers");
    TCase *requests = tcase_create("requests");
    TCase *trace = tcase_create("trace");

    tcase_add_test(answers, test_size_and_version);
    tcase_add_loop_test(answers, test_range_content, 0, sizeof content_ranges / sizeof content_ranges[0]);
    tcase_add_test(answers, test_whole_content);
    tcase_add_test(answers, test_range_beyond_the_end_is_invalid);
    tcase_add_test(answers, test_changed_file_is_noticed);
    suite_add_tcase(suite, answers);

    tcase_add_test(requests, test_requests_carry_the_headers_of_bits);
    tcase_add_test(requests, test_header_values_cannot_inject);
    tcase_add_loop_test(requests, test_start_refuses, 0, sizeof refused_rows / sizeof refused_rows[0]);
    suite_add_tcase(suite, requests);

    tcase_add_test(trace, test_trace_has_two_lines_and_no_secret);
    suite_add_tcase(suite, trace);
    return suite_main(suite);
}
