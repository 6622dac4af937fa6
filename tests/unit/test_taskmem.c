/* test_taskmem.c: the task allocator at its edges, and the tick count. */
#include <windows.h>

#include "suite.h"

START_TEST(test_taskmem_no_bytes_are_a_block)
{
    void *block = CoTaskMemAlloc(0);

    ck_assert_ptr_nonnull(block);
    CoTaskMemFree(block);
    CoTaskMemFree(NULL);
}
END_TEST

START_TEST(test_taskmem_realloc_allocates_keeps_and_frees)
{
    char *block = CoTaskMemRealloc(NULL, 4);

    ck_assert_ptr_nonnull(block);
    memcpy(block, "abc", 4);
    block = CoTaskMemRealloc(block, 100000);
    ck_assert_str_eq(block, "abc");
    ck_assert_ptr_null(CoTaskMemRealloc(block, 0));
    block = CoTaskMemRealloc(NULL, 0);
    ck_assert_ptr_nonnull(block);
    CoTaskMemFree(block);
}
END_TEST

START_TEST(test_tick_count_does_not_go_back_and_sleep_is_long_enough)
{
    struct timespec from, to;
    ULONGLONG before = GetTickCount64();

    Sleep(0);
    clock_gettime(CLOCK_MONOTONIC, &from);
    Sleep(2);
    clock_gettime(CLOCK_MONOTONIC, &to);
    ck_assert_int_ge((to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec, 2000000);
    ck_assert_uint_ge(GetTickCount64(), before + 1); /* each reading is cut to its millisecond */
    ck_assert_uint_le((DWORD)(GetTickCount() - (DWORD)before), 60000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("taskmem");
    TCase *tcase = tcase_create("memory"), *ticks = tcase_create("ticks");

    tcase_add_test(tcase, test_taskmem_no_bytes_are_a_block);
    tcase_add_test(tcase, test_taskmem_realloc_allocates_keeps_and_frees);
    suite_add_tcase(suite, tcase);
    tcase_add_test(ticks, test_tick_count_does_not_go_back_and_sleep_is_long_enough);
    suite_add_tcase(suite, ticks);
    return suite_main(suite);
}
