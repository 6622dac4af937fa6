/* test_engine_command_line.c: when a job's program is started, and when not. */
#include "base/hr.h"
#include "engine/inline.h"
#include "suite.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A world whose script writes a line for each run, and succeeds once the file `ok` is there. */
struct world {
    struct inline_world inl;
    struct engine_job *job;
    char script[2048];
};

static void world_open(struct world *world, const char *allowed)
{
    inline_init(&world->inl);
    world->inl.config.notify_programs = allowed;
    world->inl.config.administrator = true;
    inline_open(&world->inl);
    world->job = inline_job(&world->inl, JOB_NORMAL);
    snprintf(world->script, sizeof world->script, "sh -c \"echo >> %s; test -e %s\"",
             folder_path(&world->inl.folder, "ran"), folder_path(&world->inl.folder, "ok"));
}

static void world_close(struct world *world)
{
    engine_job_cancel(world->job);
    engine_job_drop(world->job);
    inline_close(&world->inl);
}

static HRESULT set_script(struct world *world)
{
    return engine_job_set_command_line(world->job, "/bin/sh", world->script);
}

/* How often the script was run. */
static long runs(const struct world *world)
{
    struct stat st;

    return stat(folder_path(&world->inl.folder, "ran"), &st) == 0 ? (long)st.st_size : 0;
}

static void let_it_succeed(const struct world *world)
{
    FILE *file = fopen(folder_path(&world->inl.folder, "ok"), "w");

    ck_assert_ptr_nonnull(file);
    fclose(file);
}

/* Until nothing more happens by itself. */
static void settle(struct world *world)
{
    inline_step(&world->inl, 50);
}

static void advance_s(struct world *world, uint64_t seconds)
{
    inline_advance_s(&world->inl, seconds);
    settle(world);
}

/* Row 0: TRANSFERRED; row 1: ERROR. */
static void bring_to_event(struct world *world, int row)
{
    if (row == 1)
        scripted_fail_all(world->inl.scripted, BG_E_HTTP_ERROR_404);
    engine_job_resume(world->job);
    inline_until(world->job, row == 1 ? JOB_ERROR : JOB_TRANSFERRED);
    settle(world);
}

START_TEST(test_it_is_run_until_it_succeeds)
{
    struct world world;
    uint64_t count;

    world_open(&world, "/bin/true:/bin/sh");
    client_set(world.job, JOB_MINIMUM_RETRY_DELAY_S, 100);
    ck_assert_int_eq(set_script(&world), S_OK);
    bring_to_event(&world, _i);
    ck_assert_int_eq(runs(&world), 1);
    advance_s(&world, 99); /* not the back-off of a callback */
    ck_assert_int_eq(runs(&world), 1);
    advance_s(&world, 1);
    ck_assert_int_eq(runs(&world), 2);
    let_it_succeed(&world);
    advance_s(&world, 99);
    ck_assert_int_eq(runs(&world), 2);
    advance_s(&world, 1);
    ck_assert_int_eq(runs(&world), 3);
    advance_s(&world, 1000);
    ck_assert_int_eq(runs(&world), 3);
    ck_assert_int_eq(engine_counter(world.inl.engine, "repeated-callbacks", &count), S_OK);
    ck_assert_uint_eq(count, 2);
    world_close(&world);
}
END_TEST

static const struct {
    const char *allowed, *program;
} refused[] = {
    {NULL, "/bin/sh"},       {"/bin/true", "/bin/sh"},
    {"/bin/shx", "/bin/sh"}, {"/bin/s", "/bin/sh"},
    {"/bin", "/bin/sh"},     {"/bin/sh", "sh"},
    {"/bin/sh", "/bin/sh "}, {"/bin/sh:/bin/sh", "/bin/sh:/bin/sh"},
    {"/bin/sh", ""},
};

/* Decision 23. */
START_TEST(test_what_is_not_allowed_is_kept_and_never_run)
{
    struct world world;
    char *program, *parameters;

    world_open(&world, refused[_i].allowed);
    ck_assert_int_eq(engine_job_set_command_line(world.job, refused[_i].program, world.script),
                     BG_S_OVERRIDDEN_BY_POLICY);
    bring_to_event(&world, 0);
    advance_s(&world, 10000);
    ck_assert_int_eq(runs(&world), 0);
    ck_assert_int_eq(engine_job_command_line(world.job, &program, &parameters), S_OK);
    ck_assert_str_eq(program, refused[_i].program);
    ck_assert_str_eq(parameters, world.script);
    free(program);
    free(parameters);
    world_close(&world);
}
END_TEST

