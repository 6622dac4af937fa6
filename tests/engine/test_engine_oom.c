/* test_engine_oom.c: each allocation of an on-demand job's life fails in turn.
 *
 * Whatever fails: nothing crashes, hangs or leaks a hold of the client; when memory is back the job goes on
 * to its end, every byte in the file is right, none is asked for twice without need or reported twice, and
 * the end is told. The engine has no threads here and a scripted source, so the n-th allocation is the same
 * in each run.
 *
 * malloc is replaced for the whole program, which the sanitizers and valgrind do too: there this test is
 * skipped.
 */
#include "base/hr.h"
#include "engine/client.h"
#include "engine/scripted.h"
#include "folder.h"
#include "suite.h"

#include <stdlib.h>
#include <unistd.h>

#define SIZE    60000
#define CONTENT 11

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

/* volatile: the compiler believes that malloc changes nothing of ours. */
static volatile long countdown; /* the allocation that brings it to 0 fails */
static volatile bool failed;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static bool fails(void)
{
    if (countdown == 0)
        return false;
    countdown = countdown - 1;
    if (countdown > 0)
        return false;
    failed = true;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
#endif

static bool has_stopped(void *context)
{
    enum job_state state = client_state(context);

    return state != JOB_QUEUED && state != JOB_CONNECTING && state != JOB_TRANSFERRING;
}

static bool is_told(void *context)
{
    struct client *client = context;

    LOCK_SCOPE(&client->lock);
    return client->transferred > 0;
}

struct run {
    struct scripted *scripted;
    struct engine *engine;
    struct engine_job *job;
    struct client client;
};

/* With memory. */
static void run_begin(struct run *run, const struct folder *folder)
{
    struct scripted_options options = {.seed = 3, .size = SIZE, .content = CONTENT};
    struct engine_config config = {.mode = ENGINE_INLINE, .clock = CLOCK_MANUAL};

    settings_init(&config.settings);
    config.slots = (struct slots_config){.scope = SLOTS_PROCESS, .cap = 4, .owner = "test"};
    config.limits = (struct job_limits){.request_bytes = 8192, .flights = 3};
    config.source = scripted_new(&options, &run->scripted);
    ck_assert_int_eq(engine_new(&config, &run->engine), S_OK);
    run->job = client_job(run->engine, "http://scripted/f", folder_path(folder, "out"), 1);
    client_init(&run->client);
    client_watch(&run->client, run->job);
}

/* With little. The source's own memory is its own affair: it fails like a source that fails. */
static void run_short_of_memory(struct run *run)
{
    const struct range wanted[] = {{100, 9000}, {20000, 41000}, {50000, 50001}};
    struct range *ranges;
    size_t count;

    (void)engine_file_request_ranges(run->job, 0, wanted, 3);
    (void)engine_job_resume(run->job);
    suite_require(engine_pump(run->engine, has_stopped, run->job, UINT64_MAX) == S_OK, "it hangs, %s",
                  job_state_name(client_state(run->job)));
    (void)engine_file_filled_ranges(run->job, 0, &ranges, &count);
    free(ranges);
}

/* With memory again. */
static void run_end(struct run *run)
{
    const struct range all = {0, SIZE};
    uint64_t twice;

    suite_require(engine_file_request_ranges(run->job, 0, &all, 1) == S_OK, "RequestFileRanges");
    suite_require(engine_job_resume(run->job) == S_OK, "Resume");
    suite_require(engine_pump(run->engine, is_told, &run->client, UINT64_MAX) == S_OK, "not told, %s",
                  job_state_name(client_state(run->job)));
    client_check_content(run->job, CONTENT, SIZE);
    suite_require(run->client.reported_twice == 0, "reported twice");
    suite_require(engine_counter(run->engine, "bytes-asked-twice", &twice) == S_OK && twice == 0,
                  "asked twice");
    suite_require(engine_job_complete(run->job) == S_OK, "Complete");
    engine_job_drop(run->job);
    engine_drop(run->engine);
    client_release(&run->client);
}

START_TEST(test_each_allocation_fails_in_turn)
{
    struct folder folder;
    long n = 0;

    folder_make(&folder);
    do {
        struct run run = {0};

        run_begin(&run, &folder);
        failed = false;
        countdown = ++n;
        run_short_of_memory(&run);
        countdown = 0;
        run_end(&run);
    } while (failed);
    ck_assert_int_gt(n, 50);
    ck_assert_int_eq(unlink(folder_path(&folder, "out")), 0);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    void *volatile probe;
    Suite *suite;
    TCase *tcase;

    countdown = 1;
    probe = malloc(1);
    countdown = 0;
    free(probe);
    if (!failed) {
        printf("skipped: malloc is somebody else's\n");
        return 77;
    }
    suite = suite_create("engine oom");
    tcase = tcase_create("oom");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_each_allocation_fails_in_turn);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
