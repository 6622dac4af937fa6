/* loop.c: what the loop thread does in one turn, and when it sleeps.
 *
 * A turn, in this order: cancel what died, timers of jobs, the schedule, starts, timers of notifications,
 * then wait for the source until the next timer or a wake. The time is read once a turn. With
 * ENGINE_INLINE the same turn runs inside engine_pump.
 *
 * Clients that wait in engine_pump are told by the loop of all that happened in a turn at once, and when much
 * happens not more often than each TELL_EVERY_US: who asks after every 4 KiB gets in the way of the next.
 *
 * The automatic clock jumps here (decision 16): only when nothing is under way, no callback is ready or
 * running, and every client that waits has seen all that happened.
 */
#include "engine/internal.h"

#define TELL_EVERY_US 1000
/* How long the loop rests when its source fails and no request is to blame: nothing tells when that ends. */
#define SOURCE_TROUBLE_US 100000

/* The engine whose loop this thread is. */
static _Thread_local struct engine *looping;

bool loop_is_self(const struct engine *engine)
{
    return looping == engine;
}

void loop_wake(struct engine *engine)
{
    if (loop_is_self(engine))
        engine->loop_has_more = true;
    else
        engine->source->ops->wake(engine->source);
}

uint64_t loop_next_due_us(struct engine *engine)
{
    uint64_t due_us = notify_next_due_us(engine->notify), check_due_us = checks_due_us(engine);

    if (check_due_us < due_us)
        due_us = check_due_us;
    if (engine->shared.slice_due_us < due_us)
        due_us = engine->shared.slice_due_us;
    if (engine->shared.inactivity_due_us < due_us)
        due_us = engine->shared.inactivity_due_us;
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

/* Jobs that nobody has touched and that have come no further for too long are cancelled. Looked at
 * when the first of them may be due; not under the lock. */
static void run_inactivity(struct engine *engine, uint64_t now_us)
{
    uint64_t limit_100ns = engine->quotas.inactivity_s * UINT64_C(10000000), now_100ns;

    for (;;) {
        struct engine_job *inactive = NULL;
        uint64_t earliest_us = CLOCK_NEVER;

        mutex_lock(&engine->lock);
        if (now_us < engine->shared.inactivity_due_us) {
            mutex_unlock(&engine->lock);
            return;
        }
        now_100ns = engine_filetime(engine);
        list_for_each(node, &engine->shared.jobs)
        {
            struct engine_job *job = list_entry(node, struct engine_job, in_jobs);
            uint64_t touched_100ns = job->job.touched_100ns;
            uint64_t idle_100ns = now_100ns > touched_100ns ? now_100ns - touched_100ns : 0;

            if (idle_100ns >= limit_100ns)
                inactive = job;
            else if (now_us + (limit_100ns - idle_100ns) / 10 < earliest_us)
                earliest_us = now_us + (limit_100ns - idle_100ns) / 10 + 1;
        }
        if (inactive) {
            refcount_get(&inactive->refs);
            engine_cancel_locked(inactive);
        } else {
            engine->shared.inactivity_due_us = earliest_us;
        }
        mutex_unlock(&engine->lock);
        if (!inactive)
            return;
        engine_release_final(inactive);
        engine_unref_job(inactive);
    }
}

/* Starts what there is to start; a job that fails or ends while doing so may make room for another. */
void loop_work(struct engine *engine)
{
    for (;;) {
        struct engine_job *job = NULL;
        struct list *node;

        mutex_lock(&engine->lock);
        while (engine->shared.schedule_due)
            schedule_jobs(engine);
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

/* Tells the clients that wait, if there is something to tell; how long the loop may wait before it tells the
 * rest. Under the lock. */
static uint64_t tell_pumps(struct engine *engine)
{
    uint64_t now_us;

    if (!engine->shared.pumps_untold)
        return CLOCK_NEVER;
    now_us = clock_monotonic_us();
    if (clock_mode(engine->clock) == CLOCK_REAL && now_us - engine->shared.pumps_told_us < TELL_EVERY_US)
        return engine->shared.pumps_told_us + TELL_EVERY_US - now_us;
    engine->shared.pumps_told_us = now_us;
    engine->shared.pumps_untold = false;
    cond_broadcast(&engine->shared.changed);
    return CLOCK_NEVER;
}

/* In pump mode a client's thread delivers, and nobody else tells it that it may try again. */
static void tick_notify(struct engine *engine)
{
    uint64_t offers;

    notify_tick(engine->notify);
    if (engine->mode != ENGINE_PUMP)
        return;
    offers = notify_offers(engine->notify);
    if (offers == engine->offers_told)
        return;
    engine->offers_told = offers;
    mutex_lock(&engine->lock);
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
}

void loop_turn(struct engine *engine, uint64_t timeout_us)
{
    uint64_t now_us = clock_now_us(engine->clock), due_us, jump, tell_us;
    HRESULT hr;

    engine->loop_has_more = false;
    transfer_bury_dead(engine);
    mutex_lock(&engine->lock);
    run_job_timers(engine, now_us);
    engine->shared.schedule_due |= now_us >= engine->shared.slice_due_us;
    mutex_unlock(&engine->lock);
    run_inactivity(engine, now_us);
    loop_work(engine);
    tick_notify(engine);
    checks_tick(engine, now_us);

    mutex_lock(&engine->lock);
    if (!list_empty(&engine->shared.dead) || engine->loop_has_more)
        timeout_us = 0;
    due_us = loop_next_due_us(engine);
    jump = jump_us(engine, now_us);
    tell_us = tell_pumps(engine);
    mutex_unlock(&engine->lock);
    if (tell_us < timeout_us)
        timeout_us = tell_us;
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
    hr = engine->source->ops->turn(engine->source, timeout_us);
    if (FAILED(hr)) {
        mutex_lock(&engine->lock);
        if (!transfer_fail_all(engine, hr))
            cond_wait_for(&engine->shared.changed, &engine->lock, SOURCE_TROUBLE_US);
        mutex_unlock(&engine->lock);
    }
}

void loop_main(void *context)
{
    struct engine *engine = context;
    bool end;

    looping = engine;
    do {
        loop_turn(engine, CLOCK_NEVER);
        mutex_lock(&engine->lock);
        end = engine->shared.end_asked || engine_is_idle(engine);
        if (end)
            engine->shared.end_asked = true;
        mutex_unlock(&engine->lock);
    } while (!end);
    looping = NULL;
    engine_loop_ended(engine);
}
