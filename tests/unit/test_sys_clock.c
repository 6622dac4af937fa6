/* test_sys_clock.c: clocks, threads, locks and conditions. */
#include "config.h"

#include "sys/clock.h"
#include "sys/thread.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

START_TEST(test_a_manual_clock_begins_at_a_fixed_moment_and_stands)
{
    struct clock *clock;

    ck_assert_int_eq(clock_new(_i ? CLOCK_AUTOMATIC : CLOCK_MANUAL, &clock), S_OK);
    ck_assert_int_eq(clock_mode(clock), _i ? CLOCK_AUTOMATIC : CLOCK_MANUAL);
    ck_assert_uint_eq(clock_now_us(clock), 1000000);
    ck_assert_uint_eq(clock_now_us(clock), 1000000);
    /* 2026-01-01: 155,228 days after 1601-01-01. */
    ck_assert_uint_eq(clock_filetime_100ns(clock), (uint64_t)155228 * 24 * 60 * 60 * 10000000);
    clock_free(clock);
}
END_TEST

START_TEST(test_advance_moves_both_times)
{
    struct clock *clock;
    uint64_t wall;

    ck_assert_int_eq(clock_new(CLOCK_MANUAL, &clock), S_OK);
    wall = clock_filetime_100ns(clock);
    ck_assert_int_eq(clock_advance_us(clock, 0), S_OK);
    ck_assert_int_eq(clock_advance_us(clock, 1), S_OK);
    ck_assert_int_eq(clock_advance_us(clock, (uint64_t)UINT32_MAX * 1000), S_OK);
    ck_assert_uint_eq(clock_now_us(clock), 1000001 + (uint64_t)UINT32_MAX * 1000);
    ck_assert_uint_eq(clock_filetime_100ns(clock), wall + 10 + (uint64_t)UINT32_MAX * 10000);
    clock_free(clock);
}
END_TEST

START_TEST(test_advance_never_reaches_never)
{
    struct clock *clock;

    ck_assert_int_eq(clock_new(CLOCK_MANUAL, &clock), S_OK);
    ck_assert_int_eq(clock_advance_us(clock, CLOCK_NEVER), E_INVALIDARG);
    ck_assert_int_eq(clock_advance_us(clock, CLOCK_NEVER - 1000000), E_INVALIDARG);
    ck_assert_uint_eq(clock_now_us(clock), 1000000);
    ck_assert_int_eq(clock_advance_us(clock, CLOCK_NEVER - 1000001), S_OK);
    ck_assert_uint_eq(clock_now_us(clock), CLOCK_NEVER - 1);
    clock_free(clock);
}
END_TEST

START_TEST(test_the_real_clock_goes_by_itself_and_cannot_be_moved)
{
    struct clock *clock;
    uint64_t before = clock_monotonic_us(), now_us, wall;

    ck_assert_int_eq(clock_new(CLOCK_REAL, &clock), S_OK);
    ck_assert_int_eq(clock_advance_us(clock, 1), E_INVALIDARG);
    now_us = clock_now_us(clock);
    ck_assert_uint_ge(now_us, before);
    ck_assert_uint_le(now_us, clock_monotonic_us());
    while (clock_now_us(clock) == now_us)
        continue;
    wall = clock_filetime_100ns(clock);
    ck_assert_uint_gt(wall, (uint64_t)150000 * 24 * 60 * 60 * 10000000);
    clock_free(clock);
}
END_TEST

struct subscriber {
    struct clock *clock;
    unsigned calls;
    uint64_t seen_us;
};

static void subscriber_jumped(void *context)
{
    struct subscriber *subscriber = context;

    subscriber->calls++;
    subscriber->seen_us = clock_now_us(subscriber->clock);
}

