/* test_engine_life.c: how engines end (decision 9): by the last handle, by themselves, at the process's exit.
 */
#include "base/hr.h"
#include "engine/client.h"
#include "folder.h"
#include "server/server.h"
#include "suite.h"
#include "threads.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

struct world {
    struct folder folder;
    struct server *server;
    char url[128];
    unsigned threads; /* before any engine */
};

static void world_make(struct world *world)
{
    struct server_options options = {0};
    struct server_file file = {.path = "/f", .size = 300000, .seed = 5};

    folder_make(&world->folder);
    ck_assert_int_eq(server_start(&options, &world->server), S_OK);
    ck_assert_int_eq(server_add_file(world->server, &file), S_OK);
    snprintf(world->url, sizeof world->url, "%s/f", server_url(world->server));
    world->threads = threads_base();
}

static void world_end(struct world *world)
{
    server_stop(world->server);
    folder_remove(&world->folder);
}

START_TEST(test_the_last_handle_ends_an_idle_engine)
{
    struct world world;
    struct engine *engine;
    struct engine_job *job;

    world_make(&world);
    engine = client_engine();
    job = client_job(engine, world.url, folder_path(&world.folder, "out"), 0);
    engine_drop(engine);
    ck_assert_uint_gt(threads_count(), world.threads); /* the job's handle keeps it */
    engine_job_drop(job);
    threads_expect(world.threads);
    world_end(&world);
}
END_TEST

/* The test's own thread has made its last call. */
static atomic_bool handles_are_left;

static void drop_everything(struct client *client, struct engine_job *job)
{
    struct engine *engine = engine_of(job);

    (void)client;
    while (!handles_are_left) /* who calls a method holds what it is called on */
        sched_yield();
    engine_job_complete(job);
    engine_job_drop(job);
    engine_drop(engine);
}

START_TEST(test_the_last_handle_may_go_on_a_callback)
{
    struct world world;
    struct client client;
    struct engine_job *job;

    world_make(&world);
    client_init(&client);
    client.act = drop_everything;
    job = client_job(client_engine(), world.url, folder_path(&world.folder, "out"), 0);
    client_watch(&client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    handles_are_left = true;
    threads_expect(world.threads);
    engine_end_all(0);
    ck_assert_uint_eq(client.transferred, 1);
    ck_assert_int_eq(access(folder_path(&world.folder, "out"), R_OK), 0);
    client_release(&client);
    world_end(&world);
}
END_TEST

START_TEST(test_an_active_job_outlives_every_handle)
{
    struct world world;
    struct client client;
    struct engine_job *job;
    struct engine *engine;

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    client_init(&client);
    engine = client_engine();
    job = client_job(engine, world.url, folder_path(&world.folder, "out"), 0);
    client_watch(&client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    engine_job_drop(job);
    engine_drop(engine);
    server_hold_bodies(world.server, UINT64_MAX);
    threads_expect(world.threads);
    engine_end_all(0);
    ck_assert_uint_eq(client.transferred, 1); /* it went on, and said so */
    client_release(&client);
    world_end(&world); /* and nothing is left in the folder, or this fails */
}
END_TEST

START_TEST(test_the_end_of_the_process_ends_what_is_active)
{
    struct world world;
    struct engine_job *job;
    struct engine *engine;

    world_make(&world);
    server_hold_bodies(world.server, 1000);
    engine = client_engine();
    job = client_job(engine, world.url, folder_path(&world.folder, "out"), 0);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    client_wait_state(job, JOB_TRANSFERRING);
    engine_end_all(1000000);
    threads_expect(world.threads);
    ck_assert_int_eq(client_state(job), JOB_CANCELLED);
    ck_assert_int_eq(engine_job_resume(job), BG_E_INVALID_STATE);
    engine_job_drop(job); /* handles may outlive it */
    engine_drop(engine);
    world_end(&world);
}
END_TEST

static int gate[2];

static void block(struct client *client, struct engine_job *job)
{
    char released;

    (void)client;
    (void)job;
    ck_assert_int_eq(read(gate[0], &released, 1), 1);
}

static bool is_transferred_told(void *context)
{
    struct client *client = context;

    LOCK_SCOPE(&client->lock);
    return client->transferred > 0;
}

START_TEST(test_a_callback_that_does_not_return_holds_the_end_up_for_a_bounded_time)
{
    struct world world;
    struct client client;
    struct engine_job *job;
    struct engine *engine;
    uint64_t begun_us, took_us;

    world_make(&world);
    ck_assert_int_eq(pipe(gate), 0);
    client_init(&client);
    client.act = block;
    engine = client_engine();
    job = client_job(engine, world.url, folder_path(&world.folder, "out"), 0);
    client_watch(&client, job);
    ck_assert_int_eq(engine_job_resume(job), S_OK);
    while (!is_transferred_told(&client))
        sched_yield();
    begun_us = clock_monotonic_us();
    engine_end_all(100000);
    took_us = clock_monotonic_us() - begun_us;
    ck_assert_uint_ge(took_us, 100000);
    ck_assert_uint_lt(took_us, 2000000);
    ck_assert_int_eq(write(gate[1], "x", 1), 1);
    threads_expect(world.threads);
    engine_job_drop(job);
    engine_drop(engine); /* frees what the callback had kept */
    client_release(&client);
    close(gate[0]);
    close(gate[1]);
    world_end(&world);
}
END_TEST

START_TEST(test_a_living_engine_is_found_by_its_name)
{
    struct engine_config config = {.mode = ENGINE_THREADS, .clock = CLOCK_REAL, .name = "one"};
    struct engine *engine, *found;

    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    ck_assert_ptr_null(engine_find("one"));
    ck_assert_int_eq(engine_new(&config, &engine), S_OK);
    found = engine_find("one");
    ck_assert_ptr_eq(found, engine);
    ck_assert_ptr_null(engine_find("two"));
    engine_drop(found);
    engine_drop(engine);
    ck_assert_ptr_null(engine_find("one"));
}
END_TEST

START_TEST(test_a_forked_child_has_no_engine)
{
    struct engine_config config = {.mode = ENGINE_THREADS, .clock = CLOCK_REAL, .name = "one"};
    struct engine *engine;
    int status;
    pid_t child;

    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    ck_assert_int_eq(engine_new(&config, &engine), S_OK);
    child = fork();
    if (child == 0) {
        bool none = engine_find("one") == NULL;

        engine_end_all(1000000); /* as at exit: there is nothing to wait for */
        _exit(none ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    engine_drop(engine_find("one")); /* and the parent's is what it was */
    engine_drop(engine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine life");
    TCase *ends = tcase_create("ends");

    tcase_set_timeout(ends, 60);
    tcase_add_test(ends, test_the_last_handle_ends_an_idle_engine);
    tcase_add_test(ends, test_the_last_handle_may_go_on_a_callback);
    tcase_add_test(ends, test_an_active_job_outlives_every_handle);
    tcase_add_test(ends, test_the_end_of_the_process_ends_what_is_active);
    tcase_add_test(ends, test_a_callback_that_does_not_return_holds_the_end_up_for_a_bounded_time);
    tcase_add_test(ends, test_a_living_engine_is_found_by_its_name);
    tcase_add_test(ends, test_a_forked_child_has_no_engine);
    suite_add_tcase(suite, ends);
    return suite_main(suite);
}
