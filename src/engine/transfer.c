/* transfer.c: the requests of one job on the wire.
 *
 * The loop thread starts what job_plan gives, writes what comes and tells the job. A client that suspends,
 * cancels or completes takes the job away from its requests under the lock (transfer_detach_all): from that
 * moment their bytes are refused, and the loop cancels them when it comes by. So once Suspend has returned,
 * nothing is filled any more.
 *
 * A byte's way: source -> bytes() -> temporary file, without the lock -> filled and unreported, with it. It
 * can be read before it is counted, and is counted before it is reported.
 */
#include "engine/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void transfer_free(struct transfer *transfer)
{
    engine_unref_job(transfer->job);
    free(transfer);
}

/* HEAD asks for no bytes, so it has no flight; nor has a request before its answer said how many there are.
 */
static bool has_flight(const struct transfer *transfer)
{
    return transfer->kind != JOB_PLAN_SIZE && transfer->kind != JOB_PLAN_UNSIZED;
}

/* Under the lock. */
static void leave_job(struct transfer *transfer)
{
    if (has_flight(transfer))
        job_flight_end(&transfer->job->job, transfer->file, &transfer->flight);
    list_remove(&transfer->in_job);
    transfer->job->transfer_count--;
}

void transfer_detach_all(struct engine_job *job)
{
    list_for_each(node, &job->transfers)
    {
        struct transfer *transfer = list_entry(node, struct transfer, in_job);

        leave_job(transfer);
        transfer->dead = true;
        list_push_back(&job->engine->shared.dead, &transfer->in_job);
    }
    loop_wake(job->engine);
}

/* A file stays open between two of its requests, but a job of thousands of files holds few of them open. Loop
 * only, under the lock. */
static void close_unless_used(struct engine_job *job, uint32_t file)
{
    if (file == job->last_started)
        return;
    list_for_each(node, &job->transfers)
    {
        if (list_entry(node, struct transfer, in_job)->file == file)
            return;
    }
    output_close(&job->files[file]->output);
}

/* The temporary files of a job that transfers nothing now are closed; loop only, under the lock. */
static void close_outputs(struct engine_job *job)
{
    if (job->transfer_count == 0)
        for (size_t i = 0; i < job->file_count; i++)
            output_close(&job->files[i]->output);
}

void transfer_bury_dead(struct engine *engine)
{
    for (;;) {
        struct transfer *transfer;
        struct list *node;

        mutex_lock(&engine->lock);
        node = list_first(&engine->shared.dead);
        if (node) {
            list_remove(node);
            engine->shared.open_transfers--;
            close_outputs(list_entry(node, struct transfer, in_job)->job);
        }
        mutex_unlock(&engine->lock);
        if (!node)
            return;
        transfer = list_entry(node, struct transfer, in_job);
        if (transfer->request)
            engine->source->ops->cancel(engine->source, transfer->request);
        transfer_free(transfer);
    }
}

/* Bytes of a file that are there; of no file, none. */
static uint64_t held_of(const struct engine_job *job, uint32_t file)
{
    return file == JOB_NO_FILE ? 0 : rangeset_length(&job->job.files[file]->requests.filled);
}

/* The job cannot go on as it was; its other requests end too. A file that changed loses what was fetched of
 * it, and what was not yet reported. Loop only, under the lock. */
void transfer_fail(struct engine_job *job, const struct job_error *error)
{
    struct engine *engine = job->engine;
    uint64_t held = held_of(job, error->file);

    transfer_detach_all(job);
    job_fail(&job->job, error, &engine->shared.settings, clock_now_us(engine->clock),
             engine_filetime(engine));
    if (held > 0 && held_of(job, error->file) == 0) {
        report_void(job->files[error->file]);
        output_void(&job->files[error->file]->output);
    }
    effects_apply(job);
}

