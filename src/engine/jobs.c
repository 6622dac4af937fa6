/* jobs.c: what a client asks of a job: lock, ask the rules in `job`, collect the effects, unlock. */
#include "engine/internal.h"

#include "base/hr.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

static void job_free(struct engine_job *job)
{
    struct engine *engine = job->engine;

    mutex_lock(&engine->lock);
    for (size_t i = 0; i < job->file_count; i++)
        output_release(engine, &job->files[i]->output);
    mutex_unlock(&engine->lock);
    for (size_t i = 0; i < job->file_count; i++) {
        rangeset_release(&job->files[i]->unreported);
        free(job->files[i]);
    }
    free(job->files);
    certificates_release(job);
    fetch_options_drop(job->options);
    job_release(&job->job);
    free(job);
}

void engine_unref_job(struct engine_job *job)
{
    if (refcount_put(&job->refs) == 0)
        job_free(job);
}

void engine_job_hold(struct engine_job *job)
{
    refcount_get(&job->refs);
    engine_hold(job->engine);
}

void engine_job_drop(struct engine_job *job)
{
    struct engine *engine = job->engine;

    engine_unref_job(job);
    engine_drop(engine);
}

struct engine *engine_of(struct engine_job *job)
{
    return job->engine;
}

const GUID *engine_job_id(const struct engine_job *job)
{
    return &job->job.id;
}

struct check_job *engine_job_check(struct engine_job *job)
{
    return &job->check;
}

/* RFC 4122 version 4. */
static HRESULT draw_id(GUID *id)
{
    HRESULT hr = sys_random(id, sizeof *id);

    id->Data3 = (uint16_t)((id->Data3 & 0x0FFF) | 0x4000);
    id->Data4[0] = (uint8_t)((id->Data4[0] & 0x3F) | 0x80);
    return hr;
}

/* Administrators may make as many jobs as they like. An engine has one owner, so the two limits differ
 * only in their numbers. Under the lock. */
static HRESULT check_room(const struct engine *engine)
{
    if (engine->administrator)
        return S_OK;
    if (engine->shared.job_count >= engine->quotas.jobs_per_user)
        return BG_E_TOO_MANY_JOBS_PER_USER;
    return engine->shared.job_count >= engine->quotas.jobs_per_machine ? BG_E_TOO_MANY_JOBS_PER_MACHINE
                                                                       : S_OK;
}

/* A new job may be the first to become inactive. Under the lock. */
static void expect_inactivity(struct engine *engine)
{
    uint64_t due_us = clock_now_us(engine->clock) + engine->quotas.inactivity_s * UINT64_C(1000000) + 1;

    if (due_us < engine->shared.inactivity_due_us)
        engine->shared.inactivity_due_us = due_us;
}

HRESULT engine_create_job(struct engine *engine, const char *display_name, enum job_type type, GUID *id,
                          struct engine_job **out)
{
    struct engine_job *job = calloc(1, sizeof *job);
    GUID drawn;
    HRESULT hr;

    *out = NULL;
    if (!job)
        return E_OUTOFMEMORY;
    hr = draw_id(&drawn);
    if (SUCCEEDED(hr))
        hr = job_init(&job->job, &drawn, type, display_name, engine->table, engine_filetime(engine));
    if (FAILED(hr)) {
        free(job);
        return hr;
    }
    refcount_init(&job->refs); /* the engine's */
    job->engine = engine;
    check_job_init(&job->check, &drawn);
    job->job.moved = effects_job_moved;
    list_init(&job->in_active);
    list_init(&job->in_work);
    list_init(&job->transfers);
    list_init(&job->questions);

    mutex_lock(&engine->lock);
    hr = check_room(engine);
    if (FAILED(hr)) {
        mutex_unlock(&engine->lock);
        job_release(&job->job);
        free(job);
        return hr;
    }
    engine->shared.job_count++;
    expect_inactivity(engine);
    job->job.key = engine->shared.next_key++;
    job_choose_defaults(&job->job, &engine->shared.settings);
    notify_job_init(&job->notify, engine->notify, job->job.key);
    notify_job_set_interval(&job->notify, (uint32_t)job->job.number[JOB_NOTIFICATION_INTERVAL_MS]);
    notify_job_set_repeat_limit(&job->notify, (uint32_t)job->job.number[JOB_MINIMUM_RETRY_DELAY_S]);
    notify_item_init(&job->transferred_item, &job->notify, NOTIFY_TRANSFERRED, &deliver_transferred, job);
    notify_item_init(&job->error_item, &job->notify, NOTIFY_ERROR, &deliver_error, job);
    notify_item_init(&job->modification_item, &job->notify, NOTIFY_MODIFICATION, &deliver_modification, job);
    notify_item_init(&job->certificate_item, &job->notify, NOTIFY_CERTIFICATE, &deliver_certificate, job);
    list_push_back(&engine->shared.jobs, &job->in_jobs);
    refcount_get(&job->refs);
    engine->shared.handles++;
    mutex_unlock(&engine->lock);
    *id = drawn;
    *out = job;
    return S_OK;
}

