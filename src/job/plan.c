/* plan.c: the one place that decides what is fetched next. Pure; the engine asks until it hears NOTHING.
 *
 * Files come one after the other in the order they were added. Of the current file, what was asked
 * for by ranges comes first, over as many connections as the job may have; then, unless the job is on
 * demand, what is missing, over a few. A foreground job's untouched file is one request without a range
 * which gives way when ranges are asked for. On demand, a file that nobody asks for is passed over
 * when no file is asked for, the job is done or suspended.
 */
#include "base/hr.h"
#include "job/rules.h"

/* Missing bytes come at the disk's or the line's rate over a few connections; the others stay free for ranges
 * that are asked for meanwhile. */
#define FLIGHTS_FOR_MISSING 4

#define WHOLE_BELOW (UINT64_C(2) << 30) /* */

bool job_may_fetch_whole(const struct job *job, const struct job_file *file)
{
    return job->number[JOB_PRIORITY] == JOB_FOREGROUND && !job->number[JOB_ON_DEMAND_MODE] &&
           file->size < WHOLE_BELOW;
}

/* Nothing is there or under way; and no range is wanted before others, or the server knows no ranges. */
static bool starts_whole(const struct job *job, const struct job_file *file)
{
    const struct requests *requests = &file->requests;

    return job_may_fetch_whole(job, file) && requests->flight_count == 0 &&
           rangeset_count(&requests->filled) == 0 &&
           (file->ranges_refused || (rangeset_count(&requests->pending) == 0 && requests->position == 0));
}

/* A stream that nobody asked for, while only what is asked for may be fetched. It ends no nearer than
 * where it would give way, which is under way in the pipe anyway. */
static bool plan_shorten(struct job *job, struct job_plan *out)
{
    for (size_t i = job->first_unfinished; i < job->file_count; i++)
        list_for_each(node, &job->files[i]->requests.flights)
        {
            struct flight *flight = list_entry(node, struct flight, in_file);

            if (!flight->gives_way || flight->end - flight->pos <= JOB_GIVE_WAY_BYTES)
                continue;
            *out = (struct job_plan){
                .kind = JOB_PLAN_SHORTEN,
                .file = (uint32_t)i,
                .range = {flight->pos + JOB_GIVE_WAY_BYTES, flight->end},
                .shorten = flight,
            };
            return true;
        }
    return false;
}

static bool plan_pending(struct job *job, struct job_file *file, const struct job_limits *limits,
                         const struct settings *settings, struct job_plan *out)
{
    struct flight *shorten = NULL;

    /* A server without ranges cannot send the middle of a stream. */
    if (!requests_next(&file->requests, file->size, limits->request_bytes, settings, job->key, &out->range,
                       file->ranges_refused ? NULL : &shorten))
        return false;
    out->kind = JOB_PLAN_RANGE;
    out->shorten = shorten;
    return true;
}

static bool plan_missing(struct job_file *file, const struct job_limits *limits, struct job_plan *out)
{
    if (file->requests.flight_count >= FLIGHTS_FOR_MISSING ||
        !requests_next_missing(&file->requests, file->size, limits->request_bytes, &out->range))
        return false;
    out->kind = JOB_PLAN_RANGE;
    return true;
}

/* Whether the job fetches only what is asked for: on demand, or by the literal reading of R-234 (A23). */
static bool only_asked(const struct job *job, const struct settings *settings)
{
    if (job->number[JOB_ON_DEMAND_MODE])
        return true;
    return job->asked && settings_choice(settings, SETTING_A23, job->key, 0) == SETTING_A23_SUSPEND;
}

/* What the file needs now; false: nothing that could be started. */
static bool plan_file(struct job *job, struct job_file *file, const struct job_limits *limits,
                      const struct settings *settings, bool asked_only, struct job_plan *out)
{
    if (job->number[JOB_DYNAMIC_CONTENT]) {
        if (file->requests.flight_count > 0)
            return false;
        out->kind = JOB_PLAN_STREAM;
        out->range = (struct range){0, JOB_SIZE_UNKNOWN};
        return true;
    }
    if (file->size == JOB_SIZE_UNKNOWN || file->moved) {
        out->kind = job->http.method ? JOB_PLAN_UNSIZED : JOB_PLAN_SIZE;
        return true;
    }
    if (starts_whole(job, file)) {
        out->kind = JOB_PLAN_WHOLE;
        out->range = (struct range){0, file->size};
        return true;
    }
    return plan_pending(job, file, limits, settings, out) || (!asked_only && plan_missing(file, limits, out));
}

/* Whether the file's turn has come: it has something under way, or something is wanted of it. */
static bool is_wanted(const struct job *job, const struct job_file *file, bool asked_only)
{
    return !asked_only || file->requests.flight_count > 0 || rangeset_count(&file->requests.pending) > 0 ||
           (job->probing && file->size == JOB_SIZE_UNKNOWN);
}

void job_plan(struct job *job, const struct job_limits *limits, const struct settings *settings,
              unsigned flights, struct job_plan *out)
{
    bool asked_only = only_asked(job, settings);

    *out = (struct job_plan){.kind = JOB_PLAN_NOTHING, .file = JOB_NO_FILE};
    if (job->state != JOB_CONNECTING && job->state != JOB_TRANSFERRING)
        return;
    if (asked_only && flights > 0 && plan_shorten(job, out))
        return;
    if (flights >= limits->flights)
        return;
    for (size_t i = job->first_unfinished; i < job->file_count; i++) {
        struct job_file *file = job->files[i];

        if (file->finished || !is_wanted(job, file, asked_only))
            continue;
        if (flights > file->requests.flight_count)
            return; /* of another file, or for a size: it ends first */
        if (plan_file(job, file, limits, settings, asked_only, out)) {
            out->file = (uint32_t)i;
            return;
        }
    }
    if (flights > 0)
        return;
    if (job->first_unfinished == job->file_count)
        out->kind = JOB_PLAN_FINISHED;
    else if (asked_only)
        out->kind = JOB_PLAN_REQUESTS_DONE;
}
