/* requests.h: which bytes of one file were asked for, are under way, and come next. Pure.
 *
 * Two sets and a list say what has become of the bytes:
 *     filled    in the temporary file, proved and written
 *     pending   asked for (RequestFileRanges) and not filled; a part of it may be under way
 *     flights   under way: a short list, one entry a request on the wire
 * filled and pending never overlap, nor do two flights, nor a flight and filled. A byte that is under way
 * stays pending, so that a request which fails gives its bytes back without needing memory.
 *
 * In which order pending bytes come is order.h's matter: hints from the calls that asked for them. What of a
 * hint is still pending and not under way is looked up when its turn comes.
 *
 * Cost: requests_next O(log n) amortised and O(flights); requests_add of k ranges O(k log n), and a copy of
 * pending if they make more than one new piece.
 */
#ifndef OPENBITS_JOB_REQUESTS_H
#define OPENBITS_JOB_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "job/order.h"
#include "rangeset/rangeset.h"
#include "settings/settings.h"

#define JOB_SIZE_UNKNOWN UINT64_MAX

/* A stream that nobody asked for gives way to a requested piece farther than this from where it is: nearer
 * ones come sooner by waiting than over a new connection (256 KiB are some 20 ms at 100 Mbit/s). */
#define JOB_GIVE_WAY_BYTES (UINT64_C(256) << 10)

/* A request on the wire: bytes [pos, end) are still to come. Lives in the engine's transfer. */
struct flight {
    struct list in_file;
    uint64_t pos, end;
    bool gives_way; /* none of its bytes were asked for by ranges when it started */
};

struct requests {
    struct rangeset filled, pending;
    struct list flights;
    size_t flight_count;
    bool stale; /* memory was short when filled bytes were to leave pending: they have not yet */

    struct order order;
    uint64_t position; /* UpdateDownloadPosition; 0 */
    uint64_t turn;     /* numbers seeded choices of A10 */
};

void requests_init(struct requests *requests);
void requests_release(struct requests *requests); /* no flight is open */

/* size: of the file, or JOB_SIZE_UNKNOWN. ranges: end UINT64_MAX means to the end of the file; start == end
 * means a length of 0. All or nothing:
 *   E_INVALIDARG        count 0 or ranges NULL
 *   BG_E_INVALID_RANGE  a range leaves the file, starts at or after its end, or ends before
 *                       it starts (an overflow of the caller's); length 0 (A27); the size is unknown (A13)
 *   BG_E_TOO_MANY_RANGES_IN_FILE  A28's cap
 *   E_OUTOFMEMORY
 * With an unknown size only what can be judged is refused (R-227, A13). job_key numbers seeded choices.
 * *queued, if asked: whether anything has become pending that was not filled, under way or pending. */
HRESULT requests_add(struct requests *requests, uint64_t size, const struct range *ranges, size_t count,
                     const struct settings *settings, uint64_t job_key, bool *queued);

/* The size has become known: to-the-end ranges end there now. Batches that leave the file are thrown out
 * whole and answer BG_E_INVALID_RANGE; what remains stays queued. E_OUTOFMEMORY: nothing changed.
 * No flight is open. */
HRESULT requests_size_known(struct requests *requests, uint64_t size);

/* UpdateDownloadPosition. BG_E_INVALID_RANGE: offset >= size. on_demand: pending bytes from
 * offset on come first, nothing is asked for. Otherwise missing bytes from offset on, then from 0. With an
 * unknown size anything is accepted; the position is forgotten if the file turns out smaller. */
HRESULT requests_set_position(struct requests *requests, uint64_t size, uint64_t offset, bool on_demand);

/* The next pending piece, at most max_len bytes: by A10's order, with the pending bytes right after it.
 * False: all that is pending is under way. *shorten: the flight that gives way and must end at out->start
 * first (requests_shorten), or NULL; shorten NULL: none gives way. */
bool requests_next(struct requests *requests, uint64_t size, uint64_t max_len,
                   const struct settings *settings, uint64_t job_key, struct range *out,
                   struct flight **shorten);

/* The next piece that is neither filled nor under way, at most max_len bytes: from the position on, then from
 * 0. size is known. False: there is none. */
bool requests_next_missing(const struct requests *requests, uint64_t size, uint64_t max_len,
                           struct range *out);

/* The engine starts a request for such a piece. E_OUTOFMEMORY: nothing changed. */
HRESULT requests_start(struct requests *requests, struct flight *flight, struct range range);

/* It shall end at `end`, pos < end <= flight->end. */
void requests_shorten(struct requests *requests, struct flight *flight, uint64_t end);

/* Bytes [flight->pos, to) are in the file. E_OUTOFMEMORY: nothing changed, they are still to come. */
HRESULT requests_filled(struct requests *requests, struct flight *flight, uint64_t to);

/* The request is over. What it did not bring comes next if it was asked for by ranges, or is simply missing.
 * Never fails: requests_start kept the room for it. */
void requests_end(struct requests *requests, struct flight *flight);

/* The remote file changed, or validation failed: nothing is filled any more. No flight is open.
 * What was pending stays so. */
void requests_void(struct requests *requests);

/* Every byte is there; false for an unknown size. */
bool requests_complete(const struct requests *requests, uint64_t size);

bool requests_sane(const struct requests *requests, uint64_t size);

#endif
