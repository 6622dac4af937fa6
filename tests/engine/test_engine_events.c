/* test_engine_events.c: whom a job tells, and when it is asked again: flags and clients that come late, and
 * what Complete leaves behind; step by step, without threads. */
#include "base/hr.h"
#include "engine/inline.h"
#include "server/server.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stage {
    struct inline_world world;
    struct client client;
    struct engine_job *job;
};

static void stage_open(struct stage *stage)
{
    inline_init(&stage->world);
    inline_open(&stage->world);
    client_init(&stage->client);
    stage->job = inline_job(&stage->world, JOB_FOREGROUND);
}

static void stage_close(struct stage *stage)
{
    engine_job_cancel(stage->job);
    engine_job_drop(stage->job);
    inline_close(&stage->world);
    client_release(&stage->client);
}

/* the state is what is told, not the moment. */
START_TEST(test_a_client_that_comes_late_is_told)
{
    struct stage stage;

    stage_open(&stage);
    if (_i)
        scripted_fail_all(stage.world.scripted, BG_E_HTTP_ERROR_404);
    engine_job_resume(stage.job);
    inline_until(stage.job, _i ? JOB_ERROR : JOB_TRANSFERRED);
    inline_step(&stage.world, 20);
    client_watch(&stage.client, stage.job);
    inline_step(&stage.world, 20);
    ck_assert_uint_eq(stage.client.errors, (unsigned)_i);
    ck_assert_uint_eq(stage.client.transferred, !_i);
    ck_assert_uint_eq(stage.client.files, !_i);
    ck_assert_uint_eq(stage.client.reports, 0); /* no history of ranges (A9) */
    stage_close(&stage);
}
END_TEST

/* a transient error is nobody's JobError. */
START_TEST(test_transient_errors_are_not_told)
{
    struct stage stage;

    stage_open(&stage);
    scripted_fail_all(stage.world.scripted, BG_E_HTTP_ERROR_503);
    client_watch(&stage.client, stage.job);
    engine_job_resume(stage.job);
    inline_until(stage.job, JOB_TRANSIENT_ERROR);
    inline_step(&stage.world, 20);
    ck_assert_uint_eq(stage.client.errors, 0);
    ck_assert_uint_gt(stage.client.modifications, 0);
    stage_close(&stage);
}
END_TEST

/* DISABLE stops everything and forgets none of the others; what was due comes when it goes,
 * what passes by does not. */
START_TEST(test_disabled_notifications)
{
    struct stage stage;

    stage_open(&stage);
    client_watch(&stage.client, stage.job);
    client_set(stage.job, JOB_NOTIFY_FLAGS, 0x3F);
    engine_job_resume(stage.job);
    inline_until(stage.job, JOB_TRANSFERRED);
    inline_step(&stage.world, 20);
    ck_assert_uint_eq(stage.client.transferred + stage.client.files + stage.client.reports, 0);
    ck_assert_uint_eq(stage.client.modifications, 0);
    client_set(stage.job, JOB_NOTIFY_FLAGS, 0x3B);
    inline_step(&stage.world, 20);
    ck_assert_uint_eq(stage.client.transferred, 1);
    ck_assert_uint_eq(stage.client.files, 1);
    ck_assert_uint_eq(stage.client.reports, 0);
    stage_close(&stage);
}
END_TEST

/* in whatever order a client does it. */
START_TEST(test_any_order_will_do)
{
    static const char orders[][4] = {"cfr", "crf", "fcr", "frc", "rcf", "rfc"};
    struct stage stage;
    struct engine_job *job;
    GUID id;

    stage_open(&stage);
    ck_assert_int_eq(engine_create_job(stage.world.engine, "order", JOB_DOWNLOAD, &id, &job), S_OK);
    client_set(job, JOB_PRIORITY, JOB_FOREGROUND);
    for (int i = 0; i < 3; i++) {
        if (orders[_i][i] == 'c')
            client_watch(&stage.client, job);
        else if (orders[_i][i] == 'f')
            ck_assert_int_eq(inline_add_file(&stage.world, job), S_OK);
        else /* without a file it is refused, and asked once more below */
            engine_job_resume(job);
    }
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    inline_step(&stage.world, 20);
    ck_assert_uint_eq(stage.client.transferred, 1);
    engine_job_cancel(job);
    engine_job_drop(job);
    stage_close(&stage);
}
END_TEST

/* --- what Complete leaves */

static bool is_whole(const char *path)
{
    static unsigned char wanted[INLINE_SIZE], found[INLINE_SIZE + 1];
    int fd = open(path, O_RDONLY);
    ssize_t len = fd < 0 ? -1 : read(fd, found, sizeof found);

    if (fd >= 0)
        close(fd);
    server_content(INLINE_CONTENT, 0, wanted, sizeof wanted);
    return len == (ssize_t)sizeof wanted && memcmp(wanted, found, sizeof wanted) == 0;
}

