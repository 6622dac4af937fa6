/* log.c: the last requests, in memory and as JSON lines in a file.
 *
 * A ring that grows by doubling up to LOG_MAX_ENTRIES; past that, or past LOG_MAX_BYTES of records, the
 * oldest goes. The line for the file is made outside the lock and written inside, so that lines never mix and
 * stand in the order of the entries. A write that fails is not told to anybody here: the file is for people.
 */
#include <config.h>

#include "server/log.h"

#include "server/deadline.h"
#include "server/headers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct log {
    FILE *file; /* NULL: none; written with the lock held */
    pthread_mutex_t lock;
    pthread_cond_t added;
    struct log_record **ring; /* all below: guarded by lock */
    size_t first, count, capacity;
    size_t bytes;   /* of the records in the ring */
    uint64_t ended; /* since the last clear, dropped ones too */
};

void log_record_unref(struct log_record *r)
{
    if (r && atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) == 1)
        free(r);
}

static char *put_text(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *placed = memcpy(*at, text, size);

    *at += size;
    return placed;
}

struct log_record *log_record_new(const char *method, const char *target, const char *path,
                                  const struct server_header *headers, size_t header_count,
                                  size_t slice_count, const char *const *faults, size_t fault_count)
{
    size_t size = sizeof(struct log_record) + slice_count * sizeof(struct server_slice) +
                  header_count * sizeof(struct server_header) + fault_count * sizeof(char *) +
                  strlen(method) + strlen(target) + 2 + strlen(path ? path : "") + 1;
    struct server_header *placed;
    struct log_record *r;
    const char **names;
    char *at;

    for (size_t i = 0; i < header_count; i++)
        size += strlen(headers[i].name) + strlen(headers[i].value) + 2;
    for (size_t i = 0; i < fault_count; i++)
        size += strlen(faults[i]) + 1;
    r = calloc(1, size);
    if (!r)
        return NULL;
    atomic_init(&r->refs, 1);
    r->size = size;
    r->slices = (struct server_slice *)(r + 1);
    placed = (struct server_header *)(r->slices + slice_count);
    names = (const char **)(placed + header_count);
    at = (char *)(names + fault_count);
    for (size_t i = 0; i < header_count; i++) {
        placed[i].name = put_text(&at, headers[i].name);
        placed[i].value = put_text(&at, headers[i].value);
    }
    for (size_t i = 0; i < fault_count; i++)
        names[i] = put_text(&at, faults[i]);
    r->entry = (struct server_log_entry){
        .method = put_text(&at, method),
        .target = put_text(&at, target),
        .path = put_text(&at, path ? path : ""),
        .headers = placed,
        .header_count = header_count,
        .slices = r->slices,
        .slice_count = slice_count,
        .faults = names,
        .fault_count = fault_count,
        .range = headers_find(placed, header_count, "Range"),
        .user_agent = headers_find(placed, header_count, "User-Agent"),
        .owner = r,
    };
    return r;
}

struct log *log_new(FILE *file)
{
    struct log *log = calloc(1, sizeof *log);

    if (!log)
        return NULL;
    log->file = file;
    pthread_mutex_init(&log->lock, NULL);
    deadline_cond_init(&log->added);
    return log;
}

/* With the lock held. */
static void drop_oldest(struct log *log)
{
    struct log_record *r = log->ring[log->first];

    log->first = (log->first + 1) % log->capacity;
    log->count--;
    log->bytes -= r->size;
    log_record_unref(r);
}

static void drop_all(struct log *log)
{
    while (log->count)
        drop_oldest(log);
}

void log_free(struct log *log)
{
    if (!log)
        return;
    drop_all(log);
    if (log->file)
        fclose(log->file);
    free(log->ring);
    pthread_cond_destroy(&log->added);
    pthread_mutex_destroy(&log->lock);
    free(log);
}

/* Room for one more, by growing or else by dropping. False: there is no memory for even one. */
static bool make_room(struct log *log)
{
    size_t capacity = log->capacity ? log->capacity * 2 : 64;
    struct log_record **ring;

    if (log->count < log->capacity)
        return true;
    ring = capacity <= LOG_MAX_ENTRIES ? calloc(capacity, sizeof(struct log_record *)) : NULL;
    if (!ring) {
        if (log->count)
            drop_oldest(log);
        return log->capacity > 0;
    }
    for (size_t i = 0; i < log->count; i++)
        ring[i] = log->ring[(log->first + i) % log->capacity];
    free(log->ring);
    log->ring = ring;
    log->capacity = capacity;
    log->first = 0;
    return true;
}

void log_add(struct log *log, struct log_record *r)
{
    char *line = log->file ? log_line(&r->entry) : NULL;

    pthread_mutex_lock(&log->lock);
    if (line)
        fprintf(log->file, "%s\n", line);
    while (log->count && log->bytes + r->size > LOG_MAX_BYTES)
        drop_oldest(log);
    if (make_room(log)) {
        log->ring[(log->first + log->count++) % log->capacity] = r;
        log->bytes += r->size;
        r = NULL;
    }
    log->ended++;
    pthread_cond_broadcast(&log->added);
    pthread_mutex_unlock(&log->lock);
    log_record_unref(r);
    free(line);
}

HRESULT log_copy(struct log *log, struct server_log_entry **out, size_t *count)
{
    HRESULT hr = S_OK;

    *out = NULL;
    *count = 0;
    pthread_mutex_lock(&log->lock);
    if (log->count) {
        *out = calloc(log->count, sizeof **out);
        hr = *out ? S_OK : E_OUTOFMEMORY;
    }
    for (size_t i = 0; *out && i < log->count; i++) {
        struct log_record *r = log->ring[(log->first + i) % log->capacity];

        atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
        (*out)[i] = r->entry;
        *count = i + 1;
    }
    pthread_mutex_unlock(&log->lock);
    return hr;
}

void server_log_free(struct server_log_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        log_record_unref(entries[i].owner);
    free(entries);
}

void log_clear(struct log *log)
{
    pthread_mutex_lock(&log->lock);
    drop_all(log);
    log->ended = 0;
    pthread_mutex_unlock(&log->lock);
}

uint64_t log_count(struct log *log)
{
    uint64_t ended;

    pthread_mutex_lock(&log->lock);
    ended = log->ended;
    pthread_mutex_unlock(&log->lock);
    return ended;
}

HRESULT log_wait(struct log *log, uint64_t count, unsigned timeout_ms)
{
    struct timespec until = deadline_after_ms(timeout_ms);
    bool in_time = true;

    pthread_mutex_lock(&log->lock);
    while (log->ended < count && in_time)
        in_time = deadline_wait(&log->added, &log->lock, &until);
    in_time = log->ended >= count;
    pthread_mutex_unlock(&log->lock);
    return in_time ? S_OK : S_FALSE;
}

const char *server_log_header(const struct server_log_entry *entry, const char *name)
{
    return headers_find(entry->headers, entry->header_count, name);
}