HRESULT engine_find_job(struct engine *engine, const GUID *id, struct engine_job **out)
{
    *out = NULL;
    LOCK_SCOPE(&engine->lock);
    list_for_each(node, &engine->shared.jobs)
    {
        struct engine_job *job = list_entry(node, struct engine_job, in_jobs);

        if (memcmp(&job->job.id, id, sizeof *id) == 0) {
            refcount_get(&job->refs);
            engine->shared.handles++;
            *out = job;
            return S_OK;
        }
    }
    return BG_E_NOT_FOUND;
}

HRESULT engine_list_jobs(struct engine *engine, struct engine_job ***out, size_t *count)
{
    size_t n = 0;

    *out = NULL;
    *count = 0;
    LOCK_SCOPE(&engine->lock);
    list_for_each(node, &engine->shared.jobs) n++;
    if (n == 0)
        return S_OK;
    *out = malloc(n * sizeof **out);
    if (!*out)
        return E_OUTOFMEMORY;
    list_for_each(node, &engine->shared.jobs)
    {
        struct engine_job *job = list_entry(node, struct engine_job, in_jobs);

        refcount_get(&job->refs);
        (*out)[(*count)++] = job;
    }
    engine->shared.handles += (unsigned)n;
    return S_OK;
}

/* A new file's part of the engine; its temporary path is the caller's. Under the lock. */
static HRESULT file_new(struct engine_job *job, uint32_t index, const char *local_name,
                        struct engine_file **out, char **temporary_path)
{
    struct engine_file *file = calloc(1, sizeof *file);
    enum output_mode mode = job->job.number[JOB_HIGH_PERFORMANCE] ? OUTPUT_DIRECT : OUTPUT_TEMPORARY;
    HRESULT hr;

    if (!file)
        return E_OUTOFMEMORY;
    hr = output_init(job->engine, &file->output, local_name, mode, temporary_path);
    if (FAILED(hr)) {
        free(file);
        return hr;
    }
    file->job = job;
    file->index = index;
    rangeset_init(&file->unreported);
    notify_item_init(&file->ranges_item, &job->notify, NOTIFY_RANGES, &deliver_ranges, file);
    notify_item_init(&file->file_item, &job->notify, NOTIFY_FILE, &deliver_file, file);
    *out = file;
    return S_OK;
}

HRESULT engine_job_add_files(struct engine_job *job, const struct engine_new_file *files, size_t count)
{
    struct engine *engine = job->engine;
    AUTOFREE struct job_new_file *named = calloc(count ? count : 1, sizeof *named);
    AUTOFREE struct engine_file **made = calloc(count ? count : 1, sizeof *made);
    size_t n = 0;
    HRESULT hr = S_OK;

    if (!named || !made)
        return E_OUTOFMEMORY;
    LOCK_SCOPE(&engine->lock);
    for (n = 0; SUCCEEDED(hr) && n < count; n++) {
        named[n] = (struct job_new_file){files[n].remote_name, files[n].local_name, NULL};
        hr = job_check_remote_name(files[n].remote_name);
        if (SUCCEEDED(hr))
            hr = job_check_local_name(files[n].local_name);
        if (SUCCEEDED(hr) && job_state_is_final(job->job.state))
            hr = BG_E_INVALID_STATE;
        if (SUCCEEDED(hr))
            hr = file_new(job, (uint32_t)(job->file_count + n), files[n].local_name, &made[n],
                          &named[n].temporary_name);
    }
    if (SUCCEEDED(hr) &&
        !vec_reserve((void **)&job->files, &job->file_cap, job->file_count + count, sizeof *job->files))
        hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr))
        hr = job_add_files(&job->job, named, count, engine->administrator ? 0 : engine->quotas.files_per_job,
                           &engine->shared.settings, engine_filetime(engine));
    if (FAILED(hr)) {
        for (size_t i = 0; i < count && made[i]; i++) {
            output_release(engine, &made[i]->output);
            free(made[i]);
            free(named[i].temporary_name);
        }
        return hr;
    }
    for (size_t i = 0; i < count; i++)
        job->files[job->file_count++] = made[i];
    effects_apply(job);
    return S_OK;
}

