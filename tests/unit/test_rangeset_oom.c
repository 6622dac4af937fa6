/* test_rangeset_oom.c: a range set when memory is short.
 *
 * The room is compiled once more for this program with malloc, realloc and free renamed to the functions
 * below (local.mk), so the product has no seam for it and the rest of the program keeps the real ones.
 * Allocations are counted; the one chosen fails, or all do. A failed operation must leave the set as it was,
 * one that makes a set shorter must not fail at all, and in the end nothing may be held.
 */
#include <string.h>

#include "rangeset/rangeset.h"
#include "suite.h"

void *oom_malloc(size_t size);
void *oom_realloc(void *old, size_t size);
void oom_free(void *p);

enum { OFF = 0, ALWAYS = -1 };

static long fail_at;   /* OFF, ALWAYS, or which allocation from now on: 1 is the next */
static long held;      /* blocks */
static unsigned fails; /* that happened */

static bool failing(void)
{
    if (fail_at == ALWAYS || (fail_at != OFF && --fail_at == OFF)) {
        fails++;
        return true;
    }
    return false;
}

void *oom_malloc(size_t size)
{
    void *p = failing() ? NULL : malloc(size);

    held += p != NULL;
    return p;
}

void *oom_realloc(void *old, size_t size)
{
    void *p = failing() ? NULL : realloc(old, size);

    held += p != NULL && old == NULL;
    return p;
}

void oom_free(void *p)
{
    held -= p != NULL;
    free(p);
}

static bool same(const struct rangeset *a, const struct rangeset *b)
{
    struct range x, y;
    uint64_t o = 0;

    if (!rangeset_sane(a) || !rangeset_sane(b) || rangeset_count(a) != rangeset_count(b) ||
        rangeset_length(a) != rangeset_length(b))
        return false;
    for (; rangeset_find(a, o, &x); o = x.end)
        if (!rangeset_find(b, o, &y) || x.start != y.start || x.end != y.end)
            return false;
    return true;
}

/* a's bytes are all in b. */
static bool within(const struct rangeset *a, const struct rangeset *b)
{
    struct range r;

    for (uint64_t o = 0; rangeset_find(a, o, &r); o = r.end)
        if (!rangeset_covers(b, r))
            return false;
    return true;
}

enum { BLOCKS = 1500, STEPS = 2600 };

/* Operation i of a script that takes a set through growth, splits, cuts, merges and back to nothing. */
static HRESULT script(struct rangeset *set, unsigned i)
{
    uint64_t block = i * 677u % BLOCKS * 16;

    if (i < BLOCKS)
        return rangeset_add(set, (struct range){block, block + 11});
    if (i < BLOCKS + 1000)
        return rangeset_remove(set, (struct range){block + 3, block + 5});
    return rangeset_remove(set, (struct range){0, (i + 1 - BLOCKS - 1000) * (BLOCKS * 16 / 100)});
}

/* How many allocations the whole script makes. */
static long script_allocations(void)
{
    struct rangeset set;

    rangeset_init(&set);
    fail_at = 1000000;
    for (unsigned i = 0; i < STEPS; i++)
        ck_assert_int_eq(script(&set, i), S_OK);
    ck_assert_uint_eq(rangeset_count(&set), 0);
    return 1000000 - fail_at;
}

START_TEST(test_each_allocation_of_a_script_fails_once)
{
    long total = script_allocations();
    unsigned refused = 0;

    ck_assert_int_gt(total, 100);
    for (long nth = 1; nth <= total; nth++) {
        struct rangeset set, twin;
        long nth_left;

        rangeset_init(&set);
        rangeset_init(&twin);
        fails = 0;
        fail_at = nth;
        for (unsigned i = 0; i < STEPS; i++) {
            HRESULT hr = script(&set, i);
            bool now = fails == 1;

            if (FAILED(hr)) {
                ck_assert_int_eq(hr, E_OUTOFMEMORY);
                ck_assert_msg(same(&set, &twin), "allocation %ld, step %u: changed", nth, i);
                ck_assert_int_eq(script(&set, i), S_OK);
                refused++;
            }
            nth_left = fail_at;
            fail_at = OFF;
            ck_assert_int_eq(script(&twin, i), S_OK);
            fail_at = nth_left;
            if (now) {
                ck_assert_msg(same(&set, &twin), "allocation %ld, step %u: differs", nth, i);
                fails = 2; /* and checked */
            }
        }
        ck_assert_msg(fails == 2, "allocation %ld did not happen", nth);
        ck_assert(same(&set, &twin));
        rangeset_release(&set);
        rangeset_release(&twin);
        ck_assert_int_eq(held, 0);
    }
    /* Failing to give room back is no failure; failing to get it is. Both must have been met. */
    ck_assert_uint_gt(refused, 20);
    ck_assert_int_lt(refused, total);
}
END_TEST

