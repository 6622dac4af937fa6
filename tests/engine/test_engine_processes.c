/* test_engine_processes.c: four processes of one user, eight foreground jobs each, callbacks that block.
 *
 * Every process is forked before this one has a thread. A callback says that it has begun, blocks on a pipe
 * that the parent feeds, and says that it ends; so the parent always knows how many run in the whole user.
 * The stamps are of CLOCK_MONOTONIC, taken inside the slot (decision 37). One process is killed while it
 * holds slots. Afterwards the traces of all are laid side by side: no two callbacks overlap in one slot.
 */
#include "base/hr.h"
#include "engine/client.h"
#include "folder.h"
#include "server/server.h"
#include "suite.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 4
#define JOBS      8
#define SLOTS     4
#define CALLS     (PROCESSES * JOBS * 2) /* FileTransferred and JobTransferred of each job */

/* How soon a killed process's slots are taken over; the thread sanitizer slows everything down. */
#ifdef __SANITIZE_THREAD__
#define TAKE_OVER_US 2000000
#else
#define TAKE_OVER_US 100000
#endif

struct message {
    uint32_t process;
    uint32_t begins; /* or else ends */
    uint64_t mono_us;
};

struct worker {
    uint32_t number;
    int tell, release; /* pipes: to the parent, from it */
    atomic_uint transferred;
};

/* --- in a worker */

static HRESULT in_callback(struct worker *worker)
{
    struct message message = {.process = worker->number, .begins = 1, .mono_us = clock_monotonic_us()};
    char released;

    if (write(worker->tell, &message, sizeof message) != sizeof message ||
        read(worker->release, &released, 1) != 1)
        _exit(3);
    message.begins = 0;
    message.mono_us = clock_monotonic_us();
    if (write(worker->tell, &message, sizeof message) != sizeof message)
        _exit(3);
    return S_OK;
}

static HRESULT on_transferred(void *context, struct engine_job *job)
{
    struct worker *worker = context;
    HRESULT hr = in_callback(worker);

    (void)job;
    atomic_fetch_add(&worker->transferred, 1);
    return hr;
}

static HRESULT on_file(void *context, struct engine_job *job, uint32_t file)
{
    (void)job;
    (void)file;
    return in_callback(context);
}

static void no_count(void *context)
{
    (void)context;
}

static const struct engine_client_ops ops = {
    .transferred = on_transferred, .file = on_file, .hold = no_count, .drop = no_count};

static bool all_transferred(void *context)
{
    return atomic_load(&((struct worker *)context)->transferred) == JOBS;
}

static void work(struct worker *worker, const char *folder, const char *url)
{
    struct engine_config config = {.mode = ENGINE_THREADS, .clock = CLOCK_REAL};
    struct engine_job *jobs[JOBS];
    struct engine *engine;
    char path[700];

    settings_init(&config.settings);
    config.slots =
        (struct slots_config){.scope = SLOTS_USER, .cap = SLOTS, .owner = "test", .runtime_dir = folder};
    snprintf(path, sizeof path, "%s/trace-%u", folder, worker->number);
    config.trace_path = path;
    if (FAILED(engine_new(&config, &engine)))
        _exit(4);
    for (unsigned i = 0; i < JOBS; i++) {
        char local[700];

        snprintf(local, sizeof local, "%s/out-%u-%u", folder, worker->number, i);
        jobs[i] = client_job(engine, url, local, 0);
        client_set(jobs[i], JOB_PRIORITY, JOB_FOREGROUND);
        client_set(jobs[i], JOB_NOTIFY_FLAGS, 0x11);
        ck_assert_int_eq(engine_job_set_client(jobs[i], &ops, worker, ENGINE_CLIENT_FILE), S_OK);
        ck_assert_int_eq(engine_job_resume(jobs[i]), S_OK);
    }
    if (engine_pump(engine, all_transferred, worker, UINT64_MAX) != S_OK)
        _exit(5);
    for (unsigned i = 0; i < JOBS; i++) {
        if (engine_job_complete(jobs[i]) != S_OK)
            _exit(6);
        engine_job_drop(jobs[i]);
    }
    engine_drop(engine);
    engine_end_all(10000000);
    _exit(0);
}

