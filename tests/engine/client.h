/* client.h: a client for engine tests: collects what it is told, and knows what to check of it. */
#ifndef OPENBITS_TESTS_ENGINE_CLIENT_H
#define OPENBITS_TESTS_ENGINE_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "engine/engine.h"
#include "rangeset/rangeset.h"
#include "sys/thread.h"

struct client {
    struct mutex lock;
    struct rangeset reported; /* under lock, as all below */
    uint64_t reported_twice;  /* bytes */
    unsigned transferred, errors, files, modifications, reports;
    struct job_error error;
    HRESULT answer; /* of the next calls */
    /* Called inside JobTransferred and JobError; NULL: nothing. */
    void (*act)(struct client *client, struct engine_job *job);
    atomic_uint holds; /* ends at 0 */
};

void client_init(struct client *client);
void client_release(struct client *client);
/* Registers the client and sets the flags for every kind of event. */
void client_watch(struct client *client, struct engine_job *job);
void client_set(struct engine_job *job, enum job_property property, uint64_t number);

enum job_state client_state(struct engine_job *job);
/* Waits in engine_pump; fails the test after ten seconds of real time. */
void client_wait_state(struct engine_job *job, enum job_state state);

/* A threaded engine with its own slots, so that no other test is met. */
struct engine *client_engine(void);
/* A job with one file; on_demand as JOB_ON_DEMAND_MODE. */
struct engine_job *client_job(struct engine *engine, const char *url, const char *local, unsigned on_demand);

/* Whether the temporary file of file 0 holds the synthetic content in every filled byte, and zero elsewhere.
 */
void client_check_content(struct engine_job *job, uint64_t content_seed, uint64_t size);

#endif
