/* body.h: the bytes of one answer, read at rising positions: a line of text, a slice, or parts. */
#ifndef OPENBITS_SERVER_BODY_H
#define OPENBITS_SERVER_BODY_H

#include "server/multipart.h"
#include "server/resource.h"

enum body_kind { BODY_NONE, BODY_TEXT, BODY_SLICE, BODY_PARTS };

struct body {
    enum body_kind kind;
    uint64_t length;
    struct resource *resource; /* borrowed; for slices and parts */
    struct slice *slices;      /* owned */
    size_t slice_count;
    char text[320];
    char boundary[48];
    struct multipart multipart;
};

void body_release(struct body *b);

void body_set_text(struct body *b, const char *text);
/* Takes slices, which malloc made. One is a plain body, several are multipart/byteranges; each has bytes.
 * No slices: an empty file. False: the body's length does not fit 63 bits; slices are taken even so. */
bool body_set_slices(struct body *b, struct resource *resource, struct slice *slices, size_t count,
                     const char *content_type);

/* The slices that it has as parts, even if it is only one. boundary NULL: a new one. */
bool body_make_parts(struct body *b, const char *content_type, const char *boundary);

/* After the part headers' style was changed; false as above. */
bool body_measure(struct body *b);

/* As multipart_read: fewer than max only at the end, where 0 is returned; -1: the file cannot be read. */
ptrdiff_t body_read(struct body *b, uint64_t position, void *out, size_t max);

/* How much of each slice is among the first position bytes; sent has slice_count elements. */
void body_sent(const struct body *b, uint64_t position, uint64_t *sent);

#endif
