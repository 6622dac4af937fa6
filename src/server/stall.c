/* stall.c: requests that are held up by faults, for a time or until they are released.
 *
 * A thread, made when the first of them has a time, waits for the earliest moment and resumes those whose
 * moment it is. A handful of requests stall at once, so the list is searched.
 */
#include <config.h>

#include "server/stall.h"

#include "server/deadline.h"

#include <pthread.h>
#include <stdlib.h>

struct stall {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* the list, or ended */
    pthread_t timer;
    bool timer_runs, ended; /* guarded by lock, as is what follows */
    struct stalled *first;
    size_t count; /* without those that only pace */
};

struct stall *stall_new(void)
{
    struct stall *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    deadline_cond_init(&s->changed);
    return s;
}

/* With the lock held. From the call of resume on another thread may be using the request. */
static void let_go(struct stall *s, struct stalled **link)
{
    struct stalled *request = *link;

    *link = request->next;
    if (!request->pacing)
        s->count--;
    request->resume(request);
}

/* With the lock held: the earliest moment, after letting go those whose moment has come. */
static int64_t resume_due(struct stall *s, int64_t now_us)
{
    struct stalled **link = &s->first;
    int64_t earliest = INT64_MAX;

    while (*link) {
        if ((*link)->until_us <= now_us) {
            let_go(s, link);
            continue;
        }
        if ((*link)->until_us < earliest)
            earliest = (*link)->until_us;
        link = &(*link)->next;
    }
    return earliest;
}

static void *run_timer(void *context)
{
    struct stall *s = context;

    pthread_mutex_lock(&s->lock);
    while (!s->ended) {
        int64_t earliest = resume_due(s, deadline_now_us());
        const struct timespec until = {.tv_sec = (time_t)(earliest / 1000000),
                                       .tv_nsec = (long)(earliest % 1000000) * 1000};

        if (earliest == INT64_MAX)
            pthread_cond_wait(&s->changed, &s->lock);
        else
            deadline_wait(&s->changed, &s->lock, &until);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

bool stall_begin(struct stall *s, struct stalled *request, int64_t for_us)
{
    int64_t now_us = deadline_now_us();
    bool begun;

    pthread_mutex_lock(&s->lock);
    request->until_us = for_us < INT64_MAX - now_us ? now_us + for_us : INT64_MAX;
    if (!s->ended && !s->timer_runs && request->until_us != INT64_MAX)
        s->timer_runs = pthread_create(&s->timer, NULL, run_timer, s) == 0;
    /* Without a timer there is nobody who would ever resume it. */
    begun = !s->ended && (s->timer_runs || request->until_us == INT64_MAX);
    if (begun) {
        request->next = s->first;
        s->first = request;
        if (!request->pacing)
            s->count++;
        request->suspend(request);
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return begun;
}

static void release_all(struct stall *s)
{
    while (s->first)
        let_go(s, &s->first);
}

void stall_release(struct stall *s)
{
    pthread_mutex_lock(&s->lock);
    release_all(s);
    pthread_mutex_unlock(&s->lock);
}

void stall_end(struct stall *s)
{
    bool join;

    pthread_mutex_lock(&s->lock);
    s->ended = true;
    join = s->timer_runs;
    s->timer_runs = false;
    release_all(s);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (join)
        pthread_join(s->timer, NULL);
}

void stall_free(struct stall *s)
{
    if (!s)
        return;
    stall_end(s);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

HRESULT stall_wait(struct stall *s, size_t count, unsigned timeout_ms)
{
    struct timespec until = deadline_after_ms(timeout_ms);
    bool in_time = true;

    pthread_mutex_lock(&s->lock);
    while (s->count < count && in_time)
        in_time = deadline_wait(&s->changed, &s->lock, &until);
    in_time = s->count >= count;
    pthread_mutex_unlock(&s->lock);
    return in_time ? S_OK : S_FALSE;
}
