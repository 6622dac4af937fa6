/* deliver.c: what a callback says, gathered when its turn has come, and what its answer means.
 *
 * notify decides when; here an item becomes a call of the job's client. Flags and client are looked at now,
 * not when the event happened; a job whose client is gone keeps the level-triggered events
 * (JobTransferred, JobError, FileTransferred) for the next one.
 * Threads: deliver functions run on notify's threads (or the pump's) with no lock held, take the engine's
 * lock to gather, and drop it for the call.
 */
#include "engine/internal.h"

/* BG_NOTIFY_*; deliver.c may not see bits.h, com asserts the values. */
enum {
    FLAG_TRANSFERRED = 0x01,
    FLAG_ERROR = 0x02,
    FLAG_DISABLE = 0x04,
    FLAG_MODIFICATION = 0x08,
    FLAG_FILE = 0x10,
    FLAG_RANGES = 0x20,
};

/* One call under way: the client that was picked for it, held. */
struct call {
    struct engine_job *job;
    const struct engine_client_ops *ops;
    void *client;
    const char *method;
    unsigned slot;
    uint64_t started_us;
    struct watched_call watched;
};

/* Whether there is a client that wants to hear of it. */
static bool client_wants(const struct engine_job *job, enum notify_kind kind)
{
    static const unsigned needs[NOTIFY_KIND_COUNT] = {
        [NOTIFY_FILE] = ENGINE_CLIENT_FILE,
        [NOTIFY_RANGES] = ENGINE_CLIENT_RANGES,
    };

    return job->client_ops && (job->client_answers & needs[kind]) == needs[kind];
}

bool deliver_wanted(const struct engine_job *job, enum notify_kind kind)
{
    static const unsigned flag_of[NOTIFY_KIND_COUNT] = {
        [NOTIFY_TRANSFERRED] = FLAG_TRANSFERRED,
        [NOTIFY_ERROR] = FLAG_ERROR,
        [NOTIFY_FILE] = FLAG_FILE,
        [NOTIFY_RANGES] = FLAG_RANGES,
        [NOTIFY_MODIFICATION] = FLAG_MODIFICATION,
    };
    uint64_t flags = job->job.number[JOB_NOTIFY_FLAGS];

    return !(flags & FLAG_DISABLE) && (flags & flag_of[kind]) &&
           (client_wants(job, kind) || command_line_serves(job, kind));
}

void deliver_post_due(struct engine_job *job)
{
    if (deliver_wanted(job, NOTIFY_FILE)) {
        for (size_t i = 0; i < job->file_count; i++)
            if (job->job.files[i]->finished && !job->job.files[i]->reported)
                notify_post(&job->files[i]->file_item);
    }
    if (job->job.transferred_due && deliver_wanted(job, NOTIFY_TRANSFERRED))
        notify_post(&job->transferred_item);
    if (job->job.error_due && deliver_wanted(job, NOTIFY_ERROR))
        notify_post(&job->error_item);
}

/* Under the lock: picks the client for a call of this kind; false if there is none to call. */
static bool call_pick(struct call *call, struct engine_job *job, enum notify_kind kind, const char *method,
                      unsigned slot)
{
    if (!deliver_wanted(job, kind) || !client_wants(job, kind) ||
        (job_state_is_final(job->job.state) && kind != NOTIFY_MODIFICATION && kind != NOTIFY_RANGES))
        return false;
    *call = (struct call){
        .job = job, .ops = job->client_ops, .client = job->client, .method = method, .slot = slot};
    call->ops->hold(call->client);
    checks_call_begin(&call->watched, job, method);
    return true;
}

static struct trace_line *trace_phase(struct call *call, const char *phase)
{
    struct trace_line *line = trace_begin(call->job->engine->trace, "callback");

    trace_text(line, "phase", phase);
    trace_guid(line, "job", &call->job->job.id);
    trace_text(line, "method", call->method);
    trace_number(line, "slot", call->slot);
    return line;
}

