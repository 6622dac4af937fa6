/* test_filetime.c: FILETIME and the calendar, against known instants and against the C library's gmtime. */
#include <time.h>
#include <windows.h>

#include "suite.h"

#define FILETIME_1970 116444736000000000u

static FILETIME filetime(uint64_t value)
{
    return (FILETIME){(DWORD)value, (DWORD)(value >> 32)};
}

static uint64_t value_of(FILETIME time)
{
    return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static const struct {
    uint64_t value;
    SYSTEMTIME date; /* year, month, weekday (0 Sunday), day, hour, minute, second, ms */
} known[] = {
    {0, {1601, 1, 1, 1, 0, 0, 0, 0}},
    {FILETIME_1970, {1970, 1, 4, 1, 0, 0, 0, 0}},
    {FILETIME_1970 + 951827696789u * 10000u, {2000, 2, 2, 29, 12, 34, 56, 789}},
    {FILETIME_1970 + 4107542400000u * 10000u, {2100, 3, 1, 1, 0, 0, 0, 0}},
    {FILETIME_1970 + 4107542399999u * 10000u, {2100, 2, 0, 28, 23, 59, 59, 999}},
    {INT64_MAX / 10000 * 10000, {30828, 9, 4, 14, 2, 48, 5, 477}},
};

START_TEST(test_filetime_known_instants_have_their_dates)
{
    FILETIME time = filetime(known[_i].value);
    SYSTEMTIME date;

    ck_assert_int_eq(FileTimeToSystemTime(&time, &date), TRUE);
    ck_assert_mem_eq(&date, &known[_i].date, sizeof date);
    if (date.wYear <= 30827) {
        ck_assert_int_eq(SystemTimeToFileTime(&known[_i].date, &time), TRUE);
        ck_assert_uint_eq(value_of(time), known[_i].value);
    }
}
END_TEST

static const SYSTEMTIME impossible[] = {
    {1600, 12, 0, 31, 0, 0, 0, 0},  {30828, 1, 0, 1, 0, 0, 0, 0}, {2023, 2, 0, 29, 0, 0, 0, 0},
    {1900, 2, 0, 29, 0, 0, 0, 0},   {2023, 4, 0, 31, 0, 0, 0, 0}, {2023, 0, 0, 1, 0, 0, 0, 0},
    {2023, 13, 0, 1, 0, 0, 0, 0},   {2023, 1, 0, 0, 0, 0, 0, 0},  {2023, 1, 0, 32, 0, 0, 0, 0},
    {2023, 1, 0, 1, 24, 0, 0, 0},   {2023, 1, 0, 1, 0, 60, 0, 0}, {2023, 1, 0, 1, 0, 0, 60, 0},
    {2023, 1, 0, 1, 0, 0, 0, 1000}, {0, 0, 0, 0, 0, 0, 0, 0},     {2023, 65535, 0, 65535, 0, 0, 0, 0},
};

START_TEST(test_filetime_impossible_dates_are_refused)
{
    FILETIME time = filetime(7);

    SetLastError(0);
    ck_assert_int_eq(SystemTimeToFileTime(&impossible[_i], &time), FALSE);
    ck_assert_uint_eq(GetLastError(), ERROR_INVALID_PARAMETER);
    ck_assert_uint_eq(value_of(time), 7);
}
END_TEST

START_TEST(test_filetime_beyond_63_bits_is_refused)
{
    FILETIME time = filetime((uint64_t)INT64_MAX + 1);
    SYSTEMTIME date;

    ck_assert_int_eq(FileTimeToSystemTime(&time, &date), FALSE);
    ck_assert_uint_eq(GetLastError(), ERROR_INVALID_PARAMETER);
}
END_TEST

START_TEST(test_filetime_agrees_with_gmtime)
{
    uint64_t state = suite_seed();

    for (int i = 0; i < 20000; i++) {
        uint64_t value = suite_random(&state) % INT64_MAX;
        time_t seconds = (time_t)(value / 10000000) - (time_t)(FILETIME_1970 / 10000000);
        FILETIME time = filetime(value), back;
        SYSTEMTIME date;
        struct tm want;

        ck_assert_ptr_nonnull(gmtime_r(&seconds, &want));
        ck_assert_int_eq(FileTimeToSystemTime(&time, &date), TRUE);
        ck_assert_msg(date.wYear == want.tm_year + 1900 && date.wMonth == want.tm_mon + 1 &&
                          date.wDay == want.tm_mday && date.wDayOfWeek == want.tm_wday &&
                          date.wHour == want.tm_hour && date.wMinute == want.tm_min &&
                          date.wSecond == want.tm_sec && date.wMilliseconds == value / 10000 % 1000,
                      "%llu", (unsigned long long)value);
        if (date.wYear > 30827)
            continue;
        ck_assert_int_eq(SystemTimeToFileTime(&date, &back), TRUE);
        ck_assert_uint_eq(value_of(back), value / 10000 * 10000);
    }
}
END_TEST

START_TEST(test_filetime_comparison_is_unsigned_and_of_both_halves)
{
    FILETIME a = {0xFFFFFFFF, 0}, b = {0, 1}, c = {0, 0x80000000};

    ck_assert_int_eq(CompareFileTime(&a, &b), -1);
    ck_assert_int_eq(CompareFileTime(&b, &a), 1);
    ck_assert_int_eq(CompareFileTime(&b, &b), 0);
    ck_assert_int_eq(CompareFileTime(&c, &b), 1);
}
END_TEST

START_TEST(test_filetime_now_is_between_two_readings_of_the_clock)
{
    struct timespec before, after;
    FILETIME now;
    uint64_t since_1970_ns;

    clock_gettime(CLOCK_REALTIME, &before);
    GetSystemTimeAsFileTime(&now);
    clock_gettime(CLOCK_REALTIME, &after);
    since_1970_ns = (value_of(now) - FILETIME_1970) * 100;
    ck_assert_uint_ge(since_1970_ns + 100, (uint64_t)before.tv_sec * 1000000000u + (uint64_t)before.tv_nsec);
    ck_assert_uint_le(since_1970_ns, (uint64_t)after.tv_sec * 1000000000u + (uint64_t)after.tv_nsec);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filetime");
    TCase *tcase = tcase_create("calendar");

    tcase_add_loop_test(tcase, test_filetime_known_instants_have_their_dates, 0,
                        sizeof known / sizeof *known);
    tcase_add_loop_test(tcase, test_filetime_impossible_dates_are_refused, 0,
                        sizeof impossible / sizeof *impossible);
    tcase_add_test(tcase, test_filetime_beyond_63_bits_is_refused);
    tcase_add_test(tcase, test_filetime_agrees_with_gmtime);
    tcase_add_test(tcase, test_filetime_comparison_is_unsigned_and_of_both_halves);
    tcase_add_test(tcase, test_filetime_now_is_between_two_readings_of_the_clock);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
