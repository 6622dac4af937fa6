/* test_api_transfer.c: whole transfers through the public interfaces, by clients that hold little or nothing.
 */
#include "suite.h"

#include <objbase.h>
#include <openbits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "server/server.h"

enum { SIZE = 100000, HELD_AT = 70000 };

/* A client whose last Release says so through a pipe. It answers the interface that it was made with, and no
 * other: a sample of Microsoft's answers IBackgroundCopyCallback2 alone. */
struct client {
    IBackgroundCopyCallback3 face;
    const IID *answers;
    atomic_int refs;
    int gone[2];
    atomic_int modifications, files, ranges;
    atomic_ullong reported;
    pthread_t thread; /* that JobTransferred came on */
    HRESULT complete;
};

static struct client *client_of(IBackgroundCopyCallback3 *face)
{
    return (struct client *)face; /* its first member */
}

static HRESULT STDMETHODCALLTYPE client_QueryInterface(IBackgroundCopyCallback3 *This, REFIID riid,
                                                       void **out)
{
    *out = NULL;
    if (!IsEqualGUID(riid, &IID_IUnknown) && !IsEqualGUID(riid, client_of(This)->answers))
        return E_NOINTERFACE;
    client_of(This)->refs++;
    *out = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE client_AddRef(IBackgroundCopyCallback3 *This)
{
    return (ULONG)++client_of(This)->refs;
}

static ULONG STDMETHODCALLTYPE client_Release(IBackgroundCopyCallback3 *This)
{
    int gone = client_of(This)->gone[1];
    int left = --client_of(This)->refs;

    if (left == 0)
        ck_assert_int_eq(write(gone, "", 1), 1);
    return (ULONG)left;
}

static HRESULT STDMETHODCALLTYPE client_JobTransferred(IBackgroundCopyCallback3 *This,
                                                       IBackgroundCopyJob *pJob)
{
    client_of(This)->thread = pthread_self();
    client_of(This)->complete = IBackgroundCopyJob_Complete(pJob);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE client_JobError(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                                 IBackgroundCopyError *pError)
{
    (void)This, (void)pJob, (void)pError;
    ck_abort_msg("JobError");
    return E_FAIL;
}

static HRESULT STDMETHODCALLTYPE client_JobModification(IBackgroundCopyCallback3 *This,
                                                        IBackgroundCopyJob *pJob, DWORD dwReserved)
{
    (void)pJob, (void)dwReserved;
    client_of(This)->modifications++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE client_FileTransferred(IBackgroundCopyCallback3 *This,
                                                        IBackgroundCopyJob *pJob, IBackgroundCopyFile *pFile)
{
    (void)pJob, (void)pFile;
    client_of(This)->files++;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE client_FileRangesTransferred(IBackgroundCopyCallback3 *This,
                                                              IBackgroundCopyJob *job,
                                                              IBackgroundCopyFile *file, DWORD rangeCount,
                                                              const BG_FILE_RANGE ranges[])
{
    (void)job, (void)file;
    client_of(This)->ranges++;
    for (DWORD i = 0; i < rangeCount; i++)
        client_of(This)->reported += ranges[i].Length;
    return S_OK;
}

static IBackgroundCopyCallback3Vtbl client_vtbl = {
    .QueryInterface = client_QueryInterface,
    .AddRef = client_AddRef,
    .Release = client_Release,
    .JobTransferred = client_JobTransferred,
    .JobError = client_JobError,
    .JobModification = client_JobModification,
    .FileTransferred = client_FileTransferred,
    .FileRangesTransferred = client_FileRangesTransferred,
};

/* --- one download from a server of its own */

struct world {
    struct server *server;
    struct folder folder;
    struct client client;
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
};

/* The job is ready to be resumed; the client is registered, and held by the engine alone. */
static void world_open(struct world *world, DWORD flags, const IID *answers)
{
    struct openbits_options options = {.size = sizeof options, .flags = flags};
    struct server_file file = {.path = "/f", .size = SIZE, .seed = 5, .last_modified_s = 1700000000};
    struct server_options server_options = {0};
    WCHAR url[128], local[1024];
    GUID id;

    memset(world, 0, sizeof *world);
    folder_make(&world->folder);
    ck_assert_int_eq(server_start(&server_options, &world->server), S_OK);
    ck_assert_int_eq(server_add_file(world->server, &file), S_OK);
    swprintf(url, 128, L"%s/f", server_url(world->server));
    swprintf(local, 1024, L"%s/f", world->folder.path);
    ck_assert_int_eq(openbits_create_manager(&options, &world->manager), S_OK);
    ck_assert_int_eq(
        IBackgroundCopyManager_CreateJob(world->manager, L"transfer", BG_JOB_TYPE_DOWNLOAD, &id, &world->job),
        S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_AddFile(world->job, url, local), S_OK);

    world->client.face.lpVtbl = &client_vtbl;
    world->client.answers = answers;
    world->client.refs = 1;
    ck_assert_int_eq(pipe(world->client.gone), 0);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(world->job, (IUnknown *)&world->client.face),
                     S_OK);
    IBackgroundCopyCallback3_Release(&world->client.face);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyFlags(world->job, 0x3B), S_OK);
}

/* Blocks until nobody holds the client any more; Check's timeout ends a wait in vain. */
static void wait_until_gone(struct world *world)
{
    char byte;

    ck_assert_int_eq(read(world->client.gone[0], &byte, 1), 1);
}

static void world_close(struct world *world)
{
    struct stat stat;

    ck_assert_int_eq(world->client.complete, S_OK);
    ck_assert_int_eq(world->client.refs, 0);
    ck_assert_int_eq(lstat(folder_path(&world->folder, "f"), &stat), 0);
    ck_assert_int_eq(stat.st_size, SIZE);
    if (world->job)
        IBackgroundCopyJob_Release(world->job);
    if (world->manager)
        IBackgroundCopyManager_Release(world->manager);
    server_stop(world->server);
    folder_remove(&world->folder);
    close(world->client.gone[0]);
    close(world->client.gone[1]);
}

START_TEST(test_a_client_of_one_interface_gets_what_it_has)
{
    static const struct {
        const IID *answers;
        int files;
        unsigned long long reported;
    } rows[] = {
        {&IID_IBackgroundCopyCallback, 0, 0},
        {&IID_IBackgroundCopyCallback2, 1, 0},
        {&IID_IBackgroundCopyCallback3, 1, SIZE},
    };
    struct world world;

    world_open(&world, 0, rows[_i].answers);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(world.job), S_OK);
    wait_until_gone(&world);
    ck_assert_int_eq(world.client.files, rows[_i].files);
    ck_assert_uint_eq(world.client.reported, rows[_i].reported);
    world_close(&world);
}
END_TEST

START_TEST(test_a_job_that_everybody_let_go_is_finished_by_its_callbacks)
{
    struct world world;

    world_open(&world, 0, &IID_IBackgroundCopyCallback3);
    server_hold_bodies(world.server, 1000);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(world.job), S_OK);
    ck_assert_uint_eq(IBackgroundCopyJob_Release(world.job), 0);
    ck_assert_uint_eq(IBackgroundCopyManager_Release(world.manager), 0);
    world.job = NULL;
    world.manager = NULL;
    server_hold_bodies(world.server, UINT64_MAX);
    wait_until_gone(&world);
    world_close(&world);
}
END_TEST

