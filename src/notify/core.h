/* core.h: what the files of this room share: the dispatcher itself, and its lock; private.
 *
 * One lock guards everything below `lock`, and every notify_job and notify_item. It is held for a few
 * instructions and never across a call out, but for the handler's hold and settings_choice.
 * Whoever makes the next due time earlier, or the room quiet or empty, sets `tell`; notify_leave then calls
 * `woken` once the lock is free.
 */
#ifndef OPENBITS_NOTIFY_CORE_H
#define OPENBITS_NOTIFY_CORE_H

#include "notify/notify.h"
#include "sys/thread.h"

/* Where an item is queued, beside its running. */
enum notify_queue {
    QUEUE_NONE,
    QUEUE_BLOCKED, /* until another item of its job is done */
    QUEUE_TIMED,   /* until due_us */
    QUEUE_READY,   /* for a slot */
};

/* Kinds that share a queue: priority, the best first. */
enum {
    CLASS_FINAL,
    CLASS_FILE,
    CLASS_RANGES,
    CLASS_MODIFICATION,
    CLASS_COUNT,
};

struct notify_worker {
    struct notify *notify;
    struct thread thread;
    unsigned slot;
};

struct notify {
    enum notify_mode mode;
    struct clock *clock;
    struct slots *slots;
    unsigned cap;
    void (*woken)(void *context);
    void *context;

    struct mutex lock;
    struct settings settings;
    struct list blocked;            /* in no order */
    struct list timed;              /* by due_us, then by arrival */
    struct list ready[CLASS_COUNT]; /* by arrival */
    unsigned ready_count;
    uint64_t orders; /* numbers posts */
    size_t posted;   /* holds whose drop has not returned */
    struct notify_counters counters;
    uint64_t told_us; /* the due time that the loop knows of */
    bool tell;
    bool stopping;

    struct cond work; /* idle workers: something is to do, or stopping */
    struct cond left; /* notify_stop: a worker or a pump has gone */
    unsigned started;
    unsigned alive; /* workers that have not ended */
    unsigned idle;
    unsigned seeking; /* workers that are about to take an item, or to look for one */
    bool joined;

    /* NOTIFY_PUMP */
    unsigned pumping;       /* calls of notify_deliver_one */
    uint64_t pump_slots;    /* a bit for each slot that a thread of ours holds or asks for */
    uint64_t refused_slots; /* a bit for each slot whose worker is to wait until it is free */
    uint64_t offers;        /* see notify_offers */

    struct notify_worker workers[];
};

static inline bool kind_is_throttled(enum notify_kind kind)
{
    return kind == NOTIFY_RANGES || kind == NOTIFY_MODIFICATION;
}

/* With the lock held. */
static inline void notify_offer(struct notify *notify)
{
    if (notify->mode != NOTIFY_PUMP)
        return;
    notify->offers++;
    notify->tell = true;
}

static inline void notify_enter(struct notify *notify)
{
    mutex_lock(&notify->lock);
}

static inline void notify_leave(struct notify *notify)
{
    bool tell = notify->tell;

    notify->tell = false;
    mutex_unlock(&notify->lock);
    if (tell)
        notify->woken(notify->context);
}

/* With the lock held, which is let go for the call: an item has become idle. Its owner may free it and its
 * job here, so both are not to be touched any more. */
static inline void notify_drop(struct notify *notify, const struct notify_handler *handler, void *context)
{
    notify_leave(notify);
    handler->drop(context);
    notify_enter(notify);
    if (--notify->posted == 0)
        notify->tell = true;
}

#endif
