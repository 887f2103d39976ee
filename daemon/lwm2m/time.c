/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/time.h"

#include "daemon/base/bytes.h"

static int64_t digits(struct reader *r, int count)
{
    int64_t n = 0;

    while (count-- > 0) {
        uint8_t c = reader_u8(r);
        if (c < '0' || c > '9')
            r->bad = true;
        n = n * 10 + (c - '0');
    }
    return n;
}

static void expect(struct reader *r, uint8_t a, uint8_t b)
{
    uint8_t c = reader_u8(r);

    if (c != a && c != b)
        r->bad = true;
}

/* Days from 1970-01-01 in the Gregorian calendar; a year starts in March here, so that
 * the leap day is its last. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t offset_s(struct reader *r)
{
    uint8_t sign = reader_u8(r);

    if (sign == 'Z' || sign == 'z')
        return 0;
    if (sign != '+' && sign != '-')
        r->bad = true;
    int64_t hours = digits(r, 2);
    expect(r, ':', ':');
    int64_t s = hours * 3600 + digits(r, 2) * 60;
    return sign == '-' ? -s : s;
}

bool rfc3339_parse(const void *text, size_t len, int64_t *out_s)
{
    struct reader r = reader_of(text, len);

    int64_t year = digits(&r, 4);
    expect(&r, '-', '-');
    int64_t month = digits(&r, 2);
    expect(&r, '-', '-');
    int64_t day = digits(&r, 2);
    expect(&r, 'T', 't');
    int64_t hour = digits(&r, 2);
    expect(&r, ':', ':');
    int64_t minute = digits(&r, 2);
    expect(&r, ':', ':');
    int64_t second = digits(&r, 2);
    if (reader_left(&r) > 0 && *r.at == '.')
        for (r.at++; reader_left(&r) > 0 && *r.at >= '0' && *r.at <= '9'; r.at++)
            ;
    int64_t offset = offset_s(&r);
    if (r.bad || reader_left(&r) > 0 || month < 1 || month > 12 || day < 1 ||
        day > 31 || hour > 23 || minute > 59 || second > 60)
        return false;
    *out_s =
        days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    return true;
}
