/* requests.c: the sets of a file's bytes and how a piece moves through them (requests.h has the design).
 *
 * What can fail is done before what cannot, so a failed call leaves everything as it was. The one exception
 * is filled bytes that could not be cut out of pending: `stale` says so, and whoever reads pending looks in
 * filled.
 */
#include "job/requests.h"

#include <assert.h>

#include "base/hr.h"

void requests_init(struct requests *requests)
{
    *requests = (struct requests){0};
    rangeset_init(&requests->filled);
    rangeset_init(&requests->pending);
    list_init(&requests->flights);
    order_init(&requests->order);
}

void requests_release(struct requests *requests)
{
    assert(requests->flight_count == 0);
    rangeset_release(&requests->filled);
    rangeset_release(&requests->pending);
    order_release(&requests->order);
}

/* Takes out of pending what is filled, if memory was too short to do it at the time. */
static void clean_stale(struct requests *requests)
{
    if (requests->stale && SUCCEEDED(rangeset_remove_set(&requests->pending, &requests->filled)))
        requests->stale = false;
}

/* --- what a client asks for */

struct new_ranges {
    const struct range *ranges;
    size_t count;
    uint64_t size;
    unsigned empty; /* A27: what a length of 0 is */
};

/* A range as the client gave it, ending at the file's end if that is what it means and is known. Empty: to be
 * left out. */
static HRESULT judge_range(const struct new_ranges *new, struct range given, struct range *out)
{
    *out = given;
    if (given.start > given.end || given.start == UINT64_MAX)
        return BG_E_INVALID_RANGE;
    if (given.start == given.end) {
        if (new->empty == SETTING_A27_IGNORE)
            return S_OK;
        return new->empty == SETTING_A27_INVALID_ARGUMENT ? E_INVALIDARG : BG_E_INVALID_RANGE;
    }
    if (new->size == JOB_SIZE_UNKNOWN)
        return S_OK;
    if (given.start >= new->size)
        return BG_E_INVALID_RANGE;
    if (given.end == UINT64_MAX)
        out->end = new->size;
    return out->end > new->size ? BG_E_INVALID_RANGE : S_OK;
}

/* Judges all of them; *reach is the size that the file must have at least. */
static HRESULT judge_ranges(const struct new_ranges *new, uint64_t *reach)
{
    *reach = 0;
    for (size_t i = 0; i < new->count; i++) {
        struct range r;
        HRESULT hr = judge_range(new, new->ranges[i], &r);
        uint64_t needs;

        if (FAILED(hr))
            return hr;
        if (range_empty(r))
            continue;
        needs = r.end == UINT64_MAX ? r.start + 1 : r.end;
        if (needs > *reach)
            *reach = needs;
    }
    return S_OK;
}

/* Adds to pending what of the ranges is not filled. *pieces counts it. */
static HRESULT add_unfilled(const struct new_ranges *new, const struct rangeset *filled,
                            struct rangeset *pending, size_t *pieces)
{
    HRESULT hr = S_OK;

    *pieces = 0;
    for (size_t i = 0; i < new->count; i++) {
        struct range r, gap;

        (void)judge_range(new, new->ranges[i], &r);
        while (!range_empty(r) && rangeset_find_gap(filled, r, &gap)) {
            hr = rangeset_add(pending, gap);
            if (FAILED(hr))
                return hr;
            ++*pieces;
            r.start = gap.end;
        }
    }
    return hr;
}

/* Whether adding cannot leave half of itself behind when memory ends: one range, one piece of it missing. */
static bool adds_one_piece(const struct new_ranges *new, const struct rangeset *filled)
{
    struct range r, gap;

    if (new->count != 1)
        return false;
    (void)judge_range(new, new->ranges[0], &r);
    if (range_empty(r) || !rangeset_find_gap(filled, r, &gap))
        return true;
    r.start = gap.end;
    return range_empty(r) || !rangeset_find_gap(filled, r, &gap);
}

/* How many pending bytes are under way. */
static uint64_t pending_under_way(const struct requests *requests)
{
    uint64_t sum = 0;

    list_for_each(node, &requests->flights)
    {
        const struct flight *flight = list_entry(node, struct flight, in_file);

        sum += rangeset_length_within(&requests->pending, (struct range){flight->pos, flight->end});
    }
    return sum;
}

