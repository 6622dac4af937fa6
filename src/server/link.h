/* link.h: what the server's side of a relayed connection tells the front's side of it. Thread safe, counted.
 */
#ifndef OPENBITS_SERVER_LINK_H
#define OPENBITS_SERVER_LINK_H

#include <sys/types.h>

#include "server/damage.h"

/* The two ends of a socket pair: the front reads answers from near, the server writes them to far. */
struct link;

/* near is borrowed until link_close. NULL: memory is short. */
struct link *link_new(int near_fd, int far_fd);
struct link *link_ref(struct link *l);
void link_unref(struct link *l);

/* far_fd, by which the server finds the link of its connection. */
int link_far_fd(const struct link *l);

/* By the server's thread, when all of the answer before has been written: the next one is to be damaged so.
 * False: memory is short. */
bool link_plan(struct link *l, const struct damage *damage, uint64_t body_length);

/* By the front: as recv from near, without waiting; and what comes next after position that has been read. */
ssize_t link_read(struct link *l, void *out, size_t size);
bool link_next_plan(struct link *l, struct damage_plan *out);
void link_drop_plan(struct link *l);

/* By the front: near is not used any more. */
void link_close(struct link *l);

#endif
