/* Conditions of a request and the dates in them. */
#include "suite.h"

#include <string.h>

#include "server/conditional.h"
#include "server/httpdate.h"

#define MODIFIED_S 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */
#define BEFORE     "Sun, 06 Nov 1994 08:49:36 GMT"
#define EXACT      "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER      "Sun, 06 Nov 1994 08:49:38 GMT"

/* PROCEED and its neighbours, short enough for a table. */
#define GO    CONDITIONAL_PROCEED
#define WHOLE CONDITIONAL_IGNORE_RANGE
#define N304  CONDITIONAL_NOT_MODIFIED
#define N412  CONDITIONAL_FAILED

struct row {
    const char *etag;
    int64_t last_modified_s;
    struct conditions c;
    enum conditional_verdict verdict;
};

static const struct row rows[] = {
    {"\"a\"", MODIFIED_S, {0}, GO},
    /* If-Match: strong */
    {"\"a\"", 0, {.if_match = "\"a\""}, GO},
    {"\"a\"", 0, {.if_match = "\"b\", \"a\""}, GO},
    {"\"a\"", 0, {.if_match = "\"b\",,\"c\""}, N412},
    {"\"a\"", 0, {.if_match = "*"}, GO},
    {NULL, 0, {.if_match = "*"}, GO},
    {NULL, 0, {.if_match = "\"a\""}, N412},
    {"\"a\"", 0, {.if_match = "W/\"a\""}, N412},
    {"W/\"a\"", 0, {.if_match = "W/\"a\""}, N412},
    {"\"a,b\"", 0, {.if_match = "\"x\", \"a,b\""}, GO},
    {"\"a\"", 0, {.if_match = "a"}, N412},
    {"\"a\"", 0, {.if_match = "\"a"}, N412},
    /* If-Unmodified-Since, only where If-Match is not */
    {NULL, MODIFIED_S, {.if_unmodified_since = BEFORE}, N412},
    {NULL, MODIFIED_S, {.if_unmodified_since = EXACT}, GO},
    {NULL, MODIFIED_S, {.if_unmodified_since = AFTER}, GO},
    {NULL, MODIFIED_S, {.if_unmodified_since = "yesterday"}, GO},
    {NULL, 0, {.if_unmodified_since = BEFORE}, GO},
    {"\"a\"", MODIFIED_S, {.if_match = "\"a\"", .if_unmodified_since = BEFORE}, GO},
    /* If-None-Match: weak */
    {"\"a\"", 0, {.if_none_match = "\"a\""}, N304},
    {"\"a\"", 0, {.if_none_match = "W/\"a\""}, N304},
    {"W/\"a\"", 0, {.if_none_match = "\"a\""}, N304},
    {"\"a\"", 0, {.if_none_match = "\"b\""}, GO},
    {"\"a\"", 0, {.if_none_match = " *"}, N304},
    {NULL, 0, {.if_none_match = "*"}, N304},
    /* If-Modified-Since, only where If-None-Match is not */
    {NULL, MODIFIED_S, {.if_modified_since = BEFORE}, GO},
    {NULL, MODIFIED_S, {.if_modified_since = EXACT}, N304},
    {NULL, MODIFIED_S, {.if_modified_since = AFTER}, N304},
    {NULL, MODIFIED_S, {.if_modified_since = "0"}, GO},
    {NULL, 0, {.if_modified_since = AFTER}, GO},
    {"\"a\"", MODIFIED_S, {.if_none_match = "\"b\"", .if_modified_since = AFTER}, GO},
    /* If-Range: a strong tag, or the very date */
    {"\"a\"", 0, {.if_range = "\"a\""}, GO},
    {"\"a\"", 0, {.if_range = "\"b\""}, WHOLE},
    {"\"a\"", 0, {.if_range = "W/\"a\""}, WHOLE},
    {"W/\"a\"", 0, {.if_range = "W/\"a\""}, WHOLE},
    {"\"a\"", 0, {.if_range = "\"a\", \"b\""}, WHOLE},
    {NULL, 0, {.if_range = "\"a\""}, WHOLE},
    {NULL, MODIFIED_S, {.if_range = EXACT}, GO},
    {NULL, MODIFIED_S, {.if_range = AFTER}, WHOLE},
    {NULL, MODIFIED_S, {.if_range = BEFORE}, WHOLE},
    {NULL, 0, {.if_range = EXACT}, WHOLE},
    {NULL, MODIFIED_S, {.if_range = "nonsense"}, WHOLE},
    /* in order: what fails goes before what is not modified, and both before If-Range */
    {"\"a\"", MODIFIED_S, {.if_match = "\"b\"", .if_none_match = "\"a\"", .if_range = "\"b\""}, N412},
    {"\"a\"", MODIFIED_S, {.if_none_match = "\"a\"", .if_range = "\"b\""}, N304},
    {"\"a\"", MODIFIED_S, {.if_unmodified_since = EXACT, .if_range = "\"b\""}, WHOLE},
};

