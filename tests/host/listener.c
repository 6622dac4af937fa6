/* listener.c: see listener.h. */
#include "listener.h"

#include "host.h"

#include <stddef.h>
#include <unistd.h>
#include <wchar.h>

static struct listener *listener_of(IBackgroundCopyCallback3 *face)
{
    return (struct listener *)(void *)face; /* its first member */
}

static HRESULT STDMETHODCALLTYPE query(IBackgroundCopyCallback3 *This, REFIID riid, void **ppvObject)
{
    *ppvObject = NULL;
    if (!IsEqualIID(riid, &IID_IUnknown) && !IsEqualIID(riid, &IID_IBackgroundCopyCallback) &&
        !IsEqualIID(riid, &IID_IBackgroundCopyCallback2) && !IsEqualIID(riid, &IID_IBackgroundCopyCallback3))
        return E_NOINTERFACE;
    *ppvObject = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE count_nothing(IBackgroundCopyCallback3 *This)
{
    (void)This;
    return 1;
}

static HRESULT called(IBackgroundCopyCallback3 *face)
{
    struct listener *listener = listener_of(face);

    if (listener->look)
        listener->look();
    sem_post(&listener->begun);
    while (listener->stays && sem_wait(&listener->go) < 0)
        continue;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE transferred(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob)
{
    (void)pJob;
    return called(This);
}

static HRESULT STDMETHODCALLTYPE error(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                       IBackgroundCopyError *pError)
{
    (void)pJob, (void)pError;
    return called(This);
}

static HRESULT STDMETHODCALLTYPE modification(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                              DWORD dwReserved)
{
    (void)pJob, (void)dwReserved;
    return called(This);
}

static HRESULT STDMETHODCALLTYPE file(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                      IBackgroundCopyFile *pFile)
{
    (void)pJob, (void)pFile;
    return called(This);
}

static HRESULT STDMETHODCALLTYPE ranges(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *job,
                                        IBackgroundCopyFile *of, DWORD rangeCount, const BG_FILE_RANGE list[])
{
    (void)job, (void)of, (void)rangeCount, (void)list;
    return called(This);
}

static const IBackgroundCopyCallback3Vtbl vtable = {
    .QueryInterface = query,
    .AddRef = count_nothing,
    .Release = count_nothing,
    .JobTransferred = transferred,
    .JobError = error,
    .JobModification = modification,
    .FileTransferred = file,
    .FileRangesTransferred = ranges,
};

void listener_init(struct listener *listener, bool stays)
{
    *listener =
        (struct listener){.face = {(IBackgroundCopyCallback3Vtbl *)(uintptr_t)&vtable}, .stays = stays};
    DEMAND(sem_init(&listener->begun, 0, 0) == 0 && sem_init(&listener->go, 0, 0) == 0);
}

IBackgroundCopyManager *listener_manager(const char *folder, const char *trace_file)
{
    struct openbits_options options = {
        .size = sizeof options, .runtime_dir = folder, .trace_file = trace_file};
    IBackgroundCopyManager *manager;

    DEMAND(openbits_create_manager(&options, &manager) == S_OK);
    return manager;
}

IBackgroundCopyJob *listener_job(struct listener *listener, IBackgroundCopyManager *manager, const char *url,
                                 const char *folder, const char *name, DWORD flags)
{
    WCHAR remote[512], local[512];
    IBackgroundCopyJob *job;
    GUID id;

    swprintf(remote, 512, L"%s", url);
    swprintf(local, 512, L"%s/%s", folder, name);
    DEMAND(IBackgroundCopyManager_CreateJob(manager, L"host", BG_JOB_TYPE_DOWNLOAD, &id, &job) == S_OK);
    DEMAND(IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND) == S_OK);
    DEMAND(IBackgroundCopyJob_AddFile(job, remote, local) == S_OK);
    DEMAND(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&listener->face) == S_OK);
    DEMAND(IBackgroundCopyJob_SetNotifyFlags(job, flags) == S_OK);
    return job;
}

struct awaited {
    IBackgroundCopyJob *job;
    BG_JOB_STATE state;
};

static BOOL is_there(void *context)
{
    struct awaited *awaited = context;
    BG_JOB_STATE state;

    DEMAND(IBackgroundCopyJob_GetState(awaited->job, &state) == S_OK);
    return state == awaited->state;
}

void listener_wait(IBackgroundCopyManager *manager, IBackgroundCopyJob *job, BG_JOB_STATE state)
{
    struct awaited awaited = {job, state};

    DEMAND(openbits_pump(manager, is_there, &awaited, 20000) == S_OK);
}
