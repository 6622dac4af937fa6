/* test_com_oom.c: each allocation of com fails in turn: nothing is leaked, no output is half made, and the
 * answer is E_OUTOFMEMORY. */
#include "suite.h"

#include <objbase.h>
#include <stdlib.h>

#include "com/com.h"
#include "fake_engine.h"

/* The room is built with these in the place of calloc and CoTaskMemAlloc. */
void *oom_calloc(size_t count, size_t size);
LPVOID oom_task_alloc(SIZE_T size);

static long left; /* allocations that still succeed; -1: all */

static bool fails(void)
{
    if (left < 0)
        return false;
    return left-- == 0;
}

void *oom_calloc(size_t count, size_t size)
{
    return fails() ? NULL : calloc(count, size);
}

LPVOID oom_task_alloc(SIZE_T size)
{
    return fails() ? NULL : CoTaskMemAlloc(size);
}

static int refused; /* calls that answered E_OUTOFMEMORY in the present round */

/* S_OK with an output, or E_OUTOFMEMORY without one. */
static bool made(HRESULT hr, const void *out)
{
    if (hr == E_OUTOFMEMORY) {
        refused++;
        ck_assert_ptr_null(out);
        return false;
    }
    ck_assert_msg(SUCCEEDED(hr), "%08x", (unsigned)hr);
    ck_assert_ptr_nonnull(out);
    return true;
}

static void use_text(HRESULT hr, LPWSTR text)
{
    if (made(hr, text))
        CoTaskMemFree(text);
}

static void use_file(IBackgroundCopyFile *file)
{
    IBackgroundCopyFile6 *file6;
    BG_FILE_RANGE *ranges;
    BG_FILE_RANGE wanted = {0, 10};
    LPWSTR text;
    DWORD count;
    HRESULT hr;

    hr = IBackgroundCopyFile_GetRemoteName(file, &text);
    use_text(hr, text);
    ck_assert_int_eq(IBackgroundCopyFile_QueryInterface(file, &IID_IBackgroundCopyFile6, (void **)&file6),
                     S_OK);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &wanted);
    made(hr, hr == S_OK ? file : NULL);
    hr = IBackgroundCopyFile6_GetFilledFileRanges(file6, &count, &ranges);
    if (made(hr, ranges))
        CoTaskMemFree(ranges);
    else
        ck_assert_uint_eq(count, 0);
    IBackgroundCopyFile6_Release(file6);
}

static void use_files(IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *files, *clone;
    IBackgroundCopyFile *two[2];
    ULONG fetched;
    HRESULT hr = IBackgroundCopyJob_EnumFiles(job, &files);

    if (!made(hr, files))
        return;
    hr = IEnumBackgroundCopyFiles_Next(files, 2, two, &fetched);
    if (made(hr, two[0])) {
        ck_assert_uint_eq(fetched, 2);
        use_file(two[0]);
        IBackgroundCopyFile_Release(two[0]);
        IBackgroundCopyFile_Release(two[1]);
    } else {
        ck_assert_uint_eq(fetched, 0);
        ck_assert_ptr_null(two[1]);
        /* What could not be made is there to be asked for again. */
        ck_assert_int_eq(IEnumBackgroundCopyFiles_Next(files, 2, two, &fetched), S_OK);
        IBackgroundCopyFile_Release(two[0]);
        IBackgroundCopyFile_Release(two[1]);
    }
    hr = IEnumBackgroundCopyFiles_Clone(files, &clone);
    if (made(hr, clone))
        IEnumBackgroundCopyFiles_Release(clone);
    IEnumBackgroundCopyFiles_Release(files);
}

static void use_error(IBackgroundCopyJob *job)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    LPWSTR text;
    HRESULT hr = IBackgroundCopyJob_GetError(job, &error);

    if (!made(hr, error))
        return;
    hr = IBackgroundCopyError_GetErrorDescription(error, 0x0409, &text);
    use_text(hr, text);
    hr = IBackgroundCopyError_GetProtocol(error, &text);
    use_text(hr, text);
    hr = IBackgroundCopyError_GetFile(error, &file);
    if (made(hr, file))
        IBackgroundCopyFile_Release(file);
    IBackgroundCopyError_Release(error);
}

