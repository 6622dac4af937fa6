/* client.c: a small program that fetches ranges of a file on demand, as one would write it for Windows.
 *
 *     client URL FILE OFFSET LENGTH [OFFSET LENGTH]...
 *
 * writes the ranges to standard output and gives up the rest of FILE. It is compiled as C and as C++, here
 * and for Windows, to prove that one source can serve all four; so it is also the shortest complete example.
 * Its calls go through two macros, because COBJMACROS exist in C only.
 */
#define INITGUID
#include <windows.h>

#include <bits.h>
#include <bits10_3.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
#define CALL0(object, method)     ((object)->method())
#define CALL(object, method, ...) ((object)->method(__VA_ARGS__))
#define REF(guid)                 (guid)
#else
#define CALL0(object, method)     ((object)->lpVtbl->method(object))
#define CALL(object, method, ...) ((object)->lpVtbl->method(object, __VA_ARGS__))
#define REF(guid)                 (&(guid))
#endif

enum { MAX_RANGES = 100, POLL_MS = 1000 };

/* What the callback wakes. BITS may lose events, so whoever waits also looks by himself now and then. */
static HANDLE woken;

/* The callback object: the manager's only way to reach us. It answers all three versions. */
static HRESULT query(IBackgroundCopyCallback3 *object, const GUID *iid, void **out)
{
    static const GUID *const known[] = {&IID_IUnknown, &IID_IBackgroundCopyCallback,
                                        &IID_IBackgroundCopyCallback2, &IID_IBackgroundCopyCallback3};

    if (!out)
        return E_POINTER;
    *out = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (IsEqualGUID(REF(*iid), REF(*known[i]))) {
            *out = object;
            return S_OK;
        }
    return E_NOINTERFACE;
}

static HRESULT wake(void)
{
    SetEvent(woken);
    return S_OK;
}

static HRESULT report(DWORD count, const BG_FILE_RANGE *ranges)
{
    for (DWORD i = 0; i < count; i++) /* the array is ours only during the call */
        fprintf(stderr, "arrived: %llu bytes at %llu\n", (unsigned long long)ranges[i].Length,
                (unsigned long long)ranges[i].InitialOffset);
    return wake();
}

#ifdef __cplusplus

class Callback final : public IBackgroundCopyCallback3
{
  public:
    STDMETHODIMP QueryInterface(REFIID riid, void **ppv) override
    {
        return query(this, &riid, ppv);
    }
    STDMETHODIMP_(ULONG) AddRef() override /* it lives as long as the program */
    {
        return 2;
    }
    STDMETHODIMP_(ULONG) Release() override
    {
        return 1;
    }
    STDMETHODIMP JobTransferred(IBackgroundCopyJob *) override
    {
        return wake();
    }
    STDMETHODIMP JobError(IBackgroundCopyJob *, IBackgroundCopyError *) override
    {
        return wake();
    }
    STDMETHODIMP JobModification(IBackgroundCopyJob *, DWORD) override
    {
        return wake();
    }
    STDMETHODIMP FileTransferred(IBackgroundCopyJob *, IBackgroundCopyFile *) override
    {
        return wake();
    }
    STDMETHODIMP FileRangesTransferred(IBackgroundCopyJob *, IBackgroundCopyFile *, DWORD count,
                                       const BG_FILE_RANGE ranges[]) override
    {
        return report(count, ranges);
    }
};

static Callback callback;

#else

static HRESULT STDMETHODCALLTYPE callback_QueryInterface(IBackgroundCopyCallback3 *This, REFIID riid,
                                                         void **ppv)
{
    return query(This, riid, ppv);
}

static ULONG STDMETHODCALLTYPE callback_AddRef(IBackgroundCopyCallback3 *This) /* it lives as long as we do */
{
    (void)This;
    return 2;
}

static ULONG STDMETHODCALLTYPE callback_Release(IBackgroundCopyCallback3 *This)
{
    (void)This;
    return 1;
}

static HRESULT STDMETHODCALLTYPE callback_JobTransferred(IBackgroundCopyCallback3 *This,
                                                         IBackgroundCopyJob *job)
{
    (void)This, (void)job;
    return wake();
}

static HRESULT STDMETHODCALLTYPE callback_JobError(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *job,
                                                   IBackgroundCopyError *error)
{
    (void)This, (void)job, (void)error;
    return wake();
}

