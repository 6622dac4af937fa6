/* job.c: IBackgroundCopyJob: files, the four calls that move a job, and what it has come to. Its properties
 * are in job_properties.c. */
#include "com/objects.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/utf.h"
#include "com/client.h"
#include "com/convert.h"
#include "com/text.h"

HRESULT com_job_create(struct engine *engine, struct engine_job *job, IBackgroundCopyJob **out)
{
    struct com_job *made = com_job_new(engine, job, JOB_NO_FILE);

    if (!made)
        return E_OUTOFMEMORY;
    *out = com_job_interface(made);
    return S_OK;
}

/* --- files */

/* Names as the engine takes them, owned. */
struct names {
    char *remote, *local;
};

struct names_list {
    struct names *data;
    size_t count;
};

static void names_list_release(struct names_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->data[i].remote);
        free(list->data[i].local);
    }
    free(list->data);
}

static HRESULT names_in(const BG_FILE_INFO *info, struct names *out)
{
    HRESULT hr = utf_narrow(info->RemoteName, &out->remote, NULL);

    return FAILED(hr) ? hr : utf_narrow(info->LocalName, &out->local, NULL);
}

HRESULT com_job_AddFileSet(struct com_job *self, ULONG cFileCount, BG_FILE_INFO *pFileSet)
{
    CLEANUP(names_list_release) struct names_list names = {NULL, 0};
    AUTOFREE struct engine_new_file *files = NULL;

    if (cFileCount == 0)
        return E_INVALIDARG;
    names.data = calloc(cFileCount, sizeof *names.data);
    files = calloc(cFileCount, sizeof *files);
    if (!names.data || !files)
        return E_OUTOFMEMORY;
    for (ULONG i = 0; i < cFileCount; i++) {
        HRESULT hr;

        names.count = i + 1;
        hr = names_in(&pFileSet[i], &names.data[i]);
        if (FAILED(hr))
            return hr;
        files[i].remote_name = names.data[i].remote;
        files[i].local_name = names.data[i].local;
    }
    return engine_job_add_files(self->object.job, files, cFileCount);
}

HRESULT com_job_AddFile(struct com_job *self, LPCWSTR RemoteUrl, LPCWSTR LocalName)
{
    AUTOFREE char *remote = NULL;
    AUTOFREE char *local = NULL;
    struct engine_new_file file;
    HRESULT hr = utf_narrow(RemoteUrl, &remote, NULL);

    if (SUCCEEDED(hr))
        hr = utf_narrow(LocalName, &local, NULL);
    if (FAILED(hr))
        return hr;
    file.remote_name = remote;
    file.local_name = local;
    return engine_job_add_files(self->object.job, &file, 1);
}

HRESULT com_job_EnumFiles(struct com_job *self, IEnumBackgroundCopyFiles **pEnum)
{
    struct engine_job_status status;

    engine_job_status(self->object.job, &status);
    return com_enum_files_create(self->object.engine, self->object.job, status.file_count, 0, pEnum);
}

/* --- the four calls */

HRESULT com_job_Suspend(struct com_job *self)
{
    return engine_job_suspend(self->object.job);
}

HRESULT com_job_Resume(struct com_job *self)
{
    return engine_job_resume(self->object.job);
}

HRESULT com_job_Cancel(struct com_job *self)
{
    return engine_job_cancel(self->object.job);
}

HRESULT com_job_Complete(struct com_job *self)
{
    return engine_job_complete(self->object.job);
}

/* --- what it is, and what it has come to */

HRESULT com_job_GetId(struct com_job *self, GUID *pVal)
{
    *pVal = *engine_job_id(self->object.job);
    return S_OK;
}

HRESULT com_job_GetType(struct com_job *self, BG_JOB_TYPE *pVal)
{
    struct engine_job_status status;

    engine_job_status(self->object.job, &status);
    *pVal = (BG_JOB_TYPE)status.type;
    return S_OK;
}

HRESULT com_job_GetState(struct com_job *self, BG_JOB_STATE *pVal)
{
    struct engine_job_status status;

    engine_job_status(self->object.job, &status);
    *pVal = (BG_JOB_STATE)status.state;
    return S_OK;
}

HRESULT com_job_GetProgress(struct com_job *self, BG_JOB_PROGRESS *pVal)
{
    struct engine_job_status status;

    engine_job_status(self->object.job, &status);
    pVal->BytesTotal = status.progress.bytes_total;
    pVal->BytesTransferred = status.progress.bytes_transferred;
    pVal->FilesTotal = status.progress.files_total;
    pVal->FilesTransferred = status.progress.files_transferred;
    return S_OK;
}

HRESULT com_job_GetTimes(struct com_job *self, BG_JOB_TIMES *pVal)
{
    struct engine_job_status status;

    engine_job_status(self->object.job, &status);
    pVal->CreationTime = com_filetime(status.created_100ns);
    pVal->ModificationTime = com_filetime(status.modified_100ns);
    pVal->TransferCompletionTime = com_filetime(status.transferred_100ns);
    return S_OK;
}

HRESULT com_job_GetErrorCount(struct com_job *self, ULONG *Errors)
{
    struct engine_job_status status;

    engine_job_status(self->object.job, &status);
    *Errors = status.error_count;
    return S_OK;
}

HRESULT com_job_GetError(struct com_job *self, IBackgroundCopyError **ppError)
{
    struct job_error error;
    HRESULT hr = engine_job_error(self->object.job, &error);

    if (FAILED(hr))
        return hr;
    return com_error_create(self->object.engine, self->object.job, &error, ppError);
}

/* --- who is called back */

HRESULT com_job_SetNotifyInterface(struct com_job *self, IUnknown *Val)
{
    struct com_client *client;
    HRESULT hr;

    if (!Val)
        return engine_job_set_client(self->object.job, NULL, NULL, 0);
    hr = com_client_new(Val, &client);
    if (FAILED(hr))
        return hr;
    hr = engine_job_set_client(self->object.job, &com_client_ops, client, com_client_answers(client));
    com_client_ops.drop(client);
    return hr;
}

HRESULT com_job_GetNotifyInterface(struct com_job *self, IUnknown **pVal)
{
    struct com_client *client = engine_job_client(self->object.job);

    if (client) {
        *pVal = com_client_given(client);
        com_client_ops.drop(client);
    }
    return S_OK;
}

/* --- where its files come from */

HRESULT com_job_ReplaceRemotePrefix(struct com_job *self, LPCWSTR OldPrefix, LPCWSTR NewPrefix)
{
    AUTOFREE char *old = NULL;
    AUTOFREE char *new = NULL;
    HRESULT hr = utf_narrow(OldPrefix, &old, NULL);

    if (SUCCEEDED(hr))
        hr = utf_narrow(NewPrefix, &new, NULL);
    return FAILED(hr) ? hr : engine_job_replace_prefix(self->object.job, old, new);
}
