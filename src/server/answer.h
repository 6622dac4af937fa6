/* answer.h: what is answered to a request: status, headers, body. HTTP's rules, apart from how it is sent. */
#ifndef OPENBITS_SERVER_ANSWER_H
#define OPENBITS_SERVER_ANSWER_H

#include "server/body.h"
#include "server/headers.h"
#include "server/resource.h"

/* Borrowed while the answer is made. */
struct question {
    const char *method;
    const char *path; /* decoded; NULL: the target was not a path */
    const struct server_header *headers;
    size_t header_count;
    int64_t now_s;
    const struct variation *variation; /* of the file, for faults; NULL: none */
};

struct answer {
    int status;
    struct headers headers; /* without Content-Length, Date and Connection */
    bool length_hidden;     /* the client is not told body.length */
    struct resource resource;
    struct body body;  /* what GET gets, for its length also where it is not sent. It points into resource */
    bool body_sent;    /* not for HEAD, 204 and 304 */
    uint64_t promised; /* what the client is told as the body's length; below body.length the body is cut */
};

/* Never fails for the client's sake: what is wrong is in the status. False: memory is short; *out is then
 * released. answer stays where it is until it is released. */
bool answer_make(const struct site *site, const struct question *question, struct answer *out);
void answer_release(struct answer *a);

/* For faults. This status with its name, or with text if that is not NULL, in the place of what there was. */
void answer_say(struct answer *a, int status, const char *content_type, const char *text);
/* 416, with or without what the size is. */
void answer_say_unsatisfiable(struct answer *a, bool with_range);
/* Of the file, or of its parts. */
const char *answer_content_type(const struct answer *a);

#endif