static HRESULT add_to_pending(struct requests *requests, const struct new_ranges *new, uint32_t cap,
                              size_t *pieces)
{
    struct rangeset more;
    HRESULT hr;

    if (cap == 0 && adds_one_piece(new, &requests->filled))
        return add_unfilled(new, &requests->filled, &requests->pending, pieces);
    rangeset_init(&more);
    hr = rangeset_copy(&more, &requests->pending);
    if (SUCCEEDED(hr))
        hr = add_unfilled(new, &requests->filled, &more, pieces);
    if (SUCCEEDED(hr) && cap != 0 && *pieces > 0 && rangeset_count(&more) > cap)
        hr = BG_E_TOO_MANY_RANGES_IN_FILE;
    if (SUCCEEDED(hr))
        rangeset_swap(&more, &requests->pending);
    rangeset_release(&more);
    return hr;
}

static enum order_direction direction_of(unsigned a10)
{
    return a10 == SETTING_A10_FIFO ? ORDER_OLDEST_FIRST : ORDER_NEWEST_FIRST;
}

HRESULT requests_add(struct requests *requests, uint64_t size, const struct range *ranges, size_t count,
                     const struct settings *settings, uint64_t job_key, bool *queued)
{
    uint64_t event = requests->turn++, before, under_way_before, reach;
    struct new_ranges new = {ranges, count, size, settings_choice(settings, SETTING_A27, job_key, event)};
    struct order *order = &requests->order;
    size_t pieces;
    HRESULT hr;

    if (queued)
        *queued = false;
    if (!ranges || count == 0)
        return E_INVALIDARG;
    if (size == JOB_SIZE_UNKNOWN &&
        settings_choice(settings, SETTING_A13, job_key, event) == SETTING_A13_REJECT)
        return BG_E_INVALID_RANGE;
    hr = judge_ranges(&new, &reach);
    if (FAILED(hr))
        return hr;

    clean_stale(requests);
    order_compact(order, &requests->pending, size != JOB_SIZE_UNKNOWN,
                  direction_of(settings_choice(settings, SETTING_A10, job_key, event)));
    hr = order_reserve(order, count);
    if (FAILED(hr))
        return hr;
    before = rangeset_length(&requests->pending);
    under_way_before = pending_under_way(requests);
    hr = add_to_pending(requests, &new, settings_number(settings, SETTING_A28), &pieces);
    if (FAILED(hr))
        return hr;
    if (pieces > 0)
        order_push(order, ranges, count, reach);
    if (queued)
        *queued =
            rangeset_length(&requests->pending) - before > pending_under_way(requests) - under_way_before;
    return S_OK;
}

/* pending and the order without the batches that the file is too small for. */
static HRESULT throw_out(struct requests *requests, uint64_t size)
{
    struct rangeset outside, inside, rest;
    HRESULT hr;

    rangeset_init(&outside);
    rangeset_init(&inside);
    rangeset_init(&rest);
    hr = order_judge(&requests->order, size, &outside, &inside);
    if (SUCCEEDED(hr))
        hr = rangeset_copy(&rest, &requests->pending);
    if (SUCCEEDED(hr) && rangeset_count(&outside) > 0) {
        hr = rangeset_remove_set(&outside, &inside);
        if (SUCCEEDED(hr))
            hr = rangeset_remove_set(&rest, &outside);
        if (SUCCEEDED(hr))
            hr = BG_E_INVALID_RANGE;
    }
    if (hr != E_OUTOFMEMORY && FAILED(rangeset_remove(&rest, (struct range){size, UINT64_MAX})))
        hr = E_OUTOFMEMORY;
    if (hr != E_OUTOFMEMORY) {
        rangeset_swap(&rest, &requests->pending);
        order_drop_outside(&requests->order, size);
    }
    rangeset_release(&outside);
    rangeset_release(&inside);
    rangeset_release(&rest);
    return hr;
}

HRESULT requests_size_known(struct requests *requests, uint64_t size)
{
    HRESULT hr;

    assert(requests->flight_count == 0 && rangeset_count(&requests->filled) == 0);
    if (rangeset_count(&requests->pending) == 0)
        hr = S_OK;
    else
        hr = throw_out(requests, size);
    if (hr != E_OUTOFMEMORY && requests->position >= size)
        requests->position = 0;
    return hr;
}