static pid_t fork_server(char *url, size_t room, int *quit)
{
    int said[2], stop[2];
    pid_t child;

    ck_assert_int_eq(pipe(said), 0);
    ck_assert_int_eq(pipe(stop), 0);
    child = fork();
    if (child == 0) {
        struct server_file file = {.path = "/f", .size = 20000, .seed = 1};
        struct server *server;
        char line[128] = "", wait;

        close(stop[1]);
        if (FAILED(server_start(NULL, &server)) || FAILED(server_add_file(server, &file)))
            _exit(1);
        snprintf(line, sizeof line, "%s/f", server_url(server));
        if (write(said[1], line, sizeof line) != sizeof line)
            _exit(1);
        _exit(read(stop[0], &wait, 1) == 0 ? 0 : 1); /* until the parent closes its end */
    }
    close(said[1]);
    close(stop[0]);
    ck_assert_int_eq(read(said[0], url, room), (ssize_t)room);
    close(said[0]);
    *quit = stop[1];
    return child;
}

/* --- in the parent */

struct parent {
    pid_t workers[PROCESSES];
    int told;               /* messages come here */
    int release[PROCESSES]; /* a byte lets one callback of a worker go */
    unsigned running[PROCESSES];
    unsigned total, begun, ended, most;
};

/* Takes one message; fails the test after ten seconds without one. */
static struct message take(struct parent *parent)
{
    struct pollfd ready = {.fd = parent->told, .events = POLLIN};
    struct message message;

    ck_assert_msg(poll(&ready, 1, 10000) == 1, "no callback began or ended for ten seconds; %u run",
                  parent->total);
    ck_assert_int_eq(read(parent->told, &message, sizeof message), sizeof message);
    if (message.begins) {
        parent->running[message.process]++;
        parent->total++;
        parent->begun++;
    } else {
        parent->running[message.process]--;
        parent->total--;
        parent->ended++;
    }
    if (parent->total > parent->most)
        parent->most = parent->total;
    ck_assert_msg(parent->total <= SLOTS, "%u callbacks run at once", parent->total);
    return message;
}

static unsigned one_that_runs(const struct parent *parent)
{
    unsigned number = 0;

    while (parent->running[number] == 0)
        number++;
    return number;
}

static void release_one(struct parent *parent)
{
    unsigned ended = parent->ended, number = one_that_runs(parent);

    ck_assert_int_eq(write(parent->release[number], "x", 1), 1);
    while (parent->ended == ended)
        take(parent);
}

static void fill_slots(struct parent *parent)
{
    while (parent->total < SLOTS)
        take(parent);
}

/* Kills one that holds slots, and measures until others have taken them. Returns its number. */
static unsigned kill_one(struct parent *parent)
{
    unsigned victim = one_that_runs(parent), freed = parent->running[victim];
    uint64_t killed_us = clock_monotonic_us(), taken_us = 0;

    ck_assert_int_eq(kill(parent->workers[victim], SIGKILL), 0);
    ck_assert_int_eq(waitpid(parent->workers[victim], NULL, 0), parent->workers[victim]);
    parent->total -= freed;
    parent->running[victim] = 0;
    while (parent->total < SLOTS)
        taken_us = take(parent).mono_us;
    printf("%u slots of a killed process were taken over within %llu us\n", freed,
           (unsigned long long)(taken_us - killed_us));
    ck_assert_uint_lt(taken_us - killed_us, TAKE_OVER_US);
    return victim;
}

struct call {
    uint64_t start_us, end_us;
    json_int_t slot;
};

