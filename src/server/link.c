/* link.c: what the server's side of a relayed connection tells the front's side of it.
 *
 * Which byte of the stream is an answer's first need not be found by parsing: the server begins an answer
 * when the one before has been written to the last byte, so it begins behind what the front has read and what
 * still waits in the socket. Reading and counting happen under one lock, so that nothing is between.
 */
#include <config.h>

#include "server/link.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct link {
    atomic_uint refs;
    int far_fd;
    pthread_mutex_t lock;
    int near_fd; /* guarded by lock, as is all below; -1: closed */
    uint64_t read;
    struct damage_plan *plans; /* in the order of start */
    size_t count;
};

struct link *link_new(int near_fd, int far_fd)
{
    struct link *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    atomic_init(&l->refs, 1);
    pthread_mutex_init(&l->lock, NULL);
    l->near_fd = near_fd;
    l->far_fd = far_fd;
    return l;
}

struct link *link_ref(struct link *l)
{
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    return l;
}

void link_unref(struct link *l)
{
    if (!l || atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) != 1)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l->plans);
    free(l);
}

int link_far_fd(const struct link *l)
{
    return l->far_fd;
}

bool link_plan(struct link *l, const struct damage *damage, uint64_t body_length)
{
    struct damage_plan *plans;
    int waiting = 0;

    pthread_mutex_lock(&l->lock);
    plans = realloc(l->plans, (l->count + 1) * sizeof *plans);
    if (plans) {
        l->plans = plans;
        if (l->near_fd >= 0 && ioctl(l->near_fd, FIONREAD, &waiting) == 0)
            plans[l->count++] = (struct damage_plan){
                .damage = *damage, .start = l->read + (uint64_t)waiting, .body_length = body_length};
    }
    pthread_mutex_unlock(&l->lock);
    return plans != NULL;
}

ssize_t link_read(struct link *l, void *out, size_t size)
{
    ssize_t n;

    pthread_mutex_lock(&l->lock);
    n = recv(l->near_fd, out, size, MSG_DONTWAIT);
    if (n > 0)
        l->read += (uint64_t)n;
    pthread_mutex_unlock(&l->lock);
    return n;
}

bool link_next_plan(struct link *l, struct damage_plan *out)
{
    bool found;

    pthread_mutex_lock(&l->lock);
    found = l->count > 0;
    if (found)
        *out = l->plans[0];
    pthread_mutex_unlock(&l->lock);
    return found;
}

void link_drop_plan(struct link *l)
{
    pthread_mutex_lock(&l->lock);
    l->count--;
    memmove(l->plans, l->plans + 1, l->count * sizeof *l->plans);
    pthread_mutex_unlock(&l->lock);
}

void link_close(struct link *l)
{
    pthread_mutex_lock(&l->lock);
    l->near_fd = -1;
    pthread_mutex_unlock(&l->lock);
}
