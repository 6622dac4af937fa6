/* lifecycle.c: a job's birth and end, the one writer of its state, and the four calls that a client makes.
 *
 * job_move asks the table and nothing else. What belongs to being in a state (which callback is due, which
 * error is shown, which timers run) is set on entering it, in one place, so no caller can forget it.
 */
#include <stdlib.h>

#include "base/hr.h"
#include "job/rules.h"

HRESULT job_init(struct job *job, const GUID *id, enum job_type type, const char *display_name,
                 const struct job_table *table, uint64_t now_100ns)
{
    struct job_value name = {.type = JOB_VALUE_TEXT, .text = display_name};
    HRESULT hr;

    *job = (struct job){
        .id = *id,
        .type = type,
        .state = JOB_SUSPENDED,
        .table = table,
        .created_100ns = now_100ns,
        .modified_100ns = now_100ns,
        .touched_100ns = now_100ns,
        .error = {.file = JOB_NO_FILE},
        .trouble_since_us = JOB_NEVER_US,
        .failed_at_us = JOB_NEVER_US,
    };
    if (type != JOB_DOWNLOAD)
        return E_NOTIMPL;
    hr = job_properties_init(job);
    if (SUCCEEDED(hr))
        hr = job_set(job, JOB_DISPLAY_NAME, &name, NULL, now_100ns);
    if (FAILED(hr))
        job_release(job);
    job->changes = 0;
    /* CreateJob's page has one code for every bad name, SetDisplayName's another. */
    return hr == BG_E_STRING_TOO_LONG ? E_INVALIDARG : hr;
}

void job_release(struct job *job)
{
    for (size_t i = 0; i < job->file_count; i++)
        job_file_free(job->files[i]);
    free(job->files);
    job_http_release(&job->http);
    free(job->display_name);
    free(job->description);
    job_forget_command_line(job);
    job->files = NULL;
    job->file_count = job->file_cap = job->first_unfinished = 0;
    job->display_name = job->description = NULL;
}

static void enter(struct job *job, enum job_state state, enum job_event event, uint64_t now_100ns)
{
    enum job_state from = job->state;

    job->state = state;
    job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED_STATE | JOB_CHANGED_WORK;
    if (state != JOB_ERROR && state != JOB_TRANSFERRED) /* those have a callback of their own */
        job->changes |= JOB_CHANGED;

    job->transferred_due = state == JOB_TRANSFERRED;
    job->error_due = state == JOB_ERROR;
    job->auto_suspended = event == JOB_EVENT_REQUESTS_DONE;
    job->failed_at_us = JOB_NEVER_US; /* job_fail starts the timer */

    switch (state) {
    case JOB_TRANSFERRING: /* an error is shown until then */
        job->error = (struct job_error){.file = JOB_NO_FILE};
        break;
    case JOB_TRANSFERRED:
        job->error = (struct job_error){.file = JOB_NO_FILE};
        job->transferred_100ns = now_100ns;
        job->changes |= JOB_CHANGED_TRANSFERRED;
        break;
    case JOB_ERROR:
        job->trouble_since_us = JOB_NEVER_US;
        job->changes |= JOB_CHANGED_ERROR;
        break;
    case JOB_SUSPENDED: /* time in here is nobody's lack of progress */
        job->trouble_since_us = JOB_NEVER_US;
        job->probing = job->waits_for_requests = false;
        if (event == JOB_EVENT_REQUESTS_DONE)
            job->asked = false;
        break;
    default:
        break;
    }
    if (job->moved)
        job->moved(job, from, event);
}

HRESULT job_move(struct job *job, enum job_event event, uint64_t now_100ns)
{
    const struct job_cell *cell = &job->table->cells[event][job->state];

    switch ((enum job_verdict)cell->verdict) {
    case JOB_REFUSES:
        return cell->hr;
    case JOB_STAYS:
        return S_OK;
    case JOB_MOVES:
        enter(job, (enum job_state)cell->next, event, now_100ns);
        return S_OK;
    case JOB_IMPOSSIBLE:
        break;
    }
    return E_UNEXPECTED;
}

