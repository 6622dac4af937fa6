/* The log by itself: what a line says and does not say, and that memory is bounded. */
#include "suite.h"

#include <jansson.h>
#include <string.h>

#include "server/log.h"

static const struct server_header headers[] = {
    {"Host", "example"},        {"Range", "bytes=0-9,20-29"}, {"authorization", "Basic dXNlcjpwYXNz"},
    {"Cookie", "session=5e55"}, {"X-Raw", "a\xFF\"b"},
};

#define HEADER_COUNT (sizeof headers / sizeof *headers)

static struct log_record *make_record(void)
{
    struct log_record *r = log_record_new("GET", "/a%20b?x", "/a b", headers, HEADER_COUNT, 2, NULL, 0);

    ck_assert_ptr_nonnull(r);
    r->slices[0] = (struct server_slice){0, 10, 10};
    r->slices[1] = (struct server_slice){20, 10, 4};
    r->entry.status = 206;
    r->entry.request = 7;
    r->entry.body_bytes = 114;
    r->entry.end = SERVER_END_CLIENT_GONE;
    return r;
}

START_TEST(test_log_line_is_json_without_secrets)
{
    struct log_record *r = make_record();
    char *line = log_line(&r->entry);
    json_t *json;

    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_null(strchr(line, '\n'));
    ck_assert_ptr_null(strstr(line, "dXNl"));
    ck_assert_ptr_null(strstr(line, "5e55"));
    ck_assert_ptr_nonnull(strstr(line, "[\"authorization\",\"Basic ...\"]"));
    ck_assert_ptr_nonnull(strstr(line, "[\"X-Raw\",\"a\xEF\xBF\xBD\\\"b\"]"));
    ck_assert_ptr_nonnull(strstr(line, "\"slices\":[[0,10,10],[20,10,4]]"));
    json = json_loads(line, 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(json_string_value(json_object_get(json, "path")), "/a b");
    ck_assert_str_eq(json_string_value(json_object_get(json, "target")), "/a%20b?x");
    ck_assert_str_eq(json_string_value(json_object_get(json, "end")), "client-gone");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "status")), 206);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "body_bytes")), 114);
    json_decref(json);
    free(line);
    log_record_unref(r);
}
END_TEST

START_TEST(test_log_entry_outlives_the_log)
{
    struct log *log = log_new(NULL);
    struct server_log_entry *entries;
    size_t count;

    log_add(log, make_record());
    ck_assert_int_eq(log_copy(log, &entries, &count), S_OK);
    log_clear(log);
    ck_assert_uint_eq(log_count(log), 0);
    log_free(log);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(entries[0].range, "bytes=0-9,20-29");
    ck_assert_str_eq(server_log_header(&entries[0], "AUTHORIZATION"), "Basic dXNlcjpwYXNz");
    ck_assert_ptr_null(server_log_header(&entries[0], "If-Range"));
    ck_assert_ptr_null(entries[0].user_agent);
    ck_assert_uint_eq(entries[0].slices[1].sent, 4);
    server_log_free(entries, count);
}
END_TEST

START_TEST(test_log_of_nothing_is_empty)
{
    struct log *log = log_new(NULL);
    struct server_log_entry *entries;
    size_t count;

    ck_assert_int_eq(log_copy(log, &entries, &count), S_OK);
    ck_assert_uint_eq(count, 0);
    server_log_free(entries, count);
    ck_assert_int_eq(log_wait(log, 1, 1), S_FALSE);
    ck_assert_int_eq(log_wait(log, 0, 0), S_OK);
    log_free(log);
}
END_TEST

static void add_numbered(struct log *log, uint64_t number, const char *target)
{
    struct log_record *r = log_record_new("GET", target, "/", NULL, 0, 0, NULL, 0);

    ck_assert_ptr_nonnull(r);
    r->entry.request = number;
    log_add(log, r);
}

START_TEST(test_log_drops_the_oldest_past_its_entries)
{
    struct log *log = log_new(NULL);
    struct server_log_entry *entries;
    size_t count, extra = 5;

    for (size_t i = 1; i <= LOG_MAX_ENTRIES + extra; i++)
        add_numbered(log, i, "/");
    ck_assert_uint_eq(log_count(log), LOG_MAX_ENTRIES + extra);
    ck_assert_int_eq(log_copy(log, &entries, &count), S_OK);
    ck_assert_uint_eq(count, LOG_MAX_ENTRIES);
    ck_assert_uint_eq(entries[0].request, extra + 1);
    ck_assert_uint_eq(entries[count - 1].request, LOG_MAX_ENTRIES + extra);
    server_log_free(entries, count);
    log_free(log);
}
END_TEST

START_TEST(test_log_drops_the_oldest_past_its_bytes)
{
    struct log *log = log_new(NULL);
    struct server_log_entry *entries;
    const size_t large = (size_t)1 << 20;
    char *target = malloc(large + 1);
    size_t count, most = LOG_MAX_BYTES / large;

    memset(target, 'a', large);
    target[large] = '\0';
    for (size_t i = 1; i <= most + 20; i++)
        add_numbered(log, i, target);
    ck_assert_int_eq(log_copy(log, &entries, &count), S_OK);
    ck_assert_uint_lt(count, most);
    ck_assert_uint_ge(count, most - 2);
    ck_assert_uint_eq(entries[count - 1].request, most + 20);
    server_log_free(entries, count);
    log_free(log);
    free(target);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: log");
    TCase *records = tcase_create("records"), *bounds = tcase_create("bounds");

    tcase_add_test(records, test_log_line_is_json_without_secrets);
    tcase_add_test(records, test_log_entry_outlives_the_log);
    tcase_add_test(records, test_log_of_nothing_is_empty);
    tcase_set_timeout(bounds, 60);
    tcase_add_test(bounds, test_log_drops_the_oldest_past_its_entries);
    tcase_add_test(bounds, test_log_drops_the_oldest_past_its_bytes);
    suite_add_tcase(suite, records);
    suite_add_tcase(suite, bounds);
    return suite_main(suite);
}
