/* test_rangeset.c: what each operation does, drawn; the edges of the number line; what a set costs when
 * small.
 *
 * A picture is a line of cells, '.' or 'N' (in the set). Each row of a table is run in every view: a view
 * says where the first cell lies, how many bytes a cell has, and how many other ranges stand before and
 * behind the picture, so that it falls inside one leaf, across the border of two, or at the very end of the
 * numbers.
 */
#include <limits.h>
#include <string.h>

#include "rangeset/rangeset.h"
#include "suite.h"

enum { CELLS_MAX = 24, LEAF_MAX = 256, NONE = INT_MAX };

static const struct view {
    const char *name;
    uint64_t base, cell;
    unsigned before, behind;
} views[] = {
    {"bytes from 0", 0, 1, 0, 0},
    {"blocks far out", (uint64_t)5 << 40, 4096, 0, 0},
    {"the whole line", 0, UINT64_MAX / CELLS_MAX, 0, 0},
    {"up to the last byte", UINT64_MAX - CELLS_MAX, 1, 0, 0},
    {"one leaf, nearly full", 1 << 20, 16, LEAF_MAX / 2 - 2, LEAF_MAX / 2 - 2},
    {"end of a leaf", 1 << 20, 16, LEAF_MAX - 2, 0},
    {"end of a full leaf", 1 << 20, 16, LEAF_MAX, 0},
    {"start of a leaf", 1 << 20, 16, LEAF_MAX - 1, 3 * LEAF_MAX},
    {"among many leaves", 1 << 20, 16, 3 * LEAF_MAX + 7, 3 * LEAF_MAX + 7},
};

enum { VIEWS = sizeof views / sizeof views[0] };

static struct range cells(const struct view *v, unsigned from, unsigned to)
{
    return (struct range){v->base + from * v->cell, v->base + to * v->cell};
}

/* The next run of N at or after *at; *at moves behind it. */
static bool next_run(const char *picture, unsigned *at, unsigned *from)
{
    while (picture[*at] == '.')
        (*at)++;
    *from = *at;
    while (picture[*at] == 'N')
        (*at)++;
    return *at > *from;
}

static void add_picture(struct rangeset *set, const struct view *v, const char *picture)
{
    unsigned at = 0, from;

    while (next_run(picture, &at, &from))
        ck_assert_int_eq(rangeset_add(set, cells(v, from, at)), S_OK);
}

/* The crowd is in pairs of bytes, well away from the picture; crowd_len is what it adds. */
static void draw(struct rangeset *set, const struct view *v, const char *picture)
{
    uint64_t behind = v->base + (CELLS_MAX + 8) * v->cell;

    rangeset_init(set);
    for (unsigned i = 0; i < v->before; i++)
        ck_assert_int_eq(rangeset_add(set, (struct range){i * 8u, i * 8u + 2}), S_OK);
    for (unsigned i = 0; i < v->behind; i++)
        ck_assert_int_eq(rangeset_add(set, (struct range){behind + i * 8u, behind + i * 8u + 2}), S_OK);
    add_picture(set, v, picture);
    ck_assert(rangeset_sane(set));
}

static void expect_same(const struct rangeset *a, const struct rangeset *b, const char *what)
{
    size_t n = rangeset_count(a);
    struct range *x = calloc(n + 1, sizeof *x), *y = calloc(rangeset_count(b) + 1, sizeof *y);

    ck_assert(x && y);
    ck_assert_msg(rangeset_sane(a) && rangeset_sane(b), "%s: not sane", what);
    ck_assert_msg(n == rangeset_count(b), "%s: %zu ranges, expected %zu", what, n, rangeset_count(b));
    rangeset_list(a, x);
    rangeset_list(b, y);
    ck_assert_msg(memcmp(x, y, n * sizeof *x) == 0, "%s: the ranges differ", what);
    ck_assert_msg(rangeset_length(a) == rangeset_length(b), "%s: the lengths differ", what);
    free(x);
    free(y);
}