HRESULT requests_set_position(struct requests *requests, uint64_t size, uint64_t offset, bool on_demand)
{
    if (offset >= size)
        return BG_E_INVALID_RANGE;
    requests->position = offset;
    if (on_demand)
        order_urge(&requests->order, offset);
    return S_OK;
}

/* --- what comes next */

/* The flight that brings this byte, or NULL. */
static struct flight *flight_at(const struct requests *requests, uint64_t offset)
{
    list_for_each(node, &requests->flights)
    {
        struct flight *flight = list_entry(node, struct flight, in_file);

        if (flight->pos <= offset && offset < flight->end)
            return flight;
    }
    return NULL;
}

/* r without what is under way after its first byte. */
static struct range before_flights(const struct requests *requests, struct range r)
{
    list_for_each(node, &requests->flights)
    {
        const struct flight *flight = list_entry(node, struct flight, in_file);

        if (flight->pos > r.start && flight->pos < r.end && flight->pos < flight->end)
            r.end = flight->pos;
    }
    return r;
}

static bool gives_way(const struct flight *flight, uint64_t offset)
{
    return flight->gives_way && offset - flight->pos > JOB_GIVE_WAY_BYTES;
}

/* The first pending piece that starts in `within` and can be started, with all pending bytes after it.
 * shorten NULL: no flight gives way. */
static bool find_free(const struct requests *requests, struct range within, struct range *out,
                      struct flight **shorten)
{
    struct range r, done;

    while (!range_empty(within) && rangeset_find(&requests->pending, within.start, &r) &&
           r.start < within.end) {
        struct flight *flight;

        if (r.start < within.start)
            r.start = within.start;
        if (requests->stale && rangeset_find(&requests->filled, r.start, &done) && done.start < r.end) {
            if (done.start <= r.start) {
                within.start = done.end;
                continue;
            }
            r.end = done.start;
        }
        flight = flight_at(requests, r.start);
        if (flight && !(shorten && gives_way(flight, r.start))) {
            within.start = flight->end;
            continue;
        }
        if (shorten)
            *shorten = flight;
        *out = before_flights(requests, r);
        return true;
    }
    return false;
}

/* Any offset of the part of the file that is known. */
static uint64_t draw_offset(const struct settings *settings, uint64_t size, uint64_t job_key, uint64_t turn)
{
    uint64_t draw = settings_draw(settings, SETTING_A10, job_key, turn);

    return size == JOB_SIZE_UNKNOWN || size == 0 ? 0 : draw % size;
}

/* Follows the order as A10 says; what no order names comes by offset. */
static bool find_next(struct requests *requests, uint64_t size, const struct settings *settings,
                      uint64_t job_key, struct range *out, struct flight **shorten)
{
    uint64_t turn = requests->turn++, from = 0;
    unsigned a10 = settings_choice(settings, SETTING_A10, job_key, turn);
    struct order *order = &requests->order;
    struct range hint;

    switch (a10) {
    case SETTING_A10_NEWEST_FIRST:
    case SETTING_A10_FIFO:
        while (order_front(order, direction_of(a10), &hint)) {
            if (find_free(requests, hint, out, shorten))
                return true;
            order_drop_front(order, direction_of(a10));
        }
        break;
    case SETTING_A10_SHUFFLED:
        from = draw_offset(settings, size, job_key, turn);
        break;
    case SETTING_A10_POSITION_FIRST:
        from = requests->position;
        break;
    default: /* SETTING_A10_BY_OFFSET */
        break;
    }
    return (from > 0 && find_free(requests, (struct range){from, UINT64_MAX}, out, shorten)) ||
           find_free(requests, (struct range){0, UINT64_MAX}, out, shorten);
}

static struct range at_most(struct range r, uint64_t max_len)
{
    if (range_len(r) > max_len)
        r.end = r.start + max_len;
    return r;
}

bool requests_next(struct requests *requests, uint64_t size, uint64_t max_len,
                   const struct settings *settings, uint64_t job_key, struct range *out,
                   struct flight **shorten)
{
    if (shorten)
        *shorten = NULL;
    clean_stale(requests);
    if (rangeset_count(&requests->pending) == 0 ||
        !find_next(requests, size, settings, job_key, out, shorten))
        return false;
    *out = at_most(*out, max_len);
    return true;
}

