/* hold.h: stops answers after a number of body bytes, until told otherwise. Thread safe. */
#ifndef OPENBITS_SERVER_HOLD_H
#define OPENBITS_SERVER_HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

/* An answer that can be held; part of its owner. suspend and resume are called with the hold's lock held, by
 * turns, suspend first; they must not call back. */
struct held {
    struct held *next;
    void (*suspend)(struct held *);
    void (*resume)(struct held *);
};

struct hold;

struct hold *hold_new(void);
void hold_free(struct hold *h);

/* Resumes all; those that have passed the new limit are held again when they next ask. */
void hold_set(struct hold *h, uint64_t after_bytes);
/* No answer is held from now on, whatever is set. */
void hold_end(struct hold *h);

/* How many of max bytes an answer may send that has sent position bytes. 0: it has been suspended. */
uint64_t hold_ask(struct hold *h, struct held *answer, uint64_t position, uint64_t max);

/* S_FALSE: there were not that many within timeout_ms. */
HRESULT hold_wait(struct hold *h, size_t count, unsigned timeout_ms);

#endif
