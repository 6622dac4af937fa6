/* multipart.h: the body of an answer with several ranges, multipart/byteranges (RFC 9110 section 14.6),
 * made piece by piece while it is sent. Pure, but for the reader it is given. */
#ifndef OPENBITS_SERVER_MULTIPART_H
#define OPENBITS_SERVER_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/range.h"

/* Puts bytes [offset, offset + len) of the file into out; false: they cannot be had. */
typedef bool content_fn(uint64_t offset, void *out, size_t len, void *context);

enum part_range { PART_RANGE, PART_RANGE_MISSING, PART_RANGE_GARBLED };

#define MULTIPART_EXTRA_MAX 4096

/* What faults change; all zero: nothing. */
struct multipart_style {
    unsigned lines_before; /* empty lines before the first boundary */
    unsigned extra;        /* bytes of further part headers; at most MULTIPART_EXTRA_MAX */
    size_t odd_part;       /* from 1: the part whose Content-Range is odd_range */
    enum part_range odd_range;
};

struct multipart {
    /* What is sent; all borrowed. */
    const struct slice *slices;
    size_t count;
    uint64_t file_size;
    const char *boundary;
    const char *content_type;
    struct multipart_style style; /* set before the length is asked for */
    /* Where reading is: the part that has the position last asked for, and that part's start. */
    size_t part;
    uint64_t part_start;
};

void multipart_init(struct multipart *m, const struct slice *slices, size_t count, uint64_t file_size,
                    const char *boundary, const char *content_type);

/* The whole body's length; false: more than UINT64_MAX. */
bool multipart_length(const struct multipart *m, uint64_t *out);

/* Bytes [position, position + max) of the body into out; fewer only at its end. Positions never go back.
 * Returns the number, 0 at the end, -1 if content failed. */
ptrdiff_t multipart_read(struct multipart *m, uint64_t position, void *out, size_t max, content_fn *content,
                         void *context);

/* How much of slice number i is among the first position bytes of the body. O(i). */
void multipart_sent(const struct multipart *m, uint64_t position, uint64_t *sent_per_slice);

#endif
