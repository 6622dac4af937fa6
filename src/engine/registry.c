/* registry.c: the engines of this process, so that they can be found by name and ended at its exit.
 *
 * An engine whose last handle goes while a job is active ends by itself later, on its own loop thread. A
 * thread cannot join itself, so it leaves its handle here, to be joined by the next engine_new or at the
 * end: no thread of ours runs on after the library is unloaded (decision 11).
 * This list and the slots of one process are the only state that is not an engine's.
 *
 * A child that is forked without exec has the memory of its parent's engines and none of their threads: there
 * the list begins anew, and empty (decision 11). What the parent made must not be used in the child.
 */
#include "engine/internal.h"

#include "sys/atfork.h"

#include <stdlib.h>
#include <string.h>

static struct mutex lock = MUTEX_INIT;
static struct list engines = {&engines, &engines};
static struct list buried = {&buried, &buried};
static bool forks_watched;

static void before_fork(void)
{
    mutex_lock(&lock);
}

static void after_fork(void)
{
    mutex_unlock(&lock);
}

static void in_child(void)
{
    list_init(&engines);
    list_init(&buried);
    mutex_unlock(&lock);
}

HRESULT registry_add(struct engine *engine)
{
    HRESULT hr = S_OK;

    LOCK_SCOPE(&lock);
    if (!forks_watched)
        hr = atfork_register(before_fork, after_fork, in_child);
    if (FAILED(hr))
        return hr;
    forks_watched = true;
    list_push_back(&engines, &engine->in_registry);
    return S_OK;
}

void registry_remove(struct engine *engine)
{
    LOCK_SCOPE(&lock);
    list_remove(&engine->in_registry);
}

bool registry_settle(struct engine *engine, bool stuck)
{
    bool ours;

    LOCK_SCOPE(&lock);
    mutex_lock(&engine->lock);
    engine->shared.ended = true;
    engine->shared.stuck = stuck;
    ours = !stuck && !engine->shared.joining && engine->shared.handles == 0;
    engine_note_change(engine);
    mutex_unlock(&engine->lock);
    if (ours) {
        list_remove(&engine->in_registry);
        engine->grave->thread = engine->loop;
        list_push_back(&buried, &engine->grave->in_buried);
        engine->grave = NULL;
    }
    return ours;
}

void registry_join_buried(void)
{
    for (;;) {
        struct grave *grave = NULL;
        struct list *node;

        mutex_lock(&lock);
        node = list_first(&buried);
        if (node) {
            grave = list_entry(node, struct grave, in_buried);
            list_remove(node);
        }
        mutex_unlock(&lock);
        if (!grave)
            return;
        thread_join(&grave->thread);
        free(grave);
    }
}

struct engine *engine_find(const char *name)
{
    struct engine *found = NULL;

    LOCK_SCOPE(&lock);
    list_for_each(node, &engines)
    {
        struct engine *engine = list_entry(node, struct engine, in_registry);

        mutex_lock(&engine->lock);
        if (!found && engine->name && strcmp(engine->name, name) == 0 && !engine->shared.end_asked) {
            engine->shared.handles++;
            found = engine;
        }
        mutex_unlock(&engine->lock);
    }
    return found;
}

/* The next engine that nobody is ending yet; it is then ours to end. */
static struct engine *claim_one(uint64_t limit_us)
{
    struct engine *claimed = NULL;

    LOCK_SCOPE(&lock);
    list_for_each(node, &engines)
    {
        struct engine *engine = list_entry(node, struct engine, in_registry);

        mutex_lock(&engine->lock);
        if (!claimed && !engine->shared.joining) {
            engine->shared.joining = true;
            engine->shared.end_asked = true;
            engine->shared.end_limit_us = limit_us;
            claimed = engine;
        }
        mutex_unlock(&engine->lock);
    }
    return claimed;
}

void engine_end_all(uint64_t limit_us)
{
    uint64_t began_us = clock_monotonic_us(), passed_us = 0;
    struct engine *engine;

    while ((engine = claim_one(limit_us - passed_us))) {
        check_leaks(engine->check);
        engine_end_claimed(engine);
        passed_us = clock_monotonic_us() - began_us;
        if (passed_us > limit_us)
            passed_us = limit_us;
    }
    registry_join_buried();
}
