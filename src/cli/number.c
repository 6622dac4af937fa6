/* number.c: numbers as people write them on a command line. strtoull would take a sign, spaces and base 8. */
#include "cli/number.h"

#include <string.h>

static bool read_digits(const char **at, uint64_t max, uint64_t *out)
{
    const char *start = *at;
    uint64_t n = 0;

    for (; **at >= '0' && **at <= '9'; ++*at) {
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (uint64_t)(**at - '0'), &n))
            return false;
    }
    *out = n;
    return *at != start && n <= max;
}

bool number_parse(const char *text, uint64_t max, uint64_t *out)
{
    return read_digits(&text, max, out) && !*text;
}

bool number_parse_size(const char *text, uint64_t max, uint64_t *out)
{
    static const char suffixes[] = "KMGT";
    const char *suffix;

    if (!read_digits(&text, max, out))
        return false;
    if (!*text)
        return true;
    suffix = strchr(suffixes, *text);
    if (!suffix || text[1])
        return false;
    for (const char *s = suffixes; s <= suffix; s++)
        if (__builtin_mul_overflow(*out, UINT64_C(1024), out))
            return false;
    return *out <= max;
}
