/* worker.c: a thread a slot, which waits for something ready, wins its slot, and only then takes the best
 * item.
 *
 * So what runs is chosen at the last moment: an event that comes while all four slots are taken overtakes
 * those of lesser kinds that came before. A slot is let go after each call, as other processes wait for it.
 *
 * Waking. A worker is signalled (or started) for each item that becomes ready. If several become ready before
 * it has the lock, or its slot is held by another process, it wakes the next worker itself; and a worker
 * looks whether something is ready before it idles. So no ready item waits while a worker idles.
 *
 * notify_deliver_one does the same on the caller's thread, with any slot. There several threads and nested
 * calls share the slots, so pump_slots says which ones are ours already.
 *
 * Thread-local `frames` is the stack of calls under way on a thread, to know a delivery thread by.
 */
#include "notify/worker.h"

#include <assert.h>
#include <stdio.h>

#include "notify/pace.h"
#include "notify/queue.h"

/* How long a worker waits after its slot's file failed (no memory, no locks): nothing tells when that ends.
 */
#define SLOT_TROUBLE_US 100000

struct frame {
    const struct notify *notify;
    struct frame *outer;
};

static _Thread_local struct frame *frames;

/* A call under way, and what to restore if nobody was called after all. */
struct call {
    struct notify_item *item;
    unsigned withdrawals;
    bool lost;
    uint64_t began_us, last_began_us, last_returned_us;
    uint32_t last_interval_ms;
};

static void call_begin(struct notify *notify, struct call *call, struct notify_item *item)
{
    struct notify_lane *lane = &item->job->lanes[item->kind];
    uint64_t now_us = clock_now_us(notify->clock);

    *call = (struct call){
        .item = item,
        .withdrawals = item->withdrawals,
        .lost = item->lost,
        .began_us = now_us,
        .last_began_us = lane->began_us,
        .last_returned_us = lane->returned_us,
        .last_interval_ms = lane->interval_ms,
    };
    queue_remove(notify, item);
    item->lost = false;
    item->flushed = false;
    item->running++;
    lane->running++;
    lane->began_us = now_us;
    lane->interval_ms = item->job->interval_ms;
    notify->counters.running++;
    queue_review(notify, item->job, now_us);
}

static enum notify_answer call_out(struct notify *notify, const struct call *call, unsigned slot)
{
    const struct notify_handler *handler = call->item->handler;
    struct frame frame = {.notify = notify, .outer = frames};
    enum notify_answer answer = NOTIFY_DONE;

    frames = &frame;
    if (!call->lost)
        answer = handler->deliver(call->item->context, slot);
    else if (handler->lost)
        handler->lost(call->item->context);
    frames = frame.outer;
    return answer;
}

/* Failed: the same again, once, even if the item was posted anew meanwhile. */
static void call_again(struct notify *notify, struct notify_item *item, enum notify_answer answer,
                       uint64_t now_us)
{
    uint64_t wait_us = (uint64_t)item->job->repeat_limit_s * 1000000;

    item->failures++;
    if (answer == NOTIFY_REPEAT)
        wait_us = pace_backoff_us(item->failures, item->job->repeat_limit_s);
    item->not_before_us = pace_add_us(now_us, wait_us);
    notify->counters.repeated++;
    if (item->queue == QUEUE_NONE)
        queue_place(notify, item, now_us);
}

static void call_done(struct notify_item *item)
{
    item->failures = 0;
    item->not_before_us = 0;
    if (item->queue == QUEUE_NONE || item->kind != NOTIFY_FILE)
        return;
    /* Posted anew: behind the files that were posted meanwhile. */
    list_remove(&item->in_lane);
    list_push_back(&item->job->lanes[NOTIFY_FILE].items, &item->in_lane);
}