static bool find_missing(const struct requests *requests, struct range within, struct range *out)
{
    struct range gap;

    while (!range_empty(within) && rangeset_find_gap(&requests->filled, within, &gap)) {
        const struct flight *flight = flight_at(requests, gap.start);

        if (!flight) {
            *out = before_flights(requests, gap);
            return true;
        }
        within.start = flight->end;
    }
    return false;
}

bool requests_next_missing(const struct requests *requests, uint64_t size, uint64_t max_len,
                           struct range *out)
{
    if (!find_missing(requests, (struct range){requests->position, size}, out) &&
        !find_missing(requests, (struct range){0, requests->position}, out))
        return false;
    *out = at_most(*out, max_len);
    return true;
}

/* --- what becomes of it */

HRESULT requests_start(struct requests *requests, struct flight *flight, struct range range)
{
    HRESULT hr = order_reserve_again(&requests->order, requests->flight_count + 1);

    if (FAILED(hr))
        return hr;
    *flight = (struct flight){
        .pos = range.start,
        .end = range.end,
        .gives_way = !rangeset_intersects(&requests->pending, range),
    };
    list_push_back(&requests->flights, &flight->in_file);
    requests->flight_count++;
    order_started(&requests->order, range);
    return S_OK;
}

void requests_shorten(struct requests *requests, struct flight *flight, uint64_t end)
{
    (void)requests;
    assert(flight->pos < end && end <= flight->end);
    flight->end = end;
}

HRESULT requests_filled(struct requests *requests, struct flight *flight, uint64_t to)
{
    struct range r = {flight->pos, to};
    HRESULT hr;

    assert(to >= flight->pos && to <= flight->end);
    hr = rangeset_add(&requests->filled, r);
    if (FAILED(hr))
        return hr;
    flight->pos = to;
    if (FAILED(rangeset_remove(&requests->pending, r)))
        requests->stale = true;
    return S_OK;
}

void requests_end(struct requests *requests, struct flight *flight)
{
    struct range rest = {flight->pos, flight->end};

    list_remove(&flight->in_file);
    requests->flight_count--;
    if (!range_empty(rest) && rangeset_intersects(&requests->pending, rest))
        order_push_again(&requests->order, rest);
}

void requests_void(struct requests *requests)
{
    assert(requests->flight_count == 0);
    rangeset_clear(&requests->filled);
    requests->stale = false;
}

bool requests_complete(const struct requests *requests, uint64_t size)
{
    return size != JOB_SIZE_UNKNOWN && rangeset_length(&requests->filled) == size;
}

/* --- what always holds */

static bool set_ends_by(const struct rangeset *set, uint64_t size)
{
    return !rangeset_intersects(set, (struct range){size, UINT64_MAX});
}

static bool disjoint(const struct rangeset *a, const struct rangeset *b)
{
    struct range r;

    for (uint64_t at = 0; rangeset_find(a, at, &r); at = r.end)
        if (rangeset_intersects(b, r))
            return false;
    return true;
}

static bool flights_sane(const struct requests *requests, uint64_t size)
{
    size_t count = 0;

    list_for_each(node, &requests->flights)
    {
        const struct flight *flight = list_entry(node, struct flight, in_file);
        struct range r = {flight->pos, flight->end};

        count++;
        if (r.start > r.end || r.end > size || rangeset_intersects(&requests->filled, r))
            return false;
        for (struct list *other = node->next; other != &requests->flights; other = other->next) {
            const struct flight *o = list_entry(other, struct flight, in_file);

            if (!range_empty(range_clip(r, (struct range){o->pos, o->end})))
                return false;
        }
    }
    return count == requests->flight_count && requests->order.again_cap - requests->order.again_len >= count;
}

bool requests_sane(const struct requests *requests, uint64_t size)
{
    return rangeset_sane(&requests->filled) && rangeset_sane(&requests->pending) &&
           set_ends_by(&requests->filled, size) && set_ends_by(&requests->pending, size) &&
           (requests->stale || disjoint(&requests->filled, &requests->pending)) &&
           flights_sane(requests, size) && order_sane(&requests->order) && requests->position <= size;
}
