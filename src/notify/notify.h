/* notify.h: the way of one callback: coalesced, spaced, ordered, at most four at a time for a user.
 *
 * notify takes closures ("items"), each of a kind and of a job. It knows neither what they say nor whom
 * they call: the content of a report is gathered by the item's deliver function when its turn has come.
 *
 *   post -> waiting (the interval, the back-off, an earlier item of the job) -> ready -> running -> idle
 *
 * Posting an item that waits or is ready changes nothing: events of one item collapse. Posting one
 * that runs makes it wait again. Nothing is allocated per event: items live in their owner.
 *
 * Kinds, in order of priority across all jobs of the engine: TRANSFERRED, ERROR and CERTIFICATE, FILE,
 * RANGES, MODIFICATION; first come first served within one.
 * Within a job: FILE items run one after the other in the order posted, a failed one first again.
 * TRANSFERRED and ERROR wait for the job's FILE items, and for the RANGES items posted before, which then no
 * longer wait for the interval, unless A6 lets them overtake; a RANGES item that failed is not waited for.
 * RANGES items run one at a time unless A7 says concurrent: then one item, too, may run twice at a time.
 * MODIFICATION and CERTIFICATE wait for no other kind.
 * RANGES and MODIFICATION keep the job's interval, each kind for itself (R-331, R-333, A5).
 *
 * Threads: any may post, flush, withdraw, close. With NOTIFY_THREADS one worker a slot calls deliver; with
 * NOTIFY_PUMP notify_deliver_one does it on its caller's thread, which also takes a slot. deliver is called
 * with no lock of notify held, and may call anything here but notify_stop and notify_free.
 * Lock order: the engine's lock, then notify's. notify never calls out with its own lock held, except
 * the handler's hold (which may only count).
 * Time comes from the clock, but notify sets no timer: the engine's loop asks notify_next_due_us and calls
 * notify_tick; `woken` tells the loop that this has become earlier. docs/notify.md has the drawing.
 */
#ifndef OPENBITS_NOTIFY_NOTIFY_H
#define OPENBITS_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "openbits_types.h"
#include "settings/settings.h"
#include "sys/clock.h"
#include "sys/slots.h"

struct notify;

enum notify_kind {
    NOTIFY_TRANSFERRED,
    NOTIFY_ERROR,
    NOTIFY_FILE,
    NOTIFY_RANGES,
    NOTIFY_MODIFICATION,
    NOTIFY_CERTIFICATE, /* a question: a transfer waits for the answer */
    NOTIFY_KIND_COUNT,
};

enum notify_mode {
    NOTIFY_THREADS,
    NOTIFY_PUMP,
};

/* What deliver says about the event. */
enum notify_answer {
    NOTIFY_DONE,    /* told, or no longer wanted */
    NOTIFY_SKIPPED, /* nobody was called: the interval starts anew as if nothing had happened */
    NOTIFY_REPEAT,  /* failed: again after a back-off from 1 s, doubling, at most repeat_limit_s */
    NOTIFY_REPEAT_LATE, /* failed: again after repeat_limit_s */
};

struct notify_handler {
    /* slot: 0 .. cap-1, for the trace. An item counts as running before this is called, so a withdrawal may
     * have come in between: deliver looks under the owner's lock whether it is still wanted. */
    enum notify_answer (*deliver)(void *context, unsigned slot);
    /* hold: the item is no longer idle; notify's lock is held, so this may only count. drop: it is idle
     * again. Each hold has one drop, last of all, so it may free the item and its job. drop comes from a
     * delivery thread with no lock held, or from within notify_withdraw, notify_job_close or notify_stop on
     * the caller's thread with the caller's locks: who calls these must have a reference of its own. */
    void (*hold)(void *context);
    void (*drop)(void *context);
    /* The event is lost on purpose (A3, A20), called instead of deliver: what the report would have said is
     * to be forgotten. NULL: nothing to forget. */
    void (*lost)(void *context);
};

/* What the items of one kind of a job have in common. */
struct notify_lane {
    struct list items;              /* those not idle; FILE: in the order they run */
    uint64_t began_us, returned_us; /* of the last call; CLOCK_NEVER: none yet */
    uint32_t interval_ms;           /* as it was when that call began */
    unsigned ready, running;
    unsigned events; /* RANGES and MODIFICATION: how many were ready so far, for A3 */
};