/* The bytes of a request that was made without knowing how many they are. Under the lock. */
static HRESULT size_came(struct transfer *transfer, uint64_t size)
{
    HRESULT hr = S_OK;

    if (size == 0)
        return S_OK;
    transfer->range = (struct range){0, size};
    hr = job_flight_start(&transfer->job->job, transfer->file, &transfer->flight, transfer->range,
                          JOB_PLAN_WHOLE);
    if (SUCCEEDED(hr))
        transfer->kind = JOB_PLAN_WHOLE;
    return hr;
}

bool transfer_fail_all(struct engine *engine, HRESULT hr)
{
    bool any = false;

    list_for_each(node, &engine->shared.active)
    {
        struct engine_job *job = list_entry(node, struct engine_job, in_active);
        struct list *first = list_first(&job->transfers);
        struct job_error error = {hr, JOB_CONTEXT_QUEUE_MANAGER, JOB_NO_FILE};

        if (!first)
            continue;
        error.file = list_entry(first, struct transfer, in_job)->file;
        transfer_fail(job, &error);
        any = true;
    }
    return any;
}

static HRESULT on_reply(void *context, const struct fetch_reply *reply)
{
    struct transfer *transfer = context;
    struct engine_job *job = transfer->job;
    struct engine *engine = job->engine;
    HRESULT hr = S_OK;

    mutex_lock(&engine->lock);
    if (transfer->dead) {
        hr = E_ABORT;
    } else {
        if (job->job.state == JOB_CONNECTING)
            job_move(&job->job, JOB_EVENT_CONNECTED, engine_filetime(engine));
        hr = job_file_known(&job->job, transfer->file, reply->version.size, reply->version.etag,
                            reply->version.last_modified, reply->last_modified_unix_s,
                            engine_filetime(engine));
        if (SUCCEEDED(hr) && transfer->kind == JOB_PLAN_UNSIZED)
            hr = size_came(transfer, reply->version.size);
        if (SUCCEEDED(hr) && (job->job.http.security & JOB_REDIRECTS_MASK) == JOB_REDIRECTS_REPORTED)
            hr = job_file_redirected(&job->job, transfer->file, reply->url, engine_filetime(engine));
        if (SUCCEEDED(hr))
            hr = job_check_download_size(&job->job);
        if (SUCCEEDED(hr))
            hr = job_file_headers(&job->job, transfer->file, reply->headers);
        effects_apply(job);
    }
    mutex_unlock(&engine->lock);
    return hr;
}

/* The bytes are on disk: they count from now on. Under the lock. */
static HRESULT fill(struct transfer *transfer, struct range arrived)
{
    struct engine_job *job = transfer->job;
    struct engine *engine = job->engine;
    HRESULT hr =
        job_flight_filled(&job->job, transfer->file, &transfer->flight, arrived.end, engine_filetime(engine));

    if (SUCCEEDED(hr))
        hr = job_check_download_size(&job->job);
    if (SUCCEEDED(hr))
        hr = report_arrived(job->files[transfer->file], arrived);
    if (FAILED(hr))
        return hr;
    engine->shared.counters.bytes_fetched += range_len(arrived);
    effects_apply(job);
    return S_OK;
}

static HRESULT on_bytes(void *context, uint64_t offset, const void *bytes, size_t len)
{
    struct transfer *transfer = context;
    struct engine_job *job = transfer->job;
    struct engine *engine = job->engine;
    struct output *output;
    struct range arrived = {offset, offset + len};
    HRESULT hr = S_OK;
    bool dead;

    mutex_lock(&engine->lock);
    dead = transfer->dead;
    output = &job->files[transfer->file]->output; /* AddFile may move the array, but no file */
    if (!dead && output_is_shut(output))
        hr = output_open(output, job->job.files[transfer->file]->size);
    mutex_unlock(&engine->lock);
    if (dead)
        return E_ABORT;
    if (SUCCEEDED(hr))
        hr = output_write(engine, output, offset, bytes, len);

    mutex_lock(&engine->lock);
    if (transfer->dead) {
        hr = E_ABORT;
    } else if (FAILED(hr)) {
        struct job_error error = {hr, JOB_CONTEXT_LOCAL_FILE, transfer->file};

        transfer_fail(job, &error);
        hr = E_ABORT;
    } else {
        hr = fill(transfer, arrived);
    }
    mutex_unlock(&engine->lock);
    return hr;
}