START_TEST(test_conditions_hold_as_rfc_9110_says)
{
    const struct row *row = &rows[_i];
    const struct validators v = {row->etag, row->last_modified_s};

    ck_assert_int_eq(conditional_evaluate(&row->c, &v, MODIFIED_S + 1000), row->verdict);
}
END_TEST

/* Section 8.8.2.2: within the second in which the file was written, its date names no version. */
START_TEST(test_if_range_with_a_date_of_this_second_is_not_trusted)
{
    const struct validators v = {NULL, MODIFIED_S};
    const struct conditions c = {.if_range = EXACT};

    ck_assert_int_eq(conditional_evaluate(&c, &v, MODIFIED_S), CONDITIONAL_IGNORE_RANGE);
    ck_assert_int_eq(conditional_evaluate(&c, &v, MODIFIED_S + 1), CONDITIONAL_PROCEED);
}
END_TEST

static const struct {
    const char *text;
    int64_t time_s; /* -1: not a date */
} dates[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
    {"Sun Nov  6 08:49:37 1994", 784111777},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Thu, 29 Feb 2024 23:59:59 GMT", 1709251199},
    {"Fri, 01 Mar 2024 00:00:00 GMT", 1709251200},
    {"Tue, 19 Jan 2038 03:14:08 GMT", 2147483648},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    {"Friday, 01-Mar-74 00:00:00 GMT", 3287088000}, /* 2074: less than 50 years ahead of 2024 */
    {"Friday, 01-Mar-75 00:00:00 GMT", 162864000},  /* 1975: 2075 would be more */
    {"", -1},
    {"Sun, 06 Nov 1994 08:49:37", -1},
    {"Sun, 06 Nov 1994 08:49:37 GMT ", -1},
    {"Sun, 06 Nov 1994 08:49:37 CET", -1},
    {"Sun, 06 Nor 1994 08:49:37 GMT", -1},
    {"Sun, 32 Nov 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 24:49:37 GMT", -1},
    {"784111777", -1},
};

START_TEST(test_dates_are_read_in_three_forms)
{
    int64_t time_s = -1;
    bool read = httpdate_parse(dates[_i].text, 1709251199, &time_s);

    ck_assert_msg(read == (dates[_i].time_s >= 0), "%s", dates[_i].text);
    ck_assert_int_eq(time_s, dates[_i].time_s);
}
END_TEST

START_TEST(test_dates_read_back_as_they_were_written)
{
    uint64_t seed = suite_seed();
    char text[HTTPDATE_SIZE];
    int64_t back;

    httpdate_format(784111777, text);
    ck_assert_str_eq(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    httpdate_format(INT64_MAX, text);
    ck_assert_str_eq(text, "Fri, 31 Dec 9999 23:59:59 GMT");
    httpdate_format(INT64_MIN, text);
    ck_assert_str_eq(text, "Mon, 01 Jan 0001 00:00:00 GMT");
    for (int i = 0; i < 20000; i++) {
        int64_t time_s = (int64_t)(suite_random(&seed) % 315537897600u) - 62135596800;
        struct tm tm;
        char expected[64];
        time_t as_libc = (time_t)time_s;

        httpdate_format(time_s, text);
        gmtime_r(&as_libc, &tm);
        strftime(expected, sizeof expected, "%a, %d %b ", &tm);
        ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0, "%lld: %s", (long long)time_s, text);
        ck_assert(httpdate_parse(text, 0, &back));
        ck_assert_msg(back == time_s, "%lld: %s reads as %lld", (long long)time_s, text, (long long)back);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server: conditional");
    TCase *conditions = tcase_create("conditions"), *date = tcase_create("dates");

    tcase_add_loop_test(conditions, test_conditions_hold_as_rfc_9110_says, 0, sizeof rows / sizeof *rows);
    tcase_add_test(conditions, test_if_range_with_a_date_of_this_second_is_not_trusted);
    tcase_add_loop_test(date, test_dates_are_read_in_three_forms, 0, sizeof dates / sizeof *dates);
    tcase_add_test(date, test_dates_read_back_as_they_were_written);
    suite_add_tcase(suite, conditions);
    suite_add_tcase(suite, date);
    return suite_main(suite);
}