static void call_begin(struct call *call, uint32_t file, const struct range *ranges, size_t count)
{
    struct trace_line *line = trace_phase(call, "start");

    if (file != JOB_NO_FILE)
        trace_number(line, "file", file);
    if (ranges)
        trace_ranges(line, "ranges", ranges, count);
    trace_end(line);
    call->started_us = clock_monotonic_us();
}

/* Not under the lock: the client may be destroyed here. */
static void call_end(struct call *call, HRESULT hr)
{
    struct trace_line *line = trace_phase(call, "end");

    checks_call_end(call->job, &call->watched);
    trace_hr(line, "hr", hr);
    trace_number(line, "dur_us", clock_monotonic_us() - call->started_us);
    trace_end(line);
    call->ops->drop(call->client);
}

/* JobTransferred and JobError want S_OK; S_FALSE is one by A21's default. Under the lock. */
static bool is_success(struct engine_job *job, HRESULT hr)
{
    if (hr != S_FALSE)
        return SUCCEEDED(hr);
    return settings_choice(&job->engine->shared.settings, SETTING_A21, job->job.key, job->choices++) ==
           SETTING_A21_SUCCESS;
}

/* The two events that end in a command line if the client is not there, or fails. */
struct final_event {
    const char *method;
    enum job_state state; /* the event is due while the job is in it */
    bool *due;
};

static struct final_event final_event(struct engine_job *job, enum notify_kind kind)
{
    if (kind == NOTIFY_TRANSFERRED)
        return (struct final_event){"JobTransferred", JOB_TRANSFERRED, &job->job.transferred_due};
    return (struct final_event){"JobError", JOB_ERROR, &job->job.error_due};
}

/* Under the lock: whom the event goes to first; false: to nobody. */
static bool pick_final(struct call *call, struct engine_job *job, enum notify_kind kind, unsigned slot)
{
    struct final_event event = final_event(job, kind);

    *call = (struct call){.client = NULL};
    if (!*event.due || job_state_is_final(job->job.state) || !deliver_wanted(job, kind))
        return false;
    *event.due = false; /* what sets it during the call is another event */
    if (!command_line_serves(job, kind) || !(job->final_calls & (1u << kind)))
        call_pick(call, job, kind, event.method, slot);
    if (call->ops)
        job->final_calls |= 1u << kind;
    return true;
}

static bool call_final(struct call *call, enum notify_kind kind, const struct job_error *error)
{
    struct engine_job *job = call->job;
    HRESULT hr;

    call_begin(call, JOB_NO_FILE, NULL, 0);
    hr = kind == NOTIFY_TRANSFERRED ? call->ops->transferred(call->client, job)
                                    : call->ops->error(call->client, job, error);
    call_end(call, hr);
    LOCK_SCOPE(&job->engine->lock);
    return is_success(job, hr);
}

static enum notify_answer run_final(struct engine_job *job, enum notify_kind kind, unsigned slot)
{
    struct engine *engine = job->engine;
    struct final_event event = final_event(job, kind);
    HRESULT ran = S_FALSE; /* of the command line: not at all */
    struct job_error error;
    struct call call;
    bool wanted, told, again;

    mutex_lock(&engine->lock);
    wanted = pick_final(&call, job, kind, slot);
    error = job->job.error;
    mutex_unlock(&engine->lock);
    if (!wanted)
        return NOTIFY_SKIPPED;
    told = call.ops && call_final(&call, kind, &error);
    if (!told)
        ran = command_line_run(job, kind, slot);
    told = told || ran == S_OK;
    mutex_lock(&engine->lock);
    if (!told && job->job.state == event.state)
        *event.due = true;
    again = !told && *event.due && deliver_wanted(job, kind);
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
    if (!again)
        return NOTIFY_DONE;
    return FAILED(ran) ? NOTIFY_REPEAT_LATE : NOTIFY_REPEAT;
}

static enum notify_answer run_transferred(void *context, unsigned slot)
{
    return run_final(context, NOTIFY_TRANSFERRED, slot);
}

static enum notify_answer run_error(void *context, unsigned slot)
{
    return run_final(context, NOTIFY_ERROR, slot);
}

