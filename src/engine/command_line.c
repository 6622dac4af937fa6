/* command_line.c: the program that hears of a job's end when no object does.
 *
 * It is started by deliver.c on the delivery thread whose turn the event is, and waited for there: so it
 * holds a slot like a callback, and neither the loop nor a lock waits for it. What options do not allow is
 * kept and never started (decision 23). A program that cannot be started has failed like one with a bad exit
 * code.
 */
#include "engine/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/hr.h"
#include "sys/program.h"

/* Exactly one of the paths of the list: no pattern, no folder, no link is followed. */
static bool is_allowed(const struct engine *engine, const char *program)
{
    size_t len = strlen(program);

    if (program[0] != '/' || strchr(program, ':'))
        return false;
    for (const char *path = engine->notify_programs; path; path = strchr(path, ':')) {
        path += *path == ':';
        if (strncmp(path, program, len) == 0 && (path[len] == ':' || path[len] == '\0'))
            return true;
    }
    return false;
}

HRESULT engine_job_set_command_line(struct engine_job *job, const char *program, const char *parameters)
{
    struct engine *engine = job->engine;
    HRESULT hr;

    LOCK_SCOPE(&engine->lock);
    hr = job_set_command_line(&job->job, program, parameters, engine_filetime(engine));
    if (FAILED(hr))
        return hr;
    effects_apply(job);
    return !program || is_allowed(engine, program) ? S_OK : BG_S_OVERRIDDEN_BY_POLICY;
}

/* Under the lock. What is not set is NULL. */
static HRESULT copy(const struct engine_job *job, char **program, char **parameters)
{
    const char *from[2] = {job->job.notify_program, job->job.notify_parameters};

    *program = from[0] ? strdup(from[0]) : NULL;
    *parameters = from[1] ? strdup(from[1]) : NULL;
    if ((!from[0] || *program) && (!from[1] || *parameters))
        return S_OK;
    free(*program);
    free(*parameters);
    *program = *parameters = NULL;
    return E_OUTOFMEMORY;
}

HRESULT engine_job_command_line(struct engine_job *job, char **program, char **parameters)
{
    LOCK_SCOPE(&job->engine->lock);
    return copy(job, program, parameters);
}

bool command_line_serves(const struct engine_job *job, enum notify_kind kind)
{
    return (kind == NOTIFY_TRANSFERRED || kind == NOTIFY_ERROR) && job->job.notify_program &&
           is_allowed(job->engine, job->job.notify_program);
}

static struct trace_line *trace_phase(struct engine_job *job, const char *phase, unsigned slot)
{
    struct trace_line *line = trace_begin(job->engine->trace, "callback");

    trace_text(line, "phase", phase);
    trace_guid(line, "job", &job->job.id);
    trace_text(line, "method", "NotifyCmdLine");
    trace_number(line, "slot", slot);
    return line;
}

HRESULT command_line_run(struct engine_job *job, enum notify_kind kind, unsigned slot)
{
    AUTOFREE char *program = NULL;
    AUTOFREE char *parameters = NULL;
    uint64_t started_us = clock_monotonic_us();
    enum job_state state = kind == NOTIFY_TRANSFERRED ? JOB_TRANSFERRED : JOB_ERROR;
    struct trace_line *line;
    HRESULT hr = S_OK;
    int status = 0;
    bool serves;

    mutex_lock(&job->engine->lock);
    /* The client may have led the job out of the state in the call that failed. */
    serves = job->job.state == state && deliver_wanted(job, kind) && command_line_serves(job, kind);
    if (serves)
        hr = copy(job, &program, &parameters);
    mutex_unlock(&job->engine->lock);
    if (!serves)
        return S_FALSE;
    if (FAILED(hr))
        return E_FAIL;
    trace_end(trace_phase(job, "start", slot));
    hr = sys_program_run(program, parameters, &status);
    /* A program whose status somebody else took did run: again and again would be worse than once. */
    if (hr == HR_STATUS_LOST || (SUCCEEDED(hr) && status == 0))
        hr = S_OK;
    else
        hr = E_FAIL;
    line = trace_phase(job, "end", slot);
    trace_hr(line, "hr", hr);
    trace_number(line, "dur_us", clock_monotonic_us() - started_us);
    trace_end(line);
    return hr;
}
