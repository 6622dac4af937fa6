/* test_job_life.c: errors and how long they last, retries over days of an engine's time, and files that
 * change.
 *
 * Times are plain numbers; nothing here waits.
 */
#include <stdbool.h>
#include <string.h>

#include "job_fixture.h"

#define S      UINT64_C(1000000)
#define DAY    (86400 * S)
#define DELAY  (600 * S)
#define GIVEUP (14 * DAY)

/* --- which errors are worth a retry, and where they belong */

static const struct judgement {
    HRESULT hr;
    bool transient, waits;
    enum job_context context;
} judgements[] = {
    /* 3xx transient but 300 to 305 and 307 */
    {BG_E_HTTP_ERROR_300, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_302, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_305, false, false, JOB_CONTEXT_REMOTE_FILE},
    {(HRESULT)0x80190132, true, false, JOB_CONTEXT_REMOTE_FILE}, /* 306 */
    {BG_E_HTTP_ERROR_307, false, false, JOB_CONTEXT_REMOTE_FILE},
    {(HRESULT)0x80190134, true, false, JOB_CONTEXT_REMOTE_FILE}, /* 308 */
    /* 4xx fatal but 408 and 409 */
    {BG_E_HTTP_ERROR_400, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_401, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_403, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_404, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_407, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_408, true, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_409, true, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_410, false, false, JOB_CONTEXT_REMOTE_FILE},
    {(HRESULT)0x801901AD, false, false, JOB_CONTEXT_REMOTE_FILE}, /* 429 */
    /* 5xx transient but 501 and 505 */
    {BG_E_HTTP_ERROR_500, true, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_501, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_503, true, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_504, true, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_505, false, false, JOB_CONTEXT_REMOTE_FILE},
    /* everything else transient */
    {BG_E_HTTP_ERROR_200, true, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_HTTP_ERROR_101, true, false, JOB_CONTEXT_REMOTE_FILE},
    /* */
    {BG_E_MISSING_FILE_SIZE, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_INSUFFICIENT_RANGE_SUPPORT, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_INVALID_SERVER_RESPONSE, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_INVALID_RANGE, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_REMOTE_FILE_CHANGED, false, false, JOB_CONTEXT_REMOTE_FILE},
    /* */
    {HR_WINHTTP_NAME, true, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_CANNOT_CONNECT, true, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_TIMEOUT, true, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_CONNECTION, true, false, JOB_CONTEXT_TRANSPORT},
    {BG_E_CONNECTION_CLOSED, true, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_INVALID_RESPONSE, true, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_CLIENT_CERT, false, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_SECURE_FAILURE, false, false, JOB_CONTEXT_TRANSPORT},
    {HR_WINHTTP_UNRECOGNIZED_SCHEME, false, false, JOB_CONTEXT_REMOTE_FILE},
    {BG_E_INVALID_PROXY_INFO, false, false, JOB_CONTEXT_TRANSPORT},
    /* */
    {BG_E_NETWORK_DISCONNECTED, true, true, JOB_CONTEXT_TRANSPORT},
    {BG_E_DESTINATION_LOCKED, true, true, JOB_CONTEXT_LOCAL_FILE},
    {BG_E_BLOCKED_BY_POLICY, true, true, JOB_CONTEXT_QUEUE_MANAGER},
    {BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, true, true, JOB_CONTEXT_QUEUE_MANAGER},
    /* local files */
    {HR_DISK_FULL, false, false, JOB_CONTEXT_LOCAL_FILE},
    {HR_WRITE_FAULT, false, false, JOB_CONTEXT_LOCAL_FILE},
    {HR_IO_DEVICE, false, false, JOB_CONTEXT_LOCAL_FILE},
    {HR_PATH_NOT_FOUND, false, false, JOB_CONTEXT_LOCAL_FILE},
    {HR_QUOTA, false, false, JOB_CONTEXT_LOCAL_FILE},
    {E_ACCESSDENIED, false, false, JOB_CONTEXT_LOCAL_FILE},
    {HR_SHARING, true, false, JOB_CONTEXT_LOCAL_FILE},
    /* our own */
    {E_OUTOFMEMORY, true, false, JOB_CONTEXT_QUEUE_MANAGER},
    {E_INVALIDARG, false, false, JOB_CONTEXT_REMOTE_FILE},
    {E_FAIL, false, false, JOB_CONTEXT_QUEUE_MANAGER},
    {E_UNEXPECTED, false, false, JOB_CONTEXT_QUEUE_MANAGER},
};