START_TEST(test_what_shortens_a_set_never_fails)
{
    struct rangeset set, twin;
    uint64_t state = suite_seed();

    for (unsigned round = 0; round < 20; round++) {
        rangeset_init(&set);
        rangeset_init(&twin);
        for (uint64_t i = 0; i < BLOCKS; i++)
            ck_assert_int_eq(rangeset_add(&set, (struct range){i * 16, i * 16 + 11}), S_OK);
        ck_assert_int_eq(rangeset_copy(&twin, &set), S_OK);
        while (rangeset_count(&set) > 0) {
            uint64_t start = suite_random(&state) % BLOCKS, n = 1 + suite_random(&state) % 40;
            struct range whole = {start * 16, (start + n) * 16},
                         join = {start * 16 + 8, (start + n) * 16 + 8};
            bool joining =
                suite_random(&state) % 2 && rangeset_covers(&set, (struct range){join.start, join.start + 1});

            fail_at = ALWAYS;
            ck_assert_int_eq(joining ? rangeset_add(&set, join) : rangeset_remove(&set, whole), S_OK);
            fail_at = OFF;
            ck_assert_int_eq(joining ? rangeset_add(&twin, join) : rangeset_remove(&twin, whole), S_OK);
            ck_assert(same(&set, &twin));
        }
        rangeset_release(&set);
        rangeset_release(&twin);
        ck_assert_int_eq(held, 0);
    }
}
END_TEST

START_TEST(test_an_empty_set_holds_nothing)
{
    struct rangeset set;

    rangeset_init(&set);
    for (unsigned round = 0; round < 3; round++) {
        ck_assert_int_eq(held, 0);
        for (uint64_t i = 0; i < 1000; i++)
            ck_assert_int_eq(rangeset_add(&set, (struct range){i * 4, i * 4 + 1}), S_OK);
        ck_assert_int_gt(held, 0);
        if (round == 0)
            ck_assert_int_eq(rangeset_remove(&set, (struct range){0, UINT64_MAX}), S_OK);
        else if (round == 1)
            for (uint64_t i = 0; i < 1000; i++)
                ck_assert_int_eq(rangeset_remove(&set, (struct range){i * 4, i * 4 + 4}), S_OK);
        else
            rangeset_clear(&set);
    }
    ck_assert_int_eq(held, 0);
}
END_TEST

/* Two combs that interleave or, for cutting, one that lies in the other's teeth. */
static void combs(struct rangeset *set, struct rangeset *other, unsigned n)
{
    rangeset_init(set);
    rangeset_init(other);
    for (uint64_t i = 0; i < n; i++) {
        ck_assert_int_eq(rangeset_add(set, (struct range){i * 16, i * 16 + 7}), S_OK);
        ck_assert_int_eq(rangeset_add(other, (struct range){i * 16 + 3, i * 16 + 5}), S_OK);
        ck_assert_int_eq(rangeset_add(other, (struct range){i * 16 + 9, i * 16 + 12}), S_OK);
    }
}

typedef HRESULT set_fn(struct rangeset *, const struct rangeset *);

/* Fails each allocation of fn in turn until it gets through; returns how many failures there were. */
static unsigned fail_each(set_fn *fn, bool partly, unsigned n)
{
    struct rangeset set, other, before, after;
    unsigned refused = 0;
    HRESULT hr;

    combs(&before, &other, n);
    rangeset_init(&after);
    ck_assert_int_eq(rangeset_copy(&after, &before), S_OK);
    ck_assert_int_eq(fn(&after, &other), S_OK);
    for (long nth = 1;; nth++) {
        rangeset_init(&set);
        ck_assert_int_eq(rangeset_copy(&set, &before), S_OK);
        fails = 0;
        fail_at = nth;
        hr = fn(&set, &other);
        fail_at = OFF;
        if (FAILED(hr)) {
            ck_assert_int_eq(hr, E_OUTOFMEMORY);
            refused++;
            if (partly)
                ck_assert((within(&before, &set) && within(&set, &after)) ||
                          (within(&after, &set) && within(&set, &before)));
            else
                ck_assert(same(&set, &before));
            ck_assert_int_eq(fn(&set, &other), S_OK);
        }
        ck_assert(same(&set, &after));
        rangeset_release(&set);
        if (fails == 0)
            break;
    }
    rangeset_release(&other);
    rangeset_release(&before);
    rangeset_release(&after);
    ck_assert_int_eq(held, 0);
    return refused;
}

START_TEST(test_whole_set_operations_when_memory_is_short)
{
    for (unsigned n = 1; n <= 1000; n *= 10) {
        ck_assert_uint_gt(fail_each(rangeset_add_set, true, n), 0);
        ck_assert_uint_gt(fail_each(rangeset_remove_set, true, n), 0);
        ck_assert_uint_gt(fail_each(rangeset_copy, false, n), 0);
    }
}
END_TEST

static Suite *oom_suite(void)
{
    Suite *suite = suite_create("rangeset_oom");
    TCase *t = tcase_create("memory is short");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_each_allocation_of_a_script_fails_once);
    tcase_add_test(t, test_what_shortens_a_set_never_fails);
    tcase_add_test(t, test_an_empty_set_holds_nothing);
    tcase_add_test(t, test_whole_set_operations_when_memory_is_short);
    suite_add_tcase(suite, t);
    return suite;
}

int main(void)
{
    return suite_main(oom_suite());
}
