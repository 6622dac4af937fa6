/* range.c: the Range header of a request, as RFC 9110 section 14 reads it.
 *
 * Two passes: the first counts elements, so that the array is allocated once and never larger than
 * RANGE_MAX_COUNT; the second reads them. Numbers saturate instead of overflowing: past UINT64_MAX a first
 * position is past every file, and a last position or a suffix is the file's whole.
 */
#include "server/range.h"

#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>

static const char *skip_space(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

/* True if there was at least one digit; else *out stays as it was. */
static bool read_number(const char **at, uint64_t *out)
{
    const char *start = *at;
    uint64_t n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++) {
        uint64_t digit = (uint64_t)(**at - '0');

        n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
    }
    if (*at == start)
        return false;
    *out = n;
    return true;
}

enum element { ELEMENT_MALFORMED, ELEMENT_OUTSIDE, ELEMENT_INSIDE };

/* One "first-last", "first-" or "-suffix". A suffix of an empty file counts as inside, with no length. */
static enum element read_element(const char **at, uint64_t file_size, struct slice *out)
{
    uint64_t first, last = UINT64_MAX;

    if (**at == '-') {
        ++*at;
        if (!read_number(at, &last))
            return ELEMENT_MALFORMED;
        out->len = last < file_size ? last : file_size;
        out->offset = file_size - out->len;
        return last ? ELEMENT_INSIDE : ELEMENT_OUTSIDE;
    }
    if (!read_number(at, &first) || **at != '-')
        return ELEMENT_MALFORMED;
    ++*at;
    if (read_number(at, &last) && last < first)
        return ELEMENT_MALFORMED;
    if (first >= file_size)
        return ELEMENT_OUTSIDE;
    out->offset = first;
    out->len = (last < file_size ? last + 1 : file_size) - first;
    return ELEMENT_INSIDE;
}

/* Elements of a list are between commas; empty ones do not count (RFC 9110, 5.6.1.2). */
static size_t count_elements(const char *at)
{
    size_t count = 0;

    for (;;) {
        at = skip_space(at);
        if (*at && *at != ',')
            count++;
        while (*at && *at != ',')
            at++;
        if (!*at++)
            return count;
    }
}

/* False: malformed. */
static bool read_set(const char *at, uint64_t file_size, struct slice *slices, size_t *count)
{
    *count = 0;
    for (;;) {
        at = skip_space(at);
        if (*at && *at != ',') {
            enum element element = read_element(&at, file_size, &slices[*count]);

            if (element == ELEMENT_MALFORMED)
                return false;
            *count += element == ELEMENT_INSIDE;
            at = skip_space(at);
        }
        if (!*at)
            return true;
        if (*at++ != ',')
            return false;
    }
}

enum range_verdict range_parse(const char *header, uint64_t file_size, struct slice **out, size_t *count)
{
    static const char unit[] = "bytes=";
    struct slice *slices;
    size_t asked, found;
    bool empty_suffix;

    *out = NULL;
    *count = 0;
    if (!header || strncasecmp(header, unit, sizeof unit - 1) != 0)
        return RANGE_WHOLE;
    header += sizeof unit - 1;
    asked = count_elements(header);
    if (asked == 0)
        return RANGE_WHOLE;
    if (asked > RANGE_MAX_COUNT)
        return RANGE_UNSATISFIABLE;
    slices = calloc(asked, sizeof *slices);
    if (!slices)
        return RANGE_NO_MEMORY;
    if (!read_set(header, file_size, slices, &found)) {
        free(slices);
        return RANGE_WHOLE;
    }
    empty_suffix = found > 0 && file_size == 0;
    if (found == 0 || empty_suffix) {
        free(slices);
        return empty_suffix ? RANGE_WHOLE : RANGE_UNSATISFIABLE;
    }
    *out = slices;
    *count = found;
    return RANGE_SLICES;
}