/* before, op, after. */
static const struct change {
    const char *before, *op, *after;
} adds[] =
    {
        {"............", "...NN.......", "...NN......."}, /* into nothing */
        {"...NN.......", "............", "...NN......."}, /* nothing */
        {"...NN.......", ".......NN...", "...NN..NN..."}, /* after */
        {".......NN...", "...NN.......", "...NN..NN..."}, /* before */
        {".N.......N..", "....NN......", ".N..NN...N.."}, /* between */
        {"...NN.......", ".....NN.....", "...NNNN....."}, /* touching its end */
        {".....NN.....", "...NN.......", "...NNNN....."}, /* touching its start */
        {"..NN..NN....", "....NN......", "..NNNNNN...."}, /* joining two that it touches */
        {"..NN..NN....", "...NNNN.....", "..NNNNNN...."}, /* joining two that it overlaps */
        {"..NNNNNN....", "...NN.......", "..NNNNNN...."}, /* inside */
        {"..NNNN......", "..NNNN......", "..NNNN......"}, /* the same */
        {"..NNNN......", "..NN........", "..NNNN......"}, /* its first half */
        {"..NNNN......", "....NN......", "..NNNN......"}, /* its second half */
        {"....NN......", "..NNNNNN....", "..NNNNNN...."}, /* around */
        {"....NN......", "..NNN.......", "..NNNN......"}, /* over its start */
        {"....NN......", ".....NNN....", "....NNNN...."}, /* over its end */
        {".N.N.N.N.N..", "..NNNNNNN...", ".NNNNNNNNN.."}, /* over several, touching the outer two */
        {".N.N.N.N.N..", "NNNNNNNNNNNN", "NNNNNNNNNNNN"}, /* over all */
        {".N.N.N.N.N..", "...N.N.N....", ".N.N.N.N.N.."}, /* several that are there */
        {".N.N.N.N.N..", "N.N.N.N.N.NN", "NNNNNNNNNNNN"}, /* the complement */
        {"NNNN....NNNN", "....NNNN....", "NNNNNNNNNNNN"}, /* the hole exactly */
        {"NNNN....NNNN", ".....NN.....", "NNNN.NN.NNNN"}, /* within the hole */
},
  removes[] = {
      {"............", "...NN.......", "............"}, /* from nothing */
      {"...NN.......", "............", "...NN......."}, /* nothing */
      {"...NN.......", ".....NN.....", "...NN......."}, /* touching its end */
      {"...NN.......", ".NN.........", "...NN......."}, /* touching its start */
      {"...NN.......", "...NN.......", "............"}, /* the same */
      {"...NN.......", "..NNNN......", "............"}, /* around */
      {"..NNNNNN....", "..NN........", "....NNNN...."}, /* its start */
      {"..NNNNNN....", "......NN....", "..NNNN......"}, /* its end */
      {"..NNNNNN....", "NNNN........", "....NNNN...."}, /* over its start */
      {"..NNNNNN....", "......NNNN..", "..NNNN......"}, /* over its end */
      {"..NNNNNN....", "....NN......", "..NN..NN...."}, /* cut in two */
      {".NNN.NNN.NN.", "..NNNNNNNN..", ".N........N."}, /* from one into another */
      {".NNN.NNN.NN.", ".NNNNNNNNNN.", "............"}, /* all, exactly */
      {".N.N.N.N.N..", "NNNNNNNNNNNN", "............"}, /* all and more */
      {".N.N.N.N.N..", "...N.N.N....", ".N.......N.."}, /* several */
      {".N.N.N.N.N..", "N.N.N.N.N.NN", ".N.N.N.N.N.."}, /* the complement */
      {"NNNNNNNNNNNN", ".N.N.N.N.N..", "N.N.N.N.N.NN"}, /* cut in many */
      {".NN..NN..NN.", ".....NN.....", ".NN......NN."}, /* the middle one */
};

