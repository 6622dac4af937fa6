/* engine.h: where jobs, transfers and callbacks meet; what com asks for.
 *
 * An engine owns jobs, a loop thread, a source of bytes and the way of callbacks. Whoever asks gets plain
 * values and counted handles; nothing here hands out a pointer into a job. Any thread may call anything,
 * callbacks included; no call waits for the network, and none is answered under a lock that a client's
 * callback could want.
 *
 * Lifetimes (decision 9). An engine lives while one of these holds: a handle of a client (engine_hold), an
 * active job, a callback that is due or running. When the last is gone its threads end, jobs that live only
 * in memory are cancelled and their files removed. A job lives on its own count: the engine's list, each
 * handle, each callback.
 */
#ifndef OPENBITS_ENGINE_ENGINE_H
#define OPENBITS_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/check.h"
#include "fetch/source.h"
#include "job/job.h"
#include "settings/settings.h"
#include "sys/clock.h"
#include "sys/slots.h"
#include "trace/trace.h"

struct engine;
struct engine_job;

enum engine_mode {
    ENGINE_THREADS, /* a loop thread, callbacks on threads of their own */
    ENGINE_PUMP,    /* a loop thread, callbacks inside engine_pump (the STA model of R-783) */
    ENGINE_INLINE,  /* no thread at all: everything happens inside engine_pump, for exact replay */
};

/* What policies limit on Windows. Zero: BITS' default. Of no effect on an administrator's jobs, but for the
 * last. */
struct engine_quotas {
    uint32_t jobs_per_machine; /* 300 */
    uint32_t jobs_per_user;    /* 60 */
    uint32_t files_per_job;    /* 200 */
    uint32_t ranges_per_file;  /* 500; of AddFileWithRanges */
    uint64_t inactivity_s;     /* 90 days */
};

struct engine_config {
    enum engine_mode mode;
    enum clock_mode clock;
    struct settings settings;
    struct slots_config slots;
    const char *name;              /* copied; for engine_find; NULL: nobody finds it */
    const char *owner_sid;         /* copied */
    bool administrator;            /* the owner is one (decision 14) */
    const char *trace_path;        /* NULL: none */
    const char *ca_file;           /* NULL: the system's */
    const char *certificates;      /* the folder of certificate stores; copied; NULL: none */
    struct fetch_source *source;   /* NULL: HTTP; else a test's, taken over */
    const struct job_table *table; /* NULL: job_default_table */
    struct job_limits limits;      /* zero: 8 MiB, 16 */
    struct engine_quotas quotas;
    const struct check_config *check; /* NULL: nobody checks what the client does */
    const char *notify_programs;      /* that a command line may start: paths, ':' between; copied; NULL: none */
    /* Tests: asked before each write to a temporary file; a failure takes the write's place. NULL: none. */
    HRESULT (*write_fault)(void *context, uint64_t offset, size_t len);
    void *write_fault_context;
};

/* Returns with one handle held. E_OUTOFMEMORY, and the errors of slots_open, fetch_new, trace_open. */
HRESULT engine_new(const struct engine_config *config, struct engine **out);

/* A client's handle on the engine. Dropping the last one from a thread that is not the engine's waits for
 * the engine's end if nothing is active; from a callback it never waits. */
void engine_hold(struct engine *engine);
void engine_drop(struct engine *engine);

/* The living engine of that name, held for the caller; NULL if there is none, or it has begun to end. An
 * engine whose clients are gone but that has an active job is found: jobs outlive managers. (registry.c) */
struct engine *engine_find(const char *name);

struct trace *engine_trace(struct engine *engine);
/* NULL: nobody checks. */
struct check *engine_check(struct engine *engine);
/* As the configuration gave it; lives as long as the engine. */
const char *engine_owner_sid(const struct engine *engine);
bool engine_owner_is_administrator(const struct engine *engine);

/* --- jobs. Each engine_job that comes back carries one hold, and one on the engine. */
HRESULT engine_create_job(struct engine *engine, const char *display_name, enum job_type type, GUID *id,
                          struct engine_job **out);
/* BG_E_NOT_FOUND, also for jobs in a final state. */
HRESULT engine_find_job(struct engine *engine, const GUID *id, struct engine_job **out);
/* *out is a malloc'ed array of held jobs, oldest first; NULL if there are none. */
HRESULT engine_list_jobs(struct engine *engine, struct engine_job ***out, size_t *count);
void engine_job_hold(struct engine_job *job);
void engine_job_drop(struct engine_job *job);
struct engine *engine_of(struct engine_job *job);
/* Never changes; lives as long as the job. */
const GUID *engine_job_id(const struct engine_job *job);
/* What was said of it in checking mode; lives as long as the job. */
struct check_job *engine_job_check(struct engine_job *job);