unsigned job_take_changes(struct job *job)
{
    unsigned changes = job->changes;

    job->changes = 0;
    return changes;
}

/* A call that succeeded counts as a modification even where it changed nothing. */
static HRESULT call(struct job *job, enum job_event event, uint64_t now_100ns)
{
    HRESULT hr = job_move(job, event, now_100ns);

    if (SUCCEEDED(hr))
        job->touched_100ns = job->modified_100ns = now_100ns;
    return hr;
}

static enum job_event suspend_event(struct job *job, const struct settings *settings)
{
    switch (job_choose(job, settings, SETTING_A19)) {
    case SETTING_A19_ALWAYS_SUSPENDS:
        return JOB_EVENT_SUSPEND_DONE_TOO;
    case SETTING_A19_NEVER_SUSPENDS:
        return JOB_EVENT_SUSPEND_ACTIVE;
    default:
        return JOB_EVENT_SUSPEND;
    }
}

HRESULT job_suspend(struct job *job, const struct settings *settings, uint64_t now_100ns)
{
    HRESULT hr = call(job, suspend_event(job, settings), now_100ns);

    if (SUCCEEDED(hr)) /* it is the client's wish from now on, and no request wakes the job (A11) */
        job->auto_suspended = false;
    return hr;
}

HRESULT job_cancel(struct job *job, uint64_t now_100ns)
{
    return call(job, JOB_EVENT_CANCEL, now_100ns);
}

HRESULT job_complete(struct job *job, uint64_t now_100ns)
{
    bool partial = job->first_unfinished < job->file_count;
    HRESULT hr = call(job, JOB_EVENT_COMPLETE, now_100ns);

    return hr == S_OK && partial ? BG_S_PARTIAL_COMPLETE : hr;
}

void job_take_ownership(struct job *job, uint64_t now_100ns)
{
    job->number[JOB_HELPER_TOKEN] = 0;
    job_http_forget_owner(job);
    job_forget_command_line(job); /* */
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED;
}

/* What a job has to do, as far as Resume asks. */
struct outlook {
    bool all_finished, anything_pending, any_size_unknown;
};

static struct outlook look_ahead(const struct job *job)
{
    struct outlook outlook = {.all_finished = job->first_unfinished == job->file_count};

    for (size_t i = job->first_unfinished; i < job->file_count; i++) {
        const struct job_file *file = job->files[i];

        outlook.anything_pending |= !file->finished && rangeset_count(&file->requests.pending) > 0;
        outlook.any_size_unknown |= file->size == JOB_SIZE_UNKNOWN;
    }
    return outlook;
}

/* Nothing is asked for of an on-demand job that is not whole. */
static bool lacks_requests(const struct job *job, const struct outlook *outlook)
{
    return job->number[JOB_ON_DEMAND_MODE] && !outlook->all_finished && !outlook->anything_pending;
}

static enum job_event resume_event(struct job *job, const struct settings *settings,
                                   const struct outlook *outlook, unsigned a12)
{
    bool refires = job_choose(job, settings, SETTING_A19) == SETTING_A19_RESUME_REFIRES;

    if (job->file_count == 0)
        return JOB_EVENT_RESUME_EMPTY;
    if (job->state == JOB_TRANSFERRED)
        return outlook->all_finished && !refires ? JOB_EVENT_RESUME_IDLE : JOB_EVENT_RESUME;
    if (!lacks_requests(job, outlook) || a12 == SETTING_A12_WAIT_QUEUED)
        return JOB_EVENT_RESUME;
    return outlook->any_size_unknown && a12 == SETTING_A12_PROBE ? JOB_EVENT_RESUME : JOB_EVENT_RESUME_IDLE;
}

