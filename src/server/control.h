/* control.h: a server's controls over HTTP, so that a program in any language can drive it.
 *
 * A port of its own, on 127.0.0.1 only. Every request carries the token that control_token tells
 * ("Authorization: Bearer TOKEN"), names this host, and comes from no other origin: a page in a browser of
 * this machine can neither guess the one nor get past the others. docs/faults.md lists the requests.
 */
#ifndef OPENBITS_SERVER_CONTROL_H
#define OPENBITS_SERVER_CONTROL_H

#include "server/server.h"

struct control;

/* server is borrowed until control_stop. port 0: any free one. E_FAIL, E_OUTOFMEMORY or SERVER_E_PORT_IN_USE.
 */
HRESULT control_start(struct server *server, uint16_t port, struct control **out);
/* Before server_stop. Waits that are under way end. NULL is allowed. */
void control_stop(struct control *c);

/* Without a final slash. */
const char *control_url(const struct control *c);
const char *control_token(const struct control *c);

#endif
