/* test_com_callbacks.c: clients of every kind, and what a callback is given. */
#include "suite.h"

#include <string.h>

#include "zoo.h"

enum kind {
    BASE_ONLY,  /* IBackgroundCopyCallback */
    TWO_ONLY,   /* IBackgroundCopyCallback2 without the base (a sample does it) */
    THREE_ONLY, /* IBackgroundCopyCallback3 without the others */
    ALL_THREE,
    NONE,  /* IUnknown alone */
    DUMMY, /* all three; AddRef and Release return 0, QueryInterface adds nothing (bits_ie) */
    KINDS,
};

/* A client's object, as one writes it in C. */
struct client {
    IBackgroundCopyCallback3 face;
    enum kind kind;
    int refs;
    HRESULT answer;

    /* what it was told */
    const char *method;
    GUID job;
    IBackgroundCopyJob *kept; /* held beyond the call */
    WCHAR file[64];
    BG_FILE_RANGE ranges[4];
    DWORD count;
    HRESULT error;
};

static struct client *client_of(IBackgroundCopyCallback3 *face)
{
    return (struct client *)face; /* its first member */
}

static bool answers(enum kind kind, REFIID iid)
{
    if (IsEqualGUID(iid, &IID_IUnknown))
        return true;
    if (IsEqualGUID(iid, &IID_IBackgroundCopyCallback))
        return kind == BASE_ONLY || kind == ALL_THREE || kind == DUMMY;
    if (IsEqualGUID(iid, &IID_IBackgroundCopyCallback2))
        return kind == TWO_ONLY || kind == ALL_THREE || kind == DUMMY;
    return IsEqualGUID(iid, &IID_IBackgroundCopyCallback3) &&
           (kind == THREE_ONLY || kind == ALL_THREE || kind == DUMMY);
}

static HRESULT STDMETHODCALLTYPE client_QueryInterface(IBackgroundCopyCallback3 *This, REFIID riid,
                                                       void **out)
{
    struct client *client = client_of(This);

    if (!answers(client->kind, riid)) {
        *out = NULL;
        return E_NOINTERFACE;
    }
    if (client->kind != DUMMY)
        client->refs++;
    *out = This;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE client_AddRef(IBackgroundCopyCallback3 *This)
{
    return client_of(This)->kind == DUMMY ? 0 : (ULONG)++client_of(This)->refs;
}

static ULONG STDMETHODCALLTYPE client_Release(IBackgroundCopyCallback3 *This)
{
    if (client_of(This)->kind == DUMMY)
        return 0;
    ck_assert_int_gt(client_of(This)->refs, 0);
    return (ULONG)--client_of(This)->refs;
}

static HRESULT told(IBackgroundCopyCallback3 *This, const char *method, IBackgroundCopyJob *job)
{
    struct client *client = client_of(This);
    IBackgroundCopyJob5 *job5;

    client->method = method;
    ck_assert_int_eq(IBackgroundCopyJob_GetId(job, &client->job), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob5, (void **)&job5), S_OK);
    IBackgroundCopyJob5_Release(job5);
    return client->answer;
}

static void file_told(struct client *client, IBackgroundCopyFile *file)
{
    LPWSTR name;

    ck_assert_int_eq(IBackgroundCopyFile_GetLocalName(file, &name), S_OK);
    wcscpy(client->file, name);
    CoTaskMemFree(name);
}

static HRESULT STDMETHODCALLTYPE client_JobTransferred(IBackgroundCopyCallback3 *This,
                                                       IBackgroundCopyJob *pJob)
{
    IBackgroundCopyJob_AddRef(pJob);
    client_of(This)->kept = pJob;
    ck_assert_int_eq(IBackgroundCopyJob_Complete(pJob), S_OK); /* */
    return told(This, "JobTransferred", pJob);
}

static HRESULT STDMETHODCALLTYPE client_JobError(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob,
                                                 IBackgroundCopyError *pError)
{
    BG_ERROR_CONTEXT context;

    ck_assert_int_eq(IBackgroundCopyError_GetError(pError, &context, &client_of(This)->error), S_OK);
    return told(This, "JobError", pJob);
}

