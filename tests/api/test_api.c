/* test_api.c: openbits_create_manager and openbits_pump: what options and the environment choose, and that
 * engines are apart from each other and leave nothing behind. */
#include "suite.h"

#include <config.h>

#include <objbase.h>
#include <openbits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "threads.h"

static IBackgroundCopyManager *make(const struct openbits_options *options)
{
    IBackgroundCopyManager *manager;
    HRESULT hr = openbits_create_manager(options, &manager);

    ck_assert_msg(hr == S_OK, "openbits_create_manager: %08x", (unsigned)hr);
    return manager;
}

static IOpenBitsControl *control_of(IBackgroundCopyManager *manager)
{
    IOpenBitsControl *control;

    ck_assert_int_eq(IBackgroundCopyManager_QueryInterface(manager, &IID_IOpenBitsControl, (void **)&control),
                     S_OK);
    return control;
}

static void assert_setting(IBackgroundCopyManager *manager, const WCHAR *name, const WCHAR *expected)
{
    IOpenBitsControl *control = control_of(manager);
    LPWSTR value;

    ck_assert_int_eq(control->lpVtbl->GetSetting(control, name, &value), S_OK);
    ck_assert_msg(wcscmp(value, expected) == 0, "%ls is %ls", name, value);
    CoTaskMemFree(value);
    control->lpVtbl->Release(control);
}

