/* test_engine_classic.c: what the classic methods do to files and jobs, step by step, without threads: owners
 * and limits, names, validation, HIGH_PERFORMANCE, MAX_DOWNLOAD_SIZE, helper tokens. */
#include "base/hr.h"
#include "engine/inline.h"
#include "server/server.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *text_of(struct engine_job *job, enum engine_file_text which)
{
    char *text;

    ck_assert_int_eq(engine_file_text(job, 0, which, &text), S_OK);
    return text;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Whether a file holds the whole content. */
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

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* --- limits */

static struct engine_job *bare_job(struct inline_world *world, HRESULT expected)
{
    struct engine_job *job;
    GUID id;

    ck_assert_int_eq(engine_create_job(world->engine, "x", JOB_DOWNLOAD, &id, &job), expected);
    return job;
}

START_TEST(test_limits_of_jobs)
{
    static const struct {
        struct engine_quotas quotas;
        unsigned most;
        HRESULT hr;
    } rows[] = {
        {{0}, 60, BG_E_TOO_MANY_JOBS_PER_USER},
        {{.jobs_per_user = 3}, 3, BG_E_TOO_MANY_JOBS_PER_USER},
        {{.jobs_per_user = 400}, 300, BG_E_TOO_MANY_JOBS_PER_MACHINE},
        {{.jobs_per_machine = 2}, 2, BG_E_TOO_MANY_JOBS_PER_MACHINE},
    };
    struct inline_world world;
    struct engine_job *job = NULL;

    inline_init(&world);
    world.config.quotas = rows[_i].quotas;
    inline_open(&world);
    for (unsigned i = 0; i < rows[_i].most; i++) {
        if (job)
            engine_job_drop(job);
        job = bare_job(&world, S_OK);
    }
    ck_assert_ptr_null(bare_job(&world, rows[_i].hr));
    ck_assert_int_eq(engine_job_cancel(job), S_OK); /* what is gone counts no more */
    engine_job_drop(job);
    engine_job_drop(bare_job(&world, S_OK));
    ck_assert_ptr_null(bare_job(&world, rows[_i].hr));
    inline_close(&world);
}
END_TEST

START_TEST(test_an_administrator_has_no_limits)
{
    struct inline_world world;
    struct engine_job *job = NULL;

    inline_init(&world);
    world.config.administrator = true;
    world.config.quotas = (struct engine_quotas){1, 1, 1, 1, 0};
    inline_open(&world);
    for (int i = 0; i < 3; i++) {
        if (job)
            engine_job_drop(job);
        job = bare_job(&world, S_OK);
        ck_assert_int_eq(inline_add_file(&world, job), S_OK);
        ck_assert_int_eq(inline_add_file(&world, job), S_OK);
    }
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* R-102; R-101: a set that does not fit is not added in part. */
START_TEST(test_limit_of_files)
{
    struct engine_new_file set[3];
    char names[3][700];
    struct inline_world world;
    struct engine_job_status status;
    struct engine_job *job;

    inline_init(&world);
    inline_open(&world);
    job = bare_job(&world, S_OK);
    for (int i = 0; i < 198; i++)
        ck_assert_int_eq(inline_add_file(&world, job), S_OK);
    for (int i = 0; i < 3; i++) {
        snprintf(names[i], sizeof names[i], "%s/set%d", world.folder.path, i);
        set[i] = (struct engine_new_file){.remote_name = "http://scripted/f", .local_name = names[i]};
    }
    ck_assert_int_eq(engine_job_add_files(job, set, 3), BG_E_TOO_MANY_FILES_IN_JOB);
    engine_job_status(job, &status);
    ck_assert_uint_eq(status.file_count, 198);
    ck_assert_int_eq(engine_job_add_files(job, set, 2), S_OK);
    ck_assert_int_eq(inline_add_file(&world, job), BG_E_TOO_MANY_FILES_IN_JOB);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* --- owners */

START_TEST(test_take_ownership)
{
    struct inline_world world;
    struct job_value token;
    struct engine_job *job;

    inline_init(&world);
    world.config.administrator = _i;
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    client_set(job, JOB_HELPER_TOKEN, 1);
    ck_assert_int_eq(engine_job_take_ownership(job), _i ? S_OK : E_ACCESSDENIED);
    ck_assert_int_eq(engine_job_get(job, JOB_HELPER_TOKEN, &token), S_OK);
    ck_assert_uint_eq(token.number, !_i);
    engine_job_cancel(job);
    ck_assert_int_eq(engine_job_take_ownership(job), _i ? BG_E_INVALID_STATE : E_ACCESSDENIED);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* flags without a token. */
START_TEST(test_a_token_that_is_missing)
{
    struct inline_world world;
    struct engine_job *job;
    struct job_error error;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    client_set(job, JOB_HELPER_TOKEN_FLAGS, 2);
    engine_job_resume(job);
    inline_until(job, JOB_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, BG_E_TOKEN_REQUIRED);
    ck_assert_uint_eq(scripted_requests(world.scripted), 0);
    client_set(job, JOB_HELPER_TOKEN, 1);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* --- MAX_DOWNLOAD_SIZE */

START_TEST(test_a_job_that_is_too_large)
{
    struct inline_world world;
    struct engine_job *job;
    struct job_error error;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, _i ? JOB_FOREGROUND : JOB_NORMAL);
    ck_assert_int_eq(inline_add_file(&world, job), S_OK);
    client_set(job, JOB_MAX_DOWNLOAD_SIZE, 2 * INLINE_SIZE - 1);
    engine_job_resume(job);
    inline_until(job, JOB_ERROR); /* when the second file's size is known */
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
    ck_assert_uint_eq(error.file, 1);
    engine_job_resume(job); /* nothing has changed */
    ck_assert_int_eq(client_state(job), JOB_QUEUED);
    inline_until(job, JOB_ERROR);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

START_TEST(test_a_job_that_just_fits)
{
    struct inline_world world;
    struct engine_job *job;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    client_set(job, JOB_MAX_DOWNLOAD_SIZE, INLINE_SIZE);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* On demand what comes counts, not what could. */
START_TEST(test_ranges_of_a_file_that_is_too_large)
{
    struct inline_world world;
    struct engine_job *job;
    struct range range = {0, 3000}, more = {5000, 5001};
    struct job_error error;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    client_set(job, JOB_ON_DEMAND_MODE, 1);
    client_set(job, JOB_MAX_DOWNLOAD_SIZE, 3000);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &range, 1), S_OK);
    engine_job_resume(job);
    inline_until(job, JOB_SUSPENDED);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &more, 1), S_OK);
    engine_job_resume(job);
    inline_until(job, JOB_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* --- HIGH_PERFORMANCE */

static struct engine_job *direct_job(struct inline_world *world)
{
    struct engine_job *job = bare_job(world, S_OK);

    client_set(job, JOB_HIGH_PERFORMANCE, 1);
    ck_assert_int_eq(inline_add_file(world, job), S_OK);
    return job;
}

START_TEST(test_straight_to_the_destination)
{
    struct inline_world world;
    struct engine_job *job;
    char *local, *temporary;

    inline_init(&world);
    inline_open(&world);
    job = direct_job(&world);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    temporary = text_of(job, ENGINE_FILE_TEMPORARY_NAME);
    ck_assert_str_eq(local, temporary);         /* */
    write_file(local, "what was there before"); /* */
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 20);
    engine_job_suspend(job); /* and goes on in the same file */
    inline_step(&world, 2);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    ck_assert(is_whole(local)); /* before Complete */
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    ck_assert(is_whole(local));
    free(local);
    free(temporary);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

START_TEST(test_nothing_is_cleaned_up_after_it)
{
    struct inline_world world;
    struct engine_job *job;
    char *local;

    inline_init(&world);
    inline_open(&world);
    job = direct_job(&world);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 20);
    if (_i) {
        scripted_fail_next(world.scripted, BG_E_HTTP_ERROR_404);
        inline_until(job, JOB_ERROR);
        ck_assert(exists(local));
    }
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    ck_assert(exists(local));
    free(local);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

START_TEST(test_straight_to_a_file_that_starts_over)
{
    struct inline_world world;
    struct engine_job *job;
    char *local;

    inline_init(&world);
    inline_open(&world);
    job = direct_job(&world);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 30);
    scripted_fail_next(world.scripted, BG_E_REMOTE_FILE_CHANGED);
    inline_until(job, JOB_TRANSFERRED);
    ck_assert(is_whole(local));
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    free(local);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* --- DYNAMIC_CONTENT */

static struct engine_job *dynamic_job(struct inline_world *world, enum job_priority priority)
{
    struct engine_job *job = inline_job(world, priority);

    client_set(job, JOB_DYNAMIC_CONTENT, 1);
    return job;
}

START_TEST(test_dynamic_content_has_no_size_until_its_end)
{
    struct range range = {0, 1}, *filled;
    struct engine_file_status status;
    struct inline_world world;
    struct engine_job *job;
    struct client client;
    size_t count;
    char *local;

    inline_init(&world);
    inline_open(&world);
    client_init(&client);
    job = dynamic_job(&world, JOB_FOREGROUND);
    client_watch(&client, job);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 20);
    engine_file_status(job, 0, &status);
    ck_assert_uint_eq(status.bytes_total, JOB_SIZE_UNKNOWN);
    ck_assert_uint_gt(status.bytes_transferred, 0);
    ck_assert_int_eq(engine_file_request_ranges(job, 0, &range, 1), BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    ck_assert_int_eq(engine_file_update_position(job, 0, 0), BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    ck_assert_int_eq(engine_file_filled_ranges(job, 0, &filled, &count), BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    inline_until(job, JOB_TRANSFERRED);
    engine_file_status(job, 0, &status);
    ck_assert_uint_eq(status.bytes_total, INLINE_SIZE);
    ck_assert_uint_eq(status.bytes_transferred, INLINE_SIZE);
    ck_assert_uint_eq(scripted_requests(world.scripted), 1); /* no HEAD, no ranges */
    inline_step(&world, 20);
    ck_assert_uint_eq(client.reports, 0); /* */
    ck_assert_uint_eq(client.transferred, 1);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    ck_assert(is_whole(local));
    free(local);
    engine_job_drop(job);
    inline_close(&world);
    client_release(&client);
}
END_TEST

/* By a failure, or by Suspend. */
START_TEST(test_an_interruption_starts_dynamic_content_over)
{
    struct inline_world world;
    struct engine_job *job;
    char *local;

    inline_init(&world);
    inline_open(&world);
    job = dynamic_job(&world, JOB_FOREGROUND);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 20);
    if (_i) {
        engine_job_suspend(job);
    } else {
        scripted_fail_next(world.scripted, HR_WINHTTP_CONNECTION);
        inline_until(job, JOB_TRANSIENT_ERROR);
    }
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    ck_assert_uint_eq(scripted_times(world.scripted, 0), 2);
    ck_assert_uint_eq(scripted_times(world.scripted, INLINE_SIZE - 1), 1);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    ck_assert(is_whole(local));
    free(local);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

START_TEST(test_dynamic_content_comes_in_the_foreground_only)
{
    struct inline_world world;
    struct engine_job *job, *other;

    inline_init(&world);
    inline_open(&world);
    job = dynamic_job(&world, JOB_HIGH);
    other = inline_job(&world, JOB_LOW);
    engine_job_resume(job);
    engine_job_resume(other);
    inline_until(other, JOB_TRANSFERRED); /* it is in nobody's way */
    ck_assert_int_eq(client_state(job), JOB_QUEUED);
    client_set(job, JOB_PRIORITY, JOB_FOREGROUND);
    inline_until(job, JOB_TRANSFERRING);
    client_set(job, JOB_PRIORITY, JOB_HIGH);
    inline_until(job, JOB_QUEUED);
    client_set(job, JOB_PRIORITY, JOB_FOREGROUND);
    inline_until(job, JOB_TRANSFERRED);
    engine_job_drop(job);
    engine_job_drop(other);
    inline_close(&world);
}
END_TEST

START_TEST(test_dynamic_content_that_is_too_large)
{
    struct inline_world world;
    struct engine_job *job;
    struct job_error error;

    inline_init(&world);
    inline_open(&world);
    job = dynamic_job(&world, JOB_FOREGROUND);
    client_set(job, JOB_MAX_DOWNLOAD_SIZE, 5000);
    engine_job_resume(job);
    inline_until(job, JOB_ERROR);
    ck_assert_int_eq(engine_job_error(job, &error), S_OK);
    ck_assert_int_eq(error.hr, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

/* --- names and validation */

/* The scripted server says no time stamp, so nothing of the old file may be kept. */
START_TEST(test_another_name_in_the_middle)
{
    struct inline_world world;
    struct engine_file_status status;
    struct engine_job *job;
    char *local, *remote;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 30);
    engine_file_status(job, 0, &status);
    ck_assert_uint_gt(status.bytes_transferred, 0);
    ck_assert_int_eq(engine_file_set_remote_name(job, 0, "not a name"), E_INVALIDARG);
    engine_file_status(job, 0, &status);
    ck_assert_uint_gt(status.bytes_transferred, 0);
    ck_assert_int_eq(engine_file_set_remote_name(job, 0, "http://scripted/g"), S_OK);
    engine_file_status(job, 0, &status);
    ck_assert_uint_eq(status.bytes_transferred, 0);
    ck_assert_int_eq(client_state(job), JOB_TRANSFERRING);
    inline_until(job, JOB_TRANSFERRED);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    ck_assert(is_whole(local));
    remote = text_of(job, ENGINE_FILE_REMOTE_NAME);
    ck_assert_str_eq(remote, "http://scripted/g");
    free(remote);
    free(local);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

START_TEST(test_another_prefix_in_the_middle)
{
    struct inline_world world;
    struct engine_job *job;
    char *remote;

    inline_init(&world);
    inline_open(&world);
    job = inline_job(&world, JOB_NORMAL);
    ck_assert_int_eq(engine_job_replace_prefix(job, "http://nobody/", "http://x/"), S_FALSE);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRING);
    inline_step(&world, 10);
    ck_assert_int_eq(engine_job_replace_prefix(job, "http://scripted/", "http://scripted/deep/"), S_OK);
    inline_until(job, JOB_TRANSFERRED);
    remote = text_of(job, ENGINE_FILE_REMOTE_NAME);
    ck_assert_str_eq(remote, "http://scripted/deep/f");
    free(remote);
    engine_job_drop(job);
    inline_close(&world);
}
END_TEST

START_TEST(test_a_file_that_the_client_refuses)
{
    struct engine_file_status status;
    struct inline_world world;
    struct engine_job *job;
    struct client client;
    char *temporary, *local;

    inline_init(&world);
    inline_open(&world);
    client_init(&client);
    job = inline_job(&world, JOB_NORMAL);
    client_watch(&client, job);
    temporary = text_of(job, ENGINE_FILE_TEMPORARY_NAME);
    local = text_of(job, ENGINE_FILE_LOCAL_NAME);
    ck_assert_int_eq(engine_file_set_validation(job, 0, false), E_PENDING);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    inline_step(&world, 20);
    ck_assert_uint_eq(client.files, 1);
    ck_assert_int_eq(engine_file_set_validation(job, 0, false), S_OK);
    ck_assert_int_eq(client_state(job), JOB_ERROR);
    ck_assert(!exists(temporary));
    inline_step(&world, 20);
    ck_assert_uint_eq(client.errors, 1);
    ck_assert_int_eq(client.error.hr, BG_E_VALIDATION_FAILED);
    engine_file_status(job, 0, &status);
    ck_assert_uint_eq(status.bytes_transferred, 0); /* */
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    inline_step(&world, 20);
    ck_assert_uint_eq(client.files, 2);
    ck_assert_uint_eq(client.transferred, 2);
    engine_file_status(job, 0, &status);
    ck_assert(!status.validated);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    engine_file_status(job, 0, &status);
    ck_assert(status.validated && status.completed);
    ck_assert(is_whole(local));
    free(temporary);
    free(local);
    engine_job_drop(job);
    inline_close(&world);
    client_release(&client);
}
END_TEST

/* --- A19 */

START_TEST(test_resume_may_tell_once_more)
{
    struct inline_world world;
    struct engine_job *job;
    struct client client;

    inline_init(&world);
    ck_assert_int_eq(settings_set(&world.config.settings, "A19", _i ? "resume-refires" : "by-rules"), S_OK);
    inline_open(&world);
    client_init(&client);
    job = inline_job(&world, JOB_NORMAL);
    client_watch(&client, job);
    engine_job_resume(job);
    inline_until(job, JOB_TRANSFERRED);
    inline_step(&world, 20);
    ck_assert_uint_eq(client.transferred, 1);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    ck_assert_int_eq(client_state(job), _i ? JOB_QUEUED : JOB_TRANSFERRED);
    inline_until(job, JOB_TRANSFERRED);
    inline_step(&world, 20);
    ck_assert_uint_eq(client.transferred, 1 + (unsigned)_i);
    engine_job_cancel(job);
    engine_job_drop(job);
    inline_close(&world);
    client_release(&client);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine classic");
    TCase *owners = tcase_create("owners"), *data = tcase_create("data"), *names = tcase_create("names");

    tcase_add_loop_test(owners, test_limits_of_jobs, 0, 4);
    tcase_add_test(owners, test_an_administrator_has_no_limits);
    tcase_add_test(owners, test_limit_of_files);
    tcase_add_loop_test(owners, test_take_ownership, 0, 2);
    tcase_add_test(owners, test_a_token_that_is_missing);
    suite_add_tcase(suite, owners);
    tcase_add_loop_test(data, test_a_job_that_is_too_large, 0, 2);
    tcase_add_test(data, test_a_job_that_just_fits);
    tcase_add_test(data, test_ranges_of_a_file_that_is_too_large);
    tcase_add_test(data, test_straight_to_the_destination);
    tcase_add_loop_test(data, test_nothing_is_cleaned_up_after_it, 0, 2);
    tcase_add_test(data, test_straight_to_a_file_that_starts_over);
    tcase_add_test(data, test_dynamic_content_has_no_size_until_its_end);
    tcase_add_loop_test(data, test_an_interruption_starts_dynamic_content_over, 0, 2);
    tcase_add_test(data, test_dynamic_content_comes_in_the_foreground_only);
    tcase_add_test(data, test_dynamic_content_that_is_too_large);
    suite_add_tcase(suite, data);
    tcase_add_test(names, test_another_name_in_the_middle);
    tcase_add_test(names, test_another_prefix_in_the_middle);
    tcase_add_test(names, test_a_file_that_the_client_refuses);
    tcase_add_loop_test(names, test_resume_may_tell_once_more, 0, 2);
    suite_add_tcase(suite, names);
    return suite_main(suite);
}
