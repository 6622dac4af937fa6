/* worker.h: slots, the threads that take them, and the call itself; private. */
#ifndef OPENBITS_NOTIFY_WORKER_H
#define OPENBITS_NOTIFY_WORKER_H

#include "notify/core.h"

/* With the lock held: if something is ready, sees that one more worker comes for it. */
void worker_wake(struct notify *notify);

/* Whether something is ready and no thread could be started for it; then a later worker_wake tries again. */
bool worker_is_missing(const struct notify *notify);

/* Without the lock. Waits for all that left notify->alive; once. */
void worker_join_all(struct notify *notify);

#endif
