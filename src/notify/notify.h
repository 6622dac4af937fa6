/* notify.h: the way of one callback: coalesced, spaced, ordered, at most four at a time for a user.
 *
 * notify takes closures ("items"), each of a kind and of a job. It knows neither what they say nor whom
 * they call: the content of a report is gathered by the item's deliver function when its turn has come.
 *
 *   post -> waiting (the interval, the back-off, an earlier item of the job) -> ready -> running -> idle
 *
 * Posting an item that waits or is ready changes nothing: events of one item collapse. Posting one
 * that runs makes it wait again when it returns. Nothing is allocated per event: items live in their owner.
 *
 * Kinds, in order of priority across all jobs of the engine: TRANSFERRED and ERROR, FILE,
 * RANGES, MODIFICATION; first come first served within one.
 * Within a job: FILE items run one after the other in the order posted, TRANSFERRED and ERROR wait
 * for the job's FILE items, and for its RANGES items unless A6 lets them overtake; RANGES items run one at a
 * time unless A7 says concurrent; MODIFICATION waits for nobody.
 * RANGES and MODIFICATION keep the job's interval, each kind for itself (R-331, R-333, A5).
 *
 * Threads: any may post, flush, withdraw. With NOTIFY_THREADS one worker a slot calls deliver; with
 * NOTIFY_PUMP notify_deliver_one does it on its caller's thread, which also takes a slot. deliver is called
 * with no lock of notify held, and may call anything here but notify_stop.
 * Lock order: the engine's lock, then notify's. notify never calls out with its own lock held, except
 * the handler's hold (which may only count).
 * Time comes from the clock, but notify sets no timer: the engine's loop asks notify_next_due_us and calls
 * notify_tick; `woken` tells the loop that this has become earlier.
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
};

struct notify_handler {
    /* slot: 0 .. cap-1, for the trace. now_us: the engine's time when the call started. */
    enum notify_answer (*deliver)(void *context, unsigned slot);
    /* hold: posted or about to be; drop: idle again. Each hold has one drop; drop is called without locks,
     * last of all, so it may free the item. */
    void (*hold)(void *context);
    void (*drop)(void *context);
};

/* Per job: the order and the interval. Lives in the job's owner; guarded by notify's lock. */
struct notify_job {
    uint64_t key;               /* the job's number, for seeded choices */
    uint32_t interval_ms;       /* 0: no spacing */
    uint32_t repeat_limit_s;    /* the most that a repeated delivery waits */
    uint64_t last_us[NOTIFY_KIND_COUNT]; /* when the last call of a kind began; CLOCK_NEVER: none yet */
    uint64_t events;            /* numbers seeded choices */
    struct list items;          /* those not idle, oldest first */
    struct notify *notify;
};

struct notify_item {
    struct list in_job, in_queue;
    struct notify_job *job;
    const struct notify_handler *handler;
    void *context;
    uint64_t due_us;
    uint64_t order;             /* when it was posted, as a number */
    unsigned failures;
    enum notify_kind kind;
    unsigned state;             /* enum in notify.c */
};

struct notify_config {
    enum notify_mode mode;
    struct clock *clock;
    struct slots_config slots;
    const struct settings *settings; /* copied */
    /* The next due time is earlier, or (once the last drop has returned) nothing is posted any more. Any
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
void notify_job_set_interval(struct notify_job *job, uint32_t interval_ms); /* counts from the next event */
void notify_job_set_repeat_limit(struct notify_job *job, uint32_t seconds);

void notify_item_init(struct notify_item *item, struct notify_job *job, enum notify_kind kind,
                      const struct notify_handler *handler, void *context);

void notify_post(struct notify_item *item);

/* Takes back an item that does not run; after it returned, no deliver of it starts. A running one goes on
 * and is not repeated. */
void notify_withdraw(struct notify_item *item);

/* The final flush: the job's throttled items that wait for the interval are due now, once (decision 20). */
void notify_flush(struct notify_job *job);

/* Drops the job's waiting items but those that must be delivered: the job became final. */
void notify_job_close(struct notify_job *job);

/* Engine time of the next item that becomes ready by time alone; CLOCK_NEVER. */
uint64_t notify_next_due_us(struct notify *notify);
/* Moves what is due to the ready queue. */
void notify_tick(struct notify *notify);

/* NOTIFY_PUMP: delivers the best ready item. S_OK: one was delivered. S_FALSE: none is ready, or (with
 * slots of scope USER) all slots are held by others. */
HRESULT notify_deliver_one(struct notify *notify);

/* Nothing is ready or running; what waits for time alone does not count. */
bool notify_quiet(struct notify *notify);
/* Nothing is posted at all. */
bool notify_empty(struct notify *notify);

void notify_counters(struct notify *notify, struct notify_counters *out);

#endif