/* The tests set them; with CK_FORK=no they would meet each other's. */
static void clear_environment(void)
{
    static const char *const names[] = {"OPENBITS_A10", "OPENBITS_CHECK", "OPENBITS_CLOCK",
                                        "OPENBITS_PROFILE", "OPENBITS_TRACE"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

/* R-700, decision 14: limits of an ordinary user; an administrator has none, and may see everybody's jobs. */
START_TEST(test_limits_and_administrators)
{
    struct openbits_options options = {.size = sizeof options,
                                       .flags = OPENBITS_CAP_PER_PROCESS | (_i ? OPENBITS_ADMINISTRATOR : 0),
                                       .max_jobs_per_user = 2};
    IBackgroundCopyManager *manager;
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job[3];
    GUID id;

    ck_assert_int_eq(openbits_create_manager(&options, &manager), S_OK);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(
            IBackgroundCopyManager_CreateJob(manager, L"limit", BG_JOB_TYPE_DOWNLOAD, &id, &job[i]),
            i < 2 || _i ? S_OK : BG_E_TOO_MANY_JOBS_PER_USER);
    ck_assert_int_eq(IBackgroundCopyJob_TakeOwnership(job[0]), _i ? S_OK : E_ACCESSDENIED);
    ck_assert_int_eq(IBackgroundCopyManager_EnumJobs(manager, BG_JOB_ENUM_ALL_USERS, &jobs),
                     _i ? S_OK : E_ACCESSDENIED);
    if (_i)
        IEnumBackgroundCopyJobs_Release(jobs);
    for (int i = 0; i < 3; i++)
        if (job[i])
            IBackgroundCopyJob_Release(job[i]);
    IBackgroundCopyManager_Release(manager);
}
END_TEST

START_TEST(test_bad_options_are_refused)
{
    static const struct openbits_options good = {.size = sizeof good};
    struct openbits_options rows[] = {
        {.size = 0},
        {.size = sizeof good - 1},
        {.size = sizeof good + 8},
        {.size = sizeof good, .flags = 16},
        {.size = sizeof good, .clock = 4},
        {.size = sizeof good, .notification_cap = 65},
        {.size = sizeof good, .profile = "cruel"},
        {.size = sizeof good, .notify_programs = ""},
        {.size = sizeof good, .notify_programs = "/bin/true:true"},
        {.size = sizeof good, .notify_programs = "/bin/true:"},
        {.size = sizeof good, .settings = "A99=x"},
        {.size = sizeof good, .settings = "A10=sideways"},
    };
    IBackgroundCopyManager *manager = (IBackgroundCopyManager *)rows;

    ck_assert_uint_eq(sizeof rows / sizeof *rows, 12);
    ck_assert_int_eq(openbits_create_manager(&rows[_i], &manager), E_INVALIDARG);
    ck_assert_ptr_null(manager);
    ck_assert_int_eq(openbits_create_manager(&good, NULL), E_INVALIDARG);
}
END_TEST

START_TEST(test_a_trace_that_cannot_be_written_is_an_error)
{
    struct openbits_options options = {.size = sizeof options, .trace_file = "/nowhere/at/all"};
    IBackgroundCopyManager *manager;
    unsigned before = threads_base();

    ck_assert_int_lt(openbits_create_manager(&options, &manager), 0);
    ck_assert_ptr_null(manager);
    threads_expect(before);
}
END_TEST

START_TEST(test_each_word_beats_the_weaker_one)
{
    struct openbits_options options = {.size = sizeof options};
    IBackgroundCopyManager *manager;
    IOpenBitsControl *control;

    manager = make(&options);
    assert_setting(manager, L"A10", L"newest-first");
    IBackgroundCopyManager_Release(manager);

    setenv("OPENBITS_A10", "fifo", 1);
    setenv("OPENBITS_PROFILE", "literal", 1);
    options.profile = "hostile";
    manager = make(&options);
    assert_setting(manager, L"A10", L"fifo"); /* the environment names it, the option only its profile */
    IBackgroundCopyManager_Release(manager);

    options.settings = "request-order=by-offset";
    manager = make(&options);
    assert_setting(manager, L"A10", L"by-offset");
    control = control_of(manager);
    ck_assert_int_eq(control->lpVtbl->SetSetting(control, L"A10", L"newest-first"), S_OK);
    assert_setting(manager, L"request-order", L"newest-first");
    control->lpVtbl->Release(control);
    IBackgroundCopyManager_Release(manager);

    setenv("OPENBITS_A10", "sideways", 1);
    ck_assert_int_eq(openbits_create_manager(NULL, &manager), E_INVALIDARG);
}
END_TEST

/* Decision 23: which programs may be started. */
START_TEST(test_notify_programs)
{
    static const struct {
        const char *environment, *option;
        HRESULT create, set; /* of /bin/true */
    } rows[] = {
        {NULL, NULL, S_OK, BG_S_OVERRIDDEN_BY_POLICY},
        {"", NULL, S_OK, BG_S_OVERRIDDEN_BY_POLICY},
        {"/bin/sh:/bin/true", NULL, S_OK, S_OK},
        {NULL, "/bin/true", S_OK, S_OK},
        {"/bin/true", "/bin/sh", S_OK, BG_S_OVERRIDDEN_BY_POLICY},
        {"true", NULL, E_INVALIDARG, 0},
    };
    struct openbits_options options = {.size = sizeof options, .notify_programs = rows[_i].option};
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;
    GUID id;

    ck_assert_uint_eq(sizeof rows / sizeof *rows, 6);
    unsetenv("OPENBITS_NOTIFY_PROGRAMS");
    if (rows[_i].environment)
        setenv("OPENBITS_NOTIFY_PROGRAMS", rows[_i].environment, 1);
    ck_assert_int_eq(openbits_create_manager(&options, &manager), rows[_i].create);
    unsetenv("OPENBITS_NOTIFY_PROGRAMS");
    if (rows[_i].create != S_OK)
        return;
    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob2, (void **)&job2), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob2_SetNotifyCmdLine(job2, L"/bin/true", NULL), rows[_i].set);
    ck_assert_int_eq(IBackgroundCopyJob_Cancel(job), S_OK);
    IBackgroundCopyJob2_Release(job2);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
}
END_TEST

