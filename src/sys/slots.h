/* slots.h: N slots that the processes of one user share, one holder a slot (decision 18).
 *
 * A slot of scope USER is a lock on a file in the runtime folder, which the kernel frees when its holder
 * dies. A slot of scope PROCESS is the same among the engines of one process, and touches no file.
 * Whoever waits is woken by the kernel; nothing polls.
 */
#ifndef OPENBITS_SYS_SLOTS_H
#define OPENBITS_SYS_SLOTS_H

#include <stdbool.h>

#include "openbits_types.h"

enum slots_scope {
    SLOTS_USER,
    SLOTS_PROCESS,
};

struct slots_config {
    enum slots_scope scope;
    unsigned cap;            /* 1..64 */
    const char *owner;       /* part of the files' names; letters, digits and '-' */
    const char *runtime_dir; /* as sys_runtime_dir has it; SLOTS_USER only */
};

struct slots;

/* E_INVALIDARG, E_ACCESSDENIED (the runtime folder is another's), E_OUTOFMEMORY or a file error. */
HRESULT slots_open(const struct slots_config *config, struct slots **out);
void slots_close(struct slots *slots); /* no slot is held or waited for any more */

/* Waits for slot index. E_ABORT after slots_abort. One thread of this process a slot at a time. */
HRESULT slots_acquire(struct slots *slots, unsigned index);
/* S_FALSE if somebody holds it. */
HRESULT slots_try_acquire(struct slots *slots, unsigned index);
void slots_release(struct slots *slots, unsigned index);

/* Ends all waits, now and later. */
void slots_abort(struct slots *slots);

unsigned slots_cap(const struct slots *slots);

#endif
