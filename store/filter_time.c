/* SPDX-License-Identifier: Apache-2.0 */
/* filter_time.c - times as people write them: RFC 3339, a date, or -12h. */
#include <errno.h>
#include <string.h>

#include "store/filter_internal.h"

/* Exactly width digits. @return the number, -1 */
static int digits(const char **at, int width)
{
    int value = 0;

    for (int i = 0; i < width; i++, ++*at) {
        if (**at < '0' || **at > '9')
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static int read_date(const char **at, int64_t *ms)
{
    int year = digits(at, 4);
    bool ok = skip(at, '-');
    int month = ok ? digits(at, 2) : -1;

    ok = month >= 1 && month <= 12 && skip(at, '-');
    int day = ok ? digits(at, 2) : -1;
    if (year < 0 || day < 1 || day > 31)
        return -EINVAL;
    *ms = days_of(year, month, day) * 86400000;
    return 0;
}

static int read_clock(const char **at, int64_t *ms)
{
    int hour = digits(at, 2);
    int minute = hour >= 0 && skip(at, ':') ? digits(at, 2) : -1;
    int second = minute >= 0 && skip(at, ':') ? digits(at, 2) : -1;
    int64_t scale = 100, fraction = 0;

    if (hour > 23 || minute > 59 || second < 0 || second > 60)
        return -EINVAL;
    if (skip(at, '.')) {
        if (**at < '0' || **at > '9')
            return -EINVAL;
        for (; **at >= '0' && **at <= '9'; ++*at, scale /= 10)
            fraction += scale * (**at - '0');
    }
    *ms += ((INT64_C(60) * hour + minute) * 60 + second) * 1000 + fraction;
    return 0;
}

static int read_zone(const char **at, int64_t *ms)
{
    if (skip(at, 'Z') || skip(at, 'z'))
        return 0;
    int sign = **at == '-' ? -1 : **at == '+' ? 1 : 0;
    if (sign == 0)
        return -EINVAL;
    ++*at;
    int hour = digits(at, 2);
    int minute = hour >= 0 && skip(at, ':') ? digits(at, 2) : -1;
    if (hour > 23 || minute < 0 || minute > 59)
        return -EINVAL;
    *ms -= INT64_C(60000) * sign * (INT64_C(60) * hour + minute);
    return 0;
}

static int read_relative(const char *at, int64_t wall_ms, int64_t *out)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {
        {'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};
    int64_t count = 0;
    int len = 0;

    for (; *at >= '0' && *at <= '9' && len < 9; at++, len++)
        count = count * 10 + (*at - '0');
    for (size_t i = 0; len > 0 && i < sizeof units / sizeof units[0]; i++) {
        if (at[0] == units[i].unit && at[1] == '\0') {
            *out = wall_ms - count * units[i].ms;
            return 0;
        }
    }
    return -EINVAL;
}

int filter_time(const char *text, int64_t wall_ms, int64_t *out)
{
    int64_t ms = 0;

    if (skip(&text, '-'))
        return read_relative(text, wall_ms, out);
    int rc = read_date(&text, &ms);
    if (rc == 0 && *text != '\0') {
        rc = skip(&text, 'T') || skip(&text, 't') || skip(&text, ' ')
                 ? read_clock(&text, &ms)
                 : -EINVAL;
        if (rc == 0)
            rc = read_zone(&text, &ms);
    }
    if (rc != 0 || *text != '\0')
        return -EINVAL;
    *out = ms;
    return 0;
}
