/* test_engine_schedule.c: which jobs have the line, and what time does to them (R-500 to,
 * R-436), step by step, without threads. */
#include "base/hr.h"
#include "engine/inline.h"
#include "suite.h"

#include <stdlib.h>
#include <time.h>

static bool runs(struct engine_job *job)
{
    enum job_state state = client_state(job);

    return state == JOB_CONNECTING || state == JOB_TRANSFERRING;
}

static void until_runs(struct inline_world *world, struct engine_job *job)
{
    for (int i = 0; i < 100 && !runs(job); i++)
        inline_step(world, 1);
    ck_assert(runs(job));
}

static uint64_t bytes_of(struct engine_job *job)
{
    struct engine_job_status status;

    engine_job_status(job, &status);
    return status.progress.bytes_transferred;
}

static void finish(struct engine_job *job)
{
    engine_job_cancel(job);
    engine_job_drop(job);
}

/* one at a time, first come first served; R-502: all of the foreground beside it. */
START_TEST(test_one_background_job_and_every_foreground_job)
{
    struct inline_world world;
    struct engine_job *first, *second, *ahead[2];

    inline_init(&world);
    inline_open(&world);
    first = inline_job(&world, JOB_NORMAL);
    second = inline_job(&world, JOB_NORMAL);
    for (int i = 0; i < 2; i++)
        ahead[i] = inline_job(&world, JOB_FOREGROUND);
    engine_job_resume(first);
    engine_job_resume(second);
    for (int i = 0; i < 2; i++)
        engine_job_resume(ahead[i]);
    inline_step(&world, 3);
    ck_assert(runs(first) && !runs(second) && runs(ahead[0]) && runs(ahead[1]));
    ck_assert_int_eq(client_state(second), JOB_QUEUED);
    inline_until(first, JOB_TRANSFERRED);
    inline_step(&world, 1);
    ck_assert(runs(second));
    inline_until(second, JOB_TRANSFERRED);
    finish(first);
    finish(second);
    finish(ahead[0]);
    finish(ahead[1]);
    inline_close(&world);
}
END_TEST

/* a higher priority takes the line at once, and gives it back when it is done. */
START_TEST(test_higher_priority_preempts)
{
    struct inline_world world;
    struct engine_job *low, *high;
    uint64_t had;

    inline_init(&world);
    inline_open(&world);
    low = inline_job(&world, JOB_LOW);
    high = inline_job(&world, JOB_HIGH);
    engine_job_resume(low);
    inline_until(low, JOB_TRANSFERRING);
    engine_job_resume(high);
    inline_step(&world, 1);
    ck_assert_int_eq(client_state(low), JOB_QUEUED);
    ck_assert(runs(high));
    had = bytes_of(low);
    inline_until(high, JOB_TRANSFERRED);
    ck_assert_uint_eq(bytes_of(low), had); /* it got nothing meanwhile */
    inline_until(low, JOB_TRANSFERRED);
    finish(low);
    finish(high);
    inline_close(&world);
}
END_TEST

/* a priority may change at any time, and counts at once. */
START_TEST(test_a_changed_priority_counts_at_once)
{
    struct inline_world world;
    struct engine_job *running, *waiting;

    inline_init(&world);
    inline_open(&world);
    running = inline_job(&world, JOB_NORMAL);
    waiting = inline_job(&world, JOB_NORMAL);
    engine_job_resume(running);
    inline_until(running, JOB_TRANSFERRING);
    engine_job_resume(waiting);
    inline_step(&world, 2);
    ck_assert(runs(running) && !runs(waiting));
    client_set(waiting, JOB_PRIORITY, JOB_HIGH);
    inline_step(&world, 1);
    ck_assert(!runs(running) && runs(waiting));
    client_set(running, JOB_PRIORITY, JOB_FOREGROUND);
    inline_step(&world, 1);
    ck_assert(runs(running) && runs(waiting));
    client_set(running, JOB_PRIORITY, JOB_LOW); /* two in the background: the lower one gives way */
    inline_step(&world, 1);
    ck_assert(!runs(running) && runs(waiting));
    finish(running);
    finish(waiting);
    inline_close(&world);
}
END_TEST

