/* handles.c: which objects a client has references to: too many at the end, or too few during a callback.
 *
 * An object that a callback is given is lent: one reference is the caller's, and the client's own come on
 * top. A count that falls to 0 while it is lent can only mean that the client released what was not its own.
 *
 * A leak is what is alive when the process ends, and nothing else: BITS lets a client release the manager
 * first and its jobs later (docs/adr/0004-leaks.md).
 */
#include "check/check.h"

#include <stdio.h>

#include "check/say.h"

void check_handle_add(struct check *check, struct check_handle *handle, const char *name,
                      struct check_job *job, struct refcount *refs)
{
    if (!check)
        return;
    handle->name = name;
    handle->job = job;
    handle->refs = refs;
    LOCK_SCOPE(&check->lock);
    list_push_back(&check->handles, &handle->in_check);
}

void check_handle_remove(struct check *check, struct check_handle *handle)
{
    if (!check)
        return;
    LOCK_SCOPE(&check->lock);
    list_remove(&handle->in_check);
}

void check_handle_lend(struct check *check, struct check_handle *handle, const char *callback,
                       const char *parameter)
{
    if (!check)
        return;
    handle->lent_to = callback;
    handle->lent_as = parameter;
    atomic_store(&handle->lent, true);
}

void check_handle_unlend(struct check_handle *handle)
{
    atomic_store(&handle->lent, false);
}

bool check_handle_is_lent(struct check *check, struct check_handle *handle)
{
    if (!check || !atomic_load(&handle->lent))
        return false;
    refcount_init(handle->refs);
    check_say(check, handle->job, CHECK_BORROWED_RELEASED, handle->lent_to, "%s", handle->lent_as);
    return true;
}

/* The next handle that the client owns a reference of: its subject, and how many; 0: none is left. */
static unsigned next_leak(struct check *check, char *subject)
{
    LOCK_SCOPE(&check->lock);
    list_for_each(node, &check->handles)
    {
        struct check_handle *handle = list_entry(node, struct check_handle, in_check);
        unsigned refs = atomic_load(&handle->refs->n);

        if (atomic_load(&handle->lent))
            refs--;
        if (handle->reported || refs == 0)
            continue;
        handle->reported = true;
        say_subject(subject, handle->name, handle->job ? &handle->job->id : NULL);
        return refs;
    }
    return 0;
}

void check_leaks(struct check *check)
{
    char subject[SAY_SUBJECT_SIZE], detail[32];
    unsigned refs;

    if (!check)
        return;
    while ((refs = next_leak(check, subject)) > 0) {
        snprintf(detail, sizeof detail, "%u of them", refs);
        say(check, CHECK_HANDLE_LEAKED, subject, refs > 1 ? detail : NULL);
    }
}
