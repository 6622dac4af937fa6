/* connections.h: which connections are open, for limits that depend on how many there are. Thread safe. */
#ifndef OPENBITS_SERVER_CONNECTIONS_H
#define OPENBITS_SERVER_CONNECTIONS_H

#include <stddef.h>
#include <stdint.h>

struct connections;

struct connections *connections_new(void);
void connections_free(struct connections *c);

/* A new one's number, from 1. */
uint64_t connections_begin(struct connections *c);
void connections_end(struct connections *c, uint64_t number);

/* How many are open that are not younger than this one, itself included. */
size_t connections_rank(struct connections *c, uint64_t number);

#endif
