/* time.c: the system's two clocks. */
#include "config.h"

#include "sys/clock.h"

#include <assert.h>
#include <time.h>

/* 1601-01-01 to 1970-01-01. */
#define UNIX_EPOCH_S ((uint64_t)11644473600)

static struct timespec read_clock(clockid_t id)
{
    struct timespec t = {0};
    int failed = clock_gettime(id, &t);

    assert(!failed);
    (void)failed;
    return t;
}

uint64_t clock_monotonic_us(void)
{
    struct timespec t = read_clock(CLOCK_MONOTONIC);

    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_wall_100ns(void)
{
    struct timespec t = read_clock(CLOCK_REALTIME);

    return ((uint64_t)t.tv_sec + UNIX_EPOCH_S) * 10000000 + (uint64_t)t.tv_nsec / 100;
}