static void on_done(void *context, HRESULT hr, const struct fetch_reply *answer)
{
    struct transfer *transfer = context;
    struct engine_job *job = transfer->job;
    struct engine *engine = job->engine;

    transfer->request = NULL;
    mutex_lock(&engine->lock);
    if (transfer->dead) { /* the loop frees it with the other dead ones */
        mutex_unlock(&engine->lock);
        return;
    }
    leave_job(transfer);
    close_unless_used(job, transfer->file);
    engine->shared.open_transfers--;
    if (hr == S_OK && transfer->kind == JOB_PLAN_STREAM)
        job_stream_ended(&job->job, transfer->file, transfer->flight.pos);
    if (answer) /* a refusal's too; no memory for them is no reason to fail */
        (void)job_file_headers(&job->job, transfer->file, answer->headers);
    if (answer && answer->redirect) /* */
        (void)job_file_redirected(&job->job, transfer->file, answer->redirect, engine_filetime(engine));
    if (FAILED(hr)) {
        struct job_error error = {hr, JOB_CONTEXT_NONE, transfer->file};

        transfer_fail(job, &error);
    }
    job->job.changes |= JOB_CHANGED_WORK;
    effects_apply(job);
    mutex_unlock(&engine->lock);
    transfer_free(transfer);
}

static HRESULT on_certificate(void *context, const struct fetch_certificate *certificate)
{
    return certificate_came(context, certificate);
}

static const struct fetch_sink sink = {
    .reply = on_reply, .bytes = on_bytes, .certificate = on_certificate, .done = on_done};

/* Whether `range` was brought already: then a byte would be asked for twice, which must never be. */
static void count_asked_twice(struct engine *engine, struct engine_job *job, const struct transfer *transfer)
{
    if (has_flight(transfer))
        engine->shared.counters.bytes_asked_twice +=
            rangeset_length_within(&job->job.files[transfer->file]->requests.filled, transfer->range);
}

/* What to do next. */
struct step {
    struct transfer *start;   /* part of the job already; or NULL */
    struct transfer *shorten; /* to end at shorten_end, first of all; or NULL */
    uint64_t shorten_end;
};

/* A transfer that is part of the job, for the plan to start; NULL: short of memory. Under the lock. */
static struct transfer *transfer_new(struct engine_job *job, const struct job_plan *plan)
{
    struct engine *engine = job->engine;
    struct transfer *transfer = calloc(1, sizeof *transfer);
    uint32_t last_started = job->last_started;

    if (!transfer)
        return NULL;
    *transfer = (struct transfer){.job = job, .file = plan->file, .kind = plan->kind, .range = plan->range};
    if (plan->kind == JOB_PLAN_STREAM && held_of(job, plan->file) > 0) {
        report_void(job->files[plan->file]);
        output_void(&job->files[plan->file]->output);
    }
    if (has_flight(transfer) &&
        FAILED(job_flight_start(&job->job, plan->file, &transfer->flight, plan->range, plan->kind))) {
        free(transfer);
        return NULL;
    }
    count_asked_twice(engine, job, transfer);
    job->last_started = plan->file;
    close_unless_used(job, last_started);
    refcount_get(&job->refs);
    list_push_back(&job->transfers, &transfer->in_job);
    job->transfer_count++;
    engine->shared.open_transfers++;
    engine->shared.counters.requests++;
    return transfer;
}

/* Under the lock. */
static struct step next_step(struct engine_job *job)
{
    struct engine *engine = job->engine;
    struct step step = {0};
    struct job_plan plan;
    HRESULT hr;

