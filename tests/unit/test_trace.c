/* test_trace.c: what a trace writes, for whom, and what becomes of it when it cannot. */
#include "trace/trace.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "json_schema.h"
#include "suite.h"

static struct folder folder;

static void setup(void)
{
    folder_make(&folder);
}

static void teardown(void)
{
    folder_remove(&folder);
}

static uint64_t fake_time(void *context)
{
    uint64_t *now_us = context;

    return (*now_us)++;
}

/* All lines of a file; each must be a JSON object that ends with a newline. */
static json_t *read_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    json_t *lines = json_array();
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    ck_assert_msg(file != NULL, "no file %s", path);
    while ((len = getline(&line, &room, file)) > 0) {
        json_error_t error;
        json_t *object = json_loadb(line, (size_t)len, JSON_REJECT_DUPLICATES, &error);

        ck_assert_msg(json_is_object(object), "%s: %s", error.text, line);
        ck_assert_int_eq(line[len - 1], '\n');
        json_array_append_new(lines, object);
    }
    free(line);
    fclose(file);
    return lines;
}

static json_t *line_at(json_t *lines, size_t i)
{
    json_t *line = json_array_get(lines, i);

    ck_assert_msg(line != NULL, "no line %zu", i);
    return line;
}

static json_int_t number(json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);

    ck_assert_msg(json_is_integer(value), "%s is no number", key);
    return json_integer_value(value);
}

static const char *text(json_t *line, const char *key)
{
    const char *value = json_string_value(json_object_get(line, key));

    ck_assert_msg(value != NULL, "%s is no text", key);
    return value;
}

static void assert_json(json_t *line, const char *key, const char *want)
{
    json_t *value = json_loads(want, JSON_DECODE_ANY, NULL);

    ck_assert_msg(json_equal(json_object_get(line, key), value), "%s is not %s", key, want);
    json_decref(value);
}

/* A note with nothing in it. */
static void note(struct trace *trace, const char *what)
{
    struct trace_line *line = trace_begin(trace, "note");

    trace_text(line, "what", what);
    trace_end(line);
}

static struct trace *open_trace(const char *path)
{
    struct trace *trace;

    ck_assert_int_eq(trace_open(path, NULL, NULL, &trace), S_OK);
    return trace;
}

/* --- lines --- */

START_TEST(header_comes_first)
{
    const char *path = folder_path(&folder, "t");
    uint64_t now_us = 1000;
    struct trace *trace;
    json_t *lines;

    ck_assert_int_eq(trace_open(path, fake_time, &now_us, &trace), S_OK);
    ck_assert_str_eq(trace_path(trace), path);
    trace_close(trace);
    lines = read_lines(path);
    ck_assert_uint_eq(json_array_size(lines), 1);
    assert_json(line_at(lines, 0), "kind", "\"trace\"");
    assert_json(line_at(lines, 0), "schema", "1");
    assert_json(line_at(lines, 0), "seq", "0");
    assert_json(line_at(lines, 0), "t_us", "1000");
    ck_assert_int_eq(number(line_at(lines, 0), "pid"), getpid());
    ck_assert_uint_gt(strlen(text(line_at(lines, 0), "version")), 0);
    json_decref(lines);
}
END_TEST