static void call_end(struct notify *notify, const struct call *call, enum notify_answer answer)
{
    struct notify_item *item = call->item;
    struct notify_lane *lane = &item->job->lanes[item->kind];
    uint64_t now_us = clock_now_us(notify->clock);
    bool failed = answer == NOTIFY_REPEAT || answer == NOTIFY_REPEAT_LATE;
    bool again = failed && call->withdrawals == item->withdrawals && !notify->stopping;

    notify->counters.running--;
    item->running--;
    lane->running--;
    lane->returned_us = now_us;
    if (answer == NOTIFY_SKIPPED && lane->began_us == call->began_us) {
        lane->began_us = call->last_began_us;
        lane->returned_us = call->last_returned_us;
        lane->interval_ms = call->last_interval_ms;
    }
    if (call->lost)
        notify->counters.dropped[item->kind]++;
    else if (answer != NOTIFY_SKIPPED)
        notify->counters.delivered[item->kind]++;

    if (again)
        call_again(notify, item, answer, now_us);
    else
        call_done(item);
    if (item->queue == QUEUE_NONE && item->running == 0) {
        list_remove(&item->in_lane);
        queue_review(notify, item->job, now_us);
        notify_drop(notify, item->handler, item->context);
    } else {
        queue_review(notify, item->job, now_us);
    }
    if (notify->ready_count == 0 && notify->counters.running == 0)
        notify->tell = true;
}

/* With the lock held, and the slot, which is let go. False: there was nothing to deliver. */
static bool deliver_best(struct notify *notify, unsigned slot)
{
    struct notify_item *item = notify->stopping ? NULL : queue_best(notify);
    struct call call = {0};
    enum notify_answer answer = NOTIFY_DONE;

    if (item)
        call_begin(notify, &call, item);
    notify->seeking--;
    worker_wake(notify);
    notify_leave(notify);
    if (item)
        answer = call_out(notify, &call, slot);
    slots_release(notify->slots, slot);
    notify_enter(notify);
    notify->seeking++;
    if (item)
        call_end(notify, &call, answer);
    return item && !call.lost;
}

/* With the lock held, which is let go meanwhile. */
static HRESULT win_slot(struct notify *notify, unsigned slot)
{
    HRESULT hr;

    notify_leave(notify);
    hr = slots_try_acquire(notify->slots, slot);
    notify_enter(notify);
    if (hr != S_FALSE)
        return hr;
    notify->counters.waiting_for_slot++;
    notify->seeking--;
    worker_wake(notify);
    notify_leave(notify);
    hr = slots_acquire(notify->slots, slot);
    notify_enter(notify);
    notify->seeking++;
    notify->counters.waiting_for_slot--;
    return hr;
}

/* With the lock held, which is let go meanwhile. May come back for no reason. */
static void worker_idle(struct notify *notify, uint64_t limit_us)
{
    if (notify->tell) { /* before nobody is left to do it */
        notify_leave(notify);
        notify_enter(notify);
        return;
    }
    notify->seeking--;
    notify->idle++;
    cond_wait_for(&notify->work, &notify->lock, limit_us);
    notify->idle--;
    notify->seeking++;
}

static void deliver_loop(struct notify *notify, unsigned slot)
{
    while (!notify->stopping) {
        HRESULT hr;

        if (notify->ready_count == 0) {
            worker_idle(notify, UINT64_MAX);
            continue;
        }
        hr = win_slot(notify, slot);
        if (SUCCEEDED(hr))
            deliver_best(notify, slot);
        else if (!notify->stopping)
            worker_idle(notify, SLOT_TROUBLE_US);
    }
}

/* For a pump that found all slots taken: waits for this one, and tells when it was free. It does not keep the
 * slot, since nobody knows when the pump's owner comes back. */
static void scout_loop(struct notify *notify, unsigned slot)
{
    uint64_t bit = (uint64_t)1 << slot;

    while (!notify->stopping) {
        HRESULT hr;

        if (!(notify->refused_slots & bit) || (notify->pump_slots & bit)) {
            worker_idle(notify, UINT64_MAX);
            continue;
        }
        notify->pump_slots |= bit;
        notify_leave(notify);
        hr = slots_acquire(notify->slots, slot);
        if (SUCCEEDED(hr))
            slots_release(notify->slots, slot);
        notify_enter(notify);
        notify->pump_slots &= ~bit;
        notify->refused_slots &= ~bit;
        notify_offer(notify);
        if (FAILED(hr) && !notify->stopping)
            worker_idle(notify, SLOT_TROUBLE_US);
    }
}