struct engine_new_file {
    const char *remote_name, *local_name;
};

HRESULT engine_job_add_files(struct engine_job *job, const struct engine_new_file *files, size_t count);
HRESULT engine_job_suspend(struct engine_job *job);
HRESULT engine_job_resume(struct engine_job *job);
/* BG_S_UNABLE_TO_DELETE_FILES: cancelled, but a temporary file is left. */
HRESULT engine_job_cancel(struct engine_job *job);
/* S_OK, BG_S_PARTIAL_COMPLETE, BG_S_UNABLE_TO_DELETE_FILES, BG_E_INVALID_STATE, or why a file could not be
 * renamed: the job is then TRANSFERRED still. */
HRESULT engine_job_complete(struct engine_job *job);

/* For administrators, others E_ACCESSDENIED; what belongs to the former owner alone is forgotten.
 * BG_E_INVALID_STATE; BG_E_NEW_OWNER_NO_FILE_ACCESS: a folder of the job cannot be written. */
HRESULT engine_job_take_ownership(struct engine_job *job);

HRESULT engine_job_set(struct engine_job *job, enum job_property property, const struct job_value *value);
/* value->text is the caller's (free). */
HRESULT engine_job_get(struct engine_job *job, enum job_property property, struct job_value *value);

/* --- what its requests are to be like: the results of job/http_options.h. Texts that come back are the
 * caller's (free), NULL where there is none. */
HRESULT engine_job_set_headers(struct engine_job *job, const char *headers);
HRESULT engine_job_headers(struct engine_job *job, char **out);
void engine_job_make_headers_write_only(struct engine_job *job);
HRESULT engine_job_set_security(struct engine_job *job, uint32_t flags);
uint32_t engine_job_security(struct engine_job *job);
HRESULT engine_job_set_method(struct engine_job *job, const char *method);
HRESULT engine_job_method(struct engine_job *job, char **out);
HRESULT engine_job_set_credentials(struct engine_job *job, enum job_auth_target target,
                                   enum job_auth_scheme scheme, const char *user, const char *password);
HRESULT engine_job_remove_credentials(struct engine_job *job, enum job_auth_target target,
                                      enum job_auth_scheme scheme);

struct engine_proxy {
    enum job_proxy_usage usage;
    char *proxies, *bypass;
};

HRESULT engine_job_set_proxy(struct engine_job *job, enum job_proxy_usage usage, const char *proxies,
                             const char *bypass);
HRESULT engine_job_proxy(struct engine_job *job, struct engine_proxy *out);

/* By subject if sha1 is NULL. The results of fetch_certificate_find, and BG_E_STRING_TOO_LONG. */
HRESULT engine_job_set_certificate(struct engine_job *job, uint32_t location, const char *store,
                                   const uint8_t *sha1, const char *subject);
HRESULT engine_job_remove_certificate(struct engine_job *job);

struct engine_certificate {
    uint32_t location;
    char *store, *subject;
    uint8_t sha1[FETCH_CERTIFICATE_HASH_LEN];
};

/* S_FALSE: there is none. */
HRESULT engine_job_certificate(struct engine_job *job, struct engine_certificate *out);

/* Who is asked about servers' certificates (R-613, decision 22). */
struct engine_validator_ops {
    /* Called with no lock, on a delivery thread; everything is lent. */
    HRESULT (*validate)(void *validator, struct engine_job *job, uint32_t file,
                        const struct fetch_certificate *certificate);
    void (*hold)(void *validator);
    void (*drop)(void *validator); /* never under a lock */
};

/* Replaces it; ops NULL: nobody is asked. What was answered is forgotten. */
HRESULT engine_job_set_validator(struct engine_job *job, const struct engine_validator_ops *ops,
                                 void *validator);

/* --- the program that is started when the client is not told of the end (command_line.c) */
/* As job_set_command_line; BG_S_OVERRIDDEN_BY_POLICY: kept, but it will never be started (decision 23). */
HRESULT engine_job_set_command_line(struct engine_job *job, const char *program, const char *parameters);
/* Both are the caller's (free); NULL: none. E_OUTOFMEMORY. */
HRESULT engine_job_command_line(struct engine_job *job, char **program, char **parameters);

