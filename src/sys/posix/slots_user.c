/* slots_user.c: slots that all processes of a user share: locks on files in the runtime folder.
 *
 * Slot n is a lock of the open-file-description kind (F_OFD_SETLK) on byte 0 of `slot-<owner>-<n>`. The
 * kernel frees it when the last descriptor of its description goes, so kill -9 frees it; two engines of one
 * process exclude each other, as they have descriptions of their own; and a program that closes some other
 * descriptor of the file frees nothing, unlike with the older kind of lock.
 *
 * Fairness. The kernel wakes who waits but promises it nothing: whoever releases and asks again at once
 * would mostly win. So there is a gate, byte 1: one takes the gate, then the slot, then leaves the gate. Who
 * is next waits at the slot and keeps the gate; the last holder finds the gate taken and queues behind.
 *
 * Ending a wait. Nothing but a signal or a cancellation ends F_OFD_SETLKW, and the program's signals are not
 * ours. So a wait that does not succeed at once is done by a thread of this file, one a slot, which can be
 * cancelled within the call and nowhere else; whoever asked waits for it on a condition. Cancellation can
 * strike just after the lock was won; therefore the asker unlocks after it has joined the thread. The
 * thread's frames hold nothing that has an address, so that nothing is left behind on its stack when they
 * vanish.
 *
 * The file may vanish (a cleaner of /tmp, the end of a login session). Whoever has won the lock looks whether
 * its file is still the one of that name, else opens the new one and begins again; and it renews the file's
 * time now and then so that a cleaner finds it young. If no new file can be made, the old one still serves
 * those who have it open.
 *
 * A process forked without exec would keep its parent's slots alive: the child closes all descriptors. For
 * this, all open slots are in one list, whose lock is held while descriptors come and go.
 */
#include "config.h"

#include "sys/slots_user.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/list.h"
#include "sys/atfork.h"
#include "sys/file.h"
#include "sys/thread.h"
#include "sys/user.h"

#define RENEW_AFTER_S (24 * 60 * 60)

/* Bytes of a slot's file. */
enum {
    BYTE_SLOT = 0,
    BYTE_GATE = 1,
};

enum request {
    REQUEST_NONE,
    REQUEST_ASKED,
    REQUEST_ANSWERED,
};

struct slot {
    char *path;
    /* Used by the one who asks for the slot or holds it, or by the waiter on its behalf; fd is changed with
     * open_lock held too. */
    int fd;
    struct flock wanted;

    struct mutex lock; /* guards what follows */
    struct cond changed;
    enum request request;
    HRESULT answer;
    bool aborted;
    bool waiter_runs;
    struct thread waiter;
};

struct slots_user {
    struct list in_open;
    unsigned cap;
    struct slot slots[];
};

static struct mutex open_lock = MUTEX_INIT; /* taken with no other lock held, or within a slot's */
static struct list open_slots = {&open_slots, &open_slots};
static bool fork_is_watched;

static void before_fork(void)
{
    mutex_lock(&open_lock);
}

static void after_fork(void)
{
    mutex_unlock(&open_lock);
}

static void after_fork_in_child(void)
{
    list_for_each(node, &open_slots)
    {
        struct slots_user *slots = list_entry(node, struct slots_user, in_open);

        for (unsigned i = 0; i < slots->cap; i++) {
            if (slots->slots[i].fd >= 0)
                close(slots->slots[i].fd);
            slots->slots[i].fd = -1;
        }
    }
    list_init(&open_slots);
    mutex_unlock(&open_lock);
}

static HRESULT open_file(const char *path, int *out)
{
    struct stat st;
    int fd;

    do
        fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return hr_from_errno(errno);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
        close(fd);
        return E_ACCESSDENIED;
    }
    *out = fd;
    return S_OK;
}