START_TEST(test_judgement)
{
    const struct judgement *c = &judgements[_i];

    ck_assert_msg(job_is_transient(c->hr) == c->transient, "%x", (unsigned)c->hr);
    ck_assert_msg(job_waits_for_condition(c->hr) == c->waits, "%x", (unsigned)c->hr);
    ck_assert_msg(job_context_of(c->hr) == c->context, "%x: %d", (unsigned)c->hr, job_context_of(c->hr));
}
END_TEST

/* --- retries */

/* From QUEUED to the next failure. */
static void try_and_fail(struct fixture *f, HRESULT hr)
{
    ck_assert_int_eq(f->job.state, JOB_QUEUED);
    ck_assert_int_eq(job_move(&f->job, JOB_EVENT_SCHEDULED, NOW + 4), S_OK);
    ck_assert_int_eq(fixture_fail(f, hr, 0), S_OK);
}

/* Lets the job's timer run out. */
static void wait_for_timer(struct fixture *f)
{
    uint64_t due = job_timer_us(&f->job);

    ck_assert_uint_ne(due, JOB_NEVER_US);
    job_timer_due(&f->job, due - 1, NOW + 4); /* too early: nothing */
    ck_assert_int_eq(f->job.state, JOB_TRANSIENT_ERROR);
    f->us = due;
    job_timer_due(&f->job, due, NOW + 4);
    ck_assert_int_ne(f->job.state, JOB_TRANSIENT_ERROR);
}

START_TEST(test_retries_come_every_600_s_for_14_days)
{
    struct fixture f;
    unsigned retries = 0;

    fixture_init(&f, NULL);
    f.us = 5 * S;
    fixture_bring(&f, JOB_TRANSIENT_ERROR);
    ck_assert_uint_eq(job_timer_us(&f.job), f.us + DELAY);
    while (f.job.state == JOB_TRANSIENT_ERROR) {
        wait_for_timer(&f);
        if (f.job.state != JOB_QUEUED)
            break;
        retries++;
        ck_assert_int_eq(f.job.error.hr, retries == 1 ? BG_E_HTTP_ERROR_503 : HR_WINHTTP_TIMEOUT); /* */
        try_and_fail(&f, HR_WINHTTP_TIMEOUT);
        ck_assert(job_sane(&f.job));
    }
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_uint_eq(f.us, 5 * S + GIVEUP);
    ck_assert_uint_eq(retries, 14 * 86400 / 600);
    ck_assert_uint_eq(f.job.error_count, retries + 1);    /* */
    ck_assert_int_eq(f.job.error.hr, HR_WINHTTP_TIMEOUT); /* the last one, unchanged */
    ck_assert_int_eq(f.job.error.context, JOB_CONTEXT_TRANSPORT);
    ck_assert(f.job.error_due);
    ck_assert_uint_eq(job_timer_us(&f.job), JOB_NEVER_US);
    fixture_release(&f);
}
END_TEST

START_TEST(test_giving_up_between_two_retries)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_set(&f, JOB_NO_PROGRESS_TIMEOUT_S, 1500);
    fixture_bring(&f, JOB_TRANSIENT_ERROR);
    for (int i = 0; i < 2; i++) {
        wait_for_timer(&f);
        try_and_fail(&f, BG_E_HTTP_ERROR_500);
    }
    ck_assert_uint_eq(job_timer_us(&f.job), 1500 * S);
    wait_for_timer(&f);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_uint_eq(f.job.error_count, 3); /* giving up is no failure of its own */
    ck_assert_int_eq(f.job.error.hr, BG_E_HTTP_ERROR_500);
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_clock_that_jumps_over_both_timers_retries_first)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSIENT_ERROR);
    f.us = 30 * DAY;
    job_timer_due(&f.job, f.us, NOW + 4);
    ck_assert_int_eq(f.job.state, JOB_QUEUED);
    try_and_fail(&f, BG_E_HTTP_ERROR_503);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    fixture_release(&f);
}
END_TEST

