/* fake_engine.c: see fake_engine.h. */
#include "fake_engine.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hr.h"

static HRESULT answer(struct engine *engine, const char *function)
{
    HRESULT hr = engine->next;

    engine->last = function;
    engine->next = S_OK;
    return hr;
}

struct engine *fake_engine_new(const char *trace_path)
{
    struct engine *engine = calloc(1, sizeof *engine);

    ck_assert_ptr_nonnull(engine);
    atomic_init(&engine->handles, 1);
    if (trace_path)
        ck_assert_int_eq(trace_open(trace_path, NULL, NULL, &engine->trace), S_OK);
    return engine;
}

void fake_engine_free(struct engine *engine)
{
    ck_assert_int_eq(engine->handles, 1);
    for (size_t i = 0; i < engine->job_count; i++) {
        struct engine_job *job = &engine->jobs[i];

        ck_assert_int_eq(job->holds, 0);
        engine_job_set_client(job, NULL, NULL, 0);
        fake_http_release(&job->http);
        for (int k = 0; k < JOB_PROPERTY_COUNT; k++)
            free(job->text[k]);
        for (uint32_t f = 0; f < job->status.file_count; f++) {
            free(job->remote[f]);
            free(job->local[f]);
        }
    }
    trace_close(engine->trace);
    check_free(engine->check);
    free(engine);
}

void engine_hold(struct engine *engine)
{
    engine->handles++;
}

void engine_drop(struct engine *engine)
{
    ck_assert_int_gt(engine->handles--, 1);
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
    (void)engine;
    return "S-1-22-1-1000";
}

bool engine_owner_is_administrator(const struct engine *engine)
{
    return engine->administrator;
}

HRESULT engine_create_job(struct engine *engine, const char *display_name, enum job_type type, GUID *id,
                          struct engine_job **out)
{
    HRESULT hr = answer(engine, __func__);
    struct engine_job *job = &engine->jobs[engine->job_count];

    if (FAILED(hr))
        return hr;
    ck_assert_uint_lt(engine->job_count, FAKE_JOBS);
    engine->job_count++;
    job->engine = engine;
    job->id.Data1 = (uint32_t)engine->job_count;
    check_job_init(&job->check, &job->id);
    atomic_init(&job->holds, 0);
    job->text[JOB_DISPLAY_NAME] = strdup(display_name);
    job->text[JOB_DESCRIPTION] = strdup("");
    job->status.type = type;
    job->status.state = JOB_SUSPENDED;
    job->error.file = JOB_NO_FILE;
    *id = job->id;
    engine_job_hold(job);
    *out = job;
    return S_OK;
}

HRESULT engine_find_job(struct engine *engine, const GUID *id, struct engine_job **out)
{
    HRESULT hr = answer(engine, __func__);

    if (FAILED(hr))
        return hr;
    for (size_t i = 0; i < engine->job_count; i++)
        if (engine->jobs[i].id.Data1 == id->Data1) {
            *out = &engine->jobs[i];
            engine_job_hold(*out);
            return S_OK;
        }
    return BG_E_NOT_FOUND;
}

HRESULT engine_list_jobs(struct engine *engine, struct engine_job ***out, size_t *count)
{
    HRESULT hr = answer(engine, __func__);

    *out = NULL;
    *count = engine->job_count;
    if (FAILED(hr) || engine->job_count == 0)
        return hr;
    *out = calloc(engine->job_count, sizeof **out);
    for (size_t i = 0; i < engine->job_count; i++) {
        (*out)[i] = &engine->jobs[i];
        engine_job_hold(&engine->jobs[i]);
    }
    return S_OK;
}

/* A hold on a job is one on its engine. */
void engine_job_hold(struct engine_job *job)
{
    job->holds++;
    job->engine->handles++;
}

void engine_job_drop(struct engine_job *job)
{
    ck_assert_int_gt(job->holds--, 0);
    engine_drop(job->engine);
}

struct engine *engine_of(struct engine_job *job)
{
    return job->engine;
}

