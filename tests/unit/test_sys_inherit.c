/* test_sys_inherit.c: sockets that must not reach other programs, and those that are not ours to touch. */
#include "suite.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/inherit.h"

static bool is_inherited(int fd)
{
    return !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

struct pairs {
    int ours[2], busy[2], idle[2];
    unsigned pokes;
};

static void make(struct pairs *pairs)
{
    *pairs = (struct pairs){.pokes = 0};
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs->idle), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs->ours), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs->busy), 0);
}

static void close_all(struct pairs *pairs)
{
    for (int i = 0; i < 2; i++) {
        close(pairs->ours[i]);
        close(pairs->busy[i]);
        close(pairs->idle[i]);
    }
}

static void put(int fd)
{
    ck_assert_int_eq(write(fd, "", 1), 1);
}

/* Empties it, whatever is in there. */
static void take(int fd)
{
    char bytes[256];

    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        continue;
}

/* The busy pair is some other loop's: one byte, at the same moments. */
static void poke(void *context)
{
    struct pairs *pairs = context;

    put(pairs->ours[1]);
    if (pairs->pokes++ == 0)
        put(pairs->busy[1]);
}

static void drain(void *context)
{
    struct pairs *pairs = context;

    take(pairs->ours[0]);
    take(pairs->busy[0]);
}

START_TEST(test_the_pair_that_answers_is_kept_and_no_other)
{
    struct pairs pairs;

    make(&pairs);
    sys_pair_uninherit(poke, drain, &pairs);
    ck_assert_uint_gt(pairs.pokes, 1);
    for (int i = 0; i < 2; i++) {
        ck_assert(!is_inherited(pairs.ours[i]));
        ck_assert(is_inherited(pairs.busy[i]));
        ck_assert(is_inherited(pairs.idle[i]));
    }
    close_all(&pairs);
}
END_TEST

static void do_nothing(void *context)
{
    (void)context;
}

START_TEST(test_no_pair_is_no_harm)
{
    struct pairs pairs;

    make(&pairs);
    sys_pair_uninherit(do_nothing, do_nothing, &pairs);
    for (int i = 0; i < 2; i++)
        ck_assert(is_inherited(pairs.ours[i]) && is_inherited(pairs.busy[i]) && is_inherited(pairs.idle[i]));
    close_all(&pairs);
}
END_TEST

START_TEST(test_a_socket_is_never_inherited)
{
    int fd = (int)sys_socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert(!is_inherited(fd));
    close(fd);
    ck_assert_int_eq((int)sys_socket(-1, SOCK_STREAM, 0), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inherit");
    TCase *tc = tcase_create("inherit");

    tcase_add_test(tc, test_the_pair_that_answers_is_kept_and_no_other);
    tcase_add_test(tc, test_no_pair_is_no_harm);
    tcase_add_test(tc, test_a_socket_is_never_inherited);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
