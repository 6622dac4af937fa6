/* internal.h: the engine's own structs; a section for each file of the room.
 *
 * Threads: callers (any number), one loop, the delivery threads of notify. What the loop alone touches is in
 * `loop`, what the lock guards in `shared` (of an engine) or said so at the field; the rest never changes
 * after engine_new.
 *
 * Lock order: registry, engine, notify, then the leaves (trace, clock). No client code, no wait for
 * the network and no source function runs under the engine's lock. Renaming and removing files does: a state
 * is true on the disk before a client can see it.
 */
#ifndef OPENBITS_ENGINE_INTERNAL_H
#define OPENBITS_ENGINE_INTERNAL_H

#include "base/list.h"
#include "base/refcount.h"
#include "engine/engine.h"
#include "fetch/fetch.h"
#include "notify/notify.h"
#include "sys/file.h"
#include "sys/thread.h"

/* --- files.c. Files of which nothing is filled (any more) have empty temporary files afterwards, and nothing to
 * report. No request of the job is open; under the lock. */
void files_forget_void(struct engine_job *job);

/* --- output.c: the temporary file of one file of a job */
struct output_dir; /* a directory, opened once for all files in it */

struct output {
    struct output_dir *dir;
    char *temporary, *final; /* names within dir; the same if `direct` */
    bool direct;             /* writes straight to the destination; never removed by us */
    struct sys_file *open;   /* loop only; NULL between transfers */
    bool stale;              /* what is open was discarded: to be closed first; under the engine's lock */
    bool made;               /* the temporary file exists; under the engine's lock */
    struct sys_file_id id;   /* of the file that was made */
};

/* --- a file of a job, as the engine sees it; all under the engine's lock, but output.open */
struct engine_file {
    struct engine_job *job;
    uint32_t index;
    struct output output;
    struct rangeset unreported; /* filled, and not yet in a FileRangesTransferred */
    struct notify_item ranges_item, file_item;
};

/* --- a request on the wire (transfer.c) */
struct transfer {
    struct flight flight;   /* under the lock */
    struct list in_job;     /* under the lock: the job's transfers, or the engine's dead ones */
    struct engine_job *job; /* held */
    uint32_t file;
    enum job_plan_kind kind;
    struct range range;            /* what was asked */
    struct fetch_request *request; /* loop only; NULL before start and after done */
    bool dead;                     /* under the lock: its job wants it no more */
    bool held;                     /* under the lock: the client is asked about the server's certificate */
};

struct engine_job {
    struct refcount refs; /* the engine's list, handles, deliveries, transfers */
    struct engine *engine;
    struct check_job check;
    /* all below under the engine's lock */
    struct job job;
    struct list in_jobs;   /* the engine's list, oldest first; alone once final */
    struct list in_active; /* engine->shared.active, while in an active state */
    struct list in_work;   /* engine->shared.work, while there is something to plan */
    struct list transfers;
    unsigned transfer_count;
    uint32_t last_started; /* the file of the last request */
    struct engine_file **files;
    size_t file_count, file_cap;
    struct notify_job notify;
    struct notify_item transferred_item, error_item, modification_item, certificate_item;
    const struct engine_client_ops *client_ops; /* NULL: no client */
    void *client;
    unsigned client_answers;
    unsigned final_calls;        /* 1 << kind: the client was called for the event that is due */
    bool flags_set, client_seen; /* SetNotifyFlags was called; there was a client at some time */
    uint64_t slice_since_us;     /* when it was given the line */
    bool slice_over;             /* it starts no more requests, and gives the line away (schedule.c) */
    uint64_t queued_order;       /* when it last became QUEUED, as a number */
    uint64_t choices;            /* numbers the seeded choices made here (settings_choice) */

    /* certificate.c */
    const struct engine_validator_ops *validator_ops; /* NULL: nobody is asked */
    void *validator;
    uint64_t validator_turn;            /* counts those who were, for answers that come too late */
    struct list questions;              /* answered with yes, or open */
    bool certificates_accepted;         /* the loop is to let held transfers go on */
    struct job_error certificate_error; /* a refusal that the loop is to carry out; hr S_OK: none */

