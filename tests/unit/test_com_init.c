/* test_com_init.c: CoInitializeEx and CoUninitialize, thread by thread. */
#include "winapi/com_init.h"

#include <objbase.h>
#include <pthread.h>

#include "suite.h"

START_TEST(test_com_init_counts_and_keeps_the_first_model)
{
    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_MULTITHREADED | COINIT_DISABLE_OLE1DDE), S_FALSE);
    ck_assert_int_eq(CoInitialize(NULL), RPC_E_CHANGED_MODE);
    CoUninitialize();
    ck_assert_int_eq(CoInitialize(NULL), RPC_E_CHANGED_MODE); /* one is left */
    CoUninitialize();
    ck_assert_int_eq(CoInitialize(NULL), S_OK);
    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED), S_FALSE);
    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_MULTITHREADED), RPC_E_CHANGED_MODE);
    CoUninitialize();
    CoUninitialize();
    CoUninitialize(); /* one too many does nothing */
    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
    CoUninitialize();
}
END_TEST

START_TEST(test_com_init_refuses_bad_arguments)
{
    int something;

    ck_assert_int_eq(CoInitializeEx(&something, COINIT_MULTITHREADED), E_INVALIDARG);
    ck_assert_int_eq(CoInitialize(&something), E_INVALIDARG);
    ck_assert_int_eq(CoInitializeEx(NULL, 0x10), E_INVALIDARG);
    ck_assert_int_eq(com_init_check(), CO_E_NOTINITIALIZED); /* none of them counted */
}
END_TEST

START_TEST(test_com_init_security_has_no_effect_and_says_so)
{
    ck_assert_int_eq(CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT,
                                          RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL),
                     S_OK);
}
END_TEST

struct seen {
    HRESULT before, init, after;
};

static void *in_thread(void *arg)
{
    struct seen *seen = arg;

    seen->before = com_init_check();
    seen->init = CoInitializeEx(NULL, COINIT_APARTMENTTHREADED);
    seen->after = com_init_check();
    CoUninitialize();
    return NULL;
}

static struct seen seen_by_another_thread(void)
{
    struct seen seen;
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, in_thread, &seen), 0);
    pthread_join(thread, NULL);
    return seen;
}

START_TEST(test_com_init_is_a_thread_s_own_affair)
{
    struct seen seen;

    ck_assert_int_eq(com_init_check(), CO_E_NOTINITIALIZED);
    ck_assert_int_eq(CoInitialize(NULL), S_OK);
    ck_assert_int_eq(com_init_check(), S_OK);
    seen = seen_by_another_thread();
    ck_assert_int_eq(seen.before, CO_E_NOTINITIALIZED);
    ck_assert_int_eq(seen.init, S_OK);
    ck_assert_int_eq(seen.after, S_OK);
    CoUninitialize();
    ck_assert_int_eq(com_init_check(), CO_E_NOTINITIALIZED);
}
END_TEST

START_TEST(test_com_init_multithreaded_serves_threads_without_their_own)
{
    struct seen seen;

    ck_assert_int_eq(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
    seen = seen_by_another_thread();
    ck_assert_int_eq(seen.before, S_OK);
    ck_assert_int_eq(seen.init, S_OK); /* it may still choose for itself */
    CoUninitialize();
    ck_assert_int_eq(seen_by_another_thread().before, CO_E_NOTINITIALIZED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("com_init");
    TCase *tcase = tcase_create("apartments");

    tcase_add_test(tcase, test_com_init_counts_and_keeps_the_first_model);
    tcase_add_test(tcase, test_com_init_refuses_bad_arguments);
    tcase_add_test(tcase, test_com_init_security_has_no_effect_and_says_so);
    tcase_add_test(tcase, test_com_init_is_a_thread_s_own_affair);
    tcase_add_test(tcase, test_com_init_multithreaded_serves_threads_without_their_own);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
