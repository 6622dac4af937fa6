/* event.c: events, and waiting for one or several of them.
 *
 * One lock guards every event of the process: an event is signalled seldom and for a moment, and a wait for
 * all of several must see them at one point in time. A wait that cannot be satisfied at once hangs a link on
 * each of its events and sleeps on a condition of its own. SetEvent goes through the event's links, oldest
 * first, and satisfies those waits that can be; it does so itself instead of only waking them, because two
 * SetEvents in a row must release two waiters of an auto-reset event, even if neither has run in between.
 *
 * Invariant, whenever the lock is free: no wait that is not done could be satisfied by the events' states.
 *
 * A wait holds a count on its events, so CloseHandle during a wait is harmless; the wait then ends by time
 * only.
 */
#include "winapi/handle.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <windows.h>

struct wait;

struct link {
    struct link *prev, *next; /* in the ring that starts at the event */
    struct wait *wait;
};

struct event {
    bool manual_reset, signalled;
    unsigned refs;    /* the handle and each link */
    struct link head; /* of the waits, oldest first */
};

struct wait {
    struct event *const *events;
    DWORD count;
    bool all, done;
    DWORD index; /* of the event that satisfied the wait; 0 if all did */
    pthread_cond_t satisfied;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The event behind a handle, or NULL with the last error set. */
static struct event *event_locked(HANDLE handle)
{
    struct event *event = handle_get(handle);

    if (!event)
        SetLastError(ERROR_INVALID_HANDLE);
    return event;
}

static void unref_locked(struct event *event)
{
    if (--event->refs == 0)
        free(event);
}

/* Takes the signals that the wait needs, if they are there. */
static bool satisfy_locked(struct wait *wait)
{
    DWORD signalled = 0, first = wait->count;

    for (DWORD i = 0; i < wait->count; i++)
        if (wait->events[i]->signalled) {
            signalled++;
            if (first == wait->count)
                first = i;
        }
    if (signalled == 0 || (wait->all && signalled < wait->count))
        return false;
    wait->index = wait->all ? 0 : first;
    for (DWORD i = wait->index; i < (wait->all ? wait->count : first + 1); i++)
        if (!wait->events[i]->manual_reset)
            wait->events[i]->signalled = false;
    wait->done = true;
    return true;
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
                             DWORD desired_access)
{
    struct event *event;
    HANDLE handle = NULL;

    (void)attributes, (void)desired_access; /* a handle never leaves its process, and has every right */
    if (name || flags & ~(DWORD)(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)) {
        SetLastError(name ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
        return NULL;
    }
    event = calloc(1, sizeof *event);
    if (event) {
        event->manual_reset = flags & CREATE_EVENT_MANUAL_RESET;
        event->signalled = flags & CREATE_EVENT_INITIAL_SET;
        event->refs = 1;
        event->head.prev = event->head.next = &event->head;
        pthread_mutex_lock(&lock);
        handle = handle_new(event);
        pthread_mutex_unlock(&lock);
    }
    if (!handle) {
        free(event);
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    }
    return handle;
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state,
                           LPCWSTR name)
{
    DWORD flags =
        (manual_reset ? CREATE_EVENT_MANUAL_RESET : 0) | (initial_state ? CREATE_EVENT_INITIAL_SET : 0);

    return CreateEventExW(attributes, name, flags, EVENT_ALL_ACCESS);
}

BOOL WINAPI SetEvent(HANDLE handle)
{
    struct event *event;

    pthread_mutex_lock(&lock);
    event = event_locked(handle);
    if (event) {
        event->signalled = true;
        for (struct link *at = event->head.next; at != &event->head && event->signalled; at = at->next)
            if (!at->wait->done && satisfy_locked(at->wait))
                pthread_cond_signal(&at->wait->satisfied);
    }
    pthread_mutex_unlock(&lock);
    return event != NULL;
}

BOOL WINAPI ResetEvent(HANDLE handle)
{
    struct event *event;

    pthread_mutex_lock(&lock);
    event = event_locked(handle);
    if (event)
        event->signalled = false;
    pthread_mutex_unlock(&lock);
    return event != NULL;
}

BOOL WINAPI CloseHandle(HANDLE handle)
{
    struct event *event;

    pthread_mutex_lock(&lock);
    event = handle_close(handle);
    if (event)
        unref_locked(event);
    else
        SetLastError(ERROR_INVALID_HANDLE);
    pthread_mutex_unlock(&lock);
    return event != NULL;
}

/* When a wait that starts now is over. */
static struct timespec deadline_after(DWORD timeout_ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += timeout_ms / 1000;
    at.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_nsec -= 1000000000L;
        at.tv_sec++;
    }
    return at;
}

/* Sleeps until another thread has satisfied the wait or the time is over. */
static void sleep_locked(struct wait *wait, DWORD timeout_ms)
{
    struct link links[MAXIMUM_WAIT_OBJECTS];
    struct timespec deadline = deadline_after(timeout_ms);
    pthread_condattr_t attr;
    int error = 0;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&wait->satisfied, &attr);
    pthread_condattr_destroy(&attr);
    for (DWORD i = 0; i < wait->count; i++) {
        struct link *head = &wait->events[i]->head;

        links[i] = (struct link){.prev = head->prev, .next = head, .wait = wait};
        head->prev = head->prev->next = &links[i];
        wait->events[i]->refs++;
    }
    while (!wait->done && error != ETIMEDOUT)
        error = timeout_ms == INFINITE ? pthread_cond_wait(&wait->satisfied, &lock)
                                       : pthread_cond_timedwait(&wait->satisfied, &lock, &deadline);
    for (DWORD i = 0; i < wait->count; i++) {
        links[i].prev->next = links[i].next;
        links[i].next->prev = links[i].prev;
        unref_locked(wait->events[i]);
    }
    pthread_cond_destroy(&wait->satisfied);
}

/* For a wait for all, each handle must stand once; Windows refuses it too. */
static bool repeats(struct event *const *events, DWORD count)
{
    for (DWORD i = 0; i < count; i++)
        for (DWORD j = 0; j < i; j++)
            if (events[i] == events[j])
                return true;
    return false;
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL wait_all, DWORD timeout_ms)
{
    struct event *events[MAXIMUM_WAIT_OBJECTS];
    struct wait wait = {.events = events, .count = count, .all = wait_all};
    DWORD result = WAIT_FAILED;

    if (!handles || count == 0 || count > MAXIMUM_WAIT_OBJECTS) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    pthread_mutex_lock(&lock);
    for (DWORD i = 0; i < count; i++) {
        events[i] = event_locked(handles[i]);
        if (!events[i])
            goto unlock;
    }
    if (wait_all && repeats(events, count)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        goto unlock;
    }
    if (!satisfy_locked(&wait) && timeout_ms)
        sleep_locked(&wait, timeout_ms);
    result = wait.done ? WAIT_OBJECT_0 + wait.index : WAIT_TIMEOUT;
unlock:
    pthread_mutex_unlock(&lock);
    return result;
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD timeout_ms)
{
    return WaitForMultipleObjects(1, &handle, FALSE, timeout_ms);
}
