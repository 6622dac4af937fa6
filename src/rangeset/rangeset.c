/* rangeset.c: a set of bytes as ranges: a directory of leaves, and every change as one splice.
 *
 * Two levels. The directory is an array of leaves (leaf.h) ordered by the offset they start at, so the search
 * for a leaf reads no range; the leaf is an array of at most LEAF_MAX ranges. Inserting moves half a leaf on
 * average, and once in some LEAF_MAX / 2 insertions half the directory.
 *
 * Adding [s, e) finds the ranges that overlap or touch it and puts their union in their place; removing finds
 * those that overlap and puts the remains of the outer two in their place. Both are splice(): a run of ranges
 * gives way to at most two. Only a splice that makes the set longer allocates, and before it changes
 * anything; one that makes it shorter cannot fail, whatever tidying wants.
 *
 * Tidying: two neighbours that fit in half a leaf become one, and a leaf with much unused room gives it back.
 * The gap between half a leaf (merge) and a whole one (split) is what keeps the two from chasing each other.
 *
 * Invariants: leaf.h's for each leaf; ranges ascend across leaves and never touch; count and length are their
 * sums; a set without ranges holds no memory. Threads: none; the owner guards the set.
 */
#include "rangeset/rangeset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rangeset/leaf.h"

/* Some twenty billion ranges, long after the directory's moves would be felt; its size fits 32 bits. */
#define LEAVES_MAX ((uint32_t)1 << 27)

/* A range in the set, or the gap before it. at may be the leaf's length: the gap after its last range. It
 * fits a register, which is felt: places are handed up and down in each operation. */
struct place {
    uint32_t leaf, at;
};

/* A run of ranges: from begin up to, not including, end. A run that is not empty begins at a range and has
 * end in the leaf of its last range; an empty one has end equal to begin. */
struct run {
    struct place begin, end;
};

/* The last leaf that starts at or before offset, or else the first. The set is not empty. */
static uint32_t leaf_index(const struct rangeset *set, uint64_t offset)
{
    const struct rangeset_leaf *base = set->leaves;
    uint32_t n = set->leaf_count;

    while (n > 1) {
        uint32_t half = n / 2;

        base += base[half].first <= offset ? half : 0;
        n -= half;
    }
    return (uint32_t)(base - set->leaves);
}

/* The first range that ends after offset, or the gap where it would be. The set is not empty. */
static struct place place_of(const struct rangeset *set, uint64_t offset)
{
    struct place p = {.leaf = leaf_index(set, offset)};
    const struct rangeset_leaf *leaf = &set->leaves[p.leaf];

    p.at = leaf_rank(leaf, offset);
    if (p.at > 0 && leaf->ranges[p.at - 1].end > offset)
        p.at--;
    return p;
}

/* The range at p or after it; NULL if p is the gap after the last range. */
static const struct range *range_at(const struct rangeset *set, struct place p)
{
    if (p.leaf < set->leaf_count && p.at == set->leaves[p.leaf].len)
        p = (struct place){.leaf = p.leaf + 1};
    return p.leaf < set->leaf_count ? &set->leaves[p.leaf].ranges[p.at] : NULL;
}

/* The ranges that end after `after` and start at or before `last`. The set is not empty. */
static struct run run_of(const struct rangeset *set, uint64_t after, uint64_t last)
{
    struct run run;
    const struct rangeset_leaf *leaf;

    run.begin = place_of(set, after);
    leaf = &set->leaves[run.begin.leaf];
    if (run.begin.at == leaf->len) {
        if (run.begin.leaf + 1 == set->leaf_count || leaf[1].first > last) {
            run.end = run.begin;
            return run;
        }
        leaf++;
        run.begin = (struct place){.leaf = run.begin.leaf + 1};
    }
    run.end = run.begin;
    /* Most runs are short: look at the next few before searching anew. */
    for (uint32_t steps = 0; steps < 4; steps++) {
        if (run.end.at == leaf->len)
            break;
        if (leaf->ranges[run.end.at].start > last)
            return run;
        run.end.at++;
    }
    run.end.leaf = leaf_index(set, last);
    run.end.at = leaf_rank(&set->leaves[run.end.leaf], last);
    return run;
}

static bool directory_reserve(struct rangeset *set, uint32_t want)
{
    uint32_t cap = set->leaf_cap + set->leaf_cap / 2 + 1;
    struct rangeset_leaf *moved;

    if (want <= set->leaf_cap)
        return true;
    if (cap < want)
        cap = want;
    if (cap > LEAVES_MAX)
        return false;
    moved = realloc(set->leaves, cap * sizeof *moved);
    if (!moved)
        return false;
    set->leaves = moved;
    set->leaf_cap = cap;
    return true;
}

