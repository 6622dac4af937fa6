/* atfork.h: what must happen around a fork that no exec follows (decision 11). */
#ifndef OPENBITS_SYS_ATFORK_H
#define OPENBITS_SYS_ATFORK_H

#include "openbits_types.h"

/* prepare and parent run in the forking process, before and after; child runs in the new one, and may only do
 * what a signal handler may. For the life of this library. E_OUTOFMEMORY. */
HRESULT atfork_register(void (*prepare)(void), void (*parent)(void), void (*child)(void));

#endif
