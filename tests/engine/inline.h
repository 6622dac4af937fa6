/* inline.h: an engine without threads over a scripted file, whose steps and time a test moves by itself. */
#ifndef OPENBITS_TESTS_ENGINE_INLINE_H
#define OPENBITS_TESTS_ENGINE_INLINE_H

#include "engine/client.h"
#include "engine/scripted.h"
#include "folder.h"

#define INLINE_SIZE    UINT64_C(20000) /* of the remote file */
#define INLINE_CONTENT 77              /* seed of its bytes */

#define US_PER_S UINT64_C(1000000)

struct inline_world {
    struct folder folder;
    struct scripted *scripted;
    struct engine *engine;
    struct engine_config config; /* before inline_open: what shall be different */
    unsigned files;
};

/* The configuration: manual clock, requests of 1,000 bytes, one at a time. */
void inline_init(struct inline_world *world);
void inline_open(struct inline_world *world);
/* Drops the engine; the jobs' handles are gone. */
void inline_close(struct inline_world *world);

/* A job with one file of its own name; nothing is resumed. */
struct engine_job *inline_job(struct inline_world *world, enum job_priority priority);
HRESULT inline_add_file(struct inline_world *world, struct engine_job *job);

/* Steps of engine and source; comes back earlier if nothing is left to do. */
void inline_step(struct inline_world *world, unsigned count);
/* Steps until the job is in the state; fails the test if it never is. */
void inline_until(struct engine_job *job, enum job_state state);
void inline_advance_s(struct inline_world *world, uint64_t seconds);

#endif
