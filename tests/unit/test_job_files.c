/* test_job_files.c: names, adding, progress, and the methods that ask for ranges. */
#include <stdbool.h>
#include <string.h>

#include "job_fixture.h"

/* --- names */

static const struct name_case {
    const char *name;
    bool legal;
} remote_names[] =
    {
        {"http://a/b", true},
        {"https://a/b", true},
        {"HTTP://A", true},
        {"http://a", true},
        {"http://a:80/", true},
        {"http://a:65535/", true},
        {"http://a:/", true},
        {"http://[::]/", true},
        {"http://127.0.0.1:8080/dir/file.bin?x=1&y=a*b/?", true},
        {"http://[::1]:8080/f", true},
        {"http://user:pa%40ss@host/f", true},
        {"http://a/%41-._~!$&'()+,;=:@", true},
        {"http://a?x", true},
        {"http://a/x?p[0]=1", true},
        {NULL, false},
        {"", false},
        {"   ", false},
        {"http:/a", false},
        {"http://", false},
        {"http:///b", false},
        {"http://:80/b", false},
        {"http://a:65536/", false},
        {"http://a:8x/", false},
        {"http://[::1/f", false},
        {"http://[]/f", false},
        {"http://a b/", false},
        {"http://a/b c", false},
        {"http://a/b#c", false},
        {"http://a/*.txt", false},
        {"http://a/b\\c", false},
        {"http://a/\x01", false},
        {"http://a/b\n", false},
        {"http://a/\xC3\xA4", false},
        {"http://\xC3\xA4/", false},
        {"http://a/100%", false},
        {"http://a/%4", false},
        {"http://a/%zz", false},
        {"http://a/<b>", false},
        {"http://a/[b]", false},
        {"ftp://a/b", false}, /* R-112 */
        {"file:///tmp/b", false},
        {"\\\\server\\share\\b", false},
        {"C:\\b", false},
        {"/tmp/b", false},
        {"a/b", false},
},
  local_names[] = {
      {"/b", true},
      {"/tmp/b", true},
      {"/tmp//b", true},
      {"/tmp/../b", true},
      {"/tmp/b c*?\xC3\xA4:", true},
      {"/tmp/..b", true},
      {"/tmp/...", true},
      {NULL, false},
      {"", false},
      {"  ", false},
      {"b", false},
      {"./b", false},
      {"C:\\b", false},
      {"/", false},
      {"/tmp/", false},
      {"/tmp/.", false},
      {"/tmp/..", false},
};

START_TEST(test_remote_name)
{
    const struct name_case *c = &remote_names[_i];

    ck_assert_msg(job_check_remote_name(c->name) == (c->legal ? S_OK : E_INVALIDARG), "%s", c->name);
}
END_TEST

START_TEST(test_local_name)
{
    const struct name_case *c = &local_names[_i];

    ck_assert_msg(job_check_local_name(c->name) == (c->legal ? S_OK : E_INVALIDARG), "%s", c->name);
}
END_TEST

/* prefix, then n letters, then a suffix; static. */
static const char *long_name(const char *prefix, size_t n, const char *suffix)
{
    static char out[8192];
    size_t len = strlen(prefix);

    memcpy(out, prefix, len);
    memset(out + len, 'x', n);
    strcpy(out + len + n, suffix);
    return out;
}

START_TEST(test_lengths_of_names)
{
    ck_assert_int_eq(job_check_remote_name(long_name("http://a/", 260, "/b")), S_OK);
    ck_assert_int_eq(job_check_remote_name(long_name("http://a/", 261, "/b")), E_INVALIDARG);
    ck_assert_int_eq(job_check_remote_name(long_name("http://a/b/", 261, "?c")), E_INVALIDARG);
    ck_assert_int_eq(job_check_remote_name(long_name("http://a/b?", 2200 - 11, "")), S_OK);
    ck_assert_int_eq(job_check_remote_name(long_name("http://a/b?", 2201 - 11, "")), E_INVALIDARG);
    ck_assert_int_eq(job_check_local_name(long_name("/tmp/", 255, "")), S_OK);
    ck_assert_int_eq(job_check_local_name(long_name("/tmp/", 256, "")), E_INVALIDARG);
    ck_assert_int_eq(job_check_local_name(long_name("/tmp/", 256, "/b")), E_INVALIDARG);
}
END_TEST

