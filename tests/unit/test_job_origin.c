/* test_job_origin.c: other addresses for files, and files that the client refuses. */
#include "job_fixture.h"

/* --- SetRemoteName */

static const struct name_case {
    const char *name;
    enum job_state state;
    HRESULT hr;
} names[] = {
    {"http://other/b", JOB_SUSPENDED, S_OK},
    {"https://other/b?x=1", JOB_QUEUED, S_OK},
    {"http://other/b", JOB_CONNECTING, S_OK},
    {"http://other/b", JOB_TRANSFERRING, S_OK},
    {"http://other/b", JOB_ERROR, S_OK},
    {"http://other/b", JOB_TRANSIENT_ERROR, S_OK},
    {"http://other/b", JOB_TRANSFERRED, S_OK},
    {"http://other/b", JOB_ACKNOWLEDGED, BG_E_INVALID_STATE},
    {"http://other/b", JOB_CANCELLED, BG_E_INVALID_STATE},
    {"", JOB_SUSPENDED, E_INVALIDARG},
    {"ftp://other/b", JOB_SUSPENDED, E_INVALIDARG},
    {"http://other/ b", JOB_SUSPENDED, E_INVALIDARG},
};

START_TEST(test_name)
{
    const struct name_case *c = &names[_i];
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, c->state);
    job_take_changes(&f.job);
    ck_assert_int_eq(job_set_remote_name(&f.job, 0, c->name, NOW + 5), c->hr);
    ck_assert_str_eq(f.job.files[0]->remote_name, SUCCEEDED(c->hr) ? c->name : "http://a/b");
    ck_assert_int_eq(f.job.state, c->state);
    ck_assert_uint_eq(job_take_changes(&f.job), SUCCEEDED(c->hr) ? JOB_CHANGED | JOB_CHANGED_WORK : 0);
    ck_assert_int_eq(f.job.modified_100ns == NOW + 5, SUCCEEDED(c->hr));
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

static void fill(struct fixture *f, uint32_t file, uint64_t from, uint64_t to)
{
    struct flight flight;

    ck_assert_int_eq(job_flight_start(&f->job, file, &flight, (struct range){from, to}, JOB_PLAN_RANGE),
                     S_OK);
    ck_assert_int_eq(job_flight_filled(&f->job, file, &flight, to, NOW + 2), S_OK);
    job_flight_end(&f->job, file, &flight);
}

/* A job in TRANSFERRING with a third of its file. */
static void begin_file(struct fixture *f)
{
    fixture_init(f, NULL);
    fixture_bring(f, JOB_TRANSFERRING);
    fixture_known(f, 0, 3 * CELL);
    fill(f, 0, 0, CELL);
}

static struct job_plan plan(struct fixture *f)
{
    struct job_plan plan;

    job_plan(&f->job, &f->limits, &f->settings, 0, &plan);
    return plan;
}

static const struct answer_case {
    uint64_t size;
    const char *etag, *date;
    HRESULT hr;
} answers[] = {
    {3 * CELL, "\"1\"", "then", S_OK},
    {3 * CELL, "\"of another server\"", "then", S_OK}, /* R-118 knows size and time stamp only */
    {3 * CELL, NULL, "then", S_OK},
    {3 * CELL + 1, "\"1\"", "then", BG_E_REMOTE_FILE_CHANGED},
    {3 * CELL, "\"1\"", "later", BG_E_REMOTE_FILE_CHANGED},
    {3 * CELL, "\"1\"", NULL, BG_E_REMOTE_FILE_CHANGED}, /* nothing proves that it is the same */
};

