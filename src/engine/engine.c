/* engine.c: how an engine begins and ends.
 *
 * It ends in one of three ways, and always by the loop thread's leaving loop_main:
 *   a client drops the last handle and nothing is active: that client's thread asks, and joins the loop;
 *   nobody holds a handle, and the last active job or callback ends: the loop leaves by itself;
 *   the process exits or the library is unloaded: registry.c asks, and joins for a bounded time.
 * Whoever is to free the engine is decided under the lock by `joining` and `handles`: the joiner if there is
 * one, else the loop if no handle is left, else (an ended engine that clients still hold) the last handle.
 *
 * ENGINE_INLINE has no loop; there the last handle ends it on the spot.
 */
#include "engine/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void engine_note_change(struct engine *engine)
{
    engine->shared.sequence++;
    engine->shared.waiting = 0;
    if (!engine->shared.pumps)
        return;
    if (loop_is_self(engine))
        engine->shared.pumps_untold = true; /* before it waits */
    else
        cond_broadcast(&engine->shared.changed);
}

bool engine_is_idle(struct engine *engine)
{
    return engine->shared.handles == 0 && list_empty(&engine->shared.active) &&
           (engine->mode == ENGINE_PUMP || notify_empty(engine->notify));
}

static void woken(void *context)
{
    loop_wake(context);
}

static uint64_t trace_now_us(void *context)
{
    return clock_now_us(((struct engine *)context)->clock);
}

static HRESULT open_source(struct engine *engine, const struct engine_config *config)
{
    struct fetch_config fetch = {
        .trace = engine->trace, .ca_file = config->ca_file, .max_connections = engine->limits.flights};

    if (config->source) {
        engine->source = config->source;
        return S_OK;
    }
    return fetch_new(&fetch, &engine->source);
}

static HRESULT open_notify(struct engine *engine, const struct engine_config *config)
{
    struct notify_config notify = {
        .mode = config->mode == ENGINE_THREADS ? NOTIFY_THREADS : NOTIFY_PUMP,
        .clock = engine->clock,
        .slots = config->slots,
        .settings = &engine->shared.settings,
        .woken = woken,
        .context = engine,
    };

    return notify_new(&notify, &engine->notify);
}

static HRESULT set_certificates(struct engine *engine, const char *folder)
{
    static const char name[] = "/crl.pem"; /* fetch/certificate.h */
    size_t size = strlen(folder) + sizeof name;

    engine->certificates = strdup(folder);
    engine->crl_file = malloc(size);
    if (!engine->certificates || !engine->crl_file)
        return E_OUTOFMEMORY;
    strcpy(engine->crl_file, folder);
    strcat(engine->crl_file, name);
    return S_OK;
}

/* Everything but the thread; what was made stays in engine for engine_free to undo. */
static HRESULT open_parts(struct engine *engine, const struct engine_config *config)
{
    HRESULT hr;

    engine->name = config->name ? strdup(config->name) : NULL;
    if (config->notify_programs && !(engine->notify_programs = strdup(config->notify_programs)))
        return E_OUTOFMEMORY;
    engine->owner_sid = strdup(config->owner_sid ? config->owner_sid : "");
    engine->grave = calloc(1, sizeof *engine->grave);
    if (config->certificates && FAILED(set_certificates(engine, config->certificates)))
        return E_OUTOFMEMORY;
    if (!engine->owner_sid || !engine->grave || (config->name && !engine->name))
        return E_OUTOFMEMORY;
    hr = clock_new(config->clock, &engine->clock);
    if (SUCCEEDED(hr) && config->check)
        hr = check_new(config->check, &engine->check);
    if (SUCCEEDED(hr) && config->trace_path)
        hr = trace_open(config->trace_path, trace_now_us, engine, &engine->trace);
    if (SUCCEEDED(hr))
        hr = open_source(engine, config);
    if (SUCCEEDED(hr))
        hr = open_notify(engine, config);
    return hr;
}

static void engine_free(struct engine *engine)
{
    if (engine->notify)
        notify_free(engine->notify);
    if (engine->source)
        engine->source->ops->free(engine->source);
    trace_close(engine->trace);
    check_free(engine->check);
    if (engine->clock)
        clock_free(engine->clock);
    cond_destroy(&engine->shared.changed);
    mutex_destroy(&engine->lock);
    free(engine->grave);
    free(engine->owner_sid);
    free(engine->certificates);
    free(engine->crl_file);
    free(engine->notify_programs);
    free(engine->name);
    free(engine);
}

bool engine_owner_is_administrator(const struct engine *engine)
{
    return engine->administrator;
}

static struct engine_quotas quotas_of(const struct engine_quotas *given)
{
    struct engine_quotas quotas = *given;

    if (!quotas.jobs_per_machine)
        quotas.jobs_per_machine = 300;
    if (!quotas.jobs_per_user)
        quotas.jobs_per_user = 60;
    if (!quotas.files_per_job)
        quotas.files_per_job = 200;
    if (!quotas.ranges_per_file)
        quotas.ranges_per_file = 500;
    if (!quotas.inactivity_s)
        quotas.inactivity_s = UINT64_C(90) * 24 * 60 * 60;
    return quotas;
}

