/* client.c: see client.h. */
#include "engine/client.h"

#include "server/server.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static HRESULT on_transferred(void *context, struct engine_job *job)
{
    struct client *client = context;
    HRESULT answer;

    mutex_lock(&client->lock);
    client->transferred++;
    answer = client->answer;
    mutex_unlock(&client->lock);
    if (client->act)
        client->act(client, job);
    return answer;
}

static HRESULT on_error(void *context, struct engine_job *job, const struct job_error *error)
{
    struct client *client = context;
    HRESULT answer;

    mutex_lock(&client->lock);
    client->errors++;
    client->error = *error;
    answer = client->answer;
    mutex_unlock(&client->lock);
    if (client->act)
        client->act(client, job);
    return answer;
}

static HRESULT on_modification(void *context, struct engine_job *job)
{
    struct client *client = context;

    (void)job;
    LOCK_SCOPE(&client->lock);
    client->modifications++;
    return S_OK;
}

static HRESULT on_file(void *context, struct engine_job *job, uint32_t file)
{
    struct client *client = context;

    (void)job;
    (void)file;
    LOCK_SCOPE(&client->lock);
    client->files++;
    return S_OK;
}

static HRESULT on_ranges(void *context, struct engine_job *job, uint32_t file, const struct range *ranges,
                         size_t count)
{
    struct client *client = context;

    (void)job;
    (void)file;
    LOCK_SCOPE(&client->lock);
    client->reports++;
    for (size_t i = 0; i < count; i++) {
        client->reported_twice += rangeset_length_within(&client->reported, ranges[i]);
        if (FAILED(rangeset_add(&client->reported, ranges[i])))
            return E_OUTOFMEMORY;
    }
    return S_OK;
}

static void hold(void *context)
{
    atomic_fetch_add(&((struct client *)context)->holds, 1);
}

static void drop(void *context)
{
    atomic_fetch_sub(&((struct client *)context)->holds, 1);
}

static const struct engine_client_ops ops = {
    .transferred = on_transferred,
    .error = on_error,
    .modification = on_modification,
    .file = on_file,
    .ranges = on_ranges,
    .hold = hold,
    .drop = drop,
};

void client_init(struct client *client)
{
    memset(client, 0, sizeof *client);
    mutex_init(&client->lock);
    rangeset_init(&client->reported);
}

void client_release(struct client *client)
{
    ck_assert_uint_eq(atomic_load(&client->holds), 0);
    rangeset_release(&client->reported);
    mutex_destroy(&client->lock);
}

void client_set(struct engine_job *job, enum job_property property, uint64_t number)
{
    struct job_value value = {.type = JOB_VALUE_NUMBER, .number = number};

    ck_assert_int_eq(engine_job_set(job, property, &value), S_OK);
}

void client_watch(struct client *client, struct engine_job *job)
{
    client_set(job, JOB_NOTIFY_FLAGS, 0x3B);
    ck_assert_int_eq(engine_job_set_client(job, &ops, client, ENGINE_CLIENT_FILE | ENGINE_CLIENT_RANGES),
                     S_OK);
}

enum job_state client_state(struct engine_job *job)
{
    struct engine_job_status status;

    engine_job_status(job, &status);
    return status.state;
}

struct awaited {
    struct engine_job *job;
    enum job_state state;
};

static bool in_state(void *context)
{
    struct awaited *awaited = context;

    return client_state(awaited->job) == awaited->state;
}

void client_wait_state(struct engine_job *job, enum job_state state)
{
    struct awaited awaited = {job, state};
    HRESULT hr = engine_pump(engine_of(job), in_state, &awaited, 10u * 1000 * 1000);

    ck_assert_msg(hr == S_OK, "waited for %s, the job is %s", job_state_name(state),
                  job_state_name(client_state(job)));
}

struct engine *client_engine(void)
{
    struct engine_config config = {
        .mode = ENGINE_THREADS, .clock = CLOCK_REAL, .administrator = true}; /* no limits */
    struct engine *engine;

    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    ck_assert_int_eq(engine_new(&config, &engine), S_OK);
    return engine;
}

struct engine_job *client_job(struct engine *engine, const char *url, const char *local, unsigned on_demand)
{
    struct engine_new_file file = {url, local};
    struct engine_job *job;
    GUID id;

    ck_assert_int_eq(engine_create_job(engine, "test", JOB_DOWNLOAD, &id, &job), S_OK);
    client_set(job, JOB_ON_DEMAND_MODE, on_demand);
    client_set(job, JOB_NOTIFICATION_INTERVAL_MS, 0);
    ck_assert_int_eq(engine_job_add_files(job, &file, 1), S_OK);
    return job;
}

void client_check_content(struct engine_job *job, uint64_t content_seed, uint64_t size)
{
    char *temporary;
    unsigned char *wanted = calloc(1, size), *found = calloc(1, size);
    struct range *ranges;
    size_t count;
    int fd;

    ck_assert(wanted && found);
    ck_assert_int_eq(engine_file_filled_ranges(job, 0, &ranges, &count), S_OK);
    for (size_t i = 0; i < count; i++)
        server_content(content_seed, ranges[i].start, wanted + ranges[i].start,
                       (size_t)(ranges[i].end - ranges[i].start));
    ck_assert_int_eq(engine_file_text(job, 0, ENGINE_FILE_TEMPORARY_NAME, &temporary), S_OK);
    fd = open(temporary, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pread(fd, found, size, 0), (ssize_t)size);
    ck_assert_int_eq(memcmp(wanted, found, size), 0);
    close(fd);
    free(temporary);
    free(ranges);
    free(wanted);
    free(found);
}
