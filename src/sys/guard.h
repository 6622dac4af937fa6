/* guard.h: memory that is lent for the time of a call: it can be read until it is taken back, and then no
 * more.
 *
 * A ring of 1,024 pages, one for the process, so that what was lent long ago is found out too, and the number
 * of the process's mappings stays bounded. A block begins at the start of a page, behind a page that nobody
 * may touch: free() looks there, before the block, and so tells itself from other mistakes.
 *
 * A fault within the ring is explained by a SIGSEGV handler, which then passes it on to the handler that was
 * there before, or lets the process die at the guilty instruction. This is the only signal handler of the
 * library (decision 11), and it is there from the first guard_start on.
 *
 * Not there under sanitizers and valgrind: they have a handler of their own and find the same mistakes in
 * ordinary memory.
 */
#ifndef OPENBITS_SYS_GUARD_H
#define OPENBITS_SYS_GUARD_H

#include <stddef.h>

#include "openbits_types.h"

enum guard_fault {
    GUARD_FAULT_KEPT,    /* used after it was taken back */
    GUARD_FAULT_WRITTEN, /* written to while it could be read */
    GUARD_FAULT_FREED,   /* somebody looked for a malloc header before it */
};

/* Called in the signal handler, on the guilty thread: only what is safe there. label as given to guard_lend.
 */
typedef void guard_fault_fn(enum guard_fault fault, const char *label);

/* Makes the ring and sets the handler the first time; later calls change nothing. S_FALSE: not here.
 * E_OUTOFMEMORY. */
HRESULT guard_start(guard_fault_fn *explain);

/* A copy of bytes. label is copied, up to GUARD_LABEL_SIZE. NULL: the ring has no room for it now. */
enum { GUARD_LABEL_SIZE = 160 };
const void *guard_lend(const void *bytes, size_t size, const char *label);
void guard_take_back(const void *lent);

/* The handler that was there before comes back, unless somebody has set another one since. Nothing may be
 * lent. For the library's unloading; guard_start may follow. */
void guard_stop(void);

/* To stderr, safe in a signal handler. */
void guard_write_error(const char *text, size_t len);

#endif
