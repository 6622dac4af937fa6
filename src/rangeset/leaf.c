/* leaf.c: see leaf.h for the design. */
#include "rangeset/leaf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The smallest capacity class with room for len. */
static uint32_t cap_class(uint32_t len)
{
    uint32_t step = 1;

    while (step * 8 < len)
        step *= 2;
    return (len + step - 1) / step * step;
}

/* Without a branch on what is compared, which nothing could predict, but then the processor does not run
 * ahead either: so ask for both lines that the next step may read. */
uint32_t leaf_rank(const struct rangeset_leaf *leaf, uint64_t offset)
{
    const struct range *base = leaf->ranges;
    uint32_t len = leaf->len;

    while (len > 1) {
        uint32_t half = len / 2;

        __builtin_prefetch(base + half / 2);
        __builtin_prefetch(base + half + half / 2);
        base += base[half].start <= offset ? half : 0;
        len -= half;
    }
    return (uint32_t)(base - leaf->ranges) + (base->start <= offset);
}

bool leaf_init(struct rangeset_leaf *leaf, uint32_t len)
{
    *leaf = (struct rangeset_leaf){0};
    return leaf_reserve(leaf, len);
}

void leaf_release(struct rangeset_leaf *leaf)
{
    free(leaf->ranges);
    *leaf = (struct rangeset_leaf){0};
}

bool leaf_reserve(struct rangeset_leaf *leaf, uint32_t len)
{
    struct range *moved;
    uint32_t cap;

    assert(len <= LEAF_MAX);
    if (len <= leaf->cap)
        return true;
    cap = cap_class(len);
    moved = realloc(leaf->ranges, cap * sizeof *moved);
    if (!moved)
        return false;
    leaf->ranges = moved;
    leaf->cap = cap;
    return true;
}

void leaf_trim(struct rangeset_leaf *leaf)
{
    uint32_t cap = cap_class(leaf->len + 1);
    struct range *moved;

    if (leaf->len * 8 > leaf->cap * 5 || cap >= leaf->cap)
        return;
    /* A new array: shrinking in place would leave behind an odd piece that no other leaf can use. */
    moved = malloc(cap * sizeof *moved);
    if (!moved)
        return;
    memcpy(moved, leaf->ranges, leaf->len * sizeof *moved);
    free(leaf->ranges);
    leaf->ranges = moved;
    leaf->cap = cap;
}

void leaf_splice(struct rangeset_leaf *leaf, uint32_t at, uint32_t count, const struct range *with,
                 uint32_t n)
{
    struct range *hole = leaf->ranges + at;

    assert(at + count <= leaf->len && leaf->len - count + n <= leaf->cap);
    if (n != count)
        memmove(hole + n, hole + count, (leaf->len - at - count) * sizeof *hole);
    for (uint32_t i = 0; i < n; i++)
        hole[i] = with[i];
    leaf->len = leaf->len - count + n;
    if (at == 0 && leaf->len > 0)
        leaf->first = leaf->ranges[0].start;
}

void leaf_divide(struct rangeset_leaf *leaf, uint32_t cut, struct rangeset_leaf *right)
{
    leaf_splice(right, 0, 0, leaf->ranges + cut, leaf->len - cut);
    leaf->len = cut;
}

uint64_t leaf_length(const struct rangeset_leaf *leaf, uint32_t at, uint32_t count)
{
    uint64_t sum = 0;

    for (uint32_t i = at; i < at + count; i++)
        sum += range_len(leaf->ranges[i]);
    return sum;
}
