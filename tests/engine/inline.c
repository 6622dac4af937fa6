/* inline.c: see inline.h. */
#include "engine/inline.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

void inline_init(struct inline_world *world)
{
    *world = (struct inline_world){.config = {.mode = ENGINE_INLINE, .clock = CLOCK_MANUAL}};
    settings_init(&world->config.settings);
    world->config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "inline"};
    world->config.limits = (struct job_limits){.request_bytes = 1000, .flights = 1};
    folder_make(&world->folder);
}

void inline_open(struct inline_world *world)
{
    struct scripted_options script = {
        .seed = 1, .size = INLINE_SIZE, .content = INLINE_CONTENT, .most_bytes = 400};

    world->config.source = scripted_new(&script, &world->scripted);
    ck_assert_int_eq(engine_new(&world->config, &world->engine), S_OK);
}

void inline_close(struct inline_world *world)
{
    engine_drop(world->engine);
    folder_remove(&world->folder);
}

HRESULT inline_add_file(struct inline_world *world, struct engine_job *job)
{
    char local[700];
    struct engine_new_file file = {"http://scripted/f", local};

    snprintf(local, sizeof local, "%s/file%u", world->folder.path, world->files++);
    return engine_job_add_files(job, &file, 1);
}

struct engine_job *inline_job(struct inline_world *world, enum job_priority priority)
{
    struct engine_job *job;
    GUID id;

    ck_assert_int_eq(engine_create_job(world->engine, "inline", JOB_DOWNLOAD, &id, &job), S_OK);
    client_set(job, JOB_PRIORITY, priority);
    ck_assert_int_eq(inline_add_file(world, job), S_OK);
    return job;
}

static bool count_down(void *context)
{
    return (*(unsigned *)context)-- == 0;
}

void inline_step(struct inline_world *world, unsigned count)
{
    engine_pump(world->engine, count_down, &count, UINT64_MAX);
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

void inline_until(struct engine_job *job, enum job_state state)
{
    struct awaited awaited = {job, state};

    ck_assert_msg(engine_pump(engine_of(job), in_state, &awaited, UINT64_MAX) == S_OK,
                  "waited for %s, the job is %s", job_state_name(state), job_state_name(client_state(job)));
}

void inline_advance_s(struct inline_world *world, uint64_t seconds)
{
    ck_assert_int_eq(engine_advance_us(world->engine, seconds * US_PER_S), S_OK);
}
