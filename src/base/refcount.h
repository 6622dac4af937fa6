/* refcount.h: an atomic count; the thread that drops the last one destroys. */
#ifndef OPENBITS_BASE_REFCOUNT_H
#define OPENBITS_BASE_REFCOUNT_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>

struct refcount {
    atomic_uint n;
};

static inline void refcount_init(struct refcount *r)
{
    atomic_init(&r->n, 1);
}

/* Returns the new count, for COM's AddRef. The caller must hold a reference already. */
static inline unsigned refcount_get(struct refcount *r)
{
    unsigned old = atomic_fetch_add_explicit(&r->n, 1, memory_order_relaxed);

    assert(old > 0);
    return old + 1;
}

/* Returns the new count; at 0 everything the other holders wrote is visible to the caller. */
static inline unsigned refcount_put(struct refcount *r)
{
    unsigned old = atomic_fetch_sub_explicit(&r->n, 1, memory_order_acq_rel);

    assert(old > 0);
    return old - 1;
}

#endif