const GUID *engine_job_id(const struct engine_job *job)
{
    return &job->id;
}

struct check_job *engine_job_check(struct engine_job *job)
{
    return &job->check;
}

HRESULT engine_job_add_files(struct engine_job *job, const struct engine_new_file *files, size_t count)
{
    HRESULT hr = answer(job->engine, __func__);

    for (size_t i = 0; SUCCEEDED(hr) && i < count; i++) {
        uint32_t f = job->status.file_count++;

        ck_assert_uint_lt(f, FAKE_FILES);
        job->remote[f] = strdup(files[i].remote_name);
        job->local[f] = strdup(files[i].local_name);
        job->file[f].bytes_total = JOB_SIZE_UNKNOWN;
    }
    return hr;
}

HRESULT engine_job_suspend(struct engine_job *job)
{
    return answer(job->engine, __func__);
}

HRESULT engine_job_resume(struct engine_job *job)
{
    return answer(job->engine, __func__);
}

HRESULT engine_job_cancel(struct engine_job *job)
{
    return answer(job->engine, __func__);
}

HRESULT engine_job_complete(struct engine_job *job)
{
    return answer(job->engine, __func__);
}

HRESULT engine_job_take_ownership(struct engine_job *job)
{
    return answer(job->engine, __func__);
}

HRESULT engine_job_set(struct engine_job *job, enum job_property property, const struct job_value *value)
{
    HRESULT hr = answer(job->engine, __func__);

    if (FAILED(hr))
        return hr;
    if (value->type == JOB_VALUE_TEXT) {
        free(job->text[property]);
        job->text[property] = strdup(value->text);
    } else if (value->type == JOB_VALUE_GUID) {
        job->guid[property] = value->guid;
    } else {
        job->number[property] = value->number;
    }
    return S_OK;
}

HRESULT engine_job_get(struct engine_job *job, enum job_property property, struct job_value *value)
{
    HRESULT hr = answer(job->engine, __func__);

    if (FAILED(hr))
        return hr;
    *value = (struct job_value){.type = JOB_VALUE_NUMBER, .number = job->number[property]};
    if (property == JOB_NOTIFICATION_CLSID)
        *value = (struct job_value){.type = JOB_VALUE_GUID, .guid = job->guid[property]};
    if (job->text[property])
        *value = (struct job_value){.type = JOB_VALUE_TEXT, .text = strdup(job->text[property])};
    return S_OK;
}

HRESULT engine_job_set_command_line(struct engine_job *job, const char *program, const char *parameters)
{
    HRESULT hr = answer(job->engine, __func__);

    snprintf(job->engine->text[0], sizeof job->engine->text[0], "%s", program ? program : "");
    snprintf(job->engine->text[1], sizeof job->engine->text[1], "%s", parameters ? parameters : "");
    return hr;
}

/* An empty one is none. */
HRESULT engine_job_command_line(struct engine_job *job, char **program, char **parameters)
{
    HRESULT hr = answer(job->engine, __func__);
    const char(*text)[64] = (const char(*)[64])job->engine->text;

    *program = SUCCEEDED(hr) && *text[0] ? strdup(text[0]) : NULL;
    *parameters = SUCCEEDED(hr) && *text[1] ? strdup(text[1]) : NULL;
    return hr;
}

void engine_job_status(struct engine_job *job, struct engine_job_status *out)
{
    *out = job->status;
}

HRESULT engine_job_error(struct engine_job *job, struct job_error *out)
{
    *out = job->error;
    return FAILED(job->error.hr) ? S_OK : BG_E_ERROR_INFORMATION_UNAVAILABLE;
}

HRESULT engine_file_text(struct engine_job *job, uint32_t file, enum engine_file_text which, char **out)
{
    HRESULT hr = answer(job->engine, __func__);

    const char *text = which == ENGINE_FILE_REMOTE_NAME ? job->remote[file] : job->local[file];

    ck_assert_uint_lt(file, job->status.file_count);
    if (which == ENGINE_FILE_RESPONSE_HEADERS)
        text = job->headers;
    *out = FAILED(hr) || !text ? NULL : strdup(text);
    return hr;
}