START_TEST(test_clocks)
{
    static const struct {
        const char *environment;
        enum openbits_clock option;
        HRESULT create, advance;
    } rows[] = {
        {NULL, OPENBITS_CLOCK_DEFAULT, S_OK, E_INVALIDARG},
        {"", OPENBITS_CLOCK_DEFAULT, S_OK, E_INVALIDARG},
        {"real", OPENBITS_CLOCK_DEFAULT, S_OK, E_INVALIDARG},
        {"manual", OPENBITS_CLOCK_DEFAULT, S_OK, S_OK},
        {"auto", OPENBITS_CLOCK_DEFAULT, S_OK, S_OK},
        {"manual", OPENBITS_CLOCK_REAL, S_OK, E_INVALIDARG},
        {NULL, OPENBITS_CLOCK_MANUAL, S_OK, S_OK},
        {"sundial", OPENBITS_CLOCK_AUTOMATIC, S_OK, S_OK},
        {"sundial", OPENBITS_CLOCK_DEFAULT, E_INVALIDARG, 0},
    };
    struct openbits_options options = {.size = sizeof options, .clock = rows[_i].option};
    IBackgroundCopyManager *manager;
    IOpenBitsControl *control;
    UINT64 before, after;

    ck_assert_uint_eq(sizeof rows / sizeof *rows, 9);
    if (rows[_i].environment)
        setenv("OPENBITS_CLOCK", rows[_i].environment, 1);
    ck_assert_int_eq(openbits_create_manager(&options, &manager), rows[_i].create);
    if (rows[_i].create != S_OK)
        return;
    control = control_of(manager);
    ck_assert_int_eq(control->lpVtbl->GetTime(control, &before), S_OK);
    ck_assert_int_eq(control->lpVtbl->AdvanceTime(control, 5000000), rows[_i].advance);
    ck_assert_int_eq(control->lpVtbl->GetTime(control, &after), S_OK);
    ck_assert(rows[_i].advance == S_OK ? after == before + 5000000 : after - before < 5000000);
    control->lpVtbl->Release(control);
    IBackgroundCopyManager_Release(manager);
}
END_TEST

START_TEST(test_ten_managers_know_nothing_of_each_other)
{
    IBackgroundCopyManager *managers[10];
    IBackgroundCopyJob *jobs[10], *found;
    unsigned before = threads_base();
    GUID ids[10];

    for (int i = 0; i < 10; i++) {
        managers[i] = make(NULL);
        ck_assert_int_eq(
            IBackgroundCopyManager_CreateJob(managers[i], L"x", BG_JOB_TYPE_DOWNLOAD, &ids[i], &jobs[i]),
            S_OK);
    }
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(IBackgroundCopyManager_GetJob(managers[i], &ids[i], &found), S_OK);
        IBackgroundCopyJob_Release(found);
        ck_assert_int_eq(IBackgroundCopyManager_GetJob(managers[(i + 1) % 10], &ids[i], &found),
                         BG_E_NOT_FOUND);
    }
    for (int i = 0; i < 10; i++) {
        ck_assert_uint_eq(IBackgroundCopyManager_Release(managers[i]), 0);
        ck_assert_uint_eq(IBackgroundCopyJob_Release(jobs[i]), 0);
    }
    threads_expect(before);
}
END_TEST

START_TEST(test_a_job_is_readable_without_its_manager)
{
    IBackgroundCopyManager *manager = make(NULL);
    IBackgroundCopyJob *job;
    BG_JOB_STATE state;
    GUID id;

    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job), S_OK);
    IBackgroundCopyManager_Release(manager);
    ck_assert_int_eq(IBackgroundCopyJob_Cancel(job), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_GetState(job, &state), S_OK);
    ck_assert_int_eq(state, BG_JOB_STATE_CANCELLED);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(job, NULL), BG_E_INVALID_STATE); /* */
    IBackgroundCopyJob_Release(job);
}
END_TEST

static BOOL at_once(void *context)
{
    (void)context;
    return TRUE;
}

