/* effects.c: what follows when a job has changed.
 *
 * Rules in `job` only collect what changed. This is the one place that turns it into notifications, trace
 * lines, an entry in the list of work and a new look at the schedule; all under the engine's lock, so that
 * no client sees a state whose consequences are not on their way.
 */
#include "engine/internal.h"

void effects_job_moved(struct job *job, enum job_state from, enum job_event event)
{
    struct engine_job *owner = list_entry(job, struct engine_job, job);
    struct trace_line *line = trace_begin(owner->engine->trace, "state");

    job_count_time(job, from, clock_now_us(owner->engine->clock));
    trace_guid(line, "job", &job->id);
    trace_text(line, "event", job_event_name(event));
    trace_text(line, "from", job_state_name(from));
    trace_text(line, "to", job_state_name(job->state));
    if (job->state == JOB_ERROR || job->state == JOB_TRANSIENT_ERROR)
        trace_hr(line, "hr", job->error.hr);
    trace_end(line);
}

void effects_add_work(struct engine_job *job)
{
    if (!list_empty(&job->in_work))
        return;
    refcount_get(&job->refs);
    list_push_back(&job->engine->shared.work, &job->in_work);
}

/* Puts a job into the lists that its state belongs to. */
static void file_under_state(struct engine_job *job)
{
    struct engine *engine = job->engine;
    enum job_state state = job->job.state;

    if (!job_state_is_active(state))
        list_remove(&job->in_active);
    else if (list_empty(&job->in_active))
        list_push_back(&engine->shared.active, &job->in_active);
    if (state == JOB_CONNECTING)
        job->slice_since_us = clock_now_us(engine->clock);
    if (state == JOB_QUEUED)
        job->queued_order = engine->shared.next_order++;
    if (state != JOB_CONNECTING && state != JOB_TRANSFERRING) {
        job->slice_over = false;
        transfer_detach_all(job);
        effects_add_work(job); /* its files are to be closed */
        for (size_t i = 0; i < job->file_count; i++)
            report_rest(job->files[i]);
        notify_flush(&job->notify);
    }
    if (job_state_is_final(state))
        notify_job_close(&job->notify);
    engine->shared.schedule_due = true;
}

static void post_wanted(struct engine_job *job, struct notify_item *item, enum notify_kind kind)
{
    if (deliver_wanted(job, kind))
        notify_post(item);
}

void effects_apply(struct engine_job *job)
{
    struct engine *engine = job->engine;
    unsigned changes = job_take_changes(&job->job);

    if (!changes)
        return;
    if (changes & JOB_CHANGED_INTERVAL)
        notify_job_set_interval(&job->notify, (uint32_t)job->job.number[JOB_NOTIFICATION_INTERVAL_MS]);
    if (changes & JOB_CHANGED)
        post_wanted(job, &job->modification_item, NOTIFY_MODIFICATION);
    if (changes & JOB_CHANGED_TRANSFERRED)
        job->final_calls &= ~(1u << NOTIFY_TRANSFERRED);
    if (changes & JOB_CHANGED_ERROR)
        job->final_calls &= ~(1u << NOTIFY_ERROR);
    /* The last reports are flushed before JobTransferred is posted, which waits for them. */
    if (changes & JOB_CHANGED_STATE)
        file_under_state(job);
    if (changes & (JOB_CHANGED_FILE | JOB_CHANGED_TRANSFERRED | JOB_CHANGED_ERROR | JOB_CHANGED_INTEREST))
        deliver_post_due(job);
    if (changes & JOB_CHANGED_PRIORITY)
        engine->shared.schedule_due = true;
    /* A delay that was set anew moves a timer too. */
    if ((changes & (JOB_CHANGED_STATE | JOB_CHANGED_WORK)) &&
        job_timer_us(&job->job) < engine->shared.job_due_us)
        engine->shared.job_due_us = job_timer_us(&job->job);
    if ((changes & (JOB_CHANGED_STATE | JOB_CHANGED_WORK)) &&
        (job->job.state == JOB_CONNECTING || job->job.state == JOB_TRANSFERRING))
        effects_add_work(job);
    if (changes & (JOB_CHANGED_STATE | JOB_CHANGED_WORK)) {
        if (job->job.state == JOB_QUEUED) /* it may have waited for this */
            engine->shared.schedule_due = true;
        loop_wake(engine);
    }
    engine_note_change(engine);
}
