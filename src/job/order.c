/* order.c: hints kept as two arrays, ranges and batches, both oldest first (order.h says what for).
 *
 * Newest first, the arrays are a stack: a batch that is served is cut off the end. Oldest first, they are a
 * queue whose head moves on; its room comes back when all is served, or when the array has doubled and is
 * swept.
 */
#include "job/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

#define COMPACT_AT_LEAST 256
#define KEPT_WHEN_EMPTY  1024 /* ranges */

void order_init(struct order *order)
{
    *order = (struct order){.compact_at = COMPACT_AT_LEAST};
}

void order_release(struct order *order)
{
    free(order->ranges);
    free(order->batches);
    free(order->again);
    order_init(order);
}

static size_t batch_end(const struct order *order, size_t batch)
{
    return batch + 1 < order->batch_len ? order->batches[batch + 1].first : order->range_len;
}

HRESULT order_reserve(struct order *order, size_t count)
{
    if (count > SIZE_MAX - order->range_len ||
        !vec_reserve((void **)&order->ranges, &order->range_cap, order->range_len + count,
                     sizeof *order->ranges) ||
        !vec_reserve((void **)&order->batches, &order->batch_cap, order->batch_len + 1,
                     sizeof *order->batches))
        return E_OUTOFMEMORY;
    return S_OK;
}

void order_push(struct order *order, const struct range *ranges, size_t count, uint64_t reach)
{
    order->batches[order->batch_len++] =
        (struct batch){.first = order->range_len, .next = order->range_len, .reach = reach};
    memcpy(order->ranges + order->range_len, ranges, count * sizeof *ranges);
    order->range_len += count;
}

HRESULT order_reserve_again(struct order *order, size_t count)
{
    if (!vec_reserve((void **)&order->again, &order->again_cap, order->again_len + count,
                     sizeof *order->again))
        return E_OUTOFMEMORY;
    return S_OK;
}

void order_push_again(struct order *order, struct range r)
{
    order->again[order->again_len++] = r;
}

void order_urge(struct order *order, uint64_t offset)
{
    order->urged = true;
    order->urged_from = offset;
    order->urged_batch = order->batch_len;
}

void order_started(struct order *order, struct range r)
{
    size_t kept = 0;

    for (size_t i = 0; i < order->again_len; i++) {
        struct range hint = order->again[i];

        if (!range_empty(range_clip(hint, r))) {
            /* What remains is after r, since a hint is served from its start. In A10's other orders r may lie
             * in the middle; then the rest of the hint is forgotten, which a hint can bear. */
            if (hint.end > r.end)
                hint.start = r.end;
            else
                hint.end = r.start;
        }
        if (!range_empty(hint))
            order->again[kept++] = hint;
    }
    order->again_len = kept;
}

enum source {
    FROM_NOWHERE,
    FROM_AGAIN,
    FROM_URGED,
    FROM_BATCH,
};

static enum source front_source(const struct order *order, enum order_direction direction, size_t *batch)
{
    *batch = direction == ORDER_OLDEST_FIRST ? order->oldest : order->batch_len - 1;
    if (order->again_len > 0)
        return FROM_AGAIN;
    if (order->urged && (direction == ORDER_OLDEST_FIRST || order->batch_len <= order->urged_batch))
        return FROM_URGED;
    return order->oldest < order->batch_len ? FROM_BATCH : FROM_NOWHERE;
}

bool order_front(const struct order *order, enum order_direction direction, struct range *out)
{
    size_t batch;

    switch (front_source(order, direction, &batch)) {
    case FROM_AGAIN:
        *out = order->again[order->again_len - 1];
        return true;
    case FROM_URGED:
        *out = (struct range){order->urged_from, UINT64_MAX};
        return true;
    case FROM_BATCH:
        *out = order->ranges[order->batches[batch].next];
        return true;
    case FROM_NOWHERE:
        break;
    }
    return false;
}

/* All are served. What a great many ranges took is given back; less than that is kept for the next call. */
static void drop_batches(struct order *order)
{
    if (order->range_cap > KEPT_WHEN_EMPTY) {
        free(order->ranges);
        free(order->batches);
        order->ranges = NULL;
        order->batches = NULL;
        order->range_cap = order->batch_cap = 0;
    }
    order->compact_at = COMPACT_AT_LEAST;
    order->batch_len = order->oldest = order->range_len = order->urged_batch = 0;
}

static void drop_batch_front(struct order *order, size_t batch)
{
    if (++order->batches[batch].next < batch_end(order, batch))
        return;
    if (batch == order->oldest) {
        order->oldest++;
    } else {
        order->range_len = order->batches[batch].first;
        order->batch_len--;
        if (order->urged_batch > order->batch_len)
            order->urged_batch = order->batch_len;
    }
    if (order->oldest == order->batch_len)
        drop_batches(order);
}

void order_drop_front(struct order *order, enum order_direction direction)
{
    size_t batch;

    switch (front_source(order, direction, &batch)) {
    case FROM_AGAIN:
        order->again_len--;
        break;
    case FROM_URGED:
        order->urged = false;
        break;
    case FROM_BATCH:
        drop_batch_front(order, batch);
        break;
    case FROM_NOWHERE:
        break;
    }
}