/* R-504, A30: equals take turns; a request under way is not cut. */
START_TEST(test_equals_share_by_slices)
{
    struct inline_world world;
    struct engine_job *jobs[3], *low;

    inline_init(&world);
    ck_assert_int_eq(settings_set(&world.config.settings, "A30", "10"), S_OK);
    inline_open(&world);
    for (int i = 0; i < 3; i++) {
        jobs[i] = inline_job(&world, JOB_NORMAL);
        engine_job_resume(jobs[i]);
    }
    low = inline_job(&world, JOB_LOW);
    engine_job_resume(low);
    for (int turn = 0; turn < 7; turn++) {
        inline_step(&world, 6);
        for (int i = 0; i < 3; i++)
            ck_assert_msg(runs(jobs[i]) == (turn % 3 == i), "turn %d, job %d is %s", turn, i,
                          job_state_name(client_state(jobs[i])));
        ck_assert_int_eq(client_state(low), JOB_QUEUED);
        inline_advance_s(&world, 9);
        inline_step(&world, 2);
        ck_assert(runs(jobs[turn % 3])); /* its slice is not over */
        inline_advance_s(&world, 1);
        until_runs(&world, jobs[(turn + 1) % 3]);
    }
    ck_assert_uint_eq(scripted_cancelled(world.scripted), 0);
    for (int i = 0; i < 3; i++)
        finish(jobs[i]);
    finish(low);
    inline_close(&world);
}
END_TEST

START_TEST(test_a_job_alone_has_no_slice)
{
    struct inline_world world;
    struct engine_job *job, *higher;

    inline_init(&world);
    ck_assert_int_eq(settings_set(&world.config.settings, "A30", "10"), S_OK);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    for (int i = 0; i < 5; i++) {
        inline_advance_s(&world, 100);
        inline_step(&world, 2);
        ck_assert_int_eq(client_state(job), JOB_TRANSFERRING);
    }
    higher = inline_job(&world, JOB_FOREGROUND); /* no equal either */
    engine_job_resume(higher);
    inline_step(&world, 2);
    ck_assert_int_eq(client_state(job), JOB_TRANSFERRING);
    finish(job);
    finish(higher);
    inline_close(&world);
}
END_TEST

/* only time at work counts, and Resume starts it anew. */
START_TEST(test_maximum_download_time)
{
    struct inline_world world;
    struct engine_job *job;
    struct job_error error;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    inline_advance_s(&world, 80 * 86400);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_advance_s(&world, 50 * 86400);
    inline_step(&world, 2);
    engine_job_suspend(job);
    inline_advance_s(&world, 80 * 86400);
    ck_assert_int_eq(client_state(job), JOB_SUSPENDED);
    client_set(job, JOB_MAXIMUM_DOWNLOAD_TIME_S, 60 * 86400);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_advance_s(&world, 60 * 86400 - 1);
    inline_step(&world, 2);
    ck_assert_int_eq(client_state(job), JOB_TRANSFERRING);
    inline_advance_s(&world, 1);
    inline_step(&world, 1);
    ck_assert_int_eq(client_state(job), JOB_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, BG_E_MAXDOWNLOAD_TIMEOUT);
    ck_assert_int_eq(error.context, JOB_CONTEXT_QUEUE_MANAGER);
    ck_assert_uint_eq(error.file, JOB_NO_FILE);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    finish(job);
    inline_close(&world);
}
END_TEST

