/* timers.c: what time does to a job: when to try again, when to give up, and for how long it may transfer.
 *
 * Little is stored: the moments of failing, and how long the job has been at work since its Resume. The
 * timers follow from these and from the properties as they are now, so a client that changes a delay changes
 * the wait that is under way. Time is the engine's, which elapses whatever happens to the wall clock.
 */
#include "base/hr.h"
#include "job/rules.h"

#define US_PER_S UINT64_C(1000000)

static bool is_at_work(enum job_state state)
{
    return state == JOB_CONNECTING || state == JOB_TRANSFERRING;
}

void job_count_time(struct job *job, enum job_state from, uint64_t now_us)
{
    if (is_at_work(from))
        job->worked_us += now_us - job->at_work_since_us;
    job->at_work_since_us = now_us;
}

struct timers {
    uint64_t retry_us, give_up_us, too_long_us;
};

static struct timers timers_of(const struct job *job)
{
    uint64_t delay_us = job->number[JOB_MINIMUM_RETRY_DELAY_S] * US_PER_S;
    uint64_t timeout_us = job->number[JOB_NO_PROGRESS_TIMEOUT_S] * US_PER_S;
    uint64_t longest_us = job->number[JOB_MAXIMUM_DOWNLOAD_TIME_S] * US_PER_S;
    struct timers timers = {JOB_NEVER_US, JOB_NEVER_US, JOB_NEVER_US};

    if (is_at_work(job->state)) {
        uint64_t left_us = job->worked_us < longest_us ? longest_us - job->worked_us : 0;

        timers.too_long_us = job->at_work_since_us + left_us;
        return timers;
    }
    if (job->state != JOB_TRANSIENT_ERROR)
        return timers;
    timers.give_up_us = job->trouble_since_us + timeout_us;
    if (job->failed_at_us == JOB_NEVER_US)
        return timers;
    if (delay_us > timeout_us) /* set since it failed: there are no retries */
        timers.give_up_us = job->failed_at_us;
    else
        timers.retry_us = job->failed_at_us + delay_us;
    return timers;
}

uint64_t job_timer_us(const struct job *job)
{
    struct timers timers = timers_of(job);
    uint64_t first_us = timers.retry_us < timers.give_up_us ? timers.retry_us : timers.give_up_us;

    return first_us < timers.too_long_us ? first_us : timers.too_long_us;
}

void job_timer_due(struct job *job, uint64_t now_us, uint64_t now_100ns)
{
    struct timers timers = timers_of(job);

    if (timers.too_long_us <= now_us) {
        job->error = (struct job_error){BG_E_MAXDOWNLOAD_TIMEOUT, JOB_CONTEXT_QUEUE_MANAGER, JOB_NO_FILE};
        job->error_count++;
        job_move(job, JOB_EVENT_FAILED, now_100ns);
        return;
    }
    /* In the order in which they fell due, for a clock that jumps over both. */
    if (timers.retry_us <= timers.give_up_us && timers.retry_us <= now_us)
        job_move(job, JOB_EVENT_RETRY, now_100ns);
    else if (timers.give_up_us <= now_us)
        job_move(job, JOB_EVENT_GAVE_UP, now_100ns);
}