START_TEST(values_are_written)
{
    static const GUID id = {0x6B29FC40, 0xCA47, 0x1067, {0xB3, 0x1D, 0x00, 0xDD, 0x01, 0x06, 0x62, 0xDA}};
    static const struct range ranges[] = {{0, 10}, {20, 21}};
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    struct trace_line *line = trace_begin(trace, "note");
    json_t *lines, *got;

    trace_text(line, "text", "plain");
    trace_text(line, "null", NULL);
    trace_number(line, "zero", 0);
    trace_number(line, "most", INT64_MAX);
    trace_number(line, "more", (uint64_t)INT64_MAX + 1);
    trace_number(line, "unknown", UINT64_MAX);
    trace_flag(line, "yes", true);
    trace_flag(line, "no", false);
    trace_hr(line, "hr", S_OK);
    trace_hr(line, "odd", (HRESULT)0x8ABCDEF0);
    trace_guid(line, "job", &id);
    trace_guid(line, "nobody", NULL);
    trace_ranges(line, "ranges", ranges, 2);
    trace_ranges(line, "none", NULL, 0);
    trace_enter(line, "args");
    trace_range(line, "ranges", 5, UINT64_MAX);
    trace_range(line, "ranges", 6, 0);
    trace_leave(line);
    trace_text(line, "after", "args");
    trace_end(line);
    trace_close(trace);

    lines = read_lines(path);
    got = line_at(lines, 1);
    assert_json(got, "text", "\"plain\"");
    assert_json(got, "null", "null");
    assert_json(got, "zero", "0");
    assert_json(got, "most", "9223372036854775807");
    assert_json(got, "more", "\"9223372036854775808\"");
    assert_json(got, "unknown", "\"18446744073709551615\"");
    assert_json(got, "yes", "true");
    assert_json(got, "no", "false");
    assert_json(got, "hr", "\"0x00000000\"");
    assert_json(got, "hr_name", "\"S_OK\"");
    assert_json(got, "odd", "\"0x8ABCDEF0\"");
    ck_assert_ptr_null(json_object_get(got, "odd_name"));
    assert_json(got, "job", "\"{6B29FC40-CA47-1067-B31D-00DD010662DA}\"");
    assert_json(got, "nobody", "null");
    assert_json(got, "ranges", "[[0,10],[20,1]]");
    assert_json(got, "none", "[]");
    assert_json(got, "args", "{\"ranges\":[[5,\"18446744073709551615\"],[6,0]]}");
    assert_json(got, "after", "\"args\"");
    json_decref(lines);
}
END_TEST