/* There is room, by directory_reserve. */
static void directory_insert(struct rangeset *set, uint32_t at, struct rangeset_leaf leaf)
{
    assert(set->leaf_count < set->leaf_cap);
    memmove(set->leaves + at + 1, set->leaves + at, (set->leaf_count - at) * sizeof leaf);
    set->leaves[at] = leaf;
    set->leaf_count++;
}

/* Frees the leaves from begin up to, not including, end. */
static void directory_drop(struct rangeset *set, uint32_t begin, uint32_t end)
{
    struct rangeset_leaf *moved;

    for (uint32_t i = begin; i < end; i++)
        leaf_release(&set->leaves[i]);
    memmove(set->leaves + begin, set->leaves + end, (set->leaf_count - end) * sizeof *set->leaves);
    set->leaf_count -= end - begin;
    if (set->leaf_count == 0) {
        free(set->leaves);
        set->leaves = NULL;
        set->leaf_cap = 0;
    } else if (set->leaf_count < set->leaf_cap / 4) {
        moved = realloc(set->leaves, (size_t)set->leaf_count * 2 * sizeof *moved);
        if (moved) {
            set->leaves = moved;
            set->leaf_cap = set->leaf_count * 2;
        }
    }
}

/* Leaf i has become shorter: see whether it should join a neighbour or give room back. */
static void tidy(struct rangeset *set, uint32_t i)
{
    struct rangeset_leaf *leaf = &set->leaves[i];

    if (i > 0 && leaf[-1].len + leaf->len <= LEAF_MAX / 2)
        leaf--, i--;
    if (i + 1 < set->leaf_count && leaf->len + leaf[1].len <= LEAF_MAX / 2 &&
        leaf_reserve(leaf, leaf->len + leaf[1].len)) {
        leaf_splice(leaf, leaf->len, 0, leaf[1].ranges, leaf[1].len);
        directory_drop(set, i + 1, i + 2);
        leaf = &set->leaves[i];
    }
    leaf_trim(leaf);
}

/* Makes room in the full leaf of *p for one more range, by another leaf; *p may move into that. */
static bool split(struct rangeset *set, struct place *p)
{
    /* A set that is filled front to back gets full leaves, not halves. */
    bool append = p->leaf + 1 == set->leaf_count && p->at == LEAF_MAX;
    uint32_t cut = append ? LEAF_MAX : LEAF_MAX / 2;
    struct rangeset_leaf right;

    if (!directory_reserve(set, set->leaf_count + 1))
        return false;
    if (!leaf_init(&right, LEAF_MAX / 2 + 1))
        return false;
    leaf_divide(&set->leaves[p->leaf], cut, &right);
    leaf_trim(&set->leaves[p->leaf]);
    directory_insert(set, p->leaf + 1, right);
    if (p->at >= cut)
        *p = (struct place){.leaf = p->leaf + 1, .at = p->at - cut};
    return true;
}

/* A splice within one leaf, which loses count ranges. */
static HRESULT splice_leaf(struct rangeset *set, struct place p, uint32_t count, const struct range *with,
                           uint32_t n)
{
    struct rangeset_leaf *leaf = &set->leaves[p.leaf];
    uint32_t len = leaf->len - count + n;

    if (len > LEAF_MAX) {
        if (!split(set, &p))
            return E_OUTOFMEMORY;
        leaf = &set->leaves[p.leaf];
    } else if (!leaf_reserve(leaf, len)) {
        return E_OUTOFMEMORY;
    }
    set->length -= leaf_length(leaf, p.at, count);
    leaf_splice(leaf, p.at, count, with, n);
    if (len == 0)
        directory_drop(set, p.leaf, p.leaf + 1);
    else if (n < count)
        tidy(set, p.leaf);
    return S_OK;
}

/* A splice over several leaves. Each end leaf loses a range at least, so there is room in it for one. */
static void splice_leaves(struct rangeset *set, struct run run, const struct range *with, uint32_t n)
{
    struct rangeset_leaf *left = &set->leaves[run.begin.leaf], *right = &set->leaves[run.end.leaf];
    uint32_t seam;

    set->count -= run.end.at + left->len - run.begin.at;
    set->length -= leaf_length(left, run.begin.at, left->len - run.begin.at);
    set->length -= leaf_length(right, 0, run.end.at);
    for (const struct rangeset_leaf *leaf = left + 1; leaf < right; leaf++) {
        set->count -= leaf->len;
        set->length -= leaf_length(leaf, 0, leaf->len);
    }
    leaf_splice(left, run.begin.at, left->len - run.begin.at, with, n > 0);
    leaf_splice(right, 0, run.end.at, with + 1, n > 1);

    seam = run.begin.leaf + (left->len > 0);
    directory_drop(set, seam, run.end.leaf + (right->len == 0));
    if (seam < set->leaf_count)
        tidy(set, seam);
    if (seam > 0)
        tidy(set, seam - 1);
}