typedef HRESULT one_fn(struct rangeset *, struct range);
typedef HRESULT set_fn(struct rangeset *, const struct rangeset *);

static void run_change(const struct change *c, one_fn *one, set_fn *all)
{
    for (unsigned i = 0; i < VIEWS; i++) {
        const struct view *v = &views[i], bare = {v->name, v->base, v->cell, 0, 0};
        struct rangeset set, by_set, operand, expected;
        unsigned at = 0, from;
        char what[100];

        snprintf(what, sizeof what, "%s op %s in view %s", c->before, c->op, v->name);
        draw(&expected, v, c->after);
        draw(&set, v, c->before);
        while (next_run(c->op, &at, &from)) {
            ck_assert_int_eq(one(&set, cells(v, from, at)), S_OK);
            ck_assert_msg(rangeset_sane(&set), "%s", what);
        }
        expect_same(&set, &expected, what);

        draw(&by_set, v, c->before);
        draw(&operand, &bare, c->op);
        ck_assert_int_eq(all(&by_set, &operand), S_OK);
        expect_same(&by_set, &expected, what);
        rangeset_release(&set);
        rangeset_release(&by_set);
        rangeset_release(&operand);
        rangeset_release(&expected);
    }
}

START_TEST(test_add_merges_what_overlaps_or_touches)
{
    run_change(&adds[_i], rangeset_add, rangeset_add_set);
}
END_TEST

START_TEST(test_remove_takes_out_exactly_that)
{
    run_change(&removes[_i], rangeset_remove, rangeset_remove_set);
}
END_TEST

/* What the questions answer about op, a picture of one run: its first gap, and N for covered bytes in `have`.
 */
static const struct question {
    const char *set, *op, *gap, *have;
} questions[] = {
    {"............", "...NN.......", "...NN.......", "............"},
    {"...NN.......", "...NN.......", "............", "...NN......."},
    {"...NN.......", "..NNN.......", "..N.........", "...NN......."},
    {"...NN.......", "...NNN......", ".....N......", "...NN......."},
    {"...NN.......", "..NNNN......", "..N.........", "...NN......."},
    {"...NN.......", ".....NN.....", ".....NN.....", "............"},
    {"...NN.......", ".NN.........", ".NN.........", "............"},
    {"..NNNNNN....", "...NN.......", "............", "...NN......."},
    {"..NN..NN....", "..NNNNNN....", "....NN......", "..NN..NN...."},
    {"..NN..NN....", "...NNNN.....", "....NN......", "...N..N....."},
    {"..NN..NN....", "....NN......", "....NN......", "............"},
    {"..NN..NN....", "...NN.......", "....N.......", "...N........"},
    {".N.N.N.N.N..", "NNNNNNNNNNNN", "N...........", ".N.N.N.N.N.."},
    {".N.N.N.N.N..", ".NNNNNNNNNNN", "..N.........", ".N.N.N.N.N.."},
    {"NNN.N.N.N.N.", "NNNNNNNNNNNN", "...N........", "NNN.N.N.N.N."},
    {"NNNNNNNNNNNN", "NNNNNNNNNNNN", "............", "NNNNNNNNNNNN"},
};

START_TEST(test_questions_about_a_range)
{
    const struct question *q = &questions[_i];

    for (unsigned i = 0; i < VIEWS; i++) {
        const struct view *v = &views[i];
        struct range r, gap, expected = {0, 0};
        unsigned at = 0, from, have = 0;
        struct rangeset set;

        draw(&set, v, q->set);
        next_run(q->op, &at, &from);
        r = cells(v, from, at);
        at = 0;
        if (next_run(q->gap, &at, &from))
            expected = cells(v, from, at);
        for (at = 0; q->have[at]; at++)
            have += q->have[at] == 'N';

        ck_assert_msg(rangeset_find_gap(&set, r, &gap) == !range_empty(expected), "%s in %s", q->op, v->name);
        ck_assert_uint_eq(gap.start, expected.start);
        ck_assert_uint_eq(gap.end, expected.end);
        ck_assert_int_eq(rangeset_covers(&set, r), range_empty(expected));
        ck_assert_int_eq(rangeset_intersects(&set, r), have > 0);
        ck_assert_uint_eq(rangeset_length_within(&set, r), have * v->cell);
        rangeset_release(&set);
    }
}
END_TEST