START_TEST(test_the_subscriber_is_told_before_advance_returns)
{
    struct subscriber subscriber = {0};

    ck_assert_int_eq(clock_new(CLOCK_MANUAL, &subscriber.clock), S_OK);
    clock_subscribe(subscriber.clock, subscriber_jumped, &subscriber);
    clock_advance_us(subscriber.clock, 5);
    ck_assert_uint_eq(subscriber.calls, 1);
    ck_assert_uint_eq(subscriber.seen_us, 1000005);
    clock_subscribe(subscriber.clock, NULL, NULL);
    clock_advance_us(subscriber.clock, 5);
    ck_assert_uint_eq(subscriber.calls, 1);
    clock_free(subscriber.clock);
}
END_TEST

struct latch {
    struct mutex lock;
    struct cond changed;
    unsigned steps;
};

static void latch_init(struct latch *latch)
{
    mutex_init(&latch->lock);
    cond_init(&latch->changed);
    latch->steps = 0;
}

static void latch_destroy(struct latch *latch)
{
    cond_destroy(&latch->changed);
    mutex_destroy(&latch->lock);
}

static void latch_step(struct latch *latch)
{
    LOCK_SCOPE(&latch->lock);
    latch->steps++;
    cond_broadcast(&latch->changed);
}

static void latch_wait(struct latch *latch, unsigned steps)
{
    LOCK_SCOPE(&latch->lock);
    while (latch->steps < steps)
        cond_wait(&latch->changed, &latch->lock);
}

struct slow_subscriber {
    struct clock *clock;
    struct latch begun, may_end;
    bool ended;
};

static void slow_jumped(void *context)
{
    struct slow_subscriber *slow = context;

    latch_step(&slow->begun);
    latch_wait(&slow->may_end, 1);
    slow->ended = true;
}

static void advance(void *context)
{
    struct slow_subscriber *slow = context;

    clock_advance_us(slow->clock, 1);
}

static void end_soon(void *context)
{
    struct slow_subscriber *slow = context;

    latch_step(&slow->may_end);
}

START_TEST(test_unsubscribing_waits_for_the_call_that_runs)
{
    struct slow_subscriber slow = {0};
    struct thread advancer, ender;

    latch_init(&slow.begun);
    latch_init(&slow.may_end);
    ck_assert_int_eq(clock_new(CLOCK_MANUAL, &slow.clock), S_OK);
    clock_subscribe(slow.clock, slow_jumped, &slow);
    ck_assert_int_eq(thread_start(&advancer, "advancer", advance, &slow), S_OK);
    latch_wait(&slow.begun, 1);
    ck_assert_int_eq(thread_start(&ender, "ender", end_soon, &slow), S_OK);
    clock_subscribe(slow.clock, NULL, NULL);
    ck_assert(slow.ended);
    thread_join(&advancer);
    thread_join(&ender);
    clock_free(slow.clock);
    latch_destroy(&slow.begun);
    latch_destroy(&slow.may_end);
}
END_TEST

struct mask {
    sigset_t set;
    char name[16];
    struct thread thread;
    bool is_self;
};

static void read_mask(void *context)
{
    struct mask *mask = context;

    pthread_sigmask(SIG_SETMASK, NULL, &mask->set);
    pthread_getname_np(pthread_self(), mask->name, sizeof mask->name);
}

START_TEST(test_a_thread_blocks_the_signals_and_leaves_its_makers_mask)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGALRM, SIGUSR1, SIGXFSZ};
    sigset_t before, after;
    struct mask mask;

    sigemptyset(&before);
    sigaddset(&before, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &before, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    ck_assert_int_eq(thread_start(&mask.thread, "fifteen-letters", read_mask, &mask), S_OK);
    thread_join(&mask.thread);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        ck_assert_msg(sigismember(&mask.set, signals[i]) == 1, "signal %d", signals[i]);
        ck_assert_int_eq(sigismember(&before, signals[i]), sigismember(&after, signals[i]));
    }
    ck_assert_int_eq(sigismember(&after, SIGUSR2), 1);
    ck_assert_int_eq(sigismember(&mask.set, SIGSEGV), 0);
    ck_assert_int_eq(sigismember(&mask.set, SIGBUS), 0);
    ck_assert_str_eq(mask.name, "fifteen-letters");
}
END_TEST

