/* client.c: calls on a client's object. Each makes wrappers for its arguments, calls with no lock held, and
 * lets the wrappers go; a client that keeps one has its own reference. */
#include "com/objects.h"

#include "com/client.h"

#include <stdlib.h>

#include "base/refcount.h"
#include "com/convert.h"

struct com_client {
    struct refcount refs;
    IUnknown *given; /* counted */
    /* Counted. The newest of the three that the object answers, so calls beyond `answers` are not there. */
    IBackgroundCopyCallback3 *callback;
    unsigned answers;
};

static const struct {
    const IID *iid;
    unsigned answers;
} kinds[] = {
    {&IID_IBackgroundCopyCallback3, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES},
    {&IID_IBackgroundCopyCallback2, ENGINE_CLIENT_FILE},
    {&IID_IBackgroundCopyCallback, 0},
};

HRESULT com_client_new(IUnknown *given, struct com_client **out)
{
    struct com_client *client = calloc(1, sizeof *client);

    *out = NULL;
    if (!client)
        return E_OUTOFMEMORY;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        void *answer = NULL;

        if (FAILED(given->lpVtbl->QueryInterface(given, kinds[i].iid, &answer)) || !answer)
            continue;
        given->lpVtbl->AddRef(given);
        refcount_init(&client->refs);
        client->given = given;
        client->callback = answer;
        client->answers = kinds[i].answers;
        *out = client;
        return S_OK;
    }
    free(client);
    return E_NOINTERFACE;
}

unsigned com_client_answers(const struct com_client *client)
{
    return client->answers;
}

IUnknown *com_client_given(const struct com_client *client)
{
    client->given->lpVtbl->AddRef(client->given);
    return client->given;
}

static void hold(void *context)
{
    struct com_client *client = context;

    refcount_get(&client->refs);
}

static void drop(void *context)
{
    struct com_client *client = context;

    if (refcount_put(&client->refs) > 0)
        return;
    client->callback->lpVtbl->Release(client->callback);
    client->given->lpVtbl->Release(client->given);
    free(client);
}

/* The job, as a callback is given it. NULL: short of memory. */
static struct com_job *lend_job(struct engine_job *job, const char *callback)
{
    struct com_job *wrapper = com_job_new(engine_of(job), job, JOB_NO_FILE);

    if (wrapper)
        com_object_lend(&wrapper->object, callback, "pJob");
    return wrapper;
}

static struct com_file *lend_file(struct engine_job *job, uint32_t file, const char *callback)
{
    struct com_file *wrapper = com_file_new(engine_of(job), job, file);

    if (wrapper)
        com_object_lend(&wrapper->object, callback, "pFile");
    return wrapper;
}

static HRESULT transferred(void *context, struct engine_job *job)
{
    struct com_client *client = context;
    struct com_job *wrapper = lend_job(job, "JobTransferred");
    HRESULT hr;

    if (!wrapper)
        return E_OUTOFMEMORY;
    hr = client->callback->lpVtbl->JobTransferred(client->callback, com_job_interface(wrapper));
    com_object_end_loan(&wrapper->object);
    return hr;
}

static HRESULT error(void *context, struct engine_job *job, const struct job_error *what)
{
    struct com_client *client = context;
    struct com_job *wrapper = lend_job(job, "JobError");
    IBackgroundCopyError *error_wrapper;
    HRESULT hr;

    if (!wrapper)
        return E_OUTOFMEMORY;
    hr = com_error_create(engine_of(job), job, what, &error_wrapper);
    if (SUCCEEDED(hr)) {
        struct com_object *lent = &com_error_from_iface(error_wrapper)->object;

        com_object_lend(lent, "JobError", "pError");
        hr = client->callback->lpVtbl->JobError(client->callback, com_job_interface(wrapper), error_wrapper);
        com_object_end_loan(lent);
    }
    com_object_end_loan(&wrapper->object);
    return hr;
}

static HRESULT modification(void *context, struct engine_job *job)
{
    struct com_client *client = context;
    struct com_job *wrapper = lend_job(job, "JobModification");
    HRESULT hr;

    if (!wrapper)
        return E_OUTOFMEMORY;
    hr = client->callback->lpVtbl->JobModification(client->callback, com_job_interface(wrapper), 0);
    com_object_end_loan(&wrapper->object);
    return hr;
}

static HRESULT file_transferred(void *context, struct engine_job *job, uint32_t file)
{
    struct com_client *client = context;
    struct com_job *job_wrapper = lend_job(job, "FileTransferred");
    struct com_file *file_wrapper = lend_file(job, file, "FileTransferred");
    HRESULT hr = E_OUTOFMEMORY;

    if (job_wrapper && file_wrapper)
        hr = client->callback->lpVtbl->FileTransferred(client->callback, com_job_interface(job_wrapper),
                                                       com_file_interface(file_wrapper));
    if (file_wrapper)
        com_object_end_loan(&file_wrapper->object);
    if (job_wrapper)
        com_object_end_loan(&job_wrapper->object);
    return hr;
}

static HRESULT ranges_transferred(void *context, struct engine_job *job, uint32_t file,
                                  const struct range *ranges, size_t count)
{
    static const char callback[] = "FileRangesTransferred";
    struct com_client *client = context;
    struct com_job *job_wrapper = lend_job(job, callback);
    struct com_file *file_wrapper = lend_file(job, file, callback);
    BG_FILE_RANGE *list = calloc(count, sizeof *list);
    HRESULT hr = E_OUTOFMEMORY;

    if (job_wrapper && file_wrapper && list) {
        const BG_FILE_RANGE *lent;

        com_ranges_fill(ranges, count, list);
        lent = check_lend(engine_check(engine_of(job)), engine_job_check(job), callback, list,
                          count * sizeof *list);
        hr = client->callback->lpVtbl->FileRangesTransferred(client->callback, com_job_interface(job_wrapper),
                                                             com_file_interface(file_wrapper), (DWORD)count,
                                                             lent ? lent : list);
        check_unlend(lent);
    }
    free(list);
    if (file_wrapper)
        com_object_end_loan(&file_wrapper->object);
    if (job_wrapper)
        com_object_end_loan(&job_wrapper->object);
    return hr;
}

const struct engine_client_ops com_client_ops = {
    .transferred = transferred,
    .error = error,
    .modification = modification,
    .file = file_transferred,
    .ranges = ranges_transferred,
    .hold = hold,
    .drop = drop,
};