/* Whether r has a pending byte that is not in seen. */
static bool orders_something(struct range r, const struct rangeset *pending, const struct rangeset *seen)
{
    struct range gap;

    while (rangeset_find_gap(seen, r, &gap)) {
        if (rangeset_intersects(pending, gap))
            return true;
        r.start = gap.end;
    }
    return false;
}

struct ranked {
    uint64_t reach;
    size_t rank, batch;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->reach != y->reach)
        return x->reach < y->reach ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Moves what was not made empty together, and forgets what was served. */
static void sweep(struct order *order)
{
    size_t batches = 0, ranges = 0, urged_batch = 0;

    for (size_t b = order->oldest; b < order->batch_len; b++) {
        struct batch batch = order->batches[b];
        size_t end = batch_end(order, b), first = ranges;

        for (size_t i = batch.next; i < end; i++)
            if (!range_empty(order->ranges[i]))
                order->ranges[ranges++] = order->ranges[i];
        if (ranges == first)
            continue;
        order->batches[batches++] = (struct batch){.first = first, .next = first, .reach = batch.reach};
        if (b < order->urged_batch)
            urged_batch = batches;
    }
    order->batch_len = batches;
    order->range_len = ranges;
    order->oldest = 0;
    order->urged_batch = urged_batch;
}

void order_compact(struct order *order, const struct rangeset *pending, bool size_known,
                   enum order_direction direction)
{
    size_t count = order->batch_len - order->oldest;
    struct ranked *ranked;
    struct rangeset seen;

    if (order->range_len < order->compact_at)
        return;
    ranked = malloc(count * sizeof *ranked);
    if (!ranked)
        return;
    for (size_t i = 0; i < count; i++) {
        size_t batch = order->oldest + i;

        ranked[i] = (struct ranked){
            .reach = size_known ? 0 : order->batches[batch].reach,
            .rank = direction == ORDER_NEWEST_FIRST ? count - i : i,
            .batch = batch,
        };
    }
    qsort(ranked, count, sizeof *ranked, by_rank);
    rangeset_init(&seen);
    for (size_t i = 0; i < count; i++) {
        size_t end = batch_end(order, ranked[i].batch);

        for (size_t k = order->batches[ranked[i].batch].next; k < end; k++) {
            struct range *hint = &order->ranges[k];

            if (!orders_something(*hint, pending, &seen))
                hint->end = hint->start;
            else if (FAILED(rangeset_add(&seen, *hint)))
                goto out;
        }
    }
out:
    rangeset_release(&seen);
    free(ranked);
    sweep(order);
    order->compact_at = order->range_len * 2;
    if (order->compact_at < COMPACT_AT_LEAST)
        order->compact_at = COMPACT_AT_LEAST;
}

/* The part of a hint that a file of this size can have. */
static struct range to_size(struct range hint, uint64_t size)
{
    if (hint.end == UINT64_MAX && hint.start < size)
        hint.end = size;
    return hint;
}

HRESULT order_judge(const struct order *order, uint64_t size, struct rangeset *outside,
                    struct rangeset *inside)
{
    HRESULT hr = S_OK;

    for (size_t b = order->oldest; SUCCEEDED(hr) && b < order->batch_len; b++) {
        struct rangeset *set = order->batches[b].reach > size ? outside : inside;

        for (size_t i = order->batches[b].first; SUCCEEDED(hr) && i < batch_end(order, b); i++)
            hr = rangeset_add(set, to_size(order->ranges[i], size));
    }
    /* A hint of a batch that was served: only a file that has shrunk is too small for it. */
    for (size_t i = 0; SUCCEEDED(hr) && i < order->again_len; i++) {
        struct range hint = to_size(order->again[i], size);

        hr = rangeset_add(hint.end > size ? outside : inside, hint);
    }
    return hr;
}

void order_drop_outside(struct order *order, uint64_t size)
{
    size_t kept = 0;

    for (size_t b = order->oldest; b < order->batch_len; b++)
        if (order->batches[b].reach > size)
            for (size_t i = order->batches[b].next; i < batch_end(order, b); i++)
                order->ranges[i].end = order->ranges[i].start;
    sweep(order);
    for (size_t i = 0; i < order->again_len; i++)
        if (to_size(order->again[i], size).end <= size)
            order->again[kept++] = order->again[i];
    order->again_len = kept;
}

bool order_sane(const struct order *order)
{
    if (order->range_len > order->range_cap || order->batch_len > order->batch_cap ||
        order->again_len > order->again_cap || order->oldest > order->batch_len)
        return false;
    if (order->oldest == order->batch_len && order->range_len != 0)
        return false;
    for (size_t b = order->oldest; b < order->batch_len; b++) {
        const struct batch *batch = &order->batches[b];

        if (batch->first > batch->next || batch->next >= batch_end(order, b))
            return false;
    }
    for (size_t i = 0; i < order->again_len; i++) {
        if (range_empty(order->again[i]))
            return false;
        for (size_t k = 0; k < i; k++)
            if (!range_empty(range_clip(order->again[i], order->again[k])))
                return false;
    }
    return true;
}
