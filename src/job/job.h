/* job.h: one job: its data and its rules. Pure: no I/O, no lock, no thread, no time of its own.
 *
 * The engine owns jobs, guards them with its lock, tells them what happened and when, and carries out what
 * they say. What changed is collected in `changes` until the engine takes it and turns it into
 * notifications, trace lines and transfers.
 */
#ifndef OPENBITS_JOB_JOB_H
#define OPENBITS_JOB_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job/http_options.h"
#include "job/property.h"
#include "job/requests.h"
#include "job/state.h"
#include "openbits_types.h"
#include "settings/settings.h"

/* The values of BG_JOB_TYPE, BG_JOB_PRIORITY, BG_ERROR_CONTEXT; com asserts that. */
enum job_type {
    JOB_DOWNLOAD,
    JOB_UPLOAD,
    JOB_UPLOAD_REPLY,
};

enum job_priority {
    JOB_FOREGROUND,
    JOB_HIGH,
    JOB_NORMAL,
    JOB_LOW,
};

enum job_context {
    JOB_CONTEXT_NONE,
    JOB_CONTEXT_UNKNOWN,
    JOB_CONTEXT_QUEUE_MANAGER,
    JOB_CONTEXT_NOTIFICATION,
    JOB_CONTEXT_LOCAL_FILE,
    JOB_CONTEXT_REMOTE_FILE,
    JOB_CONTEXT_TRANSPORT,
    JOB_CONTEXT_REMOTE_APPLICATION,
    JOB_CONTEXT_CERTIFICATE_CALLBACK,
};

/* What the engine must look at after a call; a mask. */
enum job_changes {
    JOB_CHANGED = 1,       /* a modification event, and ModificationTime */
    JOB_CHANGED_STATE = 2, /* trace it; look at the schedule */
    JOB_CHANGED_WORK = 4,  /* there may be something to start, or to stop */
    JOB_CHANGED_TRANSFERRED = 8,
    JOB_CHANGED_ERROR = 16,
    JOB_CHANGED_FILE = 32, /* a file was finished (file->finished) */
    JOB_CHANGED_INTERVAL = 64,
    JOB_CHANGED_INTEREST = 128, /* notify flags */
    JOB_CHANGED_PRIORITY = 256, /* look at the schedule */
};

#define JOB_NO_FILE  UINT32_MAX
#define JOB_NEVER_US UINT64_MAX /* a time that does not come */

struct job_error {
    HRESULT hr; /* S_OK: no error is current */
    enum job_context context;
    uint32_t file; /* index, or JOB_NO_FILE */
};

struct job_file {
    char *remote_name, *local_name; /* UTF-8 as given */
    char *given_name;     /* the remote name that the client gave, if a redirect has replaced it; NULL */
    char *temporary_name; /* full path, reserved when the file is added */
    uint64_t size;        /* JOB_SIZE_UNKNOWN until the server said it */
    struct requests requests;
    char *etag, *last_modified; /* of the version that `requests.filled` is of; NULL: none */
    int64_t last_modified_unix_s;
    char *response_headers; /* the last answer's; NULL: none yet */
    HRESULT random_access;  /* S_OK, or why the File6 methods refuse */
    bool ranges_refused;    /* the server ignored a Range once */
    bool ranges_asked;      /* RequestFileRanges has succeeded on it (A18) */
    bool restarted;         /* started over once at once (A18); the next change waits for the delay */
    bool moved;             /* has another remote name, which has not proved to be the same file */
    bool validated;         /* the client said so, or Complete did */
    bool finished;          /* every byte came; never fetched again */
    bool kept;              /* Complete renamed it into place: BG_FILE_PROGRESS.Completed */
    bool reported;          /* FileTransferred was delivered */
};

struct job {
    GUID id;
    uint64_t key; /* small number, for seeded choices */
    enum job_type type;
    enum job_state state;
    const struct job_table *table;
    unsigned changes; /* enum job_changes */
    uint64_t choices; /* made so far: numbers the seeded ones */