/* type: F_WRLCK or F_UNLCK; command: F_OFD_SETLK or F_OFD_SETLKW. S_FALSE: somebody else has it. */
static HRESULT lock_bytes(struct slot *slot, int command, short type, off_t start, off_t len)
{
    int failed;

    slot->wanted = (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
    do
        failed = fcntl(slot->fd, command, &slot->wanted);
    while (failed && errno == EINTR);
    if (!failed)
        return S_OK;
    return errno == EAGAIN || errno == EACCES ? S_FALSE : hr_from_errno(errno);
}

static void unlock_bytes(struct slot *slot, off_t start, off_t len)
{
    lock_bytes(slot, F_OFD_SETLK, F_UNLCK, start, len);
}

/* Through the gate to the slot; S_OK, S_FALSE or an error, and then nothing is held. */
static HRESULT lock_slot(struct slot *slot, int command)
{
    HRESULT hr = lock_bytes(slot, command, F_WRLCK, BYTE_GATE, 1);

    if (hr != S_OK)
        return hr;
    hr = lock_bytes(slot, command, F_WRLCK, BYTE_SLOT, 1);
    unlock_bytes(slot, BYTE_GATE, 1);
    return hr;
}

/* Called with the lock won: whether it was won on the file that others would open now. If not, the slot has
 * the new file, not locked. */
static bool file_is_current(struct slot *slot)
{
    struct stat ours, named;
    int fd;

    if (fstat(slot->fd, &ours) < 0)
        return true;
    if (lstat(slot->path, &named) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev) {
        if (time(NULL) - ours.st_mtime > RENEW_AFTER_S)
            futimens(slot->fd, NULL);
        return true;
    }
    LOCK_SCOPE(&open_lock);
    if (FAILED(open_file(slot->path, &fd)))
        return true;
    close(slot->fd);
    slot->fd = fd;
    return false;
}

static HRESULT try_lock(struct slot *slot)
{
    HRESULT hr;

    do
        hr = lock_slot(slot, F_OFD_SETLK);
    while (hr == S_OK && !file_is_current(slot));
    return hr;
}

/* On the waiter's thread. */
static HRESULT wait_for_lock(struct slot *slot)
{
    HRESULT hr;

    do {
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
        hr = lock_slot(slot, F_OFD_SETLKW);
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    } while (hr == S_OK && !file_is_current(slot));
    return hr;
}

static void waiter_run(void *context)
{
    struct slot *slot = context;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    mutex_lock(&slot->lock);
    for (;;) {
        HRESULT hr;

        while (slot->request != REQUEST_ASKED && !slot->aborted)
            cond_wait(&slot->changed, &slot->lock);
        if (slot->aborted)
            break;
        mutex_unlock(&slot->lock);
        hr = wait_for_lock(slot);
        mutex_lock(&slot->lock);
        slot->answer = hr;
        slot->request = REQUEST_ANSWERED;
        cond_broadcast(&slot->changed);
    }
    mutex_unlock(&slot->lock);
}

HRESULT slots_user_acquire(struct slots_user *slots, unsigned index)
{
    struct slot *slot = &slots->slots[index];
    HRESULT hr = slots_user_try_acquire(slots, index);

    if (hr != S_FALSE)
        return hr;

    mutex_lock(&slot->lock);
    if (!slot->waiter_runs && !slot->aborted) {
        hr = thread_start(&slot->waiter, "openbits-slot", waiter_run, slot);
        if (FAILED(hr)) {
            mutex_unlock(&slot->lock);
            return hr;
        }
        slot->waiter_runs = true;
    }
    slot->request = REQUEST_ASKED;
    cond_broadcast(&slot->changed);
    while (slot->request == REQUEST_ASKED && !slot->aborted)
        cond_wait(&slot->changed, &slot->lock);
    slot->request = REQUEST_NONE;
    if (!slot->aborted) {
        hr = slot->answer;
        mutex_unlock(&slot->lock);
        return hr;
    }
    if (slot->waiter_runs) {
        slot->waiter_runs = false;
        mutex_unlock(&slot->lock);
        thread_join(&slot->waiter);
        unlock_bytes(slot, BYTE_SLOT, 2);
        return E_ABORT;
    }
    mutex_unlock(&slot->lock);
    return E_ABORT;
}

HRESULT slots_user_try_acquire(struct slots_user *slots, unsigned index)
{
    struct slot *slot = &slots->slots[index];
    bool aborted;

    mutex_lock(&slot->lock);
    aborted = slot->aborted;
    mutex_unlock(&slot->lock);
    return aborted ? E_ABORT : try_lock(slot);
}

void slots_user_release(struct slots_user *slots, unsigned index)
{
    unlock_bytes(&slots->slots[index], BYTE_SLOT, 1);
}

void slots_user_abort(struct slots_user *slots)
{
    for (unsigned i = 0; i < slots->cap; i++) {
        struct slot *slot = &slots->slots[i];
        LOCK_SCOPE(&slot->lock);

        if (!slot->aborted && slot->waiter_runs)
            pthread_cancel(slot->waiter.native);
        slot->aborted = true;
        cond_broadcast(&slot->changed);
    }
}

static void slots_user_free(struct slots_user *slots)
{
    for (unsigned i = 0; i < slots->cap; i++) {
        struct slot *slot = &slots->slots[i];

        if (slot->fd >= 0)
            close(slot->fd);
        free(slot->path);
        cond_destroy(&slot->changed);
        mutex_destroy(&slot->lock);
    }
    free(slots);
}

void slots_user_close(struct slots_user *slots)
{
    slots_user_abort(slots);
    for (unsigned i = 0; i < slots->cap; i++)
        if (slots->slots[i].waiter_runs)
            thread_join(&slots->slots[i].waiter);
    LOCK_SCOPE(&open_lock);
    list_remove(&slots->in_open);
    slots_user_free(slots);
}

/* With open_lock held. */
static HRESULT open_all(struct slots_user *slots, const char *folder, const char *owner)
{
    size_t size = strlen(folder) + strlen(owner) + sizeof "/slot--18446744073709551615";

    for (unsigned i = 0; i < slots->cap; i++) {
        struct slot *slot = &slots->slots[i];
        HRESULT hr;

        slot->path = malloc(size);
        if (!slot->path)
            return E_OUTOFMEMORY;
        snprintf(slot->path, size, "%s/slot-%s-%u", folder, owner, i);
        hr = open_file(slot->path, &slot->fd);
        if (FAILED(hr))
            return hr;
    }
    return S_OK;
}

HRESULT slots_user_open(const struct slots_config *config, struct slots_user **out)
{
    AUTOFREE char *folder = NULL;
    struct slots_user *slots;
    HRESULT hr = sys_runtime_dir(config->runtime_dir, &folder);

    *out = NULL;
    if (FAILED(hr))
        return hr;
    slots = calloc(1, sizeof *slots + config->cap * sizeof *slots->slots);
    if (!slots)
        return E_OUTOFMEMORY;
    slots->cap = config->cap;
    list_init(&slots->in_open);
    for (unsigned i = 0; i < slots->cap; i++) {
        slots->slots[i].fd = -1;
        mutex_init(&slots->slots[i].lock);
        cond_init(&slots->slots[i].changed);
    }

    LOCK_SCOPE(&open_lock);
    if (!fork_is_watched) {
        hr = atfork_register(before_fork, after_fork, after_fork_in_child);
        fork_is_watched = SUCCEEDED(hr);
    }
    if (SUCCEEDED(hr))
        hr = open_all(slots, folder, config->owner);
    if (FAILED(hr)) {
        slots_user_free(slots);
        return hr;
    }
    list_push_back(&open_slots, &slots->in_open);
    *out = slots;
    return S_OK;
}
