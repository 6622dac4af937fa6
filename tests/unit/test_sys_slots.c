/* test_sys_slots.c: slots of both scopes, among objects, threads and processes.
 *
 * Most tests run once a scope; two objects stand for two engines. Those with processes are for scope USER.
 * To know that somebody waits, the tests look at the kernel's list of locks; for scope PROCESS there is
 * nothing to see, and no test needs it.
 */
#include "config.h"

#include "sys/clock.h"
#include "sys/slots.h"
#include "sys/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "folder.h"
#include "suite.h"

#if defined(__SANITIZE_THREAD__)
#define FREED_WITHIN_US 2000000
#else
#define FREED_WITHIN_US 100000
#endif

static struct folder folder;

static void setup(void)
{
    folder_make(&folder);
}

static void teardown(void)
{
    folder_remove(&folder);
}

static struct slots *make(enum slots_scope scope, unsigned cap)
{
    struct slots_config config = {
        .scope = scope,
        .cap = cap,
        .owner = "S-1-22-1-7",
        .runtime_dir = folder.path,
    };
    struct slots *slots;

    ck_assert_int_eq(slots_open(&config, &slots), S_OK);
    return slots;
}

/* Whether somebody waits for byte 0 of the slot's file, as the kernel lists it. */
static bool is_waited_for(unsigned index)
{
    char name[64], line[256], wanted[64];
    struct stat st;
    FILE *locks = fopen("/proc/locks", "r");
    bool found = false;

    ck_assert_msg(locks != NULL, "no /proc/locks");
    snprintf(name, sizeof name, "slot-S-1-22-1-7-%u", index);
    ck_assert_int_eq(stat(folder_path(&folder, name), &st), 0);
    snprintf(wanted, sizeof wanted, ":%llu 0 0", (unsigned long long)st.st_ino);
    while (fgets(line, sizeof line, locks))
        found = found || (strstr(line, "-> ") && strstr(line, wanted));
    fclose(locks);
    return found;
}

static void await_waiter(unsigned index)
{
    while (!is_waited_for(index))
        sched_yield();
}

struct asker {
    struct slots *slots;
    struct thread thread;
    unsigned index;
    _Atomic(HRESULT) hr;
    atomic_uint turns;
};

static void ask(void *context)
{
    struct asker *asker = context;

    asker->hr = slots_acquire(asker->slots, asker->index);
    asker->turns++;
    if (asker->hr == S_OK)
        slots_release(asker->slots, asker->index);
}

static void asker_start(struct asker *asker, struct slots *slots, unsigned index)
{
    asker->slots = slots;
    asker->index = index;
    asker->hr = E_PENDING;
    asker->turns = 0;
    ck_assert_int_eq(thread_start(&asker->thread, "asker", ask, asker), S_OK);
}

START_TEST(test_bad_configurations_are_refused)
{
    static const struct {
        unsigned cap;
        const char *owner;
    } rows[] = {{0, "a"}, {65, "a"}, {4, ""}, {4, NULL}, {4, "a/b"}, {4, "."}, {4, "a b"}};
    struct slots *slots;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int scope = SLOTS_USER; scope <= SLOTS_PROCESS; scope++) {
            struct slots_config config = {
                .scope = (enum slots_scope)scope,
                .cap = rows[i].cap,
                .owner = rows[i].owner,
                .runtime_dir = folder.path,
            };

            slots = (struct slots *)&config;
            ck_assert_int_eq(slots_open(&config, &slots), E_INVALIDARG);
            ck_assert_ptr_null(slots);
        }
    slots_close(NULL);
}
END_TEST

START_TEST(test_a_folder_of_doubtful_owner_is_refused)
{
    struct slots_config config = {.cap = 1, .owner = "a", .runtime_dir = folder.path};
    struct slots *slots;

    ck_assert_int_eq(chmod(folder.path, 0777), 0);
    ck_assert_int_eq(slots_open(&config, &slots), E_ACCESSDENIED);
    ck_assert_ptr_null(slots);
}
END_TEST

START_TEST(test_one_holder_a_slot)
{
    struct slots *a = make(_i, 3), *b = make(_i, 3);

    ck_assert_uint_eq(slots_cap(a), 3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(i % 2 ? slots_acquire(a, i) : slots_try_acquire(a, i), S_OK);
        ck_assert_int_eq(slots_try_acquire(b, i), S_FALSE);
    }
    slots_release(a, 1);
    ck_assert_int_eq(slots_try_acquire(b, 0), S_FALSE);
    ck_assert_int_eq(slots_try_acquire(b, 1), S_OK);
    ck_assert_int_eq(slots_try_acquire(a, 1), S_FALSE);
    slots_release(a, 0);
    slots_release(a, 2);
    slots_release(b, 1);
    ck_assert_int_eq(slots_try_acquire(b, 2), S_OK);
    slots_release(b, 2);
    slots_close(a);
    slots_close(b);
}
END_TEST