    /* Loop only (http.c): what fetch is given, and what of it was made from. */
    struct fetch_options *options; /* NULL: none are needed */
    uint64_t options_version;
    unsigned options_flags;
};

/* A thread that ended and waits to be joined (registry.c). */
struct grave {
    struct list in_buried;
    struct thread thread;
};

struct engine_counters {
    uint64_t requests, bytes_fetched, bytes_asked_twice;
};

struct engine {
    enum engine_mode mode;
    struct clock *clock;
    struct trace *trace;
    struct check *check; /* NULL: nobody checks */
    struct notify *notify;
    struct fetch_source *source;
    struct job_limits limits;
    struct engine_quotas quotas;
    const struct job_table *table;
    char *owner_sid;
    char *certificates, *crl_file; /* NULL: none */
    char *notify_programs;         /* NULL: none */
    bool administrator;
    char *name; /* NULL: not to be found */
    HRESULT (*write_fault)(void *context, uint64_t offset, size_t len);
    void *write_fault_context;

    struct thread loop;   /* but with ENGINE_INLINE */
    bool loop_has_more;   /* loop only: it has woken itself, and need not be woken for that */
    uint64_t offers_told; /* loop only: of notify_offers, with ENGINE_PUMP */
    struct grave *grave;  /* for the loop that ends by itself */

    struct mutex lock;
    struct {
        struct settings settings;
        struct list jobs, active, work;
        struct list dead; /* transfers that the loop shall cancel */
        struct list output_dirs;
        struct list calls;       /* callbacks under way, oldest first; in checking mode only */
        unsigned open_transfers; /* not yet done or cancelled */
        unsigned handles;
        uint64_t next_key, next_order;
        uint64_t job_due_us; /* no timer of a job is earlier */
        uint64_t slice_due_us, inactivity_due_us;
        size_t job_count; /* of `jobs` */
        struct engine_counters counters;
        bool schedule_due;
        bool end_asked;        /* the loop shall end, whatever is active */
        bool joining;          /* a thread has taken it upon itself to end and free the engine */
        bool ended;            /* the loop has left */
        bool joined;           /* ended and joined while clients held handles: the last one frees */
        bool stuck;            /* a callback did not return in time: nothing may be freed */
        uint64_t end_limit_us; /* of real time, for callbacks that still run at the end */
        /* waiting in engine_pump: `waiting` of them have seen everything up to `seen_all` */
        struct cond changed;
        uint64_t sequence;
        unsigned pumps, waiting;
        uint64_t pump_limit_us; /* the earliest limit of those that wait */
        uint64_t stalled_at;    /* the sequence at which nothing could happen by itself; 0: none */
        bool pumps_untold;      /* the loop has something to tell them */
        uint64_t pumps_told_us; /* real time */
    } shared;

    struct list in_registry; /* registry's lock */
};

/* --- engine.c */
void engine_unref_job(struct engine_job *job); /* not under the lock */
/* Something that a waiting client may look for has happened. Under the lock. */
void engine_note_change(struct engine *engine);
/* No handle, nothing active, no callback due. Under the lock. */
bool engine_is_idle(struct engine *engine);
/* The loop's last act: ends jobs and callbacks, and frees the engine if no handle is left. */
void engine_loop_ended(struct engine *engine);
/* The caller has set end_asked, joining and end_limit_us: ends the loop, joins it, frees what no handle
 * keeps. */
void engine_end_claimed(struct engine *engine);

/* --- jobs.c */
/* Cancels a job whatever its state but a final one; under the lock. */
HRESULT engine_cancel_locked(struct engine_job *job);
/* After a move to a final state, not under the lock: lets the client and the engine's own hold go. */
void engine_release_final(struct engine_job *job);

/* --- control.c */
/* Writes the `settings` line of the trace. Under the lock, or before the engine is shown to anybody. */
void control_trace_settings(struct engine *engine);