HRESULT engine_job_suspend(struct engine_job *job)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_suspend(&job->job, &job->engine->shared.settings, engine_filetime(job->engine));
    effects_apply(job);
    return hr;
}

HRESULT engine_job_resume(struct engine_job *job)
{
    struct engine *engine = job->engine;
    struct interest interest;
    HRESULT hr;

    mutex_lock(&engine->lock);
    hr = job_resume(&job->job, &engine->shared.settings, engine_filetime(engine));
    if (SUCCEEDED(hr) && job->transfer_count == 0)
        files_forget_void(job); /* a foreground job may begin anew */
    interest = checks_interest(job);
    effects_apply(job);
    mutex_unlock(&engine->lock);
    if (SUCCEEDED(hr))
        checks_say_interest(job, &interest, "IBackgroundCopyJob::Resume");
    return hr;
}

/* Removes every temporary file; BG_S_UNABLE_TO_DELETE_FILES if one stays. Under the lock. */
static HRESULT discard_files(struct engine_job *job)
{
    HRESULT hr = S_OK;

    for (size_t i = 0; i < job->file_count; i++)
        if (!job->job.files[i]->kept && FAILED(output_discard(&job->files[i]->output)))
            hr = BG_S_UNABLE_TO_DELETE_FILES;
    return hr;
}

/* The engine lists no job that is final; who holds one can still read it. */
static void unlist(struct engine_job *job)
{
    job->engine->shared.job_count--;
    list_remove(&job->in_jobs);
}

HRESULT engine_cancel_locked(struct engine_job *job)
{
    HRESULT hr = job_cancel(&job->job, engine_filetime(job->engine));

    if (FAILED(hr))
        return hr;
    effects_apply(job); /* before the files go: their requests die here */
    hr = discard_files(job);
    unlist(job);
    return hr;
}

/* Under the lock; the caller lets the old one go after it. */
static void put_client(struct engine_job *job, const struct engine_client_ops *ops, void *client,
                       unsigned answers)
{
    job->client_ops = ops;
    job->client = client;
    job->client_answers = answers;
    job->final_calls = 0; /* who is new was not called */
    if (ops) {
        job->client_seen = true;
        ops->hold(client);
    }
    /* What the old client was not told of ranges is lost with it; A9 may start the new one's
     * reports with everything that is filled. */
    for (size_t i = 0; i < job->file_count; i++)
        report_new_client(job->files[i]);
    deliver_post_due(job);
    engine_note_change(job->engine);
}

void engine_release_final(struct engine_job *job)
{
    const struct engine_client_ops *ops;
    void *client;

    mutex_lock(&job->engine->lock);
    ops = job->client_ops;
    client = job->client;
    put_client(job, NULL, NULL, 0);
    mutex_unlock(&job->engine->lock);
    if (ops)
        ops->drop(client);
    certificates_release_final(job);
    engine_unref_job(job); /* the engine's own */
}

HRESULT engine_job_cancel(struct engine_job *job)
{
    HRESULT hr;

    mutex_lock(&job->engine->lock);
    hr = engine_cancel_locked(job);
    mutex_unlock(&job->engine->lock);
    if (FAILED(hr))
        return hr;
    checks_job_ended(job, "IBackgroundCopyJob::Cancel");
    engine_release_final(job);
    return hr;
}

/* Renames what is whole; stops at the first that cannot be. Under the lock. */
static HRESULT keep_files(struct engine_job *job)
{
    for (size_t i = 0; i < job->file_count; i++) {
        struct job_file *file = job->job.files[i];
        HRESULT hr;

        if (!file->finished || file->kept)
            continue;
        hr = output_keep(&job->files[i]->output, file->size, file->last_modified_unix_s);
        if (FAILED(hr))
            return hr;
        file->kept = file->validated = true; /* */
    }
    return S_OK;
}