static HRESULT STDMETHODCALLTYPE callback_JobModification(IBackgroundCopyCallback3 *This,
                                                          IBackgroundCopyJob *job, DWORD reserved)
{
    (void)This, (void)job, (void)reserved;
    return wake();
}

static HRESULT STDMETHODCALLTYPE callback_FileTransferred(IBackgroundCopyCallback3 *This,
                                                          IBackgroundCopyJob *job, IBackgroundCopyFile *file)
{
    (void)This, (void)job, (void)file;
    return wake();
}

static HRESULT STDMETHODCALLTYPE callback_FileRangesTransferred(IBackgroundCopyCallback3 *This,
                                                                IBackgroundCopyJob *job,
                                                                IBackgroundCopyFile *file, DWORD count,
                                                                const BG_FILE_RANGE *ranges)
{
    (void)This, (void)job, (void)file;
    return report(count, ranges);
}

static IBackgroundCopyCallback3Vtbl callback_vtbl = {
    .QueryInterface = callback_QueryInterface,
    .AddRef = callback_AddRef,
    .Release = callback_Release,
    .JobTransferred = callback_JobTransferred,
    .JobError = callback_JobError,
    .JobModification = callback_JobModification,
    .FileTransferred = callback_FileTransferred,
    .FileRangesTransferred = callback_FileRangesTransferred,
};

static IBackgroundCopyCallback3 callback = {&callback_vtbl};

#endif