/* 90 days without a call or a byte, and the service cancels. */
START_TEST(test_inactive_jobs_are_cancelled)
{
    struct inline_world world;
    struct engine_job *idle, *kept, **jobs;
    size_t count;

    inline_init(&world);
    inline_open(&world);
    idle = inline_job(&world, JOB_NORMAL);
    kept = inline_job(&world, JOB_NORMAL);
    engine_job_resume(idle);
    inline_until(idle, JOB_TRANSFERRED); /* neither does having finished protect it */
    inline_advance_s(&world, 89 * 86400);
    inline_step(&world, 1);
    client_set(kept, JOB_NOTIFY_FLAGS, 1);
    inline_advance_s(&world, 86400 + 1);
    inline_step(&world, 1);
    ck_assert_int_eq(client_state(idle), JOB_CANCELLED);
    ck_assert_int_eq(client_state(kept), JOB_SUSPENDED);
    ck_assert_int_eq(engine_list_jobs(world.engine, &jobs, &count), S_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_eq(jobs[0], kept);
    engine_job_drop(jobs[0]);
    free(jobs);
    inline_advance_s(&world, 89 * 86400);
    inline_step(&world, 1);
    ck_assert_int_eq(client_state(kept), JOB_CANCELLED);
    engine_job_drop(idle);
    engine_job_drop(kept);
    inline_close(&world);
}
END_TEST

static uint64_t cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * US_PER_S + (uint64_t)now.tv_nsec / 1000;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

/* Issue of the automatic clock: what takes weeks on a calendar takes a moment.. */
START_TEST(test_retries_for_14_days_in_a_moment)
{
    uint64_t began_us = clock_monotonic_us(), began_cpu_us = cpu_us(), since_us;
    struct inline_world world;
    struct engine_job_status status;
    struct engine_job *job;
    struct job_error error;

    inline_init(&world);
    world.config.clock = CLOCK_AUTOMATIC;
    inline_open(&world);
    scripted_fail_all(world.scripted, HR_WINHTTP_CANNOT_CONNECT);
    job = inline_job(&world, JOB_FOREGROUND);
    since_us = engine_now_us(world.engine);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSIENT_ERROR);
    inline_until(job, JOB_ERROR);
    ck_assert_uint_eq((engine_now_us(world.engine) - since_us) / US_PER_S, 14 * 86400);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, HR_WINHTTP_CANNOT_CONNECT); /* */
    engine_job_status(job, &status);
    ck_assert_uint_ge(status.error_count, 14 * 144);
    ck_assert_uint_le(status.error_count, 14 * 144 + 1);

    /* the timeout is longer than inactivity may last, so that ends it. */
    client_set(job, JOB_NO_PROGRESS_TIMEOUT_S, 200 * 86400);
    since_us = engine_now_us(world.engine);
    engine_job_resume(job);
    inline_until(job, JOB_CANCELLED);
    ck_assert_uint_eq((engine_now_us(world.engine) - since_us) / US_PER_S, 90 * 86400);
    ck_assert_int_eq(engine_pump(world.engine, never, NULL, UINT64_MAX), S_FALSE); /* nothing is left */
    engine_job_drop(job);
    inline_close(&world);
    fprintf(stderr, "104 days in %u ms\n", (unsigned)((clock_monotonic_us() - began_us) / 1000));
    ck_assert_uint_lt(cpu_us() - began_cpu_us, US_PER_S);
}
END_TEST

/* A12: Resume without requests waits in the queue for some, and gives the line to others. */
START_TEST(test_waiting_for_requests_in_the_queue)
{
    struct inline_world world;
    struct engine_job *waiting, *other;
    struct range range = {0, 100};

    inline_init(&world);
    ck_assert_int_eq(settings_set(&world.config.settings, "A12", "wait-queued"), S_OK);
    inline_open(&world);
    waiting = inline_job(&world, JOB_NORMAL);
    other = inline_job(&world, JOB_NORMAL);
    client_set(waiting, JOB_ON_DEMAND_MODE, 1);
    engine_job_resume(waiting);
    inline_step(&world, 3);
    ck_assert_int_eq(client_state(waiting), JOB_QUEUED);
    ck_assert_uint_eq(scripted_requests(world.scripted), 0);
    engine_job_resume(other);
    inline_until(other, JOB_TRANSFERRED);
    ck_assert_int_eq(client_state(waiting), JOB_QUEUED);
    ck_assert_int_eq(engine_file_request_ranges(waiting, 0, &range, 1), S_OK);
    inline_until(waiting, JOB_SUSPENDED);
    finish(waiting);
    finish(other);
    inline_close(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine schedule");
    TCase *line = tcase_create("line"), *time = tcase_create("time");

    tcase_add_test(line, test_one_background_job_and_every_foreground_job);
    tcase_add_test(line, test_higher_priority_preempts);
    tcase_add_test(line, test_a_changed_priority_counts_at_once);
    tcase_add_test(line, test_equals_share_by_slices);
    tcase_add_test(line, test_a_job_alone_has_no_slice);
    tcase_add_test(line, test_waiting_for_requests_in_the_queue);
    suite_add_tcase(suite, line);
    tcase_set_timeout(time, 60);
    tcase_add_test(time, test_maximum_download_time);
    tcase_add_test(time, test_inactive_jobs_are_cancelled);
    tcase_add_test(time, test_retries_for_14_days_in_a_moment);
    suite_add_tcase(suite, time);
    return suite_main(suite);
}
