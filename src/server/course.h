/* course.h: what happens while an answer is sent: pauses, an early end, damage on the wire. Pure. */
#ifndef OPENBITS_SERVER_COURSE_H
#define OPENBITS_SERVER_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/damage.h"

#define COURSE_NEVER UINT64_MAX

/* Made by course_init; faults set it before the answer begins. Positions are of the body. */
struct course {
    int64_t before_head_us; /* a pause before anything is sent; INT64_MAX: until it is released */
    uint64_t stall_at;      /* a pause here, once; COURSE_NEVER: none */
    int64_t stall_us;
    uint64_t cut_at;     /* the connection is closed here */
    uint64_t pace_from;  /* from here on in pieces of pace_piece, with pauses between */
    uint64_t pace_piece; /* 0: no pace */
    int64_t pace_us;
    uint64_t goaway_at;   /* HTTP/2: the connection is ended here, with all that is in flight */
    bool goaway;          /* HTTP/2: no new request after this one */
    struct damage damage; /* what the front does to it */
    uint64_t paced_to;    /* where the last piece of the pace may end */
};

enum course_step {
    COURSE_SEND,  /* at most *max bytes */
    COURSE_STALL, /* a pause of *for_us, then ask again */
    COURSE_PACE,  /* the same, but nothing that anybody would wait for */
    COURSE_CUT,
};

void course_init(struct course *c);

/* What comes at position, where at most *max bytes would be sent. */
enum course_step course_next(struct course *c, uint64_t position, uint64_t *max, int64_t *for_us);

#endif