/* For each cell, the cell where the found range starts. */
static const struct {
    const char *set;
    unsigned starts[8];
} finds[] = {
    {"........", {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE}},
    {"...NN...", {3, 3, 3, 3, 3, NONE, NONE, NONE}},
    {"NN...NN.", {0, 0, 5, 5, 5, 5, 5, NONE}},
    {".N.N.N.N", {1, 1, 3, 3, 5, 5, 7, 7}},
};

START_TEST(test_find_gives_the_range_here_or_next)
{
    for (unsigned i = 0; i < VIEWS; i++) {
        const struct view *v = &views[i];
        struct rangeset set;
        struct range r;

        draw(&set, v, finds[_i].set);
        for (unsigned cell = 0; cell < 8; cell++) {
            unsigned start = finds[_i].starts[cell];

            if (start != NONE) {
                ck_assert(rangeset_find(&set, v->base + cell * v->cell, &r));
                ck_assert_uint_eq(r.start, v->base + start * v->cell);
            } else {
                ck_assert_int_eq(rangeset_find(&set, v->base + cell * v->cell, &r), v->behind > 0);
            }
        }
        rangeset_release(&set);
    }
}
END_TEST

START_TEST(test_walk_by_find_is_the_list)
{
    for (unsigned i = 0; i < VIEWS; i++) {
        struct rangeset set;
        struct range list[8 * LEAF_MAX], r;
        size_t n = 0;

        draw(&set, &views[i], ".N.NN..N.N.NNN..");
        ck_assert_uint_le(rangeset_count(&set), sizeof list / sizeof list[0]);
        rangeset_list(&set, list);
        for (uint64_t o = 0; rangeset_find(&set, o, &r); o = r.end, n++) {
            ck_assert_uint_eq(r.start, list[n].start);
            ck_assert_uint_eq(r.end, list[n].end);
        }
        ck_assert_uint_eq(n, rangeset_count(&set));
        rangeset_release(&set);
    }
}
END_TEST

START_TEST(test_empty_ranges_do_nothing)
{
    static const struct range none[] = {{0, 0}, {5, 5}, {7, 3}, {UINT64_MAX, UINT64_MAX}, {UINT64_MAX, 0}};
    struct rangeset set;
    struct range gap;

    rangeset_init(&set);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++) {
            ck_assert_int_eq(rangeset_add(&set, none[i]), S_OK);
            ck_assert_int_eq(rangeset_remove(&set, none[i]), S_OK);
            ck_assert(rangeset_covers(&set, none[i]));
            ck_assert(!rangeset_intersects(&set, none[i]));
            ck_assert(!rangeset_find_gap(&set, none[i], &gap));
            ck_assert_uint_eq(rangeset_length_within(&set, none[i]), 0);
        }
        ck_assert_uint_eq(rangeset_count(&set), round);
        ck_assert_int_eq(rangeset_add(&set, (struct range){2, 9}), S_OK);
    }
    ck_assert_uint_eq(rangeset_length(&set), 7);
    rangeset_release(&set);
}
END_TEST

