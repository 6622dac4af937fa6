/* threads.h: how many threads this process has, to see that none is left behind. */
#ifndef OPENBITS_TESTS_THREADS_H
#define OPENBITS_TESTS_THREADS_H

#include <check.h>
#include <dirent.h>

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

#endif
