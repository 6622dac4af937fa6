/* pace.h: when an item may run, by time and by the order within its job; private. */
#ifndef OPENBITS_NOTIFY_PACE_H
#define OPENBITS_NOTIFY_PACE_H

#include "notify/core.h"

/* For an item that is queued and not ready: the time from which it may run (any time past will do), or
 * CLOCK_NEVER while another item of the job, or a call of its own, stands before it. */
uint64_t pace_due_us(const struct notify_item *item);

/* After the failures-th failure in a row: from 1 s, doubling, at most limit_s (but never under 1 s). */
uint64_t pace_backoff_us(unsigned failures, uint32_t limit_s);

/* Times near CLOCK_NEVER stay below it. */
uint64_t pace_add_us(uint64_t time_us, uint64_t delta_us);

#endif