/* --- registry.c */
HRESULT registry_add(struct engine *engine); /* E_OUTOFMEMORY */
void registry_remove(struct engine *engine);
/* The loop has left. True: no joiner and no handle is there, so its thread, buried from now on, is to free
 * the engine. One step, or the process's exit could miss the thread. stuck: a callback did not return. */
bool registry_settle(struct engine *engine, bool stuck);
/* Joins the loops that ended by themselves. */
void registry_join_buried(void);

/* --- loop.c */
void loop_main(void *engine);
/* One turn: timers, schedule, starts, at most timeout_us of waiting for the source. */
void loop_turn(struct engine *engine, uint64_t timeout_us);
/* The part of a turn that looks at the jobs in `work`; also once the loop has left. */
void loop_work(struct engine *engine);
void loop_wake(struct engine *engine); /* any thread, under the lock or not */
bool loop_is_self(const struct engine *engine);
/* The earliest timer of jobs and notifications; CLOCK_NEVER. Under the lock. */
uint64_t loop_next_due_us(struct engine *engine);
/* Nothing is under way that would change anything by itself before a timer. Under the lock. */
bool loop_is_calm(struct engine *engine);

/* --- schedule.c; under the lock, on the loop */
void schedule_jobs(struct engine *engine);
/* Whether the job may start no more requests; with the last open one it gives the line away. */
bool schedule_slice_ended(struct engine_job *job);

/* --- effects.c */
/* Turns what the job collected into notifications, traces and work. Under the lock, after every call that
 * may have changed a job. */
void effects_apply(struct engine_job *job);
/* The loop is to plan the job's requests, or to close its files; the list holds the job. Under the lock. */
void effects_add_work(struct engine_job *job);
void effects_job_moved(struct job *job, enum job_state from, enum job_event event);

/* --- certificate.c */
extern const struct notify_handler deliver_certificate;
/* What fetch's sink answers to a certificate that passed. Loop only, not under the lock. */
HRESULT certificate_came(struct transfer *transfer, const struct fetch_certificate *certificate);
/* Carries out what the client has answered. Loop only, not under the lock. */
void certificate_work(struct engine_job *job);
/* Forgets all questions. Under the lock, or for the last holder of the job. */
void certificates_release(struct engine_job *job);
/* The job is final: lets go who was asked. Not under the lock. */
void certificates_release_final(struct engine_job *job);

/* --- http.c. What the job's next request is given; *out is the job's, NULL: nothing. Loop only, under the
 * lock. E_OUTOFMEMORY. */
HRESULT http_options(struct engine_job *job, struct fetch_options **out);

/* --- transfer.c */
/* Starts what the job's plan gives. Loop only, not under the lock. */
void transfer_work(struct engine_job *job);
/* The job stops transferring: its requests die, what they brought stays. Under the lock. */
void transfer_detach_all(struct engine_job *job);
/* The source can do no more work: every job that has a request fails with hr. False: there was none. Loop
 * only, under the lock. */
bool transfer_fail_all(struct engine *engine, HRESULT hr);
/* The job cannot go on as it was; its other requests end too. Loop only, under the lock. */
void transfer_fail(struct engine_job *job, const struct job_error *error);
/* Loop only, not under the lock. */
void transfer_bury_dead(struct engine *engine);

/* --- checks.c: what checking mode looks at. Nothing of it happens if nobody checks. */
/* A callback under way: part of its frame. */
struct watched_call {
    struct list in_calls; /* under the lock */
    struct engine_job *job;
    const char *method;
    uint64_t began_us; /* engine time */
    bool said;         /* under the lock */
};

void checks_call_begin(struct watched_call *call, struct engine_job *job, const char *method); /* locked */
void checks_call_end(struct engine_job *job, struct watched_call *call); /* not locked */
/* Engine time at which the oldest call becomes too long; CLOCK_NEVER. Under the lock. */
uint64_t checks_due_us(struct engine *engine);
/* Says which calls are too long. Not under the lock. */
void checks_tick(struct engine *engine, uint64_t now_us);
/* Which events the client asked for and cannot get. Looked at in the moment of the call that asks, under the
 * lock: a file's server may refuse at once after it. Said when the lock is free. */
