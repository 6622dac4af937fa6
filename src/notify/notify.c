/* notify.c: what the engine calls: begin and end, post, withdraw, flush, close, and the loop's questions.
 *
 * Design: docs/notify.md. The room's files: core.h the data and its lock, pace.c when an item may run,
 * queue.c where it waits, worker.c the slots and the call. Here is what happens to an item from outside.
 */
#include "notify/notify.h"

#include <assert.h>
#include <stdlib.h>

#include "notify/core.h"
#include "notify/pace.h"
#include "notify/queue.h"
#include "notify/worker.h"

/* How soon the loop is to come back when no thread could be started. */
#define WORKER_RETRY_US 100000

HRESULT notify_new(const struct notify_config *config, struct notify **out)
{
    struct notify *notify;
    HRESULT hr;

    *out = NULL;
    notify = calloc(1, sizeof *notify + config->slots.cap * sizeof *notify->workers);
    if (!notify)
        return E_OUTOFMEMORY;
    hr = slots_open(&config->slots, &notify->slots);
    if (FAILED(hr)) {
        free(notify);
        return hr;
    }
    notify->mode = config->mode;
    notify->clock = config->clock;
    notify->cap = config->slots.cap;
    notify->woken = config->woken;
    notify->context = config->context;
    notify->settings = *config->settings;
    notify->told_us = CLOCK_NEVER;
    mutex_init(&notify->lock);
    cond_init(&notify->work);
    cond_init(&notify->left);
    list_init(&notify->blocked);
    list_init(&notify->timed);
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        list_init(&notify->ready[i]);
    *out = notify;
    return S_OK;
}

/* With the lock held, which may be let go: takes an item back, and drops it unless it runs. */
static void take_back(struct notify *notify, struct notify_item *item)
{
    item->withdrawals++;
    if (item->queue == QUEUE_NONE)
        return;
    queue_remove(notify, item);
    if (item->running > 0) {
        queue_review(notify, item->job, clock_now_us(notify->clock));
        return;
    }
    item->failures = 0;
    item->not_before_us = 0;
    list_remove(&item->in_lane);
    queue_review(notify, item->job, clock_now_us(notify->clock));
    notify_drop(notify, item->handler, item->context);
}

HRESULT notify_stop(struct notify *notify, uint64_t limit_us)
{
    uint64_t began_us = clock_monotonic_us(), passed_us = 0;
    struct notify_item *item;
    bool join;

    assert(!notify_on_delivery_thread(notify));
    notify_enter(notify);
    notify->stopping = true;
    cond_broadcast(&notify->work);
    while ((item = queue_any(notify)))
        take_back(notify, item);
    notify_leave(notify);
    slots_abort(notify->slots);

    notify_enter(notify);
    while (notify->alive + notify->pumping > 0 && passed_us < limit_us) {
        cond_wait_for(&notify->left, &notify->lock, limit_us - passed_us);
        passed_us = clock_monotonic_us() - began_us;
    }
    if (notify->alive + notify->pumping > 0) {
        notify_leave(notify);
        return S_FALSE;
    }
    join = !notify->joined;
    notify->joined = true;
    notify_leave(notify);
    if (join)
        worker_join_all(notify);
    return S_OK;
}

void notify_free(struct notify *notify)
{
    assert(notify->posted == 0 && notify->alive == 0);
    slots_close(notify->slots);
    cond_destroy(&notify->left);
    cond_destroy(&notify->work);
    mutex_destroy(&notify->lock);
    free(notify);
}

void notify_settings_changed(struct notify *notify, const struct settings *settings)
{
    LOCK_SCOPE(&notify->lock);
    notify->settings = *settings;
}

void notify_job_init(struct notify_job *job, struct notify *notify, uint64_t key)
{
    *job = (struct notify_job){.notify = notify, .key = key};
    for (unsigned kind = 0; kind < NOTIFY_KIND_COUNT; kind++) {
        list_init(&job->lanes[kind].items);
        job->lanes[kind].began_us = CLOCK_NEVER;
        job->lanes[kind].returned_us = CLOCK_NEVER;
    }
}

void notify_job_set_interval(struct notify_job *job, uint32_t interval_ms)
{
    struct notify *notify = job->notify;

    notify_enter(notify);
    job->interval_ms = interval_ms;
    queue_review(notify, job, clock_now_us(notify->clock));
    notify_leave(notify);
}

void notify_job_set_repeat_limit(struct notify_job *job, uint32_t seconds)
{
    LOCK_SCOPE(&job->notify->lock);
    job->repeat_limit_s = seconds;
}

void notify_item_init(struct notify_item *item, struct notify_job *job, enum notify_kind kind,
                      const struct notify_handler *handler, void *context)
{
    *item = (struct notify_item){.job = job, .kind = kind, .handler = handler, .context = context};
    list_init(&item->in_lane);
    list_init(&item->in_queue);
}

/* The job's reports that wait, of one kind, need no more than a turn from now on. */
static void flush_lane(struct notify_lane *lane, bool lose)
{
    list_for_each(node, &lane->items)
    {
        struct notify_item *item = list_entry(node, struct notify_item, in_lane);

        if (item->queue == QUEUE_NONE)
            continue;
        item->flushed = true;
        item->lost = item->lost || lose;
    }
}

