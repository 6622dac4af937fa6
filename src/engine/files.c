/* files.c: what a client asks of one file of a job: names, progress, and the range methods. */
#include "engine/internal.h"

#include <stdlib.h>
#include <string.h>

HRESULT engine_file_text(struct engine_job *job, uint32_t index, enum engine_file_text which, char **out)
{
    const struct job_file *file;
    const char *text = NULL;

    *out = NULL;
    LOCK_SCOPE(&job->engine->lock);
    file = job->job.files[index];
    switch (which) {
    case ENGINE_FILE_REMOTE_NAME:
        text = file->remote_name;
        break;
    case ENGINE_FILE_LOCAL_NAME:
        text = file->local_name;
        break;
    case ENGINE_FILE_TEMPORARY_NAME:
        text = file->temporary_name;
        break;
    case ENGINE_FILE_RESPONSE_HEADERS:
        text = file->response_headers;
        break;
    }
    if (!text)
        return S_OK;
    *out = strdup(text);
    return *out ? S_OK : E_OUTOFMEMORY;
}

void engine_file_status(struct engine_job *job, uint32_t index, struct engine_file_status *out)
{
    LOCK_SCOPE(&job->engine->lock);
    job_file_progress(&job->job, index, &job->engine->shared.settings, &out->bytes_total,
                      &out->bytes_transferred);
    out->completed = job->job.files[index]->kept;
    out->validated = job->job.files[index]->validated;
}

/* A file that may have become void by a call. Under the lock. */
static bool has_data(const struct engine_file *file)
{
    return rangeset_count(&file->job->job.files[file->index]->requests.filled) > 0;
}

/* Requests under way go to the old address. Under the lock. */
static void leave_old_address(struct engine_job *job)
{
    if (job->transfer_count == 0)
        return;
    transfer_detach_all(job);
    job->job.changes |= JOB_CHANGED_WORK;
}

static void forget_void_file(struct engine_file *file)
{
    if (!file->output.made || has_data(file))
        return;
    report_void(file);
    output_void(&file->output);
}

void files_forget_void(struct engine_job *job)
{
    for (size_t i = 0; i < job->file_count; i++)
        forget_void_file(job->files[i]);
}

HRESULT engine_file_set_remote_name(struct engine_job *job, uint32_t index, const char *remote_name)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    leave_old_address(job);
    hr = job_set_remote_name(&job->job, index, remote_name, engine_filetime(job->engine));
    forget_void_file(job->files[index]);
    effects_apply(job);
    return hr;
}

HRESULT engine_job_replace_prefix(struct engine_job *job, const char *old_prefix, const char *new_prefix)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    leave_old_address(job);
    hr = job_replace_prefix(&job->job, old_prefix, new_prefix, engine_filetime(job->engine));
    files_forget_void(job);
    effects_apply(job);
    return hr;
}

HRESULT engine_file_set_validation(struct engine_job *job, uint32_t index, bool valid)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_set_validation(&job->job, index, valid, engine_filetime(job->engine));
    forget_void_file(job->files[index]);
    effects_apply(job);
    return hr;
}

HRESULT engine_file_request_ranges(struct engine_job *job, uint32_t index, const struct range *ranges,
                                   size_t count)
{
    struct engine *engine = job->engine;
    HRESULT hr;

    LOCK_SCOPE(&engine->lock);
    hr = job_request_ranges(&job->job, index, ranges, count, &engine->shared.settings,
                            engine_filetime(engine));
    if (SUCCEEDED(hr))
        report_requested(job->files[index], ranges, count);
    effects_apply(job);
    return hr;
}

HRESULT engine_file_update_position(struct engine_job *job, uint32_t index, uint64_t offset)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_update_position(&job->job, index, offset, &job->engine->shared.settings,
                             engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_file_filled_ranges(struct engine_job *job, uint32_t index, struct range **out, size_t *count)
{
    const struct rangeset *filled = NULL;
    HRESULT hr;

    *out = NULL;
    *count = 0;
    LOCK_SCOPE(&job->engine->lock);
    hr = job_filled_ranges(&job->job, index, &filled);
    if (FAILED(hr) || !filled || rangeset_count(filled) == 0)
        return hr;
    *out = malloc(rangeset_count(filled) * sizeof **out);
    if (!*out)
        return E_OUTOFMEMORY;
    *count = rangeset_count(filled);
    rangeset_list(filled, *out);
    return hr;
}
