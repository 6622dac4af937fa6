/* test_event.c: events and waits, alone and between threads.
 *
 * A test that needs another thread to be inside a wait looks at that thread's state in /proc: nothing in the
 * interface tells, and a pause would only make it likely.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <windows.h>

#include "suite.h"

enum { ROUNDS = 2000 };

struct waiter {
    HANDLE events[2];
    DWORD count, result;
    BOOL all;
    atomic_int tid; /* 0 until the thread is about to wait */
    pthread_t thread;
};

static void *wait_in_thread(void *arg)
{
    struct waiter *waiter = arg;

    waiter->tid = (int)syscall(SYS_gettid);
    waiter->result = WaitForMultipleObjects(waiter->count, waiter->events, waiter->all, INFINITE);
    return NULL;
}

static char thread_state(int tid)
{
    char path[64], state = 0;
    FILE *stat;

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    stat = fopen(path, "r");
    ck_assert_ptr_nonnull(stat);
    ck_assert_int_eq(fscanf(stat, "%*d (%*[^)]) %c", &state), 1);
    fclose(stat);
    return state;
}

/* Starts a thread and returns when it sleeps in its wait. */
static void start(struct waiter *waiter)
{
    ck_assert_int_eq(pthread_create(&waiter->thread, NULL, wait_in_thread, waiter), 0);
    while (!waiter->tid || thread_state(waiter->tid) != 'S')
        sched_yield();
}

static DWORD result_of(struct waiter *waiter)
{
    pthread_join(waiter->thread, NULL);
    return waiter->result;
}

START_TEST(test_event_auto_reset_releases_one_wait)
{
    HANDLE event = CreateEventW(NULL, FALSE, TRUE, NULL);

    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    ck_assert_int_eq(SetEvent(event), TRUE);
    ck_assert_int_eq(SetEvent(event), TRUE); /* without a waiter, twice is once */
    ck_assert_uint_eq(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
    ck_assert_uint_eq(WaitForSingleObject(event, 1), WAIT_TIMEOUT);
    ck_assert_int_eq(CloseHandle(event), TRUE);
}
END_TEST

START_TEST(test_event_manual_reset_stays_until_reset)
{
    HANDLE event = CreateEventExW(NULL, NULL, CREATE_EVENT_MANUAL_RESET, EVENT_ALL_ACCESS);

    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    SetEvent(event);
    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    ck_assert_int_eq(ResetEvent(event), TRUE);
    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    CloseHandle(event);
}
END_TEST

START_TEST(test_event_wait_for_any_takes_the_first_signalled_only)
{
    HANDLE events[3] = {CreateEventW(NULL, FALSE, FALSE, NULL), CreateEventW(NULL, FALSE, TRUE, NULL),
                        CreateEventW(NULL, FALSE, TRUE, NULL)};

    ck_assert_uint_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    ck_assert_uint_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 2);
    ck_assert_uint_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    for (int i = 0; i < 3; i++)
        CloseHandle(events[i]);
}
END_TEST

START_TEST(test_event_wait_for_all_takes_all_or_nothing)
{
    HANDLE events[2] = {CreateEventW(NULL, FALSE, TRUE, NULL), CreateEventW(NULL, FALSE, FALSE, NULL)};

    ck_assert_uint_eq(WaitForMultipleObjects(2, events, TRUE, 0), WAIT_TIMEOUT);
    ck_assert_uint_eq(WaitForMultipleObjects(2, events, TRUE, 1), WAIT_TIMEOUT);
    ck_assert_uint_eq(WaitForSingleObject(events[0], 0), WAIT_OBJECT_0); /* was left */
    SetEvent(events[0]);
    SetEvent(events[1]);
    ck_assert_uint_eq(WaitForMultipleObjects(2, events, TRUE, 0), WAIT_OBJECT_0);
    ck_assert_uint_eq(WaitForMultipleObjects(2, events, FALSE, 0), WAIT_TIMEOUT);
    CloseHandle(events[0]);
    CloseHandle(events[1]);
}
END_TEST