HRESULT engine_new(const struct engine_config *config, struct engine **out)
{
    struct engine *engine = calloc(1, sizeof *engine);
    HRESULT hr;

    *out = NULL;
    registry_join_buried();
    if (!engine)
        return E_OUTOFMEMORY;
    engine->mode = config->mode;
    engine->administrator = config->administrator;
    engine->quotas = quotas_of(&config->quotas);
    engine->table = config->table ? config->table : &job_default_table;
    engine->limits = config->limits;
    if (!engine->limits.request_bytes)
        engine->limits.request_bytes = 8u << 20;
    if (!engine->limits.flights)
        engine->limits.flights = 16;
    engine->write_fault = config->write_fault;
    engine->write_fault_context = config->write_fault_context;
    mutex_init(&engine->lock);
    cond_init(&engine->shared.changed);
    engine->shared.settings = config->settings;
    list_init(&engine->shared.jobs);
    list_init(&engine->shared.active);
    list_init(&engine->shared.work);
    list_init(&engine->shared.dead);
    list_init(&engine->shared.output_dirs);
    list_init(&engine->shared.calls);
    list_init(&engine->in_registry);
    engine->shared.handles = 1;
    engine->shared.next_key = 1;
    engine->shared.job_due_us = CLOCK_NEVER;
    engine->shared.slice_due_us = engine->shared.inactivity_due_us = CLOCK_NEVER;
    engine->shared.pump_limit_us = CLOCK_NEVER;
    engine->shared.end_limit_us = UINT64_MAX;
    hr = open_parts(engine, config);
    if (FAILED(hr)) {
        engine_free(engine);
        return hr;
    }
    control_trace_settings(engine);
    clock_subscribe(engine->clock, woken, engine);
    hr = registry_add(engine);
    if (SUCCEEDED(hr) && engine->mode != ENGINE_INLINE)
        hr = thread_start(&engine->loop, "openbits-loop", loop_main, engine);
    if (FAILED(hr)) {
        registry_remove(engine);
        notify_stop(engine->notify, 0);
        engine_free(engine);
        return hr;
    }
    *out = engine;
    return S_OK;
}

struct trace *engine_trace(struct engine *engine)
{
    return engine->trace;
}

struct check *engine_check(struct engine *engine)
{
    return engine->check;
}

const char *engine_owner_sid(const struct engine *engine)
{
    return engine->owner_sid;
}

void engine_hold(struct engine *engine)
{
    LOCK_SCOPE(&engine->lock);
    /* There may be no handle so far: a callback of a job that everybody has let go makes new ones,
     * even one that was on its way to the client when the engine ended. */
    assert(!engine->shared.ended || engine->shared.handles > 0 || engine->shared.stuck);
    engine->shared.handles++;
}

/* Jobs that live only in memory end with their engine, and leave no file behind (decision 9). */
static void end_jobs(struct engine *engine)
{
    for (;;) {
        struct engine_job *job = NULL;
        enum job_state state = JOB_CANCELLED;
        struct list *node;

        mutex_lock(&engine->lock);
        node = list_first(&engine->shared.jobs);
        if (node) {
            job = list_entry(node, struct engine_job, in_jobs);
            refcount_get(&job->refs);
            state = job->job.state;
            engine_cancel_locked(job);
        }
        mutex_unlock(&engine->lock);
        if (!job)
            return;
        checks_job_forgotten(job, state);
        engine_release_final(job);
        engine_unref_job(job);
    }
}

/* Nothing of the engine runs after this; false: a callback still does. */
static bool shut(struct engine *engine, uint64_t limit_us)
{
    end_jobs(engine);
    transfer_bury_dead(engine);
    loop_work(engine);
    return notify_stop(engine->notify, limit_us) == S_OK;
}

static void destroy(struct engine *engine)
{
    registry_remove(engine);
    engine_free(engine);
}

void engine_loop_ended(struct engine *engine)
{
    uint64_t limit_us;
    bool shut_down;

    mutex_lock(&engine->lock);
    limit_us = engine->shared.end_limit_us;
    mutex_unlock(&engine->lock);
    shut_down = shut(engine, limit_us);
    if (registry_settle(engine, !shut_down))
        engine_free(engine);
}

void engine_end_claimed(struct engine *engine)
{
    bool free_it;

    if (engine->mode == ENGINE_INLINE) {
        engine_loop_ended(engine);
    } else {
        loop_wake(engine);
        thread_join(&engine->loop);
    }
    mutex_lock(&engine->lock);
    free_it = engine->shared.handles == 0 && !engine->shared.stuck;
    if (!free_it)
        engine->shared.joined = true; /* the last handle frees */
    mutex_unlock(&engine->lock);
    if (free_it)
        destroy(engine);
}

void engine_drop(struct engine *engine)
{
    bool on_own_thread = (engine->mode != ENGINE_INLINE && thread_is_self(&engine->loop)) ||
                         notify_on_delivery_thread(engine->notify);
    bool end = false, free_it = false, wake = false;

    mutex_lock(&engine->lock);
    assert(engine->shared.handles > 0);
    if (--engine->shared.handles == 0) {
        if (engine->shared.ended) {
            free_it = engine->shared.joined && !on_own_thread;
        } else if (!engine->shared.joining && !on_own_thread &&
                   (engine->mode == ENGINE_INLINE || engine_is_idle(engine))) {
            end = engine->shared.joining = engine->shared.end_asked = true;
        } else {
            wake = true;
        }
    }
    /* Under the lock: once it is free, the loop may end and free the engine. */
    if (wake)
        loop_wake(engine);
    mutex_unlock(&engine->lock);
    if (end)
        engine_end_claimed(engine);
    /* A callback that held the end up may have returned by now; if not, the engine is left to it. */
    if (free_it && notify_stop(engine->notify, 0) == S_OK)
        destroy(engine);
}