    if (job->job.state != JOB_CONNECTING && job->job.state != JOB_TRANSFERRING)
        return step;
    if (schedule_slice_ended(job))
        return step;
    hr = job_check_start(&job->job);
    if (FAILED(hr)) {
        struct job_error error = {hr, JOB_CONTEXT_NONE, JOB_NO_FILE};

        transfer_fail(job, &error);
        return step;
    }
    job_plan(&job->job, &engine->limits, &engine->shared.settings, job->transfer_count, &plan);
    if (plan.shorten) {
        step.shorten = list_entry(plan.shorten, struct transfer, flight);
        step.shorten_end = plan.range.start;
        job_flight_shorten(&job->job, plan.file, plan.shorten, plan.range.start);
    }
    switch (plan.kind) {
    case JOB_PLAN_NOTHING:
    case JOB_PLAN_SHORTEN:
        break;
    case JOB_PLAN_FINISHED:
        job_move(&job->job, JOB_EVENT_FINISHED, engine_filetime(engine));
        break;
    case JOB_PLAN_REQUESTS_DONE:
        job_move(&job->job, JOB_EVENT_REQUESTS_DONE, engine_filetime(engine));
        break;
    case JOB_PLAN_SIZE:
    case JOB_PLAN_UNSIZED:
    case JOB_PLAN_RANGE:
    case JOB_PLAN_WHOLE:
    case JOB_PLAN_STREAM:
        step.start = transfer_new(job, &plan);
        if (!step.start) {
            struct job_error error = {E_OUTOFMEMORY, JOB_CONTEXT_QUEUE_MANAGER, plan.file};

            transfer_fail(job, &error);
        }
        break;
    }
    return step;
}

static void start(struct transfer *transfer)
{
    static const enum fetch_kind kinds[] = {[JOB_PLAN_SIZE] = FETCH_SIZE,
                                            [JOB_PLAN_UNSIZED] = FETCH_WHOLE,
                                            [JOB_PLAN_RANGE] = FETCH_RANGE,
                                            [JOB_PLAN_WHOLE] = FETCH_WHOLE,
                                            [JOB_PLAN_STREAM] = FETCH_WHOLE};
    struct engine_job *job = transfer->job;
    struct engine *engine = job->engine;
    const struct job_file *file;
    struct fetch_spec spec = {.kind = kinds[transfer->kind],
                              .range = transfer->range,
                              .trace_job = &job->job.id,
                              .trace_file = transfer->file};
    AUTOFREE char *url = NULL, *home = NULL, *etag = NULL, *last_modified = NULL;
    HRESULT hr;

    if (transfer->kind == JOB_PLAN_UNSIZED)
        spec.range = (struct range){0, FETCH_SIZE_UNKNOWN};
    if (transfer->kind == JOB_PLAN_STREAM)
        spec.end = FETCH_END_OF_BODY;
    mutex_lock(&engine->lock);
    file = job->job.files[transfer->file];
    hr = http_options(job, &spec.options);
    url = strdup(file->remote_name);
    home = file->given_name ? strdup(file->given_name) : NULL;
    etag = file->etag ? strdup(file->etag) : NULL;
    last_modified = file->last_modified ? strdup(file->last_modified) : NULL;
    spec.expected = (struct fetch_version){.size = file->size, .etag = etag, .last_modified = last_modified};
    /* Without its validators a request would take the bytes of any version. */
    if (!url || (file->given_name && !home) || (file->etag && !etag) ||
        (file->last_modified && !last_modified))
        hr = E_OUTOFMEMORY;
    mutex_unlock(&engine->lock);
    spec.url = url;
    spec.home = home;
    if (SUCCEEDED(hr))
        hr = engine->source->ops->start(engine->source, &spec, &sink, transfer, &transfer->request);
    if (FAILED(hr))
        on_done(transfer, hr, NULL);
}

void transfer_work(struct engine_job *job)
{
    struct engine *engine = job->engine;
    struct step step;

    certificate_work(job);
    do {
        mutex_lock(&engine->lock);
        step = next_step(job);
        effects_apply(job);
        if (!step.start)
            close_outputs(job);
        mutex_unlock(&engine->lock);
        /* A shortened request is one that this thread started and has not ended. */
        if (step.shorten && step.shorten->request)
            engine->source->ops->shorten(engine->source, step.shorten->request, step.shorten_end);
        if (step.start)
            start(step.start);
    } while (step.start || step.shorten);
}
