/* order.h: in which order the pending bytes of a file shall come: hints, never the truth.
 *
 * A hint is a range that somebody wants before others. Hints come from three places, and order_front answers
 * them in this sequence:
 *     again    what a failed request did not bring, the latest first (R-229: the fragment in flight first)
 *     urged    everything from UpdateDownloadPosition's offset on; batches that came after that call are
 *              before it, unless the order is first in, first out
 *     batches  one a RequestFileRanges call, the newest (or the oldest) first, its ranges as they were given
 * The caller (requests.c) looks up what of the front hint is still pending, and drops a hint that has
 * nothing to give. Nothing breaks when a hint is lost: pending bytes without one come last, by offset.
 *
 * Ranges of all batches are one array, oldest first, so that a request costs 16 bytes a range and nothing
 * else. order_compact throws out hints that order nothing; it is called when the array has doubled.
 */
#ifndef OPENBITS_JOB_ORDER_H
#define OPENBITS_JOB_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rangeset/rangeset.h"

/* ranges[next] up to the next batch's first, or the end, are to be served. */
struct batch {
    size_t first, next;
    uint64_t reach; /* the file must have this size at least */
};

enum order_direction {
    ORDER_NEWEST_FIRST,
    ORDER_OLDEST_FIRST,
};

struct order {
    struct range *ranges;
    size_t range_len, range_cap;
    struct batch *batches; /* oldest first; those before `oldest` have been served */
    size_t batch_len, batch_cap, oldest;
    size_t compact_at; /* range_len at which it is worth looking for useless hints */

    struct range *again; /* a stack; disjoint from each other and from what is under way */
    size_t again_len, again_cap;

    bool urged;
    uint64_t urged_from;
    size_t urged_batch; /* batches from this one on are newer than the urge */
};

void order_init(struct order *order);
void order_release(struct order *order);

/* Room for one more batch of count ranges. E_OUTOFMEMORY: nothing changed. */
HRESULT order_reserve(struct order *order, size_t count);
/* Cannot fail after a reserve. An end of UINT64_MAX means the file's end, whatever it will be. */
void order_push(struct order *order, const struct range *ranges, size_t count, uint64_t reach);

/* Room for so many failures. E_OUTOFMEMORY: nothing changed. */
HRESULT order_reserve_again(struct order *order, size_t count);
void order_push_again(struct order *order, struct range r);

/* Bytes from offset on are urgent; the latest call counts. */
void order_urge(struct order *order, uint64_t offset);

/* A request for r is under way: it needs no hint. */
void order_started(struct order *order, struct range r);

/* The hint to follow now; false: there is none. */
bool order_front(const struct order *order, enum order_direction direction, struct range *out);
void order_drop_front(struct order *order, enum order_direction direction);

/* Drops hints of batches that order no pending byte which another one does not order as well. While the size
 * is unknown only a batch that is valid whenever this one is may take its place. Short of memory, less is
 * dropped. */
void order_compact(struct order *order, const struct rangeset *pending, bool size_known,
                   enum order_direction direction);

/* Ranges of the batches that a file of this size has no room for, and of all others. Both sets are empty at
 * first. E_OUTOFMEMORY. */
HRESULT order_judge(const struct order *order, uint64_t size, struct rangeset *outside,
                    struct rangeset *inside);
/* Drops those batches. */
void order_drop_outside(struct order *order, uint64_t size);

bool order_sane(const struct order *order);

#endif
