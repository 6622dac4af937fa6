/* windows.h: the part of Win32 that BITS' clients use: waiting, locks, counters, clocks.
 *
 * Types and HRESULTs are in openbits_types.h, COM in objbase.h, which this file includes as Windows' does.
 * docs/windows-h.md lists every name; a client that needs more brings its own.
 */
#ifndef _WINDOWS_
#define _WINDOWS_

#include <sdkddkver.h>
#include <winerror.h>

#include "../openbits_types.h"
#ifndef WIN32_LEAN_AND_MEAN
#include <objbase.h>
#else
#include <basetyps.h>
#endif

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define INFINITE             0xFFFFFFFFu

/* The last error of the calling thread; the functions below set it when they fail. */
EXTERN_C OPENBITS_API DWORD WINAPI GetLastError(void);
EXTERN_C OPENBITS_API void WINAPI SetLastError(DWORD code);

/* Events, the only handles there are. They have no names: a name is ERROR_NOT_SUPPORTED. */
#define EVENT_MODIFY_STATE        0x0002
#define EVENT_ALL_ACCESS          0x1F0003
#define SYNCHRONIZE               0x00100000
#define CREATE_EVENT_MANUAL_RESET 0x1
#define CREATE_EVENT_INITIAL_SET  0x2
#define MAXIMUM_WAIT_OBJECTS      64
#define WAIT_OBJECT_0             0x00000000u
#define WAIT_TIMEOUT              0x00000102u
#define WAIT_FAILED               0xFFFFFFFFu

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

EXTERN_C OPENBITS_API HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset,
                                                 BOOL initial_state, LPCWSTR name);
EXTERN_C OPENBITS_API HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name,
                                                   DWORD flags, DWORD desired_access);
#define CreateEvent   CreateEventW
#define CreateEventEx CreateEventExW
EXTERN_C OPENBITS_API BOOL WINAPI SetEvent(HANDLE event);
EXTERN_C OPENBITS_API BOOL WINAPI ResetEvent(HANDLE event);
EXTERN_C OPENBITS_API BOOL WINAPI CloseHandle(HANDLE handle);
EXTERN_C OPENBITS_API DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD timeout_ms);
EXTERN_C OPENBITS_API DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL wait_all,
                                                          DWORD timeout_ms);

/* A lock that its owner may take again. */
typedef struct _RTL_CRITICAL_SECTION {
    void *openbits_private[16];
} RTL_CRITICAL_SECTION, CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

EXTERN_C OPENBITS_API void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section);
EXTERN_C OPENBITS_API BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section,
                                                                        DWORD spins);
EXTERN_C OPENBITS_API BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins,
                                                              DWORD flags);
EXTERN_C OPENBITS_API void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section);
EXTERN_C OPENBITS_API BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section);
EXTERN_C OPENBITS_API void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section);
EXTERN_C OPENBITS_API void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section);

/* Counters: each is a full barrier. Increment, Decrement give the new value, the others the old one. */
static inline LONG InterlockedIncrement(LONG volatile *p)
{
    return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedDecrement(LONG volatile *p)
{
    return __atomic_sub_fetch(p, 1, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedExchange(LONG volatile *p, LONG value)
{
    return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedExchangeAdd(LONG volatile *p, LONG value)
{
    return __atomic_fetch_add(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedCompareExchange(LONG volatile *p, LONG value, LONG expected)
{
    __atomic_compare_exchange_n(p, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}

static inline LONG InterlockedAnd(LONG volatile *p, LONG value)
{
    return __atomic_fetch_and(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedOr(LONG volatile *p, LONG value)
{
    return __atomic_fetch_or(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedXor(LONG volatile *p, LONG value)
{
    return __atomic_fetch_xor(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG64 InterlockedIncrement64(LONG64 volatile *p)
{
    return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
}

static inline LONG64 InterlockedDecrement64(LONG64 volatile *p)
{
    return __atomic_sub_fetch(p, 1, __ATOMIC_SEQ_CST);
}

static inline LONG64 InterlockedExchange64(LONG64 volatile *p, LONG64 value)
{
    return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG64 InterlockedExchangeAdd64(LONG64 volatile *p, LONG64 value)
{
    return __atomic_fetch_add(p, value, __ATOMIC_SEQ_CST);
}

static inline LONG64 InterlockedCompareExchange64(LONG64 volatile *p, LONG64 value, LONG64 expected)
{
    __atomic_compare_exchange_n(p, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}

static inline PVOID InterlockedExchangePointer(PVOID volatile *p, PVOID value)
{
    return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);
}

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *p, PVOID value, PVOID expected)
{
    __atomic_compare_exchange_n(p, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}

/* Clocks. Ticks count the milliseconds since the system started, sleep included. */
typedef struct _SYSTEMTIME {
    WORD wYear;
    WORD wMonth;
    WORD wDayOfWeek;
    WORD wDay;
    WORD wHour;
    WORD wMinute;
    WORD wSecond;
    WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

EXTERN_C OPENBITS_API void WINAPI Sleep(DWORD duration_ms);
EXTERN_C OPENBITS_API DWORD WINAPI GetTickCount(void);
EXTERN_C OPENBITS_API ULONGLONG WINAPI GetTickCount64(void);
EXTERN_C OPENBITS_API void WINAPI GetSystemTimeAsFileTime(LPFILETIME out);
EXTERN_C OPENBITS_API LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b);
EXTERN_C OPENBITS_API BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, LPSYSTEMTIME to);
EXTERN_C OPENBITS_API BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, LPFILETIME to);

#endif