static BOOL never(void *context)
{
    (void)context;
    return FALSE;
}

START_TEST(test_pump_answers)
{
    static IBackgroundCopyManagerVtbl others;
    IBackgroundCopyManager foreign = {&others};
    struct openbits_options options = {.size = sizeof options, .clock = OPENBITS_CLOCK_MANUAL};
    IBackgroundCopyManager *manager = make(&options);

    ck_assert_int_eq(openbits_pump(NULL, at_once, NULL, 0), E_INVALIDARG);
    ck_assert_int_eq(openbits_pump(manager, NULL, NULL, 0), E_INVALIDARG);
    ck_assert_int_eq(openbits_pump(&foreign, at_once, NULL, 0), E_INVALIDARG);
    ck_assert_int_eq(openbits_pump(manager, at_once, NULL, 0), S_OK);
    /* Nobody moves the clock and nothing is under way. */
    ck_assert_int_eq(openbits_pump(manager, never, NULL, UINT64_MAX), S_FALSE);
    ck_assert_int_eq(openbits_pump(manager, never, NULL, 10), S_FALSE);
    IBackgroundCopyManager_Release(manager);

    options.clock = OPENBITS_CLOCK_AUTOMATIC;
    manager = make(&options);
    /* An hour of the engine's time passes while nobody waits for it. */
    ck_assert_int_eq(openbits_pump(manager, never, NULL, 3600 * 1000), S_FALSE);
    IBackgroundCopyManager_Release(manager);
}
END_TEST

/* What `until` does to its own manager must not hurt. */
static BOOL let_go(void *context)
{
    IBackgroundCopyManager **manager = context;

    IBackgroundCopyManager_Release(*manager);
    *manager = NULL;
    return TRUE;
}

START_TEST(test_until_may_release_the_manager)
{
    IBackgroundCopyManager *manager = make(NULL);
    unsigned before = threads_count();

    ck_assert_int_eq(openbits_pump(manager, let_go, &manager, UINT64_MAX), S_OK);
    ck_assert_ptr_null(manager);
    ck_assert_uint_lt(threads_count(), before);
}
END_TEST

START_TEST(test_the_environment_turns_the_trace_on)
{
    IBackgroundCopyManager *manager;
    struct folder folder;
    const char *path;

    folder_make(&folder);
    path = folder_path(&folder, "trace");
    setenv("OPENBITS_TRACE", path, 1);
    manager = make(NULL);
    IBackgroundCopyManager_Release(manager);
    ck_assert_int_eq(access(path, R_OK), 0);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_names)
{
    ck_assert_str_eq(openbits_version(), PACKAGE_VERSION);
    ck_assert_str_eq(openbits_hresult_name(BG_E_EMPTY), "BG_E_EMPTY");
    ck_assert_ptr_null(openbits_hresult_name((HRESULT)0x8123ABCD));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api");
    TCase *tcase = tcase_create("managers");

    tcase_add_checked_fixture(tcase, clear_environment, clear_environment);
    tcase_add_loop_test(tcase, test_bad_options_are_refused, 0, 12);
    tcase_add_loop_test(tcase, test_limits_and_administrators, 0, 2);
    tcase_add_test(tcase, test_a_trace_that_cannot_be_written_is_an_error);
    tcase_add_test(tcase, test_each_word_beats_the_weaker_one);
    tcase_add_loop_test(tcase, test_notify_programs, 0, 6);
    tcase_add_loop_test(tcase, test_clocks, 0, 9);
    tcase_add_test(tcase, test_ten_managers_know_nothing_of_each_other);
    tcase_add_test(tcase, test_a_job_is_readable_without_its_manager);
    tcase_add_test(tcase, test_pump_answers);
    tcase_add_test(tcase, test_until_may_release_the_manager);
    tcase_add_test(tcase, test_the_environment_turns_the_trace_on);
    tcase_add_test(tcase, test_names);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