/* One decision an event, each with a number of its own, so that a seed decides the same way again. */
static void decide(struct notify *notify, struct notify_item *item)
{
    const struct settings *settings = &notify->settings;
    uint64_t key = item->job->key, event = item->job->events++;

    item->interval_choice = SETTING_A5_LEADING;
    if (kind_is_throttled(item->kind))
        item->interval_choice = (unsigned char)settings_choice(settings, SETTING_A5, key, event);
    item->concurrent = item->kind == NOTIFY_RANGES &&
                       settings_choice(settings, SETTING_A7, key, event) == SETTING_A7_CONCURRENT;
    item->overtakes = (item->kind == NOTIFY_TRANSFERRED || item->kind == NOTIFY_ERROR) &&
                      settings_choice(settings, SETTING_A6, key, event) != SETTING_A6_FLUSH_FIRST;
    item->flushed = false;
    item->lost = false;
}

void notify_post(struct notify_item *item)
{
    struct notify_job *job = item->job;
    struct notify *notify = job->notify;
    uint64_t now_us;

    notify_enter(notify);
    if (notify->stopping) {
        notify_leave(notify);
        return;
    }
    if (item->queue != QUEUE_NONE) {
        notify->counters.collapsed[item->kind]++;
        notify_leave(notify);
        return;
    }
    if (item->running == 0) {
        item->handler->hold(item->context);
        notify->posted++;
    }
    /* Behind those posted earlier; but a file that runs stays first until it is known whether it failed. */
    if (item->running == 0 || item->kind != NOTIFY_FILE) {
        list_remove(&item->in_lane);
        list_push_back(&job->lanes[item->kind].items, &item->in_lane);
    }
    now_us = clock_now_us(notify->clock);
    item->order = notify->orders++;
    item->posted_us = now_us;
    decide(notify, item);
    /* What is waited for may not in turn wait for the interval, in whichever order the engine calls. */
    if ((item->kind == NOTIFY_TRANSFERRED || item->kind == NOTIFY_ERROR) && !item->overtakes &&
        settings_choice(&notify->settings, SETTING_A5, job->key, job->events++) != SETTING_A5_NO_FLUSH) {
        flush_lane(&job->lanes[NOTIFY_RANGES], false);
        queue_review(notify, job, now_us);
    }
    queue_place(notify, item, now_us);
    notify_leave(notify);
}

void notify_withdraw(struct notify_item *item)
{
    struct notify *notify = item->job->notify;

    notify_enter(notify);
    take_back(notify, item);
    notify_leave(notify);
}

void notify_flush(struct notify_job *job)
{
    struct notify *notify = job->notify;
    const struct settings *settings = &notify->settings;
    uint64_t event;
    bool lose;

    notify_enter(notify);
    event = job->events++;
    lose = settings_choice(settings, SETTING_A3, job->key, event) == SETTING_A3_DROP_LAST;
    if (lose || (settings_choice(settings, SETTING_A5, job->key, event) != SETTING_A5_NO_FLUSH &&
                 settings_choice(settings, SETTING_A6, job->key, event) != SETTING_A6_LATE)) {
        flush_lane(&job->lanes[NOTIFY_RANGES], lose);
        flush_lane(&job->lanes[NOTIFY_MODIFICATION], lose);
        queue_review(notify, job, clock_now_us(notify->clock));
    }
    notify_leave(notify);
}

/* Takes back what is queued of a lane, and lets nothing that runs be repeated. */
static void take_back_lane(struct notify *notify, struct notify_lane *lane)
{
    struct list *node = lane->items.next;

    while (node != &lane->items) {
        struct notify_item *item = list_entry(node, struct notify_item, in_lane);

        node = node->next;
        if (item->queue == QUEUE_NONE) {
            item->withdrawals++;
            continue;
        }
        take_back(notify, item);
        node = lane->items.next; /* the lock was let go */
    }
}

void notify_job_close(struct notify_job *job)
{
    struct notify *notify = job->notify;

    notify_enter(notify);
    if (settings_choice(&notify->settings, SETTING_A6, job->key, job->events++) != SETTING_A6_LATE) {
        take_back_lane(notify, &job->lanes[NOTIFY_RANGES]);
        take_back_lane(notify, &job->lanes[NOTIFY_MODIFICATION]);
    }
    notify_leave(notify);
}

uint64_t notify_next_due_us(struct notify *notify)
{
    struct list *first;

    LOCK_SCOPE(&notify->lock);
    first = list_first(&notify->timed);
    notify->told_us = first ? list_entry(first, struct notify_item, in_queue)->due_us : CLOCK_NEVER;
    if (worker_is_missing(notify)) {
        uint64_t retry_us = pace_add_us(clock_now_us(notify->clock), WORKER_RETRY_US);

        if (retry_us < notify->told_us)
            notify->told_us = retry_us;
    }
    return notify->told_us;
}

void notify_tick(struct notify *notify)
{
    notify_enter(notify);
    queue_tick(notify, clock_now_us(notify->clock));
    if (worker_is_missing(notify))
        worker_wake(notify);
    notify_leave(notify);
}

uint64_t notify_offers(struct notify *notify)
{
    LOCK_SCOPE(&notify->lock);
    return notify->offers;
}

bool notify_quiet(struct notify *notify)
{
    LOCK_SCOPE(&notify->lock);
    return notify->ready_count == 0 && notify->counters.running == 0;
}

bool notify_empty(struct notify *notify)
{
    LOCK_SCOPE(&notify->lock);
    return notify->posted == 0;
}

void notify_counters(struct notify *notify, struct notify_counters *out)
{
    LOCK_SCOPE(&notify->lock);
    *out = notify->counters;
}