static BOOL is_gone(void *context)
{
    struct world *world = context;

    return world->client.refs == 0;
}

START_TEST(test_pumped_callbacks_come_on_the_thread_that_waits)
{
    struct world world;

    world_open(&world, OPENBITS_PUMP_CALLBACKS, &IID_IBackgroundCopyCallback3);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(world.job), S_OK);
    ck_assert_int_eq(openbits_pump(world.manager, is_gone, &world, 20000), S_OK);
    ck_assert(pthread_equal(world.client.thread, pthread_self()));
    ck_assert_uint_eq(world.client.reported, SIZE);
    world_close(&world);
}
END_TEST

static BOOL something_is_reported(void *context)
{
    struct world *world = context;

    return world->client.reported > 0;
}

static BOOL all_held_is_reported(void *context)
{
    struct world *world = context;

    return world->client.reported == HELD_AT;
}

/* What has become due by time alone: nothing arrives, and no state changes, that would wake who waits. */
START_TEST(test_a_pump_is_told_of_a_report_whose_time_has_come)
{
    BITS_JOB_PROPERTY_VALUE interval = {.Dword = 100};
    IBackgroundCopyJob5 *job5;
    struct world world;

    world_open(&world, OPENBITS_PUMP_CALLBACKS, &IID_IBackgroundCopyCallback3);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(world.job, &IID_IBackgroundCopyJob5, (void **)&job5),
                     S_OK);
    ck_assert_int_eq(
        IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, interval),
        S_OK);
    IBackgroundCopyJob5_Release(job5);
    server_hold_bodies(world.server, 1000);
    ck_assert_int_eq(IBackgroundCopyJob_Resume(world.job), S_OK);
    ck_assert_int_eq(openbits_pump(world.manager, something_is_reported, &world, 20000), S_OK);
    server_hold_bodies(world.server, HELD_AT);
    ck_assert_int_eq(openbits_pump(world.manager, all_held_is_reported, &world, 20000), S_OK);
    server_hold_bodies(world.server, UINT64_MAX);
    ck_assert_int_eq(openbits_pump(world.manager, is_gone, &world, 20000), S_OK);
    ck_assert_uint_eq(world.client.reported, SIZE);
    world_close(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api transfer");
    TCase *tcase = tcase_create("clients");

    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, test_a_client_of_one_interface_gets_what_it_has, 0, 3);
    tcase_add_test(tcase, test_a_job_that_everybody_let_go_is_finished_by_its_callbacks);
    tcase_add_test(tcase, test_a_pump_is_told_of_a_report_whose_time_has_come);
    tcase_add_test(tcase, test_pumped_callbacks_come_on_the_thread_that_waits);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
