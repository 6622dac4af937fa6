/* loop.c: what the loop thread does in one turn, and when it sleeps.
 *
 * A turn, in this order: cancel what died, timers of jobs, the schedule, starts, timers of notifications,
 * then wait for the source until the next timer or a wake. The time is read once a turn. With
 * ENGINE_INLINE the same turn runs inside engine_pump.
 *
 * The automatic clock jumps here (decision 16): only when nothing is under way, no callback is ready or
 * running, and every client that waits has seen all that happened.
 */
#include "engine/internal.h"

#include <assert.h>

void loop_wake(struct engine *engine)
{
    engine->source->ops->wake(engine->source);
}

uint64_t loop_next_due_us(struct engine *engine)
{
    uint64_t due_us = notify_next_due_us(engine->notify), check_due_us = checks_due_us(engine);

    if (check_due_us < due_us)
        due_us = check_due_us;
    return engine->shared.job_due_us < due_us ? engine->shared.job_due_us : due_us;
}

bool loop_is_calm(struct engine *engine)
{
    return engine->shared.open_transfers == 0 && list_empty(&engine->shared.work) &&
           !engine->shared.schedule_due && notify_quiet(engine->notify);
}

/* job_due_us is the earliest timer or an earlier one that has been overtaken since; so ten thousand jobs that
 * wait cost a turn nothing. */
static void run_job_timers(struct engine *engine, uint64_t now_us)
{
    uint64_t earliest_us = CLOCK_NEVER;

    if (now_us < engine->shared.job_due_us)
        return;
    list_for_each(node, &engine->shared.active)
    {
        struct engine_job *job = list_entry(node, struct engine_job, in_active);
        uint64_t timer_us = job_timer_us(&job->job);

        if (timer_us <= now_us) {
            job_timer_due(&job->job, now_us, engine_filetime(engine));
            timer_us = job_timer_us(&job->job);
            effects_apply(job);
        }
        if (timer_us < earliest_us)
            earliest_us = timer_us;
    }
    engine->shared.job_due_us = earliest_us;
}

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

/* every foreground job runs, and of the others the one of the highest priority, first come
 * first served; a higher one takes its place. */
static void schedule(struct engine *engine)
{
    struct engine_job *running = NULL, *best = NULL;

    engine->shared.schedule_due = false;
    list_for_each(node, &engine->shared.active)
    {
        struct engine_job *job = list_entry(node, struct engine_job, in_active);

        if (priority_of(job) == JOB_FOREGROUND) {
            if (job->job.state == JOB_QUEUED)
                move(job, JOB_EVENT_SCHEDULED);
        } else if (is_running(job)) {
            running = job;
        } else if (job->job.state == JOB_QUEUED &&
                   (!best || priority_of(job) < priority_of(best) ||
                    (priority_of(job) == priority_of(best) && job->queued_order < best->queued_order))) {
            best = job;
        }
    }
    if (running && best && priority_of(best) < priority_of(running)) {
        move(running, JOB_EVENT_PREEMPTED);
        running = NULL;
    }
    if (best && !running)
        move(best, JOB_EVENT_SCHEDULED);
    engine->shared.schedule_due = false;
}

/* Starts what there is to start; a job that fails or ends while doing so may make room for another. */
void loop_work(struct engine *engine)
{
    for (;;) {
        struct engine_job *job = NULL;
        struct list *node;

        mutex_lock(&engine->lock);
        while (engine->shared.schedule_due)
            schedule(engine);
        node = list_first(&engine->shared.work);
        if (node) {
            job = list_entry(node, struct engine_job, in_work);
            list_remove(node); /* with the list's hold */
        }
        mutex_unlock(&engine->lock);
        if (!job)
            return;
        transfer_work(job);
        engine_unref_job(job);
    }
}

/* Under the lock. A client waits and nothing will happen by itself before the next timer: the automatic clock
 * goes there (the caller does that without the lock); with another clock those who wait are told. */
static uint64_t jump_us(struct engine *engine, uint64_t now_us)
{
    uint64_t due;

    if (engine->mode == ENGINE_INLINE || engine->shared.pumps == 0 ||
        engine->shared.waiting < engine->shared.pumps || !loop_is_calm(engine))
        return 0;
    due = loop_next_due_us(engine);
    if (clock_mode(engine->clock) == CLOCK_AUTOMATIC) {
        if (due > engine->shared.pump_limit_us)
            due = engine->shared.pump_limit_us;
        if (due == CLOCK_NEVER) {
            engine->shared.stalled_at = engine->shared.sequence;
            cond_broadcast(&engine->shared.changed);
            return 0;
        }
        return due > now_us ? due - now_us : 0;
    }
    if (clock_mode(engine->clock) == CLOCK_MANUAL) {
        engine->shared.stalled_at = engine->shared.sequence;
        cond_broadcast(&engine->shared.changed);
    }
    return 0;
}

void loop_turn(struct engine *engine, uint64_t timeout_us)
{
    uint64_t now_us = clock_now_us(engine->clock), due_us, jump;

    transfer_bury_dead(engine);
    mutex_lock(&engine->lock);
    run_job_timers(engine, now_us);
    mutex_unlock(&engine->lock);
    loop_work(engine);
    notify_tick(engine->notify);
    checks_tick(engine, now_us);

    mutex_lock(&engine->lock);
    if (!list_empty(&engine->shared.dead))
        timeout_us = 0;
    due_us = loop_next_due_us(engine);
    jump = jump_us(engine, now_us);
    mutex_unlock(&engine->lock);
    if (jump) {
        clock_advance_us(engine->clock, jump);
        mutex_lock(&engine->lock);
        engine_note_change(engine); /* who waits looks again, at the new time */
        mutex_unlock(&engine->lock);
        return;
    }
    /* Only real time passes by waiting. */
    if (clock_mode(engine->clock) == CLOCK_REAL && due_us != CLOCK_NEVER) {
        uint64_t until_due_us = due_us > now_us ? due_us - now_us : 0;

        if (until_due_us < timeout_us)
            timeout_us = until_due_us;
    }
    engine->source->ops->turn(engine->source, timeout_us);
}

void loop_main(void *context)
{
    struct engine *engine = context;
    bool end;

    do {
        loop_turn(engine, CLOCK_NEVER);
        mutex_lock(&engine->lock);
        end = engine->shared.end_asked || engine_is_idle(engine);
        if (end)
            engine->shared.end_asked = true;
        mutex_unlock(&engine->lock);
    } while (!end);
    engine_loop_ended(engine);
}
