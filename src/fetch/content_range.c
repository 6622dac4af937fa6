/* content_range.c: a parser that refuses whatever the grammar does not say.
 *
 * A lenient reader of this header writes bytes where they do not belong: real servers send the request's
 * syntax ("bytes=0-99/100"), no last byte, negative numbers and numbers that wrapped around. So the text is
 * taken apart at its separators, and every piece must be a number of its own.
 *
 * Pure; no allocation.
 */
#include "fetch/content_range.h"

#include <string.h>
#include <strings.h>

static const char UNIT[] = "bytes "; /* the name of a unit has no case; exactly one space follows */

bool content_range_number(const char *text, size_t len, uint64_t *out)
{
    uint64_t value = 0;

    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned)(unsigned char)text[i] - '0';

        if (digit > 9 || value > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static bool star(const char *text, size_t len)
{
    return len == 1 && text[0] == '*';
}

bool content_range_parse(const char *text, size_t len, struct content_range *out)
{
    struct content_range r = {.range = {0, 0}, .total = FETCH_SIZE_UNKNOWN};
    const char *slash, *dash, *total;
    size_t range_len, total_len;
    uint64_t last;

    if (len < sizeof UNIT - 1 || strncasecmp(text, UNIT, sizeof UNIT - 1) != 0)
        return false;
    text += sizeof UNIT - 1;
    len -= sizeof UNIT - 1;

    slash = memchr(text, '/', len);
    if (!slash)
        return false;
    range_len = (size_t)(slash - text);
    total = slash + 1;
    total_len = len - range_len - 1;
    if (!star(total, total_len) && !content_range_number(total, total_len, &r.total))
        return false;

    if (star(text, range_len)) {
        if (r.total == FETCH_SIZE_UNKNOWN)
            return false; /* two stars say nothing at all */
        *out = r;
        return true;
    }

    dash = memchr(text, '-', range_len);
    if (!dash || !content_range_number(text, (size_t)(dash - text), &r.range.start) ||
        !content_range_number(dash + 1, (size_t)(slash - dash - 1), &last))
        return false;
    if (last < r.range.start || last >= r.total || last == (uint64_t)INT64_MAX)
        return false;
    r.range.end = last + 1;
    *out = r;
    return true;
}
