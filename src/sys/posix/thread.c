/* thread.c: POSIX threads. A lock or a condition that fails is a programming error, so it asserts. */
#include "config.h"

#include "sys/thread.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int error)
{
    assert(!error);
    (void)error;
}

void mutex_init(struct mutex *mutex)
{
    check(pthread_mutex_init(&mutex->native, NULL));
}

void mutex_destroy(struct mutex *mutex)
{
    check(pthread_mutex_destroy(&mutex->native));
}

void mutex_lock(struct mutex *mutex)
{
    check(pthread_mutex_lock(&mutex->native));
}

void mutex_unlock(struct mutex *mutex)
{
    check(pthread_mutex_unlock(&mutex->native));
}

void cond_init(struct cond *cond)
{
    pthread_condattr_t attr;

    check(pthread_condattr_init(&attr));
    check(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
    check(pthread_cond_init(&cond->native, &attr));
    check(pthread_condattr_destroy(&attr));
}

void cond_destroy(struct cond *cond)
{
    check(pthread_cond_destroy(&cond->native));
}

void cond_wait(struct cond *cond, struct mutex *mutex)
{
    check(pthread_cond_wait(&cond->native, &mutex->native));
}

bool cond_wait_for(struct cond *cond, struct mutex *mutex, uint64_t timeout_us)
{
    /* Some 30 years are as good as for ever, and cannot overflow what a timespec is compared with. */
    const uint64_t limit_us = (uint64_t)1000000000 * 1000000;
    struct timespec until = {0};
    uint64_t ns;
    int error;

    if (timeout_us > limit_us)
        timeout_us = limit_us;
    check(clock_gettime(CLOCK_MONOTONIC, &until));
    ns = (uint64_t)until.tv_nsec + timeout_us % 1000000 * 1000;
    until.tv_sec += (time_t)(timeout_us / 1000000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    error = pthread_cond_timedwait(&cond->native, &mutex->native, &until);
    if (error == ETIMEDOUT)
        return false;
    check(error);
    return true;
}

void cond_signal(struct cond *cond)
{
    check(pthread_cond_signal(&cond->native));
}

void cond_broadcast(struct cond *cond)
{
    check(pthread_cond_broadcast(&cond->native));
}

/* What a new thread takes over from its maker. */
struct start {
    char name[16];
    void (*run)(void *context);
    void *context;
};

static void *begin(void *argument)
{
    struct start *start = argument;
    void (*run)(void *) = start->run;
    void *context = start->context;

    pthread_setname_np(pthread_self(), start->name); /* a debugger's comfort: failing does no harm */
    free(start);
    run(context);
    return NULL;
}

HRESULT thread_start(struct thread *thread, const char *name, void (*run)(void *context), void *context)
{
    /* The kernel kills for one that is blocked, without asking a handler. */
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    struct start *start = calloc(1, sizeof *start);
    sigset_t all, before;
    int error;

    if (!start)
        return E_OUTOFMEMORY;
    assert(strlen(name) < sizeof start->name);
    memcpy(start->name, name, strlen(name));
    start->run = run;
    start->context = context;

    /* A new thread inherits its maker's mask; blocked only by itself, a signal could arrive before. */
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&all, faults[i]);
    check(pthread_sigmask(SIG_SETMASK, &all, &before));
    error = pthread_create(&thread->native, NULL, begin, start);
    check(pthread_sigmask(SIG_SETMASK, &before, NULL));
    if (error) {
        free(start);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

void thread_join(struct thread *thread)
{
    check(pthread_join(thread->native, NULL));
}

bool thread_is_self(const struct thread *thread)
{
    return pthread_equal(thread->native, pthread_self()) != 0;
}