/* A server that ignores ranges cannot continue a file; in the foreground it may send the file once more from
 * its start, which is the recovery that R-535 recommends. */
static void give_up_refused_parts(struct job *job)
{
    for (size_t i = job->first_unfinished; i < job->file_count; i++)
        if (job_may_fetch_whole(job, job->files[i]) && job->files[i]->ranges_refused &&
            job->files[i]->requests.flight_count == 0)
            requests_void(&job->files[i]->requests);
}

/* What a method other than GET brings has no parts that fit together: it starts from the beginning.
 */
static void give_up_answers_of_methods(struct job *job)
{
    for (size_t i = job->first_unfinished; job->http.method && i < job->file_count; i++)
        if (!job->files[i]->finished && job->files[i]->requests.flight_count == 0)
            job_file_start_over(job->files[i]);
}

HRESULT job_resume(struct job *job, const struct settings *settings, uint64_t now_100ns)
{
    unsigned a12 = job_choose(job, settings, SETTING_A12);
    struct outlook outlook = look_ahead(job);
    enum job_event event = resume_event(job, settings, &outlook, a12);
    enum job_state before = job->state;
    HRESULT hr = call(job, event, now_100ns);

    if (FAILED(hr))
        return hr;
    job->resumed_once = true;
    if (job->state != before)
        job->worked_us = 0; /* */
    if (job->state == JOB_QUEUED) {
        job->waits_for_requests = lacks_requests(job, &outlook) && a12 == SETTING_A12_WAIT_QUEUED;
        job->probing = job->number[JOB_ON_DEMAND_MODE] && !outlook.anything_pending &&
                       outlook.any_size_unknown && a12 == SETTING_A12_PROBE;
        give_up_refused_parts(job);
        give_up_answers_of_methods(job);
    }
    return hr;
}

HRESULT job_check_start(const struct job *job)
{
    return job->number[JOB_HELPER_TOKEN_FLAGS] && !job->number[JOB_HELPER_TOKEN] ? BG_E_TOKEN_REQUIRED : S_OK;
}

bool job_is_ready(const struct job *job)
{
    if (job->waits_for_requests && job->number[JOB_ON_DEMAND_MODE])
        return false;
    return !job->number[JOB_DYNAMIC_CONTENT] || job->number[JOB_PRIORITY] == JOB_FOREGROUND;
}

static bool file_sane(const struct job_file *file)
{
    return file->remote_name && file->local_name && requests_sane(&file->requests, file->size) &&
           file->finished == requests_complete(&file->requests, file->size) &&
           (!file->kept || file->finished);
}

bool job_sane(const struct job *job)
{
    if ((unsigned)job->state >= JOB_STATE_COUNT || !job->table || !job->display_name || !job->description ||
        job->file_count > job->file_cap || job->first_unfinished > job->file_count)
        return false;
    for (size_t i = 0; i < job->file_count; i++) {
        if (!file_sane(job->files[i]))
            return false;
        if (i < job->first_unfinished ? !job->files[i]->finished
                                      : i == job->first_unfinished && job->files[i]->finished)
            return false;
    }
    return (job->state != JOB_TRANSFERRED || job->transferred_100ns != 0) &&
           (!job->transferred_due || job->state == JOB_TRANSFERRED) &&
           (!job->error_due || job->state == JOB_ERROR) &&
           (job->state != JOB_ERROR || FAILED(job->error.hr)) &&
           (job->state != JOB_TRANSIENT_ERROR ||
            (FAILED(job->error.hr) && job->trouble_since_us != JOB_NEVER_US)) &&
           (job->state == JOB_TRANSIENT_ERROR || job->failed_at_us == JOB_NEVER_US) &&
           (job->error.file == JOB_NO_FILE || job->error.file < job->file_count) &&
           (!job->auto_suspended || job->state == JOB_SUSPENDED) && job->modified_100ns >= job->created_100ns;
}
