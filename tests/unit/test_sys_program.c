/* test_sys_program.c: what a started program is given, and what its end says. */
#include "suite.h"

#include <signal.h>
#include <string.h>

#include "sys/file.h"
#include "sys/program.h"

static const struct {
    const char *parameters;
    int status;
} runs[] = {
    {NULL, 0}, /* a shell with nothing on stdin */
    {"", 0},
    {" \t ", 0},
    {"sh -c \"exit 3\"", 3},
    {"  sh\t-c  \"exit 4\"  ", 4},
    {"sh -c \"exit 5", 5},
    {"sh -c exit\" \"6", 6},
    {"sh -c \"exit $#\" sh a \"b c\" \"\"", 3},
    {"sh -c \"test $0 = me\" me", 0},
    {"sh -c \"test $1 = '\\'\" sh \\", 0},
    {"sh -c \"! read x\"", 0},
    {"sh -c \"kill -KILL $$\"", -1},
};

START_TEST(test_run)
{
    int status = 77;

    ck_assert_int_eq(sys_program_run("/bin/sh", runs[_i].parameters, &status), S_OK);
    ck_assert_int_eq(status, runs[_i].status);
}
END_TEST

START_TEST(test_signals_are_not_blocked_in_it)
{
    sigset_t all;
    int status;

    sigfillset(&all);
    ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &all, NULL), 0);
    ck_assert_int_eq(sys_program_run("/bin/sh", "sh -c \"kill -TERM $$; exit 9\"", &status), S_OK);
    ck_assert_int_eq(status, -1);
}
END_TEST

START_TEST(test_what_cannot_be_started)
{
    int status;

    ck_assert(FAILED(sys_program_run("/nowhere/at/all", NULL, &status)));
    ck_assert(FAILED(sys_program_run("sh", "sh -c \"exit 0\"", &status))); /* no search path */
}
END_TEST

START_TEST(test_a_status_that_another_took)
{
    int status;

    ck_assert(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(sys_program_run("/bin/sh", "sh -c \"exit 3\"", &status), HR_STATUS_LOST);
    signal(SIGCHLD, SIG_DFL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sys program");
    TCase *tcase = tcase_create("run");

    tcase_add_loop_test(tcase, test_run, 0, sizeof runs / sizeof *runs);
    tcase_add_test(tcase, test_signals_are_not_blocked_in_it);
    tcase_add_test(tcase, test_what_cannot_be_started);
    tcase_add_test(tcase, test_a_status_that_another_took);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