/* Adds a trace's callbacks; those that never ended are of the killed process. */
static size_t read_calls(const char *path, struct call *calls, size_t count)
{
    FILE *file = fopen(path, "r");
    char line[4096];

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        json_t *object = json_loads(line, 0, NULL);
        const char *phase = json_string_value(json_object_get(object, "phase"));
        json_int_t slot = json_integer_value(json_object_get(object, "slot"));
        uint64_t mono_us = (uint64_t)json_integer_value(json_object_get(object, "mono_us"));

        if (object && strcmp(json_string_value(json_object_get(object, "kind")), "callback") == 0) {
            if (strcmp(phase, "start") == 0) {
                ck_assert_uint_lt(count, CALLS);
                calls[count++] = (struct call){.start_us = mono_us, .slot = slot};
            } else {
                size_t i = count;

                while (calls[--i].slot != slot)
                    ;
                calls[i].end_us = mono_us;
            }
        }
        json_decref(object);
    }
    fclose(file);
    return count;
}

static void check_traces(const struct folder *folder)
{
    struct call calls[CALLS];
    size_t count = 0, pairs = 0;

    for (unsigned i = 0; i < PROCESSES; i++) {
        char name[32];

        snprintf(name, sizeof name, "trace-%u", i);
        count = read_calls(folder_path(folder, name), calls, count);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++) {
            if (calls[i].slot != calls[k].slot || calls[i].end_us == 0 || calls[k].end_us == 0)
                continue;
            pairs++;
            ck_assert_msg(calls[i].end_us <= calls[k].start_us || calls[k].end_us <= calls[i].start_us,
                          "two callbacks overlap in slot %d", (int)calls[i].slot);
        }
    ck_assert_uint_gt(pairs, 0);
}

static bool others_live(struct parent *parent, unsigned victim)
{
    bool alive = false;

    for (unsigned i = 0; i < PROCESSES; i++) {
        int status;

        if (i == victim || !parent->workers[i])
            continue;
        if (waitpid(parent->workers[i], &status, WNOHANG) == 0) {
            alive = true;
            continue;
        }
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a process ended with 0x%x",
                      (unsigned)status);
        parent->workers[i] = 0;
    }
    return alive;
}

START_TEST(test_four_at_once_in_the_whole_user)
{
    struct parent parent = {0};
    struct folder folder;
    char url[128];
    int told[2], quit, status;
    pid_t server;
    unsigned victim;

    folder_make(&folder);
    ck_assert_int_eq(pipe(told), 0);
    parent.told = told[0];
    server = fork_server(url, sizeof url, &quit);
    for (uint32_t i = 0; i < PROCESSES; i++) {
        int release[2];

        ck_assert_int_eq(pipe(release), 0);
        parent.workers[i] = fork();
        if (parent.workers[i] == 0) {
            struct worker worker = {.number = i, .tell = told[1], .release = release[0]};

            close(quit);
            work(&worker, folder.path, url);
        }
        close(release[0]);
        parent.release[i] = release[1];
    }
    close(told[1]);
    fill_slots(&parent);
    while (parent.ended < 20) {
        release_one(&parent);
        fill_slots(&parent);
    }
    victim = kill_one(&parent);
    /* All that the others still have to be told comes. */
    for (unsigned idle = 0; others_live(&parent, victim); idle++) {
        struct pollfd ready = {.fd = parent.told, .events = POLLIN};

        ck_assert_msg(idle < 1000, "the processes neither call nor end");
        if (parent.total)
            release_one(&parent);
        else if (poll(&ready, 1, 10) == 1 && ready.revents & POLLIN)
            take(&parent);
        else
            continue; /* one may be about to exit */
        idle = 0;
    }
    ck_assert_uint_eq(parent.most, SLOTS);
    ck_assert_uint_ge(parent.ended, (PROCESSES - 1) * JOBS * 2);
    check_traces(&folder);
    close(quit);
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    for (unsigned i = 0; i < PROCESSES; i++)
        close(parent.release[i]);
    close(parent.told);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine processes");
    TCase *slots = tcase_create("slots");

    tcase_set_timeout(slots, 120);
    tcase_add_test(slots, test_four_at_once_in_the_whole_user);
    suite_add_tcase(suite, slots);
    return suite_main(suite);
}