START_TEST(test_tables_of_other_caps_or_owners_are_apart)
{
    struct slots_config other = {.scope = SLOTS_PROCESS, .cap = 2, .owner = "S-1-22-1-8"};
    struct slots *a = make(SLOTS_PROCESS, 2), *b = make(SLOTS_PROCESS, 3), *c;

    ck_assert_int_eq(slots_open(&other, &c), S_OK);
    ck_assert_int_eq(slots_try_acquire(a, 0), S_OK);
    ck_assert_int_eq(slots_try_acquire(b, 0), S_OK);
    ck_assert_int_eq(slots_try_acquire(c, 0), S_OK);
    slots_release(a, 0);
    slots_release(b, 0);
    slots_release(c, 0);
    slots_close(a);
    slots_close(b);
    slots_close(c);
}
END_TEST

START_TEST(test_release_ends_a_wait)
{
    struct slots *a = make(_i, 1), *b = make(_i, 1);
    struct asker asker;

    for (int round = 0; round < 3; round++) { /* the waiting thread is used again */
        ck_assert_int_eq(slots_acquire(a, 0), S_OK);
        asker_start(&asker, b, 0);
        if (_i == SLOTS_USER)
            await_waiter(0);
        ck_assert_int_eq(asker.hr, E_PENDING);
        slots_release(a, 0);
        thread_join(&asker.thread);
        ck_assert_int_eq(asker.hr, S_OK);
    }
    slots_close(a);
    slots_close(b);
}
END_TEST

START_TEST(test_abort_ends_waits_now_and_later)
{
    struct slots *a = make(_i, 2), *b = make(_i, 2);
    struct asker asker;

    ck_assert_int_eq(slots_acquire(a, 0), S_OK);
    asker_start(&asker, b, 0);
    if (_i == SLOTS_USER)
        await_waiter(0);
    slots_abort(b);
    thread_join(&asker.thread);
    ck_assert_int_eq(asker.hr, E_ABORT);
    ck_assert_int_eq(slots_acquire(b, 0), E_ABORT);
    ck_assert_int_eq(slots_acquire(b, 1), E_ABORT);
    ck_assert_int_eq(slots_try_acquire(b, 1), E_ABORT);
    slots_abort(b);
    ck_assert_int_eq(slots_acquire(a, 1), S_OK);
    slots_release(a, 0);
    slots_release(a, 1);
    slots_close(b);
    slots_close(a);
}
END_TEST

START_TEST(test_abort_leaves_the_held_slots_to_their_holder)
{
    struct slots *a = make(_i, 1), *b = make(_i, 1);

    ck_assert_int_eq(slots_acquire(a, 0), S_OK);
    slots_abort(a);
    ck_assert_int_eq(slots_try_acquire(b, 0), S_FALSE);
    slots_release(a, 0);
    ck_assert_int_eq(slots_try_acquire(b, 0), S_OK);
    slots_release(b, 0);
    slots_close(a);
    slots_close(b);
}
END_TEST

START_TEST(test_abort_while_the_slot_is_won_leaks_none)
{
    struct slots *a = make(_i, 1), *c = make(_i, 1);
    unsigned won = 0;

    for (int round = 0; round < 200; round++) {
        struct slots *b = make(_i, 1);
        struct asker asker;

        ck_assert_int_eq(slots_acquire(a, 0), S_OK);
        asker_start(&asker, b, 0);
        if (_i == SLOTS_USER && round % 2)
            await_waiter(0);
        slots_release(a, 0);
        slots_abort(b);
        thread_join(&asker.thread);
        won += asker.hr == S_OK;
        ck_assert(asker.hr == S_OK || asker.hr == E_ABORT);
        /* Before b is closed: its descriptors are still there to hold what they should not. */
        ck_assert_int_eq(slots_try_acquire(c, 0), S_OK);
        slots_release(c, 0);
        slots_close(b);
    }
    printf("won %u of 200 races\n", won);
    slots_close(a);
    slots_close(c);
}
END_TEST

START_TEST(test_who_releases_and_asks_again_comes_after_who_waits)
{
    struct slots *a = make(SLOTS_USER, 1), *b = make(SLOTS_USER, 1);

    for (int round = 0; round < 50; round++) {
        struct asker asker;

        ck_assert_int_eq(slots_acquire(a, 0), S_OK);
        asker_start(&asker, b, 0);
        await_waiter(0);
        slots_release(a, 0);
        ck_assert_int_eq(slots_acquire(a, 0), S_OK);
        ck_assert_uint_eq(asker.turns, 1);
        slots_release(a, 0);
        thread_join(&asker.thread);
    }
    slots_close(a);
    slots_close(b);
}
END_TEST