struct interest {
    bool no_file_call, no_ranges_call; /* the client has no such method */
    uint32_t refused;                  /* a file that cannot be had in ranges, or JOB_NO_FILE */
};

struct interest checks_interest(const struct engine_job *job);
void checks_say_interest(struct engine_job *job, const struct interest *interest, const char *method);
/* What Complete would throw away of files that were fetched in ranges; 0: nothing. Under the lock. */
uint64_t checks_loss(const struct engine_job *job);
void checks_completed(struct engine_job *job, uint64_t lost); /* not under the lock */
/* The job has come to its end: by Complete or Cancel, or because its engine ends. Not under the lock. */
void checks_job_ended(struct engine_job *job, const char *method);
void checks_job_forgotten(struct engine_job *job, enum job_state state);

/* --- output.c. Under the lock unless said otherwise. */
enum output_mode {
    OUTPUT_TEMPORARY,
    OUTPUT_DIRECT, /* HIGH_PERFORMANCE */
};

HRESULT output_init(struct engine *engine, struct output *output, const char *local_name,
                    enum output_mode mode, char **temporary_path);
void output_release(struct engine *engine, struct output *output);
/* Makes or opens the temporary file; file_size may be JOB_SIZE_UNKNOWN. Loop only, under the lock. */
HRESULT output_open(struct output *output, uint64_t file_size);
/* Loop only, not under the lock. */
HRESULT output_write(struct engine *engine, struct output *output, uint64_t offset, const void *bytes,
                     size_t len);
void output_close(struct output *output); /* loop only */
HRESULT output_keep(struct output *output, uint64_t size, int64_t modified_unix_s);
HRESULT output_discard(struct output *output);
/* What was fetched is void: the temporary file goes, and the next byte makes it anew. Any thread. */
void output_void(struct output *output);
/* Whether output_open is to be called before a write. */
bool output_is_shut(const struct output *output);
/* BG_E_NEW_OWNER_NO_FILE_ACCESS, or S_OK: whether this process may write there. */
HRESULT output_check_access(const struct output *output);

/* --- deliver.c */
extern const struct notify_handler deliver_transferred, deliver_error, deliver_modification, deliver_file,
    deliver_ranges;
/* Whether the client would be called, or the command line run, for this kind of event now. Under the lock. */
bool deliver_wanted(const struct engine_job *job, enum notify_kind kind);
/* Posts what is level-triggered and due. Under the lock. */
void deliver_post_due(struct engine_job *job);

/* --- command_line.c */
/* Whether the job has a program that may be started, and the kind of event is one for it. Under the lock. */
bool command_line_serves(const struct engine_job *job, enum notify_kind kind);
/* Starts it and waits for its end. S_OK: its exit code was 0; E_FAIL: another, or it could not be started;
 * S_FALSE: there is none any more. Not under the lock. */
HRESULT command_line_run(struct engine_job *job, enum notify_kind kind, unsigned slot);

/* --- report.c; all under the lock */
/* E_OUTOFMEMORY: it will not be reported. */
HRESULT report_arrived(struct engine_file *file, struct range arrived);
/* The job stops transferring: what was kept back is reported now. */
void report_rest(struct engine_file *file);
void report_requested(struct engine_file *file, const struct range *ranges, size_t count);
void report_new_client(struct engine_file *file);
/* *ranges is the caller's (free); NULL with *count 0: nothing to say, or no memory to say it, then later. */
void report_take(struct engine_file *file, struct range **ranges, size_t *count);
/* What was fetched of the file, and reported, is void. */
void report_void(struct engine_file *file);
/* The report was made, and answered with hr. */
void report_told(struct engine_file *file, HRESULT hr, const struct range *ranges, size_t count);

static inline uint64_t engine_filetime(struct engine *engine)
{
    return clock_filetime_100ns(engine->clock);
}

#endif