START_TEST(test_event_refuses_what_it_cannot_do)
{
    HANDLE event = CreateEventW(NULL, FALSE, TRUE, NULL);
    HANDLE twice[2] = {event, event}, bad[2] = {event, NULL};

    SetLastError(0);
    ck_assert_ptr_null(CreateEventW(NULL, FALSE, FALSE, L"named"));
    ck_assert_uint_eq(GetLastError(), ERROR_NOT_SUPPORTED);
    ck_assert_ptr_null(CreateEventExW(NULL, NULL, 4, EVENT_ALL_ACCESS));
    ck_assert_uint_eq(GetLastError(), ERROR_INVALID_PARAMETER);
    ck_assert_uint_eq(WaitForMultipleObjects(2, bad, FALSE, 0), WAIT_FAILED);
    ck_assert_uint_eq(GetLastError(), ERROR_INVALID_HANDLE);
    ck_assert_uint_eq(WaitForMultipleObjects(2, twice, TRUE, 0), WAIT_FAILED);
    ck_assert_uint_eq(GetLastError(), ERROR_INVALID_PARAMETER);
    ck_assert_uint_eq(WaitForMultipleObjects(0, twice, FALSE, 0), WAIT_FAILED);
    ck_assert_uint_eq(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, twice, FALSE, 0), WAIT_FAILED);
    ck_assert_int_eq(SetEvent(NULL), FALSE);
    ck_assert_int_eq(ResetEvent(INVALID_HANDLE_VALUE), FALSE);
    ck_assert_int_eq(CloseHandle(INVALID_HANDLE_VALUE), FALSE);
    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_OBJECT_0); /* no refused wait took it */
    CloseHandle(event);
}
END_TEST

START_TEST(test_event_a_closed_handle_is_refused_for_ever)
{
    HANDLE closed[100], event;

    for (int i = 0; i < 100; i++) {
        closed[i] = CreateEventW(NULL, TRUE, TRUE, NULL); /* in the place of the last */
        ck_assert_int_eq(CloseHandle(closed[i]), TRUE);
    }
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    for (int i = 0; i < 100; i++) {
        SetLastError(0);
        ck_assert_int_eq(SetEvent(closed[i]), FALSE);
        ck_assert_uint_eq(GetLastError(), ERROR_INVALID_HANDLE);
        ck_assert_int_eq(CloseHandle(closed[i]), FALSE);
        ck_assert_uint_eq(WaitForSingleObject(closed[i], 0), WAIT_FAILED);
    }
    ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    ck_assert_int_eq(CloseHandle(event), TRUE);
    ck_assert_int_eq(CloseHandle(&closed), FALSE); /* any number at all */
}
END_TEST

START_TEST(test_event_many_live_side_by_side)
{
    enum { MANY = 1000 };
    HANDLE events[MANY];

    for (int i = 0; i < MANY; i++)
        ck_assert_ptr_nonnull(events[i] = CreateEventW(NULL, FALSE, i % 3 == 0, NULL));
    for (int i = 0; i < MANY; i++)
        ck_assert_uint_eq(WaitForSingleObject(events[i], 0), i % 3 == 0 ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(CloseHandle(events[i]), TRUE);
}
END_TEST

START_TEST(test_event_two_sets_in_a_row_release_two_waiters)
{
    for (int round = 0; round < 50; round++) {
        HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
        struct waiter a = {.events = {event}, .count = 1}, b = {.events = {event}, .count = 1};

        start(&a);
        start(&b);
        SetEvent(event);
        SetEvent(event);
        ck_assert_uint_eq(result_of(&a), WAIT_OBJECT_0);
        ck_assert_uint_eq(result_of(&b), WAIT_OBJECT_0);
        ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
        CloseHandle(event);
    }
}
END_TEST

START_TEST(test_event_manual_reset_releases_every_waiter)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct waiter a = {.events = {event}, .count = 1}, b = {.events = {event}, .count = 1};

    start(&a);
    start(&b);
    SetEvent(event);
    ResetEvent(event); /* both have been released by then, though neither may have run */
    ck_assert_uint_eq(result_of(&a), WAIT_OBJECT_0);
    ck_assert_uint_eq(result_of(&b), WAIT_OBJECT_0);
    CloseHandle(event);
}
END_TEST