START_TEST(test_a_file_that_was_removed_is_made_anew)
{
    struct slots *a = make(SLOTS_USER, 1), *b;

    ck_assert_int_eq(unlink(folder_path(&folder, "slot-S-1-22-1-7-0")), 0);
    b = make(SLOTS_USER, 1);
    ck_assert_int_eq(slots_acquire(a, 0), S_OK);
    ck_assert_int_eq(slots_try_acquire(b, 0), S_FALSE);
    slots_release(a, 0);
    ck_assert_int_eq(slots_acquire(b, 0), S_OK);
    slots_release(b, 0);
    slots_close(a);
    slots_close(b);
}
END_TEST

START_TEST(test_an_old_file_is_made_young)
{
    struct slots *a = make(SLOTS_USER, 1);
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct stat st;

    ck_assert_int_eq(utimensat(AT_FDCWD, folder_path(&folder, "slot-S-1-22-1-7-0"), old, 0), 0);
    ck_assert_int_eq(slots_acquire(a, 0), S_OK);
    ck_assert_int_eq(stat(folder_path(&folder, "slot-S-1-22-1-7-0"), &st), 0);
    ck_assert_int_gt(st.st_mtime, 1000000);
    slots_release(a, 0);
    slots_close(a);
}
END_TEST

/* What processes of a test share. */
struct board {
    atomic_uint inside[4], most, turns[4];
    int said[2]; /* a pipe on which children speak */
};

static struct board *board_make(void)
{
    struct board *board =
        mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert(board != MAP_FAILED);
    ck_assert_int_eq(pipe2(board->said, O_CLOEXEC), 0);
    return board;
}

static void board_free(struct board *board)
{
    close(board->said[0]);
    close(board->said[1]);
    munmap(board, sizeof *board);
}

static void say(struct board *board)
{
    ck_assert_int_eq(write(board->said[1], "x", 1), 1);
}

static void hear(struct board *board)
{
    char c;

    ck_assert_int_eq(read(board->said[0], &c, 1), 1);
}

static void reap(pid_t pid, int signal_expected)
{
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (signal_expected)
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == signal_expected);
    else
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(test_a_killed_process_frees_its_slot_at_once)
{
    struct board *board = board_make();
    struct slots *slots = make(SLOTS_USER, 1);
    uint64_t worst_us = 0;

    for (int round = 0; round < 10; round++) {
        struct asker asker;
        uint64_t killed_us, took_us;
        pid_t pid = fork();

        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
            struct slots *own = make(SLOTS_USER, 1);

            if (slots_acquire(own, 0) == S_OK)
                say(board);
            for (;;)
                pause();
        }
        hear(board);
        ck_assert_int_eq(slots_try_acquire(slots, 0), S_FALSE);
        asker_start(&asker, slots, 0);
        await_waiter(0);
        killed_us = clock_monotonic_us();
        kill(pid, SIGKILL);
        thread_join(&asker.thread);
        took_us = clock_monotonic_us() - killed_us;
        ck_assert_int_eq(asker.hr, S_OK);
        ck_assert_uint_lt(took_us, FREED_WITHIN_US);
        worst_us = took_us > worst_us ? took_us : worst_us;
        reap(pid, SIGKILL);
    }
    printf("killed to acquired: %llu us at worst of 10\n", (unsigned long long)worst_us);
    slots_close(slots);
    board_free(board);
}
END_TEST

START_TEST(test_a_child_forked_without_exec_does_not_keep_the_slot)
{
    struct board *board = board_make();
    struct slots *slots = make(SLOTS_USER, 1);
    int hold[2];
    pid_t pid;

    ck_assert_int_eq(pipe(hold), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct slots *own = make(SLOTS_USER, 1);

        close(hold[1]);
        if (slots_acquire(own, 0) != S_OK)
            _exit(1);
        if (fork() == 0) { /* the grandchild lives until the test closes the pipe */
            char c;

            say(board);
            _exit(read(hold[0], &c, 1) == 0 ? 0 : 1);
        }
        for (;;)
            pause();
    }
    close(hold[0]);
    hear(board);
    ck_assert_int_eq(slots_try_acquire(slots, 0), S_FALSE);
    kill(pid, SIGKILL);
    reap(pid, SIGKILL);
    ck_assert_int_eq(slots_try_acquire(slots, 0), S_OK);
    slots_release(slots, 0);
    close(hold[1]);
    slots_close(slots);
    board_free(board);
}
END_TEST

