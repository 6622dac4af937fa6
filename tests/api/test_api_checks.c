/* test_api_checks.c: checking mode through the exports: how it is chosen, who is told, and a callback that
 * never returns. The diagnostics themselves are in tests/checks. */
#include "suite.h"

#include <objbase.h>
#include <openbits.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "server/server.h"

/* Each diagnostic is a code in the pipe: who waits for one reads. */
struct told {
    int pipe[2];
    atomic_int count;
};

static void tell(void *context, const char *code, const char *text)
{
    struct told *told = context;

    ck_assert(text[0] != '\0');
    told->count++;
    ck_assert_int_eq(write(told->pipe[1], code, 5), 5);
}

static void told_open(struct told *told)
{
    told->count = 0;
    ck_assert_int_eq(pipe(told->pipe), 0);
}

static void assert_told(struct told *told, const char *code)
{
    char got[6] = "";

    ck_assert_int_eq(read(told->pipe[0], got, 5), 5);
    ck_assert_str_eq(got, code);
}

static void told_close(struct told *told)
{
    close(told->pipe[0]);
    close(told->pipe[1]);
}

static IBackgroundCopyManager *make(const struct openbits_options *options)
{
    IBackgroundCopyManager *manager;

    ck_assert_int_eq(openbits_create_manager(options, &manager), S_OK);
    return manager;
}

static IBackgroundCopyJob *make_job(IBackgroundCopyManager *manager)
{
    IBackgroundCopyJob *job;
    GUID id;

    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"checks", BG_JOB_TYPE_DOWNLOAD, &id, &job),
                     S_OK);
    return job;
}

START_TEST(test_flag_or_environment_choose_it)
{
    static const struct {
        const char *environment;
        DWORD flags;
        HRESULT hr;
        int count;
    } rows[] = {
        {NULL, 0, S_OK, 0},        {NULL, OPENBITS_CHECK, S_OK, 1},
        {"", 0, S_OK, 0},          {"0", 0, S_OK, 0},
        {"1", 0, S_OK, 1},         {"0", OPENBITS_CHECK, S_OK, 1}, /* options before the environment */
        {"2", 0, E_INVALIDARG, 0}, {"yes", OPENBITS_CHECK, E_INVALIDARG, 0},
    };
    struct told told;
    struct openbits_options options = {
        .size = sizeof options, .diagnostic = tell, .diagnostic_context = &told};
    IBackgroundCopyManager *manager;

    ck_assert_uint_eq(sizeof rows / sizeof *rows, 8);
    told_open(&told);
    unsetenv("OPENBITS_CHECK");
    if (rows[_i].environment)
        setenv("OPENBITS_CHECK", rows[_i].environment, 1);
    options.flags = rows[_i].flags;
    ck_assert_int_eq(openbits_create_manager(&options, &manager), rows[_i].hr);
    if (manager) {
        IBackgroundCopyJob *job = make_job(manager);

        IBackgroundCopyJob_Release(job); /* and nobody completes or cancels it */
        IBackgroundCopyManager_Release(manager);
    }
    ck_assert_int_eq(told.count, rows[_i].count);
    if (rows[_i].count)
        assert_told(&told, "OB041");
    told_close(&told);
    unsetenv("OPENBITS_CHECK");
}
END_TEST

/* The limit is the options', and each engine has its own teller. */
START_TEST(test_two_managers_tell_two_programs)
{
    struct told told[2];

    for (int i = 0; i < 2; i++) {
        struct openbits_options options = {
            .size = sizeof options, .flags = OPENBITS_CHECK, .diagnostic = tell};
        IBackgroundCopyManager *manager;
        IBackgroundCopyJob *job;

        told_open(&told[i]);
        options.diagnostic_context = &told[i];
        manager = make(&options);
        job = make_job(manager);
        if (i == 0)
            ck_assert_int_eq(IBackgroundCopyJob_Cancel(job), S_OK);
        IBackgroundCopyJob_Release(job);
        IBackgroundCopyManager_Release(manager);
        ck_assert_int_eq(told[i].count, i);
        told_close(&told[i]);
    }
}
END_TEST

/* OB030: flags without an object to call are in vain, unless there is a command line. */
START_TEST(test_a_command_line_is_somebody_to_call)
{
    struct told told;
    struct openbits_options options = {.size = sizeof options,
                                       .flags = OPENBITS_CHECK,
                                       .diagnostic = tell,
                                       .diagnostic_context = &told,
                                       .notify_programs = "/bin/true"};
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;

    told_open(&told);
    manager = make(&options);
    job = make_job(manager);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob2, (void **)&job2), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED), S_OK);
    if (_i)
        ck_assert_int_eq(IBackgroundCopyJob2_SetNotifyCmdLine(job2, L"/bin/true", NULL), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_Cancel(job), S_OK);
    IBackgroundCopyJob2_Release(job2);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
    ck_assert_int_eq(told.count, !_i);
    if (!_i)
        assert_told(&told, "OB030");
    told_close(&told);
}
END_TEST

