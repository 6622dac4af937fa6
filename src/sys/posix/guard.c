/* guard.c: the ring of pages by mmap and mprotect, and the handler by sigaction.
 *
 * The lock guards what lenders do. The handler takes none: it runs on a thread that has just failed, and
 * reads the entries of the one block it failed in, which change only when the ring has come round.
 */
#include "sys/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/thread.h"

enum {
    PAGES = 1024,
    FREE_LOOKS_BEFORE = 64, /* a malloc header is within that many bytes before the block */
    POISON = 0xA5,          /* behind the block, in its last page */
};

/* The first page of a block is the one that nobody may touch. */
struct page {
    unsigned head;  /* index of the block's first page */
    unsigned count; /* of the block's pages; in its head only, and 0: there was no block yet */
    volatile bool open, explained;
    char label[GUARD_LABEL_SIZE];
};

static struct mutex lock = MUTEX_INIT;
static struct {
    unsigned char *start;
    size_t page_size;
    struct page *pages;
    unsigned next, lent;
    guard_fault_fn *explain;
    struct sigaction before;
} ring;

/* Whether a tool that watches memory by itself is in the process: linked in by the compiler, or around it. */
extern void __asan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));
extern void __msan_init(void) __attribute__((weak));

static bool is_watched(void)
{
    const char *preload = getenv("LD_PRELOAD");

    return __asan_init || __tsan_init || __msan_init || (preload && strstr(preload, "vgpreload"));
}

static unsigned char *page_at(unsigned index)
{
    return ring.start + (size_t)index * ring.page_size;
}

/* The block around an address of the ring, and what was done to it. False: it explains nothing. */
static bool judge(const unsigned char *address, enum guard_fault *fault, struct page **head)
{
    size_t offset = (size_t)(address - ring.start);
    unsigned index = (unsigned)(offset / ring.page_size);

    *head = &ring.pages[ring.pages[index].head];
    if ((*head)->count == 0)
        return false;
    if (&ring.pages[index] == *head) {
        *fault = GUARD_FAULT_FREED;
        return ring.page_size - offset % ring.page_size <= FREE_LOOKS_BEFORE;
    }
    *fault = (*head)->open ? GUARD_FAULT_WRITTEN : GUARD_FAULT_KEPT;
    return true;
}

static void pass_on(int signal_number, siginfo_t *info, void *context)
{
    struct sigaction none = {.sa_handler = SIG_DFL};

    if (ring.before.sa_flags & SA_SIGINFO) {
        ring.before.sa_sigaction(signal_number, info, context);
    } else if (ring.before.sa_handler != SIG_DFL && ring.before.sa_handler != SIG_IGN) {
        ring.before.sa_handler(signal_number);
    } else {
        bool sent = info->si_code <= 0; /* by kill: it does not come again by itself */

        if (sent && ring.before.sa_handler == SIG_IGN)
            return;
        sigaction(signal_number, &none, NULL);
        if (sent)
            raise(signal_number);
    }
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    const unsigned char *address = info->si_addr;
    int saved_errno = errno;
    enum guard_fault fault;
    struct page *head;

    if (info->si_code > 0 && address >= ring.start && address < page_at(PAGES) &&
        judge(address, &fault, &head) && !head->explained) {
        head->explained = true;
        ring.explain(fault, head->label);
    }
    errno = saved_errno;
    pass_on(signal_number, info, context);
}

HRESULT guard_start(guard_fault_fn *explain)
{
    struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    void *start;

    LOCK_SCOPE(&lock);
    if (ring.start)
        return S_OK;
    if (is_watched())
        return S_FALSE;
    ring.page_size = (size_t)sysconf(_SC_PAGESIZE);
    start = mmap(NULL, PAGES * ring.page_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        return E_OUTOFMEMORY;
    ring.pages = calloc(PAGES, sizeof *ring.pages);
    if (!ring.pages || sigaction(SIGSEGV, NULL, &ring.before) < 0) {
        free(ring.pages);
        munmap(start, PAGES * ring.page_size);
        return E_OUTOFMEMORY;
    }
    for (unsigned i = 0; i < PAGES; i++)
        ring.pages[i].head = i;
    ring.explain = explain;
    ring.next = ring.lent = 0;
    ring.start = start;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGSEGV, &ours, NULL);
    return S_OK;
}

/* The first of count pages in a row of which none is open; PAGES: there are none. Under the lock. */
static unsigned find_room(unsigned count)
{
    unsigned first = ring.next, run = 0;

    for (unsigned looked = 0; looked < 2 * PAGES && count <= PAGES; looked++) {
        if (first + run == PAGES)
            first = run = 0;
        if (ring.pages[ring.pages[first + run].head].open) {
            first = (first + run + 1) % PAGES;
            run = 0;
        } else if (++run == count) {
            return first;
        }
    }
    return PAGES;
}

/* Makes the pages the block's. What is left of an older one behind it is nobody's. Under the lock. */
static void claim(unsigned first, unsigned count, const char *label)
{
    struct page *head = &ring.pages[first];

    for (unsigned i = first; i < first + count; i++) {
        ring.pages[i].head = first;
        ring.pages[i].count = 0;
    }
    for (unsigned i = first + count; i < PAGES && ring.pages[i].head < first + count; i++)
        ring.pages[i].head = i;
    head->count = count;
    head->open = true;
    head->explained = false;
    strncpy(head->label, label, sizeof head->label - 1);
    ring.next = (first + count) % PAGES;
}

const void *guard_lend(const void *bytes, size_t size, const char *label)
{
    unsigned first, data_pages;
    unsigned char *block;
    size_t room;

    LOCK_SCOPE(&lock);
    if (!ring.start || size == 0 || size > (PAGES - 1) * ring.page_size)
        return NULL;
    data_pages = (unsigned)((size + ring.page_size - 1) / ring.page_size);
    first = find_room(data_pages + 1);
    if (first == PAGES)
        return NULL;
    block = page_at(first + 1);
    room = (size_t)data_pages * ring.page_size;
    if (mprotect(block, room, PROT_READ | PROT_WRITE) < 0)
        return NULL;
    memcpy(block, bytes, size);
    memset(block + size, POISON, room - size);
    claim(first, data_pages + 1, label);
    mprotect(block, room, PROT_READ);
    ring.lent++;
    return block;
}

void guard_take_back(const void *lent)
{
    unsigned first;

    LOCK_SCOPE(&lock);
    first = (unsigned)((size_t)((const unsigned char *)lent - ring.start) / ring.page_size) - 1;
    mprotect(page_at(first + 1), (ring.pages[first].count - 1) * ring.page_size, PROT_NONE);
    ring.pages[first].open = false;
    ring.lent--;
}

void guard_stop(void)
{
    struct sigaction now;

    LOCK_SCOPE(&lock);
    /* A callback that never returned may still read what it was lent. */
    if (!ring.start || ring.lent > 0 || sigaction(SIGSEGV, NULL, &now) < 0)
        return;
    if (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != on_fault)
        return;
    sigaction(SIGSEGV, &ring.before, NULL);
    munmap(ring.start, PAGES * ring.page_size);
    free(ring.pages);
    ring.start = NULL;
    ring.pages = NULL;
}

void guard_write_error(const char *text, size_t len)
{
    while (len > 0) {
        ssize_t written = write(STDERR_FILENO, text, len);

        if (written <= 0)
            return;
        text += written;
        len -= (size_t)written;
    }
}