START_TEST(test_event_blocked_wait_for_all_leaves_a_lone_signal_to_others)
{
    HANDLE first = CreateEventW(NULL, FALSE, FALSE, NULL), second = CreateEventW(NULL, FALSE, FALSE, NULL);
    struct waiter all = {.events = {first, second}, .count = 2, .all = TRUE};

    start(&all);
    SetEvent(first);
    ck_assert_uint_eq(WaitForSingleObject(first, 0), WAIT_OBJECT_0);
    SetEvent(second);
    SetEvent(first);
    ck_assert_uint_eq(result_of(&all), WAIT_OBJECT_0);
    ck_assert_uint_eq(WaitForSingleObject(first, 0), WAIT_TIMEOUT);
    ck_assert_uint_eq(WaitForSingleObject(second, 0), WAIT_TIMEOUT);
    CloseHandle(first);
    CloseHandle(second);
}
END_TEST

START_TEST(test_event_may_be_closed_while_another_thread_waits_for_several)
{
    HANDLE closed = CreateEventW(NULL, FALSE, FALSE, NULL), other = CreateEventW(NULL, FALSE, FALSE, NULL);
    struct waiter any = {.events = {closed, other}, .count = 2};

    start(&any);
    ck_assert_int_eq(CloseHandle(closed), TRUE);
    SetEvent(other);
    ck_assert_uint_eq(result_of(&any), WAIT_OBJECT_0 + 1);
    CloseHandle(other);
}
END_TEST

static void *answer(void *arg)
{
    HANDLE *events = arg;

    for (int i = 0; i < ROUNDS; i++) {
        WaitForSingleObject(events[0], INFINITE);
        SetEvent(events[1]);
    }
    return NULL;
}

START_TEST(test_event_two_threads_take_turns)
{
    HANDLE events[2] = {CreateEventW(NULL, FALSE, FALSE, NULL), CreateEventW(NULL, FALSE, FALSE, NULL)};
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, answer, events), 0);
    for (int i = 0; i < ROUNDS; i++) {
        SetEvent(events[0]);
        ck_assert_uint_eq(WaitForSingleObject(events[1], INFINITE), WAIT_OBJECT_0);
    }
    pthread_join(thread, NULL);
    CloseHandle(events[0]);
    CloseHandle(events[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event");
    TCase *alone = tcase_create("alone"), *threads = tcase_create("threads");

    tcase_add_test(alone, test_event_auto_reset_releases_one_wait);
    tcase_add_test(alone, test_event_manual_reset_stays_until_reset);
    tcase_add_test(alone, test_event_wait_for_any_takes_the_first_signalled_only);
    tcase_add_test(alone, test_event_wait_for_all_takes_all_or_nothing);
    tcase_add_test(alone, test_event_refuses_what_it_cannot_do);
    tcase_add_test(alone, test_event_a_closed_handle_is_refused_for_ever);
    tcase_add_test(alone, test_event_many_live_side_by_side);
    suite_add_tcase(suite, alone);
    tcase_add_test(threads, test_event_two_sets_in_a_row_release_two_waiters);
    tcase_add_test(threads, test_event_manual_reset_releases_every_waiter);
    tcase_add_test(threads, test_event_blocked_wait_for_all_leaves_a_lone_signal_to_others);
    tcase_add_test(threads, test_event_may_be_closed_while_another_thread_waits_for_several);
    tcase_add_test(threads, test_event_two_threads_take_turns);
    suite_add_tcase(suite, threads);
    return suite_main(suite);
}