START_TEST(test_length_of_a_path)
{
    char path[4200] = "";

    while (strlen(path) < 4095)
        strcat(path, "/a");
    path[4095] = '\0';
    path[4094] = 'a';
    ck_assert_int_eq(job_check_local_name(path), S_OK);
    strcat(path, "a");
    ck_assert_int_eq(job_check_local_name(path), E_INVALIDARG);
}
END_TEST

/* --- adding */

START_TEST(test_adding_is_all_or_nothing)
{
    struct job_new_file files[] = {
        {"http://a/1", "/tmp/1", NULL}, {"http://a/2", "/tmp/2", NULL}, {"ftp://a", "/x", NULL}};
    struct fixture f;

    fixture_init(&f, NULL);
    ck_assert_int_eq(job_add_files(&f.job, files, 3, 0, &f.settings, NOW + 1), E_INVALIDARG);
    ck_assert_int_eq(job_add_files(&f.job, files, 0, 0, &f.settings, NOW + 1), E_INVALIDARG);
    ck_assert_int_eq(job_add_files(&f.job, NULL, 2, 0, &f.settings, NOW + 1), E_INVALIDARG);
    ck_assert_int_eq(job_add_files(&f.job, files, 2, 1, &f.settings, NOW + 1), BG_E_TOO_MANY_FILES_IN_JOB);
    ck_assert_uint_eq(f.job.file_count, 0);
    ck_assert_uint_eq(f.job.changes, 0);
    files[1].temporary_name = strdup("/tmp/BIT1.tmp");
    ck_assert_int_eq(job_add_files(&f.job, files, 2, 3, &f.settings, NOW + 1), S_OK);
    ck_assert_uint_eq(job_take_changes(&f.job), JOB_CHANGED | JOB_CHANGED_WORK);
    ck_assert_int_eq(job_add_files(&f.job, files, 2, 3, &f.settings, NOW + 1), BG_E_TOO_MANY_FILES_IN_JOB);
    ck_assert_int_eq(job_add_files(&f.job, files, 1, 3, &f.settings, NOW + 1),
                     S_OK); /* the same again: R-109 */
    ck_assert_uint_eq(f.job.file_count, 3);
    ck_assert_str_eq(f.job.files[1]->remote_name, "http://a/2");
    ck_assert_str_eq(f.job.files[1]->local_name, "/tmp/2");
    ck_assert_str_eq(f.job.files[1]->temporary_name, "/tmp/BIT1.tmp");
    ck_assert_uint_eq(f.job.files[2]->size, JOB_SIZE_UNKNOWN);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_strict_job_has_each_local_name_once)
{
    struct job_new_file files[] = {{"http://a/1", "/tmp/1", NULL}, {"http://a/2", "/tmp/1", NULL}};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A25", "reject-local");
    ck_assert_int_eq(job_add_files(&f.job, files, 2, 0, &f.settings, NOW), E_INVALIDARG);
    ck_assert_int_eq(job_add_files(&f.job, files, 1, 0, &f.settings, NOW), S_OK);
    ck_assert_int_eq(job_add_files(&f.job, files + 1, 1, 0, &f.settings, NOW), E_INVALIDARG);
    fixture_release(&f);
}
END_TEST

START_TEST(test_adding_in_each_state)
{
    enum job_state state = (enum job_state)_i;
    struct job_new_file file = {"http://a/1", "/tmp/1", NULL};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, state);
    ck_assert_int_eq(job_add_files(&f.job, &file, 1, 0, &f.settings, NOW + 5),
                     job_state_is_final(state) ? BG_E_INVALID_STATE : S_OK);
    ck_assert_int_eq(f.job.state, state);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

/* --- progress */

static void check_progress(struct fixture *f, uint64_t total, uint64_t transferred, unsigned files,
                           unsigned done)
{
    struct job_progress p;

    job_progress(&f->job, &f->settings, &p);
    ck_assert_uint_eq(p.bytes_total, total);
    ck_assert_uint_eq(p.bytes_transferred, transferred);
    ck_assert_uint_eq(p.files_total, files);
    ck_assert_uint_eq(p.files_transferred, done);
}