START_TEST(test_progress_gives_14_more_days)
{
    struct fixture f;
    struct flight flight;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSIENT_ERROR);
    f.us = 13 * DAY;
    job_timer_due(&f.job, f.us, NOW + 4);
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_SCHEDULED, NOW + 4), S_OK);
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_CONNECTED, NOW + 4), S_OK);
    ck_assert_int_eq(f.job.error.hr, S_OK); /* */
    fixture_known(&f, 0, 1000);
    ck_assert_uint_ne(f.job.trouble_since_us, JOB_NEVER_US); /* a connection is no progress yet */
    ck_assert_int_eq(job_flight_start(&f.job, 0, &flight, (struct range){0, 10}, JOB_PLAN_RANGE), S_OK);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &flight, 1, NOW + 4), S_OK);
    job_flight_end(&f.job, 0, &flight);
    ck_assert_uint_eq(f.job.trouble_since_us, JOB_NEVER_US);
    ck_assert_int_eq(fixture_fail(&f, BG_E_HTTP_ERROR_503, 0), S_OK);
    ck_assert_uint_eq(f.job.trouble_since_us, 13 * DAY);
    fixture_release(&f);
}
END_TEST

/* What the client's two numbers make of one transient error. */
static const struct patience {
    uint64_t delay_s, timeout_s;
    enum job_state state;
    uint64_t timer_s;
} patiences[] = {
    {600, 1209600, JOB_TRANSIENT_ERROR, 600},
    {5, 1209600, JOB_TRANSIENT_ERROR, 5},
    {1, 10, JOB_TRANSIENT_ERROR, 5},
    {600, 0, JOB_ERROR, 0},   /* every error is fatal */
    {600, 599, JOB_ERROR, 0}, /* no retries */
    {600, 600, JOB_TRANSIENT_ERROR, 600},
};

START_TEST(test_patience)
{
    const struct patience *c = &patiences[_i];
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_set(&f, JOB_MINIMUM_RETRY_DELAY_S, c->delay_s);
    fixture_set(&f, JOB_NO_PROGRESS_TIMEOUT_S, c->timeout_s);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(fixture_fail(&f, BG_E_HTTP_ERROR_503, 0), S_OK);
    ck_assert_int_eq(f.job.state, c->state);
    ck_assert_uint_eq(f.job.error_count, 1);
    ck_assert_uint_eq(job_timer_us(&f.job), c->state == JOB_ERROR ? JOB_NEVER_US : c->timer_s * S);
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_changed_delay_changes_the_wait_under_way)
{
    struct fixture f;

    fixture_init(&f, NULL);
    f.us = 100 * S;
    fixture_bring(&f, JOB_TRANSIENT_ERROR);
    fixture_set(&f, JOB_MINIMUM_RETRY_DELAY_S, 50);
    ck_assert_uint_eq(job_timer_us(&f.job), 150 * S);
    fixture_set(&f, JOB_NO_PROGRESS_TIMEOUT_S, 10); /* shorter than the delay: given up at once */
    ck_assert_uint_le(job_timer_us(&f.job), 100 * S);
    job_timer_due(&f.job, 100 * S, NOW + 4);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    fixture_release(&f);
}
END_TEST

START_TEST(test_conditions_are_waited_for_without_a_retry)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(fixture_fail(&f, BG_E_NETWORK_DISCONNECTED, JOB_NO_FILE), S_OK);
    ck_assert_int_eq(f.job.state, JOB_TRANSIENT_ERROR);
    ck_assert_uint_eq(f.job.error_count, 0);         /* */
    ck_assert_uint_eq(job_timer_us(&f.job), GIVEUP); /* no timed retry */
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_RETRY, NOW + 4), S_OK);
    ck_assert_int_eq(f.job.state, JOB_QUEUED);
    fixture_release(&f);
}
END_TEST