    char *display_name, *description;
    char *notify_program, *notify_parameters; /* NULL: none (command_line.c) */
    GUID notification_clsid;             /* GUID_NULL: none */
    uint64_t number[JOB_PROPERTY_COUNT]; /* numeric properties; the others are above */
    struct job_http http;                /* what its requests are to be like (http_options.h) */
    bool resumed_once;                   /* Resume has succeeded */
    bool auto_suspended;                 /* SUSPENDED because its requests were done (A11) */
    bool probing;                        /* Resume without requests: learn the sizes (A12) */
    bool waits_for_requests; /* Resume without requests: stays QUEUED until there are some (A12) */
    bool asked;              /* ranges were asked for since the requests were last done (A23) */

    uint64_t created_100ns, modified_100ns, transferred_100ns; /* FILETIME, UTC; 0: not yet */
    uint64_t
        touched_100ns; /* last progress or call that changes something: inactivity counts from it */
    struct job_error error;
    uint32_t error_count;            /* */
    uint64_t trouble_since_us;       /* first transient error without progress since, or JOB_NEVER_US */
    uint64_t failed_at_us;           /* TRANSIENT_ERROR: what the retry delay counts from, or JOB_NEVER_US */
    uint64_t worked_us;              /* spent in CONNECTING and TRANSFERRING since Resume, but for ... */
    uint64_t at_work_since_us;       /* ... the present stay there; JOB_CHANGED_STATE's moment else */
    bool transferred_due, error_due; /* entered, and no callback has succeeded yet */

    struct job_file **files; /* each allocated alone: the engine and flights point into them */
    size_t file_count, file_cap;
    size_t first_unfinished; /* every file before this one is finished */

    /* Told by job_move of every change of state, at once; NULL: nobody. For the trace. */
    void (*moved)(struct job *job, enum job_state from, enum job_event event);
};

/* display_name is copied. E_INVALIDARG: NULL, or over 256 UTF-16 units; E_NOTIMPL: a type this
 * release does not do; E_OUTOFMEMORY. */
HRESULT job_init(struct job *job, const GUID *id, enum job_type type, const char *display_name,
                 const struct job_table *table, uint64_t now_100ns);
void job_release(struct job *job);

/* The only writer of job->state. Answers what the cell says; what belongs to entering the new state (times,
 * due callbacks, timers, the end of an error) happens here. A refused event changes nothing. */
HRESULT job_move(struct job *job, enum job_event event, uint64_t now_100ns);

/* Takes and clears `changes`. */
unsigned job_take_changes(struct job *job);

/* --- properties (property.c) */
/* For a new job that has its key: defaults that the contract leaves open (A32). */
void job_choose_defaults(struct job *job, const struct settings *settings);
HRESULT job_set(struct job *job, enum job_property property, const struct job_value *value,
                const struct settings *settings, uint64_t now_100ns);
/* value->text is borrowed from the job. E_INVALIDARG: no such property. */
HRESULT job_get(const struct job *job, enum job_property property, struct job_value *value);

/* --- the command line (command_line.c) */
/* Both are copied; NULL and NULL: none. E_INVALIDARG: parameters without a program; BG_E_STRING_TOO_LONG,
 * BG_E_INVALID_STATE, E_OUTOFMEMORY: nothing changed. */
HRESULT job_set_command_line(struct job *job, const char *program, const char *parameters,
                             uint64_t now_100ns);
void job_forget_command_line(struct job *job);

/* --- files (file.c) */
struct job_new_file {
    const char *remote_name, *local_name;
    char *temporary_name; /* taken over on success */
};

/* All or nothing. The names' syntax, length and scheme are judged here (R-103, R-105; decision 15);
 * whether the folder is there is the engine's to see. E_INVALIDARG, BG_E_INVALID_STATE,
 * BG_E_TOO_MANY_FILES_IN_JOB (max_files; 0: no limit), E_OUTOFMEMORY. */
HRESULT job_add_files(struct job *job, const struct job_new_file *files, size_t count, size_t max_files,
                      const struct settings *settings, uint64_t now_100ns);

/* The checks alone, for the engine that must reserve a temporary name first. */
HRESULT job_check_remote_name(const char *remote_name);
HRESULT job_check_local_name(const char *local_name);

/* --- where a file comes from (origin.c): legal until a final state, BG_E_INVALID_STATE then. The caller has
 * ended all flights of the job. A file that may not be continued is void afterwards.
 * E_INVALIDARG: no legal name; E_OUTOFMEMORY. */
HRESULT job_set_remote_name(struct job *job, uint32_t file, const char *remote_name, uint64_t now_100ns);
/* S_FALSE: no name begins with old_prefix; E_INVALIDARG also for an empty prefix. All or nothing. */
HRESULT job_replace_prefix(struct job *job, const char *old_prefix, const char *new_prefix,
                           uint64_t now_100ns);

