/* test_sys_guard.c: lent memory: what can be read when, and what is said of who reads it anyway. Each crash
 * is a child's. */
#include "suite.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/guard.h"

enum { PAGE = 4096, RING_PAGES = 1024 };

static void explain(enum guard_fault fault, const char *label)
{
    static const char *const words[] = {
        [GUARD_FAULT_KEPT] = "kept ", [GUARD_FAULT_WRITTEN] = "written ", [GUARD_FAULT_FREED] = "freed "};

    guard_write_error(words[fault], strlen(words[fault]));
    guard_write_error(label, strlen(label));
}

/* False: a sanitizer or valgrind is there instead. */
static int start(void)
{
    HRESULT hr = guard_start(explain);

    ck_assert(hr == S_OK || hr == S_FALSE);
    return hr == S_OK;
}

static volatile unsigned char sink;
static volatile uintptr_t nowhere = PAGE / 2; /* volatile, or the compiler sees through it */

/* What a child says on stderr while it does it, and how it ends. */
struct end {
    char said[256];
    int status;
};

static struct end watch(void (*act)(void))
{
    struct end end = {0};
    size_t len = 0;
    ssize_t got;
    int fds[2];
    pid_t child;

    ck_assert_int_eq(pipe(fds), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        act();
        _exit(0);
    }
    close(fds[1]);
    while (len < sizeof end.said - 1 && (got = read(fds[0], end.said + len, sizeof end.said - 1 - len)) > 0)
        len += (size_t)got;
    close(fds[0]);
    ck_assert_int_eq(waitpid(child, &end.status, 0), child);
    return end;
}

static const char *lend(const char *label)
{
    const char *lent = guard_lend("0123456789abcdef", 16, label);

    ck_assert_ptr_nonnull(lent);
    ck_assert_int_eq(memcmp(lent, "0123456789abcdef", 16), 0);
    return lent;
}

static void act_nothing(void)
{
    guard_take_back(lend("label"));
}

static void act_keep(void)
{
    const char *lent = lend("label");

    guard_take_back(lent);
    sink = (unsigned char)lent[15];
}

static void act_write(void)
{
    *(volatile char *)(uintptr_t)lend("label") = 0;
}

static void act_free(void)
{
    free((void *)(uintptr_t)lend("label"));
}

static void act_free_late(void)
{
    const char *lent = lend("label");

    guard_take_back(lent);
    free((void *)(uintptr_t)lent);
}

/* Somebody's own mistake, far from the ring. */
static void act_other(void)
{
    lend("label");
    *(volatile char *)nowhere = 0;
}

/* 400 reports later the first one is still remembered under its own name. */
static void act_keep_long(void)
{
    const char *first = lend("first");

    guard_take_back(first);
    for (int i = 0; i < 400; i++)
        guard_take_back(lend("other"));
    sink = (unsigned char)first[0];
}

static void act_keep_second_page(void)
{
    char bytes[PAGE + 1] = {0};
    const char *lent = guard_lend(bytes, sizeof bytes, "long");

    guard_take_back(lent);
    sink = (unsigned char)lent[PAGE];
}

static void on_signal(int number)
{
    (void)number;
    guard_write_error(", handler", 9);
    _exit(7);
}

static void act_chained(void)
{
    guard_stop(); /* the handler is chained to what was there when it was set */
    signal(SIGSEGV, on_signal);
    start();
    act_keep();
}

static void act_stopped(void)
{
    guard_stop();
    signal(SIGSEGV, on_signal);
    start();
    guard_stop();
    *(volatile char *)nowhere = 0;
}

static void act_sent(void)
{
    raise(SIGSEGV);
}

static void act_sent_ignored(void)
{
    guard_stop();
    signal(SIGSEGV, SIG_IGN);
    start();
    raise(SIGSEGV);
}