START_TEST(test_the_client_comes_first)
{
    struct world world;
    struct client client;

    world_open(&world, "/bin/sh");
    client_init(&client);
    client_watch(&client, world.job);
    ck_assert_int_eq(set_script(&world), S_OK);
    bring_to_event(&world, _i);
    advance_s(&world, 10000);
    ck_assert_uint_eq(client.transferred + client.errors, 1);
    ck_assert_int_eq(runs(&world), 0);
    world_close(&world);
    client_release(&client);
}
END_TEST

START_TEST(test_a_client_that_failed_is_not_called_again)
{
    struct world world;
    struct client client;

    world_open(&world, "/bin/sh");
    client_init(&client);
    client.answer = E_FAIL;
    client_watch(&client, world.job);
    ck_assert_int_eq(set_script(&world), S_OK);
    bring_to_event(&world, _i);
    ck_assert_uint_eq(client.transferred + client.errors, 1);
    ck_assert_int_eq(runs(&world), 1);
    advance_s(&world, 600);
    ck_assert_uint_eq(client.transferred + client.errors, 1);
    ck_assert_int_eq(runs(&world), 2);
    client_watch(&client, world.job); /* a new one is */
    client.answer = S_OK;
    advance_s(&world, 600);
    ck_assert_uint_eq(client.transferred + client.errors, 2);
    advance_s(&world, 6000);
    ck_assert_uint_eq(client.transferred + client.errors, 2);
    ck_assert_int_eq(runs(&world), 2);
    world_close(&world);
    client_release(&client);
}
END_TEST

/* The next event is another one: the client that failed the last time is called first again. */
START_TEST(test_a_new_event_begins_with_the_client)
{
    struct world world;
    struct client client;

    world_open(&world, "/bin/sh");
    client_init(&client);
    client.answer = E_FAIL;
    client_watch(&client, world.job);
    let_it_succeed(&world);
    ck_assert_int_eq(set_script(&world), S_OK);
    bring_to_event(&world, 1);
    engine_job_resume(world.job);
    inline_until(world.job, JOB_ERROR);
    settle(&world);
    ck_assert_uint_eq(client.errors, 2);
    ck_assert_int_eq(runs(&world), 2);
    world_close(&world);
    client_release(&client);
}
END_TEST

static void suspend(struct client *client, struct engine_job *job)
{
    (void)client;
    ck_assert_int_eq(engine_job_suspend(job), S_OK);
}

START_TEST(test_a_failing_client_that_changed_the_state_leaves_nothing_to_run)
{
    struct world world;
    struct client client;

    world_open(&world, "/bin/sh");
    client_init(&client);
    client.answer = E_FAIL;
    client.act = suspend;
    client_watch(&client, world.job);
    ck_assert_int_eq(set_script(&world), S_OK);
    bring_to_event(&world, 1);
    ck_assert_int_eq(client_state(world.job), JOB_SUSPENDED);
    ck_assert_int_eq(runs(&world), 0);
    world_close(&world);
    client_release(&client);
}
END_TEST

static const struct {
    unsigned flags;
    int event;
    long runs;
} flags[] = {
    {1, 0, 1}, {1, 1, 0},    {2, 0, 0},    {2, 1, 1},    {7, 0, 0},
    {7, 1, 0}, {0x38, 0, 0}, {0x38, 1, 0}, {0x3B, 0, 1},
};

START_TEST(test_flags_choose_the_event)
{
    struct world world;

    world_open(&world, "/bin/sh");
    let_it_succeed(&world);
    client_set(world.job, JOB_NOTIFY_FLAGS, flags[_i].flags);
    ck_assert_int_eq(set_script(&world), S_OK);
    bring_to_event(&world, flags[_i].event);
    advance_s(&world, 10000);
    ck_assert_int_eq(runs(&world), flags[_i].runs);
    world_close(&world);
}
END_TEST

