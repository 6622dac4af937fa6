/* test_api_default.c: CoCreateInstance: ten classes, one engine, and the end of the process. */
#include "suite.h"

#include <objbase.h>
#include <openbits.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

static const CLSID *const classes[] = {
    &CLSID_BackgroundCopyManager,     &CLSID_BackgroundCopyManager1_5,  &CLSID_BackgroundCopyManager2_0,
    &CLSID_BackgroundCopyManager2_5,  &CLSID_BackgroundCopyManager3_0,  &CLSID_BackgroundCopyManager4_0,
    &CLSID_BackgroundCopyManager5_0,  &CLSID_BackgroundCopyManager10_1, &CLSID_BackgroundCopyManager10_2,
    &CLSID_BackgroundCopyManager10_3,
};

static IBackgroundCopyManager *create(const CLSID *clsid)
{
    IBackgroundCopyManager *manager;
    HRESULT hr =
        CoCreateInstance(clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);

    ck_assert_msg(hr == S_OK, "CoCreateInstance: %08x", (unsigned)hr);
    return manager;
}

static void initialize(void)
{
    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
}

static void uninitialize(void)
{
    CoUninitialize();
}

START_TEST(test_each_class_makes_a_manager_with_every_interface)
{
    IBackgroundCopyManager *manager = create(classes[_i]);
    IBackgroundCopyJob *job;
    IUnknown *newest;
    GUID id;

    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob5, (void **)&newest),
                     S_OK);
    IUnknown_Release(newest);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
}
END_TEST

START_TEST(test_refusals)
{
    IBackgroundCopyManager *manager = create(classes[0]);
    void *out = &out;

    ck_assert_int_eq(CoCreateInstance(&IID_IUnknown, NULL, CLSCTX_ALL, &IID_IUnknown, &out),
                     REGDB_E_CLASSNOTREG);
    ck_assert_ptr_null(out);
    out = &out;
    ck_assert_int_eq(CoCreateInstance(classes[0], NULL, CLSCTX_INPROC_SERVER, &IID_IUnknown, &out),
                     REGDB_E_CLASSNOTREG);
    ck_assert_ptr_null(out);
    out = &out;
    ck_assert_int_eq(CoCreateInstance(classes[0], (IUnknown *)manager, CLSCTX_ALL, &IID_IUnknown, &out),
                     CLASS_E_NOAGGREGATION);
    ck_assert_ptr_null(out);
    out = &out;
    ck_assert_int_eq(CoCreateInstance(classes[0], NULL, CLSCTX_ALL, &IID_IBackgroundCopyJob, &out),
                     E_NOINTERFACE);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(CoCreateInstance(classes[0], NULL, CLSCTX_ALL, &IID_IUnknown, NULL), E_POINTER);
    CoUninitialize();
    ck_assert_int_eq(CoCreateInstance(classes[0], NULL, CLSCTX_ALL, &IID_IUnknown, &out),
                     CO_E_NOTINITIALIZED);
    initialize();
    ck_assert_uint_eq(IBackgroundCopyManager_Release(manager), 0);
}
END_TEST

START_TEST(test_all_default_managers_share_their_jobs)
{
    IBackgroundCopyManager *one = create(classes[0]), *two = create(classes[9]);
    IBackgroundCopyJob *job, *same;
    GUID id;

    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(one, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_GetJob(two, &id, &same), S_OK);
    IBackgroundCopyJob_Release(same);
    IBackgroundCopyManager_Release(one);
    IBackgroundCopyManager_Release(two);
    /* A job's handle keeps the engine: the next manager finds the job again. */
    one = create(classes[3]);
    ck_assert_int_eq(IBackgroundCopyManager_GetJob(one, &id, &same), S_OK);
    IBackgroundCopyJob_Release(same);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(one);
}
END_TEST

START_TEST(test_the_engine_ends_with_its_last_handle_and_comes_again)
{
    unsigned before = threads_base();
    IBackgroundCopyManager *manager = create(classes[0]);
    IBackgroundCopyJob *job;
    GUID id;

    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job), S_OK);
    ck_assert_uint_gt(threads_count(), before);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
    threads_expect(before);
    manager = create(classes[0]);
    ck_assert_int_eq(IBackgroundCopyManager_GetJob(manager, &id, &job), BG_E_NOT_FOUND);
    IBackgroundCopyManager_Release(manager);
}
END_TEST

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The program of the next test: it leaves everything as it is and returns from main. */
static int leave_all_behind(void)
{
    /* Static, so that no leak checker takes them for lost. */
    static IBackgroundCopyManager *manager;
    static IBackgroundCopyJob *job;
    GUID id;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    if (FAILED(
            CoCreateInstance(classes[0], NULL, CLSCTX_ALL, &IID_IBackgroundCopyManager, (void **)&manager)) ||
        FAILED(IBackgroundCopyManager_CreateJob(manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job)))
        return 2;
    return 7;
}

START_TEST(test_the_process_ends_within_a_second)
{
    uint64_t start_ms = now_ms();
    pid_t child = fork();
    int status;

    if (child == 0) {
        execl("/proc/self/exe", "test_api_default", "leave", (char *)NULL);
        _exit(3);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 7);
    ck_assert_uint_lt(now_ms() - start_ms, 2000); /* a second, and starting up */
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite;
    TCase *tcase;

    if (argc > 1 && strcmp(argv[1], "leave") == 0)
        return leave_all_behind();
    suite = suite_create("api default");
    tcase = tcase_create("CoCreateInstance");
    tcase_add_checked_fixture(tcase, initialize, uninitialize);
    tcase_add_loop_test(tcase, test_each_class_makes_a_manager_with_every_interface, 0,
                        sizeof classes / sizeof *classes);
    tcase_add_test(tcase, test_refusals);
    tcase_add_test(tcase, test_all_default_managers_share_their_jobs);
    tcase_add_test(tcase, test_the_engine_ends_with_its_last_handle_and_comes_again);
    tcase_add_test(tcase, test_the_process_ends_within_a_second);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
