/* pump.c: a client waits; in pump mode its thread is the one that callbacks run on.
 *
 * A waiting client counts as such (for the automatic clock, and for saying that nothing can happen) only
 * while it has seen everything: each change takes all of them out of `waiting` until they have asked
 * `until` again.
 */
#include "engine/internal.h"

static uint64_t limit_at_us(struct engine *engine, uint64_t limit_us)
{
    uint64_t now_us = clock_now_us(engine->clock);

    return limit_us < CLOCK_NEVER - now_us ? now_us + limit_us : CLOCK_NEVER;
}

static uint64_t sequence_of(struct engine *engine)
{
    LOCK_SCOPE(&engine->lock);
    return engine->shared.sequence;
}

/* Waits until something changed after `seen`, or the limit. False: nothing can happen by itself. */
static bool wait_for_change(struct engine *engine, uint64_t seen, uint64_t at_us)
{
    bool stalled = false;

    LOCK_SCOPE(&engine->lock);
    if (engine->shared.sequence != seen)
        return true;
    engine->shared.waiting++;
    if (at_us < engine->shared.pump_limit_us)
        engine->shared.pump_limit_us = at_us;
    engine->shared.stalled_at = UINT64_MAX;
    if (clock_mode(engine->clock) != CLOCK_REAL)
        loop_wake(engine); /* it looks whether this was the last thing that the clock waited for */
    while (engine->shared.sequence == seen && !stalled) {
        if (clock_mode(engine->clock) == CLOCK_REAL && at_us != CLOCK_NEVER) {
            uint64_t now_us = clock_now_us(engine->clock);

            if (now_us >= at_us || !cond_wait_for(&engine->shared.changed, &engine->lock, at_us - now_us))
                break;
        } else {
            cond_wait(&engine->shared.changed, &engine->lock);
        }
        stalled = engine->shared.stalled_at == seen;
    }
    if (engine->shared.sequence == seen)
        engine->shared.waiting--;
    return !stalled;
}

/* Without threads: one turn of the loop, then one callback. False: neither did anything. */
static bool step_inline(struct engine *engine, uint64_t at_us)
{
    uint64_t before = sequence_of(engine), now_us = clock_now_us(engine->clock), due_us;
    bool open, calm;

    if (notify_deliver_one(engine->notify) == S_OK)
        return true;
    loop_turn(engine, 0);
    mutex_lock(&engine->lock);
    open = engine->shared.open_transfers > 0;
    calm = loop_is_calm(engine);
    due_us = loop_next_due_us(engine);
    mutex_unlock(&engine->lock);
    if (sequence_of(engine) != before || (!calm && !open))
        return true;
    if (at_us < due_us)
        due_us = at_us;
    if (clock_mode(engine->clock) == CLOCK_REAL) {
        if (!open && due_us == CLOCK_NEVER)
            return false;
        loop_turn(engine, due_us > now_us ? due_us - now_us : 0);
        return true;
    }
    if (open) { /* something will come, though not every step of the source is a change */
        loop_turn(engine, CLOCK_NEVER);
        return true;
    }
    if (clock_mode(engine->clock) == CLOCK_AUTOMATIC && due_us != CLOCK_NEVER && due_us > now_us)
        return SUCCEEDED(clock_advance_us(engine->clock, due_us - now_us));
    return false;
}

static HRESULT pump(struct engine *engine, bool (*until)(void *context), void *context, uint64_t at_us)
{
    for (;;) {
        uint64_t seen = sequence_of(engine);

        if (until(context))
            return S_OK;
        if (at_us != CLOCK_NEVER && clock_now_us(engine->clock) >= at_us)
            return S_FALSE;
        if (engine->mode == ENGINE_INLINE) {
            if (!step_inline(engine, at_us))
                return until(context) ? S_OK : S_FALSE;
        } else if (engine->mode != ENGINE_PUMP || notify_deliver_one(engine->notify) != S_OK) {
            if (!wait_for_change(engine, seen, at_us))
                return until(context) ? S_OK : S_FALSE;
        }
    }
}

HRESULT engine_pump(struct engine *engine, bool (*until)(void *context), void *context, uint64_t limit_us)
{
    uint64_t at_us = limit_at_us(engine, limit_us);
    HRESULT hr;

    mutex_lock(&engine->lock);
    engine->shared.pumps++;
    mutex_unlock(&engine->lock);
    hr = pump(engine, until, context, at_us);
    mutex_lock(&engine->lock);
    engine->shared.pumps--;
    engine->shared.pump_limit_us = CLOCK_NEVER;
    engine_note_change(engine); /* those that still wait say their limits again */
    mutex_unlock(&engine->lock);
    return hr;
}
