/* test_check.c: what is said of facts, how often, and to whom. */
#include "suite.h"

#include <pthread.h>
#include <string.h>

#include "check/check.h"

static const GUID job_id = {0x01234567, 0x89AB, 0xCDEF, {1, 2, 3, 4, 5, 6, 7, 8}};
static const char job_text[] = "{01234567-89AB-CDEF-0102-030405060708}";

/* The program that is told. */
struct told {
    pthread_mutex_t lock;
    unsigned count;
    char code[8];
    char text[1024];
};

static void tell(void *context, const char *code, const char *text)
{
    struct told *told = context;

    pthread_mutex_lock(&told->lock);
    told->count++;
    snprintf(told->code, sizeof told->code, "%s", code);
    snprintf(told->text, sizeof told->text, "%s", text);
    pthread_mutex_unlock(&told->lock);
}

static struct check *open_check(struct told *told)
{
    struct check_config config = {.diagnostic = tell, .context = told, .callback_limit_us = 5};
    struct check *check;

    *told = (struct told){.lock = PTHREAD_MUTEX_INITIALIZER};
    ck_assert_int_eq(check_new(&config, &check), S_OK);
    return check;
}

START_TEST(test_a_diagnostic_has_method_job_text_detail_and_remedy)
{
    struct told told;
    struct check *check = open_check(&told);
    struct check_job job;
    const char *rest = told.text;

    check_job_init(&job, &job_id);
    check_say(check, &job, CHECK_CALLBACK_SLOW, "JobError", "%d ms", 12);
    ck_assert_uint_eq(told.count, 1);
    ck_assert_str_eq(told.code, "OB020");
    ck_assert(strncmp(rest, "JobError, job ", 14) == 0);
    ck_assert(strncmp(rest + 14, job_text, sizeof job_text - 1) == 0);
    ck_assert(strncmp(rest + 14 + sizeof job_text - 1, ": the callback holds", 20) == 0);
    ck_assert_ptr_nonnull(strstr(rest, " (12 ms). Only four"));
    ck_assert(rest[strlen(rest) - 1] == '.');

    check_say(check, NULL, CHECK_HANDLE_LEAKED, "IBackgroundCopyManager", NULL);
    ck_assert_str_eq(told.code, "OB011");
    ck_assert(strncmp(rest, "IBackgroundCopyManager: a reference", 35) == 0);
    ck_assert_uint_eq(check_callback_limit_us(check), 5);
    check_free(check);
}
END_TEST

START_TEST(test_each_code_has_its_bit)
{
    struct told told;
    struct check *check = open_check(&told);
    struct check_job jobs[2];

    for (int i = 0; i < 2; i++)
        check_job_init(&jobs[i], &job_id);
    for (int round = 0; round < 3; round++)
        for (int code = 0; code < CHECK_CODE_COUNT; code++)
            for (int i = 0; i < 2; i++)
                check_say(check, &jobs[i], (enum check_code)code, "Method", NULL);
    ck_assert_uint_eq(told.count, 2 * CHECK_CODE_COUNT);
    check_free(check);
}
END_TEST

static struct {
    struct check *check;
    struct check_job job;
} shared;

static void *say_it(void *context)
{
    (void)context;
    for (int i = 0; i < 1000; i++)
        check_say(shared.check, &shared.job, CHECK_JOB_FORGOTTEN, "Method", NULL);
    return NULL;
}

START_TEST(test_of_many_threads_one_says_it)
{
    struct told told;
    pthread_t threads[4];

    shared.check = open_check(&told);
    check_job_init(&shared.job, &job_id);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, say_it, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(told.count, 1);
    check_free(shared.check);
}
END_TEST

START_TEST(test_nobody_checks)
{
    struct check_job job;
    struct check_handle handle = {0};
    struct refcount refs;

    check_job_init(&job, &job_id);
    refcount_init(&refs);
    check_say(NULL, &job, CHECK_JOB_FORGOTTEN, "Method", NULL);
    ck_assert_uint_eq(job.said, 0);
    check_handle_add(NULL, &handle, "IUnknown", &job, &refs);
    check_handle_lend(NULL, &handle, "JobError", "pError");
    ck_assert(!check_handle_is_lent(NULL, &handle));
    check_handle_remove(NULL, &handle);
    check_leaks(NULL);
    ck_assert_ptr_null(check_lend(NULL, &job, "FileRangesTransferred", &job, sizeof job));
    check_unlend(NULL);
    check_free(NULL);
    ck_assert_uint_eq(check_callback_limit_us(NULL), UINT64_MAX);
}
END_TEST

START_TEST(test_what_is_alive_at_the_end_is_said_once)
{
    struct told told;
    struct check *check = open_check(&told);
    struct check_handle handles[3] = {{.reported = false}};
    struct refcount refs[3];
    struct check_job job;

    check_job_init(&job, &job_id);
    for (int i = 0; i < 3; i++) {
        refcount_init(&refs[i]);
        check_handle_add(check, &handles[i], "IBackgroundCopyFile", &job, &refs[i]);
    }
    refcount_get(&refs[1]);
    check_handle_remove(check, &handles[0]);
    check_handle_lend(check, &handles[2], "FileTransferred", "pFile"); /* and the client has none of it */
    check_leaks(check);
    ck_assert_uint_eq(told.count, 1);
    ck_assert_str_eq(told.code, "OB011");
    ck_assert_ptr_nonnull(strstr(told.text, "(2 of them)"));
    check_leaks(check);
    ck_assert_uint_eq(told.count, 1);
    refcount_get(&refs[2]); /* the callback has called AddRef */
    check_leaks(check);
    ck_assert_uint_eq(told.count, 2);
    ck_assert_ptr_null(strstr(told.text, "of them"));
    check_free(check);
}
END_TEST

START_TEST(test_a_loan_that_is_released_is_said_and_restored)
{
    struct told told;
    struct check *check = open_check(&told);
    struct check_handle handle = {0};
    struct refcount refs;
    struct check_job job;

    check_job_init(&job, &job_id);
    refcount_init(&refs);
    check_handle_add(check, &handle, "IBackgroundCopyJob", &job, &refs);
    check_handle_lend(check, &handle, "JobModification", "pJob");
    refcount_get(&refs);
    ck_assert_uint_eq(refcount_put(&refs), 1);
    ck_assert_uint_eq(told.count, 0);
    ck_assert_uint_eq(refcount_put(&refs), 0);
    ck_assert(check_handle_is_lent(check, &handle));
    ck_assert_str_eq(told.code, "OB010");
    ck_assert_ptr_nonnull(strstr(told.text, "JobModification"));
    ck_assert_ptr_nonnull(strstr(told.text, "(pJob)"));
    check_handle_unlend(&handle);
    ck_assert_uint_eq(refcount_put(&refs), 0);
    ck_assert(!check_handle_is_lent(check, &handle));
    ck_assert_uint_eq(told.count, 1);
    check_handle_remove(check, &handle);
    check_free(check);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("check");
    TCase *saying = tcase_create("saying"), *handles = tcase_create("handles");

    tcase_add_test(saying, test_a_diagnostic_has_method_job_text_detail_and_remedy);
    tcase_add_test(saying, test_each_code_has_its_bit);
    tcase_add_test(saying, test_of_many_threads_one_says_it);
    tcase_add_test(saying, test_nobody_checks);
    tcase_add_test(handles, test_what_is_alive_at_the_end_is_said_once);
    tcase_add_test(handles, test_a_loan_that_is_released_is_said_and_restored);
    suite_add_tcase(suite, saying);
    suite_add_tcase(suite, handles);
    return suite_main(suite);
}