/* The run gives way to the n ranges of with, n <= 2, which lie where it was. Cannot fail unless n is more
 * than the run has. */
static HRESULT splice(struct rangeset *set, struct run run, const struct range *with, uint32_t n)
{
    HRESULT hr = S_OK;

    if (run.begin.leaf != run.end.leaf) {
        splice_leaves(set, run, with, n);
    } else {
        uint32_t count = run.end.at - run.begin.at;

        hr = splice_leaf(set, run.begin, count, with, n);
        if (SUCCEEDED(hr))
            set->count -= count;
    }
    if (SUCCEEDED(hr)) {
        set->count += n;
        for (uint32_t i = 0; i < n; i++)
            set->length += range_len(with[i]);
    }
    return hr;
}

/* The first range of an empty set. */
static HRESULT start(struct rangeset *set, struct range r)
{
    struct rangeset_leaf leaf;

    if (!leaf_init(&leaf, 1))
        return E_OUTOFMEMORY;
    if (!directory_reserve(set, 1)) {
        leaf_release(&leaf);
        return E_OUTOFMEMORY;
    }
    leaf_splice(&leaf, 0, 0, &r, 1);
    directory_insert(set, 0, leaf);
    set->count = 1;
    set->length = range_len(r);
    return S_OK;
}

void rangeset_init(struct rangeset *set)
{
    *set = (struct rangeset){0};
}

void rangeset_release(struct rangeset *set)
{
    for (uint32_t i = 0; i < set->leaf_count; i++)
        leaf_release(&set->leaves[i]);
    free(set->leaves);
    rangeset_init(set);
}

void rangeset_clear(struct rangeset *set)
{
    rangeset_release(set);
}

void rangeset_swap(struct rangeset *a, struct rangeset *b)
{
    struct rangeset old = *a;

    *a = *b;
    *b = old;
}

HRESULT rangeset_add(struct rangeset *set, struct range r)
{
    struct run run;

    if (range_empty(r))
        return S_OK;
    if (set->count == 0)
        return start(set, r);
    /* Touching counts: from those that end at r.start, to those that start at r.end. */
    run = run_of(set, r.start > 0 ? r.start - 1 : 0, r.end);
    if (run.begin.leaf != run.end.leaf || run.begin.at != run.end.at) {
        struct range first = set->leaves[run.begin.leaf].ranges[run.begin.at];
        struct range last = set->leaves[run.end.leaf].ranges[run.end.at - 1];

        if (first.start < r.start)
            r.start = first.start;
        if (last.end > r.end)
            r.end = last.end;
    }
    return splice(set, run, &r, 1);
}

HRESULT rangeset_remove(struct rangeset *set, struct range r)
{
    struct range first, last, remains[2];
    uint32_t n = 0;
    struct run run;

    if (range_empty(r) || set->count == 0)
        return S_OK;
    run = run_of(set, r.start, r.end - 1);
    if (run.begin.leaf == run.end.leaf && run.begin.at == run.end.at)
        return S_OK;
    first = set->leaves[run.begin.leaf].ranges[run.begin.at];
    last = set->leaves[run.end.leaf].ranges[run.end.at - 1];
    if (first.start < r.start)
        remains[n++] = (struct range){first.start, r.start};
    if (last.end > r.end)
        remains[n++] = (struct range){r.end, last.end};
    return splice(set, run, remains, n);
}

HRESULT rangeset_add_set(struct rangeset *set, const struct rangeset *other)
{
    HRESULT hr = S_OK;

    if (set == other)
        return S_OK;
    if (set->count == 0)
        return rangeset_copy(set, other);
    for (uint32_t i = 0; i < other->leaf_count; i++) {
        const struct rangeset_leaf *leaf = &other->leaves[i];

        for (uint32_t at = 0; at < leaf->len && SUCCEEDED(hr); at++)
            hr = rangeset_add(set, leaf->ranges[at]);
    }
    return hr;
}

HRESULT rangeset_remove_set(struct rangeset *set, const struct rangeset *other)
{
    HRESULT hr = S_OK;

    if (set == other) {
        rangeset_clear(set);
        return S_OK;
    }
    for (uint32_t i = 0; i < other->leaf_count; i++) {
        const struct rangeset_leaf *leaf = &other->leaves[i];

        for (uint32_t at = 0; at < leaf->len && SUCCEEDED(hr); at++)
            hr = rangeset_remove(set, leaf->ranges[at]);
    }
    return hr;
}