/* Makes an on-demand job. Properties are set while it is empty: every version of BITS takes them then. */
static HRESULT make_job(IBackgroundCopyManager *manager, IBackgroundCopyJob **out)
{
    BITS_JOB_PROPERTY_VALUE on_demand;
    IBackgroundCopyJob5 *job5 = NULL;
    GUID id;
    HRESULT hr = CALL(manager, CreateJob, L"client", BG_JOB_TYPE_DOWNLOAD, &id, out);

    if (SUCCEEDED(hr))
        hr = CALL(*out, QueryInterface, REF(IID_IBackgroundCopyJob5), (void **)&job5);
    if (SUCCEEDED(hr)) {
        on_demand.Enable = TRUE;
        hr = CALL(job5, SetProperty, BITS_JOB_PROPERTY_ON_DEMAND_MODE, on_demand);
        CALL0(job5, Release);
    }
    if (SUCCEEDED(hr))
        hr = CALL(*out, SetPriority, BG_JOB_PRIORITY_FOREGROUND);
    if (SUCCEEDED(hr))
        hr = CALL(*out, SetNotifyInterface, (IUnknown *)&callback);
    if (SUCCEEDED(hr))
        hr = CALL(*out, SetNotifyFlags,
                  BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_JOB_MODIFICATION |
                      BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    return hr;
}

static HRESULT first_file(IBackgroundCopyJob *job, IBackgroundCopyFile6 **out)
{
    IEnumBackgroundCopyFiles *files = NULL;
    IBackgroundCopyFile *file = NULL;
    HRESULT hr = CALL(job, EnumFiles, &files);

    if (SUCCEEDED(hr)) {
        hr = CALL(files, Next, 1, &file, NULL);
        CALL0(files, Release);
    }
    if (hr == S_OK) {
        hr = CALL(file, QueryInterface, REF(IID_IBackgroundCopyFile6), (void **)out);
        CALL0(file, Release);
    }
    return hr;
}

static BOOL covers(const BG_FILE_RANGE *filled, DWORD filled_count, const BG_FILE_RANGE *wanted)
{
    for (DWORD i = 0; i < filled_count; i++)
        if (filled[i].InitialOffset <= wanted->InitialOffset &&
            wanted->InitialOffset - filled[i].InitialOffset <= filled[i].Length &&
            wanted->Length <= filled[i].Length - (wanted->InitialOffset - filled[i].InitialOffset))
            return TRUE;
    return FALSE;
}

/* S_OK when all the ranges are there, S_FALSE while they are not; the job's error if it has failed. */
static HRESULT look(IBackgroundCopyJob *job, IBackgroundCopyFile6 *file, DWORD count,
                    const BG_FILE_RANGE *wanted)
{
    BG_JOB_STATE state;
    BG_FILE_RANGE *filled = NULL;
    DWORD filled_count = 0, missing = 0;
    HRESULT hr = CALL(file, GetFilledFileRanges, &filled_count, &filled);

    if (FAILED(hr))
        return hr;
    for (DWORD i = 0; i < count; i++)
        missing += !covers(filled, filled_count, &wanted[i]);
    CoTaskMemFree(filled);
    if (!missing)
        return S_OK;
    hr = CALL(job, GetState, &state);
    if (SUCCEEDED(hr) && (state == BG_JOB_STATE_ERROR || state == BG_JOB_STATE_TRANSIENT_ERROR)) {
        IBackgroundCopyError *error = NULL;
        BG_ERROR_CONTEXT context;
        HRESULT code = E_FAIL;

        if (SUCCEEDED(CALL(job, GetError, &error))) {
            CALL(error, GetError, &context, &code);
            CALL0(error, Release);
        }
        return FAILED(code) ? code : E_FAIL;
    }
    return FAILED(hr) ? hr : S_FALSE;
}

static HRESULT copy_out(IBackgroundCopyFile6 *file, DWORD count, const BG_FILE_RANGE *ranges)
{
    LPWSTR wide = NULL;
    char name[4096];
    FILE *from = NULL;
    HRESULT hr = CALL(file, GetTemporaryName, &wide);

    if (FAILED(hr))
        return hr;
    if (wcstombs(name, wide, sizeof name) < sizeof name)
        from = fopen(name, "rb");
    CoTaskMemFree(wide);
    if (!from)
        return E_FAIL;
    for (DWORD i = 0; i < count; i++) {
        fseek(from, (long)ranges[i].InitialOffset, SEEK_SET);
        for (UINT64 left = ranges[i].Length; left; left--)
            putchar(getc(from));
    }
    hr = ferror(from) || feof(from) || fflush(stdout) ? E_FAIL : S_OK;
    fclose(from);
    return hr;
}

static HRESULT fetch(IBackgroundCopyJob *job, const WCHAR *url, const WCHAR *local, DWORD count,
                     const BG_FILE_RANGE *ranges)
{
    IBackgroundCopyFile6 *file = NULL;
    HRESULT hr = CALL(job, AddFile, url, local);

    if (SUCCEEDED(hr))
        hr = first_file(job, &file);
    if (SUCCEEDED(hr)) /* first the ranges, then Resume: never the other way round */
        hr = CALL(file, RequestFileRanges, count, ranges);
    if (SUCCEEDED(hr))
        hr = CALL0(job, Resume);
    while (SUCCEEDED(hr) && (hr = look(job, file, count, ranges)) == S_FALSE)
        WaitForSingleObject(woken, POLL_MS);
    if (SUCCEEDED(hr))
        hr = copy_out(file, count, ranges);
    if (file)
        CALL0(file, Release);
    return hr;
}

int main(int argc, char **argv)
{
    static WCHAR url[4096], local[4096];
    BG_FILE_RANGE ranges[MAX_RANGES];
    DWORD count = 0;
    IBackgroundCopyManager *manager = NULL;
    IBackgroundCopyJob *job = NULL;
    HRESULT hr;

    if (argc < 5 || argc % 2 == 0 || argc > 3 + 2 * MAX_RANGES || mbstowcs(url, argv[1], 4096) >= 4096 ||
        mbstowcs(local, argv[2], 4096) >= 4096) {
        fprintf(stderr, "usage: client URL FILE OFFSET LENGTH [OFFSET LENGTH]...\n");
        return 2;
    }
    for (int i = 3; i < argc; i += 2, count++) {
        ranges[count].InitialOffset = strtoull(argv[i], NULL, 0);
        ranges[count].Length = strtoull(argv[i + 1], NULL, 0);
    }
    hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    if (FAILED(hr))
        return 1;
    woken = CreateEventW(NULL, FALSE, FALSE, NULL);
    hr = CoCreateInstance(REF(CLSID_BackgroundCopyManager), NULL, CLSCTX_LOCAL_SERVER,
                          REF(IID_IBackgroundCopyManager), (void **)&manager);
    if (SUCCEEDED(hr)) {
        hr = make_job(manager, &job);
        CALL0(manager, Release); /* the job outlives it */
    }
    if (SUCCEEDED(hr))
        hr = fetch(job, url, local, count, ranges);
    if (job) {
        CALL(job, SetNotifyInterface, NULL);
        CALL0(job, Cancel);
        CALL0(job, Release);
    }
    if (FAILED(hr))
        fprintf(stderr, "client: 0x%08lX\n", (unsigned long)(hr & 0xFFFFFFFF));
    CloseHandle(woken);
    CoUninitialize();
    return FAILED(hr);
}