/* --- what the client says of a finished file (validation.c). Refused, it is void and unfinished, and the job
 * in ERROR with BG_E_VALIDATION_FAILED. E_PENDING: not finished; BG_E_INVALID_STATE. */
HRESULT job_set_validation(struct job *job, uint32_t file, bool valid, uint64_t now_100ns);

/* --- the File6 methods (file.c). BG_E_RANDOM_ACCESS_NOT_SUPPORTED, BG_E_INVALID_STATE in a
 * final state, and what requests.h says. */
HRESULT job_request_ranges(struct job *job, uint32_t file, const struct range *ranges, size_t count,
                           const struct settings *settings, uint64_t now_100ns);
HRESULT job_update_position(struct job *job, uint32_t file, uint64_t offset, const struct settings *settings,
                            uint64_t now_100ns);
/* *filled is borrowed; NULL for a cancelled job. */
HRESULT job_filled_ranges(const struct job *job, uint32_t file, const struct rangeset **filled);

/* --- the four calls (lifecycle.c): the move and what belongs to it */
/* What it does to ERROR and TRANSFERRED is A19's. */
HRESULT job_suspend(struct job *job, const struct settings *settings, uint64_t now_100ns);
/* BG_E_EMPTY without files; an on-demand job with nothing to do stays as A12 says; TRANSFERRED with
 * files added since goes to QUEUED. A foreground job's file whose server refused ranges starts over,
 * so what was filled of it may be void afterwards. */
HRESULT job_resume(struct job *job, const struct settings *settings, uint64_t now_100ns);
HRESULT job_cancel(struct job *job, uint64_t now_100ns);

/* What only the former owner's word was good for is forgotten. */
void job_take_ownership(struct job *job, uint64_t now_100ns);

/* --- what the engine found (lifecycle.c) */
enum job_plan_kind {
    JOB_PLAN_NOTHING, /* requests under way will change something, or the job is not active */
    JOB_PLAN_SIZE,    /* ask for the file's size and version */
    JOB_PLAN_RANGE,
    JOB_PLAN_UNSIZED,       /* one request by the job's own method, whose answer tells the size */
    JOB_PLAN_WHOLE,         /* one GET without Range from 0 */
    JOB_PLAN_STREAM,        /* one GET whose end tells the size: dynamic content */
    JOB_PLAN_SHORTEN,       /* start nothing; the flight `shorten` must end at range.start */
    JOB_PLAN_FINISHED,      /* every byte of every file is there: job_move(JOB_EVENT_FINISHED) */
    JOB_PLAN_REQUESTS_DONE, /* job_move(JOB_EVENT_REQUESTS_DONE) */
};

struct job_limits {
    uint64_t request_bytes; /* one request at most (decision 25) */
    unsigned flights;       /* requests of a job at a time */
};

struct job_plan {
    enum job_plan_kind kind;
    uint32_t file;
    struct range range;
    struct flight *shorten; /* must end at range.start first: job_flight_shorten; or NULL */
};

/* The one place that decides what is fetched next (plan.c). For CONNECTING and TRANSFERRING; in any other
 * state there is nothing to do. flights: open requests of the job, the one for a size included. Changes
 * nothing but the numbering of seeded choices: asked again without a start, it says the same or better. */
void job_plan(struct job *job, const struct job_limits *limits, const struct settings *settings,
              unsigned flights, struct job_plan *out);

/* The server said what file it has. Sets size and validators the first time; later ones were compared by
 * fetch. BG_E_INVALID_RANGE: an earlier request leaves the file; E_OUTOFMEMORY. A file of size 0 is
 * finished here. */
HRESULT job_file_known(struct job *job, uint32_t file, uint64_t size, const char *etag,
                       const char *last_modified, int64_t last_modified_unix_s, uint64_t now_100ns);

/* A redirect led from the file's remote name to url: that becomes the remote name. A name that could
 * not be one is not taken over. E_OUTOFMEMORY. */
HRESULT job_file_redirected(struct job *job, uint32_t file, const char *url, uint64_t now_100ns);

/* BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED: the files' sizes, as far as they are known, are more than the
 * client allows; on demand, or where no size is known, what came of them is. */
