/* file.c: adding files, and the methods that ask for ranges of one.
 *
 * Adding is all or nothing: files are made complete beside the job and joined at the end, where nothing can
 * fail any more.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "base/vec.h"
#include "job/rules.h"

void job_file_free(struct job_file *file)
{
    requests_release(&file->requests);
    free(file->remote_name);
    free(file->given_name);
    free(file->local_name);
    free(file->temporary_name);
    free(file->etag);
    free(file->last_modified);
    free(file->response_headers);
    free(file);
}

/* Without the temporary name, which is taken over at the end. */
static struct job_file *file_new(const struct job_new_file *new)
{
    struct job_file *file = calloc(1, sizeof *file);

    if (!file)
        return NULL;
    requests_init(&file->requests);
    file->size = JOB_SIZE_UNKNOWN;
    file->remote_name = strdup(new->remote_name);
    file->local_name = strdup(new->local_name);
    if (!file->remote_name || !file->local_name) {
        job_file_free(file);
        return NULL;
    }
    return file;
}

/* Whether a local name stands among the first `count` ones, or in the job. */
static bool is_taken(const struct job *job, const struct job_new_file *files, size_t count,
                     const char *local_name)
{
    for (size_t i = 0; i < job->file_count; i++)
        if (strcmp(job->files[i]->local_name, local_name) == 0)
            return true;
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].local_name, local_name) == 0)
            return true;
    return false;
}

static HRESULT check_new_files(struct job *job, const struct job_new_file *files, size_t count,
                               const struct settings *settings)
{
    bool unique = job_choose(job, settings, SETTING_A25) == SETTING_A25_REJECT_LOCAL;

    for (size_t i = 0; i < count; i++) {
        HRESULT hr = job_check_remote_name(files[i].remote_name);

        if (SUCCEEDED(hr))
            hr = job_check_local_name(files[i].local_name);
        if (SUCCEEDED(hr) && unique && is_taken(job, files, i, files[i].local_name))
            hr = E_INVALIDARG;
        if (FAILED(hr))
            return hr;
    }
    return S_OK;
}

HRESULT job_add_files(struct job *job, const struct job_new_file *files, size_t count, size_t max_files,
                      const struct settings *settings, uint64_t now_100ns)
{
    HRESULT hr;

    if (!files || count == 0)
        return E_INVALIDARG;
    hr = check_new_files(job, files, count, settings);
    if (FAILED(hr))
        return hr;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (max_files > 0 && (count > max_files || job->file_count > max_files - count))
        return BG_E_TOO_MANY_FILES_IN_JOB;
    if (count >= JOB_NO_FILE - job->file_count ||
        !vec_reserve((void **)&job->files, &job->file_cap, job->file_count + count,
                     sizeof(struct job_file *)))
        return E_OUTOFMEMORY;
    /* Beyond file_count nobody looks yet. */
    for (size_t i = 0; i < count; i++) {
        job->files[job->file_count + i] = file_new(&files[i]);
        if (job->files[job->file_count + i])
            continue;
        while (i-- > 0)
            job_file_free(job->files[job->file_count + i]);
        return E_OUTOFMEMORY;
    }
    for (size_t i = 0; i < count; i++)
        job->files[job->file_count + i]->temporary_name = files[i].temporary_name;
    job->file_count += count;
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED | JOB_CHANGED_WORK;
    return S_OK;
}

HRESULT job_random_access(const struct job *job, uint32_t index)
{
    return job->number[JOB_DYNAMIC_CONTENT] ? BG_E_RANDOM_ACCESS_NOT_SUPPORTED
                                            : job->files[index]->random_access;
}

/* Whether the File6 methods work on this file now. */
static HRESULT check_random_access(const struct job *job, uint32_t index)
{
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    return job->http.method ? BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD : job_random_access(job, index);
}

/* New work on a job that waits for Resume only because its work was done (R-232, A11). */
static void wake_if_allowed(struct job *job, const struct settings *settings, uint64_t now_100ns)
{
    if (job->auto_suspended && job_choose(job, settings, SETTING_A11) == SETTING_A11_AUTO_RESUME)
        job_move(job, JOB_EVENT_RESUME, now_100ns);
}

HRESULT job_request_ranges(struct job *job, uint32_t index, const struct range *ranges, size_t count,
                           const struct settings *settings, uint64_t now_100ns)
{
    struct job_file *file = job->files[index];
    HRESULT hr = check_random_access(job, index);
    bool queued;

    if (FAILED(hr))
        return hr;
    hr = requests_add(&file->requests, file->size, ranges, count, settings, job->key, &queued);
    if (FAILED(hr))
        return hr;
    file->ranges_asked = true;
    job->touched_100ns = now_100ns;
    job->asked |= rangeset_count(&file->requests.pending) > 0;
    if (job->asked)
        job->waits_for_requests = false;
    job->changes |= JOB_CHANGED_WORK;
    if (queued)
        wake_if_allowed(job, settings, now_100ns);
    return S_OK;
}

HRESULT job_update_position(struct job *job, uint32_t index, uint64_t offset, const struct settings *settings,
                            uint64_t now_100ns)
{
    struct job_file *file = job->files[index];
    bool on_demand = job->number[JOB_ON_DEMAND_MODE];
    HRESULT hr = check_random_access(job, index);

    if (FAILED(hr))
        return hr;
    if (offset >= file->size)
        return BG_E_INVALID_RANGE;
    if (on_demand && job_choose(job, settings, SETTING_A15) == SETTING_A15_REQUEST_TO_END) {
        hr = job_request_ranges(job, index, &(struct range){offset, UINT64_MAX}, 1, settings, now_100ns);
        if (FAILED(hr))
            return hr;
    }
    hr = requests_set_position(&file->requests, file->size, offset, on_demand);
    job->changes |= JOB_CHANGED_WORK;
    return hr;
}

HRESULT job_filled_ranges(const struct job *job, uint32_t index, const struct rangeset **filled)
{
    const struct job_file *file = job->files[index];

    *filled = NULL;
    if (FAILED(job_random_access(job, index)))
        return BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    if (job->state != JOB_CANCELLED)
        *filled = &file->requests.filled;
    return S_OK;
}
