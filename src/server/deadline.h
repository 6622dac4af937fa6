/* deadline.h: waiting on a condition until a moment of CLOCK_MONOTONIC. */
#ifndef OPENBITS_SERVER_DEADLINE_H
#define OPENBITS_SERVER_DEADLINE_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

static inline int64_t deadline_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline struct timespec deadline_after_ms(unsigned ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

static inline void deadline_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* False: the moment has come. */
static inline bool deadline_wait(pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *until)
{
    return pthread_cond_timedwait(cond, lock, until) != ETIMEDOUT;
}

#endif