/* Text in, and the JSON text that it must read back as. */
static const struct {
    const char *in, *json;
} odd_texts[] = {
    {"", "\"\""},
    {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
    {"\n\r\t\b\f\x01\x1f\x7f", "\"\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\""},
    {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\\u00e9\\u20ac\\ud83d\\ude00\""},
    {"\xE2\x80\xA8\xE2\x80\xA9", "\"\\u2028\\u2029\""},
    {"a\xFFz", "\"a\\ufffdz\""},
    {"\xC3", "\"\\ufffd\""},
    {"\xC0\x80", "\"\\ufffd\\ufffd\""},
    {"\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
    {"%s%n%p", "\"%s%n%p\""},
};

START_TEST(odd_characters_survive)
{
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    json_t *lines;

    note(trace, odd_texts[_i].in);
    trace_close(trace);
    lines = read_lines(path);
    ck_assert_uint_eq(json_array_size(lines), 2);
    assert_json(line_at(lines, 1), "what", odd_texts[_i].json);
    json_decref(lines);
}
END_TEST

START_TEST(no_trace_does_nothing)
{
    static const GUID id;
    struct trace_line *line = trace_begin(NULL, "note");

    ck_assert_ptr_null(line);
    trace_text(line, "a", "b");
    trace_number(line, "a", 1);
    trace_flag(line, "a", true);
    trace_hr(line, "a", S_OK);
    trace_guid(line, "a", &id);
    trace_ranges(line, "a", NULL, 0);
    trace_range(line, "a", 0, 1);
    trace_enter(line, "a");
    trace_leave(line);
    trace_end(line);
    trace_close(NULL);
}
END_TEST

START_TEST(lines_obey_the_schema)
{
    json_t *schema = json_load_file(TOP_SRCDIR "/data/schema/json/trace.schema.json", 0, NULL);
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    struct trace_line *line = trace_begin(trace, "call");
    static const GUID id = {1, 2, 3, {4}};
    json_t *lines, *one;
    size_t i;

    trace_text(line, "method", "IBackgroundCopyFile6::RequestFileRanges");
    trace_guid(line, "job", &id);
    trace_number(line, "file", 0);
    trace_enter(line, "args");
    trace_number(line, "rangeCount", 1);
    trace_range(line, "ranges", 0, UINT64_MAX);
    trace_leave(line);
    trace_end(line);

    line = trace_begin(trace, "callback");
    trace_text(line, "phase", "end");
    trace_text(line, "method", "FileRangesTransferred");
    trace_guid(line, "job", &id);
    trace_number(line, "slot", 3);
    trace_ranges(line, "ranges", &(struct range){7, 9}, 1);
    trace_hr(line, "hr", E_FAIL);
    trace_number(line, "dur_us", 0);
    trace_end(line);
    trace_close(trace);

    lines = read_lines(path);
    ck_assert_uint_eq(json_array_size(lines), 3);
    json_array_foreach(lines, i, one)
    {
        ck_assert_msg(schema_accepts(schema, schema, one), "line %zu", i);
    }
    json_decref(lines);
    json_decref(schema);
}
END_TEST

/* --- order and threads --- */

enum { THREADS = 4, LINES = 200 };

static struct trace *shared;

static void *write_lines(void *context)
{
    char filler[1000];

    memset(filler, 'x', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    for (int i = 0; i < LINES; i++) {
        struct trace_line *line = trace_begin(shared, "note");

        trace_text(line, "what", context);
        trace_number(line, "turn", (uint64_t)i);
        trace_text(line, "filler", filler + i);
        trace_end(line);
    }
    return NULL;
}

static int by_seq(const void *a, const void *b)
{
    json_int_t left = number(*(json_t *const *)a, "seq"), right = number(*(json_t *const *)b, "seq");

    return (left > right) - (left < right);
}

START_TEST(threads_do_not_mix)
{
    static char names[THREADS][2] = {"a", "b", "c", "d"};
    const char *path = folder_path(&folder, "t");
    json_t *sorted[THREADS * LINES + 1], *lines;
    json_int_t numbers[THREADS] = {0};
    pthread_t threads[THREADS];
    int turns[THREADS] = {0};
    uint64_t now_us = 0;

    ck_assert_int_eq(trace_open(path, fake_time, &now_us, &shared), S_OK);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_lines, names[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    trace_close(shared);

    lines = read_lines(path);
    ck_assert_uint_eq(json_array_size(lines), THREADS * LINES + 1);
    for (size_t i = 0; i < json_array_size(lines); i++)
        sorted[i] = json_array_get(lines, i);
    qsort(sorted, json_array_size(lines), sizeof *sorted, by_seq);
    for (size_t i = 1; i < json_array_size(lines); i++) {
        int who = text(sorted[i], "what")[0] - 'a';

        /* Numbers without a gap, both times going up with them, each thread's lines in its order. */
        ck_assert_int_eq(number(sorted[i], "seq"), (json_int_t)i);
        ck_assert_int_eq(number(sorted[i], "t_us"), (json_int_t)i);
        ck_assert_int_ge(number(sorted[i], "mono_us"), number(sorted[i - 1], "mono_us"));
        ck_assert_int_eq(number(sorted[i], "turn"), turns[who]++);
        if (!numbers[who])
            numbers[who] = number(sorted[i], "thread");
        ck_assert_int_eq(number(sorted[i], "thread"), numbers[who]);
    }
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < i; j++)
            ck_assert_int_ne(numbers[i], numbers[j]);
    json_decref(lines);
}
END_TEST

/* --- files --- */

START_TEST(percent_p_is_the_process)
{
    char want[64];
    struct trace *trace = open_trace(folder_path(&folder, "a-%p-%%-%x%"));
    struct trace *second = open_trace(folder_path(&folder, "a-%p-%%-%x%"));

    snprintf(want, sizeof want, "/a-%ld-%%-%%x%%", (long)getpid());
    ck_assert_str_eq(strrchr(trace_path(trace), '/'), want);
    strcat(want, "-2");
    ck_assert_str_eq(strrchr(trace_path(second), '/'), want);
    trace_close(second);
    trace_close(trace);
}
END_TEST

START_TEST(taken_file_gives_a_suffix)
{
    char want[3][64] = {"/t"};
    struct trace *traces[3];

    snprintf(want[1], sizeof want[1], "/t.%ld", (long)getpid());
    snprintf(want[2], sizeof want[2], "/t.%ld-2", (long)getpid());
    for (int i = 0; i < 3; i++) {
        traces[i] = open_trace(folder_path(&folder, "t"));
        ck_assert_str_eq(strrchr(trace_path(traces[i]), '/'), want[i]);
    }
    for (int i = 0; i < 3; i++)
        trace_close(traces[i]);
    traces[0] = open_trace(folder_path(&folder, "t"));
    ck_assert_str_eq(strrchr(trace_path(traces[0]), '/'), "/t");
    trace_close(traces[0]);
}
END_TEST

/* The child's exit code says what failed: Check's assertions do not reach across. */
static int trace_in_child(struct trace *of_parent, const char *path)
{
    struct trace *trace;
    char want[64];

    snprintf(want, sizeof want, "/t.%ld", (long)getpid());
    trace_close(of_parent); /* which must not free the file */
    if (trace_open(path, NULL, NULL, &trace) != S_OK)
        return 1;
    if (strcmp(strrchr(trace_path(trace), '/'), want) != 0)
        return 2;
    note(trace, "child");
    trace_close(trace);
    return 0;
}

START_TEST(second_process_has_its_own_file)
{
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    char own[700];
    json_t *lines;
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(trace_in_child(trace, path));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    note(trace, "parent");
    trace_close(trace);

    snprintf(own, sizeof own, "%s.%ld", path, (long)pid);
    lines = read_lines(own);
    ck_assert_uint_eq(json_array_size(lines), 2);
    ck_assert_int_eq(number(line_at(lines, 1), "pid"), pid);
    json_decref(lines);
    lines = read_lines(path);
    ck_assert_uint_eq(json_array_size(lines), 2);
    ck_assert_str_eq(text(line_at(lines, 1), "what"), "parent");
    json_decref(lines);
}
END_TEST

START_TEST(file_is_continued)
{
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    json_t *lines;

    note(trace, "one");
    trace_close(trace);
    trace = open_trace(path);
    note(trace, "two");
    trace_close(trace);
    lines = read_lines(path);
    ck_assert_uint_eq(json_array_size(lines), 4);
    ck_assert_str_eq(text(line_at(lines, 2), "kind"), "trace");
    ck_assert_int_eq(number(line_at(lines, 2), "seq"), 0);
    json_decref(lines);
}
END_TEST

START_TEST(cut_line_does_not_swallow_the_header)
{
    const char *path = folder_path(&folder, "t");
    FILE *file = fopen(path, "w");
    char line[200];

    ck_assert_ptr_nonnull(file);
    fputs("{\"kind\":\"no", file);
    fclose(file);
    trace_close(open_trace(path));
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_str_eq(line, "{\"kind\":\"no\n");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_int_eq(strncmp(line, "{\"kind\":\"trace\"", 15), 0);
    fclose(file);
}
END_TEST

START_TEST(file_is_private_and_not_inherited)
{
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    struct stat st, other;

    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 077, 0);
    for (int fd = 0; fd < 64; fd++)
        if (fstat(fd, &other) == 0 && other.st_ino == st.st_ino && other.st_dev == st.st_dev)
            ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    trace_close(trace);
}
END_TEST

static const struct {
    const char *name;
    uint32_t hr;
} bad_paths[] = {
    {"no/such/folder/t", 0x80070003},
    {".", 0x80070005},
};

START_TEST(bad_path_is_refused)
{
    struct trace *trace = (struct trace *)&folder;

    ck_assert_uint_eq((uint32_t)trace_open(folder_path(&folder, bad_paths[_i].name), NULL, NULL, &trace),
                      bad_paths[_i].hr);
    ck_assert_ptr_null(trace);
}
END_TEST

START_TEST(no_path_is_refused)
{
    struct trace *trace;

    ck_assert_int_eq(trace_open(NULL, NULL, NULL, &trace), E_INVALIDARG);
    ck_assert_int_eq(trace_open("", NULL, NULL, &trace), E_INVALIDARG);
    ck_assert_ptr_null(trace);
}
END_TEST

/* --- when it cannot be written --- */

/* stderr goes into a file of the folder until stderr_read. */
static int stderr_before;

static void stderr_catch(void)
{
    int fd = open(folder_path(&folder, "stderr"), O_RDWR | O_CREAT | O_TRUNC, 0600);

    fflush(stderr);
    stderr_before = dup(2);
    ck_assert(fd >= 0 && stderr_before >= 0);
    dup2(fd, 2);
    close(fd);
}

static void stderr_read(char *out, size_t size)
{
    ssize_t len;

    fflush(stderr);
    len = pread(2, out, size - 1, 0);
    dup2(stderr_before, 2);
    close(stderr_before);
    ck_assert_int_ge(len, 0);
    out[len] = '\0';
}

START_TEST(full_disk_is_said_once)
{
    struct trace *trace;
    char said[500];

    stderr_catch();
    trace = open_trace("/dev/full");
    for (int i = 0; i < 3; i++)
        note(trace, "lost");
    ck_assert_ptr_null(trace_begin(trace, "note"));
    trace_close(trace);
    stderr_read(said, sizeof said);
    ck_assert_ptr_nonnull(strstr(said, "/dev/full"));
    ck_assert_ptr_nonnull(strstr(said, "No space left"));
    ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

START_TEST(reader_that_goes_does_not_kill)
{
    const char *path = folder_path(&folder, "pipe");
    struct trace *trace;
    int reader;
    char said[500];

    ck_assert_int_eq(mkfifo(path, 0600), 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    signal(SIGPIPE, SIG_DFL);
    stderr_catch();
    trace = open_trace(path);
    note(trace, "read");
    close(reader);
    note(trace, "lost");
    note(trace, "lost");
    trace_close(trace);
    stderr_read(said, sizeof said);
    ck_assert_ptr_nonnull(strstr(said, path));
}
END_TEST

/* --- when memory is short --- */

static int allocations_left; /* below 0: no limit */

static void *short_malloc(size_t size)
{
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    return malloc(size);
}

/* Each allocation of jansson's fails in turn: lines are whole or missing, and the count tells which. */
START_TEST(line_without_memory_is_counted)
{
    const char *path = folder_path(&folder, "t");
    struct trace *trace = open_trace(path);
    json_int_t missing = 0, written = 0;
    json_t *lines, *line;
    int attempts = 0;
    bool done = false;
    size_t i;

    json_set_alloc_funcs(short_malloc, free);
    for (; !done; attempts++) {
        struct trace_line *made;

        ck_assert_int_lt(attempts, 1000);
        allocations_left = attempts;
        made = trace_begin(trace, "note");
        trace_text(made, "what", "attempt");
        trace_range(made, "ranges", 1, 2);
        trace_ranges(made, "more", &(struct range){1, 2}, 1);
        trace_enter(made, "args");
        trace_text(made, "text", "\xFF");
        trace_leave(made);
        trace_hr(made, "hr", S_OK);
        trace_end(made);
        done = allocations_left > 0;
    }
    allocations_left = -1;
    note(trace, "last");
    trace_close(trace);
    json_set_alloc_funcs(malloc, free);

    lines = read_lines(path);
    json_array_foreach(lines, i, line)
    {
        written++;
        if (json_object_get(line, "missing"))
            missing += number(line, "missing");
        if (strcmp(text(line, "kind"), "note") == 0 && strcmp(text(line, "what"), "attempt") == 0)
            assert_json(line, "args", "{\"text\":\"\\ufffd\"}");
    }
    ck_assert_int_gt(attempts, 20);
    ck_assert_int_gt(missing, 10);
    ck_assert_int_eq(written + missing, 1 + attempts + 1);
    json_decref(lines);
}
END_TEST

static Suite *trace_suite(void)
{
    Suite *suite = suite_create("trace");
    TCase *lines = tcase_create("lines"), *files = tcase_create("files"),
          *failures = tcase_create("failures");

    tcase_add_checked_fixture(lines, setup, teardown);
    tcase_add_test(lines, header_comes_first);
    tcase_add_test(lines, values_are_written);
    tcase_add_loop_test(lines, odd_characters_survive, 0, sizeof odd_texts / sizeof *odd_texts);
    tcase_add_test(lines, no_trace_does_nothing);
    tcase_add_test(lines, lines_obey_the_schema);
    tcase_add_test(lines, threads_do_not_mix);
    suite_add_tcase(suite, lines);

    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, percent_p_is_the_process);
    tcase_add_test(files, taken_file_gives_a_suffix);
    tcase_add_test(files, second_process_has_its_own_file);
    tcase_add_test(files, file_is_continued);
    tcase_add_test(files, cut_line_does_not_swallow_the_header);
    tcase_add_test(files, file_is_private_and_not_inherited);
    tcase_add_loop_test(files, bad_path_is_refused, 0, sizeof bad_paths / sizeof *bad_paths);
    tcase_add_test(files, no_path_is_refused);
    suite_add_tcase(suite, files);

    tcase_add_checked_fixture(failures, setup, teardown);
    tcase_add_test(failures, full_disk_is_said_once);
    tcase_add_test(failures, reader_that_goes_does_not_kill);
    tcase_add_test(failures, line_without_memory_is_counted);
    suite_add_tcase(suite, failures);
    return suite;
}

int main(void)
{
    return suite_main(trace_suite());
}