START_TEST(test_a_forked_child_can_open_slots_of_its_own)
{
    struct slots *slots = make(_i, 1);
    pid_t pid;

    ck_assert_int_eq(slots_acquire(slots, 0), S_OK);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct slots *own = make(_i, 1);

        /* A user's slot is held by the parent; the process's own are another process's now. */
        _exit(slots_try_acquire(own, 0) == (_i == SLOTS_USER ? S_FALSE : S_OK) ? 0 : 1);
    }
    reap(pid, 0);
    slots_release(slots, 0);
    slots_close(slots);
}
END_TEST

struct crowd {
    struct board *board;
    struct slots *slots;
    struct thread thread;
    unsigned index, rounds;
    bool failed;
};

static void crowd_run(void *context)
{
    struct crowd *crowd = context;
    struct board *board = crowd->board;

    for (unsigned i = 0; i < crowd->rounds; i++) {
        unsigned in_all = 0;

        if (slots_acquire(crowd->slots, crowd->index) != S_OK) {
            crowd->failed = true;
            return;
        }
        if (atomic_fetch_add(&board->inside[crowd->index], 1) != 0)
            crowd->failed = true;
        for (unsigned s = 0; s < 4; s++)
            in_all += board->inside[s];
        if (in_all > board->most)
            board->most = in_all;
        sched_yield();
        atomic_fetch_sub(&board->inside[crowd->index], 1);
        board->turns[crowd->index]++;
        slots_release(crowd->slots, crowd->index);
    }
}

static int crowd_process(struct board *board)
{
    struct slots *slots = make(SLOTS_USER, 4);
    struct crowd crowd[4];
    bool failed = false;

    for (unsigned i = 0; i < 4; i++) {
        crowd[i] = (struct crowd){.board = board, .slots = slots, .index = i, .rounds = 100};
        if (thread_start(&crowd[i].thread, "crowd", crowd_run, &crowd[i]) != S_OK)
            return 1;
    }
    for (unsigned i = 0; i < 4; i++) {
        thread_join(&crowd[i].thread);
        failed = failed || crowd[i].failed;
    }
    slots_close(slots);
    return failed;
}

START_TEST(test_four_processes_are_never_two_in_a_slot)
{
    struct board *board = board_make();
    pid_t pids[4];

    for (unsigned p = 0; p < 4; p++) {
        pids[p] = fork();
        ck_assert_int_ge(pids[p], 0);
        if (pids[p] == 0)
            _exit(crowd_process(board));
    }
    for (unsigned p = 0; p < 4; p++)
        reap(pids[p], 0);
    for (unsigned s = 0; s < 4; s++)
        ck_assert_uint_eq(board->turns[s], 400);
    ck_assert_uint_le(board->most, 4);
    board_free(board);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sys_slots");
    TCase *both = tcase_create("scopes"), *user = tcase_create("processes");

    tcase_add_checked_fixture(both, setup, teardown);
    tcase_set_timeout(both, 60);
    tcase_add_test(both, test_bad_configurations_are_refused);
    tcase_add_test(both, test_a_folder_of_doubtful_owner_is_refused);
    tcase_add_test(both, test_tables_of_other_caps_or_owners_are_apart);
    tcase_add_loop_test(both, test_one_holder_a_slot, SLOTS_USER, SLOTS_PROCESS + 1);
    tcase_add_loop_test(both, test_release_ends_a_wait, SLOTS_USER, SLOTS_PROCESS + 1);
    tcase_add_loop_test(both, test_abort_ends_waits_now_and_later, SLOTS_USER, SLOTS_PROCESS + 1);
    tcase_add_loop_test(both, test_abort_leaves_the_held_slots_to_their_holder, SLOTS_USER,
                        SLOTS_PROCESS + 1);
    tcase_add_loop_test(both, test_abort_while_the_slot_is_won_leaks_none, SLOTS_USER, SLOTS_PROCESS + 1);
    suite_add_tcase(suite, both);

    tcase_add_checked_fixture(user, setup, teardown);
    tcase_set_timeout(user, 60);
    tcase_add_test(user, test_who_releases_and_asks_again_comes_after_who_waits);
    tcase_add_test(user, test_a_file_that_was_removed_is_made_anew);
    tcase_add_test(user, test_an_old_file_is_made_young);
    tcase_add_test(user, test_a_killed_process_frees_its_slot_at_once);
    tcase_add_test(user, test_a_child_forked_without_exec_does_not_keep_the_slot);
    tcase_add_loop_test(user, test_a_forked_child_can_open_slots_of_its_own, SLOTS_USER, SLOTS_PROCESS + 1);
    tcase_add_test(user, test_four_processes_are_never_two_in_a_slot);
    suite_add_tcase(suite, user);
    return suite_main(suite);
}
