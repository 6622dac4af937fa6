/* headers.h: the header lines of one answer, and the few fields that decide about its bytes.
 *
 * Lines come one at a time. Interim answers (1xx) are dropped when the next status line comes, trailers are
 * not looked at. What stands here at the end is the last answer.
 */
#ifndef OPENBITS_FETCH_HEADERS_H
#define OPENBITS_FETCH_HEADERS_H

#include "fetch/content_range.h"

#define FETCH_HEADERS_MAX_BYTES (256u * 1024) /* of one request, interim answers and all */
#define FETCH_HEADERS_MAX_LINES 1000u

enum fetch_headers_step {
    FETCH_HEADERS_MORE,      /* go on with the next line */
    FETCH_HEADERS_COMPLETE,  /* that was the blank line after the final answer's headers; said once */
    FETCH_HEADERS_REFUSED,   /* too many, or not headers at all: BG_E_INVALID_SERVER_RESPONSE */
    FETCH_HEADERS_NO_MEMORY, /* E_OUTOFMEMORY */
};

enum fetch_field { /* fields whose text is kept; 0 is none */
                   FETCH_FIELD_NONE,
                   FETCH_FIELD_ETAG,
                   FETCH_FIELD_LAST_MODIFIED,
                   FETCH_FIELD_LOCATION,
                   FETCH_FIELD_CONTENT_RANGE,
                   FETCH_FIELD_CONTENT_LENGTH,
                   FETCH_FIELD_TRANSFER_ENCODING,
                   FETCH_FIELD_CONTENT_ENCODING,
                   FETCH_FIELD_CONTENT_TYPE,
                   FETCH_FIELD_COUNT
};

struct fetch_headers {
    int status; /* 0: none yet */

    /* Set by what the lines said; the rest is looked up by fetch_headers_value. */
    uint64_t content_length;            /* FETCH_SIZE_UNKNOWN: none */
    struct content_range content_range; /* if has_content_range */
    bool has_content_range;             /* there is one, and it could be parsed */
    bool chunked;
    bool coded;         /* a Content-Encoding other than identity */
    bool multipart;     /* Content-Type: multipart/byteranges */
    bool contradictory; /* one of the fields above is malformed or given twice with different values */

    /* --- private --- */
    char *text; /* every line with CRLF after it, ended by NUL */
    size_t len, cap;
    size_t seen_bytes;
    unsigned seen_lines;
    bool complete;
    enum fetch_field last;          /* what a folded line would continue */
    uint32_t at[FETCH_FIELD_COUNT]; /* offset of the value in text; 0: the field did not come */
    uint32_t value_len[FETCH_FIELD_COUNT];
};

void fetch_headers_init(struct fetch_headers *headers);
void fetch_headers_release(struct fetch_headers *headers);
/* For the next request, or the next hop of this one; keeps a moderate amount of memory. */
void fetch_headers_clear(struct fetch_headers *headers);

/* One line as it came, with its CRLF or LF. */
enum fetch_headers_step fetch_headers_line(struct fetch_headers *headers, const char *line, size_t len);

/* The value without white space around, not ended by NUL; NULL if the field did not come or is empty. Valid
 * until the next line. */
const char *fetch_headers_value(const struct fetch_headers *headers, enum fetch_field field, size_t *len);

/* Status line and fields, CRLF after each; NULL if nothing came. Valid until the next line. */
const char *fetch_headers_text(const struct fetch_headers *headers);

#endif
