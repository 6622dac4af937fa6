/* test_rangeset_random.c: a million random operations on two sets, each beside a map of bytes.
 *
 * After every operation the sets must be sane and their lists equal to what the maps say. Eras differ in
 * width, so that sets have one leaf or dozens, and in where their bytes lie on the number line. Within an era
 * adding and removing prevail in turn, so sets fill up, fall apart and become empty again and again.
 */
#include <string.h>

#include "rangeset/rangeset.h"
#include "suite.h"

enum { WIDTH_MAX = 12000 };

static const struct era {
    const char *name;
    unsigned operations, width; /* bytes of the map */
    unsigned len_max;           /* of a random range, in bytes of the map */
    unsigned rare;              /* one operation in so many is on a whole set, or on a large part of it */
    unsigned swing;             /* operations until the other of add and remove prevails */
    unsigned count_min;         /* ranges that a set must once have had, or the era is not worth its name */
    uint64_t base, cell;        /* where the map's first byte lies, and what a byte of it stands for */
} eras[] = {
    {"few bytes", 500000, 200, 30, 50, 300, 10, 0, 1},
    {"one leaf", 250000, 1000, 6, 1000, 1500, 60, (uint64_t)1 << 33, 4096},
    {"up to the last byte", 100000, 300, 30, 50, 300, 10, UINT64_MAX - 300, 1},
    {"many leaves", 150000, WIDTH_MAX, 2, 10000, 24000, 1500, 0, UINT64_MAX / WIDTH_MAX},
};

struct pair {
    struct rangeset set;
    unsigned char map[WIDTH_MAX];
};

static const struct era *era;
static uint64_t state; /* of the random numbers */
static struct pair pairs[2];

static unsigned draw(unsigned below)
{
    return (unsigned)(suite_random(&state) % below);
}

/* A random run of the map's bytes. */
static void draw_run(unsigned *from, unsigned *to)
{
    unsigned len = draw(era->len_max + 1);

    /* Now and then a large one, that crosses leaves or empties the set. */
    if (draw(era->rare) == 0)
        len = draw(era->width + 1);
    *from = draw(era->width - len + 1);
    *to = *from + len;
}

static struct range to_range(unsigned from, unsigned to)
{
    return (struct range){era->base + from * era->cell, era->base + to * era->cell};
}

static unsigned run_end(const unsigned char *map, unsigned from, unsigned to)
{
    const unsigned char *end = memchr(map + from, !map[from], to - from);

    return end ? (unsigned)(end - map) : to;
}

static void check_list(const struct pair *p)
{
    static struct range list[WIDTH_MAX];
    size_t n = 0;
    uint64_t length = 0;

    ck_assert(rangeset_sane(&p->set));
    ck_assert_uint_le(rangeset_count(&p->set), era->width);
    rangeset_list(&p->set, list);
    for (unsigned at = 0, end; at < era->width; at = end) {
        end = run_end(p->map, at, era->width);
        if (p->map[at]) {
            struct range r = to_range(at, end);

            if (n >= rangeset_count(&p->set) || list[n].start != r.start || list[n].end != r.end)
                ck_abort_msg("range %zu is wrong", n);
            length += range_len(r);
            n++;
        }
    }
    ck_assert_uint_eq(n, rangeset_count(&p->set));
    ck_assert_uint_eq(length, rangeset_length(&p->set));
}