START_TEST(test_resume_does_not_wait_and_a_new_start_has_new_patience)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSIENT_ERROR);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 4), S_OK); /* */
    ck_assert_int_eq(f.job.state, JOB_QUEUED);
    f.us = 15 * DAY;
    try_and_fail(&f, BG_E_HTTP_ERROR_503); /* since the first, which was 15 days ago */
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 4), S_OK);
    ck_assert(!f.job.error_due);
    try_and_fail(&f, BG_E_HTTP_ERROR_503);
    ck_assert_int_eq(f.job.state, JOB_TRANSIENT_ERROR);
    fixture_release(&f);
}
END_TEST

START_TEST(test_failing_where_a_job_cannot)
{
    enum job_state state = (enum job_state)_i;
    bool can = state == JOB_QUEUED || state == JOB_CONNECTING || state == JOB_TRANSFERRING;
    struct job_error before;
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, state);
    job_take_changes(&f.job);
    before = f.job.error;
    ck_assert_int_eq(fixture_fail(&f, BG_E_INSUFFICIENT_RANGE_SUPPORT, 0), can ? S_OK : E_UNEXPECTED);
    if (!can) {
        ck_assert_int_eq(f.job.state, state);
        ck_assert_int_eq(f.job.error.hr, before.hr);
        ck_assert_uint_eq(f.job.changes, 0);
        ck_assert(!f.job.files[0]->ranges_refused);
    }
    fixture_release(&f);
}
END_TEST

START_TEST(test_the_engine_may_say_where_an_error_belongs)
{
    struct job_error error = {E_FAIL, JOB_CONTEXT_LOCAL_FILE, 0};
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(job_fail(&f.job, &error, &f.settings, 0, NOW), S_OK);
    ck_assert_int_eq(f.job.error.context, JOB_CONTEXT_LOCAL_FILE);
    ck_assert_uint_eq(f.job.error.file, 0);
    ck_assert_int_eq(job_suspend(&f.job, &f.settings, NOW), S_OK); /* */
    ck_assert_int_eq(f.job.error.hr, E_FAIL);         /* until data comes again */
    fixture_release(&f);
}
END_TEST

/* --- what is learned of a file */

