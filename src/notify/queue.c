/* queue.c: three waiting rooms: blocked (for another item), timed (for the clock), ready (for a slot).
 *
 * An item moves by what pace.c says, looked at again whenever something of its job changes; it never moves
 * back from ready. The timed ones are sorted: as most jobs have the same interval, a new one belongs at or
 * near the end, where the search begins, and the next due time is that of the first. Being made ready is also
 * where low-priority events may get lost on purpose (A3, A20): such an item takes its turn like any other,
 * but its handler's `lost` is called instead of the client.
 */
#include "notify/queue.h"

#include "notify/pace.h"
#include "notify/worker.h"

/* A3 drop-kth: each third. */
#define DROP_EACH 3

static const unsigned class_of[NOTIFY_KIND_COUNT] = {
    [NOTIFY_TRANSFERRED] = CLASS_FINAL,
    [NOTIFY_ERROR] = CLASS_FINAL,
    [NOTIFY_FILE] = CLASS_FILE,
    [NOTIFY_RANGES] = CLASS_RANGES,
    [NOTIFY_MODIFICATION] = CLASS_MODIFICATION,
    [NOTIFY_CERTIFICATE] = CLASS_FINAL,
};

void queue_remove(struct notify *notify, struct notify_item *item)
{
    if (item->queue == QUEUE_READY) {
        notify->ready_count--;
        item->job->lanes[item->kind].ready--;
    }
    list_remove(&item->in_queue);
    item->queue = QUEUE_NONE;
}

static bool slots_are_full(const struct notify *notify)
{
    return notify->counters.running + notify->counters.waiting_for_slot >= notify->cap;
}

/* JobTransferred, JobError and FileTransferred never are. */
static bool is_to_be_lost(struct notify *notify, struct notify_item *item)
{
    struct notify_job *job = item->job;
    uint64_t event = job->events++;
    unsigned choice;

    if (!kind_is_throttled(item->kind))
        return false;
    choice = settings_choice(&notify->settings, SETTING_A3, job->key, event);
    if (++job->lanes[item->kind].events % DROP_EACH == 0 && choice == SETTING_A3_DROP_KTH)
        return true;
    return slots_are_full(notify) &&
           (choice == SETTING_A3_DROP_UNDER_LOAD ||
            settings_choice(&notify->settings, SETTING_A20, job->key, event) == SETTING_A20_BLOCK_AND_DROP);
}

static void make_ready(struct notify *notify, struct notify_item *item)
{
    queue_remove(notify, item);
    item->lost = item->lost || is_to_be_lost(notify, item);
    item->queue = QUEUE_READY;
    list_push_back(&notify->ready[class_of[item->kind]], &item->in_queue);
    notify->ready_count++;
    item->job->lanes[item->kind].ready++;
    notify_offer(notify);
    worker_wake(notify);
}

static void make_timed(struct notify *notify, struct notify_item *item, uint64_t due_us)
{
    struct list *after = notify->timed.prev;

    while (after != &notify->timed && list_entry(after, struct notify_item, in_queue)->due_us > due_us)
        after = after->prev;
    list_push_front(after, &item->in_queue);
    item->queue = QUEUE_TIMED;
    item->due_us = due_us;
    if (due_us < notify->told_us) {
        notify->told_us = due_us;
        notify->tell = true;
    }
}

void queue_place(struct notify *notify, struct notify_item *item, uint64_t now_us)
{
    uint64_t due_us = pace_due_us(item);

    if (due_us <= now_us) {
        make_ready(notify, item);
        return;
    }
    if (item->queue == QUEUE_TIMED && item->due_us == due_us)
        return;
    queue_remove(notify, item);
    if (due_us != CLOCK_NEVER) {
        make_timed(notify, item, due_us);
    } else {
        list_push_back(&notify->blocked, &item->in_queue);
        item->queue = QUEUE_BLOCKED;
    }
}

void queue_review(struct notify *notify, struct notify_job *job, uint64_t now_us)
{
    /* The final ones last: they look at what became of the others. */
    static const enum notify_kind kinds[] = {
        NOTIFY_FILE,        NOTIFY_RANGES, NOTIFY_MODIFICATION,
        NOTIFY_CERTIFICATE, NOTIFY_TRANSFERRED, NOTIFY_ERROR,
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        list_for_each(node, &job->lanes[kinds[i]].items)
        {
            struct notify_item *item = list_entry(node, struct notify_item, in_lane);

            if (item->queue == QUEUE_BLOCKED || item->queue == QUEUE_TIMED)
                queue_place(notify, item, now_us);
            if (kinds[i] == NOTIFY_FILE)
                break; /* of files only the first can move, and there may be thousands */
        }
}

void queue_tick(struct notify *notify, uint64_t now_us)
{
    for (;;) {
        struct list *first = list_first(&notify->timed);
        struct notify_item *item;

        if (!first)
            return;
        item = list_entry(first, struct notify_item, in_queue);
        if (item->due_us > now_us)
            return;
        queue_review(notify, item->job, now_us);
    }
}

static struct notify_item *first_of(const struct list *queue)
{
    struct list *first = list_first(queue);

    return first ? list_entry(first, struct notify_item, in_queue) : NULL;
}

struct notify_item *queue_best(const struct notify *notify)
{
    struct notify_item *item = NULL;

    for (unsigned class = 0; !item && class < CLASS_COUNT; class ++)
        item = first_of(&notify->ready[class]);
    return item;
}

struct notify_item *queue_any(const struct notify *notify)
{
    struct notify_item *item = queue_best(notify);

    if (!item)
        item = first_of(&notify->timed);
    return item ? item : first_of(&notify->blocked);
}