HRESULT engine_file_set_remote_name(struct engine_job *job, uint32_t file, const char *remote_name)
{
    HRESULT hr = answer(job->engine, __func__);

    job->engine->file = file;
    snprintf(job->engine->text[1], sizeof job->engine->text[1], "%s", remote_name);
    return hr;
}

HRESULT engine_job_replace_prefix(struct engine_job *job, const char *old_prefix, const char *new_prefix)
{
    HRESULT hr = answer(job->engine, __func__);

    snprintf(job->engine->text[0], sizeof job->engine->text[0], "%s", old_prefix);
    snprintf(job->engine->text[1], sizeof job->engine->text[1], "%s", new_prefix);
    return hr;
}

HRESULT engine_file_set_validation(struct engine_job *job, uint32_t file, bool valid)
{
    HRESULT hr = answer(job->engine, __func__);

    job->engine->file = file;
    job->engine->valid = valid;
    return hr;
}

void engine_file_status(struct engine_job *job, uint32_t file, struct engine_file_status *out)
{
    *out = job->file[file];
}

HRESULT engine_file_request_ranges(struct engine_job *job, uint32_t file, const struct range *ranges,
                                   size_t count)
{
    struct engine *engine = job->engine;
    HRESULT hr = answer(engine, __func__);

    ck_assert_uint_le(count, FAKE_RANGES);
    memcpy(engine->ranges, ranges, count * sizeof *ranges);
    engine->range_count = count;
    engine->file = file;
    return hr;
}

HRESULT engine_file_update_position(struct engine_job *job, uint32_t file, uint64_t offset)
{
    HRESULT hr = answer(job->engine, __func__);

    job->engine->offset = offset;
    job->engine->file = file;
    return hr;
}

HRESULT engine_file_filled_ranges(struct engine_job *job, uint32_t file, struct range **out, size_t *count)
{
    HRESULT hr = answer(job->engine, __func__);

    (void)file;
    *out = NULL;
    *count = 0;
    if (FAILED(hr) || job->filled_count == 0)
        return hr;
    *out = calloc(job->filled_count, sizeof **out);
    memcpy(*out, job->filled, job->filled_count * sizeof **out);
    *count = job->filled_count;
    return S_OK;
}

HRESULT engine_job_set_client(struct engine_job *job, const struct engine_client_ops *ops, void *client,
                              unsigned answers)
{
    const struct engine_client_ops *old_ops = job->ops;
    void *old = job->client;
    HRESULT hr = answer(job->engine, __func__);

    if (FAILED(hr))
        return hr;
    if (ops)
        ops->hold(client);
    job->ops = ops;
    job->client = client;
    job->answers = answers;
    if (old_ops)
        old_ops->drop(old);
    return S_OK;
}

void *engine_job_client(struct engine_job *job)
{
    if (job->ops)
        job->ops->hold(job->client);
    return job->client;
}

HRESULT engine_set_setting(struct engine *engine, const char *name, const char *value)
{
    HRESULT hr = answer(engine, __func__);

    snprintf(engine->setting, sizeof engine->setting, "%s=%s", name, value);
    return hr;
}

HRESULT engine_get_setting(struct engine *engine, const char *name, char *out, size_t size)
{
    HRESULT hr = answer(engine, __func__);

    snprintf(out, size, "value of %s", name);
    return hr;
}

uint64_t engine_now_us(struct engine *engine)
{
    return engine->now_us;
}

HRESULT engine_advance_us(struct engine *engine, uint64_t delta_us)
{
    HRESULT hr = answer(engine, __func__);

    if (SUCCEEDED(hr))
        engine->now_us += delta_us;
    return hr;
}

HRESULT engine_counter(struct engine *engine, const char *name, uint64_t *out)
{
    HRESULT hr = answer(engine, __func__);

    *out = SUCCEEDED(hr) ? strlen(name) : 0;
    return hr;
}