START_TEST(test_size_and_version_are_taken_once)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    fixture_known(&f, 0, 1000);
    ck_assert_int_eq(job_file_known(&f.job, 0, 2000, "\"2\"", NULL, 9, NOW), S_OK);
    ck_assert_uint_eq(f.job.files[0]->size, 1000);
    ck_assert_str_eq(f.job.files[0]->etag, "\"1\"");
    ck_assert_str_eq(f.job.files[0]->last_modified, "then");
    ck_assert_int_eq(f.job.files[0]->last_modified_unix_s, 7);
    ck_assert_int_eq(job_file_headers(&f.job, 0, "A: b\r\n"), S_OK);
    ck_assert_int_eq(job_file_headers(&f.job, 0, "C: d\r\n"), S_OK);
    ck_assert_str_eq(f.job.files[0]->response_headers, "C: d\r\n");
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_request_that_leaves_the_file_is_told_when_the_size_is_known)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){0, 100}, 1, &f.settings, NOW), S_OK);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){0, 5000}, 1, &f.settings, NOW), S_OK);
    fixture_bring(&f, JOB_TRANSFERRING);
    ck_assert_int_eq(job_file_known(&f.job, 0, 1000, NULL, NULL, 0, NOW), BG_E_INVALID_RANGE);
    ck_assert_uint_eq(f.job.files[0]->size, 1000);
    ck_assert_str_eq(draw(&f.job.files[0]->requests.pending, 10, 'N'), "N.........");
    ck_assert_int_eq(fixture_fail(&f, BG_E_INVALID_RANGE, 0), S_OK);
    ck_assert_int_eq(f.job.state, JOB_ERROR);
    ck_assert_int_eq(f.job.error.context, JOB_CONTEXT_REMOTE_FILE);
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_file_is_finished_with_its_last_byte_and_progress_is_a_modification)
{
    struct fixture f;
    struct flight a, b;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    fixture_known(&f, 0, 200);
    job_flight_start(&f.job, 0, &a, (struct range){0, 100}, JOB_PLAN_RANGE);
    job_flight_start(&f.job, 0, &b, (struct range){100, 200}, JOB_PLAN_RANGE);
    job_take_changes(&f.job);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &b, 200, NOW + 20), S_OK);
    ck_assert_uint_eq(job_take_changes(&f.job), JOB_CHANGED);
    ck_assert_uint_eq(f.job.modified_100ns, NOW + 20);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &a, 99, NOW + 21), S_OK);
    ck_assert(!f.job.files[0]->finished);
    job_take_changes(&f.job);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &a, 100, NOW + 22), S_OK);
    ck_assert(f.job.files[0]->finished);
    ck_assert_uint_eq(job_take_changes(&f.job), JOB_CHANGED | JOB_CHANGED_FILE | JOB_CHANGED_WORK);
    job_flight_end(&f.job, 0, &a);
    job_flight_end(&f.job, 0, &b);
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_changes_gather_until_they_are_taken)
{
    struct fixture f;
    struct flight flight;

    fixture_init(&f, NULL);
    fixture_set(&f, JOB_NOTIFICATION_INTERVAL_MS, 1);
    fixture_set(&f, JOB_NOTIFY_FLAGS, 1);
    fixture_add_file(&f);
    ck_assert_uint_eq(f.job.changes,
                      JOB_CHANGED | JOB_CHANGED_INTERVAL | JOB_CHANGED_INTEREST | JOB_CHANGED_WORK);
    fixture_bring(&f, JOB_TRANSFERRING);
    fixture_known(&f, 0, 100);
    ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){0, 10}, 1, &f.settings, NOW), S_OK);
    ck_assert_int_eq(job_flight_start(&f.job, 0, &flight, (struct range){0, 100}, JOB_PLAN_RANGE), S_OK);
    ck_assert_int_eq(job_flight_filled(&f.job, 0, &flight, 100, NOW), S_OK);
    job_flight_end(&f.job, 0, &flight);
    ck_assert_int_eq(job_move(&f.job, JOB_EVENT_FINISHED, NOW), S_OK);
    ck_assert_uint_eq(job_take_changes(&f.job), JOB_CHANGED | JOB_CHANGED_INTERVAL | JOB_CHANGED_INTEREST |
                                                    JOB_CHANGED_WORK | JOB_CHANGED_STATE | JOB_CHANGED_FILE |
                                                    JOB_CHANGED_TRANSFERRED);
    ck_assert_uint_eq(job_take_changes(&f.job), 0);
    fixture_release(&f);
}
END_TEST

/* --- the remote file changes (R-560, A18) */

static const struct change {
    const char *a18;
    bool on_demand, asked;
    bool restarts;
} changed[] = {
    {"error-on-demand", false, false, true}, {"error-on-demand", true, false, false},
    {"error-on-demand", false, true, false}, {"always-restart", true, true, true},
    {"always-error", false, false, false},
};

static void fill_some(struct fixture *f)
{
    struct flight flight;

    fixture_known(f, 0, 1000);
    ck_assert_int_eq(job_flight_start(&f->job, 0, &flight, (struct range){0, 300}, JOB_PLAN_RANGE), S_OK);
    ck_assert_int_eq(job_flight_filled(&f->job, 0, &flight, 300, NOW), S_OK);
    job_flight_end(&f->job, 0, &flight);
}

