/* validation.c: what the client thinks of a finished file.
 *
 * "Not validated" is how every file begins and says nothing against it. A file that the client refuses is
 * fetched again after the next Resume; Complete validates what it keeps.
 */
#include "base/hr.h"
#include "job/rules.h"

HRESULT job_set_validation(struct job *job, uint32_t index, bool valid, uint64_t now_100ns)
{
    struct job_file *file = job->files[index];

    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    if (!file->finished)
        return E_PENDING;
    file->validated = valid;
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED;
    if (valid)
        return S_OK;
    job_file_start_over(file);
    file->finished = file->reported = false;
    if (job->first_unfinished > index)
        job->first_unfinished = index;
    job->error = (struct job_error){BG_E_VALIDATION_FAILED, JOB_CONTEXT_REMOTE_FILE, index};
    job_move(job, JOB_EVENT_FILE_REFUSED, now_100ns);
    job->error_due = true; /* also of a job that was in ERROR: this is another one */
    job->changes |= JOB_CHANGED_ERROR;
    return S_OK;
}