/* Per job: the order and the interval. Lives in the job's owner; guarded by notify's lock. */
struct notify_job {
    struct notify *notify;
    uint64_t key;            /* the job's number, for seeded choices */
    uint64_t events;         /* numbers seeded choices */
    uint32_t interval_ms;    /* 0: no spacing */
    uint32_t repeat_limit_s; /* the most that a repeated delivery waits */
    struct notify_lane lanes[NOTIFY_KIND_COUNT];
};

struct notify_item {
    struct list in_lane, in_queue;
    struct notify_job *job;
    const struct notify_handler *handler;
    void *context;
    enum notify_kind kind;
    unsigned queue;       /* enum notify_queue in core.h */
    unsigned running;     /* calls under way */
    unsigned failures;    /* in a row */
    unsigned withdrawals; /* a call that began before one of them is not repeated */
    uint64_t order;       /* when it was posted, as a number */
    uint64_t posted_us;
    uint64_t not_before_us;        /* the back-off */
    uint64_t due_us;               /* while it waits for time */
    unsigned char interval_choice; /* A5 */
    bool overtakes, concurrent, flushed, lost;
};

struct notify_config {
    enum notify_mode mode;
    struct clock *clock;
    struct slots_config slots;
    const struct settings *settings; /* copied */
    /* The next due time is earlier, notify_offers has grown, or (once the last drop has returned) nothing is
     * posted any more. Any
     * thread, the engine's lock held or not; may not call back into notify. */
    void (*woken)(void *context);
    void *context;
};

struct notify_counters {
    uint64_t delivered[NOTIFY_KIND_COUNT];
    uint64_t collapsed[NOTIFY_KIND_COUNT]; /* posts that found the item waiting */
    uint64_t dropped[NOTIFY_KIND_COUNT];   /* lost on purpose (A3, A20) */
    uint64_t repeated;
    unsigned running, waiting_for_slot;
};

/* Opens the slots; workers start with the first event. Errors of slots_open, E_OUTOFMEMORY. */
HRESULT notify_new(const struct notify_config *config, struct notify **out);

/* No deliver starts after this began. Waits up to limit_us of real time for the running ones and the
 * workers; S_FALSE: one still runs. Items still waiting are dropped, later posts too. Not from a deliver
 * function. */
HRESULT notify_stop(struct notify *notify, uint64_t limit_us);

/* After a notify_stop that answered S_OK. */
void notify_free(struct notify *notify);

/* Whether the calling thread is inside a deliver of this notify. */
bool notify_on_delivery_thread(struct notify *notify);

void notify_settings_changed(struct notify *notify, const struct settings *settings);

void notify_job_init(struct notify_job *job, struct notify *notify, uint64_t key);
/* Holds for waits under way too, which may end at once (A5 lagging: from the next call on). */
void notify_job_set_interval(struct notify_job *job, uint32_t interval_ms);
void notify_job_set_repeat_limit(struct notify_job *job, uint32_t seconds);

void notify_item_init(struct notify_item *item, struct notify_job *job, enum notify_kind kind,
                      const struct notify_handler *handler, void *context);

void notify_post(struct notify_item *item);

/* Takes back an item that waits or is ready. A running one goes on and is not repeated. */
void notify_withdraw(struct notify_item *item);

/* The final flush: the job's throttled items that wait for the interval are due now, once (decision 20).
 * Call it after the last event was posted. A5, A6 and A3 may say otherwise. */
void notify_flush(struct notify_job *job);

/* Drops the job's waiting RANGES and MODIFICATION items, and repeats none that runs: the job became final
 * . A6 late keeps them. */
void notify_job_close(struct notify_job *job);

/* Engine time of the next item that becomes ready by time alone; CLOCK_NEVER. */
uint64_t notify_next_due_us(struct notify *notify);
/* Moves what is due to the ready queue. */
void notify_tick(struct notify *notify);

/* NOTIFY_PUMP: delivers the best ready item. S_OK: one was delivered. S_FALSE: none is ready, or (with
 * slots of scope USER) all slots are held by others. */
HRESULT notify_deliver_one(struct notify *notify);

/* NOTIFY_PUMP: grows when notify_deliver_one may find what it did not find before, since an item has become
 * ready or a slot free; `woken` follows. */
uint64_t notify_offers(struct notify *notify);

/* Nothing is ready or running; what waits for time alone does not count. */
bool notify_quiet(struct notify *notify);
/* Nothing is posted at all. */
bool notify_empty(struct notify *notify);

void notify_counters(struct notify *notify, struct notify_counters *out);

#endif