START_TEST(test_change_of_the_remote_file)
{
    const struct change *c = &changed[_i];
    struct fixture f;
    struct job_file *file;

    fixture_init(&f, NULL);
    fixture_choose(&f, "A18", c->a18);
    fixture_add_file(&f);
    fixture_set(&f, JOB_ON_DEMAND_MODE, c->on_demand);
    if (c->asked || c->on_demand)
        ck_assert_int_eq(job_request_ranges(&f.job, 0, &(struct range){0, 500}, 1, &f.settings, NOW), S_OK);
    if (!c->asked)
        f.job.files[0]->ranges_asked = false;
    fixture_bring(&f, JOB_TRANSFERRING);
    fill_some(&f);
    job_take_changes(&f.job);
    ck_assert_int_eq(fixture_fail(&f, BG_E_REMOTE_FILE_CHANGED, 0), c->restarts ? S_FALSE : S_OK);
    file = f.job.files[0];
    ck_assert_uint_eq(rangeset_length(&file->requests.filled), 0); /* */
    ck_assert_uint_eq(file->size, JOB_SIZE_UNKNOWN);
    ck_assert_ptr_null(file->etag);
    ck_assert_ptr_null(file->last_modified);
    ck_assert_int_eq(f.job.state, c->restarts ? JOB_TRANSFERRING : JOB_ERROR);
    ck_assert(job_take_changes(&f.job) & (c->restarts ? JOB_CHANGED : JOB_CHANGED_ERROR)); /* */
    ck_assert(job_sane(&f.job));
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_file_that_changes_all_the_time_is_not_fetched_in_a_hot_loop)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_bring(&f, JOB_TRANSFERRING);
    fill_some(&f);
    ck_assert_int_eq(fixture_fail(&f, BG_E_REMOTE_FILE_CHANGED, 0), S_FALSE);
    fill_some(&f);
    ck_assert_int_eq(fixture_fail(&f, BG_E_REMOTE_FILE_CHANGED, 0), S_OK);
    ck_assert_int_eq(f.job.state, JOB_TRANSIENT_ERROR);
    ck_assert_uint_eq(job_timer_us(&f.job), DELAY);
    fixture_release(&f);
}
END_TEST

START_TEST(test_a_finished_file_stays_when_the_next_one_changes)
{
    struct fixture f;

    fixture_init(&f, NULL);
    fixture_add_file(&f);
    fixture_bring(&f, JOB_TRANSFERRED);
    fixture_add_file(&f);
    ck_assert_int_eq(job_resume(&f.job, &f.settings, NOW + 4), S_OK);
    ck_assert_int_eq(fixture_fail(&f, BG_E_REMOTE_FILE_CHANGED, 1), S_FALSE);
    ck_assert(f.job.files[0]->finished); /* */
    ck_assert_uint_eq(rangeset_length(&f.job.files[0]->requests.filled), CELL);
    fixture_release(&f);
}
END_TEST

#define TESTS(tcase, cases, test) tcase_add_loop_test(tcase, test, 0, sizeof(cases) / sizeof *(cases))

int main(void)
{
    Suite *suite = suite_create("job life");
    TCase *judge = tcase_create("judge"), *retry = tcase_create("retry"), *file = tcase_create("file"),
          *change = tcase_create("change");

    TESTS(judge, judgements, test_judgement);
    suite_add_tcase(suite, judge);
    tcase_add_test(retry, test_retries_come_every_600_s_for_14_days);
    tcase_add_test(retry, test_giving_up_between_two_retries);
    tcase_add_test(retry, test_a_clock_that_jumps_over_both_timers_retries_first);
    tcase_add_test(retry, test_progress_gives_14_more_days);
    TESTS(retry, patiences, test_patience);
    tcase_add_test(retry, test_a_changed_delay_changes_the_wait_under_way);
    tcase_add_test(retry, test_conditions_are_waited_for_without_a_retry);
    tcase_add_test(retry, test_resume_does_not_wait_and_a_new_start_has_new_patience);
    tcase_add_loop_test(retry, test_failing_where_a_job_cannot, 0, JOB_STATE_COUNT);
    tcase_add_test(retry, test_the_engine_may_say_where_an_error_belongs);
    suite_add_tcase(suite, retry);
    tcase_add_test(file, test_size_and_version_are_taken_once);
    tcase_add_test(file, test_a_request_that_leaves_the_file_is_told_when_the_size_is_known);
    tcase_add_test(file, test_a_file_is_finished_with_its_last_byte_and_progress_is_a_modification);
    tcase_add_test(file, test_changes_gather_until_they_are_taken);
    suite_add_tcase(suite, file);
    TESTS(change, changed, test_change_of_the_remote_file);
    tcase_add_test(change, test_a_file_that_changes_all_the_time_is_not_fetched_in_a_hot_loop);
    tcase_add_test(change, test_a_finished_file_stays_when_the_next_one_changes);
    suite_add_tcase(suite, change);
    return suite_main(suite);
}