static HRESULT STDMETHODCALLTYPE client_JobModification(IBackgroundCopyCallback3 *This,
                                                        IBackgroundCopyJob *pJob, DWORD dwReserved)
{
    ck_assert_uint_eq(dwReserved, 0); /* */
    return told(This, "JobModification", pJob);
}

static HRESULT STDMETHODCALLTYPE client_FileTransferred(IBackgroundCopyCallback3 *This,
                                                        IBackgroundCopyJob *pJob, IBackgroundCopyFile *pFile)
{
    file_told(client_of(This), pFile);
    return told(This, "FileTransferred", pJob);
}

static HRESULT STDMETHODCALLTYPE client_FileRangesTransferred(IBackgroundCopyCallback3 *This,
                                                              IBackgroundCopyJob *job,
                                                              IBackgroundCopyFile *file, DWORD rangeCount,
                                                              const BG_FILE_RANGE ranges[])
{
    struct client *client = client_of(This);

    ck_assert_uint_le(rangeCount, 4);
    client->count = rangeCount;
    memcpy(client->ranges, ranges, rangeCount * sizeof *ranges);
    file_told(client, file);
    return told(This, "FileRangesTransferred", job);
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

static IUnknown *client_init(struct client *client, enum kind kind)
{
    *client = (struct client){.face.lpVtbl = &client_vtbl, .kind = kind, .refs = 1};
    return (IUnknown *)&client->face;
}

static struct zoo zoo;

static void open_zoo(void)
{
    zoo_open(&zoo, NULL);
}

static void close_zoo(void)
{
    zoo_close(&zoo);
}

START_TEST(test_any_one_interface_will_do)
{
    static const struct {
        HRESULT hr;
        unsigned answers;
    } rows[KINDS] = {
        [BASE_ONLY] = {S_OK, 0},
        [TWO_ONLY] = {S_OK, ENGINE_CLIENT_FILE},
        [THREE_ONLY] = {S_OK, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES},
        [ALL_THREE] = {S_OK, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES},
        [NONE] = {E_NOINTERFACE, 0},
        [DUMMY] = {S_OK, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES},
    };
    struct client client;
    IUnknown *unknown = client_init(&client, (enum kind)_i), *same = NULL;

    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, unknown), rows[_i].hr);
    ck_assert_uint_eq(zoo.fake_job->answers, rows[_i].answers);
    ck_assert_int_eq(IBackgroundCopyJob_GetNotifyInterface(zoo.job, &same), S_OK);
    if (rows[_i].hr == S_OK) {
        ck_assert_ptr_eq(same, unknown); /* */
        IUnknown_Release(same);
        ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, NULL), S_OK);
        ck_assert_int_eq(IBackgroundCopyJob_GetNotifyInterface(zoo.job, &same), S_OK);
    }
    ck_assert_ptr_null(same);
    ck_assert_int_eq(client.refs, 1); /* a client waits for this (S18) */
}
END_TEST

START_TEST(test_a_refused_client_leaves_the_old_one)
{
    struct client old, none, late;
    IUnknown *got;

    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, client_init(&old, ALL_THREE)), S_OK);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, client_init(&none, NONE)), E_NOINTERFACE);
    zoo.engine->next = BG_E_INVALID_STATE;
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, client_init(&late, ALL_THREE)),
                     BG_E_INVALID_STATE);
    ck_assert_int_eq(none.refs, 1);
    ck_assert_int_eq(late.refs, 1);
    ck_assert_int_eq(IBackgroundCopyJob_GetNotifyInterface(zoo.job, &got), S_OK);
    ck_assert_ptr_eq(got, &old.face);
    IUnknown_Release(got);
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, NULL), S_OK);
    ck_assert_int_eq(old.refs, 1);
}
END_TEST

static struct client client;

static void set_client(void)
{
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, client_init(&client, ALL_THREE)), S_OK);
}

