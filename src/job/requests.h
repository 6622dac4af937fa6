/* requests.h: which bytes of one file were asked for, are under way, and come next. Pure.
 *
 * Sets of bytes of a file, by what has become of them:
 *     filled     in the temporary file, proved and written
 *     flights    under way: one short list entry a request on the wire
 *     pending    asked for (RequestFileRanges), neither filled nor under way
 * They never overlap; requests_sane checks it. Beside them the order in which pending bytes shall come:
 * batches, the newest first or as A10 says, each with its ranges in the order given. A batch only
 * orders: what of it is still pending is looked up when its turn comes, so filled bytes cost nothing.
 *
 * Bound: batches are compacted when they hold more than twice the ranges that pending needs, so a client
 * that repeats a request for ever takes no more memory for it.
 */
#ifndef OPENBITS_JOB_REQUESTS_H
#define OPENBITS_JOB_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "rangeset/rangeset.h"
#include "settings/settings.h"

#define JOB_SIZE_UNKNOWN UINT64_MAX

/* A request on the wire: bytes [pos, end) are still to come. Lives in the engine's transfer. */
struct flight {
    struct list in_file;
    uint64_t pos, end;
    bool gives_way; /* a stream nobody asked for by ranges: a newer request may take its tail */
};

struct requests {
    struct rangeset filled, pending;
    struct list flights;
    struct list batches;      /* the one to serve first in front */
    size_t batched_ranges;
    uint64_t position;        /* UpdateDownloadPosition on an ordinary job; 0 */
    uint64_t turn;            /* numbers seeded choices of A10 "random" */
};

void requests_init(struct requests *requests);
void requests_release(struct requests *requests); /* no flight is open */

/* size: of the file, or JOB_SIZE_UNKNOWN. ranges: end UINT64_MAX means to the end of the file; start == end
 * means a length of 0. All or nothing:
 *   BG_E_INVALID_RANGE  a range leaves the file, starts at or after its end; length 0 (A27)
 *   BG_E_TOO_MANY_RANGES_IN_FILE  A28's cap
 *   E_OUTOFMEMORY
 * With an unknown size only what can be judged is refused (R-227, A13).
 * *queued, if asked: whether anything has become pending that was not filled, under way or pending. */
HRESULT requests_add(struct requests *requests, uint64_t size, const struct range *ranges, size_t count,
                     const struct settings *settings, bool *queued);

/* The size has become known: to-the-end ranges end there now. Batches that leave the file are thrown out
 * whole and answer BG_E_INVALID_RANGE; what remains stays queued. E_OUTOFMEMORY. */
HRESULT requests_size_known(struct requests *requests, uint64_t size);

/* UpdateDownloadPosition. BG_E_INVALID_RANGE: offset >= size. on_demand: pending pieces from
 * offset on come first, nothing is asked for (A15). Otherwise missing bytes from offset on, then from 0. */
HRESULT requests_set_position(struct requests *requests, uint64_t size, uint64_t offset, bool on_demand);

/* What to fetch next, at most max_len bytes: pending bytes in their order (coalesced with pending
 * neighbours after them), then, unless on_demand, missing bytes from the position on and from 0.
 * False: nothing is left to start. *shorten: the flight that must end at out->start first, or NULL. */
bool requests_next(struct requests *requests, uint64_t size, uint64_t max_len, bool on_demand,
                   const struct settings *settings, uint64_t job_key, struct range *out,
                   struct flight **shorten);

/* The engine starts a request for what requests_next gave. E_OUTOFMEMORY: nothing changed. */
HRESULT requests_start(struct requests *requests, struct flight *flight, struct range range);

/* Bytes [flight->pos, to) are in the file. E_OUTOFMEMORY: nothing changed, they are still to come. */
HRESULT requests_filled(struct requests *requests, struct flight *flight, uint64_t to);

/* The request is over. What it did not bring is pending again if it was asked for by ranges (in front), or
 * simply missing. Never fails: requests_start kept the room for it. */
void requests_end(struct requests *requests, struct flight *flight);

/* The remote file changed, or validation failed: nothing is filled any more. No flight is open.
 * What was pending stays so. */
void requests_void(struct requests *requests);

/* Every byte is there. */
bool requests_complete(const struct requests *requests, uint64_t size);
/* Nothing is asked for that is not there, and nothing is under way. */
bool requests_idle(const struct requests *requests);

bool requests_sane(const struct requests *requests, uint64_t size);

#endif