static void use_jobs(IBackgroundCopyManager *manager)
{
    IEnumBackgroundCopyJobs *jobs, *clone;
    IBackgroundCopyJob *job;
    HRESULT hr = IBackgroundCopyManager_EnumJobs(manager, 0, &jobs);

    if (!made(hr, jobs))
        return;
    hr = IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL);
    if (made(hr, job))
        IBackgroundCopyJob_Release(job);
    hr = IEnumBackgroundCopyJobs_Clone(jobs, &clone);
    if (made(hr, clone))
        IEnumBackgroundCopyJobs_Release(clone);
    IEnumBackgroundCopyJobs_Release(jobs);
}

/* A client that is called with whatever could be made, and holds nothing. */
static HRESULT STDMETHODCALLTYPE client_QueryInterface(IBackgroundCopyCallback3 *This, REFIID riid,
                                                       void **out)
{
    (void)riid;
    *out = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE client_count(IBackgroundCopyCallback3 *This)
{
    (void)This;
    return 1;
}

static HRESULT STDMETHODCALLTYPE client_JobError(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                                 IBackgroundCopyError *pError)
{
    (void)This;
    ck_assert(pJob && pError);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE client_FileRangesTransferred(IBackgroundCopyCallback3 *This,
                                                              IBackgroundCopyJob *job,
                                                              IBackgroundCopyFile *file, DWORD rangeCount,
                                                              const BG_FILE_RANGE ranges[])
{
    (void)This;
    ck_assert(job && file && rangeCount == 1 && ranges);
    return S_OK;
}

static void use_client(struct engine_job *fake, IBackgroundCopyJob *job)
{
    static IBackgroundCopyCallback3Vtbl vtbl = {
        .QueryInterface = client_QueryInterface,
        .AddRef = client_count,
        .Release = client_count,
        .JobError = client_JobError,
        .FileRangesTransferred = client_FileRangesTransferred,
    };
    IBackgroundCopyCallback3 client = {&vtbl};
    struct range range = {0, 5};
    void *given = &client;
    HRESULT hr = IBackgroundCopyJob_SetNotifyInterface(job, given);

    if (!made(hr, hr == S_OK ? job : NULL))
        return;
    hr = fake->ops->error(fake->client, fake, &fake->error);
    made(hr, hr == S_OK ? job : NULL);
    hr = fake->ops->ranges(fake->client, fake, 0, &range, 1);
    made(hr, hr == S_OK ? job : NULL);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(job, NULL), S_OK);
}

static void use_job(struct engine *engine, IBackgroundCopyManager *manager)
{
    static WCHAR url[] = L"http://host/x", local[] = L"/tmp/x";
    BG_FILE_INFO set[2] = {{url, local}, {url, local}};
    IBackgroundCopyJob *job;
    LPWSTR text;
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyManager_CreateJob(manager, L"x", BG_JOB_TYPE_DOWNLOAD, &id, &job);
    if (!made(hr, job)) {
        /* The engine has made it, so it is taken back. */
        ck_assert_str_eq(engine->last, "engine_job_cancel");
        return;
    }
    hr = IBackgroundCopyJob_AddFileSet(job, 2, set);
    if (made(hr, hr == S_OK ? job : NULL)) {
        engine->jobs[0].error = (struct job_error){.hr = E_FAIL, .context = JOB_CONTEXT_TRANSPORT, .file = 1};
        engine->jobs[0].filled[0] = (struct range){0, 7};
        engine->jobs[0].filled_count = 1;
        use_files(job);
        use_error(job);
        use_client(&engine->jobs[0], job);
    }
    hr = IBackgroundCopyJob_GetDisplayName(job, &text);
    use_text(hr, text);
    use_jobs(manager);
    IBackgroundCopyJob_Release(job);
}

/* Answers whether an allocation was left to fail. */
static bool round_with(long allocations)
{
    struct engine *engine = fake_engine_new(NULL);
    IBackgroundCopyManager *manager = NULL;
    bool failed;
    HRESULT hr;

    left = allocations;
    refused = 0;
    hr = com_manager_create(engine, &manager);
    if (made(hr, manager)) {
        use_job(engine, manager);
        IBackgroundCopyManager_Release(manager);
    }
    failed = left < 0;
    left = -1;
    fake_engine_free(engine); /* asserts that every hold is gone */
    ck_assert_int_eq(refused, failed);
    return failed;
}

START_TEST(test_each_allocation_fails_in_turn)
{
    long n = 0;

    while (round_with(n))
        n++;
    printf("%ld allocations failed, one at a time\n", n);
    ck_assert_int_gt(n, 25);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com out of memory");
    TCase *tcase = tcase_create("allocations");

    tcase_add_test(tcase, test_each_allocation_fails_in_turn);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
