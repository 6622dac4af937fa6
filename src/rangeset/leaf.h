/* leaf.h: a short sorted run of ranges; the lower of a range set's two levels.
 *
 * A leaf is an entry of the set's directory: the offset it starts at, for the search that must not touch the
 * ranges, and an array of at most LEAF_MAX ranges. The array's capacity follows its length through classes
 * a quarter of a power of two apart (1 2 3 4 5 6 7 8 10 12 14 16 20 .. 160 192 224 256): memory stays near
 * 16 bytes a range however full leaves are, so splitting in halves will do, and since all leaves use the same
 * few sizes, an array that one gives back fits the next.
 *
 * Invariant, for a leaf in a set: 1 <= len <= cap <= LEAF_MAX, first == ranges[0].start, and the ranges are
 * sorted, disjoint and not touching. The caller sees to the order; functions here keep the rest.
 */
#ifndef OPENBITS_RANGESET_LEAF_H
#define OPENBITS_RANGESET_LEAF_H

#include "rangeset/rangeset.h"

/* Measured (docs/rangeset.md): 96 to 256 cost the same time, 256 the least memory; 512 moves too much. */
#define LEAF_MAX 256u

struct rangeset_leaf {
    uint64_t first;
    struct range *ranges;
    uint32_t len, cap; /* ranges */
};

/* How many ranges of the leaf start at or before offset. The leaf is not empty. */
uint32_t leaf_rank(const struct rangeset_leaf *leaf, uint64_t offset);

/* An empty leaf with room for len ranges. False when memory is short. */
bool leaf_init(struct rangeset_leaf *leaf, uint32_t len);
void leaf_release(struct rangeset_leaf *leaf);

/* Room for len ranges, len <= LEAF_MAX. False when memory is short; the leaf is then as it was. */
bool leaf_reserve(struct rangeset_leaf *leaf, uint32_t len);

/* Gives room back if three eighths of it or more are unused; not being able to does no harm. */
void leaf_trim(struct rangeset_leaf *leaf);

/* The count ranges from at on give way to the n of with, for which there is room. The leaf may become empty,
 * and must then leave its set. */
void leaf_splice(struct rangeset_leaf *leaf, uint32_t at, uint32_t count, const struct range *with,
                 uint32_t n);

/* Moves the ranges from cut on to the empty leaf right, which has room for them. */
void leaf_divide(struct rangeset_leaf *leaf, uint32_t cut, struct rangeset_leaf *right);

/* The bytes in count ranges from at on. */
uint64_t leaf_length(const struct rangeset_leaf *leaf, uint32_t at, uint32_t count);

#endif
