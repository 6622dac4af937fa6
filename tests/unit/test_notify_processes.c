/* test_notify_processes.c: four processes of one user, each with eight jobs whose callbacks block.
 *
 * A callback takes its times from CLOCK_MONOTONIC inside the slot, writes them to memory that all share, says
 * that it is inside, and blocks on a pipe until the test lets one go on. The test lets one go only when four
 * are inside, or all that are left; so the slots are always full, and every order of processes occurs.
 * The processes are forked before any thread is made; what they do is what four programs would do.
 */
#include "config.h"

#include "notify/notify.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "folder.h"
#include "suite.h"
#include "sys/thread.h"

#define PROCESSES 4
#define JOBS      8
#define CALLS_MAX 512

#if defined(__SANITIZE_THREAD__)
#define FREED_WITHIN_US 2000000
#else
#define FREED_WITHIN_US 100000
#endif

/* A call as it was lived inside its slot. */
struct record {
    uint64_t began_us, ended_us; /* 0: not ended */
    unsigned process, job, slot;
    enum notify_kind kind;
};

struct board {
    atomic_uint count, inside, most;
    struct record records[CALLS_MAX];
    int entered[2], go[2];
};

struct desk {
    struct board *board;
    unsigned process, job;
    struct notify_job notify;
    struct notify_item items[NOTIFY_KIND_COUNT];
};

struct seat {
    struct desk *desk;
    enum notify_kind kind;
};

static void be_inside(struct board *board)
{
    unsigned inside = atomic_fetch_add(&board->inside, 1) + 1, most = board->most;
    char c = 'x';

    while (inside > most && !atomic_compare_exchange_weak(&board->most, &most, inside))
        continue;
    if (write(board->entered[1], &c, 1) != 1 || read(board->go[0], &c, 1) != 1)
        _exit(3);
    atomic_fetch_sub(&board->inside, 1);
}

static enum notify_answer live(void *context, unsigned slot)
{
    struct seat *seat = context;
    struct desk *desk = seat->desk;
    struct record *record = &desk->board->records[atomic_fetch_add(&desk->board->count, 1)];

    *record = (struct record){
        .process = desk->process,
        .job = desk->job,
        .slot = slot,
        .kind = seat->kind,
        .began_us = clock_monotonic_us(),
    };
    be_inside(desk->board);
    record->ended_us = clock_monotonic_us();
    return NOTIFY_DONE;
}

static void nothing(void *context)
{
    (void)context;
}

/* A process posts for each job what must be delivered, and ends when all was. */
struct office {
    struct mutex lock;
    struct cond empty;
    struct notify *notify;
};

static void office_woken(void *context)
{
    struct office *office = context;

    mutex_lock(&office->lock);
    cond_broadcast(&office->empty);
    mutex_unlock(&office->lock);
}

static int process_run(struct board *board, unsigned process, const char *runtime_dir)
{
    static const enum notify_kind kinds[] = {NOTIFY_FILE, NOTIFY_RANGES, NOTIFY_TRANSFERRED};
    static const struct notify_handler handler = {.deliver = live, .hold = nothing, .drop = nothing};
    static struct desk desks[JOBS];
    static struct seat seats[JOBS][NOTIFY_KIND_COUNT];
    struct office office = {0};
    struct settings settings;
    struct notify_config config = {
        .mode = NOTIFY_THREADS,
        .slots = {.scope = SLOTS_USER, .cap = 4, .owner = "S-1-22-1-7", .runtime_dir = runtime_dir},
        .settings = &settings,
        .woken = office_woken,
        .context = &office,
    };

    settings_init(&settings);
    mutex_init(&office.lock);
    cond_init(&office.empty);
    if (FAILED(clock_new(CLOCK_REAL, &config.clock)) || FAILED(notify_new(&config, &office.notify)))
        return 2;
    for (unsigned job = 0; job < JOBS; job++) {
        desks[job] = (struct desk){.board = board, .process = process, .job = job};
        notify_job_init(&desks[job].notify, office.notify, job);
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            seats[job][i] = (struct seat){.desk = &desks[job], .kind = kinds[i]};
            notify_item_init(&desks[job].items[i], &desks[job].notify, kinds[i], &handler, &seats[job][i]);
            notify_post(&desks[job].items[i]);
        }
    }
    mutex_lock(&office.lock);
    while (!notify_empty(office.notify))
        cond_wait(&office.empty, &office.lock);
    mutex_unlock(&office.lock);
    if (notify_stop(office.notify, UINT64_MAX) != S_OK)
        return 2;
    notify_free(office.notify);
    clock_free(config.clock);
    cond_destroy(&office.empty);
    mutex_destroy(&office.lock);
    return 0;
}

static struct board *board_make(void)
{
    struct board *board =
        mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert(board != MAP_FAILED);
    ck_assert_int_eq(pipe2(board->entered, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(board->go, O_CLOEXEC), 0);
    return board;
}

static void board_free(struct board *board)
{
    close(board->entered[0]);
    close(board->entered[1]);
    close(board->go[0]);
    close(board->go[1]);
    munmap(board, sizeof *board);
}

static pid_t process_start(struct board *board, unsigned process, const char *runtime_dir)
{
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        close(board->go[1]); /* so that the calls end with the test, however that ends */
        _exit(process_run(board, process, runtime_dir));
    }
    return pid;
}

static void hear_entered(struct board *board)
{
    struct pollfd entered = {.fd = board->entered[0], .events = POLLIN};
    char c;

    ck_assert_msg(poll(&entered, 1, 50000) == 1, "nobody came into a slot that was free");
    ck_assert_int_eq(read(board->entered[0], &c, 1), 1);
}

