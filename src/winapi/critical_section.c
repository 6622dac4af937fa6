/* critical_section.c: CRITICAL_SECTION, a recursive mutex in the memory that windows.h sets aside for it. */
#include <assert.h>
#include <pthread.h>
#include <windows.h>

static_assert(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION), "windows.h must set more memory aside");
static_assert(_Alignof(pthread_mutex_t) <= _Alignof(CRITICAL_SECTION), "windows.h must align it better");

static pthread_mutex_t *mutex_of(LPCRITICAL_SECTION section)
{
    return (pthread_mutex_t *)(void *)section;
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins, DWORD flags)
{
    pthread_mutexattr_t attr;
    int error;

    (void)spins, (void)flags; /* they tune Windows' lock and its debugger */
    error = pthread_mutexattr_init(&attr);
    if (!error) {
        pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
        error = pthread_mutex_init(mutex_of(section), &attr);
        pthread_mutexattr_destroy(&attr);
    }
    if (error)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return !error;
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins)
{
    return InitializeCriticalSectionEx(section, spins, 0);
}

void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section)
{
    InitializeCriticalSectionEx(section, 0, 0);
}

void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutex_lock(mutex_of(section));
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section)
{
    return pthread_mutex_trylock(mutex_of(section)) == 0;
}

void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutex_unlock(mutex_of(section));
}

void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section)
{
    pthread_mutex_destroy(mutex_of(section));
}