static enum notify_answer run_modification(void *context, unsigned slot)
{
    struct engine_job *job = context;
    struct engine *engine = job->engine;
    struct call call;
    bool wanted;

    mutex_lock(&engine->lock);
    wanted = call_pick(&call, job, NOTIFY_MODIFICATION, "JobModification", slot);
    mutex_unlock(&engine->lock);
    if (!wanted)
        return NOTIFY_SKIPPED;
    call_begin(&call, JOB_NO_FILE, NULL, 0);
    call_end(&call, call.ops->modification(call.client, job));
    mutex_lock(&engine->lock);
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
    return NOTIFY_DONE;
}

static enum notify_answer run_file(void *context, unsigned slot)
{
    struct engine_file *file = context;
    struct engine_job *job = file->job;
    struct engine *engine = job->engine;
    struct call call;
    bool wanted, again;
    HRESULT hr;

    mutex_lock(&engine->lock);
    wanted = job->job.files[file->index]->finished && !job->job.files[file->index]->reported &&
             call_pick(&call, job, NOTIFY_FILE, "FileTransferred", slot);
    mutex_unlock(&engine->lock);
    if (!wanted)
        return NOTIFY_SKIPPED;
    call_begin(&call, file->index, NULL, 0);
    hr = call.ops->file(call.client, job, file->index);
    call_end(&call, hr);
    mutex_lock(&engine->lock);
    if (SUCCEEDED(hr))
        job->job.files[file->index]->reported = true;
    again = FAILED(hr) && deliver_wanted(job, NOTIFY_FILE);
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
    return again ? NOTIFY_REPEAT : NOTIFY_DONE;
}

static enum notify_answer run_ranges(void *context, unsigned slot)
{
    struct engine_file *file = context;
    struct engine_job *job = file->job;
    struct engine *engine = job->engine;
    AUTOFREE struct range *ranges = NULL;
    struct call call;
    size_t count = 0;
    bool wanted;
    HRESULT hr;

    mutex_lock(&engine->lock);
    wanted = call_pick(&call, job, NOTIFY_RANGES, "FileRangesTransferred", slot);
    if (wanted)
        report_take(file, &ranges, &count);
    else
        rangeset_clear(&file->unreported);
    mutex_unlock(&engine->lock);
    if (!wanted)
        return NOTIFY_SKIPPED;
    if (count == 0) {
        checks_call_end(job, &call.watched);
        call.ops->drop(call.client);
        return NOTIFY_SKIPPED;
    }
    call_begin(&call, file->index, ranges, count);
    hr = call.ops->ranges(call.client, job, file->index, ranges, count);
    call_end(&call, hr);
    mutex_lock(&engine->lock);
    report_told(file, hr, ranges, count);
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
    return NOTIFY_DONE;
}

/* A3, A20: nobody is told of these bytes, now or later. */
static void lose_ranges(void *context)
{
    struct engine_file *file = context;

    LOCK_SCOPE(&file->job->engine->lock);
    rangeset_clear(&file->unreported);
}

static void hold_job(void *context)
{
    struct engine_job *job = context;

    refcount_get(&job->refs);
}

static void drop_job(void *context)
{
    engine_unref_job(context);
}

static void hold_file(void *context)
{
    hold_job(((struct engine_file *)context)->job);
}

static void drop_file(void *context)
{
    drop_job(((struct engine_file *)context)->job);
}

const struct notify_handler deliver_transferred = {
    .deliver = run_transferred, .hold = hold_job, .drop = drop_job};
const struct notify_handler deliver_error = {.deliver = run_error, .hold = hold_job, .drop = drop_job};
const struct notify_handler deliver_modification = {
    .deliver = run_modification, .hold = hold_job, .drop = drop_job};
const struct notify_handler deliver_file = {.deliver = run_file, .hold = hold_file, .drop = drop_file};
const struct notify_handler deliver_ranges = {
    .deliver = run_ranges, .lost = lose_ranges, .hold = hold_file, .drop = drop_file};
