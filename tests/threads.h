/* threads.h: how many threads this process has, to see that none is left behind. */
#ifndef OPENBITS_TESTS_THREADS_H
#define OPENBITS_TESTS_THREADS_H

#include <check.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

static inline unsigned threads_count(void)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned count = 0;

    ck_assert_ptr_nonnull(tasks);
    for (struct dirent *task; (task = readdir(tasks));)
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* A joined thread is seen in /proc for a moment more: waits, ten seconds at most, until there are no more
 * than count, and fails the test if there are not exactly so many then. */
static inline void threads_expect(unsigned count)
{
    time_t end = time(NULL) + 10;

    while (threads_count() > count && time(NULL) < end)
        sched_yield();
    ck_assert_uint_eq(threads_count(), count);
}

static inline void *threads_nothing(void *context)
{
    return context;
}

/* The count to come back to. A sanitizer makes a thread of its own along with a process's first one. */
static inline unsigned threads_base(void)
{
    pthread_t first;

    ck_assert_int_eq(pthread_create(&first, NULL, threads_nothing, NULL), 0);
    ck_assert_int_eq(pthread_join(first, NULL), 0);
    return threads_count();
}

#endif
