/* hold.c: stops answers after a number of body bytes.
 *
 * Whether an answer is to stop and its joining the list happen under one lock, so a limit that is lifted
 * cannot miss it. Where no limit is set, which is nearly always, asking is one atomic load.
 */
#include <config.h>

#include "server/hold.h"

#include "server/deadline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct hold {
    _Atomic uint64_t after_bytes; /* written with the lock held */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ended;        /* guarded by lock, as is what follows */
    struct held *held; /* the suspended ones */
    size_t count;
};

struct hold *hold_new(void)
{
    struct hold *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    atomic_init(&h->after_bytes, UINT64_MAX);
    pthread_mutex_init(&h->lock, NULL);
    deadline_cond_init(&h->changed);
    return h;
}

void hold_free(struct hold *h)
{
    if (!h)
        return;
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static void resume_all(struct hold *h)
{
    while (h->held) {
        struct held *first = h->held;

        h->held = first->next;
        first->resume(first); /* from here on another thread may be using it */
    }
    h->count = 0;
}

void hold_set(struct hold *h, uint64_t after_bytes)
{
    pthread_mutex_lock(&h->lock);
    if (!h->ended)
        atomic_store_explicit(&h->after_bytes, after_bytes, memory_order_relaxed);
    resume_all(h);
    pthread_mutex_unlock(&h->lock);
}

void hold_end(struct hold *h)
{
    pthread_mutex_lock(&h->lock);
    h->ended = true;
    atomic_store_explicit(&h->after_bytes, UINT64_MAX, memory_order_relaxed);
    resume_all(h);
    pthread_mutex_unlock(&h->lock);
}

uint64_t hold_ask(struct hold *h, struct held *answer, uint64_t position, uint64_t max)
{
    uint64_t limit = atomic_load_explicit(&h->after_bytes, memory_order_relaxed), may;

    if (limit == UINT64_MAX)
        return max;
    pthread_mutex_lock(&h->lock);
    limit = atomic_load_explicit(&h->after_bytes, memory_order_relaxed);
    may = position < limit ? limit - position : 0;
    if (may == 0) {
        answer->next = h->held;
        h->held = answer;
        h->count++;
        answer->suspend(answer);
        pthread_cond_broadcast(&h->changed);
    }
    pthread_mutex_unlock(&h->lock);
    return may < max ? may : max;
}

HRESULT hold_wait(struct hold *h, size_t count, unsigned timeout_ms)
{
    struct timespec until = deadline_after_ms(timeout_ms);
    bool in_time = true;

    pthread_mutex_lock(&h->lock);
    while (h->count < count && in_time)
        in_time = deadline_wait(&h->changed, &h->lock, &until);
    in_time = h->count >= count;
    pthread_mutex_unlock(&h->lock);
    return in_time ? S_OK : S_FALSE;
}
