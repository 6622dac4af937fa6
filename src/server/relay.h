/* relay.h: one connection that passes through the front: from a client to the server and back, damaged as
 * planned. */
#ifndef OPENBITS_SERVER_RELAY_H
#define OPENBITS_SERVER_RELAY_H

#include <stdbool.h>

#include "server/http1.h"
#include "server/tls.h"

struct relay;

/* What relays are made in; borrowed. */
struct relay_home {
    int epoll_fd;
    int wake_fd; /* an eventfd: a round of the front's thread is due */
    struct service *service;
    struct http1 *http1;
    struct sockaddr_storage address; /* of the client */
    socklen_t address_len;
};

enum relay_kind {
    RELAY_PLAIN,
    RELAY_TLS,   /* begins with a handshake */
    RELAY_PROXY, /* may begin with CONNECT */
};

enum relay_result {
    RELAY_GOES_ON,
    RELAY_GOES_ON_SOON, /* step it again within milliseconds, whatever happens */
    RELAY_IS_H2,        /* the handshake chose HTTP/2: relay_take_channel, then free it */
    RELAY_IS_OVER,      /* free it */
};

/* Takes the client's socket in any case. NULL: memory is short. certificate is for RELAY_TLS. */
struct relay *relay_new(const struct relay_home *home, int client_fd, enum relay_kind kind,
                        enum tls_certificate certificate);
/* Its client's side, which is the caller's from now on. */
struct channel relay_take_channel(struct relay *r);
/* Closes both sockets. */
void relay_free(struct relay *r);

/* Moves what can be moved without waiting; cheap where nothing was noted since. */
enum relay_result relay_step(struct relay *r);

#endif