START_TEST(test_it_may_be_set_after_the_event)
{
    struct world world;

    world_open(&world, "/bin/sh");
    let_it_succeed(&world);
    bring_to_event(&world, _i);
    ck_assert_int_eq(set_script(&world), S_OK);
    settle(&world);
    ck_assert_int_eq(runs(&world), 1);
    world_close(&world);
}
END_TEST

/* Rows: cleared, or gone with its owner. */
START_TEST(test_it_can_be_taken_away)
{
    struct world world;

    world_open(&world, "/bin/sh");
    ck_assert_int_eq(set_script(&world), S_OK);
    ck_assert_int_eq(
        _i ? engine_job_take_ownership(world.job) : engine_job_set_command_line(world.job, NULL, NULL), S_OK);
    bring_to_event(&world, 0);
    ck_assert_int_eq(runs(&world), 0);
    world_close(&world);
}
END_TEST

START_TEST(test_what_cannot_be_started_has_failed)
{
    struct world world;
    uint64_t count;

    world_open(&world, "/nowhere/at/all");
    ck_assert_int_eq(engine_job_set_command_line(world.job, "/nowhere/at/all", NULL), S_OK);
    bring_to_event(&world, 0);
    advance_s(&world, 600);
    ck_assert_int_eq(engine_counter(world.inl.engine, "repeated-callbacks", &count), S_OK);
    ck_assert_uint_eq(count, 2);
    world_close(&world);
}
END_TEST

static bool is_through(void *context)
{
    uint64_t count = 0;

    return SUCCEEDED(engine_counter(context, "callbacks-transferred", &count)) && count == 1;
}

/* It waits for us in a fifo, while another job is transferred. */
START_TEST(test_the_loop_does_not_wait_for_it)
{
    struct inline_world world;
    struct engine_job *slow, *other;
    char parameters[2048];
    FILE *fifo;

    inline_init(&world);
    world.config.mode = ENGINE_THREADS;
    world.config.clock = CLOCK_REAL;
    world.config.notify_programs = "/bin/sh";
    inline_open(&world);
    ck_assert_int_eq(mkfifo(folder_path(&world.folder, "fifo"), 0600), 0);
    snprintf(parameters, sizeof parameters, "sh -c \"read x < %s\"", folder_path(&world.folder, "fifo"));
    slow = inline_job(&world, JOB_FOREGROUND);
    other = inline_job(&world, JOB_FOREGROUND);
    ck_assert_int_eq(engine_job_set_command_line(slow, "/bin/sh", parameters), S_OK);
    engine_job_resume(slow);
    fifo = fopen(folder_path(&world.folder, "fifo"), "w"); /* once it runs */
    ck_assert_ptr_nonnull(fifo);
    engine_job_resume(other);
    client_wait_state(other, JOB_TRANSFERRED);
    ck_assert(!is_through(world.engine));
    fputs("go\n", fifo);
    fclose(fifo);
    ck_assert_int_eq(engine_pump(world.engine, is_through, world.engine, 10 * US_PER_S), S_OK);
    engine_job_cancel(slow);
    engine_job_cancel(other);
    engine_job_drop(slow);
    engine_job_drop(other);
    inline_close(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine command line");
    TCase *tcase = tcase_create("runs");

    tcase_add_loop_test(tcase, test_it_is_run_until_it_succeeds, 0, 2);
    tcase_add_loop_test(tcase, test_what_is_not_allowed_is_kept_and_never_run, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_loop_test(tcase, test_the_client_comes_first, 0, 2);
    tcase_add_loop_test(tcase, test_a_client_that_failed_is_not_called_again, 0, 2);
    tcase_add_test(tcase, test_a_new_event_begins_with_the_client);
    tcase_add_test(tcase, test_a_failing_client_that_changed_the_state_leaves_nothing_to_run);
    tcase_add_loop_test(tcase, test_flags_choose_the_event, 0, sizeof flags / sizeof *flags);
    tcase_add_loop_test(tcase, test_it_may_be_set_after_the_event, 0, 2);
    tcase_add_loop_test(tcase, test_it_can_be_taken_away, 0, 2);
    tcase_add_test(tcase, test_what_cannot_be_started_has_failed);
    tcase_add_test(tcase, test_the_loop_does_not_wait_for_it);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
