/* state.c: the table of a job's states, as the contract draws it, and names for people.
 *
 * A cell that is not written is JOB_IMPOSSIBLE and refuses. What a client calls has a cell in every state;
 * what the engine finds has one where it can happen. Where the contract leaves the next state open, the
 * choice is listed in docs/deviations.md.
 */
#include "job/state.h"

#include "base/hr.h"

#define TO(state)                                                                                            \
    {                                                                                                        \
        .verdict = JOB_MOVES, .next = JOB_##state                                                            \
    }
#define STAY                                                                                                 \
    {                                                                                                        \
        .verdict = JOB_STAYS                                                                                 \
    }
#define REFUSE(why)                                                                                          \
    {                                                                                                        \
        .verdict = JOB_REFUSES, .hr = (why)                                                                  \
    }

/* "While not final, all four state-changing methods may be called; once final, none". */
#define FINAL_REFUSES                                                                                        \
    [JOB_ACKNOWLEDGED] = REFUSE(BG_E_INVALID_STATE), [JOB_CANCELLED] = REFUSE(BG_E_INVALID_STATE)

const struct job_table job_default_table = {{
    [JOB_EVENT_SUSPEND] =
        {
            [JOB_QUEUED] = TO(SUSPENDED),
            [JOB_CONNECTING] = TO(SUSPENDED),
            [JOB_TRANSFERRING] = TO(SUSPENDED),
            [JOB_SUSPENDED] = STAY,
            [JOB_ERROR] = TO(SUSPENDED),
            [JOB_TRANSIENT_ERROR] = TO(SUSPENDED),
            [JOB_TRANSFERRED] = STAY,
            FINAL_REFUSES,
        },
    [JOB_EVENT_SUSPEND_DONE_TOO] =
        {
            [JOB_QUEUED] = TO(SUSPENDED),
            [JOB_CONNECTING] = TO(SUSPENDED),
            [JOB_TRANSFERRING] = TO(SUSPENDED),
            [JOB_SUSPENDED] = STAY,
            [JOB_ERROR] = TO(SUSPENDED),
            [JOB_TRANSIENT_ERROR] = TO(SUSPENDED),
            [JOB_TRANSFERRED] = TO(SUSPENDED),
            FINAL_REFUSES,
        },
    [JOB_EVENT_SUSPEND_ACTIVE] =
        {
            [JOB_QUEUED] = TO(SUSPENDED),
            [JOB_CONNECTING] = TO(SUSPENDED),
            [JOB_TRANSFERRING] = TO(SUSPENDED),
            [JOB_SUSPENDED] = STAY,
            [JOB_ERROR] = STAY,
            [JOB_TRANSIENT_ERROR] = TO(SUSPENDED),
            [JOB_TRANSFERRED] = STAY,
            FINAL_REFUSES,
        },
    [JOB_EVENT_RESUME] =
        {
            [JOB_QUEUED] = STAY,
            [JOB_CONNECTING] = STAY,
            [JOB_TRANSFERRING] = STAY,
            [JOB_SUSPENDED] = TO(QUEUED),
            [JOB_ERROR] = TO(QUEUED),
            [JOB_TRANSIENT_ERROR] = TO(QUEUED),
            [JOB_TRANSFERRED] = TO(QUEUED),
            FINAL_REFUSES,
        },
    [JOB_EVENT_RESUME_IDLE] =
        {
            [JOB_QUEUED] = STAY,
            [JOB_CONNECTING] = STAY,
            [JOB_TRANSFERRING] = STAY,
            [JOB_SUSPENDED] = STAY,
            [JOB_ERROR] = TO(QUEUED),
            [JOB_TRANSIENT_ERROR] = TO(QUEUED),
            [JOB_TRANSFERRED] = STAY,
            FINAL_REFUSES,
        },
    [JOB_EVENT_RESUME_EMPTY] =
        {
            [JOB_SUSPENDED] = REFUSE(BG_E_EMPTY),
            FINAL_REFUSES,
        },
    [JOB_EVENT_CANCEL] =
        {
            [JOB_QUEUED] = TO(CANCELLED),
            [JOB_CONNECTING] = TO(CANCELLED),
            [JOB_TRANSFERRING] = TO(CANCELLED),
            [JOB_SUSPENDED] = TO(CANCELLED),
            [JOB_ERROR] = TO(CANCELLED),
            [JOB_TRANSIENT_ERROR] = TO(CANCELLED),
            [JOB_TRANSFERRED] = TO(CANCELLED),
            FINAL_REFUSES,
        },
    [JOB_EVENT_COMPLETE] =
        {
            [JOB_QUEUED] = TO(ACKNOWLEDGED),
            [JOB_CONNECTING] = TO(ACKNOWLEDGED),
            [JOB_TRANSFERRING] = TO(ACKNOWLEDGED),
            [JOB_SUSPENDED] = TO(ACKNOWLEDGED),
            [JOB_ERROR] = TO(ACKNOWLEDGED),
            [JOB_TRANSIENT_ERROR] = TO(ACKNOWLEDGED),
            [JOB_TRANSFERRED] = TO(ACKNOWLEDGED),
            FINAL_REFUSES,
        },
    [JOB_EVENT_SCHEDULED] =
        {
            [JOB_QUEUED] = TO(CONNECTING),
        },
    [JOB_EVENT_CONNECTED] =
        {
            [JOB_CONNECTING] = TO(TRANSFERRING),
            [JOB_TRANSFERRING] = STAY,
        },
    [JOB_EVENT_PREEMPTED] =
        {
            [JOB_CONNECTING] = TO(QUEUED),
            [JOB_TRANSFERRING] = TO(QUEUED),
        },
    /* From CONNECTING too: a job that was stopped after its last byte has nobody left to connect to. */
    [JOB_EVENT_FINISHED] =
        {
            [JOB_CONNECTING] = TO(TRANSFERRED),
            [JOB_TRANSFERRING] = TO(TRANSFERRED),
        },
    [JOB_EVENT_REQUESTS_DONE] =
        {
            [JOB_CONNECTING] = TO(SUSPENDED),
            [JOB_TRANSFERRING] = TO(SUSPENDED),
        },
    [JOB_EVENT_FAILED] =
        {
            [JOB_QUEUED] = TO(ERROR),
            [JOB_CONNECTING] = TO(ERROR),
            [JOB_TRANSFERRING] = TO(ERROR),
        },
    [JOB_EVENT_FAILED_FOR_NOW] =
        {
            [JOB_QUEUED] = TO(TRANSIENT_ERROR),
            [JOB_CONNECTING] = TO(TRANSIENT_ERROR),
            [JOB_TRANSFERRING] = TO(TRANSIENT_ERROR),
        },
    [JOB_EVENT_RETRY] =
        {
            [JOB_TRANSIENT_ERROR] = TO(QUEUED),
        },
    [JOB_EVENT_FILE_REFUSED] =
        {
            [JOB_QUEUED] = TO(ERROR),
            [JOB_CONNECTING] = TO(ERROR),
            [JOB_TRANSFERRING] = TO(ERROR),
            [JOB_SUSPENDED] = TO(ERROR),
            [JOB_ERROR] = STAY,
            [JOB_TRANSIENT_ERROR] = TO(ERROR),
            [JOB_TRANSFERRED] = TO(ERROR),
            FINAL_REFUSES,
        },
    [JOB_EVENT_GAVE_UP] =
        {
            [JOB_TRANSIENT_ERROR] = TO(ERROR),
        },
}};

