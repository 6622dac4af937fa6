/* front.h: accepts connections, and relays those whose bytes may have to be damaged. */
#ifndef OPENBITS_SERVER_FRONT_H
#define OPENBITS_SERVER_FRONT_H

#include "server/http1.h"

struct front;

/* http1 and service are borrowed until front_stop; the sockets, which do not block, are taken in any case;
 * tls_fd -1: no HTTPS. E_OUTOFMEMORY or E_FAIL. */
HRESULT front_start(int listen_fd, int tls_fd, struct service *service, struct http1 *http1,
                    struct front **out);

/* No connection is accepted after this. It comes before http1_stop. NULL is allowed, below too. */
void front_close(struct front *f);
/* Ends all relays and the thread. */
void front_stop(struct front *f);

#endif
