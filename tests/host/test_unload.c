/* test_unload.c: the library is loaded, used, and unloaded while the process lives on (decision 11): then its
 * code is gone, with its threads and descriptors, and it can be loaded again.
 *
 * Not linked with the library: it is opened by name, and only openbits_create_manager and
 * openbits_pump are looked up; all else goes through the interfaces.
 */
#include "suite.h"

#include <config.h>

#include <initguid.h>

#include <dirent.h>
#include <dlfcn.h>
#include <openbits.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "folder.h"
#include "server/server.h"

enum { SIZE = 200000, SET_MAX = 256 };

struct library {
    void *handle;
    HRESULT (*create_manager)(const struct openbits_options *options, IBackgroundCopyManager **manager);
    HRESULT(*pump)
    (IBackgroundCopyManager *manager, BOOL (*until)(void *context), void *context, UINT64 limit_ms);
};

static void *look_up(void *handle, const char *name)
{
    void *symbol = dlsym(handle, name);

    ck_assert_msg(symbol != NULL, "%s", dlerror());
    return symbol;
}

static void load(struct library *library)
{
    const char *path = getenv("OPENBITS_TEST_LIBRARY");
    char built[1024];

    snprintf(built, sizeof built, "%s/.libs/libopenbits.so", getenv("builddir") ? getenv("builddir") : ".");
    library->handle = dlopen(path ? path : built, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(library->handle != NULL, "%s", dlerror());
    *(void **)&library->create_manager = look_up(library->handle, "openbits_create_manager");
    *(void **)&library->pump = look_up(library->handle, "openbits_pump");
}

static bool is_loaded(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    bool found = false;

    ck_assert(maps != NULL);
    while (fgets(line, sizeof line, maps))
        found = found || strstr(line, "libopenbits.so");
    fclose(maps);
    return found;
}

/* The names in a folder of /proc, without the descriptor that it is read with. */
struct names {
    int list[SET_MAX];
    unsigned count;
};

static struct names names_in(const char *path)
{
    struct names names = {.count = 0};
    DIR *dir = opendir(path);

    ck_assert(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir)) {
            ck_assert_uint_lt(names.count, SET_MAX);
            names.list[names.count++] = atoi(entry->d_name);
        }
    closedir(dir);
    return names;
}

static unsigned more_than(const struct names *now, const struct names *before)
{
    unsigned more = 0;

    for (unsigned i = 0; i < now->count; i++) {
        bool was_there = false;

        for (unsigned k = 0; k < before->count; k++)
            was_there = was_there || before->list[k] == now->list[i];
        more += !was_there;
    }
    return more;
}

/* --- a client; one that stays, so it counts nothing */

static unsigned calls;

static HRESULT STDMETHODCALLTYPE query(IBackgroundCopyCallback *This, REFIID riid, void **ppvObject)
{
    *ppvObject = NULL;
    if (!IsEqualIID(riid, &IID_IUnknown) && !IsEqualIID(riid, &IID_IBackgroundCopyCallback))
        return E_NOINTERFACE;
    *ppvObject = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE count_nothing(IBackgroundCopyCallback *This)
{
    (void)This;
    return 1;
}

static HRESULT STDMETHODCALLTYPE transferred(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob)
{
    (void)This;
    __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    return IBackgroundCopyJob_Complete(pJob);
}

static HRESULT STDMETHODCALLTYPE error(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob,
                                       IBackgroundCopyError *pError)
{
    (void)This, (void)pJob, (void)pError;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE modification(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob,
                                              DWORD dwReserved)
{
    (void)This, (void)pJob, (void)dwReserved;
    return S_OK;
}

static const IBackgroundCopyCallbackVtbl vtable = {
    .QueryInterface = query,
    .AddRef = count_nothing,
    .Release = count_nothing,
    .JobTransferred = transferred,
    .JobError = error,
    .JobModification = modification,
};
static IBackgroundCopyCallback client = {(IBackgroundCopyCallbackVtbl *)(uintptr_t)&vtable};

static BOOL is_acknowledged(void *job)
{
    BG_JOB_STATE state = BG_JOB_STATE_ERROR;

    ck_assert_int_eq(IBackgroundCopyJob_GetState((IBackgroundCopyJob *)job, &state), S_OK);
    return state == BG_JOB_STATE_ACKNOWLEDGED;
}

/* A whole job, by a callback, and nothing held afterwards. */
static void use(struct library *library, struct server *server, const struct folder *folder)
{
    struct openbits_options options = {.size = sizeof options, .runtime_dir = folder->path};
    IBackgroundCopyManager *manager;
    WCHAR url[128], local[512];
    IBackgroundCopyJob *job;
    GUID id;

    calls = 0;
    swprintf(url, 128, L"%s/f", server_url(server));
    swprintf(local, 512, L"%s/f", folder->path);
    ck_assert_int_eq(library->create_manager(&options, &manager), S_OK);
    ck_assert_int_eq(IBackgroundCopyManager_CreateJob(manager, L"unload", BG_JOB_TYPE_DOWNLOAD, &id, &job),
                     S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(job, url, local), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&client), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(job), S_OK);
    ck_assert_int_eq(library->pump(manager, is_acknowledged, job, 20000), S_OK);
    ck_assert_uint_eq(calls, 1);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(manager);
}

START_TEST(test_an_unloaded_library_leaves_nothing)
{
    struct server_file file = {.path = "/f", .size = SIZE, .seed = 3};
    struct names threads, descriptors, now;
    struct library library;
    struct server *server;
    struct folder folder;

    folder_make(&folder);
    ck_assert_int_eq(server_start(&(struct server_options){0}, &server), S_OK);
    ck_assert_int_eq(server_add_file(server, &file), S_OK);
    /* Libraries that openbits needs stay loaded, and what they open once is theirs. */
    load(&library);
    use(&library, server, &folder);
    ck_assert_int_eq(dlclose(library.handle), 0);
    server_log_clear(server);

    threads = names_in("/proc/self/task");
    descriptors = names_in("/proc/self/fd");
    for (unsigned i = 0; i < 10; i++) {
        load(&library);
        ck_assert(is_loaded());
        use(&library, server, &folder);
        ck_assert_int_eq(dlclose(library.handle), 0);
        ck_assert_msg(!is_loaded(), "dlclose left the library where it was");
        now = names_in("/proc/self/task");
        ck_assert_msg(more_than(&now, &threads) == 0, "%u threads are left", more_than(&now, &threads));
        /* The server may take a moment to close its end of a connection. */
        do {
            now = names_in("/proc/self/fd");
            sched_yield();
        } while (more_than(&now, &descriptors) > 0);
    }
    server_stop(server);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("unload");
    TCase *tc = tcase_create("unload");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_an_unloaded_library_leaves_nothing);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