static const struct {
    const char *name;
    void (*act)(void);
    const char *said;
    int signal_number, exit_status;
} acts[] = {
    {"nothing", act_nothing, "", 0, 0},
    {"keep", act_keep, "kept label", SIGSEGV, 0},
    {"write", act_write, "written label", SIGSEGV, 0},
    {"free", act_free, "freed label", SIGSEGV, 0},
    {"free late", act_free_late, "freed label", SIGSEGV, 0},
    {"other", act_other, "", SIGSEGV, 0},
    {"keep long", act_keep_long, "kept first", SIGSEGV, 0},
    {"keep second page", act_keep_second_page, "kept long", SIGSEGV, 0},
    {"chained", act_chained, "kept label, handler", 0, 7},
    {"stopped", act_stopped, ", handler", 0, 7},
    {"sent", act_sent, "", SIGSEGV, 0},
    {"sent, ignored", act_sent_ignored, "", 0, 0},
};

START_TEST(test_a_misuse_is_explained_and_fatal)
{
    struct end end;

    if (!start())
        return;
    end = watch(acts[_i].act);
    ck_assert_msg(strcmp(end.said, acts[_i].said) == 0, "%s: said \"%s\"", acts[_i].name, end.said);
    if (acts[_i].signal_number)
        ck_assert_msg(WIFSIGNALED(end.status) && WTERMSIG(end.status) == acts[_i].signal_number,
                      "%s: status %x", acts[_i].name, (unsigned)end.status);
    else
        ck_assert_msg(WIFEXITED(end.status) && WEXITSTATUS(end.status) == acts[_i].exit_status,
                      "%s: status %x", acts[_i].name, (unsigned)end.status);
}
END_TEST

START_TEST(test_a_full_ring_lends_no_more_until_something_comes_back)
{
    static const char *lent[RING_PAGES];
    size_t count = 0;

    if (!start())
        return;
    ck_assert_ptr_null(guard_lend(acts, 0, "nothing"));
    ck_assert_ptr_null(guard_lend(acts, (size_t)RING_PAGES * (size_t)sysconf(_SC_PAGESIZE), "too much"));
    while ((lent[count] = guard_lend(&count, sizeof count, "one")))
        count++;
    ck_assert_uint_eq(count, RING_PAGES / 2);
    for (size_t i = 0; i < count; i++) {
        size_t value;

        memcpy(&value, lent[i], sizeof value);
        ck_assert_uint_eq(value, i);
    }
    guard_take_back(lent[7]);
    lent[7] = guard_lend(&count, sizeof count, "again");
    ck_assert_ptr_nonnull(lent[7]);
    for (size_t i = 0; i < count; i++)
        guard_take_back(lent[i]);
    guard_stop();
}
END_TEST

/* Blocks of any size, taken back in any order: nobody's bytes are another's. */
START_TEST(test_random_blocks_keep_their_bytes)
{
    enum { HELD = 20, STEPS = 5000, MAX_PAGES = 60 };
    struct {
        const unsigned char *at;
        size_t size;
        unsigned char fill;
    } held[HELD] = {{0}};
    static unsigned char bytes[MAX_PAGES * PAGE];
    uint64_t state = suite_seed();

    if (!start())
        return;
    for (int step = 0; step < STEPS; step++) {
        unsigned i = (unsigned)(suite_random(&state) % HELD);

        if (held[i].at) {
            ck_assert_uint_eq(held[i].at[0], held[i].fill);
            ck_assert_uint_eq(held[i].at[held[i].size - 1], held[i].fill);
            guard_take_back(held[i].at);
            held[i].at = NULL;
            continue;
        }
        held[i].size = 1 + suite_random(&state) % (suite_random(&state) % 4 ? 100 : sizeof bytes);
        held[i].fill = (unsigned char)suite_random(&state);
        memset(bytes, held[i].fill, held[i].size);
        held[i].at = guard_lend(bytes, held[i].size, "random");
    }
    for (int i = 0; i < HELD; i++)
        if (held[i].at)
            guard_take_back(held[i].at);
    guard_stop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard");
    TCase *tcase = tcase_create("ring");

    tcase_add_loop_test(tcase, test_a_misuse_is_explained_and_fatal, 0, sizeof acts / sizeof *acts);
    tcase_add_test(tcase, test_a_full_ring_lends_no_more_until_something_comes_back);
    tcase_add_test(tcase, test_random_blocks_keep_their_bytes);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
