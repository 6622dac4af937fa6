/* clock.h: the time an engine lives by: real, or moved by hand, or jumping by itself (decision 16).
 *
 * The engine's time counts microseconds and never goes back. A manual or automatic clock starts at a fixed
 * moment, so that a run can be had again exactly. Whoever waits for a clock subscribes to its jumps.
 * Any thread may call anything here; subscribers are called with no lock held.
 */
#ifndef OPENBITS_SYS_CLOCK_H
#define OPENBITS_SYS_CLOCK_H

#include <stdint.h>

#include "openbits_types.h"

enum clock_mode {
    CLOCK_REAL,
    CLOCK_MANUAL,
    CLOCK_AUTOMATIC, /* moved like a manual one, by the engine's loop */
};

/* Where a clock that is not real begins: one second, so that "a while ago" is not negative, and the moment
 * 2026-01-01T00:00:00Z, in units of 100 ns since 1601. */
#define CLOCK_START_US            ((uint64_t)1000000)
#define CLOCK_START_FILETIME_100NS ((uint64_t)134116992000000000)

/* No timer is set: later than any time. */
#define CLOCK_NEVER UINT64_MAX

struct clock;

HRESULT clock_new(enum clock_mode mode, struct clock **out);
void clock_free(struct clock *clock);

enum clock_mode clock_mode(const struct clock *clock);
uint64_t clock_now_us(struct clock *clock);

/* UTC in units of 100 ns since 1601, as FILETIME has it; follows the engine's time when that is not real. */
uint64_t clock_filetime_100ns(struct clock *clock);

/* E_INVALIDARG for the real clock, and for a jump to CLOCK_NEVER or past it. Returns after the subscriber was
 * told. */
HRESULT clock_advance_us(struct clock *clock, uint64_t delta_us);

/* One subscriber a clock, which is all an engine needs. NULL ends it: after that returned, the subscriber is
 * not called and no call of it runs any more. Not from the subscriber itself. */
void clock_subscribe(struct clock *clock, void (*jumped)(void *context), void *context);

/* CLOCK_MONOTONIC in microseconds, whatever the engine's time is: for traces and measurements. */
uint64_t clock_monotonic_us(void);

/* The system's UTC, as FILETIME has it, whatever the engine's time is. */
uint64_t clock_wall_100ns(void);

#endif