static void bring(struct fixture *f, uint32_t file, uint64_t from, uint64_t to)
{
    struct flight flight;

    ck_assert_int_eq(job_flight_start(&f->job, file, &flight, (struct range){from, to}, JOB_PLAN_RANGE),
                     S_OK);
    ck_assert_int_eq(job_flight_filled(&f->job, file, &flight, to, NOW + 6), S_OK);
    job_flight_end(&f->job, file, &flight);
}

START_TEST(test_progress)
{
    struct fixture f;
    uint64_t total, transferred;

    fixture_init(&f, NULL);
    check_progress(&f, 0, 0, 0, 0); /* R-400 */
    fixture_add_file(&f);
    check_progress(&f, JOB_SIZE_UNKNOWN, 0, 1, 0); /* R-401 */
    fixture_add_file(&f);
    fixture_known(&f, 0, 100);
    check_progress(&f, JOB_SIZE_UNKNOWN, 0, 2, 0); /* R-402 */
    fixture_known(&f, 1, 50);
    check_progress(&f, 150, 0, 2, 0);
    bring(&f, 0, 10, 40);
    check_progress(&f, 150, 30, 2, 0);
    bring(&f, 1, 0, 50);
    check_progress(&f, 150, 80, 2, 1);
    job_file_progress(&f.job, 0, &f.settings, &total, &transferred);
    ck_assert_uint_eq(total, 100);
    ck_assert_uint_eq(transferred, 30);
    ck_assert_int_eq(job_complete(&f.job, NOW + 7), BG_S_PARTIAL_COMPLETE);
    check_progress(&f, 150, 80, 2, 1); /* R-407 */
    fixture_release(&f);
}
END_TEST

START_TEST(test_progress_of_what_was_asked_for)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A16", "sum-requested");
    fixture_add_file(&f);
    fixture_known(&f, 0, 1000);
    check_progress(&f, 1000, 0, 1, 0); /* not on demand */
    fixture_set(&f, JOB_ON_DEMAND_MODE, 1);
    check_progress(&f, 0, 0, 1, 0);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){100, 300}, 1, &f.settings, NOW), S_OK);
    check_progress(&f, 200, 0, 1, 0);
    bring(&f, 0, 100, 150);
    check_progress(&f, 200, 50, 1, 0);
    fixture_release(&f);
}
END_TEST

START_TEST(test_an_empty_file_is_finished_when_its_size_is_known)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    job_take_changes(&f.job);
    fixture_known(&f, 0, 0);
    ck_assert(f.job.files[0]->finished);
    ck_assert(job_take_changes(&f.job) & JOB_CHANGED_FILE);
    check_progress(&f, 0, 0, 1, 1);
    fixture_release(&f);
}
END_TEST

/* --- the File6 methods */

