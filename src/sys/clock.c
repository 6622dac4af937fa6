/* clock.c: the three clocks of an engine over one number.
 *
 * The real clock is the system's monotonic one. The other two are an atomic number that clock_advance_us
 * moves; the automatic clock differs from the manual one only in who moves it (the engine's loop, not a
 * test), so this file does not tell them apart.
 *
 * The lock guards the subscriber only. `calls` counts the calls of it that run, so that unsubscribing can
 * wait for them: after it the subscriber's memory may go.
 */
#include "sys/clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sys/thread.h"

struct clock {
    enum clock_mode mode;
    _Atomic uint64_t now_us; /* not used by the real clock */

    struct mutex lock;
    struct cond returned;
    unsigned calls;
    void (*jumped)(void *context);
    void *context;
};

HRESULT clock_new(enum clock_mode mode, struct clock **out)
{
    struct clock *clock = calloc(1, sizeof *clock);

    *out = NULL;
    if (!clock)
        return E_OUTOFMEMORY;
    clock->mode = mode;
    atomic_init(&clock->now_us, CLOCK_START_US);
    mutex_init(&clock->lock);
    cond_init(&clock->returned);
    *out = clock;
    return S_OK;
}

void clock_free(struct clock *clock)
{
    if (!clock)
        return;
    assert(clock->calls == 0);
    cond_destroy(&clock->returned);
    mutex_destroy(&clock->lock);
    free(clock);
}

enum clock_mode clock_mode(const struct clock *clock)
{
    return clock->mode;
}

uint64_t clock_now_us(struct clock *clock)
{
    return clock->mode == CLOCK_REAL ? clock_monotonic_us() : atomic_load(&clock->now_us);
}

uint64_t clock_filetime_100ns(struct clock *clock)
{
    if (clock->mode == CLOCK_REAL)
        return clock_wall_100ns();
    return CLOCK_START_FILETIME_100NS + (clock_now_us(clock) - CLOCK_START_US) * 10;
}

HRESULT clock_advance_us(struct clock *clock, uint64_t delta_us)
{
    uint64_t now_us = atomic_load(&clock->now_us);
    void (*jumped)(void *) = NULL;
    void *context = NULL;

    if (clock->mode == CLOCK_REAL)
        return E_INVALIDARG;
    do {
        if (delta_us >= CLOCK_NEVER - now_us)
            return E_INVALIDARG;
    } while (!atomic_compare_exchange_weak(&clock->now_us, &now_us, now_us + delta_us));

    mutex_lock(&clock->lock);
    if (clock->jumped) {
        jumped = clock->jumped;
        context = clock->context;
        clock->calls++;
    }
    mutex_unlock(&clock->lock);
    if (!jumped)
        return S_OK;

    jumped(context);

    mutex_lock(&clock->lock);
    if (--clock->calls == 0)
        cond_broadcast(&clock->returned);
    mutex_unlock(&clock->lock);
    return S_OK;
}

void clock_subscribe(struct clock *clock, void (*jumped)(void *context), void *context)
{
    LOCK_SCOPE(&clock->lock);
    clock->jumped = jumped;
    clock->context = context;
    while (clock->calls > 0)
        cond_wait(&clock->returned, &clock->lock);
}