START_TEST(test_first_and_last_byte)
{
    const struct range all = {0, UINT64_MAX}, first = {0, 1}, last = {UINT64_MAX - 1, UINT64_MAX};
    struct rangeset set;
    struct range r;

    rangeset_init(&set);
    ck_assert_int_eq(rangeset_add(&set, first), S_OK);
    ck_assert_int_eq(rangeset_add(&set, last), S_OK);
    ck_assert(rangeset_covers(&set, first));
    ck_assert(rangeset_covers(&set, last));
    ck_assert_uint_eq(rangeset_length_within(&set, all), 2);
    ck_assert(!rangeset_find(&set, UINT64_MAX, &r));
    ck_assert(rangeset_find(&set, UINT64_MAX - 1, &r));
    ck_assert(rangeset_find_gap(&set, all, &r));
    ck_assert_uint_eq(r.start, 1);
    ck_assert_uint_eq(r.end, UINT64_MAX - 1);

    ck_assert_int_eq(rangeset_add(&set, r), S_OK);
    ck_assert_uint_eq(rangeset_count(&set), 1);
    ck_assert_uint_eq(rangeset_length(&set), UINT64_MAX);
    ck_assert(rangeset_covers(&set, all));
    ck_assert(!rangeset_find_gap(&set, all, &r));

    ck_assert_int_eq(rangeset_remove(&set, first), S_OK);
    ck_assert_int_eq(rangeset_remove(&set, last), S_OK);
    ck_assert_uint_eq(rangeset_length(&set), UINT64_MAX - 2);
    ck_assert_int_eq(rangeset_remove(&set, all), S_OK);
    ck_assert_uint_eq(rangeset_count(&set), 0);
    ck_assert(rangeset_sane(&set));
    ck_assert_uint_eq(rangeset_memory(&set), 0);
    rangeset_release(&set);
}
END_TEST

START_TEST(test_set_with_itself)
{
    struct rangeset set, same;

    draw(&set, &views[VIEWS - 1], ".N.N.N..");
    rangeset_init(&same);
    ck_assert_int_eq(rangeset_copy(&same, &set), S_OK);
    ck_assert_int_eq(rangeset_add_set(&set, &set), S_OK);
    ck_assert_int_eq(rangeset_copy(&set, &set), S_OK);
    rangeset_swap(&set, &set);
    expect_same(&set, &same, "with itself");
    ck_assert_int_eq(rangeset_remove_set(&set, &set), S_OK);
    ck_assert_uint_eq(rangeset_count(&set), 0);
    rangeset_release(&set);
    rangeset_release(&same);
}
END_TEST

START_TEST(test_copy_and_swap_are_independent)
{
    struct rangeset a, b, a_was, b_was;

    draw(&a, &views[VIEWS - 1], ".NN..N..");
    draw(&b, &views[0], "NNNN..NN");
    rangeset_init(&a_was);
    rangeset_init(&b_was);
    ck_assert_int_eq(rangeset_copy(&a_was, &a), S_OK);
    ck_assert_int_eq(rangeset_copy(&b_was, &b), S_OK);
    rangeset_swap(&a, &b);
    expect_same(&a, &b_was, "a after swap");
    expect_same(&b, &a_was, "b after swap");

    ck_assert_int_eq(rangeset_copy(&a, &b), S_OK);
    rangeset_clear(&b);
    expect_same(&a, &a_was, "a copy outlives its source");
    ck_assert_int_eq(rangeset_copy(&a, &b), S_OK);
    ck_assert_uint_eq(rangeset_count(&a), 0);
    ck_assert(rangeset_sane(&a));
    rangeset_release(&a_was);
    rangeset_release(&b_was);
    rangeset_release(&a);
    rangeset_release(&b);
}
END_TEST

START_TEST(test_release_leaves_a_usable_set)
{
    struct rangeset set;

    draw(&set, &views[VIEWS - 1], ".NN..N..");
    rangeset_release(&set);
    ck_assert_uint_eq(rangeset_memory(&set), 0);
    ck_assert_int_eq(rangeset_add(&set, (struct range){1, 2}), S_OK);
    ck_assert_uint_eq(rangeset_count(&set), 1);
    rangeset_release(&set);
    rangeset_release(&set);
    ck_assert(rangeset_sane(&set));
}
END_TEST

/* Ranges held, and the memory they may take: an idle job has few, and there may be ten thousand of it. */
static const struct {
    size_t count, bytes;
} costs[] = {{0, 0}, {1, 40}, {2, 56}, {4, 88}, {10, 200}, {100, 1900}, {1000, 26000}, {100000, 2600000}};

