/* thread.h: threads, locks and conditions: POSIX threads on POSIX, Win32's on Windows (decision 7).
 *
 * A thread made here blocks every signal, so that the program's handlers run on the program's threads and a
 * broken pipe is only an error code (decision 11); but not those that an instruction of its own raises
 * (SIGSEGV and its like): a callback that crashes shall meet the program's crash handler.
 */
#ifndef OPENBITS_SYS_THREAD_H
#define OPENBITS_SYS_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "openbits_types.h"

struct mutex {
    pthread_mutex_t native;
};

struct cond {
    pthread_cond_t native; /* waits on CLOCK_MONOTONIC */
};

struct thread {
    pthread_t native;
};

/* For the rare lock that no init function can reach first. */
#define MUTEX_INIT {PTHREAD_MUTEX_INITIALIZER}

void mutex_init(struct mutex *mutex);
void mutex_destroy(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

void cond_init(struct cond *cond);
void cond_destroy(struct cond *cond);
void cond_wait(struct cond *cond, struct mutex *mutex);
/* False when timeout_us of real time passed first. Either may return early for no reason, so loop. */
bool cond_wait_for(struct cond *cond, struct mutex *mutex, uint64_t timeout_us);
void cond_signal(struct cond *cond);
void cond_broadcast(struct cond *cond);

/* name has at most 15 bytes. E_OUTOFMEMORY: the system has no room for one more thread. */
HRESULT thread_start(struct thread *thread, const char *name, void (*run)(void *context), void *context);
void thread_join(struct thread *thread);
bool thread_is_self(const struct thread *thread);

static inline void mutex_unlock_at(struct mutex **mutex)
{
    mutex_unlock(*mutex);
}

static inline struct mutex *mutex_locked(struct mutex *mutex)
{
    mutex_lock(mutex);
    return mutex;
}

/* Holds the lock until the end of the scope. */
#define LOCK_SCOPE(m)                                                                                      \
    CLEANUP(mutex_unlock_at) struct mutex *scope_lock_ __attribute__((unused)) = mutex_locked(m)

#endif
