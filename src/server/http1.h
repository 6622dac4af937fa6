/* http1.h: HTTP/1.1 on a listening socket, by libmicrohttpd; the only file pair that knows it. */
#ifndef OPENBITS_SERVER_HTTP1_H
#define OPENBITS_SERVER_HTTP1_H

#include "server/service.h"

struct http1;

/* service is borrowed until http1_stop; the socket is taken in any case. threads is at least 1. E_OUTOFMEMORY
 * or E_FAIL. */
HRESULT http1_start(int listen_fd, unsigned threads, struct service *service, struct http1 **out);

/* Ends all connections and waits for the threads. hold_end and stall_end come before. NULL is allowed. */
void http1_stop(struct http1 *h);

#endif