static void let_one_go(struct board *board)
{
    ck_assert_int_eq(write(board->go[1], "x", 1), 1);
}

/* Four are inside; lets all calls of those who post `total` more come and go. The slots are kept full until
 * four calls are left: those may be JobTransferred of the jobs that are inside with something else. */
static void play(struct board *board, unsigned total)
{
    unsigned entered = 4;

    for (unsigned gone = 0; gone < total; gone++) {
        if (entered == gone) {
            hear_entered(board);
            entered++;
        }
        ck_assert_uint_le(board->inside, 4);
        let_one_go(board);
        if (total - entered > 4) {
            hear_entered(board);
            entered++;
        }
    }
}

static void reap(pid_t pid)
{
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a process ended with status %d", status);
}

/* Two calls in one slot never overlap, and a job's JobTransferred is its last. */
static void check_records(struct board *board)
{
    unsigned count = board->count;

    ck_assert_uint_le(count, CALLS_MAX);
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < count; k++) {
            struct record *a = &board->records[i], *b = &board->records[k];

            if (i == k)
                continue;
            ck_assert_uint_lt(a->slot, 4);
            if (a->slot == b->slot && a->began_us <= b->began_us)
                ck_assert_msg(a->ended_us <= b->began_us, "two calls in slot %u", a->slot);
            if (a->process == b->process && a->job == b->job && b->kind == NOTIFY_TRANSFERRED)
                ck_assert_uint_le(a->ended_us, b->began_us);
        }
}

/* How many wait for a slot or at its gate, as the kernel lists them. */
static unsigned waiting_in(const struct folder *folder)
{
    FILE *locks = fopen("/proc/locks", "r");
    char line[256], inodes[4][64];
    unsigned waiting = 0;

    ck_assert_msg(locks != NULL, "no /proc/locks");
    for (unsigned slot = 0; slot < 4; slot++) {
        char name[64];
        struct stat st;

        snprintf(name, sizeof name, "slot-S-1-22-1-7-%u", slot);
        ck_assert_int_eq(stat(folder_path(folder, name), &st), 0);
        snprintf(inodes[slot], sizeof inodes[slot], ":%llu ", (unsigned long long)st.st_ino);
    }
    while (fgets(line, sizeof line, locks))
        for (unsigned slot = 0; slot < 4; slot++)
            waiting += strstr(line, "-> ") && strstr(line, inodes[slot]);
    fclose(locks);
    return waiting;
}

static void await_waiting(const struct folder *folder, unsigned count)
{
    while (waiting_in(folder) < count)
        sched_yield();
}

START_TEST(test_never_more_than_four_in_the_whole_user)
{
    const unsigned total = PROCESSES * JOBS * 3;
    struct board *board = board_make();
    struct folder folder;
    pid_t pids[PROCESSES];
    unsigned of_process[PROCESSES] = {0};

    folder_make(&folder);
    for (unsigned i = 0; i < PROCESSES; i++)
        pids[i] = process_start(board, i, folder.path);
    for (unsigned i = 0; i < 4; i++)
        hear_entered(board);
    await_waiting(&folder, 4 * (PROCESSES - 1)); /* all have come, whichever started last */
    play(board, total);
    for (unsigned i = 0; i < PROCESSES; i++)
        reap(pids[i]);
    ck_assert_uint_eq(board->count, total);
    ck_assert_uint_eq(board->most, 4);
    check_records(board);
    for (unsigned i = 0; i < total; i++)
        of_process[board->records[i].process]++;
    for (unsigned i = 0; i < PROCESSES; i++)
        ck_assert_uint_eq(of_process[i], JOBS * 3);
    /* Nobody waits for another to be through: each process had its turn in the first half. */
    for (unsigned i = 0; i < PROCESSES; i++) {
        unsigned early = 0;

        for (unsigned k = 0; k < total / 2; k++)
            early += board->records[k].process == i;
        ck_assert_uint_gt(early, 0);
    }
    board_free(board);
    folder_remove(&folder);
}
END_TEST

START_TEST(test_a_killed_process_frees_its_slots)
{
    struct board *board = board_make();
    struct folder folder;
    pid_t victim, heir;
    uint64_t killed_us, last_us = 0;

    folder_make(&folder);
    victim = process_start(board, 0, folder.path);
    for (unsigned i = 0; i < 4; i++)
        hear_entered(board);
    heir = process_start(board, 1, folder.path);
    await_waiting(&folder, 4);
    ck_assert_uint_eq(board->count, 4);
    killed_us = clock_monotonic_us();
    kill(victim, SIGKILL);
    for (unsigned i = 0; i < 4; i++)
        hear_entered(board);
    for (unsigned i = 4; i < 8; i++) {
        ck_assert_uint_eq(board->records[i].process, 1);
        ck_assert_uint_ge(board->records[i].began_us, killed_us);
        last_us = board->records[i].began_us > last_us ? board->records[i].began_us : last_us;
    }
    printf("killed to the fourth callback of another process: %llu us\n",
           (unsigned long long)(last_us - killed_us));
    ck_assert_uint_lt(last_us - killed_us, FREED_WITHIN_US);
    ck_assert_int_eq(waitpid(victim, NULL, 0), victim);
    board->inside -= 4; /* the dead do not leave */
    play(board, JOBS * 3);
    reap(heir);
    board_free(board);
    folder_remove(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify_processes");
    TCase *processes = tcase_create("processes");

    tcase_set_timeout(processes, 120);
    tcase_add_test(processes, test_never_more_than_four_in_the_whole_user);
    tcase_add_test(processes, test_a_killed_process_frees_its_slots);
    suite_add_tcase(suite, processes);
    return suite_main(suite);
}