HRESULT engine_job_complete(struct engine_job *job)
{
    struct engine *engine = job->engine;
    HRESULT hr, discarded;
    uint64_t lost;

    mutex_lock(&engine->lock);
    lost = checks_loss(job);
    hr = job_state_is_final(job->job.state) ? BG_E_INVALID_STATE : keep_files(job);
    if (SUCCEEDED(hr))
        hr = job_complete(&job->job, engine_filetime(engine));
    effects_apply(job);
    if (SUCCEEDED(hr)) {
        discarded = discard_files(job);
        hr = discarded != S_OK ? discarded : hr;
        unlist(job);
    }
    mutex_unlock(&engine->lock);
    if (FAILED(hr))
        return hr;
    checks_completed(job, lost);
    checks_job_ended(job, "IBackgroundCopyJob::Complete");
    engine_release_final(job);
    return hr;
}

HRESULT engine_job_take_ownership(struct engine_job *job)
{
    HRESULT hr = S_OK;

    if (!job->engine->administrator)
        return E_ACCESSDENIED;
    LOCK_SCOPE(&job->engine->lock);
    if (job_state_is_final(job->job.state))
        return BG_E_INVALID_STATE;
    for (size_t i = 0; SUCCEEDED(hr) && i < job->file_count; i++)
        hr = output_check_access(&job->files[i]->output);
    if (FAILED(hr))
        return hr;
    job_take_ownership(&job->job, engine_filetime(job->engine));
    effects_apply(job);
    return S_OK;
}

HRESULT engine_job_set(struct engine_job *job, enum job_property property, const struct job_value *value)
{
    struct engine *engine = job->engine;
    struct interest interest;
    HRESULT hr;

    mutex_lock(&engine->lock);
    hr = job_set(&job->job, property, value, &engine->shared.settings, engine_filetime(engine));
    if (SUCCEEDED(hr) && property == JOB_MINIMUM_RETRY_DELAY_S)
        notify_job_set_repeat_limit(&job->notify, (uint32_t)job->job.number[property]);
    if (SUCCEEDED(hr) && property == JOB_NOTIFY_FLAGS)
        job->flags_set = true;
    interest = checks_interest(job);
    effects_apply(job);
    mutex_unlock(&engine->lock);
    if (SUCCEEDED(hr) && property == JOB_NOTIFY_FLAGS)
        checks_say_interest(job, &interest, "IBackgroundCopyJob::SetNotifyFlags");
    return hr;
}

HRESULT engine_job_get(struct engine_job *job, enum job_property property, struct job_value *value)
{
    HRESULT hr;

    LOCK_SCOPE(&job->engine->lock);
    hr = job_get(&job->job, property, value);
    if (SUCCEEDED(hr) && value->type == JOB_VALUE_TEXT) {
        value->text = strdup(value->text);
        hr = value->text ? S_OK : E_OUTOFMEMORY;
    }
    return hr;
}

void engine_job_status(struct engine_job *job, struct engine_job_status *out)
{
    LOCK_SCOPE(&job->engine->lock);
    *out = (struct engine_job_status){
        .type = job->job.type,
        .state = job->job.state,
        .created_100ns = job->job.created_100ns,
        .modified_100ns = job->job.modified_100ns,
        .transferred_100ns = job->job.transferred_100ns,
        .error_count = job->job.error_count,
        .file_count = (uint32_t)job->file_count,
    };
    job_progress(&job->job, &job->engine->shared.settings, &out->progress);
}

HRESULT engine_job_error(struct engine_job *job, struct job_error *out)
{
    LOCK_SCOPE(&job->engine->lock);
    *out = job->job.error;
    return out->hr == S_OK ? BG_E_ERROR_INFORMATION_UNAVAILABLE : S_OK;
}

HRESULT engine_job_set_client(struct engine_job *job, const struct engine_client_ops *ops, void *client,
                              unsigned answers)
{
    const struct engine_client_ops *old_ops;
    struct interest interest;
    void *old_client;

    mutex_lock(&job->engine->lock);
    if (job_state_is_final(job->job.state)) {
        mutex_unlock(&job->engine->lock);
        return BG_E_INVALID_STATE; /* none can be taken away either */
    }
    old_ops = job->client_ops;
    old_client = job->client;
    put_client(job, ops, client, answers);
    interest = checks_interest(job);
    mutex_unlock(&job->engine->lock);
    if (old_ops)
        old_ops->drop(old_client);
    checks_say_interest(job, &interest, "IBackgroundCopyJob::SetNotifyInterface");
    return S_OK;
}

void *engine_job_client(struct engine_job *job)
{
    LOCK_SCOPE(&job->engine->lock);
    if (!job->client_ops)
        return NULL;
    job->client_ops->hold(job->client);
    return job->client;
}
