/* checks.c: checking mode's look at jobs: facts are gathered under the engine's lock and said without it,
 * since it is the program's own function that may be told.
 *
 * What the words are is data/checks.tsv's matter, and that a thing is said once a job the room `check`'s.
 */
#include "engine/internal.h"

#include <inttypes.h>

enum { US_PER_MS = 1000 };

/* --- callbacks that hold their slot too long. The loop looks at those under way, so that one that never
 * returns is told of; the thread that made the call looks at its end, whatever the loop has seen. */

void checks_call_begin(struct watched_call *call, struct engine_job *job, const char *method)
{
    struct engine *engine = job->engine;

    if (!engine->check)
        return;
    *call = (struct watched_call){.job = job, .method = method, .began_us = clock_now_us(engine->clock)};
    list_push_back(&engine->shared.calls, &call->in_calls);
    loop_wake(engine); /* it has one time more to wait for */
}

static uint64_t limit_of(const struct engine *engine, const struct watched_call *call)
{
    uint64_t limit_us = check_callback_limit_us(engine->check);

    return limit_us < CLOCK_NEVER - call->began_us ? call->began_us + limit_us : CLOCK_NEVER;
}

static void say_slow(struct engine_job *job, const char *method, uint64_t took_us)
{
    struct check *check = job->engine->check;

    check_say(check, &job->check, CHECK_CALLBACK_SLOW, method,
              "%" PRIu64 " ms so far, the limit is %" PRIu64 " ms", took_us / US_PER_MS,
              check_callback_limit_us(check) / US_PER_MS);
}

void checks_call_end(struct engine_job *job, struct watched_call *call)
{
    struct engine *engine = job->engine;
    uint64_t now_us;
    bool slow;

    if (!engine->check)
        return;
    now_us = clock_now_us(engine->clock);
    mutex_lock(&engine->lock);
    list_remove(&call->in_calls);
    slow = !call->said && now_us >= limit_of(engine, call);
    mutex_unlock(&engine->lock);
    if (slow)
        say_slow(job, call->method, now_us - call->began_us);
}

uint64_t checks_due_us(struct engine *engine)
{
    list_for_each(node, &engine->shared.calls)
    {
        struct watched_call *call = list_entry(node, struct watched_call, in_calls);

        if (!call->said)
            return limit_of(engine, call);
    }
    return CLOCK_NEVER;
}

void checks_tick(struct engine *engine, uint64_t now_us)
{
    while (engine->check) {
        struct engine_job *job = NULL;
        const char *method = NULL;
        uint64_t began_us = 0;

        mutex_lock(&engine->lock);
        list_for_each(node, &engine->shared.calls)
        {
            struct watched_call *call = list_entry(node, struct watched_call, in_calls);

            if (job || call->said || now_us < limit_of(engine, call))
                continue;
            call->said = true;
            job = call->job;
            method = call->method;
            began_us = call->began_us;
            refcount_get(&job->refs);
        }
        mutex_unlock(&engine->lock);
        if (!job)
            return;
        say_slow(job, method, now_us - began_us);
        engine_unref_job(job);
    }
}

/* --- events that cannot come */

static bool wants(const struct engine_job *job, unsigned flag)
{
    uint64_t flags = job->job.number[JOB_NOTIFY_FLAGS];

    return (flags & flag) && !(flags & JOB_NOTIFY_DISABLE);
}

struct interest checks_interest(const struct engine_job *job)
{
    struct interest interest = {.refused = JOB_NO_FILE};
    bool ranges = wants(job, JOB_NOTIFY_RANGES);

    if (!job->engine->check)
        return interest;
    if (job->client_ops) {
        interest.no_file_call = wants(job, JOB_NOTIFY_FILE) && !(job->client_answers & ENGINE_CLIENT_FILE);
        interest.no_ranges_call = ranges && !(job->client_answers & ENGINE_CLIENT_RANGES);
    }
    for (size_t i = 0; ranges && i < job->file_count && interest.refused == JOB_NO_FILE; i++)
        if (FAILED(job->job.files[i]->random_access))
            interest.refused = (uint32_t)i;
    return interest;
}

void checks_say_interest(struct engine_job *job, const struct interest *interest, const char *method)
{
    struct check *check;

    /* With nothing to say the job is left alone: a callback may have let go of its last handle by now. */
    if (!interest->no_file_call && !interest->no_ranges_call && interest->refused == JOB_NO_FILE)
        return;
    check = job->engine->check;
    if (interest->no_file_call)
        check_say(check, &job->check, CHECK_NO_CALLBACK2, method, NULL);
    if (interest->no_ranges_call)
        check_say(check, &job->check, CHECK_NO_CALLBACK3, method, NULL);
    if (interest->refused != JOB_NO_FILE)
        check_say(check, &job->check, CHECK_RANGES_UNSUPPORTED, method, "file %" PRIu32, interest->refused);
}

/* --- the end of a job */

uint64_t checks_loss(const struct engine_job *job)
{
    uint64_t lost = 0;

    if (!job->engine->check)
        return 0;
    for (size_t i = 0; i < job->file_count; i++) {
        const struct job_file *file = job->job.files[i];

        if (!file->finished && (job->job.number[JOB_ON_DEMAND_MODE] || file->ranges_asked))
            lost += rangeset_length(&file->requests.filled);
    }
    return lost;
}

void checks_completed(struct engine_job *job, uint64_t lost)
{
    if (lost > 0)
        check_say(job->engine->check, &job->check, CHECK_DATA_THROWN_AWAY, "IBackgroundCopyJob::Complete",
                  "%" PRIu64 " bytes that were fetched", lost);
}

void checks_job_ended(struct engine_job *job, const char *method)
{
    struct engine *engine = job->engine;
    bool in_vain;

    if (!engine->check)
        return;
    mutex_lock(&engine->lock);
    in_vain = job->flags_set && !job->client_seen && !job->job.notify_program &&
              job->job.number[JOB_NOTIFY_FLAGS] != 0 &&
              !(job->job.number[JOB_NOTIFY_FLAGS] & JOB_NOTIFY_DISABLE);
    mutex_unlock(&engine->lock);
    if (in_vain)
        check_say(engine->check, &job->check, CHECK_NOBODY_TO_CALL, method, NULL);
}

void checks_job_forgotten(struct engine_job *job, enum job_state state)
{
    static const char at[] = "the manager's end";

    check_say(job->engine->check, &job->check, CHECK_JOB_FORGOTTEN, at, "its state was %s",
              job_state_name(state));
    checks_job_ended(job, at);
}
