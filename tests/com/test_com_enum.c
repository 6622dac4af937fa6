/* test_com_enum.c: the enumerators: what they are a snapshot of, and where they stand. */
#include "suite.h"

#include <objbase.h>
#include <pthread.h>
#include <wchar.h>

#include "com/com.h"
#include "zoo.h"

static struct zoo zoo;

static void open_zoo(void)
{
    zoo_open(&zoo, NULL);
}

static void close_zoo(void)
{
    zoo_close(&zoo);
}

/* The zoo's job has two files, and its engine one job. */

START_TEST(test_next_says_when_it_is_the_end)
{
    IBackgroundCopyFile *files[3] = {0};
    ULONG fetched = 99, count;

    ck_assert_int_eq(IEnumBackgroundCopyFiles_GetCount(zoo.enum_files, &count), S_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Reset(zoo.enum_files), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(zoo.enum_files, 2, files, NULL), E_INVALIDARG);
    files[2] = zoo.file;
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(zoo.enum_files, 3, files, &fetched), S_FALSE);
    ck_assert_uint_eq(fetched, 2);
    ck_assert_ptr_null(files[2]); /* */
    for (int i = 0; i < 2; i++) {
        LPWSTR name;

        ck_assert_int_eq(IBackgroundCopyFile_GetRemoteName(files[i], &name), S_OK);
        zoo_assert_text(name, i == 0 ? L"http://host/a" : L"https://host/b");
        ck_assert_uint_eq(IBackgroundCopyFile_Release(files[i]), 0);
    }
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(zoo.enum_files, 1, files, NULL), S_FALSE);
    ck_assert_ptr_null(files[0]);
    fetched = 99;
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(zoo.enum_files, 0, files, &fetched), S_OK);
    ck_assert_uint_eq(fetched, 0);
}
END_TEST

START_TEST(test_skip_reset_and_clone)
{
    IEnumBackgroundCopyFiles *clone;
    IBackgroundCopyFile *file;
    LPWSTR name;

    ck_assert_int_eq(IEnumBackgroundCopyFiles_Reset(zoo.enum_files), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Skip(zoo.enum_files, 1), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Clone(zoo.enum_files, &clone), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Skip(zoo.enum_files, 1), S_OK); /* exactly to the end */
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Skip(zoo.enum_files, UINT32_MAX), S_FALSE);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Skip(zoo.enum_files, 0), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(clone, 1, &file, NULL), S_OK); /* */
    ck_assert_int_eq(IBackgroundCopyFile_GetLocalName(file, &name), S_OK);
    zoo_assert_text(name, L"/tmp/b");
    IBackgroundCopyFile_Release(file);
    ck_assert_uint_eq(IEnumBackgroundCopyFiles_Release(clone), 0);
}
END_TEST

START_TEST(test_an_enumerator_is_a_snapshot)
{
    IEnumBackgroundCopyJobs *jobs, *clone;
    IBackgroundCopyJob *job, *got[4];
    ULONG count, fetched;
    GUID id, got_id;

    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(zoo.manager, 0, &jobs), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(zoo.manager, L"2", BG_JOB_TYPE_DOWNLOAD, &id, &job),
                     S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(zoo.job, L"http://host/c", L"/tmp/c"), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyJobs_GetCount(jobs, &count), S_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(IEnumBackgroundCopyFiles_GetCount(zoo.enum_files, &count), S_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(IEnumBackgroundCopyJobs_Clone(jobs, &clone), S_OK);
    ck_assert_uint_eq(IEnumBackgroundCopyJobs_Release(jobs), 0);
    ck_assert_int_eq(IEnumBackgroundCopyJobs_Next(clone, 4, got, &fetched), S_FALSE);
    ck_assert_uint_eq(fetched, 1);
    ck_assert_int_eq(IBackgroundCopyJob_GetId(got[0], &got_id), S_OK);
    ck_assert(IsEqualGUID(&got_id, &zoo.fake_job->id));
    IBackgroundCopyJob_Release(got[0]);
    IEnumBackgroundCopyJobs_Release(clone);
    IBackgroundCopyJob_Release(job);
}
END_TEST

START_TEST(test_an_empty_enumerator)
{
    struct engine *engine = fake_engine_new(NULL);
    IBackgroundCopyManager *manager;
    IEnumBackgroundCopyJobs *jobs, *clone;
    IBackgroundCopyJob *job;
    ULONG fetched;

    ck_assert_int_eq(com_manager_create(engine, &manager), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(manager, 0, &jobs), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyJobs_Next(jobs, 1, &job, &fetched), S_FALSE);
    ck_assert_int_eq(IEnumBackgroundCopyJobs_Clone(jobs, &clone), S_OK);
    ck_assert_int_eq(IEnumBackgroundCopyJobs_Skip(clone, 1), S_FALSE);
    IEnumBackgroundCopyJobs_Release(clone);
    IEnumBackgroundCopyJobs_Release(jobs);
    IBackgroundCopyManager_Release(manager);
    fake_engine_free(engine);
}
END_TEST

enum { THREADS = 4 };

struct taker {
    pthread_t thread;
    IEnumBackgroundCopyJobs *jobs;
    int taken[FAKE_JOBS]; /* by the job's number in the engine */
};

static void *take_all(void *context)
{
    struct taker *taker = context;
    IBackgroundCopyJob *job;
    GUID id;

    while (IEnumBackgroundCopyJobs_Next(taker->jobs, 1, &job, NULL) == S_OK) {
        if (IBackgroundCopyJob_GetId(job, &id) == S_OK)
            taker->taken[id.Data1 - 1]++;
        IBackgroundCopyJob_Release(job);
    }
    return NULL;
}

START_TEST(test_threads_that_share_an_enumerator_get_each_element_once)
{
    struct taker takers[THREADS] = {0};
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    GUID id;

    while (zoo.engine->job_count < FAKE_JOBS) {
        ck_assert_int_eq(IBackgroundCopyManager_CreateJob(zoo.manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job),
                         S_OK);
        IBackgroundCopyJob_Release(job);
    }
    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(zoo.manager, 0, &jobs), S_OK);
    for (int i = 0; i < THREADS; i++) {
        takers[i].jobs = jobs;
        ck_assert_int_eq(pthread_create(&takers[i].thread, NULL, take_all, &takers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(takers[i].thread, NULL);
    for (int k = 0; k < FAKE_JOBS; k++) {
        int taken = 0;

        for (int i = 0; i < THREADS; i++)
            taken += takers[i].taken[k];
        ck_assert_int_eq(taken, 1);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com enumerators");
    TCase *tcase = tcase_create("enumerators");

    tcase_add_checked_fixture(tcase, open_zoo, close_zoo);
    tcase_add_test(tcase, test_next_says_when_it_is_the_end);
    tcase_add_test(tcase, test_skip_reset_and_clone);
    tcase_add_test(tcase, test_an_enumerator_is_a_snapshot);
    tcase_add_test(tcase, test_an_empty_enumerator);
    tcase_add_test(tcase, test_threads_that_share_an_enumerator_get_each_element_once);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