static void worker_run(void *context)
{
    struct notify_worker *worker = context;
    struct notify *notify = worker->notify;

    notify_enter(notify);
    if (notify->mode == NOTIFY_THREADS)
        deliver_loop(notify, worker->slot);
    else
        scout_loop(notify, worker->slot);
    notify->seeking--;
    notify_leave(notify);

    /* The last that is touched: whoever waits may free notify now. */
    mutex_lock(&notify->lock);
    notify->alive--;
    cond_broadcast(&notify->left);
    mutex_unlock(&notify->lock);
}

static HRESULT worker_start(struct notify *notify)
{
    struct notify_worker *worker = &notify->workers[notify->started];
    char name[16];
    HRESULT hr;

    worker->notify = notify;
    worker->slot = notify->started;
    snprintf(name, sizeof name, "openbits-call%u", worker->slot);
    hr = thread_start(&worker->thread, name, worker_run, worker);
    if (FAILED(hr))
        return hr;
    notify->started++;
    notify->alive++;
    notify->seeking++;
    return S_OK;
}

void worker_wake(struct notify *notify)
{
    if (notify->mode != NOTIFY_THREADS || notify->ready_count <= notify->seeking || notify->stopping)
        return;
    if (notify->idle > 0)
        cond_signal(&notify->work);
    else if (notify->started < notify->cap && FAILED(worker_start(notify)) && notify->started == 0)
        notify->tell = true; /* the loop comes back and tries again */
}

bool worker_is_missing(const struct notify *notify)
{
    return notify->mode == NOTIFY_THREADS && notify->started == 0 && notify->ready_count > 0;
}

void worker_join_all(struct notify *notify)
{
    for (unsigned i = 0; i < notify->started; i++)
        thread_join(&notify->workers[i].thread);
}

bool notify_on_delivery_thread(struct notify *notify)
{
    for (const struct frame *frame = frames; frame; frame = frame->outer)
        if (frame->notify == notify)
            return true;
    return false;
}

/* With the lock held, which is let go meanwhile. *slot is one that no other pump has. */
static HRESULT win_any_slot(struct notify *notify, unsigned *slot)
{
    uint64_t refused = 0;

    for (unsigned i = 0; i < notify->cap; i++) {
        uint64_t bit = (uint64_t)1 << i;
        HRESULT hr;

        if (notify->pump_slots & bit)
            continue;
        notify->pump_slots |= bit;
        notify_leave(notify);
        hr = slots_try_acquire(notify->slots, i);
        notify_enter(notify);
        *slot = i;
        if (hr == S_OK)
            return S_OK;
        notify->pump_slots &= ~bit;
        refused |= bit;
    }
    if (refused && !notify->stopping) {
        notify->refused_slots |= refused;
        while (notify->started < notify->cap && SUCCEEDED(worker_start(notify)))
            continue;
        cond_broadcast(&notify->work);
    }
    return S_FALSE;
}

HRESULT notify_deliver_one(struct notify *notify)
{
    HRESULT hr = S_FALSE;
    unsigned slot = 0;

    assert(notify->mode == NOTIFY_PUMP);
    notify_enter(notify);
    notify->pumping++;
    while (hr == S_FALSE && notify->ready_count > 0 && !notify->stopping &&
           win_any_slot(notify, &slot) == S_OK) {
        notify->seeking++;
        if (deliver_best(notify, slot))
            hr = S_OK;
        notify->seeking--;
        notify->pump_slots &= ~((uint64_t)1 << slot);
    }
    notify_leave(notify);

    /* The last that is touched: whoever waits in notify_stop may free notify now. */
    mutex_lock(&notify->lock);
    notify->pumping--;
    cond_broadcast(&notify->left);
    mutex_unlock(&notify->lock);
    return hr;
}