/* --- a callback that does not come back before the test lets it */

struct stuck {
    IBackgroundCopyCallback face;
    int entered[2], let[2];
};

static HRESULT STDMETHODCALLTYPE stuck_QueryInterface(IBackgroundCopyCallback *This, REFIID riid, void **out)
{
    *out = IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IBackgroundCopyCallback) ? This : NULL;
    return *out ? S_OK : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE stuck_AddRef(IBackgroundCopyCallback *This)
{
    (void)This;
    return 2;
}

static ULONG STDMETHODCALLTYPE stuck_Release(IBackgroundCopyCallback *This)
{
    (void)This;
    return 1;
}

static HRESULT STDMETHODCALLTYPE stuck_JobTransferred(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob)
{
    struct stuck *stuck = (struct stuck *)This; /* its first member */
    char byte;

    (void)pJob;
    ck_assert_int_eq(write(stuck->entered[1], "", 1), 1);
    ck_assert_int_eq(read(stuck->let[0], &byte, 1), 1);
    ck_assert_int_eq(write(stuck->entered[1], "", 1), 1);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stuck_JobError(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob,
                                                IBackgroundCopyError *pError)
{
    (void)This, (void)pJob, (void)pError;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stuck_JobModification(IBackgroundCopyCallback *This,
                                                       IBackgroundCopyJob *pJob, DWORD dwReserved)
{
    (void)This, (void)pJob, (void)dwReserved;
    return S_OK;
}

static IBackgroundCopyCallbackVtbl stuck_vtbl = {
    .QueryInterface = stuck_QueryInterface,
    .AddRef = stuck_AddRef,
    .Release = stuck_Release,
    .JobTransferred = stuck_JobTransferred,
    .JobError = stuck_JobError,
    .JobModification = stuck_JobModification,
};

START_TEST(test_a_callback_that_never_returns_is_told_of_meanwhile)
{
    static struct told told;
    static struct stuck stuck = {.face = {&stuck_vtbl}};
    struct openbits_options options = {.size = sizeof options,
                                       .flags = OPENBITS_CHECK,
                                       .clock = OPENBITS_CLOCK_MANUAL,
                                       .diagnostic = tell,
                                       .diagnostic_context = &told,
                                       .callback_limit_ms = 50};
    struct server_file file = {.path = "/f", .size = 100, .seed = 5};
    struct server_options server_options = {0};
    struct server *server;
    struct folder folder;
    IBackgroundCopyManager *manager;
    IOpenBitsControl *control;
    IBackgroundCopyJob *job;
    WCHAR url[128], local[1024];
    char byte;

    told_open(&told);
    folder_make(&folder);
    ck_assert_int_eq(pipe(stuck.entered), 0);
    ck_assert_int_eq(pipe(stuck.let), 0);
    ck_assert_int_eq(server_start(&server_options, &server), S_OK);
    ck_assert_int_eq(server_add_file(server, &file), S_OK);
    swprintf(url, 128, L"%s/f", server_url(server));
    swprintf(local, 1024, L"%s/f", folder.path);
    manager = make(&options);
    job = make_job(manager);
    ck_assert_int_eq(IBackgroundCopyManager_QueryInterface(manager, &IID_IOpenBitsControl, (void **)&control),
                     S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(job, url, local), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&stuck.face), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(job), S_OK);
    ck_assert_int_eq(read(stuck.entered[0], &byte, 1), 1);

    ck_assert_int_eq(control->lpVtbl->AdvanceTime(control, 49999), S_OK);
    ck_assert_int_eq(told.count, 0);
    ck_assert_int_eq(control->lpVtbl->AdvanceTime(control, 1), S_OK);
    assert_told(&told, "OB020"); /* while it hangs */
    ck_assert_int_eq(control->lpVtbl->AdvanceTime(control, 1000000), S_OK);

    ck_assert_int_eq(write(stuck.let[1], "", 1), 1);
    ck_assert_int_eq(read(stuck.entered[0], &byte, 1), 1);
    ck_assert_int_eq(IBackgroundCopyJob_Complete(job), S_OK);
    control->lpVtbl->Release(control);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
    ck_assert_int_eq(told.count, 1);
    server_stop(server);
    folder_remove(&folder);
    told_close(&told);
    for (int i = 0; i < 2; i++) {
        close(stuck.entered[i]);
        close(stuck.let[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api checks");
    TCase *tcase = tcase_create("checking mode");

    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, test_flag_or_environment_choose_it, 0, 8);
    tcase_add_loop_test(tcase, test_a_command_line_is_somebody_to_call, 0, 2);
    tcase_add_test(tcase, test_two_managers_tell_two_programs);
    tcase_add_test(tcase, test_a_callback_that_never_returns_is_told_of_meanwhile);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
