/* stall.h: requests that are held up by faults, for a time or until they are released. Thread safe. */
#ifndef OPENBITS_SERVER_STALL_H
#define OPENBITS_SERVER_STALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

/* A request that can be held up; part of its owner. suspend and resume are called with the lock held, by
 * turns, suspend first; they must not call back. */
struct stalled {
    struct stalled *next;
    int64_t until_us; /* of CLOCK_MONOTONIC; INT64_MAX: none */
    bool pacing;      /* a mere pause between two pieces: stall_wait does not count it */
    void (*suspend)(struct stalled *);
    void (*resume)(struct stalled *);
};

struct stall;

struct stall *stall_new(void);
void stall_free(struct stall *s);

/* Holds the request up for so long; INT64_MAX: until it is released. False: stall_end came before, and it
 * goes on. */
bool stall_begin(struct stall *s, struct stalled *request, int64_t for_us);

/* Lets all go on. */
void stall_release(struct stall *s);
/* Lets all go on, and none is held up any more. */
void stall_end(struct stall *s);

/* S_FALSE: there were not that many within timeout_ms. */
HRESULT stall_wait(struct stall *s, size_t count, unsigned timeout_ms);

#endif
