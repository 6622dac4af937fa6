/* suite.h: the main function of a test program, and the seed of a random one.
 *
 * OPENBITS_TEST_SEED sets the seed; it is printed, so that a failure can be had again. CK_RUN_SUITE and
 * CK_RUN_CASE choose a part, CK_FORK=no keeps everything in one process (debuggers, sanitizers).
 */
#ifndef OPENBITS_TESTS_SUITE_H
#define OPENBITS_TESTS_SUITE_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline int suite_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    if (srunner_ntests_run(runner) == 0) {
        fprintf(stderr, "no test was run\n");
        failed = 1;
    }
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* An assertion for loops of thousands: Check's own writes to its pipe each time, this only when it fails. */
#define suite_require(condition, ...)                                                                      \
    do {                                                                                                   \
        if (!(condition))                                                                                  \
            ck_abort_msg(__VA_ARGS__);                                                                     \
    } while (0)

static inline uint64_t suite_seed(void)
{
    const char *set = getenv("OPENBITS_TEST_SEED");
    uint64_t seed = set ? strtoull(set, NULL, 0) : (uint64_t)time(NULL) * 1000003u;

    printf("seed %llu (OPENBITS_TEST_SEED sets it)\n", (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

/* splitmix64: one state word, good enough to choose with. */
static inline uint64_t suite_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

#endif
