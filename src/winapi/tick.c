/* tick.c: the milliseconds since the system started, and sleeping for some. */
#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

ULONGLONG WINAPI GetTickCount64(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (ULONGLONG)now.tv_sec * 1000u + (ULONGLONG)now.tv_nsec / 1000000u;
}

DWORD WINAPI GetTickCount(void)
{
    return (DWORD)GetTickCount64();
}

void WINAPI Sleep(DWORD duration_ms)
{
    struct timespec left = {.tv_sec = duration_ms / 1000, .tv_nsec = duration_ms % 1000 * 1000000L};

    if (duration_ms == 0) {
        sched_yield();
        return;
    }
    while (duration_ms == INFINITE)
        pause();
    while (nanosleep(&left, &left) && errno == EINTR)
        continue;
}
