/* inherit.h: sockets that a foreign library opens, kept from the programs that this process starts
 * (decision 11).
 */
#ifndef OPENBITS_SYS_INHERIT_H
#define OPENBITS_SYS_INHERIT_H

#include <stdint.h>

/* socket(2), close-on-exec from its first moment; -1: it failed. Whoever asked closes it. */
intptr_t sys_socket(int family, int type, int protocol);

/* For a wake-up pair of connected sockets whose descriptors its owner does not tell, and has left open to be
 * inherited. poke makes the owner write one byte into the pair, drain makes it read all that is there;
 * both from within this call. A pair is known by its answering to that, byte for byte, so nobody
 * else's descriptor is touched. Nobody else uses the pair meanwhile. Finds nothing where there is none. */
void sys_pair_uninherit(void (*poke)(void *context), void (*drain)(void *context), void *context);

#endif
