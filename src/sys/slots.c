/* slots.c: slots of either scope; those of scope PROCESS are made here.
 *
 * Engines of one process do not know each other, yet a cap "in this process" must hold over all of them. So
 * there is one table a pair (owner, cap) for the process, made by the first engine that asks and gone with
 * the last. This is, with the list of open lock files beside it, the only process-wide state of the library:
 * it is what the word "process" means here, and cannot live in any engine.
 *
 * A slot is handed from its holder to the one who has waited longest: no barging, so nobody starves.
 * One lock guards all tables; it is held for a few instructions, never while waiting for a slot.
 *
 * A process forked without exec starts with no table: those who hold or wait are threads of its parent.
 */
#include "sys/slots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "sys/atfork.h"
#include "sys/slots_user.h"
#include "sys/thread.h"

#define CAP_MAX 64

struct waiter {
    struct list in_slot;
    struct slots *slots;
    bool granted;
};

struct process_slot {
    struct slots *holder; /* NULL: free */
    struct list waiters;
};

struct table {
    struct list in_tables;
    char *owner;
    unsigned cap, refs;
    struct cond changed; /* a slot was handed on, or somebody's waits are over */
    struct process_slot slots[];
};

struct slots {
    unsigned cap;
    struct slots_user *user; /* one of the two, by scope */
    struct table *table;
    bool aborted; /* guarded by tables_lock; scope PROCESS */
};

static struct mutex tables_lock = MUTEX_INIT;
static struct list tables = {&tables, &tables};
static bool fork_is_watched;

static void before_fork(void)
{
    mutex_lock(&tables_lock);
}

static void after_fork(void)
{
    mutex_unlock(&tables_lock);
}

static void after_fork_in_child(void)
{
    list_init(&tables);
    mutex_unlock(&tables_lock);
}

static void table_free(struct table *table)
{
    free(table->owner);
    free(table);
}

/* With tables_lock held. */
static HRESULT table_get(const struct slots_config *config, struct table **out)
{
    struct table *table;

    if (!fork_is_watched) {
        HRESULT hr = atfork_register(before_fork, after_fork, after_fork_in_child);

        if (FAILED(hr))
            return hr;
        fork_is_watched = true;
    }
    list_for_each(node, &tables)
    {
        table = list_entry(node, struct table, in_tables);
        if (table->cap == config->cap && strcmp(table->owner, config->owner) == 0) {
            table->refs++;
            *out = table;
            return S_OK;
        }
    }
    table = calloc(1, sizeof *table + config->cap * sizeof *table->slots);
    if (!table)
        return E_OUTOFMEMORY;
    table->owner = strdup(config->owner);
    if (!table->owner) {
        table_free(table);
        return E_OUTOFMEMORY;
    }
    table->cap = config->cap;
    table->refs = 1;
    cond_init(&table->changed);
    for (unsigned i = 0; i < table->cap; i++)
        list_init(&table->slots[i].waiters);
    list_push_back(&tables, &table->in_tables);
    *out = table;
    return S_OK;
}

static void table_put(struct table *table)
{
    LOCK_SCOPE(&tables_lock);
    if (--table->refs > 0)
        return;
    list_remove(&table->in_tables);
    cond_destroy(&table->changed);
    table_free(table);
}

static bool owner_is_legal(const char *owner)
{
    return owner && *owner &&
           strspn(owner, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == strlen(owner);
}

HRESULT slots_open(const struct slots_config *config, struct slots **out)
{
    struct slots *slots;
    HRESULT hr;

    *out = NULL;
    if (config->cap < 1 || config->cap > CAP_MAX || !owner_is_legal(config->owner))
        return E_INVALIDARG;
    slots = calloc(1, sizeof *slots);
    if (!slots)
        return E_OUTOFMEMORY;
    slots->cap = config->cap;
    if (config->scope == SLOTS_USER) {
        hr = slots_user_open(config, &slots->user);
    } else {
        LOCK_SCOPE(&tables_lock);
        hr = table_get(config, &slots->table);
    }
    if (FAILED(hr)) {
        free(slots);
        return hr;
    }
    *out = slots;
    return S_OK;
}

void slots_close(struct slots *slots)
{
    if (!slots)
        return;
    if (slots->user)
        slots_user_close(slots->user);
    else
        table_put(slots->table);
    free(slots);
}

HRESULT slots_acquire(struct slots *slots, unsigned index)
{
    struct waiter self = {.slots = slots};
    struct process_slot *slot;

    assert(index < slots->cap);
    if (slots->user)
        return slots_user_acquire(slots->user, index);

    LOCK_SCOPE(&tables_lock);
    slot = &slots->table->slots[index];
    if (slots->aborted)
        return E_ABORT;
    if (!slot->holder) {
        slot->holder = slots;
        return S_OK;
    }
    list_push_back(&slot->waiters, &self.in_slot);
    while (!self.granted && !slots->aborted)
        cond_wait(&slots->table->changed, &tables_lock);
    if (self.granted)
        return S_OK;
    list_remove(&self.in_slot);
    return E_ABORT;
}

HRESULT slots_try_acquire(struct slots *slots, unsigned index)
{
    struct process_slot *slot;

    assert(index < slots->cap);
    if (slots->user)
        return slots_user_try_acquire(slots->user, index);

    LOCK_SCOPE(&tables_lock);
    slot = &slots->table->slots[index];
    if (slots->aborted)
        return E_ABORT;
    if (slot->holder)
        return S_FALSE;
    slot->holder = slots;
    return S_OK;
}

void slots_release(struct slots *slots, unsigned index)
{
    struct process_slot *slot;
    struct list *first;

    assert(index < slots->cap);
    if (slots->user) {
        slots_user_release(slots->user, index);
        return;
    }

    LOCK_SCOPE(&tables_lock);
    slot = &slots->table->slots[index];
    assert(slot->holder == slots);
    slot->holder = NULL;
    first = list_first(&slot->waiters);
    if (first) {
        struct waiter *next = list_entry(first, struct waiter, in_slot);

        list_remove(first);
        slot->holder = next->slots;
        next->granted = true;
        cond_broadcast(&slots->table->changed);
    }
}

void slots_abort(struct slots *slots)
{
    if (slots->user) {
        slots_user_abort(slots->user);
        return;
    }
    LOCK_SCOPE(&tables_lock);
    slots->aborted = true;
    cond_broadcast(&slots->table->changed);
}

unsigned slots_cap(const struct slots *slots)
{
    return slots->cap;
}