static void check_questions(const struct pair *p)
{
    unsigned from, to, have = 0, gap, at;
    struct range r, found;

    draw_run(&from, &to);
    r = to_range(from, to);
    for (at = from; at < to; at++)
        have += p->map[at];
    ck_assert_int_eq(rangeset_covers(&p->set, r), have == to - from);
    ck_assert_int_eq(rangeset_intersects(&p->set, r), have > 0);
    ck_assert_uint_eq(rangeset_length_within(&p->set, r), have * era->cell);

    for (gap = from; gap < to && p->map[gap]; gap++)
        ;
    ck_assert_int_eq(rangeset_find_gap(&p->set, r, &found), gap < to);
    if (gap < to) {
        r = to_range(gap, run_end(p->map, gap, to));
        ck_assert_uint_eq(found.start, r.start);
        ck_assert_uint_eq(found.end, r.end);
    }

    for (at = from; at < era->width && !p->map[at]; at++)
        ;
    /* Ask somewhere inside the cell, the answer is the same. */
    r.start = era->base + from * era->cell + (era->cell > 1 ? draw(1000) : 0);
    ck_assert_int_eq(rangeset_find(&p->set, r.start, &found), at < era->width);
    if (at < era->width) {
        r.end = to_range(0, run_end(p->map, at, era->width)).end;
        while (at > 0 && p->map[at - 1])
            at--;
        ck_assert_uint_eq(found.start, to_range(at, at).start);
        ck_assert_uint_eq(found.end, r.end);
    }
}

static void set_run(struct pair *p, bool in)
{
    unsigned from, to;

    draw_run(&from, &to);
    if (in)
        ck_assert_int_eq(rangeset_add(&p->set, to_range(from, to)), S_OK);
    else
        ck_assert_int_eq(rangeset_remove(&p->set, to_range(from, to)), S_OK);
    memset(p->map + from, in, to - from);
}

static void combine(struct pair *p, const struct pair *other, bool in)
{
    if (in)
        ck_assert_int_eq(rangeset_add_set(&p->set, &other->set), S_OK);
    else
        ck_assert_int_eq(rangeset_remove_set(&p->set, &other->set), S_OK);
    for (unsigned at = 0; at < era->width; at++)
        if (other->map[at])
            p->map[at] = in;
}

static void step(unsigned number)
{
    struct pair *p = &pairs[draw(2)], *other = p == pairs ? pairs + 1 : pairs;
    unsigned char map[WIDTH_MAX];
    /* What prevails now has two of three. */
    bool in = (number / era->swing % 2 == 0) == (draw(3) > 0);

    if (draw(era->rare) > 0) {
        if (draw(10) == 0) {
            check_questions(p);
            return;
        }
        set_run(p, in);
    } else {
        switch (draw(6)) {
        case 0:
            ck_assert_int_eq(rangeset_copy(&p->set, &other->set), S_OK);
            memcpy(p->map, other->map, era->width);
            break;
        case 1:
            rangeset_clear(&p->set);
            memset(p->map, 0, era->width);
            break;
        case 2:
        case 3:
            rangeset_swap(&p->set, &other->set);
            memcpy(map, p->map, era->width);
            memcpy(p->map, other->map, era->width);
            memcpy(other->map, map, era->width);
            break;
        default:
            combine(p, other, in);
        }
        check_list(other);
    }
    check_list(p);
}

START_TEST(test_a_million_operations)
{
    size_t count_max = 0;

    era = &eras[_i];
    printf("%s: ", era->name);
    state = suite_seed() + (uint64_t)_i;
    for (unsigned i = 0; i < 2; i++) {
        rangeset_init(&pairs[i].set);
        memset(pairs[i].map, 0, sizeof pairs[i].map);
    }
    for (unsigned i = 0; i < era->operations; i++) {
        step(i);
        if (rangeset_count(&pairs[0].set) > count_max)
            count_max = rangeset_count(&pairs[0].set);
    }
    ck_assert_uint_ge(count_max, era->count_min);
    for (unsigned i = 0; i < 2; i++)
        rangeset_release(&pairs[i].set);
}
END_TEST

static Suite *random_suite(void)
{
    Suite *suite = suite_create("rangeset_random");
    TCase *t = tcase_create("eras");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, test_a_million_operations, 0, sizeof eras / sizeof eras[0]);
    suite_add_tcase(suite, t);
    return suite;
}

int main(void)
{
    return suite_main(random_suite());
}