struct engine_job_status {
    enum job_type type;
    enum job_state state;
    struct job_progress progress;
    uint64_t created_100ns, modified_100ns, transferred_100ns;
    uint32_t error_count;
    uint32_t file_count;
};

void engine_job_status(struct engine_job *job, struct engine_job_status *out);

/* BG_E_ERROR_INFORMATION_UNAVAILABLE when none is current. */
HRESULT engine_job_error(struct engine_job *job, struct job_error *out);

/* --- files, by index; an index once valid stays so */
enum engine_file_text {
    ENGINE_FILE_REMOTE_NAME,
    ENGINE_FILE_LOCAL_NAME,
    ENGINE_FILE_TEMPORARY_NAME,
    ENGINE_FILE_RESPONSE_HEADERS, /* of the last answer */
};

/* *out is the caller's (free); NULL: there is no such text yet. */
HRESULT engine_file_text(struct engine_job *job, uint32_t file, enum engine_file_text which, char **out);

struct engine_file_status {
    uint64_t bytes_total, bytes_transferred;
    bool completed;
    bool validated;
};

void engine_file_status(struct engine_job *job, uint32_t file, struct engine_file_status *out);

/* As job_set_remote_name, job_replace_prefix, job_set_validation (job.h). */
HRESULT engine_file_set_remote_name(struct engine_job *job, uint32_t file, const char *remote_name);
HRESULT engine_job_replace_prefix(struct engine_job *job, const char *old_prefix, const char *new_prefix);
HRESULT engine_file_set_validation(struct engine_job *job, uint32_t file, bool valid);

HRESULT engine_file_request_ranges(struct engine_job *job, uint32_t file, const struct range *ranges,
                                   size_t count);
HRESULT engine_file_update_position(struct engine_job *job, uint32_t file, uint64_t offset);
/* *out is the caller's (free); NULL with *count 0. */
HRESULT engine_file_filled_ranges(struct engine_job *job, uint32_t file, struct range **out, size_t *count);

/* --- the client that is called back. com makes one of a COM object; the engine knows only this. */
enum engine_client_answers { /* which calls it has at all; a mask */
                             ENGINE_CLIENT_FILE = 1,
                             ENGINE_CLIENT_RANGES = 2,
};

struct engine_client_ops {
    /* Called with no lock, on a delivery thread; job and file live during the call. */
    HRESULT (*transferred)(void *client, struct engine_job *job);
    HRESULT (*error)(void *client, struct engine_job *job, const struct job_error *error);
    HRESULT (*modification)(void *client, struct engine_job *job);
    HRESULT (*file)(void *client, struct engine_job *job, uint32_t file);
    HRESULT(*ranges)
    (void *client, struct engine_job *job, uint32_t file, const struct range *ranges, size_t count);
    void (*hold)(void *client);
    void (*drop)(void *client); /* never under a lock */
};

/* Replaces the client; ops NULL: none. After it returned no call to the old one starts. answers: enum
 * engine_client_answers. BG_E_INVALID_STATE in a final state. */
HRESULT engine_job_set_client(struct engine_job *job, const struct engine_client_ops *ops, void *client,
                              unsigned answers);
/* Held for the caller, or NULL. */
void *engine_job_client(struct engine_job *job);

/* --- control */
HRESULT engine_set_setting(struct engine *engine, const char *name, const char *value);
/* E_INVALIDARG: no such setting. out has size bytes. */
HRESULT engine_get_setting(struct engine *engine, const char *name, char *out, size_t size);
uint64_t engine_now_us(struct engine *engine);
HRESULT engine_advance_us(struct engine *engine, uint64_t delta_us);
/* Names: "requests", "bytes-fetched", "bytes-asked-twice", "callbacks-transferred" ... "dropped-events",
 * "repeated-callbacks", "waiting-for-slot", "running-callbacks". E_INVALIDARG: no such name. */
HRESULT engine_counter(struct engine *engine, const char *name, uint64_t *out);

/* Waits until `until` says true, delivering callbacks on this thread if the engine's mode says so. until is
 * asked after each thing that happened, without a lock. limit_us is engine time. S_OK: true; S_FALSE: the
 * limit passed, or (ENGINE_INLINE, or a clock that only a client moves) nothing more can happen by itself. */
HRESULT engine_pump(struct engine *engine, bool (*until)(void *context), void *context, uint64_t limit_us);

/* --- ends (engine/registry.c; called by api at the library's unloading and the process's exit) */
void engine_end_all(uint64_t limit_us);

#endif
