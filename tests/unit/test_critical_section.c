/* test_critical_section.c: the lock, and the counters of windows.h. */
#include <pthread.h>
#include <windows.h>

#include "suite.h"

enum { THREADS = 4, ROUNDS = 5000 };

struct shared {
    CRITICAL_SECTION section;
    LONG plain, counted; /* plain is guarded by the section */
    LONG64 wide;
};

static void *try_in_thread(void *arg)
{
    struct shared *shared = arg;

    shared->plain = TryEnterCriticalSection(&shared->section);
    if (shared->plain)
        LeaveCriticalSection(&shared->section);
    return NULL;
}

static LONG another_thread_can_enter(struct shared *shared)
{
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, try_in_thread, shared), 0);
    pthread_join(thread, NULL);
    return shared->plain;
}

START_TEST(test_critical_section_is_entered_again_by_its_owner_only)
{
    struct shared shared;

    InitializeCriticalSection(&shared.section);
    EnterCriticalSection(&shared.section);
    ck_assert_int_eq(TryEnterCriticalSection(&shared.section), TRUE);
    ck_assert_int_eq(another_thread_can_enter(&shared), FALSE);
    LeaveCriticalSection(&shared.section);
    ck_assert_int_eq(another_thread_can_enter(&shared), FALSE); /* entered twice, left once */
    LeaveCriticalSection(&shared.section);
    ck_assert_int_eq(another_thread_can_enter(&shared), TRUE);
    DeleteCriticalSection(&shared.section);
}
END_TEST

static void *count_in_thread(void *arg)
{
    struct shared *shared = arg;

    for (int i = 0; i < ROUNDS; i++) {
        EnterCriticalSection(&shared->section);
        shared->plain++;
        LeaveCriticalSection(&shared->section);
        InterlockedIncrement(&shared->counted);
        InterlockedExchangeAdd64(&shared->wide, 0x100000000);
    }
    return NULL;
}

START_TEST(test_critical_section_and_counters_lose_nothing)
{
    struct shared shared = {.plain = 0};
    pthread_t threads[THREADS];

    ck_assert_int_eq(InitializeCriticalSectionAndSpinCount(&shared.section, 4000), TRUE);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_in_thread, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(shared.plain, THREADS * ROUNDS);
    ck_assert_int_eq(shared.counted, THREADS * ROUNDS);
    ck_assert_int_eq(shared.wide, THREADS * ROUNDS * 0x100000000);
    DeleteCriticalSection(&shared.section);
}
END_TEST

START_TEST(test_interlocked_answers_are_windows_s)
{
    LONG n = 5;
    LONG64 w = 5;
    PVOID p = &n;

    ck_assert_int_eq(InterlockedIncrement(&n), 6);
    ck_assert_int_eq(InterlockedDecrement(&n), 5);
    ck_assert_int_eq(InterlockedExchangeAdd(&n, 10), 5);
    ck_assert_int_eq(InterlockedExchange(&n, 12), 15);
    ck_assert_int_eq(InterlockedCompareExchange(&n, 1, 11), 12); /* the old value, and no change */
    ck_assert_int_eq(InterlockedCompareExchange(&n, 1, 12), 12);
    ck_assert_int_eq(InterlockedOr(&n, 6), 1);
    ck_assert_int_eq(InterlockedAnd(&n, 3), 7);
    ck_assert_int_eq(InterlockedXor(&n, 1), 3);
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(InterlockedIncrement64(&w), 6);
    ck_assert_int_eq(InterlockedDecrement64(&w), 5);
    ck_assert_int_eq(InterlockedExchange64(&w, 7), 5);
    ck_assert_int_eq(InterlockedCompareExchange64(&w, 8, 7), 7);
    ck_assert_int_eq(w, 8);
    ck_assert_ptr_eq(InterlockedCompareExchangePointer(&p, &w, NULL), &n);
    ck_assert_ptr_eq(InterlockedExchangePointer(&p, &w), &n);
    ck_assert_ptr_eq(p, &w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("critical_section");
    TCase *tcase = tcase_create("locks");

    tcase_add_test(tcase, test_critical_section_is_entered_again_by_its_owner_only);
    tcase_add_test(tcase, test_critical_section_and_counters_lose_nothing);
    tcase_add_test(tcase, test_interlocked_answers_are_windows_s);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