HRESULT job_check_download_size(const struct job *job);

/* Why a job whose turn has come cannot begin: BG_E_TOKEN_REQUIRED, or S_OK. (lifecycle.c) */
HRESULT job_check_start(const struct job *job);

/* Whether a job in QUEUED may be given its turn at all: not one that waits for requests (A12), nor dynamic
 * content at another priority than FOREGROUND. (lifecycle.c) */
bool job_is_ready(const struct job *job);

/* A stream of dynamic content has come to its regular end: its size is what came. Its flight has ended. */
void job_stream_ended(struct job *job, uint32_t file, uint64_t size);

/* Whether ranges of the file can be asked for, as far as is known: S_OK or
 * BG_E_RANDOM_ACCESS_NOT_SUPPORTED. (file.c) */
HRESULT job_random_access(const struct job *job, uint32_t file);

/* Remembers the last answer's header lines; copied. E_OUTOFMEMORY. */
HRESULT job_file_headers(struct job *job, uint32_t file, const char *headers);

/* kind: JOB_PLAN_RANGE or JOB_PLAN_WHOLE. E_OUTOFMEMORY: nothing changed. */
HRESULT job_flight_start(struct job *job, uint32_t file, struct flight *flight, struct range range,
                         enum job_plan_kind kind);
/* The flight ends at `end` instead: what lies after it is free to be planned. end > flight->pos. */
void job_flight_shorten(struct job *job, uint32_t file, struct flight *flight, uint64_t end);
/* Bytes up to `to` are written. Progress: ends the trouble. Marks the file finished at its last byte.
 */
HRESULT job_flight_filled(struct job *job, uint32_t file, struct flight *flight, uint64_t to,
                          uint64_t now_100ns);
void job_flight_end(struct job *job, uint32_t file, struct flight *flight);

/* A request failed, or the file could not be written. Moves the job to ERROR or TRANSIENT_ERROR by
 * job_is_transient and the timeouts, counts it, keeps the error. The engine has ended all flights before.
 * error->context JOB_CONTEXT_NONE: job_context_of decides. The server's refusal of ranges is remembered
 * . REMOTE_FILE_CHANGED follows A18: what is filled is void, size and version unknown again.
 * S_OK: the state has changed. S_FALSE: the file starts over in the same state; plan again.
 * E_UNEXPECTED: the job is in no state that can fail; nothing changed. */
HRESULT job_fail(struct job *job, const struct job_error *error, const struct settings *settings,
                 uint64_t now_us, uint64_t now_100ns);

/* --- time (timers.c). To be told of each move, before anything is asked: how long the job has been at work
 * . from: the state that it left. */
void job_count_time(struct job *job, enum job_state from, uint64_t now_us);
/* Engine time at which a job in TRANSIENT_ERROR is to be retried or given up, or one at work has taken too
 * long, or JOB_NEVER_US. Follows the properties: ask again after JOB_CHANGED_WORK. */
uint64_t job_timer_us(const struct job *job);
/* That time has come: RETRY, GAVE_UP, or FAILED with BG_E_MAXDOWNLOAD_TIMEOUT. */
void job_timer_due(struct job *job, uint64_t now_us, uint64_t now_100ns);

/* Whether a result is worth a retry, and where it belongs. One table (retry.c). */
bool job_is_transient(HRESULT hr);
/* Transient, but nothing that time heals: whoever sees the condition end sends JOB_EVENT_RETRY. */
bool job_waits_for_condition(HRESULT hr);
enum job_context job_context_of(HRESULT hr);

/* What the client called done (lifecycle.c), after the engine has renamed every finished file and set its
 * `kept`. S_OK: all of them are; BG_S_PARTIAL_COMPLETE: a file was not finished;
 * BG_E_INVALID_STATE. When a rename failed the engine does not call this. */
HRESULT job_complete(struct job *job, uint64_t now_100ns);

/* --- numbers for a client (progress.c) */
struct job_progress {
    uint64_t bytes_total; /* JOB_SIZE_UNKNOWN */
    uint64_t bytes_transferred;
    uint32_t files_total, files_transferred;
};

void job_progress(const struct job *job, const struct settings *settings, struct job_progress *out);
void job_file_progress(const struct job *job, uint32_t file, const struct settings *settings, uint64_t *total,
                       uint64_t *transferred);

bool job_sane(const struct job *job);

#endif
