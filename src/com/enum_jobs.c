/* enum_jobs.c: IEnumBackgroundCopyJobs: a snapshot of the set; the jobs in it are live. */
#include "com/objects.h"

#include <stdlib.h>

static void drop_jobs(struct engine_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        engine_job_drop(jobs[i]);
    free(jobs);
}

static void release(struct com_object *object)
{
    struct com_enum_jobs *self = com_container(object, struct com_enum_jobs, object);

    drop_jobs(self->jobs, self->cursor.count);
}

HRESULT com_enum_jobs_create(struct engine *engine, struct engine_job **jobs, size_t count, ULONG position,
                             IEnumBackgroundCopyJobs **out)
{
    struct com_enum_jobs *made = count > UINT32_MAX ? NULL : com_enum_jobs_new(engine, NULL, JOB_NO_FILE);

    if (!made) {
        drop_jobs(jobs, count);
        return E_OUTOFMEMORY;
    }
    made->jobs = jobs;
    com_cursor_init(&made->cursor, (ULONG)count, position);
    made->object.release = release;
    *out = &made->iface;
    return S_OK;
}

HRESULT com_enum_jobs_Next(struct com_enum_jobs *self, ULONG celt, IBackgroundCopyJob **rgelt,
                           ULONG *pceltFetched)
{
    ULONG first, taken;

    if (pceltFetched)
        *pceltFetched = 0;
    else if (celt != 1)
        return E_INVALIDARG;
    taken = com_cursor_take(&self->cursor, celt, &first);
    for (ULONG i = 0; i < taken; i++) {
        HRESULT hr = com_job_create(self->object.engine, self->jobs[first + i], &rgelt[i]);

        if (FAILED(hr)) {
            for (; i > 0; i--) {
                rgelt[i - 1]->lpVtbl->Release(rgelt[i - 1]);
                rgelt[i - 1] = NULL;
            }
            com_cursor_untake(&self->cursor, first, taken);
            return hr;
        }
    }
    if (pceltFetched)
        *pceltFetched = taken;
    return taken == celt ? S_OK : S_FALSE;
}

HRESULT com_enum_jobs_Skip(struct com_enum_jobs *self, ULONG celt)
{
    ULONG first;

    return com_cursor_take(&self->cursor, celt, &first) == celt ? S_OK : S_FALSE;
}

HRESULT com_enum_jobs_Reset(struct com_enum_jobs *self)
{
    com_cursor_reset(&self->cursor);
    return S_OK;
}

HRESULT com_enum_jobs_Clone(struct com_enum_jobs *self, IEnumBackgroundCopyJobs **ppenum)
{
    ULONG count = self->cursor.count;
    struct engine_job **jobs = calloc(count ? count : 1, sizeof *jobs);

    if (!jobs)
        return E_OUTOFMEMORY;
    for (ULONG i = 0; i < count; i++) {
        engine_job_hold(self->jobs[i]);
        jobs[i] = self->jobs[i];
    }
    return com_enum_jobs_create(self->object.engine, jobs, count, com_cursor_position(&self->cursor), ppenum);
}

HRESULT com_enum_jobs_GetCount(struct com_enum_jobs *self, ULONG *puCount)
{
    *puCount = self->cursor.count;
    return S_OK;
}