START_TEST(test_a_moved_file_is_asked_who_it_is)
{
    const struct answer_case *c = &answers[_i];
    struct job_file *file;
    struct fixture f;

    begin_file(&f);
    file = f.job.files[0];
    ck_assert_int_eq(job_set_remote_name(&f.job, 0, "http://other/b", NOW + 5), S_OK);
    ck_assert_str_eq(draw(&file->requests.filled, 3, '#'), "#..");
    ck_assert_int_eq(plan(&f).kind, JOB_PLAN_SIZE);
    ck_assert_ptr_null(file->etag);
    ck_assert_int_eq(job_file_known(&f.job, 0, c->size, c->etag, c->date, 7, NOW + 6), c->hr);
    if (FAILED(c->hr)) { /* it starts over, and not as one that changes all the time (A18) */
        fixture_choose(&f, "A18", "always-error");
        ck_assert_int_eq(fixture_fail(&f, c->hr, 0), S_FALSE);
        ck_assert_str_eq(draw(&file->requests.filled, 3, '#'), "...");
        ck_assert_uint_eq(file->size, JOB_SIZE_UNKNOWN);
        ck_assert(!file->restarted);
        ck_assert_int_eq(plan(&f).kind, JOB_PLAN_SIZE);
    } else {
        ck_assert_str_eq(draw(&file->requests.filled, 3, '#'), "#..");
        ck_assert_int_eq(plan(&f).kind, JOB_PLAN_RANGE);
        ck_assert_uint_eq(plan(&f).range.start, CELL);
        ck_assert(c->etag ? strcmp(file->etag, c->etag) == 0 : !file->etag);
    }
    ck_assert_int_eq(f.job.state, JOB_TRANSFERRING);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_without_a_time_stamp_it_starts_over)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(job_file_known(&f.job, 0, 3 * CELL, "\"1\"", NULL, 0, NOW + 2), S_OK);
    fill(&f, 0, 0, CELL);
    ck_assert_int_eq(job_set_remote_name(&f.job, 0, "http://a/b", NOW + 5), S_OK); /* the same name */
    ck_assert_str_eq(draw(&f.job.files[0]->requests.filled, 3, '#'), "#..");
    ck_assert_int_eq(job_set_remote_name(&f.job, 0, "http://other/b", NOW + 5), S_OK);
    ck_assert_str_eq(draw(&f.job.files[0]->requests.filled, 3, '#'), "...");
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_finished_file_is_not_fetched_again)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRED);
    ck_assert_int_eq(job_set_remote_name(&f.job, 0, "http://other/b", NOW + 5), S_OK);
    ck_assert(f.job.files[0]->finished);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 6), S_OK);
    ck_assert_int_eq(f.job.state, JOB_TRANSFERRED);
    fixture_release(&f);
}
END_TEST

/* What an error said of the old server is forgotten: the new one may know ranges. */
START_TEST(test_an_error_can_be_mended)
{
    struct fixture f;

    begin_file(&f);
    ck_assert_int_eq(fixture_fail(&f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), S_OK);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(job_set_remote_name(&f.job, 0, "http://other/b", NOW + 5), S_OK);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(f.job.files[0]->random_access, S_OK);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 6), S_OK);
    ck_assert_int_eq(f.job.state, JOB_QUEUED);
    fixture_release(&f);
}
END_TEST

/* --- ReplaceRemotePrefix */

static const struct prefix_case {
    const char *old, *new;
    HRESULT hr;
    const char *first, *second; /* afterwards, of http://a/b and http://A/b */
} prefixes[] = {
    {"http://a/", "https://z/y/", S_OK, "https://z/y/b", "http://A/b"},
    {"http://", "https://", S_OK, "https://a/b", "https://A/b"},
    {"http://a/b", "http://c", S_OK, "http://c", "http://A/b"},
    {"HTTP://a/", "http://z/", S_FALSE, "http://a/b", "http://A/b"}, /* case matters */
    {"a/b", "c/d", S_FALSE, "http://a/b", "http://A/b"},
    {"http://a/b/c", "http://z/", S_FALSE, "http://a/b", "http://A/b"},
    {"", "http://z/", E_INVALIDARG, "http://a/b", "http://A/b"},
    {"http://a/", "", E_INVALIDARG, "http://a/b", "http://A/b"},
    {NULL, "http://z/", E_INVALIDARG, "http://a/b", "http://A/b"},
    {"http://a/", NULL, E_INVALIDARG, "http://a/b", "http://A/b"},
    {"http://", "ftp://", E_INVALIDARG, "http://a/b", "http://A/b"},
    {"http://A", "nothing", E_INVALIDARG, "http://a/b", "http://A/b"},
};

START_TEST(test_prefix)
{
    const struct prefix_case *c = &prefixes[_i];
    struct job_new_file second = {"http://A/b", "/tmp/c", NULL};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    ck_assert_int_eq(job_add_files(&f.job, &second, 1, 0, &f.settings, NOW), S_OK);
    job_take_changes(&f.job);
    ck_assert_int_eq(job_replace_prefix(&f.job, c->old, c->new, NOW + 5), c->hr);
    ck_assert_str_eq(f.job.files[0]->remote_name, c->first);
    ck_assert_str_eq(f.job.files[1]->remote_name, c->second);
    ck_assert_int_eq(job_take_changes(&f.job) != 0, c->hr == S_OK);
    fixture_release(&f);
}
END_TEST

START_TEST(test_prefix_in_final_states)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, _i ? JOB_CANCELLED : JOB_ACKNOWLEDGED);
    ck_assert_int_eq(job_replace_prefix(&f.job, "http://a/", "http://z/", NOW + 5), BG_E_INVALID_STATE);
    ck_assert_int_eq(job_replace_prefix(&f.job, "x", "y", NOW + 5), BG_E_INVALID_STATE);
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_prefix_that_makes_a_name_too_long)
{
    char longest[2300];
    struct fixture f;

    memset(longest, 'x', sizeof longest);
    memcpy(longest, "http://z/?", 10);
    longest[sizeof longest - 1] = '\0';
    fixture_init(&f, NULL);
    fixture_add_file(&f);
    ck_assert_int_eq(job_replace_prefix(&f.job, "http://a/", longest, NOW + 5), E_INVALIDARG);
    longest[2199] = '\0'; /* with the b behind it 2,200 */
    ck_assert_int_eq(job_replace_prefix(&f.job, "http://a/", longest, NOW + 5), S_OK);
    fixture_release(&f);
}
END_TEST

