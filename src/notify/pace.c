/* pace.c: the rules of spacing and of order within a job, as functions of what an item and its job hold.
 *
 * Nothing is changed here, and no time is read: a rule says from when on. Spacing counts from the last call
 * of the kind, so it needs no timer of its own and a change of the interval holds at once.
 */
#include "notify/pace.h"

static uint64_t later_us(uint64_t a_us, uint64_t b_us)
{
    return a_us > b_us ? a_us : b_us;
}

uint64_t pace_add_us(uint64_t time_us, uint64_t delta_us)
{
    return delta_us < CLOCK_NEVER - 1 - time_us ? time_us + delta_us : CLOCK_NEVER - 1;
}

uint64_t pace_backoff_us(unsigned failures, uint32_t limit_s)
{
    uint64_t wait_s = failures > 32 ? UINT32_MAX : (uint64_t)1 << (failures - 1);

    if (wait_s > limit_s)
        wait_s = limit_s;
    return later_us(wait_s, 1) * 1000000;
}

/* the first of the lane, and nothing else of it. */
static bool file_is_blocked(const struct notify_item *item)
{
    const struct notify_lane *lane = &item->job->lanes[NOTIFY_FILE];

    return lane->running > 0 || lane->items.next != &item->in_lane;
}

/* Decision 20: the reports that were posted before, unless they wait for time or their client refused them.
 */
static bool ranges_hold_back(const struct notify_item *final)
{
    const struct notify_lane *lane = &final->job->lanes[NOTIFY_RANGES];

    if (lane->running > 0)
        return true;
    list_for_each(node, &lane->items)
    {
        const struct notify_item *item = list_entry(node, struct notify_item, in_lane);
        bool needs_a_turn_only = item->queue == QUEUE_READY || item->flushed;

        if (item->order < final->order && item->failures == 0 && needs_a_turn_only)
            return true;
    }
    return false;
}

static bool final_is_blocked(const struct notify_item *item)
{
    return item->running > 0 || !list_empty(&item->job->lanes[NOTIFY_FILE].items) ||
           (!item->overtakes && ranges_hold_back(item));
}

static bool throttled_is_blocked(const struct notify_item *item)
{
    const struct notify_lane *lane = &item->job->lanes[item->kind];
    bool counts_from_return = item->interval_choice == SETTING_A5_FROM_RETURN && !item->flushed;

    if (lane->running > 0 && (!item->concurrent || counts_from_return))
        return true;
    /* Another one is about to begin: spacing counts from then. */
    return lane->ready > 0 && (!item->concurrent || (item->job->interval_ms > 0 && !item->flushed));
}

static uint64_t throttled_due_us(const struct notify_item *item)
{
    const struct notify_lane *lane = &item->job->lanes[item->kind];
    uint64_t interval_us = (uint64_t)item->job->interval_ms * 1000, due_us = item->not_before_us, last_us;

    if (item->flushed)
        return due_us;
    last_us = item->interval_choice == SETTING_A5_FROM_RETURN ? lane->returned_us : lane->began_us;
    if (last_us != CLOCK_NEVER) {
        if (item->interval_choice == SETTING_A5_LAGGING)
            interval_us = (uint64_t)lane->interval_ms * 1000;
        due_us = later_us(due_us, pace_add_us(last_us, interval_us));
    }
    if (item->interval_choice == SETTING_A5_TRAILING)
        due_us = later_us(due_us, pace_add_us(item->posted_us, interval_us));
    return due_us;
}

uint64_t pace_due_us(const struct notify_item *item)
{
    switch (item->kind) {
    case NOTIFY_TRANSFERRED:
    case NOTIFY_ERROR:
        return final_is_blocked(item) ? CLOCK_NEVER : item->not_before_us;
    case NOTIFY_CERTIFICATE:
        return item->running > 0 ? CLOCK_NEVER : item->not_before_us;
    case NOTIFY_FILE:
        return file_is_blocked(item) ? CLOCK_NEVER : item->not_before_us;
    default:
        return throttled_is_blocked(item) ? CLOCK_NEVER : throttled_due_us(item);
    }
}
