/* content_range.h: the value of a Content-Range header (RFC 9110, 14.4), as a half-open range. */
#ifndef OPENBITS_FETCH_CONTENT_RANGE_H
#define OPENBITS_FETCH_CONTENT_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "fetch/source.h"

struct content_range {
    struct range range; /* empty: "bytes * / total", nothing of what was asked exists */
    uint64_t total;     /* FETCH_SIZE_UNKNOWN: "*" */
};

/* text has len bytes, without white space around. False: not exactly of one of the forms
 *
 *     bytes first-last/total      bytes first-last/ *      bytes * /total       (without the spaces)
 *
 * with first <= last < total, each number below 2^63; *out is then not written. */
bool content_range_parse(const char *text, size_t len, struct content_range *out);

/* Decimal digits only, at least one, value below 2^63. Content-Length is such a number too. */
bool content_range_number(const char *text, size_t len, uint64_t *out);

#endif
