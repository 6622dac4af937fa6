/* bench_rangeset.c: what a range set costs, in time and memory, beside a std::map in the same run.
 *
 *     bench_rangeset [OPERATIONS [ROUNDS]]      1000000 and 5 unless told otherwise
 *
 * For each universe: OPERATIONS random ranges of 1 to 8192 bytes are added, as many others asked for, as many
 * others removed. The two take turns for ROUNDS rounds and the median is printed; both see the same ranges
 * and must agree on the answers. Memory is what malloc counts as in use (its own overhead included), after
 * adding. Patterns then shows orders that real downloads have. Absolute figures do not travel; the ratios do.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rangeset/rangeset.h"
#include "ref_map.h"

enum phase { INSERT, QUERY, SUBTRACT, PHASES };

/* One run of one implementation over one universe. */
struct result {
    double ns[PHASES]; /* an operation */
    double bytes_per_range;
    size_t count, hits, left; /* ranges after adding, queries that met one, ranges after removing */
};

enum { ROUNDS_MAX = 99 };

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t heap_bytes(void)
{
    struct mallinfo2 m;

    /* What the run before has freed is tidied now, not on the time of this one. */
    malloc_trim(0);
    m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static struct range draw_range(uint64_t *state, uint64_t universe)
{
    uint64_t start = draw(state) % universe;

    return (struct range){start, start + 1 + draw(state) % 8192};
}

static void must(HRESULT hr)
{
    if (SUCCEEDED(hr))
        return;
    fprintf(stderr, "bench_rangeset: out of memory\n");
    exit(EXIT_FAILURE);
}

static struct result run_rangeset(size_t ops, uint64_t universe, uint64_t seed)
{
    struct result result = {0};
    struct rangeset set;
    size_t heap = heap_bytes();
    uint64_t t;

    rangeset_init(&set);
    t = now_ns();
    for (size_t i = 0; i < ops; i++)
        must(rangeset_add(&set, draw_range(&seed, universe)));
    result.ns[INSERT] = (double)(now_ns() - t) / (double)ops;
    result.count = rangeset_count(&set);
    result.bytes_per_range = (double)(heap_bytes() - heap) / (double)result.count;

    t = now_ns();
    for (size_t i = 0; i < ops; i++)
        result.hits += rangeset_intersects(&set, draw_range(&seed, universe));
    result.ns[QUERY] = (double)(now_ns() - t) / (double)ops;

    t = now_ns();
    for (size_t i = 0; i < ops; i++)
        must(rangeset_remove(&set, draw_range(&seed, universe)));
    result.ns[SUBTRACT] = (double)(now_ns() - t) / (double)ops;
    result.left = rangeset_count(&set);
    rangeset_release(&set);
    return result;
}

static struct result run_map(size_t ops, uint64_t universe, uint64_t seed)
{
    struct result result = {0};
    size_t heap = heap_bytes();
    struct ref_map *map = ref_map_new();
    uint64_t t = now_ns();

    for (size_t i = 0; i < ops; i++) {
        struct range r = draw_range(&seed, universe);

        ref_map_add(map, r.start, r.end);
    }
    result.ns[INSERT] = (double)(now_ns() - t) / (double)ops;
    result.count = ref_map_count(map);
    result.bytes_per_range = (double)(heap_bytes() - heap) / (double)result.count;

    t = now_ns();
    for (size_t i = 0; i < ops; i++) {
        struct range r = draw_range(&seed, universe);

        result.hits += ref_map_intersects(map, r.start, r.end) != 0;
    }
    result.ns[QUERY] = (double)(now_ns() - t) / (double)ops;

    t = now_ns();
    for (size_t i = 0; i < ops; i++) {
        struct range r = draw_range(&seed, universe);

        ref_map_remove(map, r.start, r.end);
    }
    result.ns[SUBTRACT] = (double)(now_ns() - t) / (double)ops;
    result.left = ref_map_count(map);
    ref_map_free(map);
    return result;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_ns(const struct result *results, size_t n, enum phase phase)
{
    double values[ROUNDS_MAX];

    for (size_t i = 0; i < n; i++)
        values[i] = results[i].ns[phase];
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

static void compare(size_t ops, size_t rounds, unsigned universe_log2)
{
    static struct result ours[ROUNDS_MAX], map[ROUNDS_MAX];
    const struct result *o = &ours[0], *m = &map[0];

    for (size_t i = 0; i < rounds; i++) {
        ours[i] = run_rangeset(ops, (uint64_t)1 << universe_log2, 1);
        map[i] = run_map(ops, (uint64_t)1 << universe_log2, 1);
    }
    if (o->count != m->count || o->hits != m->hits || o->left != m->left) {
        fprintf(stderr, "bench_rangeset: the two disagree\n");
        exit(EXIT_FAILURE);
    }
    printf("%zu operations over 2^%u, %zu ranges\n", ops, universe_log2, o->count);
    printf("  %-10s %10s %10s %10s %14s\n", "", "insert ns", "query ns", "remove ns", "bytes a range");
    printf("  %-10s %10.0f %10.0f %10.0f %14.1f\n", "rangeset", median_ns(ours, rounds, INSERT),
           median_ns(ours, rounds, QUERY), median_ns(ours, rounds, SUBTRACT), o->bytes_per_range);
    printf("  %-10s %10.0f %10.0f %10.0f %14.1f\n", "std::map", median_ns(map, rounds, INSERT),
           median_ns(map, rounds, QUERY), median_ns(map, rounds, SUBTRACT), m->bytes_per_range);
    printf("  %-10s %10.2f %10.2f %10.2f %14.2f\n", "ratio",
           median_ns(map, rounds, INSERT) / median_ns(ours, rounds, INSERT),
           median_ns(map, rounds, QUERY) / median_ns(ours, rounds, QUERY),
           median_ns(map, rounds, SUBTRACT) / median_ns(ours, rounds, SUBTRACT),
           m->bytes_per_range / o->bytes_per_range);
}

/* The i-th of n ranges, in some order. */
typedef struct range pattern_fn(size_t i, size_t n);

static struct range forward(size_t i, size_t n)
{
    (void)n;
    return (struct range){i * 8192, i * 8192 + 4096};
}

static struct range backward(size_t i, size_t n)
{
    return forward(n - 1 - i, n);
}

/* Sixteen writers, each going forward in its own part. */
static struct range writers(size_t i, size_t n)
{
    return forward(i % 16 * (n / 16) + i / 16, n);
}

/* All of a file, in an order that jumps about: ranges merge until one is left. */
static struct range full_cover(size_t i, size_t n)
{
    uint64_t block = i * 7368787 % n;

    return (struct range){block * 4096, block * 4096 + 4096};
}

static void patterns(size_t ops)
{
    static const struct {
        const char *name;
        pattern_fn *fn;
    } table[] = {
        {"front to back", forward},
        {"back to front", backward},
        {"16 writers", writers},
        {"full cover", full_cover},
    };

    printf("patterns, %zu ranges\n  %-14s %10s %10s %14s\n", ops, "", "insert ns", "ranges", "bytes held");
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        size_t heap = heap_bytes();
        struct rangeset set;
        uint64_t t = now_ns();

        rangeset_init(&set);
        for (size_t i = 0; i < ops; i++)
            must(rangeset_add(&set, table[k].fn(i, ops)));
        t = now_ns() - t;
        printf("  %-14s %10.0f %10zu %14zu\n", table[k].name, (double)t / (double)ops, rangeset_count(&set),
               heap_bytes() - heap);
        rangeset_release(&set);
    }
}

int main(int argc, char **argv)
{
    size_t ops = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000000;
    size_t rounds = argc > 2 ? strtoull(argv[2], NULL, 0) : 5;

    if (ops < 16 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_rangeset [OPERATIONS [ROUNDS]]\n");
        return 2;
    }
    compare(ops, rounds, 34);
    compare(ops, rounds, 30);
    patterns(ops);
    return EXIT_SUCCESS;
}
