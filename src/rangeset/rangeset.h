/* rangeset.h: a set of bytes, kept as ranges.
 *
 * Ranges are half-open, [start, end), start < end, over 0 .. UINT64_MAX (so byte UINT64_MAX cannot be in a
 * set, and no file has it). The set holds them sorted, disjoint and never touching. Pure: no I/O, no lock;
 * whoever owns a set says which thread or lock guards it.
 *
 * Cost, n ranges held: add, remove, find, find_gap, covers and intersects search O(log n) steps; add and
 * remove besides move at most 4 KiB in a leaf, and n / 10000 words of the directory averaged over many calls,
 * and pay for the ranges that the call itself swallows. length_within pays for the ranges inside; length and
 * count are O(1). Memory: at most 26 bytes a range, under 100 for a set with one, malloc's share included,
 * and none for an empty one (the bench and the tests measure it). A failed call leaves the set as it was.
 */
#ifndef OPENBITS_RANGESET_RANGESET_H
#define OPENBITS_RANGESET_RANGESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openbits_types.h"

struct range {
    uint64_t start, end;
};

static inline uint64_t range_len(struct range r)
{
    return r.end - r.start;
}

static inline bool range_empty(struct range r)
{
    return r.start >= r.end;
}

/* The common part; empty (start >= end) if there is none. */
static inline struct range range_clip(struct range a, struct range b)
{
    struct range r = {a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end};

    return r;
}

struct rangeset_leaf;

/* The members are rangeset's own; a set may be moved in memory, but not copied by assignment. */
struct rangeset {
    struct rangeset_leaf *leaves; /* the directory: by offset, each with a sorted run of ranges (leaf.h) */
    uint32_t leaf_count, leaf_cap;
    size_t count;    /* ranges */
    uint64_t length; /* bytes */
};

void rangeset_init(struct rangeset *set);
void rangeset_release(struct rangeset *set); /* empty afterwards, and usable */
void rangeset_clear(struct rangeset *set);

/* Exchanges the contents of two sets; cannot fail. */
void rangeset_swap(struct rangeset *a, struct rangeset *b);

/* Union with [start, end), merging what overlaps or touches. E_OUTOFMEMORY. An empty range adds nothing. */
HRESULT rangeset_add(struct rangeset *set, struct range r);

/* Takes [start, end) out. E_OUTOFMEMORY: cutting a range in two needs room for one more. */
HRESULT rangeset_remove(struct rangeset *set, struct range r);

/* The same for all ranges of another set; on E_OUTOFMEMORY a part may have been done, which is safe for
 * the caller that tries again since both are idempotent. */
HRESULT rangeset_add_set(struct rangeset *set, const struct rangeset *other);
HRESULT rangeset_remove_set(struct rangeset *set, const struct rangeset *other);

/* set becomes a copy of other. */
HRESULT rangeset_copy(struct rangeset *set, const struct rangeset *other);

/* Whether every byte of r is in the set; true for an empty r. */
bool rangeset_covers(const struct rangeset *set, struct range r);

/* Whether any byte of r is in the set. */
bool rangeset_intersects(const struct rangeset *set, struct range r);

/* The range that contains offset, or else the first one after it; false if there is none. It is the whole
 * range, so it may start before offset. Walk a set with: for (o = 0; rangeset_find(s, o, &r); o = r.end). */
bool rangeset_find(const struct rangeset *set, uint64_t offset, struct range *out);

/* The first maximal piece of [within.start, within.end) that is not in the set; false if there is none. */
bool rangeset_find_gap(const struct rangeset *set, struct range within, struct range *out);

/* How many bytes of r are in the set. */
uint64_t rangeset_length_within(const struct rangeset *set, struct range r);

size_t rangeset_count(const struct rangeset *set);
uint64_t rangeset_length(const struct rangeset *set);

/* All ranges in order into out, which has room for rangeset_count(set). */
void rangeset_list(const struct rangeset *set, struct range *out);

/* Bytes of memory held, for the bench and for limits. */
size_t rangeset_memory(const struct rangeset *set);

/* Every invariant of this page, checked in O(n); for tests and assertions. */
bool rangeset_sane(const struct rangeset *set);

#endif
