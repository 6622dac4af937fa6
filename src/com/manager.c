/* manager.c: IBackgroundCopyManager: jobs are made, found and listed. */
#include "com/objects.h"

#include "base/cleanup.h"
#include "base/utf.h"
#include "com/com.h"
#include "com/text.h"

HRESULT com_manager_create(struct engine *engine, IBackgroundCopyManager **out)
{
    struct com_manager *manager = com_manager_new(engine, NULL, JOB_NO_FILE);

    if (!manager)
        return E_OUTOFMEMORY;
    *out = &manager->iface;
    return S_OK;
}

struct engine *com_manager_engine(IBackgroundCopyManager *manager)
{
    if (manager->lpVtbl != &com_manager_iface_vtbl)
        return NULL;
    return com_manager_from_iface(manager)->object.engine;
}

HRESULT com_manager_CreateJob(struct com_manager *self, LPCWSTR DisplayName, BG_JOB_TYPE Type, GUID *pJobId,
                              IBackgroundCopyJob **ppJob)
{
    AUTOFREE char *name = NULL;
    struct engine_job *job;
    GUID id;
    HRESULT hr = utf_narrow(DisplayName, &name, NULL);

    if (FAILED(hr))
        return hr;
    hr = engine_create_job(self->object.engine, name, (enum job_type)Type, &id, &job);
    if (FAILED(hr))
        return hr;
    hr = com_job_create(self->object.engine, job, ppJob);
    if (SUCCEEDED(hr))
        *pJobId = id;
    else
        engine_job_cancel(job);
    engine_job_drop(job);
    return hr;
}

HRESULT com_manager_GetJob(struct com_manager *self, REFGUID jobID, IBackgroundCopyJob **ppJob)
{
    struct engine_job *job;
    HRESULT hr = engine_find_job(self->object.engine, jobID, &job);

    if (FAILED(hr))
        return hr;
    hr = com_job_create(self->object.engine, job, ppJob);
    engine_job_drop(job);
    return hr;
}

/* All users' jobs are for administrators; they are the same, since an engine has one owner. */
HRESULT com_manager_EnumJobs(struct com_manager *self, DWORD dwFlags, IEnumBackgroundCopyJobs **ppEnum)
{
    struct engine_job **jobs;
    size_t count;
    HRESULT hr;

    if (dwFlags & ~(DWORD)BG_JOB_ENUM_ALL_USERS)
        return E_INVALIDARG;
    if (dwFlags & BG_JOB_ENUM_ALL_USERS && !engine_owner_is_administrator(self->object.engine))
        return E_ACCESSDENIED;
    hr = engine_list_jobs(self->object.engine, &jobs, &count);
    if (FAILED(hr))
        return hr;
    return com_enum_jobs_create(self->object.engine, jobs, count, 0, ppEnum);
}

HRESULT com_manager_GetErrorDescription(struct com_manager *self, HRESULT hResult, DWORD LanguageId,
                                        LPWSTR *pErrorDescription)
{
    (void)self;
    return com_text_of_hr(hResult, LanguageId, pErrorDescription);
}
