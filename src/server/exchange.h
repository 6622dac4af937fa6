/* exchange.h: one request, from its first line to its record in the log, apart from the protocol that carries
 * it.
 *
 * Belongs to one thread at a time: that of its connection. docs/server.md and docs/faults.md have the order
 * in which things happen.
 */
#ifndef OPENBITS_SERVER_EXCHANGE_H
#define OPENBITS_SERVER_EXCHANGE_H

#include "server/answer.h"
#include "server/course.h"
#include "server/service.h"

struct exchange {
    struct service *service;
    uint64_t connection;
    uint64_t turn; /* which request of its connection, from 1 */
    uint64_t number;
    bool is_h2;
    bool tunnel; /* CONNECT, which may be granted */
    int64_t start_us;
    char *target, *path; /* owned */
    struct redirect place;
    struct question question;
    struct server_header
        *seen; /* owned: the question's headers, whose strings are borrowed but for own_range */
    char *own_range;
    struct variation variation;
    bool changed; /* the question, since the answer was made */
    struct answer answer;
    struct course course;
    struct strike *strikes;
    size_t strike_count;
    struct log_record *record; /* NULL: not answered yet */
    uint64_t body_bytes;       /* given out */
};

/* When its first line is read. False: memory is short; end it even so. */
bool exchange_begin(struct exchange *e, struct service *service, const char *target);

/* When all of it is there: makes the answer and its course. headers are borrowed until this returns, method
 * too. False: memory is short. */
bool exchange_make(struct exchange *e, const char *method, const struct server_header *headers, size_t count);

/* As body_read, from the position given out last. */
ptrdiff_t exchange_read(struct exchange *e, uint64_t position, void *out, size_t max);

/* Logs it and releases all; once for each begin. */
void exchange_end(struct exchange *e, enum server_end end);

/* --- For faults, while the answer is made --- */

/* A header of the question; NULL: it is not there. */
const char *exchange_asked(const struct exchange *e, const char *name);
/* Takes it out of the question. */
void exchange_drop(struct exchange *e, const char *name);
/* Takes text, which malloc made, as the question's Range; NULL: memory was short. */
void exchange_set_range(struct exchange *e, char *text);
/* Its variation, to be changed. */
struct variation *exchange_vary(struct exchange *e);

#endif
