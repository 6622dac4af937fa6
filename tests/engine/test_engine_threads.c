/* test_engine_threads.c: what two threads do to one job at a time, and what a thread waits for.
 */
#include "base/hr.h"
#include "engine/client.h"
#include "folder.h"
#include "server/server.h"
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
    struct folder folder;
    struct server *server;
    char url[128];
};

static void world_make(struct world *world)
{
    struct server_options options = {0};
    struct server_file file = {.path = "/f", .size = 3000000, .seed = 5};

    folder_make(&world->folder);
    ck_assert_int_eq(server_start(&options, &world->server), S_OK);
    ck_assert_int_eq(server_add_file(world->server, &file), S_OK);
    snprintf(world->url, sizeof world->url, "%s/f", server_url(world->server));
}

static void world_end(struct world *world)
{
    server_stop(world->server);
    folder_remove(&world->folder);
}

/* Under the thread sanitizer this says whether the loop looks at what AddFile moves. */
START_TEST(test_files_are_added_to_a_job_that_transfers)
{
    enum { MOST = 2000 };
    struct engine_job_status status = {0};
    struct world world;
    struct engine *engine;
    struct engine_job *job;

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    engine = client_engine();
    job = client_job(engine, world.url, folder_path(&world.folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    server_hold_bodies(world.server, UINT64_MAX);
    for (unsigned i = 0; i < MOST && status.progress.files_transferred == 0; i++) {
        char name[16];
        struct engine_new_file file = {world.url, NULL};

        snprintf(name, sizeof name, "out%u", i);
        file.local_name = folder_path(&world.folder, name);
        suite_require(engine_job_add_files(job, &file, 1) == S_OK, "AddFile, the %u-th", i);
        engine_job_status(job, &status);
    }
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    world_end(&world);
}
END_TEST

/* Goes on at the first error, and does not come back before the next one. */
static void resume_and_wait(struct client *client, struct engine_job *job)
{
    if (client->errors > 1)
        return;
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_ERROR);
}

static bool is_told_twice(void *context)
{
    struct client *client = context;

    LOCK_SCOPE(&client->lock);
    return client->errors == 2;
}

START_TEST(test_an_error_that_comes_while_the_last_one_is_told_is_told_too)
{
    struct world world;
    struct client client;
    struct engine *engine;
    struct engine_job *job;
    char url[160];

    world_make(&world);
    client_init(&client);
    client.act = resume_and_wait;
    engine = client_engine();
    snprintf(url, sizeof url, "%s/none", server_url(world.server));
    job = client_job(engine, url, folder_path(&world.folder, "out"), 0);
    client_watch(&client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    ck_assert_int_eq(engine_pump(engine, is_told_twice, &client, 5000000), S_OK);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    client_release(&client);
    world_end(&world);
}
END_TEST

static bool is_never(void *context)
{
    (void)context;
    return false;
}

START_TEST(test_a_job_in_waiting_follows_its_priority)
{
    struct world world;
    struct engine *engine;
    struct engine_job *first, *second;

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    engine = client_engine();
    first = client_job(engine, world.url, folder_path(&world.folder, "one"), 0);
    second = client_job(engine, world.url, folder_path(&world.folder, "two"), 0);
    ck_assert_int_eq(engine_job_resume(first), S_OK);
    client_wait_state(first, JOB_TRANSFERRING);
    ck_assert_int_eq(engine_job_resume(second), S_OK);
    ck_assert_int_eq(engine_pump(engine, is_never, NULL, 100000), S_FALSE);
    ck_assert_int_eq(client_state(second), JOB_QUEUED);
    client_set(second, JOB_PRIORITY, JOB_FOREGROUND);
    client_wait_state(second, JOB_TRANSFERRING);
    ck_assert_int_eq(engine_job_cancel(first), S_OK);
    ck_assert_int_eq(engine_job_cancel(second), S_OK);
    engine_job_drop(first);
    engine_job_drop(second);
    engine_drop(engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    world_end(&world);
}
END_TEST

START_TEST(test_a_delay_that_is_shortened_ends_the_wait_that_is_under_way)
{
    struct engine_config config = {.mode = ENGINE_THREADS, .clock = CLOCK_MANUAL};
    struct world world;
    struct engine *engine;
    struct engine_job *job;

    world_make(&world);
    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    ck_assert_int_eq(engine_new(&config, &engine), S_OK);
    job = client_job(engine, "http://127.0.0.1:1/none", folder_path(&world.folder, "one"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSIENT_ERROR);
    client_set(job, JOB_MINIMUM_RETRY_DELAY_S, 10);
    client_set(job, JOB_NO_PROGRESS_TIMEOUT_S, 15);
    ck_assert_int_eq(engine_advance_us(engine, 20000000), S_OK);
    client_wait_state(job, JOB_ERROR);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    world_end(&world);
}
END_TEST

/* A thread that waits in the pump until its client was told of the end, or for a limit. */
struct waiter {
    struct engine *engine;
    struct client *client;
    uint64_t limit_us;
    struct thread thread;
    atomic_uint asked;
    HRESULT hr;
};

static bool is_transferred_told(void *context)
{
    struct waiter *waiter = context;

    waiter->asked++;
    LOCK_SCOPE(&waiter->client->lock);
    return waiter->client->transferred == 1;
}

static void wait_in_pump(void *context)
{
    struct waiter *waiter = context;

    waiter->hr = engine_pump(waiter->engine, is_transferred_told, waiter, waiter->limit_us);
}

/* Returns when it has asked, and has most probably begun to wait. */
static void waiter_start(struct waiter *waiter)
{
    waiter->asked = 0;
    ck_assert_int_eq(thread_start(&waiter->thread, "waiter", wait_in_pump, waiter), S_OK);
    while (waiter->asked == 0)
        sched_yield();
    for (unsigned i = 0; i < 10000; i++)
        sched_yield();
}

START_TEST(test_a_pump_goes_on_when_others_let_a_slot_go)
{
    struct engine_config config = {.mode = ENGINE_PUMP, .clock = CLOCK_REAL};
    struct world world;
    struct client client;
    struct waiter waiter = {.client = &client, .limit_us = 10000000};
    struct engine_job *job;
    struct slots *others;

    world_make(&world);
    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 1, .owner = "test"};
    ck_assert_int_eq(slots_open(&config.slots, &others), S_OK);
    ck_assert_int_eq(slots_acquire(others, 0), S_OK);
    client_init(&client);
    ck_assert_int_eq(engine_new(&config, &waiter.engine), S_OK);
    job = client_job(waiter.engine, world.url, folder_path(&world.folder, "out"), 0);
    client_watch(&client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    waiter_start(&waiter);
    slots_release(others, 0);
    thread_join(&waiter.thread);
    ck_assert_int_eq(waiter.hr, S_OK);
    slots_close(others);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(waiter.engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    client_release(&client);
    world_end(&world);
}
END_TEST

START_TEST(test_a_pump_ends_at_its_limit_when_another_thread_moves_the_clock)
{
    struct engine_config config = {.mode = ENGINE_THREADS, .clock = CLOCK_MANUAL};
    struct world world;
    struct client client;
    struct waiter waiter = {.client = &client, .limit_us = 1000000};
    struct engine_job *job;

    world_make(&world);
    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    ck_assert_int_eq(engine_new(&config, &waiter.engine), S_OK);
    server_hold_bodies(world.server, 1000);
    job = client_job(waiter.engine, world.url, folder_path(&world.folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    client_init(&client);
    waiter_start(&waiter);
    ck_assert_int_eq(engine_advance_us(waiter.engine, 2000000), S_OK);
    thread_join(&waiter.thread);
    ck_assert_int_eq(waiter.hr, S_FALSE);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(waiter.engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    client_release(&client);
    world_end(&world);
}
END_TEST

START_TEST(test_a_folder_that_was_made_anew_is_a_new_folder)
{
    struct world world;
    struct engine *engine;
    struct engine_job *old, *job;
    char path[256];

    world_make(&world);
    engine = client_engine();
    snprintf(path, sizeof path, "%s", folder_path(&world.folder, "sub"));
    ck_assert_int_eq(mkdir(path, 0700), 0);
    old = client_job(engine, world.url, folder_path(&world.folder, "sub/old"), 0);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    job = client_job(engine, world.url, folder_path(&world.folder, "sub/new"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_int_eq(engine_job_complete(job), S_OK);
    ck_assert_int_eq(access(folder_path(&world.folder, "sub/new"), F_OK), 0);
    ck_assert_int_eq(unlink(folder_path(&world.folder, "sub/new")), 0);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(engine_job_cancel(old), S_OK);
    engine_job_drop(old);
    engine_job_drop(job);
    engine_drop(engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    world_end(&world);
}
END_TEST

START_TEST(test_a_source_that_fails_is_an_error_of_its_jobs)
{
    struct rlimit before, none = {1, 0};
    struct world world;
    struct engine *engine;
    struct engine_job *job;

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    engine = client_engine();
    job = client_job(engine, world.url, folder_path(&world.folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    /* poll refuses more descriptors than the process may have. */
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    client_set(job, JOB_PRIORITY, JOB_HIGH); /* the loop turns */
    client_wait_state(job, JOB_ERROR);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    server_hold_bodies(world.server, UINT64_MAX);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRED);
    ck_assert_int_eq(engine_job_cancel(job), S_OK);
    engine_job_drop(job);
    engine_drop(engine);
    engine_end_all(10000000); /* one that ends by itself is joined */
    world_end(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine threads");
    TCase *jobs = tcase_create("jobs");

    tcase_set_timeout(jobs, 60);
    tcase_add_test(jobs, test_files_are_added_to_a_job_that_transfers);
    tcase_add_test(jobs, test_an_error_that_comes_while_the_last_one_is_told_is_told_too);
    tcase_add_test(jobs, test_a_job_in_waiting_follows_its_priority);
    tcase_add_test(jobs, test_a_delay_that_is_shortened_ends_the_wait_that_is_under_way);
    tcase_add_test(jobs, test_a_pump_goes_on_when_others_let_a_slot_go);
    tcase_add_test(jobs, test_a_pump_ends_at_its_limit_when_another_thread_moves_the_clock);
    tcase_add_test(jobs, test_a_folder_that_was_made_anew_is_a_new_folder);
    tcase_add_test(jobs, test_a_source_that_fails_is_an_error_of_its_jobs);
    suite_add_tcase(suite, jobs);
    return suite_main(suite);
}
