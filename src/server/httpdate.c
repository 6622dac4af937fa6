/* httpdate.c: dates in HTTP headers (RFC 9110 section 5.6.7).
 *
 * strptime and strftime follow the application's locale and timegm is no standard function, so the names and
 * the calendar are here: days are counted in eras of 400 years that begin in March, which puts the leap day
 * last and makes both directions a few divisions.
 */
#include "server/httpdate.h"

#include <stdio.h>
#include <string.h>

static const char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char day_names[7][4] = {"Thu", "Fri", "Sat", "Sun",
                                     "Mon", "Tue", "Wed"}; /* from 1 January 1970 */

#define DAY_S     INT64_C(86400)
#define MIN_TIME  INT64_C(-62135596800) /* 0001-01-01 00:00:00 */
#define MAX_TIME  INT64_C(253402300799) /* 9999-12-31 23:59:59 */
#define ERA_DAYS  INT64_C(146097)
#define EPOCH_DAY INT64_C(719468) /* 1 January 1970, from 1 March of year 0 */

/* month from 1. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, year_of_era = y % 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_DAY;
}

struct date {
    int64_t year;
    int month, day;
};

static struct date date_from_days(int64_t days)
{
    int64_t z = days + EPOCH_DAY, era = z / ERA_DAYS, day_of_era = z % ERA_DAYS;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = (int)(day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
    int m = (5 * day_of_year + 2) / 153;
    struct date d = {.year = year_of_era + era * 400,
                     .month = m < 10 ? m + 3 : m - 9,
                     .day = day_of_year - (153 * m + 2) / 5 + 1};

    d.year += d.month <= 2;
    return d;
}

void httpdate_format(int64_t time_s, char out[HTTPDATE_SIZE])
{
    int64_t t = time_s < MIN_TIME ? MIN_TIME : time_s > MAX_TIME ? MAX_TIME : time_s;
    int64_t days = (t - MIN_TIME) / DAY_S + MIN_TIME / DAY_S;
    int second = (int)(t - days * DAY_S);
    struct date d = date_from_days(days);

    snprintf(out, HTTPDATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", day_names[((days % 7) + 7) % 7],
             d.day, month_names[d.month - 1], (int)d.year, second / 3600, second / 60 % 60, second % 60);
}

static int month_from_name(const char *name)
{
    for (int i = 0; i < 12; i++)
        if (strcmp(name, month_names[i]) == 0)
            return i + 1;
    return 0;
}

bool httpdate_parse(const char *text, int64_t now_s, int64_t *out_time_s)
{
    int year = 0, month, day, hour, minute, second, end = 0;
    char name[4];

    /* The weekday is not compared: it says nothing that the date does not. */
    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, name, &year, &hour, &minute,
               &second, &end) == 6 &&
        end) {
    } else if (sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &day, name, &year, &hour,
                      &minute, &second, &end) == 6 &&
               end) {
        int64_t now_year = date_from_days(now_s / DAY_S).year;

        year += (int)(now_year / 100 * 100);
        if (year > now_year + 50)
            year -= 100;
    } else if (sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", name, &day, &hour, &minute,
                      &second, &year, &end) != 6 ||
               !end) {
        return false;
    }
    month = month_from_name(name);
    if (text[end] || !month || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 60 || year < 1)
        return false;
    *out_time_s = days_from_date(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
    return true;
}