const char *job_state_name(enum job_state state)
{
    static const char *const names[JOB_STATE_COUNT] = {
        [JOB_QUEUED] = "QUEUED",
        [JOB_CONNECTING] = "CONNECTING",
        [JOB_TRANSFERRING] = "TRANSFERRING",
        [JOB_SUSPENDED] = "SUSPENDED",
        [JOB_ERROR] = "ERROR",
        [JOB_TRANSIENT_ERROR] = "TRANSIENT_ERROR",
        [JOB_TRANSFERRED] = "TRANSFERRED",
        [JOB_ACKNOWLEDGED] = "ACKNOWLEDGED",
        [JOB_CANCELLED] = "CANCELLED",
    };

    return names[state];
}

const char *job_event_name(enum job_event event)
{
    static const char *const names[JOB_EVENT_COUNT] = {
        [JOB_EVENT_SUSPEND] = "suspend",
        [JOB_EVENT_SUSPEND_DONE_TOO] = "suspend-done-too",
        [JOB_EVENT_SUSPEND_ACTIVE] = "suspend-active",
        [JOB_EVENT_RESUME] = "resume",
        [JOB_EVENT_RESUME_IDLE] = "resume-idle",
        [JOB_EVENT_RESUME_EMPTY] = "resume-empty",
        [JOB_EVENT_CANCEL] = "cancel",
        [JOB_EVENT_COMPLETE] = "complete",
        [JOB_EVENT_SCHEDULED] = "scheduled",
        [JOB_EVENT_CONNECTED] = "connected",
        [JOB_EVENT_PREEMPTED] = "preempted",
        [JOB_EVENT_FINISHED] = "finished",
        [JOB_EVENT_REQUESTS_DONE] = "requests-done",
        [JOB_EVENT_FAILED] = "failed",
        [JOB_EVENT_FAILED_FOR_NOW] = "failed-for-now",
        [JOB_EVENT_RETRY] = "retry",
        [JOB_EVENT_FILE_REFUSED] = "file-refused",
        [JOB_EVENT_GAVE_UP] = "gave-up",
    };

    return names[event];
}
