/* schedule.c: which jobs have the line.
 *
 * Every foreground job runs, and of the others one: of the highest priority that is queued, whoever waits
 * longest. A higher priority takes the line at once. Jobs of one priority share it by slices (A30): when the
 * slice of the running one is over and an equal waits, it starts no more requests, gives the line away when
 * the open ones have ended, and queues behind its equals. While nobody waits a slice is as long as it likes.
 *
 * All under the engine's lock, on the loop.
 */
#include "engine/internal.h"

#include <assert.h>

static uint64_t priority_of(const struct engine_job *job)
{
    return job->job.number[JOB_PRIORITY];
}

static bool is_running(const struct engine_job *job)
{
    return job->job.state == JOB_CONNECTING || job->job.state == JOB_TRANSFERRING;
}

static void move(struct engine_job *job, enum job_event event)
{
    HRESULT hr = job_move(&job->job, event, engine_filetime(job->engine));

    assert(SUCCEEDED(hr));
    (void)hr;
    effects_apply(job);
}

static bool comes_first(const struct engine_job *job, const struct engine_job *other)
{
    if (!other || priority_of(job) != priority_of(other))
        return !other || priority_of(job) < priority_of(other);
    return job->queued_order < other->queued_order;
}

/* Two run in the background if a foreground job has lost its priority. */
static struct engine_job *keep_one(struct engine_job *job, struct engine_job *other)
{
    struct engine_job *kept = comes_first(job, other) ? job : other, *gone = kept == job ? other : job;

    if (gone)
        move(gone, JOB_EVENT_PREEMPTED);
    return kept;
}

/* The line between a running job and an equal that waits. */
static void share(struct engine_job *running)
{
    struct engine *engine = running->engine;
    uint64_t slice_us = settings_number(&engine->shared.settings, SETTING_A30) * UINT64_C(1000000);
    uint64_t end_us = running->slice_since_us + slice_us;

    if (clock_now_us(engine->clock) < end_us) {
        engine->shared.slice_due_us = end_us;
        return;
    }
    running->slice_over = true;
    effects_add_work(running); /* it may have no request open */
}

void schedule_jobs(struct engine *engine)
{
    struct engine_job *running = NULL, *next = NULL;

    engine->shared.slice_due_us = CLOCK_NEVER;
    list_for_each(node, &engine->shared.active)
    {
        struct engine_job *job = list_entry(node, struct engine_job, in_active);

        if (is_running(job) && priority_of(job) != JOB_FOREGROUND)
            running = keep_one(job, running);
        if (is_running(job) && !job_is_ready(&job->job)) { /* its priority was changed */
            running = running == job ? NULL : running;
            move(job, JOB_EVENT_PREEMPTED);
        }
        if (job->job.state != JOB_QUEUED || !job_is_ready(&job->job))
            continue;
        if (priority_of(job) == JOB_FOREGROUND)
            move(job, JOB_EVENT_SCHEDULED);
        else if (comes_first(job, next))
            next = job;
    }
    if (running && next && priority_of(next) < priority_of(running)) {
        move(running, JOB_EVENT_PREEMPTED);
        running = NULL;
    }
    if (next && !running)
        move(next, JOB_EVENT_SCHEDULED);
    else if (next && priority_of(next) == priority_of(running))
        share(running);
    engine->shared.schedule_due = false;
}

bool schedule_slice_ended(struct engine_job *job)
{
    if (!job->slice_over)
        return false;
    if (job->transfer_count == 0)
        move(job, JOB_EVENT_PREEMPTED);
    return true;
}