START_TEST(test_memory_stays_small)
{
    struct rangeset set;
    uint64_t mixed = 1;

    for (unsigned order = 0; order < 3; order++) {
        rangeset_init(&set);
        while (rangeset_count(&set) < costs[_i].count) {
            uint64_t n = rangeset_count(&set);
            uint64_t at = order == 0 ? n : order == 1 ? costs[_i].count - n : suite_random(&mixed) >> 24;

            ck_assert_int_eq(rangeset_add(&set, (struct range){at * 4, at * 4 + 3}), S_OK);
        }
        ck_assert(rangeset_sane(&set));
        ck_assert_uint_le(rangeset_memory(&set), costs[_i].bytes);
        /* Front to back is how a list of ranges mostly comes: leaves are filled, not halved. */
        if (order == 0 && costs[_i].count >= 1000)
            ck_assert_uint_le(rangeset_memory(&set), costs[_i].count * 18);
        rangeset_release(&set);
    }
}
END_TEST

/* A set that was large and has little left must not keep the room. */
START_TEST(test_memory_follows_a_shrinking_set)
{
    enum { N = 50000, KEPT = N / 100 };
    struct rangeset set;

    rangeset_init(&set);
    for (uint64_t i = 0; i < N; i++)
        ck_assert_int_eq(rangeset_add(&set, (struct range){i * 4, i * 4 + 3}), S_OK);
    /* 99 of each hundred, one at a time and out of order: 7919 is prime to N. */
    for (uint64_t k = 0, i = 0; k < N; k++, i = (i + 7919) % N) {
        if (i % 100 != 0)
            ck_assert_int_eq(rangeset_remove(&set, (struct range){i * 4, i * 4 + 4}), S_OK);
        if (k % 1000 == 0)
            ck_assert(rangeset_sane(&set));
    }
    ck_assert_uint_eq(rangeset_count(&set), KEPT);
    ck_assert_uint_le(rangeset_memory(&set), KEPT * 26);
    ck_assert_int_eq(rangeset_remove(&set, (struct range){4, UINT64_MAX}), S_OK);
    ck_assert_uint_eq(rangeset_count(&set), 1);
    ck_assert_uint_le(rangeset_memory(&set), 160);
    rangeset_release(&set);
}
END_TEST

static Suite *rangeset_suite(void)
{
    Suite *suite = suite_create("rangeset");
    TCase *t = tcase_create("change");

    tcase_add_loop_test(t, test_add_merges_what_overlaps_or_touches, 0, sizeof adds / sizeof adds[0]);
    tcase_add_loop_test(t, test_remove_takes_out_exactly_that, 0, sizeof removes / sizeof removes[0]);
    tcase_add_test(t, test_empty_ranges_do_nothing);
    tcase_add_test(t, test_first_and_last_byte);
    suite_add_tcase(suite, t);

    t = tcase_create("question");
    tcase_add_loop_test(t, test_questions_about_a_range, 0, sizeof questions / sizeof questions[0]);
    tcase_add_loop_test(t, test_find_gives_the_range_here_or_next, 0, sizeof finds / sizeof finds[0]);
    tcase_add_test(t, test_walk_by_find_is_the_list);
    suite_add_tcase(suite, t);

    t = tcase_create("whole");
    tcase_add_test(t, test_set_with_itself);
    tcase_add_test(t, test_copy_and_swap_are_independent);
    tcase_add_test(t, test_release_leaves_a_usable_set);
    suite_add_tcase(suite, t);

    t = tcase_create("memory");
    tcase_add_loop_test(t, test_memory_stays_small, 0, sizeof costs / sizeof costs[0]);
    tcase_add_test(t, test_memory_follows_a_shrinking_set);
    suite_add_tcase(suite, t);
    return suite;
}

int main(void)
{
    return suite_main(rangeset_suite());
}
