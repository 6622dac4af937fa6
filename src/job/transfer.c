/* transfer.c: what the engine's requests have found: sizes, bytes, failures.
 *
 * A failure is judged once (retry.c) and becomes an event for the state table. What time makes of it is
 * timers.c's matter.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "job/rules.h"

#define US_PER_S UINT64_C(1000000)

void job_file_finished(struct job *job, struct job_file *file)
{
    file->finished = true;
    job->changes |= JOB_CHANGED_FILE | JOB_CHANGED_WORK;
    while (job->first_unfinished < job->file_count && job->files[job->first_unfinished]->finished)
        job->first_unfinished++;
}

/* NULL stays NULL. False: out of memory. */
static bool copy_text(const char *in, char **out)
{
    *out = in ? strdup(in) : NULL;
    return !in || *out;
}

/* size and time stamp decide; a new ETag is the new server's. */
static HRESULT same_at_new_address(struct job_file *file, uint64_t size, const char *etag,
                                   const char *last_modified)
{
    char *new_etag;

    if (size != file->size || !last_modified || strcmp(last_modified, file->last_modified) != 0)
        return BG_E_REMOTE_FILE_CHANGED;
    if (!copy_text(etag, &new_etag))
        return E_OUTOFMEMORY;
    free(file->etag);
    file->etag = new_etag;
    file->moved = false;
    return S_OK;
}

HRESULT job_file_known(struct job *job, uint32_t index, uint64_t size, const char *etag,
                       const char *last_modified, int64_t last_modified_unix_s, uint64_t now_100ns)
{
    struct job_file *file = job->files[index];
    AUTOFREE char *new_etag = NULL;
    AUTOFREE char *new_last_modified = NULL;
    HRESULT hr;

    if (job->number[JOB_DYNAMIC_CONTENT]) { /* whatever is said of the size, the end will tell */
        file->last_modified_unix_s = last_modified_unix_s;
        return S_OK;
    }
    if (file->moved)
        return same_at_new_address(file, size, etag, last_modified);
    if (file->size != JOB_SIZE_UNKNOWN || size == JOB_SIZE_UNKNOWN)
        return S_OK;
    if (!copy_text(etag, &new_etag) || !copy_text(last_modified, &new_last_modified))
        return E_OUTOFMEMORY;
    hr = requests_size_known(&file->requests, size);
    if (hr == E_OUTOFMEMORY)
        return hr;
    file->size = size;
    file->etag = TAKE(new_etag);
    file->last_modified = TAKE(new_last_modified);
    file->last_modified_unix_s = last_modified_unix_s;
    job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED_WORK;
    if (size == 0)
        job_file_finished(job, file);
    return hr;
}

HRESULT job_file_redirected(struct job *job, uint32_t index, const char *url, uint64_t now_100ns)
{
    struct job_file *file = job->files[index];
    char *copy;

    if (strcmp(file->remote_name, url) == 0 || FAILED(job_check_remote_name(url)))
        return S_OK;
    copy = strdup(url);
    if (!copy)
        return E_OUTOFMEMORY;
    if (file->given_name)
        free(file->remote_name);
    else
        file->given_name = file->remote_name;
    file->remote_name = copy;
    job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED;
    return S_OK;
}

HRESULT job_check_download_size(const struct job *job)
{
    uint64_t limit = job->number[JOB_MAX_DOWNLOAD_SIZE], sum = 0;

    if (limit == UINT64_MAX)
        return S_OK;
    for (size_t i = 0; i < job->file_count; i++) {
        const struct job_file *file = job->files[i];
        bool whole = file->size != JOB_SIZE_UNKNOWN && !job->number[JOB_ON_DEMAND_MODE];

        sum += whole ? file->size : rangeset_length(&file->requests.filled);
        if (sum > limit)
            return BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED;
    }
    return S_OK;
}

HRESULT job_file_headers(struct job *job, uint32_t index, const char *headers)
{
    struct job_file *file = job->files[index];
    char *copy;

    if (!copy_text(headers, &copy))
        return E_OUTOFMEMORY;
    free(file->response_headers);
    file->response_headers = copy;
    return S_OK;
}

HRESULT job_flight_start(struct job *job, uint32_t index, struct flight *flight, struct range range,
                         enum job_plan_kind kind)
{
    struct requests *requests = &job->files[index]->requests;

    assert(kind == JOB_PLAN_RANGE || kind == JOB_PLAN_WHOLE || kind == JOB_PLAN_STREAM);
    if (kind == JOB_PLAN_STREAM) /* it cannot be continued, only begun */
        requests_void(requests);
    return requests_start(requests, flight, range);
}

void job_stream_ended(struct job *job, uint32_t index, uint64_t size)
{
    struct job_file *file = job->files[index];

    file->size = size;
    job_file_finished(job, file);
}

void job_flight_shorten(struct job *job, uint32_t index, struct flight *flight, uint64_t end)
{
    requests_shorten(&job->files[index]->requests, flight, end);
}