/* nothing before, both whole after, and what was there is replaced. */
START_TEST(test_complete_puts_both_files_in_place)
{
    struct stage stage;
    char *local[2];
    int fd;

    stage_open(&stage);
    ck_assert_int_eq(inline_add_file(&stage.world, stage.job), S_OK);
    for (uint32_t i = 0; i < 2; i++)
        ck_assert_int_eq(engine_file_text(stage.job, i, ENGINE_FILE_LOCAL_NAME, &local[i]), S_OK);
    fd = open(local[1], O_WRONLY | O_CREAT, 0600);
    ck_assert_int_eq(write(fd, "old", 3), 3);
    close(fd);
    engine_job_resume(stage.job);
    inline_until(stage.job, JOB_TRANSFERRED);
    ck_assert_int_ne(access(local[0], F_OK), 0);
    ck_assert(!is_whole(local[1]));
    ck_assert_int_eq(engine_job_complete(stage.job), S_OK);
    ck_assert(is_whole(local[0]) && is_whole(local[1]));
    free(local[0]);
    free(local[1]);
    stage_close(&stage);
}
END_TEST

/* of two files the whole one is kept; a part of one is not. */
START_TEST(test_complete_discards_what_is_not_whole)
{
    struct engine_file_status status;
    struct range range = {0, 1000};
    struct stage stage;
    char *local[2], *temporary;

    stage_open(&stage);
    ck_assert_int_eq(inline_add_file(&stage.world, stage.job), S_OK);
    for (uint32_t i = 0; i < 2; i++)
        ck_assert_int_eq(engine_file_text(stage.job, i, ENGINE_FILE_LOCAL_NAME, &local[i]), S_OK);
    ck_assert_int_eq(engine_file_text(stage.job, 1, ENGINE_FILE_TEMPORARY_NAME, &temporary), S_OK);
    client_set(stage.job, JOB_ON_DEMAND_MODE, 1);
    ck_assert_int_eq(engine_file_request_ranges(stage.job, 0, &(struct range){0, UINT64_MAX}, 1), S_OK);
    ck_assert_int_eq(engine_file_request_ranges(stage.job, 1, &range, 1), S_OK);
    engine_job_resume(stage.job);
    inline_until(stage.job, JOB_SUSPENDED);
    ck_assert_int_eq(access(temporary, F_OK), 0);
    ck_assert_int_eq(engine_job_complete(stage.job), BG_S_PARTIAL_COMPLETE);
    ck_assert(is_whole(local[0]));
    ck_assert_int_ne(access(local[1], F_OK), 0);
    ck_assert_int_ne(access(temporary, F_OK), 0);
    engine_file_status(stage.job, 0, &status);
    ck_assert(status.completed);
    engine_file_status(stage.job, 1, &status);
    ck_assert(!status.completed);
    free(local[0]);
    free(local[1]);
    free(temporary);
    stage_close(&stage);
}
END_TEST

/* after the first file has failed nothing of the second is asked for. */
START_TEST(test_one_failing_file_stops_the_job)
{
    struct engine_file_status status;
    struct stage stage;

    stage_open(&stage);
    ck_assert_int_eq(inline_add_file(&stage.world, stage.job), S_OK);
    scripted_fail_next(stage.world.scripted, BG_E_HTTP_ERROR_404);
    engine_job_resume(stage.job);
    inline_until(stage.job, JOB_ERROR);
    inline_step(&stage.world, 20);
    ck_assert_uint_eq(scripted_requests(stage.world.scripted), 1);
    engine_file_status(stage.job, 1, &status);
    ck_assert_uint_eq(status.bytes_total, JOB_SIZE_UNKNOWN);
    stage_close(&stage);
}
END_TEST

/* */
START_TEST(test_a_folder_that_is_not_there)
{
    struct engine_job_status status;
    struct stage stage;
    char local[700];
    struct engine_new_file file = {.remote_name = "http://scripted/f", .local_name = local};

    stage_open(&stage);
    snprintf(local, sizeof local, "%s/none/file", stage.world.folder.path);
    ck_assert_int_eq(engine_job_add_files(stage.job, &file, 1), HR_PATH_NOT_FOUND);
    engine_job_status(stage.job, &status);
    ck_assert_uint_eq(status.file_count, 1);
    stage_close(&stage);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine events");
    TCase *events = tcase_create("events"), *complete = tcase_create("complete");

    tcase_add_loop_test(events, test_a_client_that_comes_late_is_told, 0, 2);
    tcase_add_test(events, test_transient_errors_are_not_told);
    tcase_add_test(events, test_disabled_notifications);
    tcase_add_loop_test(events, test_any_order_will_do, 0, 6);
    suite_add_tcase(suite, events);
    tcase_add_test(complete, test_complete_puts_both_files_in_place);
    tcase_add_test(complete, test_complete_discards_what_is_not_whole);
    tcase_add_test(complete, test_one_failing_file_stops_the_job);
    tcase_add_test(complete, test_a_folder_that_is_not_there);
    suite_add_tcase(suite, complete);
    return suite_main(suite);
}