/* --- SetValidationState */

START_TEST(test_validation_of_an_unfinished_file_is_too_early)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, (enum job_state)_i);
    if (_i == JOB_TRANSFERRED) {
        ck_assert_int_eq(job_set_validation(&f.job, 0, true, NOW + 5), S_OK);
        ck_assert(f.job.files[0]->validated);
        ck_assert_int_eq(f.job.state, JOB_TRANSFERRED);
    } else {
        HRESULT hr = job_state_is_final((enum job_state)_i) ? BG_E_INVALID_STATE : E_PENDING;

        ck_assert_int_eq(job_set_validation(&f.job, 0, true, NOW + 5), hr);
        ck_assert_int_eq(job_set_validation(&f.job, 0, false, NOW + 5), hr);
        ck_assert(!f.job.files[0]->validated);
        ck_assert_int_eq(f.job.state, _i);
    }
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_refused_file_is_fetched_again)
{
    struct job_file *file;
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRED);
    file = f.job.files[0];
    file->reported = true;
    job_take_changes(&f.job);
    ck_assert_int_eq(job_set_validation(&f.job, 0, true, NOW + 5), S_OK);
    ck_assert_int_eq(job_set_validation(&f.job, 0, false, NOW + 6), S_OK);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(f.job.error.hr, BG_E_VALIDATION_FAILED);
    ck_assert_int_eq(f.job.error.context, JOB_CONTEXT_REMOTE_FILE);
    ck_assert_uint_eq(f.job.error.file, 0);
    ck_assert(job_take_changes(&f.job) & JOB_CHANGED_ERROR);
    ck_assert(!file->finished && !file->validated && !file->reported);
    ck_assert_str_eq(draw(&file->requests.filled, 1, '#'), ".");
    ck_assert(job_sane(&f.job));
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 7), S_OK);
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_SCHEDULED, NOW + 8), S_OK);
    ck_assert_int_eq(plan(&f).kind, JOB_PLAN_SIZE);
    fixture_release(&f);
}
END_TEST

/* A second file is refused while the job is in ERROR already: its JobError is due as well. */
START_TEST(test_a_refusal_in_error_is_another_error)
{
    struct job_new_file second = {"http://a/c", "/tmp/c", NULL};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    ck_assert_int_eq(job_add_files(&f.job, &second, 1, 0, &f.settings, NOW), S_OK);
    fixture_bring(&f, JOB_TRANSFERRING);
    for (uint32_t i = 0; i < 2; i++) {
        fixture_known(&f, i, CELL);
        fill(&f, i, 0, CELL);
    }
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_FINISHED, NOW + 2), S_OK);
    ck_assert_int_eq(job_set_validation(&f.job, 1, false, NOW + 5), S_OK);
    ck_assert_uint_eq(f.job.first_unfinished, 1);
    f.job.error_due = false;
    job_take_changes(&f.job);
    ck_assert_int_eq(job_set_validation(&f.job, 0, false, NOW + 6), S_OK);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_uint_eq(f.job.error.file, 0);
    ck_assert_uint_eq(f.job.first_unfinished, 0);
    ck_assert(f.job.error_due);
    ck_assert(job_take_changes(&f.job) & JOB_CHANGED_ERROR);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

#define TESTS(tcase, cases, test) tcase_add_loop_test(tcase, test, 0, sizeof(cases) / sizeof *(cases))

int main(void)
{
    Suite *suite = suite_create("job origin");
    TCase *moved = tcase_create("moved"), *validation = tcase_create("validation");

    TESTS(moved, names, test_name);
    TESTS(moved, answers, test_a_moved_file_is_asked_who_it_is);
    tcase_add_test(moved, test_without_a_time_stamp_it_starts_over);
    tcase_add_test(moved, test_a_finished_file_is_not_fetched_again);
    tcase_add_test(moved, test_an_error_can_be_mended);
    TESTS(moved, prefixes, test_prefix);
    tcase_add_loop_test(moved, test_prefix_in_final_states, 0, 2);
    tcase_add_test(moved, test_a_prefix_that_makes_a_name_too_long);
    suite_add_tcase(suite, moved);
    tcase_add_loop_test(validation, test_validation_of_an_unfinished_file_is_too_early, 0, JOB_STATE_COUNT);
    tcase_add_test(validation, test_a_refused_file_is_fetched_again);
    tcase_add_test(validation, test_a_refusal_in_error_is_another_error);
    suite_add_tcase(suite, validation);
    return suite_main(suite);
}
