/* relay.h: one connection that passes through the front: from a client to the server and back, damaged as
 * planned. */
#ifndef OPENBITS_SERVER_RELAY_H
#define OPENBITS_SERVER_RELAY_H

#include <stdbool.h>

#include "server/link.h"

struct relay;

/* Which socket of a relay an event is about: what epoll gives back. */
struct relay_end {
    struct relay *relay;
    bool is_client;
    int fd;
    unsigned interest; /* the events asked for; 0: not in the epoll set */
};

enum relay_result {
    RELAY_GOES_ON,
    RELAY_GOES_ON_SOON, /* step it again within milliseconds, whatever happens */
    RELAY_IS_OVER,      /* free it */
};

/* Takes all three, in any case; link is the one of near_fd. NULL: memory is short. */
struct relay *relay_new(int epoll_fd, int client_fd, int near_fd, struct link *link);
/* Closes both sockets. */
void relay_free(struct relay *r);

/* Moves what can be moved without waiting; cheap where nothing was noted since. */
enum relay_result relay_step(struct relay *r);
/* An event of one end; its errors are seen in the step that follows. */
void relay_note(struct relay_end *end, unsigned events);

#endif