START_TEST(test_file6_in_each_state)
{
    enum job_state state = (enum job_state)_i;
    HRESULT expected = job_state_is_final(state) ? BG_E_INVALID_STATE : S_OK;
    const struct rangeset *filled;
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, state);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){10, 20}, 1, &f.settings, NOW + 5),
                     expected);
    ck_assert_int_eq(f.job.state, state); /* R-232, R-233 */
    ck_assert_uint_eq(rangeset_length(&f.job.files[0]->requests.pending),
                      FAILED(expected) || state == JOB_TRANSFERRED ? 0 : 10);
    ck_assert_int_eq(job_update_position(&f.job, 0, 10, &f.settings, NOW + 5), expected);
    ck_assert_int_eq(job_filled_ranges(&f.job, 0, &filled), S_OK);
    ck_assert_int_eq(filled == NULL, state == JOB_CANCELLED); /* R-266 */
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_file6_of_a_file_whose_server_knows_no_ranges)
{
    const struct rangeset *filled;
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(fixture_fail(&f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), S_OK);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){10, 20}, 1, &f.settings, NOW + 5),
                     BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    ck_assert_int_eq(job_update_position(&f.job, 0, 10, &f.settings, NOW + 5),
                     BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    ck_assert_int_eq(job_filled_ranges(&f.job, 0, &filled), BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    ck_assert_ptr_null(filled);
    fixture_release(&f);
}
END_TEST

/* An on-demand job whose requests are done. */
static void bring_auto_suspended(struct fixture *f)
{
    fixture_add_file(f);
    fixture_set(f, JOB_ON_DEMAND_MODE, 1);
    fixture_known(f, 0, 1000);
    job_request_ranges(&f->job, 0, &(struct range){0, 10}, 1, &f->settings, NOW + 1);
    fixture_bring(f, JOB_TRANSFERRING);
    bring(f, 0, 0, 10);
    ck_assert_int_eq(job_move(&f->job, JOB_EVENT_REQUESTS_DONE, NOW + 2), S_OK);
    ck_assert(f->job.auto_suspended);
}

static const struct wake_case {
    const char *a11;
    struct range range;
    bool suspend_first;
    enum job_state state;
} wakes[] = {
    {"explicit", {10, 20}, false, JOB_SUSPENDED},
    {"auto-resume", {10, 20}, false, JOB_QUEUED},
    {"auto-resume", {5, 10}, false, JOB_SUSPENDED}, /* filled: nothing to do */
    {"auto-resume", {10, 20}, true, JOB_SUSPENDED}, /* the client wants it suspended */
};

START_TEST(test_request_wakes_only_where_allowed)
{
    const struct wake_case *c = &wakes[_i];
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A11", c->a11);
    bring_auto_suspended(&f);
    if (c->suspend_first)
        ck_assert_int_eq(job_suspend(&f.job, &f.settings, NOW + 3), S_OK);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &c->range, 1, &f.settings, NOW + 5), S_OK);
    ck_assert_int_eq(f.job.state, c->state);
    fixture_release(&f);
}
END_TEST

START_TEST(test_position_of_an_on_demand_file_asks_for_nothing_unless_told_to)
{
    struct fixture f;

    for (int literal = 0; literal < 2; literal++) {
        fixture_init(&f, NULL);
        fixture_choose(&f, "A15", literal ? "request-to-end" : "reorder");
        fixture_add_file(&f);
        fixture_known(&f, 0, 1000);
        fixture_set(&f, JOB_ON_DEMAND_MODE, 1);
        ck_assert_int_eq(job_update_position(&f.job, 0, 1000, &f.settings, NOW), BG_E_INVALID_RANGE);
        ck_assert_int_eq(job_update_position(&f.job, 0, 600, &f.settings, NOW), S_OK);
        ck_assert_str_eq(draw(&f.job.files[0]->requests.pending, 10, 'N'),
                         literal ? "......NNNN" : "..........");
        fixture_release(&f);
    }
}
END_TEST

#define TESTS(tcase, cases, test) tcase_add_loop_test(tcase, test, 0, sizeof(cases) / sizeof *(cases))

int main(void)
{
    Suite *suite = suite_create("job files");
    TCase *names = tcase_create("names"), *adding = tcase_create("adding"),
          *progress = tcase_create("progress"), *file6 = tcase_create("file6");

    TESTS(names, remote_names, test_remote_name);
    TESTS(names, local_names, test_local_name);
    tcase_add_test(names, test_lengths_of_names);
    tcase_add_test(names, test_length_of_a_path);
    suite_add_tcase(suite, names);
    tcase_add_test(adding, test_adding_is_all_or_nothing);
    tcase_add_test(adding, test_a_strict_job_has_each_local_name_once);
    tcase_add_loop_test(adding, test_adding_in_each_state, 0, JOB_STATE_COUNT);
    suite_add_tcase(suite, adding);
    tcase_add_test(progress, test_progress);
    tcase_add_test(progress, test_progress_of_what_was_asked_for);
    tcase_add_test(progress, test_an_empty_file_is_finished_when_its_size_is_known);
    suite_add_tcase(suite, progress);
    tcase_add_loop_test(file6, test_file6_in_each_state, 0, JOB_STATE_COUNT);
    tcase_add_test(file6, test_file6_of_a_file_whose_server_knows_no_ranges);
    TESTS(file6, wakes, test_request_wakes_only_where_allowed);
    tcase_add_test(file6, test_position_of_an_on_demand_file_asks_for_nothing_unless_told_to);
    suite_add_tcase(suite, file6);
    return suite_main(suite);
}
