/* faults.c: the faults that were added to a server, and whom they have struck.
 *
 * Whether a fault strikes is decided in the order cheap to dear: the request's own properties first, then
 * whether its behaviour can be shown at all, which makes the request one that the fault has "met"; req=
 * counts those. Chance follows from the seed and that number, so that it repeats when requests come in the
 * same order.
 *
 * Where no fault was added, asking is one atomic load.
 */
#include <config.h>

#include "server/faults.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_MAX 1024

struct faults {
    _Atomic size_t count; /* written with the lock held */
    atomic_bool front_needed;
    pthread_mutex_t lock;
    struct fault **items; /* guarded by lock, as is next_number */
    uint64_t next_number;
};

static void fault_unref(struct fault *f)
{
    if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1)
        free(f);
}

struct faults *faults_new(void)
{
    struct faults *list = calloc(1, sizeof *list);

    if (!list)
        return NULL;
    pthread_mutex_init(&list->lock, NULL);
    list->next_number = 1;
    return list;
}

void faults_free(struct faults *list)
{
    if (!list)
        return;
    faults_clear(list);
    free(list->items);
    pthread_mutex_destroy(&list->lock);
    free(list);
}

HRESULT faults_add(struct faults *list, const char *text, int64_t now_us, struct server_fault_trouble *bad)
{
    struct server_fault_trouble trouble;
    struct fault **items, *f;
    size_t count, size = strlen(text) + 1;
    HRESULT hr = S_OK;

    f = calloc(1, sizeof *f + size);
    if (!f)
        return E_OUTOFMEMORY;
    if (!fault_spec_parse(text, &f->spec, bad ? bad : &trouble)) {
        free(f);
        return E_INVALIDARG;
    }
    atomic_init(&f->refs, 1);
    f->added_us = now_us;
    f->front = strcmp(fault_kinds[f->spec.id].layer, "front") == 0;
    f->handshake = strcmp(fault_kinds[f->spec.id].layer, "tls") == 0;
    memcpy(f->text, text, size);
    pthread_mutex_lock(&list->lock);
    count = atomic_load_explicit(&list->count, memory_order_relaxed);
    items = count < FAULTS_MAX ? realloc(list->items, (count + 1) * sizeof(struct fault *)) : NULL;
    if (items) {
        list->items = items;
        f->number = list->next_number++;
        items[count] = f;
        if (f->front)
            atomic_store(&list->front_needed, true);
        atomic_store(&list->count, count + 1);
    } else {
        hr = E_OUTOFMEMORY;
    }
    pthread_mutex_unlock(&list->lock);
    if (FAILED(hr))
        free(f);
    return hr;
}

HRESULT faults_remove(struct faults *list, uint64_t number)
{
    struct fault *found = NULL;
    size_t count;

    pthread_mutex_lock(&list->lock);
    count = atomic_load_explicit(&list->count, memory_order_relaxed);
    for (size_t i = 0; i < count && !found; i++)
        if (list->items[i]->number == number) {
            found = list->items[i];
            memmove(list->items + i, list->items + i + 1, (count - i - 1) * sizeof(struct fault *));
            atomic_store(&list->count, count - 1);
        }
    pthread_mutex_unlock(&list->lock);
    if (!found)
        return S_FALSE;
    fault_unref(found);
    return S_OK;
}

void faults_clear(struct faults *list)
{
    size_t count;

    pthread_mutex_lock(&list->lock);
    count = atomic_load_explicit(&list->count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++)
        fault_unref(list->items[i]);
    atomic_store(&list->count, 0);
    pthread_mutex_unlock(&list->lock);
}

HRESULT faults_copy(struct faults *list, struct server_fault **out, size_t *count)
{
    HRESULT hr = S_OK;
    size_t n;

    *out = NULL;
    *count = 0;
    pthread_mutex_lock(&list->lock);
    n = atomic_load_explicit(&list->count, memory_order_relaxed);
    if (n)
        *out = calloc(n, sizeof **out);
    for (size_t i = 0; *out && i < n; i++) {
        const struct fault *f = list->items[i];

        (*out)[i] = (struct server_fault){
            .number = f->number, .spec = strdup(f->text), .met = f->met, .strikes = f->strikes};
        if (!(*out)[i].spec)
            hr = E_OUTOFMEMORY;
    }
    pthread_mutex_unlock(&list->lock);
    if (FAILED(hr) || (n && !*out)) {
        server_faults_free(*out, *out ? n : 0);
        *out = NULL;
        return E_OUTOFMEMORY;
    }
    *count = n;
    return S_OK;
}

void server_faults_free(struct server_fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(faults[i].spec);
    free(faults);
}

static bool within(const struct fault_span *span, uint64_t n)
{
    return n >= span->first && n <= span->last;
}

static bool path_meets(const struct fault_spec *s, const char *path)
{
    if (s->any_end)
        return strncmp(path ? path : "", s->path, strlen(s->path)) == 0;
    return path && strcmp(path, s->path) == 0;
}

static bool method_meets(const struct fault_spec *s, const char *method)
{
    switch (s->method) {
    case FAULT_GET:
        return strcmp(method, "GET") == 0;
    case FAULT_HEAD:
        return strcmp(method, "HEAD") == 0;
    case FAULT_ANY_METHOD:
        break;
    }
    return true;
}

static bool bytes_meet(const struct fault_spec *s, const struct fault_facts *facts)
{
    if (s->bytes.first == 0 && s->bytes.last == UINT64_MAX)
        return true;
    for (size_t i = 0; i < facts->slice_count; i++) {
        const struct slice *slice = &facts->slices[i];

        if (slice->offset <= s->bytes.last && slice->offset + (slice->len - 1) >= s->bytes.first)
            return true;
    }
    return false;
}

static bool meets(const struct fault *f, const struct fault_facts *facts)
{
    const struct fault_spec *s = &f->spec;

    return f->handshake == facts->handshake && method_meets(s, facts->method) && path_meets(s, facts->path) &&
           within(&s->connections, facts->connection) && within(&s->ranges, facts->range_count) &&
           bytes_meet(s, facts) && (!facts->applies || facts->applies(s, facts->context));
}

static bool strikes_now(const struct fault *f, int64_t now_us)
{
    const struct fault_spec *s = &f->spec;

    return within(&s->requests, f->met) && f->strikes < s->times &&
           (s->until_us == FAULT_FOREVER || now_us - f->added_us < s->until_us) &&
           fault_spec_chance(s, f->met);
}

bool faults_strike(struct faults *list, const struct fault_facts *facts, struct strike **out, size_t *count)
{
    bool ok = true;
    size_t n;

    *out = NULL;
    *count = 0;
    if (atomic_load(&list->count) == 0)
        return true;
    pthread_mutex_lock(&list->lock);
    n = atomic_load_explicit(&list->count, memory_order_relaxed);
    if (n) {
        *out = calloc(n, sizeof **out);
        ok = *out != NULL;
    }
    for (size_t i = 0; ok && i < n; i++) {
        struct fault *f = list->items[i];

        if (!meets(f, facts))
            continue;
        f->met++;
        if (!strikes_now(f, facts->now_us))
            continue;
        atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
        (*out)[(*count)++] = (struct strike){.fault = f, .number = ++f->strikes};
    }
    pthread_mutex_unlock(&list->lock);
    return ok;
}

void strikes_free(struct strike *strikes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fault_unref(strikes[i].fault);
    free(strikes);
}

bool faults_need_front(struct faults *list)
{
    return atomic_load(&list->front_needed);
}
