/* check.h: checking mode: what a client does wrong is said, once, in words that help.
 *
 * The room knows neither COM nor the engine. It is given plain facts (a job's id, a method's name, numbers)
 * and decides what to say: each mistake once a job, as a code of data/checks.tsv and a sentence, to a
 * function of the program or to stderr. docs/checks.md is the list for people.
 *
 * Nobody checks: the struct check is NULL, and every function here returns at once.
 * Threads: any thread may call anything. The program's function is called with no lock of this room held; who
 * calls check_say holds none of his own.
 */
#ifndef OPENBITS_CHECK_CHECK_H
#define OPENBITS_CHECK_CHECK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/refcount.h"
#include "check/check_table.h" /* enum check_code */
#include "openbits_types.h"

struct check;

struct check_config {
    /* Any thread, several at once too. text: "Method, job {...}: what. What to do.", valid during the call.
     * NULL: a line on stderr. */
    void (*diagnostic)(void *context, const char *code, const char *text);
    void *context;
    uint64_t callback_limit_us; /* engine time; how long a callback may hold its slot */
};

/* E_OUTOFMEMORY. */
HRESULT check_new(const struct check_config *config, struct check **out);
void check_free(struct check *check);

/* UINT64_MAX: nobody checks. */
uint64_t check_callback_limit_us(const struct check *check);

/* --- saying it */

/* Part of every job: who it is, and what was said of it. */
struct check_job {
    GUID id;
    atomic_uint said; /* a bit a code */
};

void check_job_init(struct check_job *job, const GUID *id);

/* Once a job and code. job may be NULL: then each time. method: "Interface::Method" of what the client
 * called, or the plain name of a callback. detail: what else to know, in brackets behind the text; NULL:
 * nothing. */
void check_say(struct check *check, struct check_job *job, enum check_code code, const char *method,
               const char *detail, ...) __attribute__((format(printf, 5, 6)));

/* --- handles: the objects that a client has references to (handles.c) */

/* Part of every such object. The object takes it out before it dies. */
struct check_handle {
    struct list in_check;
    const char *name;      /* static */
    struct check_job *job; /* lives as long as the object; NULL: about no job */
    struct refcount *refs; /* of the object */
    const char *lent_to;   /* the callback's name, static; NULL: not lent */
    const char *lent_as;   /* the parameter's name, static */
    atomic_bool lent;      /* one of refs is the caller's, for the time of a call */
    bool reported;
};

void check_handle_add(struct check *check, struct check_handle *handle, const char *name,
                      struct check_job *job, struct refcount *refs);
void check_handle_remove(struct check *check, struct check_handle *handle);

/* The object is given to a callback that has no reference to it. */
void check_handle_lend(struct check *check, struct check_handle *handle, const char *callback,
                       const char *parameter);
void check_handle_unlend(struct check_handle *handle);
/* The count has come to 0. True: what went was the lender's reference; it is said, and the count is 1 again.
 */
bool check_handle_is_lent(struct check *check, struct check_handle *handle);

/* The process ends: every reference that a client still has is said. */
void check_leaks(struct check *check);

/* --- memory that a callback may read, and only during the call (lend.c) */

/* Bytes that cannot be written, and after check_unlend not be read; whoever tries is told why and dies.
 * NULL: nobody checks, or there is no such memory now (under sanitizers and valgrind, which find the same by
 * themselves, never). bytes are copied. */
const void *check_lend(struct check *check, const struct check_job *job, const char *callback,
                       const void *bytes, size_t size);
/* NULL is allowed. */
void check_unlend(const void *lent);

/* The library is unloaded: the process gets its own handler of faults back. After the last check_free. */
void check_unload(void);

#endif
