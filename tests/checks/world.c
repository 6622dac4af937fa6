/* world.c: see world.h. */
#include "world.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { LIMIT_MS = 60000 };

void world_must(HRESULT hr, const char *what)
{
    if (SUCCEEDED(hr))
        return;
    fprintf(stderr, "%s: 0x%08X %s\n", what, (unsigned)hr, openbits_hresult_name(hr));
    exit(3);
}

static struct world *world_of(IBackgroundCopyCallback3 *face)
{
    return (struct world *)(void *)face;
}

static HRESULT STDMETHODCALLTYPE callback_QueryInterface(IBackgroundCopyCallback3 *This, REFIID riid,
                                                         void **out)
{
    static const IID *const known[] = {&IID_IUnknown, &IID_IBackgroundCopyCallback,
                                       &IID_IBackgroundCopyCallback2, &IID_IBackgroundCopyCallback3};

    *out = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (IsEqualGUID(riid, known[i])) {
            *out = This;
            return S_OK;
        }
        if (IsEqualGUID(world_of(This)->callback.newest, known[i]))
            break;
    }
    return E_NOINTERFACE;
}

/* It lives as long as the program. */
static ULONG STDMETHODCALLTYPE callback_AddRef(IBackgroundCopyCallback3 *This)
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
                                                         IBackgroundCopyJob *pJob)
{
    struct world *world = world_of(This);

    if (world->callback.transferred)
        world->callback.transferred(world, pJob);
    world->transferred_calls++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE callback_JobError(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                                   IBackgroundCopyError *pError)
{
    struct world *world = world_of(This);

    if (world->callback.error)
        world->callback.error(world, pJob, pError);
    world->error_calls++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE callback_JobModification(IBackgroundCopyCallback3 *This,
                                                          IBackgroundCopyJob *pJob, DWORD dwReserved)
{
    struct world *world = world_of(This);

    (void)dwReserved;
    if (world->callback.modification)
        world->callback.modification(world, pJob);
    world->modification_calls++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE callback_FileTransferred(IBackgroundCopyCallback3 *This,
                                                          IBackgroundCopyJob *pJob,
                                                          IBackgroundCopyFile *pFile)
{
    (void)This, (void)pJob, (void)pFile;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE callback_FileRangesTransferred(IBackgroundCopyCallback3 *This,
                                                                IBackgroundCopyJob *job,
                                                                IBackgroundCopyFile *file, DWORD rangeCount,
                                                                const BG_FILE_RANGE ranges[])
{
    struct world *world = world_of(This);

    (void)job, (void)file;
    if (world->callback.ranges)
        world->callback.ranges(world, rangeCount, ranges);
    world->ranges_calls++;
    return S_OK;
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

void world_open(struct world *world, enum openbits_clock clock, unsigned flags)
{
    struct openbits_options options = {.size = sizeof options, .clock = clock};
    struct server_options server_options = {0};
    struct server_file file = {.path = "/f", .size = WORLD_FILE_SIZE, .seed = 1, .flags = flags};
    const char *within = getenv("OPENBITS_RUNTIME_DIR");
    WCHAR url[128], local[640];
    GUID id;

    memset(world, 0, sizeof *world);
    world->callback.face.lpVtbl = &callback_vtbl;
    world->callback.newest = &IID_IBackgroundCopyCallback3;
    snprintf(world->folder, sizeof world->folder, "%s/checks-XXXXXX", within ? within : "/tmp");
    if (!mkdtemp(world->folder))
        world_must(E_FAIL, "mkdtemp");
    MUST(server_start(&server_options, &world->server));
    MUST(server_add_file(world->server, &file));
    swprintf(url, sizeof url / sizeof *url, L"%s/f", server_url(world->server));
    swprintf(local, sizeof local / sizeof *local, L"%s/f", world->folder);
    MUST(openbits_create_manager(&options, &world->manager));
    MUST(IBackgroundCopyManager_CreateJob(world->manager, L"checks", BG_JOB_TYPE_DOWNLOAD, &id, &world->job));
    MUST(IBackgroundCopyJob_SetPriority(world->job, BG_JOB_PRIORITY_FOREGROUND));
    MUST(IBackgroundCopyJob_AddFile(world->job, url, local));
}

void world_listen(struct world *world, ULONG flags)
{
    MUST(IBackgroundCopyJob_SetNotifyInterface(world->job, (IUnknown *)(void *)&world->callback.face));
    MUST(IBackgroundCopyJob_SetNotifyFlags(world->job, flags));
}

struct wait {
    struct world *world;
    BG_JOB_STATE state;
    BOOL (*until)(struct world *world);
};

static BOOL is_over(void *context)
{
    struct wait *wait = context;
    BG_JOB_STATE state;

    MUST(IBackgroundCopyJob_GetState(wait->world->job, &state));
    return state == wait->state && (!wait->until || wait->until(wait->world));
}

void world_wait(struct world *world, BG_JOB_STATE state, BOOL (*until)(struct world *world))
{
    struct wait wait = {world, state, until};
    HRESULT hr = openbits_pump(world->manager, is_over, &wait, LIMIT_MS);

    if (hr != S_OK)
        world_must(E_FAIL, "what the program waits for does not happen");
}

void world_download(struct world *world)
{
    MUST(IBackgroundCopyJob_Resume(world->job));
    world_wait(world, BG_JOB_STATE_TRANSFERRED, NULL);
}

IBackgroundCopyFile6 *world_file(struct world *world)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file;
    IBackgroundCopyFile6 *file6;

    MUST(IBackgroundCopyJob_EnumFiles(world->job, &files));
    MUST(IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL));
    MUST(IBackgroundCopyFile_QueryInterface(file, &IID_IBackgroundCopyFile6, (void **)&file6));
    IBackgroundCopyFile_Release(file);
    IEnumBackgroundCopyFiles_Release(files);
    return file6;
}

void world_fetch_start(struct world *world, UINT64 bytes)
{
    BITS_JOB_PROPERTY_VALUE on = {.Enable = TRUE};
    BG_FILE_RANGE range = {0, bytes};
    IBackgroundCopyFile6 *file = world_file(world);
    IBackgroundCopyJob5 *job;

    MUST(IBackgroundCopyJob_QueryInterface(world->job, &IID_IBackgroundCopyJob5, (void **)&job));
    MUST(IBackgroundCopyJob5_SetProperty(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, on));
    MUST(IBackgroundCopyFile6_RequestFileRanges(file, 1, &range));
    MUST(IBackgroundCopyJob5_Resume(job));
    world_wait(world, BG_JOB_STATE_SUSPENDED, NULL);
    IBackgroundCopyFile6_Release(file);
    IBackgroundCopyJob5_Release(job);
}

static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(path);
}

int world_close(struct world *world)
{
    if (world->job)
        IBackgroundCopyJob_Release(world->job);
    if (world->manager)
        IBackgroundCopyManager_Release(world->manager);
    server_stop(world->server);
    remove_folder(world->folder);
    return 0;
}