static void assert_told(const char *method)
{
    ck_assert_ptr_nonnull(client.method);
    ck_assert_str_eq(client.method, method);
    ck_assert(IsEqualGUID(&client.job, &zoo.fake_job->id)); /* */
    /* The wrappers are gone: what is left is the zoo's own. */
    ck_assert_int_eq(zoo.fake_job->holds, client.kept ? 6 : 5);
}

START_TEST(test_job_transferred)
{
    set_client();
    client.answer = E_FAIL;
    ck_assert_int_eq(zoo.fake_job->ops->transferred(zoo.fake_job->client, zoo.fake_job), E_FAIL);
    assert_told("JobTransferred");
    /* The wrapper that the client kept is a handle like any other. */
    ck_assert_int_eq(IBackgroundCopyJob_GetId(client.kept, &client.job), S_OK);
    ck_assert_uint_eq(IBackgroundCopyJob_Release(client.kept), 0);
}
END_TEST

START_TEST(test_job_error)
{
    struct job_error error = {.hr = BG_E_REMOTE_FILE_CHANGED, .context = JOB_CONTEXT_REMOTE_FILE, .file = 0};

    set_client();
    ck_assert_int_eq(zoo.fake_job->ops->error(zoo.fake_job->client, zoo.fake_job, &error), S_OK);
    assert_told("JobError");
    ck_assert_int_eq(client.error, BG_E_REMOTE_FILE_CHANGED);
}
END_TEST

START_TEST(test_job_modification)
{
    set_client();
    client.answer = S_FALSE;
    ck_assert_int_eq(zoo.fake_job->ops->modification(zoo.fake_job->client, zoo.fake_job), S_FALSE);
    assert_told("JobModification");
}
END_TEST

START_TEST(test_file_transferred)
{
    set_client();
    ck_assert_int_eq(zoo.fake_job->ops->file(zoo.fake_job->client, zoo.fake_job, 1), S_OK);
    assert_told("FileTransferred");
    ck_assert_int_eq(wcscmp(client.file, L"/tmp/b"), 0);
}
END_TEST

START_TEST(test_file_ranges_transferred)
{
    static const struct range ranges[] = {{0, 100}, {5000000000, 5000000007}};

    set_client();
    ck_assert_int_eq(zoo.fake_job->ops->ranges(zoo.fake_job->client, zoo.fake_job, 0, ranges, 2), S_OK);
    assert_told("FileRangesTransferred");
    ck_assert_int_eq(wcscmp(client.file, L"/tmp/a"), 0);
    ck_assert_uint_eq(client.count, 2);
    ck_assert(client.ranges[0].InitialOffset == 0 && client.ranges[0].Length == 100);
    ck_assert(client.ranges[1].InitialOffset == 5000000000 && client.ranges[1].Length == 7);
}
END_TEST

START_TEST(test_a_client_is_held_while_it_is_called)
{
    const struct engine_client_ops *ops;
    void *context;

    set_client();
    ops = zoo.fake_job->ops;
    context = engine_job_client(zoo.fake_job); /* as the engine does before a call */
    ck_assert_int_eq(IBackgroundCopyJob_SetNotifyInterface(zoo.job, NULL), S_OK);
    ck_assert_int_gt(client.refs, 1);
    ck_assert_int_eq(ops->modification(context, zoo.fake_job), S_OK);
    assert_told("JobModification");
    ops->drop(context);
    ck_assert_int_eq(client.refs, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com callbacks");
    TCase *tcase = tcase_create("clients");

    tcase_add_checked_fixture(tcase, open_zoo, close_zoo);
    tcase_add_loop_test(tcase, test_any_one_interface_will_do, 0, KINDS);
    tcase_add_test(tcase, test_a_refused_client_leaves_the_old_one);
    tcase_add_test(tcase, test_job_transferred);
    tcase_add_test(tcase, test_job_error);
    tcase_add_test(tcase, test_job_modification);
    tcase_add_test(tcase, test_file_transferred);
    tcase_add_test(tcase, test_file_ranges_transferred);
    tcase_add_test(tcase, test_a_client_is_held_while_it_is_called);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