HRESULT rangeset_copy(struct rangeset *set, const struct rangeset *other)
{
    struct rangeset copy;

    if (set == other)
        return S_OK;
    rangeset_init(&copy);
    if (other->leaf_count > 0 && !directory_reserve(&copy, other->leaf_count))
        return E_OUTOFMEMORY;
    for (uint32_t i = 0; i < other->leaf_count; i++) {
        struct rangeset_leaf leaf;

        if (!leaf_init(&leaf, other->leaves[i].len)) {
            rangeset_release(&copy);
            return E_OUTOFMEMORY;
        }
        leaf_splice(&leaf, 0, 0, other->leaves[i].ranges, other->leaves[i].len);
        directory_insert(&copy, i, leaf);
    }
    copy.count = other->count;
    copy.length = other->length;
    rangeset_swap(set, &copy);
    rangeset_release(&copy);
    return S_OK;
}

bool rangeset_find(const struct rangeset *set, uint64_t offset, struct range *out)
{
    const struct range *r = set->count > 0 ? range_at(set, place_of(set, offset)) : NULL;

    *out = r ? *r : (struct range){0, 0};
    return r != NULL;
}

bool rangeset_covers(const struct rangeset *set, struct range r)
{
    struct range found;

    return range_empty(r) ||
           (rangeset_find(set, r.start, &found) && found.start <= r.start && found.end >= r.end);
}

bool rangeset_intersects(const struct rangeset *set, struct range r)
{
    struct range found;

    return !range_empty(r) && rangeset_find(set, r.start, &found) && found.start < r.end;
}

bool rangeset_find_gap(const struct rangeset *set, struct range within, struct range *out)
{
    const struct range *r;
    struct place p;

    *out = (struct range){0, 0};
    if (range_empty(within))
        return false;
    if (set->count > 0) {
        p = place_of(set, within.start);
        r = range_at(set, p);
        if (r && r->start <= within.start) {
            within.start = r->end;
            p.at++;
            r = range_at(set, p);
        }
        if (r && r->start < within.end)
            within.end = r->start;
    }
    if (range_empty(within))
        return false;
    *out = within;
    return true;
}

uint64_t rangeset_length_within(const struct rangeset *set, struct range r)
{
    uint64_t sum = 0;
    struct place p;

    if (range_empty(r) || set->count == 0)
        return 0;
    p = place_of(set, r.start);
    for (; p.leaf < set->leaf_count; p = (struct place){.leaf = p.leaf + 1}) {
        const struct rangeset_leaf *leaf = &set->leaves[p.leaf];

        for (; p.at < leaf->len; p.at++) {
            if (leaf->ranges[p.at].start >= r.end)
                return sum;
            sum += range_len(range_clip(leaf->ranges[p.at], r));
        }
    }
    return sum;
}

size_t rangeset_count(const struct rangeset *set)
{
    return set->count;
}

uint64_t rangeset_length(const struct rangeset *set)
{
    return set->length;
}

void rangeset_list(const struct rangeset *set, struct range *out)
{
    for (uint32_t i = 0; i < set->leaf_count; i++) {
        const struct rangeset_leaf *leaf = &set->leaves[i];

        memcpy(out, leaf->ranges, leaf->len * sizeof *out);
        out += leaf->len;
    }
}

size_t rangeset_memory(const struct rangeset *set)
{
    size_t bytes = set->leaf_cap * sizeof *set->leaves;

    for (uint32_t i = 0; i < set->leaf_count; i++)
        bytes += set->leaves[i].cap * sizeof(struct range);
    return bytes;
}

bool rangeset_sane(const struct rangeset *set)
{
    size_t count = 0;
    uint64_t length = 0, before = 0;
    bool any = false; /* ranges before this one */

    if (set->leaf_count > set->leaf_cap || (set->leaf_cap > 0) != (set->count > 0) ||
        (set->leaves != NULL) != (set->count > 0))
        return false;
    for (uint32_t i = 0; i < set->leaf_count; i++) {
        const struct rangeset_leaf *leaf = &set->leaves[i];

        if (leaf->len < 1 || leaf->len > leaf->cap || leaf->cap > LEAF_MAX ||
            leaf->first != leaf->ranges[0].start)
            return false;
        for (uint32_t at = 0; at < leaf->len; at++) {
            struct range r = leaf->ranges[at];

            if (r.start >= r.end || (any && r.start <= before))
                return false;
            any = true;
            before = r.end;
            length += range_len(r);
        }
        count += leaf->len;
    }
    return count == set->count && length == set->length;
}
