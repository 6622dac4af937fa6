/* filetime.c: FILETIME (100 ns since 1601-01-01 UTC), its calendar form, and the system's clock.
 *
 * Dates are those of the Gregorian calendar, reckoned in days from 0000-03-01: with March first, the leap day
 * ends the year and no table is needed.
 */
#include <time.h>
#include <windows.h>

enum {
    FILETIME_PER_MS = 10000,
    MS_PER_DAY = 86400000,
    DAYS_TO_1601 = 584694, /* 0000-03-01 to 1601-01-01 */
    DAYS_PER_400_YEARS = 146097,
    FIRST_YEAR = 1601,
    LAST_YEAR = 30827, /* SYSTEMTIME's */
};

static const uint64_t filetime_1970 = 116444736000000000u;

static uint64_t join(const FILETIME *time)
{
    return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static FILETIME split(uint64_t time)
{
    return (FILETIME){(DWORD)time, (DWORD)(time >> 32)};
}

static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

static void date_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t era = days / DAYS_PER_400_YEARS, in_era = days % DAYS_PER_400_YEARS;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;

    *day = (int)(in_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(400 * era + y + (m >= 10));
}

LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b)
{
    return (join(a) > join(b)) - (join(a) < join(b));
}

void WINAPI GetSystemTimeAsFileTime(LPFILETIME out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *out =
        split(filetime_1970 + (uint64_t)now.tv_sec * 1000u * FILETIME_PER_MS + (uint64_t)now.tv_nsec / 100);
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, LPSYSTEMTIME to)
{
    uint64_t ms = join(from) / FILETIME_PER_MS;
    int64_t days = (int64_t)(ms / MS_PER_DAY);
    int year, month, day;

    if (join(from) > INT64_MAX) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    date_from_days(days + DAYS_TO_1601, &year, &month, &day);
    ms %= MS_PER_DAY;
    *to = (SYSTEMTIME){
        .wYear = (WORD)year,
        .wMonth = (WORD)month,
        .wDayOfWeek = (WORD)((days + 1) % 7), /* 1601 began on a Monday */
        .wDay = (WORD)day,
        .wHour = (WORD)(ms / 3600000),
        .wMinute = (WORD)(ms / 60000 % 60),
        .wSecond = (WORD)(ms / 1000 % 60),
        .wMilliseconds = (WORD)(ms % 1000),
    };
    return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, LPFILETIME to)
{
    int64_t days = days_from_date(from->wYear, from->wMonth, from->wDay);
    int year, month, day;
    uint64_t ms;

    date_from_days(days, &year, &month, &day); /* 31 April comes back as 1 May */
    if (from->wYear < FIRST_YEAR || from->wYear > LAST_YEAR || from->wMonth < 1 || from->wMonth > 12 ||
        day != from->wDay || month != from->wMonth || from->wHour > 23 || from->wMinute > 59 ||
        from->wSecond > 59 || from->wMilliseconds > 999) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    ms = (uint64_t)(days - DAYS_TO_1601) * MS_PER_DAY + from->wHour * 3600000u + from->wMinute * 60000u +
         from->wSecond * 1000u + from->wMilliseconds;
    *to = split(ms * FILETIME_PER_MS);
    return TRUE;
}
