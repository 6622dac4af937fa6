/* command_line.c: the program that is started when nobody else hears of the job's end. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hr.h"
#include "base/utf.h"
#include "job/job.h"
#include "job/rules.h"

enum {
    MAX_PROGRAM_UNITS = 260, /* MAX_PATH */
    MAX_PARAMETERS_UNITS = 4000,
};

HRESULT job_set_command_line(struct job *job, const char *program, const char *parameters, uint64_t now_100ns)
{
    AUTOFREE char *program_copy = NULL;
    AUTOFREE char *parameters_copy = NULL;

    if (!program && parameters)
        return E_INVALIDARG;
    if ((program && utf_utf16_units(program) > MAX_PROGRAM_UNITS) ||
        (parameters && utf_utf16_units(parameters) > MAX_PARAMETERS_UNITS))
        return BG_E_STRING_TOO_LONG;
    if (job_state_is_final(job->state))
        return BG_E_INVALID_STATE;
    program_copy = program ? strdup(program) : NULL;
    parameters_copy = parameters ? strdup(parameters) : NULL;
    if ((program && !program_copy) || (parameters && !parameters_copy))
        return E_OUTOFMEMORY;
    job_forget_command_line(job);
    job->notify_program = TAKE(program_copy);
    job->notify_parameters = TAKE(parameters_copy);
    job->touched_100ns = job->modified_100ns = now_100ns;
    job->changes |= JOB_CHANGED | JOB_CHANGED_INTEREST; /* an event may have waited for it */
    return S_OK;
}

void job_forget_command_line(struct job *job)
{
    free(job->notify_program);
    free(job->notify_parameters);
    job->notify_program = job->notify_parameters = NULL;
}
