/* state.h: the state of a job, and the one table that says how it changes.
 *
 * job_move (job.h) is the only writer of a state. The table is data: rows are events, columns states; a cell
 * gives the next state or the HRESULT that refuses. A cell that nobody wrote refuses too: it is an event
 * that the engine must not send in that state, and answers E_UNEXPECTED. data/state_matrix.tsv, written from
 * the contract and not made from this table, is the oracle that a test holds it against.
 */
#ifndef OPENBITS_JOB_STATE_H
#define OPENBITS_JOB_STATE_H

#include <stdbool.h>

#include "openbits_types.h"

/* The values of BG_JOB_STATE; com asserts that. */
enum job_state {
    JOB_QUEUED,
    JOB_CONNECTING,
    JOB_TRANSFERRING,
    JOB_SUSPENDED,
    JOB_ERROR,
    JOB_TRANSIENT_ERROR,
    JOB_TRANSFERRED,
    JOB_ACKNOWLEDGED,
    JOB_CANCELLED,
    JOB_STATE_COUNT,
};

enum job_event {
    /* what a client calls */
    JOB_EVENT_SUSPEND,
    JOB_EVENT_SUSPEND_DONE_TOO, /* Suspend, and TRANSFERRED is suspended like any other state (A19) */
    JOB_EVENT_SUSPEND_ACTIVE,   /* Suspend, and only what transfers or waits to is suspended (A19) */
    JOB_EVENT_RESUME,
    JOB_EVENT_RESUME_IDLE,  /* Resume, and there is nothing to do; job_resume decides */
    JOB_EVENT_RESUME_EMPTY, /* Resume of a job without files; job_resume decides */
    JOB_EVENT_CANCEL,
    JOB_EVENT_COMPLETE,
    /* what the engine finds */
    JOB_EVENT_SCHEDULED,      /* QUEUED: its turn has come */
    JOB_EVENT_CONNECTED,      /* CONNECTING: the server answered; TRANSFERRING: one more did, no change */
    JOB_EVENT_PREEMPTED,      /* the slice ended, or a higher priority came */
    JOB_EVENT_FINISHED,       /* every byte of every file is there; also from CONNECTING */
    JOB_EVENT_REQUESTS_DONE,  /* on-demand: nothing is asked for any more; also from CONNECTING */
    JOB_EVENT_FAILED,         /* for good */
    JOB_EVENT_FAILED_FOR_NOW, /* transient */
    JOB_EVENT_RETRY,          /* TRANSIENT_ERROR: the delay is over, or what it waited for is there */
    JOB_EVENT_FILE_REFUSED,   /* the client found a finished file bad */
    JOB_EVENT_GAVE_UP,        /* TRANSIENT_ERROR: the no-progress timeout is over */
    JOB_EVENT_COUNT,
};

enum job_verdict {
    JOB_IMPOSSIBLE, /* E_UNEXPECTED, whatever hr says */
    JOB_REFUSES,    /* with hr */
    JOB_STAYS,      /* S_OK, no change of state */
    JOB_MOVES,      /* S_OK, the state becomes next */
};

struct job_cell {
    HRESULT hr;            /* JOB_REFUSES: the answer */
    unsigned char verdict; /* enum job_verdict */
    unsigned char next;    /* enum job_state; JOB_MOVES only */
};

struct job_table {
    struct job_cell cells[JOB_EVENT_COUNT][JOB_STATE_COUNT];
};

extern const struct job_table job_default_table;

const char *job_state_name(enum job_state state); /* "TRANSIENT_ERROR" */
const char *job_event_name(enum job_event event); /* "resume" */

/* CANCELLED or ACKNOWLEDGED. */
static inline bool job_state_is_final(enum job_state state)
{
    return state == JOB_ACKNOWLEDGED || state == JOB_CANCELLED;
}

/* The group that transfers or waits to (the contract's "action" states). */
static inline bool job_state_is_active(enum job_state state)
{
    return state == JOB_QUEUED || state == JOB_CONNECTING || state == JOB_TRANSFERRING ||
           state == JOB_TRANSIENT_ERROR;
}

#endif
