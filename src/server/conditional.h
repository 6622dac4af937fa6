/* conditional.h: whether a request's conditions hold, as RFC 9110 section 13 reads them. Pure. */
#ifndef OPENBITS_SERVER_CONDITIONAL_H
#define OPENBITS_SERVER_CONDITIONAL_H

#include <stdint.h>

/* What identifies the version of the file that would be sent. */
struct validators {
    const char *etag;        /* with quotes, W/ if weak; NULL: none */
    int64_t last_modified_s; /* Unix time; 0: not known */
};

/* The request's headers; NULL: not there. */
struct conditions {
    const char *if_match, *if_none_match, *if_modified_since, *if_unmodified_since, *if_range;
};

enum conditional_verdict {
    CONDITIONAL_PROCEED,      /* Range, if any, applies */
    CONDITIONAL_IGNORE_RANGE, /* If-Range names another version: the whole */
    CONDITIONAL_NOT_MODIFIED, /* 304 */
    CONDITIONAL_FAILED,       /* 412 */
};

/* For GET and HEAD on a file that exists. now_s decides whether a date is a strong validator. */
enum conditional_verdict conditional_evaluate(const struct conditions *c, const struct validators *v,
                                              int64_t now_s);

#endif