static void write_to_closed(void *context)
{
    int *fds = context;

    if (write(fds[1], "x", 1) < 0)
        fds[1] = -errno;
}

START_TEST(test_a_broken_pipe_is_an_error_code_on_such_a_thread)
{
    int fds[2], out;
    struct thread thread;

    ck_assert_int_eq(pipe(fds), 0);
    close(fds[0]);
    out = fds[1];
    ck_assert_int_eq(thread_start(&thread, "writer", write_to_closed, fds), S_OK);
    thread_join(&thread);
    close(out);
    ck_assert_int_eq(fds[1], -EPIPE);
}
END_TEST

struct identity {
    struct thread thread;
    struct latch started;
    bool inside;
};

static void read_identity(void *context)
{
    struct identity *identity = context;

    latch_wait(&identity->started, 1);
    identity->inside = thread_is_self(&identity->thread);
}

START_TEST(test_a_thread_knows_itself)
{
    struct identity identity = {0};

    latch_init(&identity.started);
    ck_assert_int_eq(thread_start(&identity.thread, "self", read_identity, &identity), S_OK);
    ck_assert(!thread_is_self(&identity.thread));
    latch_step(&identity.started);
    thread_join(&identity.thread);
    ck_assert(identity.inside);
    latch_destroy(&identity.started);
}
END_TEST

START_TEST(test_a_timed_wait_ends_after_its_time)
{
    struct latch latch;
    uint64_t before = clock_monotonic_us(), wait_us = 2000;

    latch_init(&latch);
    mutex_lock(&latch.lock);
    while (cond_wait_for(&latch.changed, &latch.lock, wait_us))
        continue;
    mutex_unlock(&latch.lock);
    ck_assert_uint_ge(clock_monotonic_us() - before, wait_us);
    latch_destroy(&latch);
}
END_TEST

static void step(void *context)
{
    latch_step(context);
}

START_TEST(test_a_wait_without_end_does_not_overflow)
{
    struct latch latch;
    struct thread thread;

    latch_init(&latch);
    mutex_lock(&latch.lock);
    ck_assert_int_eq(thread_start(&thread, "step", step, &latch), S_OK);
    while (latch.steps == 0)
        ck_assert(cond_wait_for(&latch.changed, &latch.lock, UINT64_MAX));
    mutex_unlock(&latch.lock);
    thread_join(&thread);
    latch_destroy(&latch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sys_clock");
    TCase *clocks = tcase_create("clock"), *threads = tcase_create("thread");

    tcase_add_loop_test(clocks, test_a_manual_clock_begins_at_a_fixed_moment_and_stands, 0, 2);
    tcase_add_test(clocks, test_advance_moves_both_times);
    tcase_add_test(clocks, test_advance_never_reaches_never);
    tcase_add_test(clocks, test_the_real_clock_goes_by_itself_and_cannot_be_moved);
    tcase_add_test(clocks, test_the_subscriber_is_told_before_advance_returns);
    tcase_add_test(clocks, test_unsubscribing_waits_for_the_call_that_runs);
    suite_add_tcase(suite, clocks);

    tcase_add_test(threads, test_a_thread_blocks_the_signals_and_leaves_its_makers_mask);
    tcase_add_test(threads, test_a_broken_pipe_is_an_error_code_on_such_a_thread);
    tcase_add_test(threads, test_a_thread_knows_itself);
    tcase_add_test(threads, test_a_timed_wait_ends_after_its_time);
    tcase_add_test(threads, test_a_wait_without_end_does_not_overflow);
    suite_add_tcase(suite, threads);
    return suite_main(suite);
}