HRESULT job_flight_filled(struct job *job, uint32_t index, struct flight *flight, uint64_t to,
                          uint64_t now_100ns)
{
    struct job_file *file = job->files[index];
    HRESULT hr = requests_filled(&file->requests, flight, to);

    if (FAILED(hr))
        return hr;
    job->trouble_since_us = JOB_NEVER_US;
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED;
    if (!file->finished && requests_complete(&file->requests, file->size))
        job_file_finished(job, file);
    return S_OK;
}

void job_flight_end(struct job *job, uint32_t index, struct flight *flight)
{
    requests_end(&job->files[index]->requests, flight);
    job->changes |= JOB_CHANGED_WORK;
}

void job_file_start_over(struct job_file *file)
{
    requests_void(&file->requests);
    file->size = JOB_SIZE_UNKNOWN;
    free(file->etag);
    free(file->last_modified);
    file->etag = file->last_modified = NULL;
    file->last_modified_unix_s = 0;
    file->moved = file->validated = false;
}

/* The remote file has changed: whether the job goes on with the new one by itself (R-560, A18). */
static bool changed_file_restarts(struct job *job, const struct job_file *file,
                                  const struct settings *settings)
{
    switch (job_choose(job, settings, SETTING_A18)) {
    case SETTING_A18_ALWAYS_RESTART:
        return true;
    case SETTING_A18_ALWAYS_ERROR:
        return false;
    default:
        return !job->number[JOB_ON_DEMAND_MODE] && !file->ranges_asked;
    }
}

static bool no_progress_is_over(const struct job *job, uint64_t now_us)
{
    return now_us - job->trouble_since_us >= job->number[JOB_NO_PROGRESS_TIMEOUT_S] * US_PER_S;
}

/* FAILED or FAILED_FOR_NOW, by the kind of the error and the job's patience. */
static enum job_event failure_event(const struct job *job, bool transient, bool waits, uint64_t now_us)
{
    if (!transient || job->number[JOB_NO_PROGRESS_TIMEOUT_S] == 0)
        return JOB_EVENT_FAILED;
    if (job->http.method) /* */
        return JOB_EVENT_FAILED;
    if (!waits && job->number[JOB_MINIMUM_RETRY_DELAY_S] > job->number[JOB_NO_PROGRESS_TIMEOUT_S])
        return JOB_EVENT_FAILED;
    if (job->trouble_since_us != JOB_NEVER_US && no_progress_is_over(job, now_us))
        return JOB_EVENT_FAILED;
    return JOB_EVENT_FAILED_FOR_NOW;
}

/* A redirect that the client does not allow: time does not change that, whatever its status. */
static bool is_refused_redirect(const struct job *job, HRESULT hr)
{
    return (job->http.security & JOB_REDIRECTS_MASK) == JOB_REDIRECTS_REFUSED &&
           hr_http_status(hr) / 100 == 3;
}

HRESULT job_fail(struct job *job, const struct job_error *error, const struct settings *settings,
                 uint64_t now_us, uint64_t now_100ns)
{
    struct job_file *file = error->file == JOB_NO_FILE ? NULL : job->files[error->file];
    bool transient = job_is_transient(error->hr), waits = job_waits_for_condition(error->hr);
    uint64_t trouble_since_us = job->trouble_since_us == JOB_NEVER_US ? now_us : job->trouble_since_us;
    bool counts = job->state != JOB_QUEUED && !waits; /* */
    struct job_error shown = *error;
    HRESULT hr;

    if (job->table->cells[JOB_EVENT_FAILED][job->state].verdict == JOB_IMPOSSIBLE)
        return E_UNEXPECTED;
    /* The client has said no to a server's certificate: perhaps not to the next one. */
    if (error->context == JOB_CONTEXT_CERTIFICATE_CALLBACK)
        transient = error->hr != BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    if (is_refused_redirect(job, error->hr)) {
        transient = false;
        shown.context = JOB_CONTEXT_REMOTE_FILE;
        if (job_choose(job, settings, SETTING_A22) == SETTING_A22_WIN32) /* */
            shown.hr = (HRESULT)(0x80070000u + (unsigned)hr_http_status(error->hr));
    }
    if (file && error->hr == BG_E_INSUFFICIENT_RANGE_SUPPORT) {
        file->ranges_refused = true;
        file->random_access = BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    }
    if (file && error->hr == BG_E_REMOTE_FILE_CHANGED && !file->finished) {
        bool moved = file->moved;

        job_file_start_over(file);
        if (moved || changed_file_restarts(job, file, settings)) {
            if (moved || !file->restarted) {
                file->restarted = !moved;
                job->modified_100ns = now_100ns;
                job->changes |= JOB_CHANGED | JOB_CHANGED_WORK;
                return S_FALSE;
            }
            transient = true; /* it changes all the time: not more often than the retry delay */
        }
    }
    if (shown.context == JOB_CONTEXT_NONE)
        shown.context = job_context_of(shown.hr);
    job->error = shown;
    hr = job_move(job, failure_event(job, transient, waits, now_us), now_100ns);
    if (FAILED(hr))
        return hr;
    job->error_count += counts;
    if (job->state == JOB_TRANSIENT_ERROR) {
        job->trouble_since_us = trouble_since_us;
        job->failed_at_us = waits ? JOB_NEVER_US : now_us;
    }
    return S_OK;
}
