/* tunnel.h: the answer to CONNECT, which asks a proxy for a tunnel. No I/O. */
#ifndef OPENBITS_SERVER_TUNNEL_H
#define OPENBITS_SERVER_TUNNEL_H

#include "server/service.h"

/* head is a request's, with the empty line, and is changed. The answer's head in a new string, NULL: memory,
 * or it is no request. *opened: the tunnel is there. The request is logged, and faults strike it. */
char *tunnel_answer(struct service *service, char *head, size_t len, bool *opened);

#endif
