/* connections.c: which connections are open: an array of their numbers, which rises. */
#include <config.h>

#include "server/connections.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct connections {
    pthread_mutex_t lock;
    uint64_t next, *open; /* guarded by lock, as are these */
    size_t count, capacity;
};

struct connections *connections_new(void)
{
    struct connections *c = calloc(1, sizeof *c);

    if (c)
        pthread_mutex_init(&c->lock, NULL);
    return c;
}

void connections_free(struct connections *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c->open);
    free(c);
}

/* With the lock held: where number stands, or would. */
static size_t find(const struct connections *c, uint64_t number)
{
    size_t low = 0, high = c->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (c->open[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t connections_begin(struct connections *c)
{
    uint64_t number;

    pthread_mutex_lock(&c->lock);
    number = ++c->next;
    if (c->count == c->capacity) {
        size_t capacity = c->capacity ? c->capacity * 2 : 16;
        uint64_t *open = realloc(c->open, capacity * sizeof *open);

        if (open) {
            c->open = open;
            c->capacity = capacity;
        }
    }
    if (c->count < c->capacity) /* without memory this one is not counted */
        c->open[c->count++] = number;
    pthread_mutex_unlock(&c->lock);
    return number;
}

void connections_end(struct connections *c, uint64_t number)
{
    size_t at;

    pthread_mutex_lock(&c->lock);
    at = find(c, number);
    if (at < c->count && c->open[at] == number) {
        memmove(c->open + at, c->open + at + 1, (c->count - at - 1) * sizeof *c->open);
        c->count--;
    }
    pthread_mutex_unlock(&c->lock);
}

size_t connections_rank(struct connections *c, uint64_t number)
{
    size_t at;

    pthread_mutex_lock(&c->lock);
    at = find(c, number);
    pthread_mutex_unlock(&c->lock);
    return at + 1;
}
