/* range.h: the Range header of a request, as RFC 9110 section 14 reads it. Pure. */
#ifndef OPENBITS_SERVER_RANGE_H
#define OPENBITS_SERVER_RANGE_H

#include <stddef.h>
#include <stdint.h>

/* A request that asks for more ranges than this is refused as excessive (RFC 9110, 15.5.17). */
#define RANGE_MAX_COUNT 4096

/* Bytes [offset, offset + len) of a file; len is never 0. */
struct slice {
    uint64_t offset, len;
};

enum range_verdict {
    RANGE_WHOLE,         /* no header, another unit, or malformed: to be answered as if it was not there */
    RANGE_SLICES,        /* in the order asked, overlaps kept, unsatisfiable ones left out */
    RANGE_UNSATISFIABLE, /* well-formed, but none of it is in the file, or there are too many */
    RANGE_NO_MEMORY,
};

/* For RANGE_SLICES *out is the caller's to free and *count at least 1; else they are NULL and 0.
 * header may be NULL. An empty file has no slices: a suffix of it is answered with the whole (of nothing). */
enum range_verdict range_parse(const char *header, uint64_t file_size, struct slice **out, size_t *count);

#endif
